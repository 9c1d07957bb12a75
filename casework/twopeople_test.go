package casework

import (
	"testing"

	"aiqyn"
	"aiqyn/deadline"
)

// tied puts an officer on a roster, and says who they are as a person.
func (r *rig) tied(role aiqyn.Role, o aiqyn.OfficerID, p aiqyn.PersonID) {
	r.t.Helper()
	r.listed(role, o)
	r.must(Roster{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: role, Body: "utility",
		Officers: []aiqyn.OfficerID{o}, Persons: map[aiqyn.OfficerID]aiqyn.PersonID{o: p}})
}

// TestOnePersonIsNotTwo: whoever is entered under two numbers cannot sign after
// themselves, and the audit finds where they did.
func TestOnePersonIsNotTwo(t *testing.T) {
	r := newRig(t)
	r.adopts()
	r.tied(importer.Role, importer.Officer, holder)
	r.tied(secondSigner.Role, secondSigner.Officer, holder)
	asked := r.must(r.bring(withNetwork(630))).First
	yes := ConfirmTables{ID: r.id(), Actor: secondSigner, Entry: asked, Ground: "Held against the act of works"}
	r.fails(yes, "error.two-signatures")
	r.fails(DeclineTables(yes), "error.two-signatures")

	for n := range 2 {
		r.tied(aiqyn.RolePublisher, publisher(n).Officer, stranger)
	}
	from, err := deadline.ParseDate("2027-01-01")
	if err != nil {
		t.Fatal(err)
	}
	files := r.edited("energy.connection/service.yaml", "\nvisits: 0\n", "\nvisits: 1\n")
	signs := func(n int) Publish {
		by := publisher(n)
		return Publish{ID: r.id(), Actor: by, Files: files, From: from, Signature: officerName(by.Officer)}
	}
	r.must(signs(0))
	r.fails(signs(1), "error.two-signatures")
	r.wantClean()

	r.Engine.seq.ties = map[aiqyn.OfficerID]string{} // an engine that does not care
	yes.ID = r.id()
	r.must(yes)
	r.must(signs(1))
	r.finds("is asked for and answered by one person under two numbers")
	r.finds("is signed twice by one person")
}

// TestOnePersonIsNotTwoInACase: nor does one person erase a case, or open people to
// themselves.
func TestOnePersonIsNotTwoInACase(t *testing.T) {
	r := newRig(t)
	head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
	for _, a := range []aiqyn.Actor{head, custodian, overseer} {
		r.tied(a.Role, a.Officer, stranger)
	}
	ref := r.toConditions(holder, plot, 150)
	r.must(AskGlass{ID: r.id(), Actor: overseer, Ref: ref, Ground: "A complaint about a bribe"})
	opens := OpenGlass{ID: r.id(), Actor: custodian, Ref: ref, Signature: officerName(custodian.Officer)}
	r.fails(opens, "error.two-signatures")
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	r.at(r.clock().AddDate(20, 0, 0))
	r.must(Erase{ID: r.id(), Actor: head, Ref: ref, Ground: "retention over"})
	r.fails(Erase{ID: r.id(), Actor: custodian, Ref: ref, Ground: "retention over"}, "error.two-signatures")
}
