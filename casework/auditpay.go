package casework

import (
	"cmp"
	"context"
	"slices"

	"aiqyn/pay"
	"aiqyn/store"
)

// payment holds what happened to money against the pack and the provider's own
// word: the price is the pack's, each payment has a notice that verifies and says
// this sum for this order, and nobody began to work before it.
func (c *caseAudit) payment(ev *event) {
	f := c.rec.state.Fee
	switch d := ev.data.(type) {
	case *charged:
		c.charged(ev, d)
	case *opened:
		if f == nil && c.owes(ev) || f != nil && f.Paid.IsZero() {
			c.wrong(ev.index, "a step begins and the price was not paid")
		}
	case *ordered:
		if f == nil || d.Amount != f.Amount || d.Currency != pay.Tenge {
			c.wrong(ev.index, "the order is for another sum than the price")
		}
	case *paid:
		n, ok := c.noticed(ev, d.Order, d.Signer, d.Notice, pay.Paid)
		if ok && (n.Amount != f.Amount || d.Amount != f.Amount || n.Currency != pay.Tenge || d.Currency != pay.Tenge || n.Receipt != d.Receipt || !f.Paid.IsZero()) {
			c.wrong(ev.index, "what was paid is not the price")
		}
		c.count()
	case *declined:
		c.noticed(ev, d.Order, d.Signer, d.Notice, d.Became)
	case *refundDue:
		c.refundDue(ev, d)
	case *refunded:
		c.refunded(ev, d)
	case *lapsed:
		if ev.kind == EventUnpaid && (f == nil || !f.Paid.IsZero() || !ev.at.After(c.rec.state.Due)) {
			c.wrong(ev.index, "lapses as not paid before its time, or after it was paid")
		}
	}
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
	if c.svc == nil {
		return
	}
	amount, err := c.e.feeOf(c.svc, c.rec, ev.at)
	if err != nil || amount != d.Amount || d.Currency != pay.Tenge || c.rec.state.Fee != nil {
		c.wrong(ev.index, "the price is not the one of the pack")
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
	n, err := s.Open(cmp.Or(signer, o.Signer))
	if err != nil || n.Order != order || n.Type != what {
		c.wrong(ev.index, "the provider has not signed this")
		return n, false
	}
	return n, true
}

func (c *caseAudit) refundDue(ev *event, d *refundDue) {
	s := c.rec.state
	if d.Notice != nil {
		n, ok := c.noticed(ev, d.Order, d.Signer, *d.Notice, pay.Paid)
		if ok && (n.Amount != d.Amount || n.Currency != d.Currency || notThePrice(s, n) != d.Why) {
			c.wrong(ev.index, "gives back another sum than came, or for another reason")
		}
		return
	}
	o, _ := s.Fee.order(d.Order)
	if s.Fee.kept() != d.Amount || o.Became != pay.Paid || s.Fee.wasReturned(d.Order) || d.Currency != pay.Tenge || !(refundState{Why: d.Why}).byRule() {
		c.wrong(ev.index, "gives back what was not paid")
	} else if _, ok := c.svc.Fee.Refund(s.Outcome, s.Reason); !ok || string(s.Outcome) != string(d.Why) {
		c.wrong(ev.index, "gives back what no rule of the pack gives back")
	}
}

func (c *caseAudit) refunded(ev *event, d *refunded) {
	n, ok := c.noticed(ev, d.Order, d.Signer, d.Notice, pay.Refunded)
	due := ok && slices.ContainsFunc(c.rec.state.Fee.Refunds, func(r refundState) bool {
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
