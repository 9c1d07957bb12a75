package casework

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/pay"
	"aiqyn/pay/practice"
	"aiqyn/service"
)

const price = 2_500_000 // of land.boundary, in tiyn

// TestAnUnpaidCaseIsTheApplicantsAlone: nobody works on it, sees it or has its
// clock run before the price is paid, and then everything begins.
func TestAnUnpaidCaseIsTheApplicantsAlone(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	v := r.view(ref)
	if v.Status != StatusPayment || v.Step.Name != service.StepPayment || v.Fee.Amount != price || !v.Fee.Owing() || len(v.Fee.Law.Act) == 0 {
		t.Fatalf("just filed: %s, %+v", v.Status, v.Fee)
	}
	r.pass(24 * time.Hour)
	for _, who := range []aiqyn.Actor{
		{Role: aiqyn.RoleHead, Officer: "head-01", Body: "land-surveys"}, {Role: aiqyn.RoleSurveyor, Officer: "land-surveyor-01", Body: "land-surveys"},
		{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}, {Role: aiqyn.RoleAuditor, Officer: "auditor-01"}, payer(stranger),
	} {
		if _, err := r.Case(t.Context(), who, ref); aiqyn.KindOf(err) != aiqyn.NotFound {
			t.Errorf("%s sees a case that is not paid for: %v", who.Role, err)
		}
	}
	if n := countOf(r.view(ref), EventDrawn) + countOf(r.view(ref), EventOpened); n != 0 {
		t.Errorf("somebody was drawn: %v", kinds(r.view(ref)))
	}
	before := r.clock()
	r.take(r.order(ref), price, pay.Tenge)
	v = r.view(ref)
	if v.Fee.Owing() || v.Fee.Paid.Before(before) || v.Step.Name != "marking" || v.Status != StatusOpen {
		t.Errorf("paid: %+v, %v", v.Fee, v.Step)
	}
	if len(v.Due.Why) == 0 || v.Due.Why[0].Key != "deadline.paid" || v.Due.Last.String() != "2026-06-09" {
		t.Errorf("due %s because %v", v.Due.Last, v.Due.Why)
	}
	r.pass(10 * time.Second)
	surveyor := r.officer(ref)
	if v, err := r.Case(t.Context(), surveyor, ref); err != nil || v.Fee == nil || v.Fee.Paid.IsZero() || slices.Contains(v.Can, "pay") {
		t.Errorf("the surveyor does not see that it was paid: %v", err)
	}
	r.checkSound()
}

