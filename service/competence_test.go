package service

import (
	"strings"
	"testing"
)

// carried is what the small pack says when two logs carry it.
func carried(logs string) change {
	return change{"pack.yaml", "regions:\n", "competence:\n  within: {days: 3, calendar: working}\n  " + someLaw + "\n  clock: {since: arrived, " + someLaw + "}\n  logs:\n" + logs + "regions:\n"}
}

const cityLog = "    - {log: city.example/log, title: {kk: Қала, ru: Город, en: City}, places: [\"710000000\"], site: \"https://city.example/\"}\n"

// TestCompetence finds the log of a place: by its district first, then by its region.
func TestCompetence(t *testing.T) {
	district := "    - {log: park.example/log, title: {kk: Аудан, ru: Район, en: District}, places: [\"711110000\"]}\n"
	files, _ := changed(t, carried(cityLog+district), change{permit, "object: parcel\n", "object: parcel\nterritory: 'has(tree.district) ? tree.district : \"\"'\n"},
		change{"pack.yaml", "fields: [tree, ", "fields: [tree, district, "})
	p, err := ParsePackWith(files, tinyOptions)
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{"711110000": "park.example/log", "710000000": "city.example/log", "": "", "990000000": ""} {
		got := ""
		if l := p.Competent(place); l != nil {
			got = l.Origin
		}
		if got != want {
			t.Errorf("%q belongs to %q, want %q", place, got, want)
		}
	}
	if l := p.Log("city.example/log"); l == nil || l.Site != "https://city.example" || p.Log("west.example/log") != nil {
		t.Errorf("the log of the city: %+v", l)
	}
	svc, _ := p.Service("tree.permit")
	vars := svc.Blank()
	if code, err := svc.TerritoryOf(vars); err != nil || code != "" {
		t.Errorf("nothing is known and it lies in %q, %v", code, err)
	}
	vars["tree"] = map[string]any{"district": "711110000"}
	if code, err := svc.TerritoryOf(vars); err != nil || code != "711110000" {
		t.Errorf("it lies in %q, %v", code, err)
	}
}

// TestCompetenceStrictly: what a pack says of logs is a log's name, places that there are,
// each once, and a site over TLS; and only what is filed by people has a territory.
func TestCompetenceStrictly(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"a name":      {"city.example/log", "https://city", "not the name of a log"},
		"a region":    {"710000000", "720000000", "is not among the regions"},
		"twice":       {`["710000000"]`, `["710000000", "710000000"]`, "carries 710000000 already"},
		"in the open": {"https://city.example/", "http://city.example", "begins with https://"},
	} {
		files, _ := changed(t, carried(strings.Replace(cityLog, c.old, c.new, 1)))
		if got := complaints(t, files); len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	files, _ := changed(t, change{record, "kind: fact\n", "kind: fact\nterritory: applicant\n"})
	if got := complaints(t, files); len(got) != 1 || !strings.Contains(got[0], "nobody files it") {
		t.Errorf("of a fact: %v", got)
	}
}
