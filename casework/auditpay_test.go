package casework

import (
	"context"
	"slices"
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
	key := r.bank.Provider("").Key()
	if rep := r.audit(); !rep.OK || rep.Payments != 1 || !slices.Equal(rep.PayKeys, []string{key}) {
		t.Fatalf("as it is: %+v", rep)
	}
	cfg := r.auditConfig()
	for want, keys := range map[bool][]string{true: {"another", key}, false: {"another"}} {
		cfg.PayKeys = keys
		if rep, err := Audit(t.Context(), cfg); err != nil || rep.OK != want {
			t.Errorf("with the keys %v: %+v, %v", keys, rep.Problems, err)
		}
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
	if problems := r.replayed(1, asItIs); len(problems) != 0 {
		t.Errorf("as it is: %v", problems)
	}
}

// TestTheAuditRefusesWhatTheEngineWould plays whoever keeps the log and writes the
// money of a case otherwise from the beginning: every entry opens, and the audit
// names each of these.
func TestTheAuditRefusesWhatTheEngineWould(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	r.take(r.order(ref), price, "USD") // goes back
	key := r.order(ref)
	r.take(key, price, pay.Tenge)
	r.pass(time.Minute)
	r.must(Withdraw{ID: r.id(), Actor: payer(holder), Ref: ref})
	r.pass(time.Minute) // and the price does
	waits := r.must(File{ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk", Answers: map[string]string{"parcel": "99-999-002-001"}}).Ref
	r.order(waits)
	for no := range int64(2) {
		if problems := r.replayed(no+1, asItIs); len(problems) != 0 {
			t.Fatalf("case %d as it is: %v", no+1, problems)
		}
	}
	late := r.clock().AddDate(1, 0, 0)
	lateNotice := r.bank.Sign(pay.Notice{Type: pay.Paid, Order: key, Amount: price, Currency: pay.Tenge, Receipt: "late", At: late})
	for _, x := range []struct {
		name  string
		no    int64
		forge func([]*event) []*event
		want  string
	}{
		{"another sum", 1, each(func(d *paid) { d.Amount = 1 }), "is not the price"},
		{"no signature", 1, each(func(d *paid) { d.Notice.Signature = "v1a,AA==" }), "has not signed"},
		{"another price", 1, each(func(d *charged) { d.Amount = 1 }), "the one of the pack"},
		{"a later last day", 1, each(func(d *charged) { d.Due = d.Due.Add(24 * time.Hour) }), "no calendar"},
		{"a later last day afterwards", 1, behind(EventCharged, EventRescheduled, func(s *State) any {
			return &rescheduled{Calendar: s.Calendar, Due: s.Due.Add(24 * time.Hour), Was: s.Due}
		}), "no calendar"},
		{"an order for more", 1, each(func(d *ordered) { d.Amount *= 2 }), "another sum than the price"},
		{"the key of another case", 1, each(func(d *ordered) { d.Order = "AQ-22222-22222-1" }), "the key of another"},
		{"an order beyond the last day", 2, each(func(d *ordered) { d.Expires = late }), "when none could be"},
		{"an order beside another", 2, behind(EventOrdered, EventOrdered, func(s *State) any {
			return &ordered{Amount: price, Currency: pay.Tenge, Expires: s.Due, Order: orderKey(s.Ref, 1), Signer: s.Fee.Orders[0].Signer}
		}), "when none could be"},
		{"paid too late", 1, func(list []*event) []*event {
			for _, ev := range list {
				if d, ok := ev.data.(*paid); ok {
					d.Notice, d.Receipt, ev.occurred = lateNotice, "late", late
				}
			}
			return list
		}, "is not the price"},
		{"when it was paid", 1, func(list []*event) []*event {
			for _, ev := range list {
				if ev.kind == EventPaid {
					ev.occurred = ev.occurred.Add(-time.Hour)
				}
			}
			return list
		}, "is not the price"},
		{"the price as if it were not", 1, func(list []*event) []*event {
			for _, ev := range list {
				if d, ok := ev.data.(*paid); ok {
					ev.kind, ev.data = EventRefundDue, &refundDue{Amount: d.Amount, Currency: d.Currency, Notice: &d.Notice, Order: d.Order}
				}
			}
			return list
		}, "for another reason"},
		{"taken, though it goes back", 1, behind(EventRefundDue, EventDeclined, func(s *State) any {
			return &declined{Became: pay.Paid, Order: s.Fee.Orders[0].Key}
		}), "ends none"},
		{"gone back twice, though never the price", 1, twice(func(d *refundDue) bool { return d.Notice != nil }), "for another reason"},
		{"gone back twice", 1, twice(func(d *refundDue) bool { return d.Notice == nil }), "what was not paid"},
		{"given twice", 1, twice(func(*refunded) bool { return true }), "not due"},
		{"given back though somebody had worked", 1, ahead(EventWithdrawn, EventPerformed, &performed{Step: "marking", Records: map[string]any{}}), "no rule of the pack"},
		{"kept", 1, without(EventRefundDue, EventRefunded), "was to go back"},
		{"kept, and nothing after it", 1, func(list []*event) []*event {
			return list[:1+slices.IndexFunc(list, func(ev *event) bool { return ev.kind == EventWithdrawn })]
		}, "was to go back"},
		{"ruled for nothing", 1, ahead(EventPaid, EventRuled, &ruled{}), "the price was not paid"},
		{"free of charge", 1, without(EventCharged, EventOrdered, EventPaid, EventRefundDue, EventRefunded), "the price was not paid"},
		{"over while the bank owes a word", 2, func(list []*event) []*event {
			last := *list[len(list)-1]
			last.kind, last.at, last.data = EventUnpaid, late, &lapsed{}
			return append(list, &last)
		}, "lapses as not paid"},
	} {
		if problems := r.replayed(x.no, x.forge); !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, x.want) }) {
			t.Errorf("%s: found %v, not %q", x.name, problems, x.want)
		}
	}
}

