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
// that cannot be read, keeps no other; it is put off.
func (e *Engine) askPayments(ctx context.Context) error {
	rows, err := e.Store.PaymentsDue(ctx, e.Clock(), paymentsBatch)
	if err != nil {
		return err
	}
	began := time.Now()
	for _, row := range rows {
		if ctx.Err() != nil || time.Since(began) > paymentsPatience {
			break
		}
		away, err := e.askPayment(ctx, row)
		if err != nil || away { // the others would wait for nothing, and the jobs after this one for them
			return err
		}
	}
	return ctx.Err()
}

// askPayment asks about one order and takes the answer. What went wrong, or has
// changed nothing, is asked again later. Away says that the provider is; the error
// is that not even this could be noted.
func (e *Engine) askPayment(ctx context.Context, row store.Payment) (away bool, err error) {
	changed, failed := e.askAndSettle(ctx, row.Key)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if failed == nil && changed {
		return false, nil
	}
	wait, tries := payOpen, int64(0)
	if failed != nil {
		tries = row.Tries + 1
		e.Log.Error("ask the payment provider", "case", row.Case, "tries", tries, "err", failed)
		wait = payAgain.After(row.Key, int(tries))
	}
	return errors.Is(failed, pay.ErrAway), e.Store.PutOffPayment(ctx, row.Key, e.Clock().Add(wait), tries)
}

// askAndSettle asks about an order, and takes the answer; changed says that it was
// news.
func (e *Engine) askAndSettle(ctx context.Context, key string) (changed bool, err error) {
	rec, err := e.caseOf(ctx, caseOfOrder(key))
	if err != nil {
		return false, err
	}
	signed, err := e.askProvider(ctx, rec.state.Fee, key)
	if err != nil || signed == nil {
		return false, err
	}
	res, err := e.Do(ctx, SettlePayment{ID: noticeID(*signed), Notice: *signed})
	return err == nil && !res.Again && res.Last >= res.First, err
}

// askProvider asks what became of an order, or for its sum to go back; nil as
// long as there is no answer yet.
func (e *Engine) askProvider(ctx context.Context, f *feeState, key string) (*pay.Signed, error) {
	if e.Payments == nil || f == nil {
		return nil, pay.ErrAway
	}
	for _, r := range f.Refunds {
		if r.Order == key && r.Done.IsZero() {
			return e.Payments.Refund(ctx, pay.Refund{Order: key, Amount: r.Amount, Currency: r.Currency})
		}
	}
	return e.Payments.Find(ctx, key)
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
	_, err = e.askAndSettle(ctx, f.Orders[len(f.Orders)-1].Key)
	if errors.Is(err, pay.ErrAway) || errors.Is(err, pay.ErrUnknown) || errors.Is(err, pay.ErrRefused) {
		return nil // the job asks again
	}
	return err
}
