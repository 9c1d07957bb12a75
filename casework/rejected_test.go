package casework

import (
	"testing"

	"aiqyn"
)

// TestARefusalShowsWhatItRestsOn: of each point without room what binds, the load that
// was measured and what is reserved, as the recorded input has them, also when there is
// another network by then.
func TestARefusalShowsWhatItRestsOn(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	r.measure(r.peaks("M-1", 120))
	r.publishPower()
	r.conditions(holder, plot, 250)
	ref := r.toConditions(holder, "99-999-002-001", 50)
	look := func() *PointView {
		t.Helper()
		v := r.view(ref)
		if v.Ruling == nil || v.Ruling.Points == nil || len(v.Ruling.Points.Rejected) != 1 {
			t.Fatalf("%+v", v.Ruling)
		}
		return &v.Ruling.Points.Rejected[0]
	}
	want := AboveView{Trafo: 1, Name: "1", RatedVA: 421_053, LoadW: 120_000, ReservedW: 250_000}
	if p := look(); p.Binding != "trafo" || p.Element != 1 || p.Above == nil || *p.Above != want {
		t.Errorf("%+v above %+v, want %+v", p, p.Above, want)
	}
	for range 2 {
		if err := r.refuse(ref); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * 3600 * 1e9)
	}
	r.measure(r.peaks("M-2", 140))
	r.publishPower()
	if v := r.view(ref); v.Outcome != aiqyn.Refused {
		t.Fatal(v.Outcome)
	}
	if p := look(); p.Above == nil || *p.Above != want {
		t.Errorf("when it was refused %+v, want %+v", p.Above, want)
	}
}
