package casework

import (
	"context"
	"errors"
	"time"

	"aiqyn"
	"aiqyn/pay"
	"aiqyn/retry"
	"aiqyn/store"
)

// The provider tells what happened by itself. A job asks it all the same: a
// notice can be lost, this server can have been off, and a sum that goes back is
// asked for until it has gone.
const (
	paymentsEvery = 15 * time.Second
	paymentsBatch = 50
	// payOpen is how often an order is asked about that nothing has happened to.
	payOpen = time.Minute
)

var payAgain = retry.Policy{First: 20 * time.Second, Cap: 30 * time.Minute}

// paymentsPatience is how long one run may keep the jobs after it waiting; what it
// has not come to is still due in the next.
const paymentsPatience = 40 * time.Second

// askPayments asks about everything that is due. One order that fails, or a case
// that cannot be read, keeps no other; it is put off. A provider that is away is
// asked nothing more in the same run.
func (e *Engine) askPayments(ctx context.Context) error {
	rows, err := e.Store.PaymentsDue(ctx, e.Clock(), paymentsBatch)
	if err != nil {
		return err
	}
	began := time.Now()
	away := make(map[string]bool) // by key
	for _, row := range rows {
		if ctx.Err() != nil || time.Since(began) > paymentsPatience {
			break
		}
		if err := e.askPayment(ctx, row, away); err != nil {
			return err
		}
		if len(away) > len(e.FormerPayments) { // all: the jobs after this one would wait for nothing
			return nil
		}
	}
	return ctx.Err()
}

// askPayment asks about one order and takes the answer. What went wrong, or has
// changed nothing, is asked again later. The error is that not even this could be
// noted.
func (e *Engine) askPayment(ctx context.Context, row store.Payment, away map[string]bool) error {
	a, failed := e.orderMade(ctx, row.Key)
	if failed == nil && away[a.signer()] {
		return e.Store.PutOffPayment(ctx, row.Key, e.Clock().Add(payOpen), row.Tries)
	}
	changed := false
	if failed == nil {
		changed, failed = e.askAndSettle(ctx, a)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failed == nil && changed {
		return nil
	}
	wait, tries := payOpen, int64(0)
	if failed != nil {
		tries = row.Tries + 1
		e.Log.Error("ask the payment provider", "case", row.Case, "tries", tries, "err", failed)
		wait = payAgain.After(row.Key, int(tries))
	}
	if errors.Is(failed, pay.ErrAway) {
		away[a.signer()] = true
	}
	return e.Store.PutOffPayment(ctx, row.Key, e.Clock().Add(wait), tries)
}

// orderMade is an order that is asked about.
type orderMade struct {
	s     *State
	order orderState
	by    pay.Provider // whom; nil: nobody
}

func (a orderMade) signer() string {
	if a.by == nil {
		return ""
	}
	return a.by.Key()
}

// orderMade finds an order, and whom to ask about it.
func (e *Engine) orderMade(ctx context.Context, key string) (orderMade, error) {
	rec, err := e.caseOf(ctx, caseOfOrder(key))
	if err != nil {
		return orderMade{}, err
	}
	o, ok := rec.state.Fee.order(key)
	if !ok {
		return orderMade{}, pay.ErrUnknown
	}
	return orderMade{s: rec.state, order: o, by: e.madeAt(o)}, nil
}

// madeAt is the provider that an order was made at: by its key, or else the one of
// now, whose key was another then.
func (e *Engine) madeAt(o orderState) pay.Provider {
	for _, p := range e.FormerPayments {
		if p.Key() == o.Signer {
			return p
		}
	}
	return e.Payments
}

// askAndSettle asks about an order, and takes the answer; changed says that it was
// news.
func (e *Engine) askAndSettle(ctx context.Context, a orderMade) (changed bool, err error) {
	signed, err := e.askProvider(ctx, a)
	if err != nil || signed == nil {
		return false, err
	}
	res, err := e.Do(ctx, SettlePayment{ID: noticeID(*signed), Notice: *signed})
	return err == nil && !res.Again && res.Last >= res.First, err
}

// askProvider asks what became of an order, or for its sum to go back; nil as
// long as there is no answer yet.
func (e *Engine) askProvider(ctx context.Context, a orderMade) (*pay.Signed, error) {
	if a.by == nil {
		return nil, pay.ErrAway
	}
	for _, r := range a.s.Fee.Refunds {
		if r.Order == a.order.Key && r.Done.IsZero() {
			return a.by.Refund(ctx, pay.Refund{Order: r.Order, Amount: r.Amount, Currency: r.Currency})
		}
	}
	signed, err := a.by.Find(ctx, a.order.Key)
	if errors.Is(err, pay.ErrUnknown) && a.forgotten(e.Clock()) {
		return e.makeAgain(ctx, a)
	}
	return signed, err
}

// forgottenAfter is how long after its end an order is made again that the provider
// says it does not know.
const forgottenAfter = time.Hour

// forgotten reports whether an order that its provider does not know can be made
// again without anybody paying by it: its time is over. Another provider, or one
// that signs with another key by now, may never have known it: its word that
// nothing was taken would be worth nothing.
func (a orderMade) forgotten(now time.Time) bool {
	return a.order.Signer == a.by.Key() && now.After(a.order.Expires.Add(forgottenAfter))
}

// makeAgain makes an order again that its provider has forgotten, as it was. Its end
// has passed, so nothing can be paid, and the provider can sign what became of it:
// without its signature an order is not given up.
func (e *Engine) makeAgain(ctx context.Context, a orderMade) (*pay.Signed, error) {
	svc, err := e.packs.service(a.s.Pack, a.s.Service)
	if err != nil {
		return nil, err
	}
	if _, err := a.by.Make(ctx, pay.Order{
		Key: a.order.Key, Amount: a.s.Fee.amountOf(a.order), Currency: pay.Tenge, Title: svc.Title.In(a.s.Lang), Lang: string(a.s.Lang), Return: "/", Expires: a.order.Expires,
	}); err != nil {
		return nil, err
	}
	return a.by.Find(ctx, a.order.Key)
}

// CheckPayment asks the provider about the applicant's last order at once, for
// somebody who comes back from paying. What it does not answer now, it will.
func (e *Engine) CheckPayment(ctx context.Context, who aiqyn.Actor, ref aiqyn.Reference) error {
	if err := e.looks(ctx, who); err != nil {
		return err
	}
	rec, err := e.caseOf(ctx, ref)
	if err != nil {
		return err
	}
	if err := (&onCase{actor: who}).owns(rec.state); err != nil {
		return err
	}
	f := rec.state.Fee
	if f == nil || len(f.Orders) == 0 || f.Orders[len(f.Orders)-1].Became != "" || e.Payments == nil {
		return nil
	}
	last := f.Orders[len(f.Orders)-1]
	_, err = e.askAndSettle(ctx, orderMade{s: rec.state, order: last, by: e.madeAt(last)})
	if errors.Is(err, pay.ErrAway) || errors.Is(err, pay.ErrUnknown) || errors.Is(err, pay.ErrRefused) {
		return nil // the job asks again
	}
	return err
}
