package casework

import (
	"testing"
	"time"

	"aiqyn"
)

// TestOneApplicationOpensThree: a filing opens what it asks for in the same
// transaction, once, with the draws of filings; the log as a whole holds, also made
// again, and whoever withdraws the first keeps the others.
func TestOneApplicationOpensThree(t *testing.T) {
	r := newRig(t)
	for _, id := range []aiqyn.ServiceID{"construction.assignment", "water.connection"} {
		svc, _ := r.Pack().Service(id)
		for _, step := range svc.Steps {
			if step.Draw {
				r.roster(step.By, svc.Body, string(svc.Body)+"-"+string(step.By), 3)
			}
		}
	}
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	f := File{ID: r.id(), Actor: me, Service: "construction.assignment", Channel: "online", Lang: aiqyn.Kazakh, Answers: map[string]string{
		"parcel": plot, "purpose": "business", "floors": "2", "power": "yes", "load": "60", "category": "III", "water": "yes", "daily-water": "3", "fire-water": "no",
	}}
	first := r.must(f)
	again, err := r.Do(t.Context(), f)
	if err != nil || !again.Again || again.Ref != first.Ref {
		t.Fatalf("sent again it opens %v, %v", again, err)
	}
	v := r.view(first.Ref)
	if len(v.Along) != 2 {
		t.Fatalf("%d come along", len(v.Along))
	}
	r.pass(time.Minute)
	for _, a := range v.Along {
		along := r.view(a.Ref)
		if along.BroughtBy != first.Ref || along.Draw == nil || along.Due == nil {
			t.Errorf("%s: by %q, draw %v, due %v", along.Service.ID, along.BroughtBy, along.Draw, along.Due)
		}
	}
	r.wantClean()
	r.whole()
	r.reopen()
	r.must(Withdraw{ID: r.id(), Actor: me, Ref: first.Ref})
	for _, a := range v.Along {
		if along := r.view(a.Ref); along.Outcome != "" {
			t.Errorf("%s has ended as %s", along.Service.ID, along.Outcome)
		}
	}
	r.wantClean()
}
