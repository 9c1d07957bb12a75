package casework

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/pay"
	"aiqyn/pay/practice"
	"aiqyn/store"
)

// fussy is a provider that answers about some orders otherwise.
type fussy struct {
	pay.Provider
	asked []string
	find  map[string]func() (*pay.Signed, error)
}

func (f *fussy) Find(ctx context.Context, key string) (*pay.Signed, error) {
	f.asked = append(f.asked, key)
	if other := f.find[key]; other != nil {
		return other()
	}
	return f.Provider.Find(ctx, key)
}

// twoOrders is a rig with a fussy provider and two cases, each with an order that
// was paid without a word to us.
func twoOrders(t *testing.T) (r *rig, f *fussy, refs [2]aiqyn.Reference, keys [2]string) {
	t.Helper()
	f = &fussy{find: make(map[string]func() (*pay.Signed, error))}
	r = payRig(t, func(c *Config) { f.Provider, c.Payments = c.Payments, f })
	refs[0] = r.marking()
	refs[1] = r.must(File{ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk", Answers: map[string]string{"parcel": "99-999-002-001"}}).Ref
	for i, ref := range refs {
		keys[i] = r.order(ref)
		quietly(r, func() { r.take(keys[i], price, pay.Tenge) })
	}
	r.raw(`UPDATE payment SET due = 1 WHERE order_key = '` + keys[0] + `'`) // it is the first to be asked about
	r.set(r.clock().Add(time.Minute))
	return r, f, refs, keys
}

// waitsFor is when the provider is asked about an order, and how often it was in
// vain.
func (r *rig) waitsFor(no int64) store.Payment {
	r.t.Helper()
	rows, err := r.db.PaymentsOf(context.Background(), no)
	if err != nil || len(rows) != 1 {
		r.t.Fatalf("waited for: %v, %v", rows, err)
	}
	return rows[0]
}

// TestOneOrderKeepsNoOther: neither a case that cannot be read nor an order that
// the provider does not take keeps the job from the others, and each is put off.
func TestOneOrderKeepsNoOther(t *testing.T) {
	for name, spoil := range map[string]func(r *rig, f *fussy, key string){
		"a damaged case": func(r *rig, _ *fussy, _ string) { r.raw(`UPDATE cases SET state = 'x' WHERE no = 1`) },
		"a refused order": func(_ *rig, f *fussy, key string) {
			f.find[key] = func() (*pay.Signed, error) { return nil, pay.ErrRefused }
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, f, refs, keys := twoOrders(t)
			spoil(r, f, keys[0])
			if err := r.askPayments(t.Context()); err != nil {
				t.Error(err)
			}
			if v := r.view(refs[1]); v.Fee.Paid.IsZero() {
				t.Errorf("the other was not asked about: %+v", v.Fee)
			}
			if p := r.waitsFor(1); p.Tries != 1 || !p.Due.After(r.clock()) {
				t.Errorf("not put off: %+v", p)
			}
		})
	}
}

// TestAnAnswerThatIsNoNews is not asked for again at once, and a provider that is
// away is asked about nothing more in the same run.
func TestAnAnswerThatIsNoNews(t *testing.T) {
	r, f, refs, keys := twoOrders(t)
	refund := r.bank.Sign(pay.Notice{Type: pay.Refunded, Order: keys[1], Amount: price, Currency: pay.Tenge, At: r.clock()})
	f.find[keys[0]] = func() (*pay.Signed, error) { return &refund, nil }
	if err := r.askPayments(t.Context()); err != nil {
		t.Error(err)
	}
	if p := r.waitsFor(1); !p.Due.After(r.clock()) {
		t.Errorf("asked again at once: %+v", p)
	}
	if v := r.view(refs[1]); v.Fee.Paid.IsZero() {
		t.Errorf("the other was not asked about: %+v", v.Fee)
	}
	again := r.bank.Sign(pay.Notice{Type: pay.Declined, Order: keys[0], Currency: pay.Tenge, At: r.clock()})
	if err := r.SettlePayment(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	r.raw(`INSERT INTO payment (order_key, case_no, due, tries) VALUES ('` + keys[0] + `', 1, 1, 0)`)
	f.find[keys[0]] = func() (*pay.Signed, error) { return &again, nil }
	if err := r.askPayments(t.Context()); err != nil {
		t.Error(err)
	}
	if p := r.waitsFor(1); !p.Due.After(r.clock()) {
		t.Errorf("what changed nothing is asked for again at once: %+v", p)
	}

	r, f, _, keys = twoOrders(t)
	f.find[keys[0]] = func() (*pay.Signed, error) { return nil, pay.ErrAway }
	if err := r.askPayments(t.Context()); err != nil || !slices.Equal(f.asked, keys[:1]) {
		t.Errorf("away, and asked about %v: %v", f.asked, err)
	}
}

// TestAnOrderThatIsGone: a command sent again after its order is over does not say
// that something was paid.
func TestAnOrderThatIsGone(t *testing.T) {
	r := payRig(t)
	ref := r.marking()
	cmd := PayFee{ID: r.id(), Actor: payer(holder), Ref: ref, Lang: "kk", Return: "/"}
	if _, err := r.Pay(t.Context(), cmd); err != nil {
		t.Fatal(err)
	}
	r.set(r.clock().Add(orderLife))
	if _, err := r.Pay(t.Context(), cmd); keyOf(err) != "error.pay-gone" {
		t.Errorf("sent again after its order: %v", err)
	}
	cmd.ID = r.id()
	if page, err := r.Pay(t.Context(), cmd); err != nil || page == "" {
		t.Errorf("asked anew: %v", err)
	}
	r.must(Withdraw{ID: r.id(), Actor: payer(holder), Ref: ref})
	r.set(r.clock().Add(orderLife))
	if _, err := r.Pay(t.Context(), cmd); keyOf(err) != "error.case-closed" {
		t.Errorf("sent again after the case: %v", err)
	}
}

// TestAnotherPaymentOfOneOrderIsLogged: the provider must not say twice that an
// order was paid; if it does, somebody has to look.
func TestAnotherPaymentOfOneOrderIsLogged(t *testing.T) {
	var log bytes.Buffer
	r := payRig(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	key := r.order(r.marking())
	notice := r.take(key, price, pay.Tenge)
	n, err := notice.Parse()
	if err != nil {
		t.Fatal(err)
	}
	const complaint = "something else was paid"
	again := r.bank.Sign(n)
	n.Receipt = "another"
	if err := r.SettlePayment(t.Context(), again); err != nil || strings.Contains(log.String(), complaint) {
		t.Errorf("the same, signed again: %v, %s", err, log.String())
	}
	if err := r.SettlePayment(t.Context(), r.bank.Sign(n)); err != nil || !strings.Contains(log.String(), complaint) {
		t.Errorf("another: %v, %s", err, log.String())
	}
}

// otherBank opens a bank of its own, with nothing in it, and the provider that it is.
func (r *rig) otherBank(seed byte) (*practice.Bank, pay.Provider) {
	r.t.Helper()
	b, err := practice.Open(practice.Config{Seed: [32]byte{seed}, Now: r.clock})
	if err != nil {
		r.t.Fatal(err)
	}
	return b, b.Provider("Another")
}

// TestAnOrderThatTheBankHasForgotten does not hold its case for good: it is made
// again once nothing can be paid by it any more, and the bank signs that nothing
// was. What turns up paid all the same goes back.
func TestAnOrderThatTheBankHasForgotten(t *testing.T) {
	f := new(fussy)
	r := payRig(t, func(c *Config) { f.Provider, c.Payments = c.Payments, f })
	ref := r.marking()
	key := r.order(ref)
	_, f.Provider = r.otherBank(3) // the same key, and no orders
	r.pass(orderLife + time.Minute)
	if p := r.waitsFor(1); p.Tries == 0 || r.view(ref).Fee.Refunds != nil {
		t.Errorf("asked once it was over: %+v", p)
	}
	r.pass(forgottenAfter)
	if v := r.view(ref); countOf(v, EventDeclined) != 1 || v.Fee.Waiting || !v.Fee.Owing() {
		t.Errorf("made again: %v", kinds(v))
	}
	r.at(almaty(t, "2026-06-16 00:30"))
	v := r.view(ref)
	if v.Outcome != aiqyn.Lapsed || v.Events[len(v.Events)-1].Kind != EventUnpaid {
		t.Errorf("not paid in time: %v", kinds(v))
	}
	r.take(key, price, pay.Tenge) // the bank remembers
	if v := r.view(ref); lastReason(v, EventRefundDue) != string(RefundLate) {
		t.Errorf("paid after all: %v", kinds(v))
	}
	r.wantClean()
}

// TestAnotherBankKnowsNothing: that a bank at which an order was not made does not
// know it says nothing; it is asked about at the bank where it was made, and what
// was paid there goes back there.
func TestAnotherBankKnowsNothing(t *testing.T) {
	f := new(fussy)
	r := payRig(t, func(c *Config) { f.Provider, c.Payments = c.Payments, f })
	former, another := f.Provider, (*practice.Bank)(nil)
	ref := r.marking()
	key := r.order(ref)
	quietly(r, func() { r.take(key, price, pay.Tenge) })
	another, f.Provider = r.otherBank(4)
	r.pass(48 * time.Hour)
	if v := r.view(ref); countOf(v, EventDeclined) != 0 || !v.Fee.Waiting {
		t.Errorf("given up on the word of a stranger: %v", kinds(v))
	}
	if _, err := another.Take(t.Context(), key, price, pay.Tenge); !errors.Is(err, pay.ErrUnknown) {
		t.Errorf("made at another bank: %v", err)
	}

	r.FormerPayments = []pay.Provider{former}
	r.pass(time.Hour)
	if v := r.view(ref); v.Fee.Paid.IsZero() {
		t.Errorf("paid at the former bank: %v", kinds(v))
	}
	r.must(Withdraw{ID: r.id(), Actor: payer(holder), Ref: ref})
	r.pass(time.Minute)
	if v := r.view(ref); countOf(v, EventRefunded) != 1 {
		t.Errorf("given back at the former bank: %v", kinds(v))
	}
	r.wantClean()
}

// TestOneBankThatIsAway keeps nobody from being asked at the other.
func TestOneBankThatIsAway(t *testing.T) {
	r, f, refs, keys := twoOrders(t)
	f.find[keys[0]] = func() (*pay.Signed, error) { return nil, pay.ErrAway }
	former := &fussy{Provider: f.Provider, find: f.find}
	_, f.Provider = r.otherBank(4)
	r.FormerPayments = []pay.Provider{former}
	third := r.must(File{ID: r.id(), Actor: payer(holder), Service: "land.boundary", Lang: "kk", Answers: map[string]string{"parcel": "99-999-003-001"}}).Ref
	r.order(third)
	r.set(r.clock().Add(time.Hour))
	if err := r.askPayments(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(former.asked, keys[:1]) {
		t.Errorf("the bank that is away was asked about %v", former.asked)
	}
	if len(f.asked) == 0 {
		t.Error("the other was asked nothing")
	}
	if p := r.waitsFor(2); !p.Due.After(r.clock()) || p.Tries != 0 || !r.view(refs[1]).Fee.Waiting {
		t.Errorf("not put off: %+v", p)
	}
}
