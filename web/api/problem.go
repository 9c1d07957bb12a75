package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"aiqyn"
	"aiqyn/web/visit"
)

// Statuses is what each kind of error means in HTTP, for browsers and programs
// alike.
var Statuses = map[aiqyn.ErrorKind]int{
	aiqyn.Invalid:         http.StatusBadRequest,
	aiqyn.Unauthenticated: http.StatusUnauthorized,
	aiqyn.Forbidden:       http.StatusForbidden,
	aiqyn.NotFound:        http.StatusNotFound,
	aiqyn.Conflict:        http.StatusConflict,
	aiqyn.TooLarge:        http.StatusRequestEntityTooLarge,
	aiqyn.TooMany:         http.StatusTooManyRequests,
	aiqyn.Unavailable:     http.StatusServiceUnavailable,
	aiqyn.Internal:        http.StatusInternalServerError,
}

// problemJSON is an error for programs: RFC 9457 with the catalogue key.
type problemJSON struct {
	Type     string         `json:"type"`
	Title    string         `json:"title" doc:"What is wrong, in the language that Accept-Language asks for."`
	Status   int            `json:"status"`
	Instance string         `json:"instance" doc:"The request, as our log knows it."`
	Key      string         `json:"key" doc:"Names the sentence in every language; does not change."`
	Field    string         `json:"field,omitempty" doc:"What is at fault in the request."`
	Args     map[string]any `json:"args,omitempty" doc:"What the sentence's holes were filled with."`
}

// Fail answers with a problem, or as FHIR does where that is spoken.
func Fail(v *visit.Visit, status int, err error) error {
	if asksFHIR(v) {
		return failFHIR(v, status, err)
	}
	p := problemJSON{Type: "about:blank", Title: v.Texts.Error(v.Lang, err), Status: status, Instance: v.ID, Key: "error.internal"}
	var e *aiqyn.Error
	if errors.As(err, &e) {
		p.Key, p.Field, p.Args = e.Key, e.Field, e.Args
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(p); err != nil {
		return err
	}
	return v.Data(status, "application/problem+json", b.Bytes())
}
