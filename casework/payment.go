package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/pay"
	"aiqyn/service"
	"aiqyn/store"
)

// The official price is paid here and nowhere else. What it is follows from the
// pack under which the application was filed; no command, no form and no officer
// can name a sum. A case with a price begins with a step in which the applicant
// pays. Until then nobody who works here knows of it, and no clock of the state
// runs; an application that is not paid in time lapses.
//
// That something was paid is the provider's word and not ours: its signed notice
// is kept in the entry, and whoever has the entry can check it. Money that is not
// the price – another sum, a second time, after the end – goes back whole, and so
// does the price itself where the pack says so.

// feeState is the price of a case, and what has been paid. Of a lot that is won it is
// the rest of its price, and Deposit what was paid before.
type feeState struct {
	Amount  int64         `json:"amount"` // tiyn
	Deposit *paidBefore   `json:"deposit,omitempty"`
	Orders  []orderState  `json:"orders,omitempty"`
	Paid    time.Time     `json:"paid,omitzero"` // recorded
	PaidAt  int64         `json:"paid_at,omitempty"`
	Receipt string        `json:"receipt,omitempty"` // the provider's number
	Refunds []refundState `json:"refunds,omitempty"`
}

// paidBefore is a price that was paid before another was to be.
type paidBefore struct {
	Amount  int64     `json:"amount"` // tiyn
	Paid    time.Time `json:"paid"`   // recorded
	PaidAt  int64     `json:"paid_at"`
	Receipt string    `json:"receipt,omitempty"`
}

// orderState is one order at the provider. Became is what its notice says, "" as
// long as there is none. Rest is set where it is for the rest of a price.
type orderState struct {
	Key     string    `json:"key"`
	Signer  string    `json:"signer"` // the provider's public key when the order was made
	Page    string    `json:"page"`
	Expires time.Time `json:"expires"`
	Became  pay.Type  `json:"became,omitempty"`
	Rest    bool      `json:"rest,omitempty"`
}

// refundState is a sum that goes back.
type refundState struct {
	Order    string    `json:"order"`
	Amount   int64     `json:"amount"`
	Currency string    `json:"currency"`
	Why      RefundWhy `json:"why"`
	At       time.Time `json:"at"`
	Done     time.Time `json:"done,omitzero"`
}

// RefundWhy says why a sum goes back; text web.pay.why.<why>.
type RefundWhy string

// Why a sum goes back: by the rule of the pack, or because it was never the price.
const (
	RefundWithdrawn RefundWhy = "withdrawn"
	RefundRefused   RefundWhy = "refused"
	RefundAnnulled  RefundWhy = "annulled"
	RefundLapsed    RefundWhy = "lapsed"   // a bid came to nothing
	RefundLate      RefundWhy = "late"     // the case was over
	RefundTwice     RefundWhy = "twice"    // it had been paid
	RefundAmount    RefundWhy = "amount"   // another sum
	RefundCurrency  RefundWhy = "currency" // of another currency
)

const (
	orderLife = time.Hour // how long an order stands at the provider
	mostMade  = 30        // so many orders can be made for one case
)

// orderKey names an order of a case: whoever gets a notice about it knows the case.
func orderKey(ref aiqyn.Reference, n int) string { return fmt.Sprintf("%s-%d", ref, n+1) }

// caseOfOrder is the reference in the key of an order.
func caseOfOrder(key string) aiqyn.Reference {
	if i := strings.LastIndexByte(key, '-'); i > 0 && pay.IsKey(key) {
		return aiqyn.Reference(key[:i])
	}
	return ""
}

// order finds an order by its key.
func (f *feeState) order(key string) (orderState, bool) {
	if f == nil {
		return orderState{}, false
	}
	i := slices.IndexFunc(f.Orders, func(o orderState) bool { return o.Key == key })
	if i < 0 {
		return orderState{}, false
	}
	return f.Orders[i], true
}

// waiting are the keys of the orders that the provider owes a word about: what
// became of them, or that their sum has gone back.
func (f *feeState) waiting() []string {
	if f == nil {
		return nil
	}
	var keys []string
	for _, o := range f.Orders {
		if o.Became == "" || slices.ContainsFunc(f.Refunds, func(r refundState) bool { return r.Order == o.Key && r.Done.IsZero() }) {
			keys = append(keys, o.Key)
		}
	}
	return keys
}

// undecided reports whether money may still be on its way.
func (f *feeState) undecided() bool {
	return slices.ContainsFunc(f.Orders, func(o orderState) bool { return o.Became == "" })
}

