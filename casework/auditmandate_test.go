package casework

import (
	"fmt"
	"testing"
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
