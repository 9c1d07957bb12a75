package api

import (
	"encoding/json"
	"errors"
	"strings"

	"aiqyn"
	"aiqyn/web/visit"
)

// What went wrong as FHIR says it: an OperationOutcome.

type (
	fhirIssueJSON struct {
		Severity    string           `json:"severity"`
		Code        fhirIssueCode    `json:"code"`
		Details     fhirCodeableJSON `json:"details"`
		Diagnostics string           `json:"diagnostics" doc:"The request, as our log knows it."`
		Expression  []string         `json:"expression,omitempty" doc:"What is at fault in the request."`
	}
	fhirOutcomeJSON struct {
		ResourceType string          `json:"resourceType"`
		Issue        []fhirIssueJSON `json:"issue"`
	}
)

type fhirIssueCode string

// fhirIssues are the kinds of error in the words of R4.
var fhirIssues = map[aiqyn.ErrorKind]fhirIssueCode{
	aiqyn.Invalid: "invalid", aiqyn.Unauthenticated: "login", aiqyn.Forbidden: "forbidden", aiqyn.NotFound: "not-found", aiqyn.Conflict: "conflict",
	aiqyn.TooLarge: "too-long", aiqyn.TooMany: "throttled", aiqyn.Unavailable: "transient", aiqyn.Internal: "exception",
}

// errorSystem names the sentences of the catalogue as codes.
const errorSystem = "urn:aiqyn:error"

// asksFHIR reports whether a request is of FHIR, so that its failure is too.
func asksFHIR(v *visit.Visit) bool { return strings.HasPrefix(v.R.URL.Path, "/api/v1/fhir/") }

// failFHIR answers with an OperationOutcome.
func failFHIR(v *visit.Visit, status int, failed error) error {
	key, issue := "error.internal", fhirIssueJSON{Severity: "error", Code: fhirIssues[aiqyn.KindOf(failed)], Diagnostics: v.ID}
	var e *aiqyn.Error
	if errors.As(failed, &e) {
		key = e.Key
		if e.Field != "" {
			issue.Expression = []string{"http." + e.Field} // as R4 writes what is no element
		}
	}
	issue.Details = fhirCodeableJSON{[]fhirCodingJSON{{errorSystem, key}}, v.Texts.Error(v.Lang, failed)}
	raw, err := json.Marshal(fhirOutcomeJSON{"OperationOutcome", []fhirIssueJSON{issue}})
	if err != nil {
		return err
	}
	return v.Data(status, mimeFHIR, append(raw, '\n'))
}