// kept is what was paid and has not gone back, in tiyn.
func (f *feeState) kept() (sum int64) {
	if f == nil {
		return 0
	}
	for _, o := range f.Orders {
		if f.stays(o) {
			sum += f.amountOf(o)
		}
	}
	return sum
}

// stays reports whether an order has paid a price that does not go back: money that
// is not the price has its refund in the entry that says it came.
func (f *feeState) stays(o orderState) bool { return o.Became == pay.Paid && !f.wasReturned(o.Key) }

// amountOf is the sum that an order is for, in tiyn.
func (f *feeState) amountOf(o orderState) int64 {
	if f.Deposit != nil && !o.Rest {
		return f.Deposit.Amount
	}
	return f.Amount
}

// byRule reports whether it is the price itself that goes back.
func (r refundState) byRule() bool {
	return r.Why == RefundWithdrawn || r.Why == RefundRefused || r.Why == RefundAnnulled || r.Why == RefundLapsed
}

// feeOf is the official price of a case: the pack's rule on what the applicant
// answered and the registers said.
func (e *Engine) feeOf(svc *service.Service, rec *record, now time.Time) (int64, error) {
	if svc.Fee.Pay == nil {
		return 0, nil
	}
	vars, err := e.variables(svc, rec, now)
	if err != nil {
		return 0, err
	}
	v, err := svc.Fee.Program.Value(vars)
	if err != nil {
		return 0, fmt.Errorf("fee of %s: %w", svc.ID, err)
	}
	amount, ok := v.(int64)
	if !ok || amount < 0 {
		return 0, fmt.Errorf("fee of %s: %v is no amount", svc.ID, v)
	}
	return amount, nil
}

// charge opens the step in which the price is paid, where it comes after the step
// just done and there is something to pay; "" is the filing.
func (t *turn) charge(after aiqyn.StepID) (charges bool, err error) {
	if t.rec.state.Fee != nil || t.svc.Fee.After != after {
		return false, nil
	}
	amount, err := t.e.feeOf(t.svc, t.rec, t.now)
	if err != nil || amount == 0 {
		return false, err
	}
	if t.e.Payments == nil {
		return false, aiqyn.E(aiqyn.Unavailable, "error.pay-nobody")
	}
	due, cal, err := t.due(t.svc.Fee.Pay, t.now)
	if err != nil {
		return false, err
	}
	due = t.rec.state.beforeBids(due, t.e.Zone)
	if s := t.rec.state; s.StepState == StepOpen {
		t.release(s.Step)
	}
	t.emit(EventCharged, aiqyn.System, &charged{Amount: amount, Calendar: cal, Currency: pay.Tenge, Due: due}, atStep(service.StepPayment))
	t.tell("message.charged", "due", due)
	t.remind(remindPay, due, payReminder, "due", due)
	return true, nil
}

// lapseUnpaid ends a case whose price was not paid in time. As long as money may
// be on its way the case waits: the provider is asked first.
func (t *turn) lapseUnpaid() error {
	s := t.rec.state
	if !s.owing() || s.Held || !t.now.After(s.Due) || s.Fee.undecided() {
		return nil
	}
	if !s.unpaid() {
		return t.defaultOnLot()
	}
	t.emit(EventUnpaid, aiqyn.System, &lapsed{}, withOutcome(aiqyn.Lapsed), atStep(service.StepPayment))
	t.tell("message.unpaid")
	return nil
}

// giveBack has the price go back where the pack says so.
func (t *turn) giveBack(after aiqyn.Outcome, reason string) {
	for {
		order, ok := t.rec.state.toReturn(t.svc, after, reason)
		if !ok {
			return
		}
		t.refund(&refundDue{Amount: t.rec.state.Fee.amountOf(order), Currency: pay.Tenge, Order: order.Key, Why: RefundWhy(after)})
	}
}

// toReturn finds the next order whose sum, a price, goes back after an outcome by the
// pack's rule. It goes back once, whatever becomes of the case afterwards: nobody
// is asked for it again.
func (s *State) toReturn(svc *service.Service, after aiqyn.Outcome, reason string) (order orderState, ok bool) {
	if _, ok := svc.Fee.Refund(after, reason); !ok || s.Fee == nil || after == aiqyn.Withdrawn && s.worked() {
		return order, false
	}
	i := slices.IndexFunc(s.Fee.Orders, s.Fee.stays)
	if i < 0 {
		return order, false
	}
	return s.Fee.Orders[i], true
}

// wasReturned reports whether an order's sum goes back already.
func (f *feeState) wasReturned(key string) bool {
	return slices.ContainsFunc(f.Refunds, func(r refundState) bool { return r.Order == key })
}

