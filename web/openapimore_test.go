package web

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aiqyn"
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
		case "getCapacityTables":
			for _, entry := range []string{"17", "61"} {
				sp.say(s, r, "", "/capacity-tables/"+entry, nil)
			}
		case "listConsideredPoints":
			seek := r.Path + "?at=71.42,51.11&kw=60"
			sp.say(s, r, "", seek, nil)
			f.down = aiqyn.E(aiqyn.Conflict, "error.wish-classified")
			sp.say(s, r, "", seek, nil)
			f.down = aiqyn.E(aiqyn.NotFound, "error.wish-parcel")
			sp.say(s, r, "", seek, nil)
			f.down = nil
			for s.limits.wishes.spend(limitedAs("")) == 0 {
			}
			sp.say(s, r, "", seek, nil)
		case "findParcel":
			sp.say(s, r, "", r.Path+"?at=71.42,51.11", nil)
			sp.say(s, r, "", r.Path+"?at=60,51", nil)
			for s.limits.places.spend(limitedAs("")) == 0 {
			}
			sp.say(s, r, "", r.Path+"?at=71.42,51.11", nil)
		case "getQueue":
			sp.say(s, r, "", "/queues/education.kindergarten", nil)
		case "listInversions":
			sp.say(s, r, "", "/queues/education.kindergarten/inversions", nil)
		case "listRounds":
			sp.say(s, r, "", "/queues/education.kindergarten/rounds", nil)
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

// The page about the interface lists the same routes, and the same limits.
func TestThePageOfTheInterface(t *testing.T) {
	page, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := regexp.MustCompile("(?m)^\\| `([A-Z]+ [^`]+)` \\|").FindAllStringSubmatch(string(page), -1)
	var want, got []string
	for _, r := range api.Routes() {
		want = append(want, r.Method+" "+r.Path)
	}
	for _, m := range listed {
		got = append(got, m[1])
	}
	if !slices.Equal(got, want) {
		t.Errorf("docs/api.md lists\n%s\nthe interface is\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, limit := range []string{fmt.Sprintf("%d commands a minute", api.CommandsPerMinute), fmt.Sprintf("%d applications an hour", api.FilingsPerHour), fmt.Sprintf("at most %d)", api.MaxPage)} {
		if !strings.Contains(string(page), limit) {
			t.Errorf("docs/api.md does not say %q", limit)
		}
	}
}
