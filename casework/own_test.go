package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

// staff puts six officers of each kind on the rosters; persons says who some of
// them are.
func (r *rig) staff(persons map[aiqyn.OfficerID]aiqyn.PersonID) {
	r.t.Helper()
	for _, role := range []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer} {
		var officers []aiqyn.OfficerID
		for i := range 6 {
			officers = append(officers, aiqyn.OfficerID(fmt.Sprintf("%s-%02d", role, i+1)))
		}
		r.must(Roster{ID: r.id(), Actor: registrar, Role: role, Body: "utility", Officers: officers, Persons: persons})
	}
}

var registrar = aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}

// Officers who apply, or who hold the right, are not drawn onto their own case,
// and the filing shows why, without saying who they are.
func TestNobodyIsDrawnOntoTheirOwnCase(t *testing.T) {
	r := newRig(t)
	r.staff(map[aiqyn.OfficerID]aiqyn.PersonID{"surveyor-01": holder, "surveyor-02": stranger, "engineer-03": stranger})
	chosen := make(map[string]int)
	for i := 1; i < 40; i++ {
		parcel := fmt.Sprintf("99-999-002-%03d", i)
		r.register(registry.RightRegister, parcel, registry.Right{Parcel: parcel, Holders: []registry.Holder{
			{Person: holder, Share: "1/2"}, {Person: stranger, Share: "1/2"},
		}})
		ref := r.file(holder, parcel, 5)
		r.pass(10 * time.Second)
		chosen[r.view(ref).Officer]++
	}
	if chosen["surveyor-01"]+chosen["surveyor-02"] > 0 || len(chosen) != 4 {
		t.Errorf("drawn: %v", chosen)
	}
	var f *filed
	var roster *rostered
	for _, ev := range r.entries() {
		switch d := ev.data.(type) {
		case *filed:
			f = d
		case *rostered:
			roster = d
			if b, _ := encodePrivate(ev); strings.Contains(string(b), string(holder)) {
				t.Errorf("the roster names a person: %s", b)
			}
		}
	}
	if !slices.Equal(f.Rosters["survey"].Barred, []aiqyn.OfficerID{"surveyor-01", "surveyor-02"}) || !slices.Equal(f.Rosters["conditions"].Barred, []aiqyn.OfficerID{"engineer-03"}) {
		t.Errorf("barred: %+v", f.Rosters)
	}
	if !slices.Contains(f.Ties, roster.Ties["engineer-03"]) {
		t.Errorf("the filing's ties %v do not show that engineer-03 (%s) is one of its people", f.Ties, roster.Ties["engineer-03"])
	}
	r.checkSound()
}

// Where everybody of the roster has to do with the case, it goes to the head;
// and a head whom it concerns does not decide it either.
func TestARosterOfTheApplicantAlone(t *testing.T) {
	r := newRig(t)
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleSurveyor, Body: "utility", Officers: []aiqyn.OfficerID{"surveyor-01"},
		Persons: map[aiqyn.OfficerID]aiqyn.PersonID{"surveyor-01": holder}})
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleHead, Body: "utility", Officers: []aiqyn.OfficerID{head.Officer},
		Persons: map[aiqyn.OfficerID]aiqyn.PersonID{head.Officer: holder}})
	ref := r.file(holder, plot, 5)
	r.pass(10 * time.Second)
	if v := r.view(ref); v.StepState != StepEscalated {
		t.Fatalf("%s: %v", v.StepState, kinds(v))
	}
	p := r.surveyFor(ref, head)
	if _, err := r.Do(t.Context(), p); keyOf(err) != "error.own-case" {
		t.Errorf("the head surveys their own parcel: %v", err)
	}
	another := head
	another.Officer = "head-02"
	r.must(r.surveyFor(ref, another))
	r.checkSound()
}

// The log names officers by their number even when their session says who they are.
func TestTheLogNamesNoOfficerAsAPerson(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 5)
	r.pass(10 * time.Second)
	p := r.surveyOf(ref)
	p.Actor.Person = stranger
	r.must(p)
	for _, ev := range r.entries() {
		if ev.actor.Person == stranger {
			t.Errorf("entry %d, %s, names the officer's IIN", ev.index, ev.kind)
		}
	}
}
