package casework

import (
	"errors"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/pay"
)

// payFee is the applicant asking for an order to pay by.
type payFee struct {
	onCase
	PayFee
	made *ordered // by the provider, for the state that was read
	n    int      // how many there were
}

// prepare has the provider make the order. It is known by its key: made twice, it
// is one.
func (p *payFee) prepare(ctx ctx, e *Engine) error {
	p.made = nil
	rec, err := p.find(ctx, e)
	if err != nil {
		return err
	}
	s, now := rec.state, e.Clock().UTC()
	if p.owns(s) != nil || payable(s, now) != nil {
		return nil // decide says so
	}
	if _, ok := s.Fee.open(now); ok {
		return nil
	}
	if e.Payments == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.pay-nobody")
	}
	svc, err := e.packs.service(s.Pack, s.Service)
	if err != nil {
		return err
	}
	p.n = len(s.Fee.Orders)
	expires := now.Add(orderLife)
	if expires.After(s.Due) {
		expires = s.Due
	}
	o := pay.Order{
		Key: orderKey(s.Ref, p.n), Amount: s.Fee.Amount, Currency: pay.Tenge, Title: svc.Title.In(p.Lang), Lang: string(p.Lang),
		Return: p.Return, Expires: expires.Truncate(time.Second),
	}
	page, err := e.Payments.Make(ctx, o)
	if err != nil {
		e.Log.Error("the payment provider took no order", "err", err)
		return aiqyn.E(aiqyn.Unavailable, "error.pay-away").Because(err)
	}
	p.made = &ordered{Amount: o.Amount, Currency: o.Currency, Expires: o.Expires, Order: o.Key, Page: page, Provider: e.Payments.Name(), Signer: e.Payments.Key()}
	return nil
}

// payable says why a case takes no payment now.
func payable(s *State, now time.Time) error {
	switch {
	case s.Fee == nil:
		return aiqyn.E(aiqyn.Conflict, "error.pay-free")
	case !s.Fee.Paid.IsZero():
		return aiqyn.E(aiqyn.Conflict, "error.pay-done")
	case !s.owing():
		return aiqyn.E(aiqyn.Conflict, "error.case-closed")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case now.After(s.Due):
		return aiqyn.E(aiqyn.Conflict, "error.pay-late")
	case len(s.Fee.Orders) >= mostMade:
		return aiqyn.E(aiqyn.TooMany, "error.pay-often")
	}
	return nil
}

// open is the order that one may still pay by.
func (f *feeState) open(now time.Time) (orderState, bool) {
	if n := len(f.Orders); n > 0 && f.Orders[n-1].Became == "" && now.Before(f.Orders[n-1].Expires) {
		return f.Orders[n-1], true
	}
	return orderState{}, false
}

func (p *payFee) decide(t *turn) error {
	s := t.rec.state
	if err := p.owns(s); err != nil {
		return err
	}
	if err := payable(s, t.now); err != nil {
		return err
	}
	if _, ok := s.Fee.open(t.now); ok {
		return aiqyn.E(aiqyn.Conflict, "error.pay-open")
	}
	if p.made == nil || p.n != len(s.Fee.Orders) {
		return errStale
	}
	t.emit(EventOrdered, p.actor, p.made)
	t.await(p.made.Order)
	return nil
}

// settlePayment takes a notice of the provider's: as it came, or as it was asked
// for.
type settlePayment struct {
	onCase
	signed pay.Signed
	notice pay.Notice
	signer string // if not the one that the order was made under
}

