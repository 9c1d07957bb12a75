package casework

import (
	"slices"
	"testing"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/store"
)

// comesAndLeaves has somebody come onto a roster and leave it again, and signs them in between.
func (r *rig) comesAndLeaves(role aiqyn.Role, body aiqyn.BodyID, o aiqyn.OfficerID) aiqyn.Actor {
	r.t.Helper()
	const number = "+77000000041"
	r.register(registry.PeopleRegister, string(stranger), registry.Person{IIN: stranger, Phone: number})
	r.must(Roster{ID: r.id(), Actor: registrar, Role: role, Body: body, Persons: map[aiqyn.OfficerID]aiqyn.PersonID{o: stranger},
		Enrol: Enrolment{Officer: o, Name: "Жаңа Адам", Phone: number}})
	_, s, err := r.signInBy(number)
	if err != nil {
		r.t.Fatal(err)
	}
	r.must(Roster{ID: r.id(), Actor: registrar, Role: role, Body: body, Leaves: o})
	return s.Actor
}

// TestWhoHasLeftActsNoMore: somebody who was signed in when they left is refused at the place
// of their command in the log; and what an altered program lets through is found, of officers,
// of clerks of institutions and of those who keep the service.
func TestWhoHasLeftActsNoMore(t *testing.T) {
	for _, c := range []struct {
		name string
		role aiqyn.Role
		body aiqyn.BodyID
		o    aiqyn.OfficerID
		do   func(r *rig, by aiqyn.Actor) any
		act  func(t *turn, by aiqyn.Actor)
	}{
		{"an overseer", aiqyn.RoleOverseer, "utility", "overseer-41",
			func(r *rig, by aiqyn.Actor) any {
				return Hold{ID: r.id(), Actor: by, Ref: r.file(holder, plot, 50), Ground: "court"}
			},
			func(t *turn, by aiqyn.Actor) { t.emitSystem(EventDemanded, by, &demanded{}) }},
		{"a clerk of an institution", aiqyn.RoleInstitution, "kg-1", "clerk-41",
			func(r *rig, by aiqyn.Actor) any { return &atWill{apart{cid: r.id(), actor: by}, func(*turn) {}} },
			func(t *turn, by aiqyn.Actor) { t.emitSystem(EventDemanded, by, &demanded{}) }},
		{"an operator", aiqyn.RoleOperator, "utility", "operator-41",
			func(r *rig, by aiqyn.Actor) any { return Resend{ID: r.id(), Actor: by, Letters: []int64{1}} },
			func(t *turn, by aiqyn.Actor) { t.emitSystem(EventDemanded, by, &demanded{}) }},
		{"an operator at the terminal", aiqyn.RoleOperator, "utility", "operator-41",
			func(r *rig, by aiqyn.Actor) any {
				return Resend{ID: r.id(), Actor: aiqyn.Actor{Role: by.Role, Officer: by.Officer}, Letters: []int64{1}}
			},
			func(t *turn, by aiqyn.Actor) {
				t.emitSystem(EventDemanded, aiqyn.Actor{Role: by.Role, Officer: by.Officer}, &demanded{})
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			by := r.comesAndLeaves(c.role, c.body, c.o)
			var err error
			switch do := c.do(r, by).(type) {
			case *atWill: // whatever a clerk may do
				_, err = r.send(t.Context(), do)
			default:
				_, err = r.Do(t.Context(), do)
			}
			if keyOf(err) != "error.not-an-officer" {
				t.Errorf("who has left acts: %v", err)
			}
			r.wantClean()
			r.forges(func(t *turn) { c.act(t, by) })
			r.finds("is by " + string(c.o))
		})
	}
}

