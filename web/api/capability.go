package api

import (
	"aiqyn/web/visit"
)

// What is spoken of FHIR here, as FHIR says so: a CapabilityStatement of R4.

type (
	fhirCodeJSON struct {
		Code string `json:"code"`
	}
	fhirParamJSON struct {
		Name          string `json:"name"`
		Type          string `json:"type"`
		Documentation string `json:"documentation"`
	}
	fhirOfferedJSON struct {
		Type        string          `json:"type"`
		Interaction []fhirCodeJSON  `json:"interaction"`
		SearchParam []fhirParamJSON `json:"searchParam"`
	}
	fhirSecurityJSON struct {
		Description string `json:"description"`
	}
	fhirRestJSON struct {
		Mode     string            `json:"mode"`
		Security fhirSecurityJSON  `json:"security"`
		Resource []fhirOfferedJSON `json:"resource"`
	}
	fhirSoftwareJSON struct {
		Name string `json:"name"`
	}
	fhirSiteJSON struct {
		Description string `json:"description"`
		URL         string `json:"url"`
	}
	fhirCapabilityJSON struct {
		ResourceType   string           `json:"resourceType"`
		Status         string           `json:"status"`
		Date           string           `json:"date"`
		Kind           string           `json:"kind"`
		Software       fhirSoftwareJSON `json:"software"`
		Implementation fhirSiteJSON     `json:"implementation"`
		FhirVersion    string           `json:"fhirVersion"`
		Format         []string         `json:"format"`
		Rest           []fhirRestJSON   `json:"rest"`
	}
)

// capabilityDate is the day on which what is spoken has changed last.
const capabilityDate = "2026-11-29"

func fhirMetadata(v *visit.Visit) error {
	readAndSearch := []fhirCodeJSON{{"read"}, {"search-type"}}
	out := fhirCapabilityJSON{
		ResourceType: "CapabilityStatement", Status: "active", Date: capabilityDate, Kind: "instance", Software: fhirSoftwareJSON{"Aiqyn"}, FhirVersion: "4.0.1", Format: []string{"json", mimeFHIR},
		Rest: []fhirRestJSON{{
			Mode: "server", Security: fhirSecurityJSON{"Schedule and Slot are for anybody, Appointment for whoever has a session of this site: its cookie, or a bearer token of the same."},
			Resource: []fhirOfferedJSON{
				{"Schedule", readAndSearch, []fhirParamJSON{{"service-type", "token", "The service, such as health.specialist; without it all."}}},
				{"Slot", readAndSearch, []fhirParamJSON{{"schedule", "reference", "The schedule. Must be given."}, {"start", "date", "With eq, ge, gt, le or lt; without it a month from today."}, {"status", "token", "free, busy, busy-unavailable."}}},
				{"Appointment", readAndSearch, []fhirParamJSON{{"service-type", "token", "The service; without it all. One's own appointments only."}, {"status", "token", "waitlist, pending, booked, fulfilled, cancelled."}, {"date", "date", "When it begins."}}},
			},
		}},
		Implementation: fhirSiteJSON{"Times of services as FHIR R4", v.Origin() + "/api/v1/fhir"},
	}
	return sendFHIR(v, out)
}