// worked reports whether anybody has done anything on the case.
func (s *State) worked() bool { return len(s.Records) > 0 || s.Ruled || s.Hearing != nil }

// refund records that a sum is to go back; a job has the provider do it.
func (t *turn) refund(d *refundDue) {
	t.emit(EventRefundDue, aiqyn.System, d, withReason(string(d.Why)))
	t.await(d.Order)
	t.tell("message.refund-due")
}

// await has the provider asked about an order, from now on.
func (t *turn) await(key string) {
	t.payments = append(t.payments, store.Payment{Key: key, Case: t.rec.state.No, Due: t.now.Add(payAgain.First)})
}

// settled has it asked no more, unless it still owes a word about the order.
func (t *turn) settled(key string) {
	if !slices.Contains(t.rec.state.Fee.waiting(), key) {
		t.payments = append(t.payments, store.Payment{Key: key, Case: t.rec.state.No})
	}
}

// applyCharged folds the price into the state: the case waits for it. A second one is
// the rest of the price of a lot.
func (s *State) applyCharged(ev *event, d *charged) {
	if was := s.Fee; was != nil {
		s.Fee = &feeState{Amount: d.Amount, Deposit: &paidBefore{was.Amount, was.Paid, was.PaidAt, was.Receipt}, Orders: was.Orders, Refunds: was.Refunds}
		s.Step = ev.step
		s.owesForLot(ev)
	} else {
		s.Fee, s.Step = &feeState{Amount: d.Amount}, service.StepPayment
	}
	s.StepState, s.Due, s.Calendar, s.Opened, s.Theirs = StepOpen, d.Due, d.Calendar, ev.at, false
}

// applyPayment folds what happened to money.
func (s *State) applyPayment(ev *event) {
	if s.Fee == nil {
		return
	}
	f := *s.Fee
	f.Orders, f.Refunds = slices.Clone(f.Orders), slices.Clone(f.Refunds)
	s.Fee = &f
	switch d := ev.data.(type) {
	case *ordered:
		f.Orders = append(f.Orders, orderState{Key: d.Order, Signer: d.Signer, Page: d.Page, Expires: d.Expires, Rest: f.Deposit != nil})
	case *paid:
		f.Paid, f.PaidAt, f.Receipt = ev.at, ev.index, d.Receipt
		f.became(d.Order, pay.Paid)
	case *declined:
		f.became(d.Order, d.Became)
	case *refundDue:
		f.became(d.Order, pay.Paid)
		f.Refunds = append(f.Refunds, refundState{Order: d.Order, Amount: d.Amount, Currency: d.Currency, Why: d.Why, At: ev.at})
	case *refunded:
		for i, r := range f.Refunds {
			if r.Order == d.Order {
				f.Refunds[i].Done = ev.at
			}
		}
	}
}

func (f *feeState) became(key string, what pay.Type) {
	for i, o := range f.Orders {
		if o.Key == key {
			f.Orders[i].Became = what
		}
	}
}

// unpaid reports whether the case waits for its price: nobody who works here
// knows of it.
func (s *State) unpaid() bool { return s.Step == service.StepPayment }

// owing reports whether the case waits for a price: that of its service, or of the lot
// that it has won.
func (s *State) owing() bool { return s.unpaid() || s.OnLot.owes() }

// unseen reports whether the case is the applicant's alone yet: it is not paid for,
// or nobody was drawn for it.
func (s *State) unseen() bool {
	return s.unpaid() || s.StepState == StepDrawing && len(s.Drawn) == 0
}

// begun is when the clocks of the state began: at the filing, or when its price
// was paid.
func (s *State) begun() time.Time {
	switch {
	case s.Fee != nil && s.Fee.Deposit != nil:
		return s.Fee.Deposit.Paid
	case s.Fee != nil && !s.Fee.Paid.IsZero():
		return s.Fee.Paid
	case s.Came != nil && s.Came.Since == string(service.SinceArrived):
		return s.Came.Arrived
	}
	return s.Filed
}

// sinceOther is the reason why a date is not counted from the filing.
func (s *State) sinceOther(limit service.Within, zone *time.Location) []deadline.Reason {
	if s.Came != nil && s.since(limit, s.Opened).Equal(s.Came.Arrived) {
		return []deadline.Reason{{Key: "deadline.arrived", Args: map[string]any{"date": day(s.Came.Arrived, zone)}}}
	}
	if s.Fee == nil || s.Fee.Paid.IsZero() || !s.since(limit, s.Opened).Equal(s.Fee.Paid) {
		return nil
	}
	return []deadline.Reason{{Key: "deadline.paid", Args: map[string]any{"date": day(s.Fee.Paid, zone)}}}
}
