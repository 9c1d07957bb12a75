package casework

import "testing"

// TestAFactThatCannotBeReadIsNoPlace: evidence is held to no place only where no
// register says one.
func TestAFactThatCannotBeReadIsNoPlace(t *testing.T) {
	r := newRig(t)
	rec, err := r.caseOf(t.Context(), r.file(holder, plot, 5))
	if err != nil {
		t.Fatal(err)
	}
	svc, err := r.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		t.Fatal(err)
	}
	if where, err := siteOf(svc, rec); err != nil || where == nil {
		t.Errorf("as it is: %v, %v", where, err)
	}
	for name, f := range rec.state.Facts {
		f.Value = []byte("{")
		rec.state.Facts[name] = f
	}
	rec.facts = nil
	if where, err := siteOf(svc, rec); err == nil {
		t.Errorf("unreadable: %v", where)
	}
}