// TestAnActOnACaseByWhoHasLeft: an act on a case is held to the rosters at its place, too; and
// a roster that binds nobody, where others do, is found.
func TestAnActOnACaseByWhoHasLeft(t *testing.T) {
	r := newRig(t)
	by := r.comesAndLeaves(aiqyn.RoleSurveyor, "utility", "surveyor-41")
	r.file(holder, plot, 50)
	r.wantClean()
	r.forgedAs("an act by who has left", 1, func(list []*event) []*event {
		list[0].actor = by
		return list
	}, "is by surveyor-41")
	r.forges(func(t *turn) {
		t.emitSystem(EventRostered, registrar, &rostered{Body: "utility", Officers: []aiqyn.OfficerID{"surveyor-41"}, Role: aiqyn.RoleSurveyor})
	})
	r.finds("binds nobody")
}

// TestLogsOfBeforeBindNobody: where no roster says that it binds, as in logs of before, an act by
// whoever had left is as it was taken then.
func TestLogsOfBeforeBindNobody(t *testing.T) {
	a := &auditor{}
	a.stood.add(a, &event{index: 3}, &rostered{Body: "utility", Role: aiqyn.RoleEngineer, Officers: []aiqyn.OfficerID{"e-1", "e-2"}})
	a.stood.add(a, &event{index: 5}, &rostered{Body: "utility", Role: aiqyn.RoleEngineer, Officers: []aiqyn.OfficerID{"e-2"}})
	who := aiqyn.Actor{Role: aiqyn.RoleEngineer, Body: "utility", Officer: "e-1"}
	left := func() (at []int64) {
		for entry := range int64(12) {
			if a.stood.left(who, entry) {
				at = append(at, entry)
			}
		}
		return at
	}
	if at := left(); at != nil {
		t.Errorf("before any roster binds: %d", at)
	}
	a.stood.add(a, &event{index: 8}, &rostered{Binds: true, Body: "other", Role: aiqyn.RoleEngineer, Officers: []aiqyn.OfficerID{"e-9"}})
	a.stood.add(a, &event{index: 10}, &rostered{Binds: true, Body: "utility", Role: aiqyn.RoleEngineer, Officers: []aiqyn.OfficerID{"e-1"}})
	if at := left(); !slices.Equal(at, []int64{9, 10}) || len(a.out.Problems) != 0 {
		t.Errorf("they are gone at %d", at)
	}
	if who.Role = aiqyn.RoleHead; !a.stood.left(who, 11) {
		t.Error("who acts in a role that no roster gives them")
	}
}

// TestNamesOfBeforeAreHeld: where no roster ties what somebody is called, their sealed account
// says it; it is found in the list and made again.
func TestNamesOfBeforeAreHeld(t *testing.T) {
	r := newRig(t)
	const who = "engineer-77"
	if err := r.db.PutOfficers(t.Context(), []store.Officer{{ID: who, Role: string(aiqyn.RoleEngineer), Body: "utility", Name: "Бұрынғы Есім"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.PutAccount(t.Context(), Account{Actor: aiqyn.Actor{Role: aiqyn.RoleEngineer, Body: "utility", Officer: who}, Name: "Бұрынғы Есім", Phone: "+77000000041", Lang: "kk", Roles: []aiqyn.Role{aiqyn.RoleEngineer}}); err != nil {
		t.Fatal(err)
	}
	by := apart{cid: r.id(), actor: registrar}
	if _, err := r.send(t.Context(), &atWill{by, func(t *turn) {
		t.emitSystem(EventRostered, registrar, &rostered{Binds: true, Body: "utility", Officers: []aiqyn.OfficerID{who}, Role: aiqyn.RoleEngineer})
		by.finish(t)
	}}); err != nil {
		t.Fatal(err)
	}
	r.wantClean()
	r.raw(`UPDATE officer SET name = 'Басқа Есім' WHERE id = 'engineer-77'`)
	r.finds("officer engineer-77 is on the list under another name")
	if rep := r.rebuild(); rep.Differed != 1 || len(rep.Problems) != 0 {
		t.Errorf("made again: %+v", rep)
	}
	r.open()
	r.wantClean()
}
