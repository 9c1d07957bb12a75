package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/secrecy"
)

// TestBusesBelow: both figures of each bus, free now and free if the pipeline lapses, what
// is reserved there and what is asked for, for who sees exact figures and for nobody else,
// whatever is classified.
func TestBusesBelow(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	auditor := aiqyn.Actor{Role: aiqyn.RoleAuditor, Officer: "auditor-01"}
	at := func(who aiqyn.Actor, trafo int) (BusLine, error) {
		list, err := r.BusesBelow(t.Context(), who, trafo, Page{Limit: 5})
		if err != nil {
			return BusLine{}, err
		}
		if len(list.Items) != 1 || list.Next != "" {
			t.Fatalf("below transformer %d are %+v", trafo, list)
		}
		return list.Items[0], nil
	}
	empty, err := at(auditor, 1)
	if err != nil || empty.ID != 2 || empty.FreeW < 300_000 || empty.LapseW != empty.FreeW || empty.ReservedW != 0 {
		t.Fatalf("at first %+v, %v", empty, err)
	}
	r.keep(twoPoints(120))
	lit := r.conditions(holder, plot, 100)
	r.toLight(holder, lit)
	r.conditions(holder, secondPlot, 50)
	r.file(holder, thirdPlot, 20)
	is, err := at(auditor, 1)
	if err != nil || is.ReservedW != 150_000 || is.ConnectedW != 100_000 || is.LapseW >= empty.FreeW-90_000 || is.FreeW >= is.LapseW-40_000 || is.Asked != (Asked{20_000, 1}) || is.Binding == "" {
		t.Errorf("with a connection, conditions and an application: %+v, %v", is, err)
	}
	if other, err := at(auditor, 2); err != nil || other.ID != 3 || other.ReservedW != 0 || other.Asked != (Asked{}) {
		t.Errorf("below the other one: %+v, %v", other, err)
	}
	for _, nobody := range []aiqyn.Actor{{}, theHolder, {Role: aiqyn.RoleOperator, Officer: "operator-01"}} {
		if _, err := at(nobody, 1); aiqyn.KindOf(err) != aiqyn.Forbidden {
			t.Errorf("%s sees buses: %v", nobody.Role, err)
		}
	}
	if _, err := at(auditor, 99); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("below a transformer that there is not: %v", err)
	}
	asked, when, err := r.AskedNow(t.Context(), aiqyn.Actor{})
	if err != nil || len(asked) != 1 || asked[1] != (Asked{20_000, 1}) || !when.Equal(r.clock()) {
		t.Errorf("asked for now: %+v at %v, %v", asked, when, err)
	}
	r.pass(time.Minute)
	r.hides(r.hidden(r.today().AddDays(40)))
	if asked, _, err := r.AskedNow(t.Context(), aiqyn.Actor{}); err != nil || asked != nil {
		t.Errorf("while %s is hidden a stranger reads %+v, %v", secrecy.Capacity, asked, err)
	}
	if asked, _, err := r.AskedNow(t.Context(), auditor); err != nil || len(asked) != 1 {
		t.Errorf("an auditor reads %+v, %v", asked, err)
	}
}
