package officer

import (
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/packs"
	"aiqyn/registry"
	"aiqyn/service"
)

// TestOpenReasons: before the survey nobody knows what rests on it, also through a
// computation; after it everything is known, though some of its questions had no
// cause to be answered.
func TestOpenReasons(t *testing.T) {
	pack := kazakhstan(t)
	for _, c := range []struct {
		service  aiqyn.ServiceID
		before   []string
		recorded map[string]string
		after    []string // rests on a second engineer's check and an owner's answer, which follow the survey
	}{
		{"water.connection", []string{"no-main", "no-water"}, map[string]string{"main-near": "no"}, nil},
		{"energy.connection", []string{"no-capacity", "no-consent", "safety-stop", "one-source", "nothing-added"}, map[string]string{"measured-load": "20"}, []string{"no-capacity", "no-consent", "safety-stop", "one-source"}},
	} {
		svc, ok := pack.Service(c.service)
		if !ok {
			t.Fatal(c.service)
		}
		view := &casework.CaseView{Service: svc, Step: svc.Fee.Pay}
		if got := opened(view); !slices.Equal(got, c.before) {
			t.Errorf("%s before the survey: %v are open, want %v", c.service, got, c.before)
		}
		survey := svc.Steps[0]
		for _, q := range survey.Records {
			if value := c.recorded[q.Name]; value != "" {
				view.Records = append(view.Records, casework.Answer{Question: q, Value: value})
			}
		}
		view.Step, view.Events = survey, []casework.EventView{{Kind: casework.EventOpened, Step: survey}}
		if got := opened(view); !slices.Equal(got, c.before) {
			t.Errorf("%s while the survey goes on: %v are open", c.service, got)
		}
		view.Events = append(view.Events, casework.EventView{Kind: casework.EventPerformed, Step: survey})
		view.Step = svc.Appeal.Step
		if got := opened(view); !slices.Equal(got, c.after) {
			t.Errorf("%s after the survey: %v are open", c.service, got)
		}
		view.Events, view.Step = nil, svc.Steps[1]
		if got := opened(view); !slices.Equal(got, c.after) {
			t.Errorf("%s past a survey that was skipped: %v are open", c.service, got)
		}
		view.Step = svc.Steps[slices.IndexFunc(svc.Steps, func(s *service.Step) bool { return s.Decides })]
		if got := opened(view); len(got) != 0 {
			t.Errorf("%s when it is to be decided: %v are open", c.service, got)
		}
	}
}

func kazakhstan(t *testing.T) *service.Pack {
	t.Helper()
	pack, err := service.ParsePackWith(packs.Kazakhstan(), service.Options{
		Computations: []string{"grid.connection-points@1", "grid.connection-points@2", "grid.connection-points@3", "grid.published-margin@3", "grid.published-margin@4", "grid.precedence@2", "grid.precedence@3", "grid.claim@1", "grid.claim@2", "grid.claim@3", "grid.added-load@1", "grid.no-room@1", "grid.independent-sources@1", "grid.independent-sources@2", "grid.independent-sources@3", "grid.independent-sources@4"},
		Registers:    registry.Readable,
	})
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func opened(c *casework.CaseView) []string {
	var names []string
	for _, r := range c.Service.Refuse {
		if open(c, r) {
			names = append(names, r.Name)
		}
	}
	return names
}

// TestAReasonRestsOnWholeNames: a record is meant where its own name is read, not where
// it is part of another's.
func TestAReasonRestsOnWholeNames(t *testing.T) {
	svc, _ := kazakhstan(t).Service("water.connection")
	r, _ := svc.Reason("no-water")
	for record, is := range map[string]bool{"free-water": true, "main-near": true, "water": false, "main": false, "number": false, "pressure": false} {
		if restsOn(svc, r, record) != is {
			t.Errorf("%s rests on %s: %v", r.When.Expr, record, !is)
		}
	}
}