// TestNoticesComeAnyHow: twice, late, in the wrong order, with another sum or
// currency, forged, about nothing: what was paid counts, once, and the rest goes
// back.
func TestNoticesComeAnyHow(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	settle := func(s pay.Signed) error { return r.SettlePayment(t.Context(), s) }
	sign := func(typ pay.Type, key string, amount int64, currency string) pay.Signed {
		return r.bank.Sign(pay.Notice{Type: typ, Order: key, Amount: amount, Currency: currency, At: r.clock()})
	}
	first := r.order(ref)

	thief, err := practice.Open(practice.Config{Seed: [32]byte{66}, Now: r.clock})
	if err != nil {
		t.Fatal(err)
	}
	was := len(r.view(ref).Events)
	for name, s := range map[string]pay.Signed{
		"another's signature": thief.Sign(pay.Notice{Type: pay.Paid, Order: first, Amount: price, Currency: pay.Tenge, At: r.clock()}),
		"no signature":        {Body: sign(pay.Paid, first, price, pay.Tenge).Body, ID: "x", Timestamp: "1"},
		"nonsense":            {Body: []byte("{}")},
	} {
		if err := settle(s); aiqyn.KindOf(err) != aiqyn.Forbidden || keyOf(err) != "error.pay-forged" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, key := range []string{string(ref) + "-9", "AQ-22222-22222-1", "X"} {
		if err := settle(sign(pay.Paid, key, price, pay.Tenge)); aiqyn.KindOf(err) != aiqyn.NotFound {
			t.Errorf("a notice about %s: %v", key, err)
		}
	}
	if v := r.view(ref); len(v.Events) != was || !v.Fee.Owing() {
		t.Errorf("something forged is in the log: %v", kinds(v))
	}

	// Declined, and then it was paid after all: the last word about money counts.
	for range 2 {
		if err := settle(sign(pay.Declined, first, 0, pay.Tenge)); err != nil {
			t.Error(err)
		}
	}
	if v := r.view(ref); countOf(v, EventDeclined) != 1 || !v.Fee.Owing() || v.Fee.Waiting {
		t.Errorf("declined: %v", kinds(v))
	}
	second := r.order(ref)
	r.take(second, price, "USD")
	if v := r.view(ref); lastReason(v, EventRefundDue) != string(RefundCurrency) || !v.Fee.Owing() {
		t.Errorf("another currency: %v", kinds(v))
	}
	third := r.order(ref)
	r.take(third, price-1, pay.Tenge)
	if v := r.view(ref); lastReason(v, EventRefundDue) != string(RefundAmount) || !v.Fee.Owing() {
		t.Errorf("another sum: %v", kinds(v))
	}
	paidNotice := r.take(first, price, pay.Tenge)
	if v := r.view(ref); v.Fee.Paid.IsZero() || v.Step.Name != "marking" {
		t.Fatalf("paid after it was declined: %v", kinds(v))
	}
	for _, s := range []pay.Signed{paidNotice, sign(pay.Paid, first, price, pay.Tenge), sign(pay.Declined, first, 0, pay.Tenge), sign(pay.Expired, first, 0, pay.Tenge)} {
		if err := settle(s); err != nil {
			t.Errorf("said again: %v", err)
		}
	}
	v := r.view(ref)
	if countOf(v, EventPaid) != 1 || countOf(v, EventRefundDue) != 2 || v.Fee.Amount != price {
		t.Errorf("counted twice: %v", kinds(v))
	}
	if err := settle(sign(pay.Refunded, first, price, pay.Tenge)); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("a refund that nobody asked for: %v", err)
	}
	r.pass(time.Minute) // the job has the bank give back what was not the price
	v = r.view(ref)
	if countOf(v, EventRefunded) != 2 || len(v.Fee.Refunds) != 2 || v.Fee.Refunds[0].Done.IsZero() || v.Fee.Refunds[1].Done.IsZero() {
		t.Errorf("given back: %+v", v.Fee.Refunds)
	}
	if rows, err := r.db.PaymentsOf(t.Context(), 1); err != nil || len(rows) != 0 {
		t.Errorf("still waited for: %v, %v", rows, err)
	}
	r.checkSound()
}

// TestPaidTwice: two orders stood and both were paid; the second goes back.
func TestPaidTwice(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	first := r.order(ref)
	r.mu.Lock()
	r.now = r.now.Add(orderLife + time.Minute) // the first page is over for us, and the bank has not said so
	r.mu.Unlock()
	second := r.order(ref)
	if first == second {
		t.Fatal("the same order")
	}
	r.take(second, price, pay.Tenge)
	r.take(first, price, pay.Tenge)
	v := r.view(ref)
	if countOf(v, EventPaid) != 1 || lastReason(v, EventRefundDue) != string(RefundTwice) {
		t.Errorf("paid twice: %v", kinds(v))
	}
	r.pass(time.Minute)
	r.must(Withdraw{ID: r.id(), Actor: payer(holder), Ref: ref})
	r.pass(time.Minute)
	v = r.view(ref)
	if countOf(v, EventRefunded) != 2 || len(v.Fee.Refunds) != 2 || v.Fee.Refunds[1].Why != RefundWithdrawn {
		t.Errorf("and withdrawn: %+v", v.Fee.Refunds)
	}
	r.checkSound()
}

