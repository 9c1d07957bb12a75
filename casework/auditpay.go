package casework

import (
	"cmp"
	"context"
	"slices"

	"aiqyn/deadline"
	"aiqyn/pay"
	"aiqyn/service"
	"aiqyn/store"
)

// payment holds what happened to money against the pack and the provider's own
// word: the price is the pack's, each payment has a notice that verifies and says
// this sum for this order, nobody began to work before it, and what was to go back
// goes back, once.
func (c *caseAudit) payment(ev *event) {
	f := c.rec.state.Fee
	c.returned(ev)
	switch d := ev.data.(type) {
	case *charged:
		c.charged(ev, d)
	case *opened, *drawn, *performed, *ruled, *granted, *notified:
		if c.givesUnpaid() {
			c.wrong(ev.index, "a plot is given and its price was not paid")
		}
		if f == nil && c.owes(ev) || f != nil && f.Paid.IsZero() {
			c.wrong(ev.index, "a step begins and the price was not paid")
		}
	case *ordered:
		c.ordered(ev, d)
	case *paid:
		c.paid(ev, d)
	case *declined:
		c.declined(ev, d)
	case *refundDue:
		c.refundDue(ev, d)
	case *refunded:
		c.refunded(ev, d)
	case *lapsed:
		if ev.kind == EventUnpaid {
			c.unpaid(ev)
		}
	case *bidLost:
		if d.Why == service.BidUnpaid {
			c.unpaid(ev)
		}
	}
}

// afterPayment looks at the case as an entry has left it: whether the price must go
// back now, and by when it may be paid.
func (c *caseAudit) afterPayment(ev *event) {
	s := c.rec.state
	if s.Fee == nil || c.svc == nil {
		return
	}
	switch ev.data.(type) {
	case *withdrawn, *refused, *annulled, *bidLost:
		c.mustReturn(ev)
	case *refundDue:
		if ev.data.(*refundDue).Notice == nil {
			c.mustReturn(ev)
		}
	case *charged, *rescheduled, *held:
		if s.owing() && !c.payableUntil(ev) {
			c.wrong(ev.index, "no calendar says that it can be paid until then")
		}
	}
}

// mustReturn notes which price the next entry must give back.
func (c *caseAudit) mustReturn(ev *event) {
	s := c.rec.state
	if order, ok := s.toReturn(c.svc, s.Outcome, s.Reason); ok {
		c.returns, c.returnsAt = order.Key, ev.index
	}
}

// returned demands that an entry after which the price must go back is followed by
// one that says so; nil is the end of the case.
func (c *caseAudit) returned(ev *event) {
	if c.returns == "" {
		return
	}
	goes := false
	if ev != nil {
		d, ok := ev.data.(*refundDue)
		goes = ok && d.Order == c.returns && d.Notice == nil
	}
	if !goes {
		c.wrong(c.returnsAt, "the price was to go back, and no entry says that it does")
	}
	c.returns = ""
}

// payableUntil reports whether the date by which the price is to be paid is the one
// that the pack gives, by a calendar that was published.
func (c *caseAudit) payableUntil(ev *event) bool {
	s, pay, rest := c.rec.state, c.svc.Fee.Pay, !c.rec.state.unpaid()
	if rest {
		pay = findStep(c.svc, s.Step)
	}
	if pay == nil {
		return false
	}
	limit, ok, err := c.e.limit(c.svc, c.rec, pay, ev.at)
	if err != nil || !ok {
		return false
	}
	return slices.ContainsFunc(c.e.packs.calendarsNamed(c.svc.Calendar), func(cal *deadline.Calendar) bool {
		due, err := s.dueOf(cal, limit, s.Opened)
		if err != nil || rest {
			return err == nil && due.At.Equal(s.Due)
		}
		return s.beforeBids(due.At, c.e.Zone).Equal(s.Due)
	})
}

// count counts a payment.
func (c *caseAudit) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.Payments++
}