// prepare finds the case of the order, and turns away what the provider has not
// signed before it gets into the queue.
func (c *settlePayment) prepare(ctx ctx, e *Engine) error {
	n, err := c.signed.Parse()
	if err != nil {
		return forged(err)
	}
	if c.ref = caseOfOrder(n.Order); c.ref == "" {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	c.notice = n
	rec, err := c.find(ctx, e)
	if err != nil {
		return err
	}
	return c.verified(e, rec.state)
}

// verified holds a notice against the key that its order was made under, or that
// the provider it was made at signs with by now; the log names that one.
func (c *settlePayment) verified(e *Engine, s *State) error {
	o, ok := s.Fee.order(c.notice.Order)
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	c.signer = ""
	_, err := c.signed.Open(o.Signer)
	if by := e.madeAt(o); err != nil && by != nil && by.Key() != o.Signer {
		c.signer = by.Key()
		_, err = c.signed.Open(c.signer)
	}
	if err != nil {
		return forged(err)
	}
	return nil
}

func forged(err error) error {
	return aiqyn.E(aiqyn.Forbidden, "error.pay-forged").Because(err)
}

// decide takes a notice however late, however often and in whatever order it
// comes: what was paid counts, and nothing counts twice.
func (c *settlePayment) decide(t *turn) error {
	s := t.rec.state
	if err := c.verified(t.e, s); err != nil {
		return err
	}
	o, _ := s.Fee.order(c.notice.Order)
	switch c.notice.Type {
	case pay.Paid:
		if o.Became == pay.Paid {
			if s.Fee.another(c.notice) {
				t.e.Log.Error("the payment provider says of a paid order that something else was paid", "case", s.No, "order", o.Key, "amount", c.notice.Amount, "receipt", c.notice.Receipt)
			}
			return nil
		}
		return c.paid(t, o)
	case pay.Declined, pay.Expired:
		if o.Became != "" {
			return nil
		}
		t.emit(EventDeclined, aiqyn.System, &declined{Became: c.notice.Type, Notice: c.signed, Order: o.Key, Signer: c.signer})
		t.settled(o.Key)
		return t.lapseUnpaid()
	case pay.Refunded:
		return c.refunded(t, o)
	}
	return nil
}

// paid takes the price, or has the money go back that is not it.
func (c *settlePayment) paid(t *turn, o orderState) error {
	s, n := t.rec.state, c.notice
	if why := notThePrice(s, n); why != "" {
		t.refund(&refundDue{Amount: n.Amount, Currency: n.Currency, Notice: &c.signed, Order: o.Key, Signer: c.signer, Why: why})
		return t.lapseUnpaid()
	}
	after, step := t.svc.Fee.After, s.Step
	if s.Fee.Deposit != nil {
		after = step
	}
	t.emit(EventPaid, aiqyn.System, &paid{Amount: n.Amount, Currency: n.Currency, Notice: c.signed, Order: o.Key, Receipt: n.Receipt, Signer: c.signer}, atStep(step),
		func(ev *event) { ev.occurred = n.At.UTC() })
	t.settled(o.Key)
	t.tell("message.paid")
	return t.advance(after)
}

// notThePrice says why money is not the price of a case, "" if it is. In time is
// by the provider's clock, which the payer saw: a notice may be late.
func notThePrice(s *State, n pay.Notice) RefundWhy {
	switch {
	case n.Currency != pay.Tenge:
		return RefundCurrency
	case n.Amount != s.Fee.Amount:
		return RefundAmount
	case !s.Fee.Paid.IsZero():
		return RefundTwice
	case !s.owing() || n.At.After(s.Due):
		return RefundLate
	}
	return ""
}

// another reports whether a notice says something else of a paid order than the one
// that was taken.
func (f *feeState) another(n pay.Notice) bool {
	i := slices.IndexFunc(f.Refunds, func(r refundState) bool { return r.Order == n.Order && !r.byRule() })
	if i >= 0 {
		return n.Amount != f.Refunds[i].Amount || n.Currency != f.Refunds[i].Currency
	}
	receipt := f.Receipt
	o, _ := f.order(n.Order)
	if f.Deposit != nil && !o.Rest {
		receipt = f.Deposit.Receipt
	}
	return n.Amount != f.amountOf(o) || n.Currency != pay.Tenge || n.Receipt != receipt
}

func (c *settlePayment) refunded(t *turn, o orderState) error {
	i := slices.IndexFunc(t.rec.state.Fee.Refunds, func(r refundState) bool { return r.Order == o.Key })
	if i < 0 {
		return aiqyn.E(aiqyn.Conflict, "error.pay-refund")
	}
	r := t.rec.state.Fee.Refunds[i]
	switch {
	case !r.Done.IsZero():
		return nil
	case c.notice.Amount != r.Amount || c.notice.Currency != r.Currency:
		return aiqyn.E(aiqyn.Conflict, "error.pay-refund")
	}
	t.emit(EventRefunded, aiqyn.System, &refunded{Amount: r.Amount, Currency: r.Currency, Notice: c.signed, Order: o.Key, Receipt: c.notice.Receipt, Signer: c.signer}, withReason(string(r.Why)))
	t.settled(o.Key)
	t.tell("message.refunded")
	return nil
}

// Pay sends the applicant to pay: it returns the address of the provider's page
// of an order that stands, or of a new one. Back is the path of ours to which the
// browser is sent afterwards. Unavailable, if the provider is away: the case
// waits, and nothing is lost.
func (e *Engine) Pay(ctx ctx, c PayFee) (address string, err error) {
	_, err = e.Do(ctx, c)
	var known *aiqyn.Error
	if err != nil && !(errors.As(err, &known) && known.Key == "error.pay-open") {
		return "", err
	}
	rec, err := e.caseOf(ctx, c.Ref)
	if err != nil {
		return "", err
	}
	if rec.state.Fee == nil || (&onCase{actor: c.Actor}).owns(rec.state) != nil {
		return "", aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	if o, ok := rec.state.Fee.open(e.Clock()); ok {
		return o.Page, nil
	}
	if err := payable(rec.state, e.Clock()); err != nil {
		return "", err
	}
	return "", aiqyn.E(aiqyn.Conflict, "error.pay-gone") // a command that was carried out before: its order is over
}

// SettlePayment takes a notice that came from outside: Forbidden unless the
// provider has signed it.
func (e *Engine) SettlePayment(ctx ctx, s pay.Signed) error {
	_, err := e.Do(ctx, SettlePayment{ID: noticeID(s), Notice: s})
	return err
}

// noticeID names a notice as a command: the same one changes nothing twice. Of
// its signature too, or a forged one could take the place of the true one.
func noticeID(s pay.Signed) aiqyn.CommandID {
	return aiqyn.CommandID("notice:" + s.Hash() + ":" + s.ID + ":" + s.Timestamp + ":" + s.Signature)
}

// PaymentName is what the provider is called, "" if nobody takes payments.
func (e *Engine) PaymentName() string {
	if e.Payments == nil {
		return ""
	}
	return e.Payments.Name()
}

// PaymentPages is the origin of the provider's pages, "" if they are ours or
// nobody takes payments.
func (e *Engine) PaymentPages() string {
	if e.Payments == nil {
		return ""
	}
	return e.Payments.Pages()
}
