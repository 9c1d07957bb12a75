package access

import (
	"testing"

	"aiqyn"
)

// TestStanding: who claims to act for another says by what right, and nobody
// stands for somebody without one.
func TestStanding(t *testing.T) {
	who := func(role aiqyn.Role, person, of aiqyn.PersonID, mandate string) aiqyn.Actor {
		return aiqyn.Actor{Role: role, Person: person, For: of, Mandate: mandate}
	}
	const y, x = "900101750009", "990731799995"
	officer := who(aiqyn.RoleApplicant, y, x, "entry/7")
	officer.Officer = "surveyor-01"
	for _, test := range []struct {
		name  string
		actor aiqyn.Actor
		want  Relation
	}{
		{"oneself", who(aiqyn.RoleApplicant, y, "", ""), Own},
		{"by a mandate", who(aiqyn.RoleApplicant, y, x, MandateOf(7)), Mandated},
		{"by a register", who(aiqyn.RoleApplicant, y, x, "business/3"), Represented},
		{"by no right", who(aiqyn.RoleApplicant, y, x, ""), None},
		{"for nobody", who(aiqyn.RoleApplicant, y, "", "entry/7"), None},
		{"for oneself under a mandate", who(aiqyn.RoleApplicant, y, y, "entry/7"), None},
		{"nobody for another", who(aiqyn.RoleApplicant, "", x, "entry/7"), None},
		{"a head of a body", who(aiqyn.RoleHead, y, x, "entry/7"), None},
		{"an officer who says they apply", officer, None},
		{"the system", aiqyn.System, None},
	} {
		if got := Standing(test.actor); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	for mandate, want := range map[string]int64{"entry/7": 7, "entry/-7": -1, "entry/x": -1, "business/7": -1} {
		entry, ok := MandateEntry(who(aiqyn.RoleApplicant, y, x, mandate))
		if ok != (want >= 0) || ok && entry != want {
			t.Errorf("%s: %d, %v", mandate, entry, ok)
		}
	}
}

// TestNoMandateIsPassedOn: who acts under one gives none, and reads of a person
// nothing but what they filed.
func TestNoMandateIsPassedOn(t *testing.T) {
	for _, action := range []Action{ActionMandate, ActionReadings, ActionWebhook} {
		if Allowed(aiqyn.RoleApplicant, action, Mandated).OK {
			t.Errorf("a mandate lets %s", action)
		}
	}
	for _, role := range aiqyn.Roles {
		for _, action := range Actions {
			for _, relation := range []Relation{Represented, Mandated} {
				if role != aiqyn.RoleApplicant && Allowed(role, action, relation).OK {
					t.Errorf("%s may %s for another", role, action)
				}
			}
		}
	}
}