// owes reports whether the first step of a case begins for nothing though the
// pack has a price. What a former system has left was paid there.
func (c *caseAudit) owes(ev *event) bool {
	s := c.rec.state
	if c.svc == nil || !s.Opened.IsZero() || s.Channel == importChannel {
		return false
	}
	amount, err := c.e.feeOf(c.svc, c.rec, ev.at)
	return err != nil || amount > 0
}

func (c *caseAudit) charged(ev *event, d *charged) {
	s := c.rec.state
	if c.svc == nil {
		return
	}
	if s.Fee != nil {
		c.chargedRest(ev, d)
		return
	}
	amount, err := c.e.feeOf(c.svc, c.rec, ev.at)
	if err != nil || amount == 0 || amount != d.Amount || d.Currency != pay.Tenge || !s.Opened.IsZero() {
		c.wrong(ev.index, "the price is not the one of the pack")
	}
}

// ordered holds an order against the case that it is for: its key names the case,
// or a notice about it would be taken for another's.
func (c *caseAudit) ordered(ev *event, d *ordered) {
	s := c.rec.state
	f := s.Fee
	if f == nil || d.Amount != f.Amount || d.Currency != pay.Tenge {
		c.wrong(ev.index, "the order is for another sum than the price")
		return
	}
	if d.Order != orderKey(s.Ref, len(f.Orders)) {
		c.wrong(ev.index, "the order has the key of another")
	}
	if _, open := f.open(ev.at); open || payable(s, ev.at) != nil || d.Expires.After(s.Due) {
		c.wrong(ev.index, "an order is made when none could be")
	}
}

func (c *caseAudit) paid(ev *event, d *paid) {
	s := c.rec.state
	c.count()
	n, ok := c.noticed(ev, d.Order, d.Signer, d.Notice, pay.Paid)
	if !ok {
		return
	}
	if n.Amount != d.Amount || n.Currency != d.Currency || n.Receipt != d.Receipt || !n.At.Equal(ev.occurred) || c.counted(d.Order) || notThePrice(s, n) != "" {
		c.wrong(ev.index, "what was paid is not the price")
	}
}

func (c *caseAudit) declined(ev *event, d *declined) {
	if d.Became != pay.Declined && d.Became != pay.Expired {
		c.wrong(ev.index, "ends an order by what ends none")
		return
	}
	if _, ok := c.noticed(ev, d.Order, d.Signer, d.Notice, d.Became); !ok {
		return
	}
	if o, _ := c.rec.state.Fee.order(d.Order); o.Became != "" {
		c.wrong(ev.index, "ends an order that was over")
	}
}

// chargedRest holds what the winner of a lot owes to the price of the lot, which is
// held to the round elsewhere, and to the deposit.
func (c *caseAudit) chargedRest(ev *event, d *charged) {
	s, a := c.rec.state, c.svc.Auction
	if a == nil || a.Price == nil || ev.step != a.Price.Step || s.OnLot == nil || s.OnLot.State != BidWon || s.Fee.Deposit != nil || s.Fee.Paid.IsZero() || s.Fee.kept() != s.Fee.Amount ||
		d.Amount != s.rest() || d.Amount <= 0 || d.Currency != pay.Tenge {
		c.wrong(ev.index, "the rest of the price is not what the lot and the deposit give")
	}
}

// givesUnpaid reports whether a step begins in a case that has won a lot though the
// price was not so much as asked for.
func (c *caseAudit) givesUnpaid() bool {
	b := c.rec.state.OnLot
	return b != nil && b.State == BidWon && c.svc != nil && c.svc.Auction != nil && c.svc.Auction.Price != nil
}

// counted reports whether the money of an order was taken, or is given back, already.
func (c *caseAudit) counted(order string) bool {
	o, _ := c.rec.state.Fee.order(order)
	return o.Became == pay.Paid
}

// unpaid holds the end of a case that was not paid for against its date.
func (c *caseAudit) unpaid(ev *event) {
	s := c.rec.state
	if s.Fee == nil || !s.owing() || s.Held || !ev.at.After(s.Due) || s.Fee.undecided() {
		c.wrong(ev.index, "lapses as not paid before its time, or after it was paid")
	}
}