// TestWhoPaysInTimeKeepsTheirCase: a case does not lapse while the bank owes an
// answer; a notice that comes late counts by the bank's clock, and what is paid
// for a case that is over goes back.
func TestWhoPaysInTimeKeepsTheirCase(t *testing.T) {
	end := almaty(t, "2026-06-15 23:59").Add(time.Minute - time.Microsecond)
	t.Run("the bank was down at the end", func(t *testing.T) {
		r := payRig(t)
		ref := r.marking()
		r.at(almaty(t, "2026-06-15 23:30"))
		key := r.order(ref)
		r.bank.SetDown(true)
		quietly(r, func() { r.take(key, price, pay.Tenge) })
		r.at(end.Add(2 * time.Hour))
		if v := r.view(ref); v.Outcome != "" || !v.Fee.Waiting {
			t.Fatalf("lapsed while the bank owes an answer: %v", kinds(v))
		}
		r.reopen() // nothing of it was in memory only
		r.bank.SetDown(false)
		r.pass(time.Hour)
		if v := r.view(ref); v.Fee.Paid.IsZero() || v.Step.Name != "marking" {
			t.Errorf("paid in time, known late: %v", kinds(v))
		}
		r.checkSound()
	})
	t.Run("nobody paid", func(t *testing.T) {
		r := payRig(t)
		ref := r.marking()
		r.at(almaty(t, "2026-06-15 23:30"))
		key := r.order(ref)
		r.bank.SetDown(true)
		r.at(end.Add(time.Hour))
		if v := r.view(ref); v.Outcome != "" {
			t.Errorf("lapsed before the bank was asked: %v", kinds(v))
		}
		r.bank.SetDown(false)
		r.pass(time.Hour)
		v := r.view(ref)
		if v.Outcome != aiqyn.Lapsed || v.Events[len(v.Events)-1].Kind != EventUnpaid {
			t.Fatalf("not paid: %v", kinds(v))
		}
		if _, err := r.Pay(t.Context(), PayFee{ID: r.id(), Actor: payer(holder), Ref: ref, Lang: "kk"}); aiqyn.KindOf(err) != aiqyn.Conflict {
			t.Errorf("pays for a case that is over: %v", err)
		}
		r.take(key, price, pay.Tenge) // the bank takes it all the same
		r.pass(time.Minute)
		v = r.view(ref)
		if lastReason(v, EventRefunded) != string(RefundLate) || v.Outcome != aiqyn.Lapsed || !v.Fee.Paid.IsZero() {
			t.Errorf("paid too late: %v", kinds(v))
		}
		r.checkSound()
	})
	t.Run("never tried", func(t *testing.T) {
		r := payRig(t)
		ref := r.marking()
		r.at(end)
		if v := r.view(ref); v.Outcome != "" {
			t.Errorf("lapsed on its last day: %v", kinds(v))
		}
		r.at(end.Add(time.Second))
		if v := r.view(ref); v.Outcome != aiqyn.Lapsed {
			t.Errorf("not lapsed: %v", kinds(v))
		}
		r.checkSound()
	})
}

// quietly lets the bank tell nobody of what f does.
func quietly(r *rig, f func()) {
	tell := r.bank.Tell
	r.bank.Tell = nil
	f()
	r.bank.Tell = tell
}

// TestTheJobAsks: a notice that got lost is asked for, also by the next process.
func TestTheJobAsks(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	key := r.order(ref)
	quietly(r, func() { r.take(key, price, pay.Tenge) })
	if v := r.view(ref); !v.Fee.Waiting || !v.Fee.Owing() {
		t.Fatalf("known without a word: %+v", v.Fee)
	}
	r.reopen()
	r.mu.Lock()
	r.now = r.now.Add(time.Minute)
	r.mu.Unlock()
	if err := r.RunJobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := r.view(ref); v.Fee.Paid.IsZero() || v.Fee.Waiting {
		t.Errorf("the job has not asked: %+v", v.Fee)
	}
	r.checkSound()
}

