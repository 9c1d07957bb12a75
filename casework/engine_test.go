package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
)

func TestConnectionFromFilingToGrant(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 150)
	if v := r.view(ref); v.StepState != StepDrawing || v.Officer != "" {
		t.Fatalf("before the beacon: step %s, officer %q", v.StepState, v.Officer)
	}
	r.pass(10 * time.Second)
	r.survey(ref)
	r.pass(10 * time.Second)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	v := r.view(ref)
	want := []EventKind{EventFiled, EventLookedUp, EventOpened, EventDrawn, EventPerformed, EventOpened, EventDrawn, EventRuled, EventGranted}
	if got := kinds(v); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	if v.Outcome != aiqyn.Granted || v.Conditions == nil || v.Conditions.AmountW != 150_000 {
		t.Errorf("outcome %q, conditions %+v", v.Outcome, v.Conditions)
	}
}

func TestEveryReceiptVerifies(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	for _, ev := range r.view(ref).Events {
		b, err := r.Receipt(t.Context(), me, ev.Index)
		if err != nil {
			t.Fatalf("receipt of %s: %v", ev.Kind, err)
		}
		v, err := r.Check(t.Context(), b)
		if err != nil {
			t.Fatalf("receipt of %s: %v\n%s", ev.Kind, err, b)
		}
		if v.Index != ev.Index {
			t.Errorf("receipt of %s: index %d, want %d", ev.Kind, v.Index, ev.Index)
		}
	}
	other := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}
	if _, err := r.Receipt(t.Context(), other, r.view(ref).Events[0].Index); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger's receipt: %v", err)
	}
}
