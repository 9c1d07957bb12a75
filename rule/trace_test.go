package rule

import (
	"encoding/json"
	"strings"
	"testing"
)

// explained is rules on the facts of given, each with the steps of its trace.
var explained = []struct{ expr, want string }{
	{"load > 200", `
			load = 150
			load > 200 = false`},
	{"points.certified", `
			points.certified = true`},
	{"!(applicant in rights.holders) && load <= 200", `
			applicant = "800101300123"
			rights.holders = ["900202400124", "800101300123"]
			applicant in rights.holders = true
			load <= 200 = not needed`},
	{"load <= 200 && category == \"II\" && points.feasible.size() == 0", `
			load = 150
			load <= 200 = true
			category = "II"
			category == "II" = true
			points.feasible.size() = 0
			points.feasible.size() == 0 = true`},
	{"load > 200 || temporary || category == \"I\"", `
			load = 150
			load > 200 = false
			temporary = false
			category = "II"
			category == "I" = false`},
	{"(load > 200 || category == \"II\") && !temporary", `
			load = 150
			load > 200 = false
			category = "II"
			category == "II" = true
			load > 200 || category == "II" = true
			temporary = false`},
	{"temporary ? load < 50 : load < 500", `
			temporary = false
			load < 50 = not needed
			load = 150
			load < 500 = true`},
	{"rights.shares.exists(s, s.person == applicant && s.percent > 50)", `
			rights.shares = [… 2]
			s.person = "800101300123"
			applicant = "800101300123"
			s.person == applicant = true
			s.percent = 60
			s.percent > 50 = true
			s.person == applicant && s.percent > 50 = true
			rights.shares.exists(s, s.person == applicant && s.percent > 50) = true`},
	{"rights.shares.exists(s, s.person == category)", `
			rights.shares = [… 2]
			category = "II"
			rights.shares.exists(s, s.person == category) = false`},
	{"rights.shares.all(s, s.percent < 50 || s.person == category)", `
			rights.shares = [… 2]
			s.percent = 60
			s.percent < 50 = false
			s.person = "800101300123"
			category = "II"
			s.person == category = false
			s.percent < 50 || s.person == category = false
			rights.shares.all(s, s.percent < 50 || s.person == category) = false`},
	{"points.feasible.exists(p, p == applicant)", `
			points.feasible = []
			points.feasible.exists(p, p == applicant) = false`},
	{"rights.shares.filter(s, s.percent > load).size() == 0", `
			rights.shares = [… 2]
			load = 150
			rights.shares.filter(s, s.percent > load) = []
			rights.shares.filter(s, s.percent > load).size() = 0
			rights.shares.filter(s, s.percent > load).size() == 0 = true`},
	{"has(rights.until) || rights.area * 2 > load + 1", `
			has(rights.until) = false
			rights.area = 812
			rights.area * 2 = 1624
			load = 150
			load + 1 = 151
			rights.area * 2 > load + 1 = true`},
	{"rights.nobody == 1 || load == 150", `
			rights.nobody = error: no such key: nobody
			rights.nobody == 1 = error: no such key: nobody
			load = 150
			load == 150 = true`},
	{"answers[\"voltage\"] == 400 && now > timestamp(\"2026-05-01T00:00:00Z\")", `
			answers["voltage"] = 400
			answers["voltage"] == 400 = true
			now = 2026-05-09T12:00:00Z
			timestamp("2026-05-01T00:00:00Z") = 2026-05-01T00:00:00Z
			now > timestamp("2026-05-01T00:00:00Z") = true`},
	{"load > 1 && load > 2", `
			load = 150
			load > 1 = true
			load > 2 = true`},
	{"true", ``},
}

func TestExplain(t *testing.T) {
	for _, test := range explained {
		trace, err := compile(t, test.expr).Explain(given())
		if err != nil {
			t.Errorf("%s: %v", test.expr, err)
			continue
		}
		var lines []string
		for _, s := range trace.Steps {
			lines = append(lines, s.Expr+" = "+s.Value)
			if s.Skipped != (s.Value == NotNeeded) {
				t.Errorf("%s: %+v", test.expr, s)
			}
		}
		want := strings.Split(strings.TrimSpace(strings.ReplaceAll(test.want, "\t", "")), "\n")
		if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("%s\ngot\n%s\nwant\n%s", test.expr, got, strings.Join(want, "\n"))
		}
	}
}

func TestTraceIsTheSameEachTime(t *testing.T) {
	p := compile(t, "rights.shares.exists(s, s.percent > 50) && points.best.free < load && answers.size() == 1")
	var first string
	for range 50 {
		trace, err := p.Explain(given())
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(trace)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(data)
		}
		if string(data) != first {
			t.Fatalf("%s\nthen\n%s", first, data)
		}
	}
	if !strings.HasPrefix(first, `{"expr":"rights.shares.exists(`) || !strings.Contains(first, `{"expr":"points.best.free","value":"90"}`) {
		t.Error(first)
	}
}

func TestRenderCutsLongValues(t *testing.T) {
	vars := given()
	vars["category"] = strings.Repeat("ә", 200)
	vars["tags"] = []any{"a", int64(1), nil, true, "b", "c", "d"}
	trace, err := compile(t, "category != '' && tags != [] && answers != {}").Explain(vars)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"category": `"` + strings.Repeat("ә", 80) + `"…`, "tags": "[… 7]", "answers": "{… 1}",
	}
	for _, s := range trace.Steps {
		if value, ok := want[s.Expr]; ok && s.Value != value {
			t.Errorf("%s = %s, want %s", s.Expr, s.Value, value)
		}
	}
}