// noticed opens the notice of an event under the key that its order was made
// under, or that the entry names.
func (c *caseAudit) noticed(ev *event, order, signer string, s pay.Signed, what pay.Type) (pay.Notice, bool) {
	o, ok := c.rec.state.Fee.order(order)
	if !ok {
		c.wrong(ev.index, "is about an order that was not made")
		return pay.Notice{}, false
	}
	key := cmp.Or(signer, o.Signer)
	if c.PayKeys != nil && !slices.Contains(c.PayKeys, key) {
		c.wrong(ev.index, "is signed by a key that is not the payment provider's")
		return pay.Notice{}, false
	}
	n, err := s.Open(key)
	if err != nil || n.Order != order || n.Type != what {
		c.wrong(ev.index, "the provider has not signed this")
		return n, false
	}
	c.mu.Lock()
	c.payKeys[key] = true
	c.mu.Unlock()
	return n, true
}

// refundDue holds a sum that goes back against why: money that is not the price by
// its notice, the price itself by the pack's rule; and none goes back twice.
func (c *caseAudit) refundDue(ev *event, d *refundDue) {
	s := c.rec.state
	if d.Notice != nil {
		n, ok := c.noticed(ev, d.Order, d.Signer, *d.Notice, pay.Paid)
		if ok && (n.Amount != d.Amount || n.Currency != d.Currency || d.Why == "" || notThePrice(s, n) != d.Why || c.counted(d.Order)) {
			c.wrong(ev.index, "gives back another sum than came, or for another reason")
		}
		return
	}
	order, _ := s.Fee.order(d.Order)
	if !s.Fee.stays(order) || s.Fee.amountOf(order) != d.Amount || d.Currency != pay.Tenge || c.svc == nil {
		c.wrong(ev.index, "gives back what was not paid")
		return
	}
	if next, ok := s.toReturn(c.svc, s.Outcome, s.Reason); !ok || next.Key != d.Order || RefundWhy(s.Outcome) != d.Why {
		c.wrong(ev.index, "gives back what no rule of the pack gives back")
	}
}

func (c *caseAudit) refunded(ev *event, d *refunded) {
	n, ok := c.noticed(ev, d.Order, d.Signer, d.Notice, pay.Refunded)
	due := ok && n.Receipt == d.Receipt && slices.ContainsFunc(c.rec.state.Fee.Refunds, func(r refundState) bool {
		return r.Order == d.Order && r.Done.IsZero() && r.Amount == n.Amount && r.Amount == d.Amount && r.Currency == n.Currency && r.Currency == d.Currency
	})
	if ok && !due {
		c.wrong(ev.index, "gives back what was not due")
	}
}

// payments holds the list of what is waited for against what the cases say.
func (a *auditor) payments(ctx context.Context) error {
	for row, err := range a.Store.AllPayments(ctx) {
		if err != nil {
			return err
		}
		if a.owed[row.Key] == row.Case {
			delete(a.owed, row.Key)
			continue
		}
		if err := a.misplaced(ctx, row, "is waited for and no entry says so"); err != nil {
			return err
		}
	}
	for key, no := range a.owed {
		if err := a.misplaced(ctx, store.Payment{Key: key, Case: no}, "is not waited for though its entries say so"); err != nil {
			return err
		}
	}
	return nil
}

// misplaced notes a difference, unless the case has gone on since the audit began.
func (a *auditor) misplaced(ctx context.Context, row store.Payment, what string) error {
	last, err := a.lastEntry(ctx, row.Case)
	if err == nil && last < a.head.Size {
		a.wrong(last, "case %d: the order %s %s", row.Case, row.Key, what)
	}
	return err
}

// owing notes what the case waits for.
func (c *caseAudit) owing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range c.rec.state.Fee.waiting() {
		c.owed[key] = c.row.No
	}
}