func asItIs(list []*event) []*event { return list }

// each changes every payload of a type.
func each[D any](change func(*D)) func([]*event) []*event {
	return func(list []*event) []*event {
		for _, ev := range list {
			if d, ok := ev.data.(*D); ok {
				change(d)
			}
		}
		return list
	}
}

// behind puts an entry behind the first of a kind, made of the case as it stands there.
func behind(kind, put EventKind, data func(*State) any) func([]*event) []*event {
	return func(list []*event) []*event {
		s := new(State)
		for i, ev := range list {
			if s.apply(ev); ev.kind == kind {
				more := *ev
				more.kind, more.data = put, data(s)
				return slices.Insert(list, i+1, &more)
			}
		}
		return list
	}
}

// ahead puts an entry before the first of a kind.
func ahead(kind, put EventKind, data any) func([]*event) []*event {
	return func(list []*event) []*event {
		i := slices.IndexFunc(list, func(ev *event) bool { return ev.kind == kind })
		more := *list[i]
		more.kind, more.data = put, data
		return slices.Insert(list, i, &more)
	}
}

// twice says an entry twice.
func twice[D any](which func(*D) bool) func([]*event) []*event {
	return func(list []*event) []*event {
		i := slices.IndexFunc(list, func(ev *event) bool {
			d, ok := ev.data.(*D)
			return ok && which(d)
		})
		return slices.Insert(list, i, list[i])
	}
}

// without leaves entries out.
func without(kinds ...EventKind) func([]*event) []*event {
	return func(list []*event) []*event {
		return slices.DeleteFunc(list, func(ev *event) bool { return slices.Contains(kinds, ev.kind) })
	}
}

// replayed audits a case's events after they were changed: as if whoever keeps
// the log had written them so from the beginning.
func (r *rig) replayed(no int64, change func([]*event) []*event) []Problem {
	r.t.Helper()
	rec, err := r.caseByNo(no)
	if err != nil {
		r.t.Fatal(err)
	}
	a, err := newAuditor(r.t.Context(), r.auditConfig())
	if err == nil {
		err = a.system(r.t.Context())
	}
	if err == nil {
		err = a.foldAccounts(r.t.Context())
	}
	if err != nil {
		r.t.Fatal(err)
	}
	c := a.beginCase(rec.row)
	rows, err := r.db.EntriesOf(context.Background(), no, maxEvents)
	if err != nil {
		r.t.Fatal(err)
	}
	var list []*event
	for _, row := range rows {
		ev, err := r.decodeEntry(row, rec.key)
		if err != nil {
			r.t.Fatal(err)
		}
		list = append(list, ev)
	}
	for _, ev := range change(list) {
		c.replay(ev)
	}
	c.returned(nil)
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
