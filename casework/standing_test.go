package casework

import (
	"testing"

	"aiqyn"
	"aiqyn/registry"
)

// TestWhoLeavesARosterIsNobody: whoever is taken off their roster is signed in nowhere any
// more, also the last one of it, and comes back as they were. The last registrar stays.
func TestWhoLeavesARosterIsNobody(t *testing.T) {
	r := newRig(t)
	const number = "+77000000041"
	come := Roster{Actor: registrar, Role: aiqyn.RoleEngineer, Body: "government-for-citizens", Persons: map[aiqyn.OfficerID]aiqyn.PersonID{"engineer-41": stranger},
		Enrol: Enrolment{Officer: "engineer-41", Name: "Жаңа Адам", Phone: number}}
	send := func(c Roster) string {
		t.Helper()
		c.ID = r.id()
		_, err := r.Do(t.Context(), c)
		return keyOf(err)
	}
	r.register(registry.PeopleRegister, string(stranger), registry.Person{IIN: stranger, Phone: number})
	leave := Roster{Actor: registrar, Role: come.Role, Body: come.Body, Leaves: "engineer-41"}
	for _, c := range []struct {
		name, want string
		do         Roster
	}{
		{"leaves before they came", "error.officer-id", leave},
		{"comes", "", come},
		{"comes again while there", "error.officer-taken", come},
		{"leaves at the word of no registrar", "error.forbidden", Roster{Actor: head, Role: come.Role, Body: come.Body, Leaves: "engineer-41"}},
	} {
		if got := send(c.do); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	token, s, err := r.signInBy(number)
	if err != nil || s.Actor.Body != come.Body {
		t.Fatalf("%+v, %v", s.Actor, err)
	}
	if got := send(leave); got != "" {
		t.Fatal(got)
	}
	r.pass(codeEvery)
	if _, _, err := r.signInBy(number); keyOf(err) != "error.not-an-officer" || r.signedIn(token) {
		t.Errorf("who has left is in: %v", err)
	}
	r.reopen()
	other := come
	other.Persons = map[aiqyn.OfficerID]aiqyn.PersonID{"engineer-41": holder}
	if got := send(other); got != "error.officer-taken" {
		t.Errorf("another comes under their tag: %q", got)
	}
	if got := send(come); got != "" || !r.signedIn(token) {
		t.Errorf("who comes back: %q", got)
	}
	first := Roster{Actor: registrar, Role: aiqyn.RoleRegistrar, Body: "utility", Officers: []aiqyn.OfficerID{"registrar-01"}}
	if got := send(first); got != "" {
		t.Fatal(got)
	}
	if got := send(Roster{Actor: registrar, Role: aiqyn.RoleRegistrar, Body: "utility", Leaves: "registrar-01"}); got != "error.last-registrar" {
		t.Errorf("the last registrar leaves: %q", got)
	}
	for role, body := range map[aiqyn.Role]aiqyn.BodyID{aiqyn.RoleApplicant: "utility", aiqyn.RoleSystem: "utility", aiqyn.RoleInstitution: "utility"} {
		if got := send(Roster{Actor: registrar, Role: role, Body: body, Officers: []aiqyn.OfficerID{"engineer-41"}}); got != "error.answer-choice" && got != "error.institution-id" {
			t.Errorf("a roster of %s of %s: %q", role, body, got)
		}
	}
	r.checkSound()
}

// TestNamesOfOfficersAreHeld: a row edited so that an officer signs as somebody else, or
// taken out, is found, and made again from their sealed account.
func TestNamesOfOfficersAreHeld(t *testing.T) {
	r := newRig(t)
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleEngineer, Body: "government-for-citizens", Persons: map[aiqyn.OfficerID]aiqyn.PersonID{"engineer-41": stranger},
		Enrol: Enrolment{Officer: "engineer-41", Name: "Жаңа Адам", Phone: "+77000000041"}})
	r.wantClean()
	for change, finds := range map[string]string{
		`UPDATE officer SET name = (SELECT name FROM officer WHERE id = 'head-01') WHERE id = 'engineer-41'`: "officer engineer-41 is on the list under another name",
		`DELETE FROM officer WHERE id = 'engineer-41'`:                                                       "officer engineer-41, whom it puts on a roster, is not on the list",
	} {
		r.raw(change)
		r.finds(finds)
		if rep := r.rebuild(); rep.Differed != 1 || len(rep.Problems) != 0 {
			t.Errorf("%s, made again: %+v", change, rep)
		}
		r.open()
		r.wantClean()
	}
	r.raw(`UPDATE officer SET name = 'Басқа Адам' WHERE id = 'engineer-01'`) // whose account says nothing
	r.finds("officer engineer-01 is on the list under another name")
}

// TestClerksOfInstitutions: a registrar enters who speaks for an institution, by its name in
// its register, and takes them out again as any officer.
func TestClerksOfInstitutions(t *testing.T) {
	r := newRig(t)
	const number = "+77000000042"
	clerk := Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleInstitution, Body: "kg-1", Persons: map[aiqyn.OfficerID]aiqyn.PersonID{"clerk-kg-1": stranger},
		Enrol: Enrolment{Officer: "clerk-kg-1", Name: "Жаңа Адам", Phone: number}}
	r.register(registry.PeopleRegister, string(stranger), registry.Person{IIN: stranger, Phone: number})
	r.must(clerk)
	_, s, err := r.signInBy(number)
	if err != nil || s.Actor != (aiqyn.Actor{Role: aiqyn.RoleInstitution, Body: "kg-1", Officer: "clerk-kg-1", Assurance: s.Actor.Assurance}) {
		t.Fatalf("%+v, %v", s.Actor, err)
	}
	if one, err := r.Roster(t.Context(), registrar, aiqyn.RoleInstitution, "kg-1"); err != nil || one.Officers[0].Name != "Жаңа Адам" {
		t.Errorf("%+v, %v", one, err)
	}
	r.raw(`UPDATE officer SET body = 'kg-2' WHERE id = 'clerk-kg-1'`)
	r.finds(`officer clerk-kg-1 is on the list as "institution" of "kg-2"`)
	r.raw(`UPDATE officer SET body = 'kg-1' WHERE id = 'clerk-kg-1'`)
	r.must(Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleInstitution, Body: "kg-1", Leaves: "clerk-kg-1"})
	r.pass(codeEvery)
	if _, _, err := r.signInBy(number); keyOf(err) != "error.not-an-officer" {
		t.Errorf("who has left: %v", err)
	}
	clerk.ID, clerk.Body, clerk.Enrol.Officer, clerk.Enrol.Phone = r.id(), "kg 1", "clerk-2", "+77000000043"
	if _, err := r.Do(t.Context(), clerk); keyOf(err) != "error.institution-id" {
		t.Errorf("an institution that cannot be: %v", err)
	}
	r.wantClean()
}
