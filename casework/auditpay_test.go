package casework

import (
	"context"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/pay"
)

// TestAuditOfPayments: a payment without the provider's word, of another sum, a
// price that is not the pack's, and a list that was changed by hand are found.
func TestAuditOfPayments(t *testing.T) {
	r := payRig(t)
	paidRef, openRef := r.marking(), aiqyn.Reference("")
	r.take(r.order(paidRef), price, pay.Tenge)
	openRef = r.must(File{ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk", Answers: map[string]string{"parcel": "99-999-002-001"}}).Ref
	open := r.order(openRef)
	r.checkSound()
	if rep := r.audit(); !rep.OK || rep.Payments != 1 {
		t.Fatalf("as it is: %+v", rep)
	}
	rows, err := r.db.PaymentsOf(t.Context(), 2)
	if err != nil || len(rows) != 1 || rows[0].Key != open {
		t.Fatalf("waited for: %v, %v", rows, err)
	}
	r.raw(`DELETE FROM payment`)
	if rep := r.audit(); rep.OK || !strings.Contains(rep.Problems[0].What, "is not waited for") {
		t.Errorf("the list was emptied: %+v", rep.Problems)
	}
	r.raw(`INSERT INTO payment (order_key, case_no, due, tries) VALUES ('` + open + `', 2, 1, 0), ('AQ-X-1', 1, 1, 0)`)
	if rep := r.audit(); rep.OK || !strings.Contains(rep.Problems[0].What, "no entry says so") {
		t.Errorf("the list was added to: %+v", rep.Problems)
	}
	r.raw(`DELETE FROM payment WHERE order_key = 'AQ-X-1'`)
	for name, forge := range map[string]func(ev *event){
		"another sum": func(ev *event) {
			if d, ok := ev.data.(*paid); ok {
				d.Amount = 1
			}
		},
		"no signature": func(ev *event) {
			if d, ok := ev.data.(*paid); ok {
				d.Notice.Signature = "v1a,AA=="
			}
		},
		"another price": func(ev *event) {
			if d, ok := ev.data.(*charged); ok {
				d.Amount = 1
			}
		},
		"an order for more": func(ev *event) {
			if d, ok := ev.data.(*ordered); ok {
				d.Amount *= 2
			}
		},
	} {
		if problems := r.replayed(1, forge); len(problems) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
	if problems := r.replayed(1, func(*event) {}); len(problems) != 0 {
		t.Errorf("as it is: %v", problems)
	}
}

// replayed audits a case's events after they were changed: as if whoever keeps
// the log had written them so from the beginning.
func (r *rig) replayed(no int64, change func(*event)) []Problem {
	r.t.Helper()
	rec, err := r.caseByNo(no)
	if err != nil {
		r.t.Fatal(err)
	}
	a := &auditor{e: r.Engine, head: r.seq.head, owed: map[string]int64{}}
	c := a.beginCase(rec.row)
	rows, err := r.db.EntriesOf(context.Background(), no, maxEvents)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, row := range rows {
		ev, err := r.decodeEntry(row, rec.key)
		if err != nil {
			r.t.Fatal(err)
		}
		change(ev)
		c.check(ev)
		c.fold(ev)
	}
	return a.report().Problems
}

func (r *rig) caseByNo(no int64) (*record, error) {
	rows, err := r.db.CasesByNo(context.Background(), []int64{no})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return r.keys.openRecord(rows[0])
}

// TestErasureWaitsForTheBank: what the provider owes a word about is not erased,
// and what was paid and stayed is told by the residue: the books must show it.
func TestErasureWaitsForTheBank(t *testing.T) {
	r := payRig(t)
	r.shut()
	r.files = r.edited("land.boundary/service.yaml", "retention: 3650", "retention: 30")
	r.open()
	ref := r.marking()
	r.take(r.order(ref), price, pay.Tenge)
	r.pass(10 * time.Second)
	surveyor := r.officer(ref)
	p := r.surveyFor(ref, surveyor)
	p.Step, p.Records = "marking", map[string]string{"boundary-fits": "yes", "marks-set": "4"}
	r.must(p)
	if v := r.view(ref); v.Outcome != aiqyn.Granted {
		t.Fatalf("marked: %v", kinds(v))
	}
	lost := r.must(File{ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk", Answers: map[string]string{"parcel": "99-999-002-001"}}).Ref
	r.order(lost)
	r.must(Withdraw{ID: r.id(), Actor: payer(holder), Ref: lost})
	r.bank.SetDown(true)
	r.pass(31 * 24 * time.Hour)
	head, custodian := aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "land-surveys"}, aiqyn.Actor{Role: aiqyn.RoleCustodian, Officer: "custodian-01"}
	if _, err := r.Do(t.Context(), Erase{ID: r.id(), Actor: head, Ref: lost, Ground: "x"}); keyOf(err) != "error.pay-waiting" {
		t.Errorf("erased while the bank owes a word: %v", err)
	}
	r.bank.SetDown(false)
	r.must(Erase{ID: r.id(), Actor: head, Ref: ref, Ground: "retention"})
	r.must(Erase{ID: r.id(), Actor: custodian, Ref: ref, Ground: "retention"})
	stays := int64(0)
	for row, err := range r.db.EntriesByCase(t.Context(), 0, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if row.Kind != string(EventErased) {
			continue
		}
		ev, err := r.decodeEntry(*row, r.keys.system)
		if err != nil {
			t.Fatal(err)
		}
		stays = ev.data.(*residue).Paid
	}
	if stays != price {
		t.Errorf("the residue says that %d was paid", stays)
	}
	r.checkSound()
}

// TestTheListOfPaymentsIsMadeAgain: what the provider owes a word about follows
// from the log.
func TestTheListOfPaymentsIsMadeAgain(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	key := r.order(ref)
	r.checkSound()
	r.raw(`UPDATE payment SET order_key = 'AQ-X-1'`)
	r.shut()
	if rep := r.rebuild(); len(rep.Problems) > 0 || rep.Differed != 2 {
		t.Errorf("made again: %+v", rep)
	}
	r.open()
	if rows, err := r.db.PaymentsOf(t.Context(), 1); err != nil || len(rows) != 1 || rows[0].Key != key {
		t.Errorf("waited for: %v, %v", rows, err)
	}
	r.checkSound()
}
