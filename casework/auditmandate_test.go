package casework

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"aiqyn/access"
)

// TestAPlantedMandateIsFound: whoever can write into the database and adds a
// mandate, ends one or takes one away is found by the audit; what does not open
// lets nobody do anything.
func TestAPlantedMandateIsFound(t *testing.T) {
	r := newRig(t)
	mandate := r.mandated(holder, stranger, 30)
	r.wantClean()
	r.raw(`INSERT INTO mandate (entry, giver, holder, ends, sealed) SELECT entry + 1, giver, holder, ends, sealed FROM mandate`)
	r.auditFinds("no entry has given")
	r.fails(r.filingBy(under(stranger, holder, mandate+1), plot), "error.not-standing")
	r.raw(`DELETE FROM mandate WHERE entry = ` + fmt.Sprint(mandate+1))
	r.raw(`UPDATE mandate SET ends = ends + 1`)
	r.auditFinds("is not kept as its entries say")
	r.raw(`DELETE FROM mandate`)
	r.auditFinds("is gone")
}

// TestMandatesAreMadeAgain from their entries, and so is what lists their cases.
func TestMandatesAreMadeAgain(t *testing.T) {
	r := newRig(t)
	mandate, other := r.mandated(holder, stranger, 30), r.give(stranger, holder, 30)
	acting := under(stranger, holder, mandate)
	ref := r.must(r.filingBy(acting, plot)).Ref
	own := r.file(holder, "99-999-002-001", 20)
	for name, test := range map[string]struct{ sql, found string }{
		"a key that its giver lost":     {`DELETE FROM account_act WHERE EXISTS (SELECT 1 FROM mandate WHERE giver = subject AND mandate.entry = account_act.entry AND entry = ` + fmt.Sprint(mandate) + `)`, "is not kept as its entries say"},
		"mandates that are gone":        {`DELETE FROM mandate`, "is gone"},
		"one that ends another day":     {`UPDATE mandate SET ends = ends + 1`, "is not kept as its entries say"},
		"one for somebody else":         {`UPDATE mandate SET holder = giver`, "is not kept as its entries say"},
		"one out of nothing":            {`INSERT INTO mandate (entry, giver, holder, ends, sealed) SELECT 1, giver, holder, ends, sealed FROM mandate WHERE entry = ` + fmt.Sprint(other), "no entry has given"},
		"a case that is listed nowhere": {`DELETE FROM mandate_case`, "is not listed under mandate"},
		"a case under another mandate":  {`INSERT INTO mandate_case (mandate, case_no) SELECT mandate, case_no + 1 FROM mandate_case`, "was not filed under it"},
	} {
		r.raw(test.sql)
		r.auditFinds(test.found)
		if rep := r.rebuild(); rep.OK || rep.Differed == 0 || len(rep.Problems) > 0 {
			t.Errorf("%s: %+v", name, rep)
		}
		r.open()
		r.wantClean()
		r.sees(acting, ref)
		r.sees(person(holder), own, ref)
		if list, err := r.Mandates(t.Context(), person(holder), true, Page{}); err != nil || len(list.Items) != 1 || list.Items[0].State != MandateOffered {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
	if rep := r.rebuild(); !rep.OK {
		t.Errorf("%+v", rep)
	}
	r.open()
}

// TestAMandateWhoseKeyIsGone is not made again, and not thrown away: whoever finds
// the key has it back.
func TestAMandateWhoseKeyIsGone(t *testing.T) {
	r := newRig(t)
	mandate := r.mandated(holder, stranger, 30)
	r.raw(`CREATE TABLE elsewhere AS SELECT * FROM account_act WHERE entry = ` + fmt.Sprint(mandate))
	r.raw(`DELETE FROM account_act WHERE entry = ` + fmt.Sprint(mandate))
	r.auditFinds("the key of its account is gone")
	if rep := r.rebuild(); rep.OK || len(rep.Problems) == 0 {
		t.Errorf("made again of nothing: %+v", rep)
	}
	r.open()
	r.raw(`INSERT INTO account_act SELECT * FROM elsewhere`)
	r.raw(`DROP TABLE elsewhere`)
	r.wantClean()
	r.must(r.filingBy(under(stranger, holder, mandate), plot))
}

// TestTheAuditOfActsUnderAMandate: who acts for another under a mandate that was not
// in force at that entry, was somebody else's or for something else, is found, even
// if whoever keeps the log wrote it so from the beginning.
func TestTheAuditOfActsUnderAMandate(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	mandate, offered, narrow := r.mandated(holder, stranger, 30), r.give(holder, stranger, 30), r.mandated(holder, stranger, 30, "address.certificate")
	ref := r.must(r.filingBy(under(stranger, holder, mandate), plot)).Ref
	r.must(Withdraw{ID: r.id(), Actor: under(stranger, holder, mandate), Ref: ref})
	ended := r.must(EndMandate{ID: r.id(), Actor: person(holder), Mandate: mandate}).Last
	r.wantClean()
	acts := func(change func(*event)) func([]*event) []*event {
		return func(list []*event) []*event {
			for _, ev := range list {
				if ev.actor.Mandate != "" {
					change(ev)
				}
			}
			return list
		}
	}
	if problems := r.replayed(1, acts(func(*event) {})); len(problems) != 0 {
		t.Errorf("as it is: %v", problems)
	}
	for name, change := range map[string]func(*event){
		"after it had ended":         func(ev *event) { ev.index = ended + 1 },
		"before it was taken up":     func(ev *event) { ev.index = mandate },
		"after its last day":         func(ev *event) { ev.at = ev.at.AddDate(0, 2, 0) },
		"one that was not given":     func(ev *event) { ev.actor.Mandate = access.MandateOf(ended) },
		"one that was not taken":     func(ev *event) { ev.actor.Mandate = access.MandateOf(offered) },
		"one for another service":    func(ev *event) { ev.actor.Mandate = access.MandateOf(narrow) },
		"somebody else's":            func(ev *event) { ev.actor.Person = third },
		"in somebody else's affairs": func(ev *event) { ev.actor.For = third },
	} {
		problems := r.replayed(1, acts(change))
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, "acts under mandate") }) {
			t.Errorf("%s: found %v", name, problems)
		}
	}
}
