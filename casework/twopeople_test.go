package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

// tied puts an officer on a roster, and says who they are as a person.
func (r *rig) tied(role aiqyn.Role, o aiqyn.OfficerID, p aiqyn.PersonID) {
	r.t.Helper()
	body := aiqyn.BodyID("utility")
	if stand := r.standsOn()[rosterKey{role, body}]; len(stand) > 0 && !slices.Contains(stand, o) {
		body = "government-for-citizens" // a roster lists nobody twice
	}
	r.tiedAt(body, role, o, p)
}

func (r *rig) tiedAt(body aiqyn.BodyID, role aiqyn.Role, o aiqyn.OfficerID, p aiqyn.PersonID) {
	r.t.Helper()
	r.listedAt(body, role, o)
	r.must(Roster{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: role, Body: body,
		Officers: []aiqyn.OfficerID{o}, Persons: map[aiqyn.OfficerID]aiqyn.PersonID{o: p}})
}

// standsOn are the rosters by the log.
func (r *rig) standsOn() map[rosterKey][]aiqyn.OfficerID {
	r.t.Helper()
	if _, err := r.onRoster(r.t.Context(), rosterKey{}); err != nil { // reads the log
		r.t.Fatal(err)
	}
	return r.standings.now
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
	known := r.Engine.seq.ties
	r.Engine.seq.ties = map[aiqyn.OfficerID]string{} // an engine that does not care
	opens.ID = r.id()
	r.must(opens)
	r.finds("is asked for and answered by one person under two numbers")
	r.Engine.seq.ties = known
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
	r.at(r.clock().AddDate(20, 0, 0))
	r.must(Erase{ID: r.id(), Actor: head, Ref: ref, Ground: "retention over"})
	confirms := Erase{ID: r.id(), Actor: custodian, Ref: ref, Ground: "retention over"}
	r.fails(confirms, "error.two-signatures")
	r.Engine.seq.ties = map[aiqyn.OfficerID]string{}
	confirms.ID = r.id()
	r.must(confirms)
	r.finds("is asked for and answered by one person") // of who has asked nothing is left that anybody could read
	a, err := newAuditor(t.Context(), r.auditConfig())
	if err == nil {
		err = a.system(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if d := a.residue[1]; d == nil || len(d.Asked) < 32 || strings.Contains(d.Asked, "head") {
		t.Errorf("what stays names who has asked: %+v", d)
	}
}

// TestWhoHadAskedIsKept: once erasures say who had asked, one that does not is found.
func TestWhoHadAskedIsKept(t *testing.T) {
	r := newRig(t)
	a, err := newAuditor(t.Context(), r.auditConfig())
	if err != nil {
		t.Fatal(err)
	}
	other := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01"}
	for i, d := range []*residue{{Case: 1}, {Case: 2, Asked: r.keys.askedBy(2, other)}, {Case: 3}, {Case: 4, Asked: r.keys.askedBy(4, custodian)}} {
		a.pairs.count(a, &event{index: int64(i), kind: EventErased, actor: custodian, data: d})
	}
	found := a.report().Problems
	if len(found) != 2 || !strings.Contains(found[0].What, "does not say who had asked") || !strings.Contains(found[1].What, "by one person") {
		t.Errorf("found %v", found)
	}
}

// TestOnePersonIsNotTwoRegistrars: two meters that one person has registered under two
// numbers, or read, withdraw nothing; and the audit finds where they did.
func TestOnePersonIsNotTwoRegistrars(t *testing.T) {
	head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
	for name, persons := range map[string]map[aiqyn.OfficerID]aiqyn.PersonID{
		"one": {meterReader.Officer: holder, secondReader.Officer: holder}, "two": {meterReader.Officer: holder, secondReader.Officer: stranger},
	} {
		t.Run(name, func(t *testing.T) {
			r := filled(t)
			for o, p := range persons {
				r.tied(aiqyn.RoleOperator, o, p)
			}
			r.registers("M-1", "M-2")
			r.pass(24 * time.Hour)
			r.measure(r.peaks("M-1", 392))
			r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-2", 389))})
			_, err := r.Do(t.Context(), ReduceMargin{ID: r.id(), Actor: head, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."})
			if name == "two" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			answersKey(t, err, "error.reduction-evidence")
			r.people.Clear() // an engine that does not care
			r.must(ReduceMargin{ID: r.id(), Actor: head, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."})
			r.must(ReduceMargin{ID: r.id(), Actor: overseer, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."})
			r.finds("no two meters bear it out")
		})
	}
}

// TestOnePersonStandsOnceOnARoster: under two numbers they would be drawn twice as often,
// and after themselves. Two roles one person may hold.
func TestOnePersonStandsOnceOnARoster(t *testing.T) {
	r := newRig(t)
	registrar := aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}
	both := []aiqyn.OfficerID{"surveyor-01", "surveyor-02"}
	one := map[aiqyn.OfficerID]aiqyn.PersonID{both[0]: holder, both[1]: holder}
	list := Roster{ID: r.id(), Actor: registrar, Role: aiqyn.RoleSurveyor, Body: "utility", Officers: both, Persons: one}
	r.fails(list, "error.officer-twice")
	list.ID, list.Persons = r.id(), map[aiqyn.OfficerID]aiqyn.PersonID{both[0]: holder}
	r.must(list)
	list.ID, list.Persons = r.id(), map[aiqyn.OfficerID]aiqyn.PersonID{both[1]: holder} // the first is known already
	r.fails(list, "error.officer-twice")
	r.tied(aiqyn.RoleHead, "head-01", holder)
	r.wantClean()
	r.system(func(turn *turn) error {
		tie := r.keys.tie(holder)
		turn.emitSystem(EventRostered, registrar, &rostered{Body: "utility", Officers: both, Role: aiqyn.RoleSurveyor, Ties: map[aiqyn.OfficerID]string{both[0]: tie, both[1]: tie}})
		return nil
	})
	r.finds("lists one person under two numbers")
}
