package web

import (
	"maps"
	"slices"
	"strings"

	"aiqyn/web/api"
)

// more looks at cases in all their states, for the fields that only some have.
func more(sp *spoken, s *Server, f *fake) {
	for _, r := range api.Routes() {
		switch r.Name {
		case "getCase":
			for _, ref := range slices.Sorted(maps.Keys(f.cases())) {
				sp.say(s, r, "applicant", "/cases/"+string(ref), nil)
			}
		case "getPosition", "readAppointment":
			for _, ref := range slices.Sorted(maps.Keys(f.cases())) {
				if strings.HasPrefix(string(ref), "AQ-SLOT") || strings.HasPrefix(string(ref), "AQ-QUEU") {
					sp.say(s, r, "applicant", strings.Replace(r.Path, "{ref}", string(ref), 1), nil)
				}
			}
		case "getLot":
			for id := range fakeLots {
				sp.say(s, r, "", "/lots/"+id, nil)
			}
		case "getBid":
			for _, ref := range slices.Sorted(maps.Keys(f.cases())) {
				if strings.HasPrefix(string(ref), "AQ-BIDS") {
					sp.say(s, r, "applicant", "/cases/"+string(ref)+"/bid", nil)
				}
			}
		case "searchSchedules":
			sp.say(s, r, "", r.Path+"?service=health.specialist&limit=1", nil)
		case "searchSlots":
			sp.say(s, r, "", r.Path+"?schedule=Schedule/health.specialist.pol-1.cardiologist&start=2026-11-25", nil)
		case "getService":
			for _, svc := range f.pack.Services {
				sp.say(s, r, "", "/services/"+string(svc.ID), nil)
			}
		}
	}
}