// TestComingBackAsksAtOnce: whoever comes back from the bank need not wait for the
// job, and nobody else can have their case asked about.
func TestComingBackAsksAtOnce(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	key := r.order(ref)
	quietly(r, func() { r.take(key, price, pay.Tenge) })
	if err := r.CheckPayment(t.Context(), payer(stranger), ref); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger: %v", err)
	}
	r.bank.SetDown(true)
	if err := r.CheckPayment(t.Context(), payer(holder), ref); err != nil {
		t.Errorf("the bank is down: %v", err)
	}
	r.bank.SetDown(false)
	if err := r.CheckPayment(t.Context(), payer(holder), ref); err != nil || r.view(ref).Fee.Paid.IsZero() {
		t.Errorf("came back: %v", err)
	}
}

// TestNobodySetsAPrice plays whoever would: an officer, an overseer, a stranger, a
// form with a sum in it, a pack that comes later. There is one price, and the
// pack under which the case was filed says it.
func TestNobodySetsAPrice(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	for _, who := range []aiqyn.Actor{
		{Role: aiqyn.RoleHead, Officer: "head-01", Body: "land-surveys"}, {Role: aiqyn.RoleSurveyor, Officer: "land-surveyor-01", Body: "land-surveys"},
		{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}, {Role: aiqyn.RoleOperator, Officer: "operator-01"}, payer(stranger),
	} {
		if _, err := r.Do(t.Context(), PayFee{ID: r.id(), Actor: who, Ref: ref, Lang: "kk"}); aiqyn.KindOf(err) != aiqyn.NotFound {
			t.Errorf("%s asks for money: %v", who.Role, err)
		}
	}
	// No command has a field for a sum: the type of the one about paying is held
	// to what it may say.
	text, err := json.Marshal(PayFee{})
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"mount", "rice", "um\"", "xpress", "urrency"} {
		if strings.Contains(string(text), word) {
			t.Errorf("a command can name %s: %s", word, text)
		}
	}
	// An answer that is not asked is refused, whatever it is called.
	for _, name := range []string{"fee", "amount", "express"} {
		_, err := r.Do(t.Context(), File{ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk",
			Answers: map[string]string{"parcel": "99-999-002-001", name: "1"}})
		if aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("a filing with %s: %v", name, err)
		}
	}
	key := r.order(ref)
	o, _, ok := r.bank.Look(r.view(ref).orderPage(t, r, ref))
	if !ok || o.Amount != price || o.Currency != pay.Tenge || o.Key != key {
		t.Errorf("the bank was asked for %+v", o)
	}
	r.take(key, price, pay.Tenge)
	r.pass(10 * time.Second)
	// Once it is paid nobody is asked again, and an officer has no way to ask.
	if _, err := r.Do(t.Context(), PayFee{ID: r.id(), Actor: r.officer(ref), Ref: ref, Lang: "kk"}); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("the drawn officer asks for money: %v", err)
	}
	if _, err := r.Pay(t.Context(), PayFee{ID: r.id(), Actor: payer(holder), Ref: ref, Lang: "kk"}); keyOf(err) != "error.pay-done" {
		t.Errorf("paid again: %v", err)
	}
	r.checkSound()
}

// orderPage is the last part of the address that the applicant was sent to.
func (v *CaseView) orderPage(t *testing.T, r *rig, ref aiqyn.Reference) string {
	t.Helper()
	rec, err := r.caseOf(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	page := rec.state.Fee.Orders[len(rec.state.Fee.Orders)-1].Page
	return page[strings.LastIndexByte(page, '/')+1:]
}

// TestNobodyTakesPayments: where there is no provider, what costs something takes
// no applications, and what is free goes on.
func TestNobodyTakesPayments(t *testing.T) {
	r := payRig(t, func(c *Config) { c.Payments = nil })
	_, err := r.Do(t.Context(), File{ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk", Answers: map[string]string{"parcel": plot}})
	if keyOf(err) != "error.pay-nobody" {
		t.Errorf("filed: %v", err)
	}
	if v := r.view(r.file(holder, plot, 150)); v.Fee != nil || v.Status != StatusOpen {
		t.Errorf("a free service: %+v, %s", v.Fee, v.Status)
	}
}
