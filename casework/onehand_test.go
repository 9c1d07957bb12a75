package casework

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/registry"
)

// pairTried is an act of two people as somebody may try it alone: what asks for it, and
// what answers in the name of whoever.
type pairTried struct {
	act    access.Act
	asks   aiqyn.Actor
	ask    func()
	answer func(by aiqyn.Actor) error
}

// TestNobodyDoesAnActOfTwoAlone has each act of the table tried by one person through the
// engine: twice in their own role, in the role of the second, under another number of
// theirs; and by somebody who has no hand in it. None comes to anything, and a second
// person then does it, so that nothing else stood in the way.
func TestNobodyDoesAnActOfTwoAlone(t *testing.T) {
	r := filledAfter(t, func(r *rig) {
		r.adopts()
		r.registers("M-1", "M-2", "M-3", "M-4")
	})
	r.gardens(1, 9)
	rows := r.pairsTried()
	whose := map[aiqyn.OfficerID]aiqyn.PersonID{}
	for i, row := range rows {
		p := access.Pairs()[slices.IndexFunc(access.Pairs(), func(p access.Pair) bool { return p.Act == row.act })]
		if whose[row.asks.Officer] == "" {
			whose[row.asks.Officer] = cmp.Or(row.asks.Person, childOf(len(whose)))
			r.tied(row.asks.Role, row.asks.Officer, whose[row.asks.Officer])
		}
		row.asks.Person = whose[row.asks.Officer]
		inOther := row.asks
		inOther.Role = p.Answers.Roles[0]
		twin, other := inOther, inOther
		twin.Officer, other.Officer = "twin-"+aiqyn.OfficerID(row.act), "other-"+aiqyn.OfficerID(row.act)
		r.tied(twin.Role, twin.Officer, twin.Person)
		other.Person = childOf(8)
		r.listed(other.Role, other.Officer)
		stray := aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: "surveyor-01", Body: "utility", Person: childOf(8)}
		row.ask()
		size := r.size()
		for what, by := range map[string]aiqyn.Actor{"again": row.asks, "in the other role": inOther, "under another number": twin, "without a hand in it": stray} {
			if err := row.answer(by); err == nil || r.size() != size {
				t.Errorf("%d %s: by one person, %s: %v, %d entries", i, row.act, what, err, r.size()-size)
			}
		}
		if err := row.answer(other); err != nil || r.size() == size {
			t.Errorf("%d %s: by two people: %v", i, row.act, err)
		}
	}
	if len(rows) != len(access.Pairs()) {
		t.Errorf("%d acts were tried, the table has %d", len(rows), len(access.Pairs()))
	}
	r.wantClean()
}

// does carries a command out for whoever answers.
func (r *rig) does(cmd func(id aiqyn.CommandID, by aiqyn.Actor) any) func(aiqyn.Actor) error {
	return func(by aiqyn.Actor) error {
		_, err := r.Do(r.t.Context(), cmd(r.id(), by))
		return err
	}
}

// pairsTried are all acts of two people, in an order in which none hinders the next.
func (r *rig) pairsTried() []pairTried {
	var entry int64
	var ref aiqyn.Reference
	var word string
	head := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}
	clerk := aiqyn.Actor{Role: aiqyn.RoleReader, Officer: "clerk-01", Body: "utility", Person: childOf(7)}
	consent := Consenting{Person: holder, Register: registry.AddressRegister}
	files := r.edited("energy.connection/service.yaml", "\nvisits: 0\n", "\nvisits: 1\n")
	from := deadline.DateOf(r.clock().In(r.Zone)).AddDays(60)
	table, class := r.formerQueue(20, 10), r.hidden(from)
	signs := func(id aiqyn.CommandID, by aiqyn.Actor) any {
		return Publish{ID: id, Actor: by, Files: files, From: from, Signature: officerName(by.Officer)}
	}
	reduces := func(id aiqyn.CommandID, by aiqyn.Actor) any {
		return ReduceMargin{ID: id, Actor: by, Trafo: 1, Ground: "Желіге жаңа тұтынушы қосылды."}
	}
	erases := func(id aiqyn.CommandID, by aiqyn.Actor) any {
		return Erase{ID: id, Actor: by, Ref: ref, Ground: "retention over"}
	}
	forgets := func(id aiqyn.CommandID, by aiqyn.Actor) any {
		return EraseReport{ID: id, Actor: by, Entry: entry, Ground: "at the person's wish"}
	}
	return []pairTried{
		{access.ActReduce, head, func() {
			r.measure(r.peaks("M-3", 380))
			r.must(Measurements{ID: r.id(), Actor: secondReader, Table: []byte(r.peaks("M-4", 375))})
			r.must(reduces(r.id(), head))
		}, r.does(reduces)},
		{access.ActCorrect, meterReader, func() { entry = r.correct("M-1,395,meter-fault").Last }, r.does(func(id aiqyn.CommandID, by aiqyn.Actor) any {
			return SignPeaks{ID: id, Actor: by, Entry: entry}
		})},
		{access.ActQueue, importer, func() { entry = r.commits(table).First }, r.does(func(id aiqyn.CommandID, by aiqyn.Actor) any {
			return ConfirmQueue{ID: id, Actor: by, Entry: entry, Ground: "Held against the former system"}
		})},
		{access.ActTables, importer, func() { entry = r.must(r.bring(withNetwork(630))).First }, r.does(func(id aiqyn.CommandID, by aiqyn.Actor) any {
			return ConfirmTables{ID: id, Actor: by, Entry: entry, Ground: "Held against the act of works"}
		})},
		{access.ActConsent, clerk, func() {
			if err := r.WitnessConsent(r.t.Context(), clerk, consent, IdentityCard); err != nil {
				r.t.Fatal(err)
			}
		}, func(by aiqyn.Actor) error {
			if word == "" {
				list, err := r.Witnessed(r.t.Context(), clerk)
				if err != nil || len(list) != 1 {
					r.t.Fatalf("%+v %v", list, err)
				}
				word = list[0].ID
			}
			_, err := r.CountersignConsent(r.t.Context(), by, word)
			return err
		}},
		{access.ActOpenGlass, overseer, func() {
			ref = r.file(holder, plot, 10)
			r.pass(time.Minute)
			r.must(AskGlass{ID: r.id(), Actor: overseer, Ref: ref, Ground: "A complaint about a bribe"})
		}, r.does(func(id aiqyn.CommandID, by aiqyn.Actor) any {
			return OpenGlass{ID: id, Actor: by, Ref: ref, Signature: officerName(by.Officer)}
		})},
		{access.ActEraseReport, overseer, func() {
			entry = r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "№ 5 мектеп", Text: "Анықтама сұрады"}).First
			r.must(forgets(r.id(), overseer))
		}, r.does(forgets)},
		{access.ActPublishPack, publisher(0), func() { r.must(signs(r.id(), publisher(0))) }, r.does(signs)},
		{access.ActHide, secretary, func() {
			class.ID = r.id()
			entry = r.must(class).First
		}, r.does(func(id aiqyn.CommandID, by aiqyn.Actor) any { return Classify{ID: id, Actor: by, Entry: entry} })},
		{access.ActEraseCase, head, func() {
			r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
			r.at(r.clock().AddDate(20, 0, 0))
			r.must(erases(r.id(), head))
		}, r.does(erases)},
	}
}
