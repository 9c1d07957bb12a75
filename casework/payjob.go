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

// askPayments asks about everything that is due. One order that fails keeps no
// other; what the provider did not answer is asked again later.
func (e *Engine) askPayments(ctx context.Context) error {
	rows, err := e.Store.PaymentsDue(ctx, e.Clock(), paymentsBatch)
	if err != nil {
		return err
	}
	for _, row := range rows {
		err := e.askPayment(ctx, row)
		if errors.Is(err, pay.ErrAway) {
			return nil // the others would wait for nothing, and the jobs after this one for them
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// askPayment asks about one order, and takes the answer. What went wrong is asked
// again later; the error says that the provider is away, or is of our own.
func (e *Engine) askPayment(ctx context.Context, row store.Payment) error {
	rec, err := e.caseOf(ctx, caseOfOrder(row.Key))
	if err != nil {
		return err
	}
	signed, failed := e.askProvider(ctx, rec.state.Fee, row.Key)
	if failed == nil && signed != nil {
		failed = e.SettlePayment(ctx, *signed)
	}
	if failed == nil && signed != nil {
		return nil
	}
	wait, tries := payOpen, int64(0)
	if failed != nil {
		tries = row.Tries + 1
		e.Log.Error("ask the payment provider", "case", rec.state.No, "tries", tries, "err", failed)
		wait = payAgain.After(row.Key, int(tries))
	}
	if err := e.Store.PutOffPayment(ctx, row.Key, e.Clock().Add(wait), tries); err != nil || !errors.Is(failed, pay.ErrAway) {
		return err
	}
	return failed
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
	signed, err := e.Payments.Find(ctx, f.Orders[len(f.Orders)-1].Key)
	if err == nil && signed != nil {
		err = e.SettlePayment(ctx, *signed)
	}
	if errors.Is(err, pay.ErrAway) || errors.Is(err, pay.ErrUnknown) {
		return nil // the job asks again
	}
	return err
}
