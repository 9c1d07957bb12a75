package show

import (
	"testing"

	"aiqyn"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/visit"
)

func TestConditionInWords(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := &visit.Visit{Site: &visit.Site{Texts: texts}, Lang: aiqyn.English}
	svc := &service.Service{Ask: []service.Question{
		{Name: "load", Type: service.TypeKilowatt, Label: aiqyn.Text{EN: "Power"}},
		{Name: "own-line", Type: service.TypeYesNo, Label: aiqyn.Text{EN: "A line of your own"}},
	}, Steps: []*service.Step{{Records: []service.Question{{Name: "main-near", Type: service.TypeYesNo, Label: aiqyn.Text{EN: "A main nearby"}}}}}}
	for expr, want := range map[string]string{
		"load <= 200":                     "Power: up to 200\u00a0kW",
		"load > 200 && own_line == true":  "Power: above 200\u00a0kW, A line of your own: Yes",
		"points.feasible.size() == 0":     "points.feasible.size() == 0",
		"load <= 200 || own_line == true": "load <= 200 || own_line == true",
		"other <= 200":                    "other <= 200",
		`own_line != ""`:                  "there is an answer to “A line of your own”",
		"main_near":                       "A main nearby: Yes",
		"!own_line":                       "A line of your own: No",
	} {
		if got := Condition(v, svc, &service.Condition{Expr: expr}); got != want {
			t.Errorf("%s is said as %q, want %q", expr, got, want)
		}
	}
	if got := Condition(v, svc, nil); got != "" {
		t.Errorf("no condition is said as %q", got)
	}
}
