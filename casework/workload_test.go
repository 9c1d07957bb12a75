package casework

import (
	"testing"

	"aiqyn"
	"aiqyn/pay"
)

// TestWorkload: a head sees how much lies open in their own body, at which step;
// nobody else does, and what is closed counts no more.
func TestWorkload(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	own := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
	list, err := r.Workload(t.Context(), own)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	svc, _ := r.Pack().Service("energy.connection")
	step, _ := svc.Step("conditions")
	want := StepLoad{Service: "energy.connection", Step: step.Title, Open: 1, Week: 1}
	if list[0] != want {
		t.Errorf("%+v, want %+v", list[0], want)
	}
	other := own
	other.Body = "water"
	if list, err := r.Workload(t.Context(), other); err != nil || len(list) != 0 {
		t.Errorf("another body: %+v, %v", list, err)
	}
	for _, a := range []aiqyn.Actor{{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}, {Role: aiqyn.RoleHead, Body: "utility"}} {
		if _, err := r.Workload(t.Context(), a); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("as %+v: %v", a, err)
		}
	}
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	if list, err := r.Workload(t.Context(), own); err != nil || len(list) != 0 {
		t.Errorf("after it was closed: %+v, %v", list, err)
	}
}

// TestWhatWaitsForItsPriceIsNobodys: a head learns of it no more than others do.
func TestWhatWaitsForItsPriceIsNobodys(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	own := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "land-surveys"}
	if list, err := r.Workload(t.Context(), own); err != nil || len(list) != 0 {
		t.Errorf("not paid for: %+v, %v", list, err)
	}
	r.take(r.order(ref), price, pay.Tenge)
	if list, err := r.Workload(t.Context(), own); err != nil || len(list) != 1 || list[0].Open != 1 {
		t.Errorf("paid: %+v, %v", list, err)
	}
}
