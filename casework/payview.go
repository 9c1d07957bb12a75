package casework

import (
	"time"

	"aiqyn"
	"aiqyn/pay"
)

// FeeView is the official price of a case, and what was paid.
type FeeView struct {
	Amount  int64 // tiyn
	Law     aiqyn.Law
	Due     time.Time // last instant to pay; zero: it is not to be paid now
	Paid    time.Time // recorded; zero: not
	Entry   int64     // of the payment
	Receipt string    // the provider's number
	Deposit *PaidView // what was paid before, of a lot that is won; nil: nothing
	Waiting bool      // an order stands, and the provider has not said what became of it
	Over    bool      // it was not paid, and cannot be any more
	Refunds []RefundView
}

// PaidView is a price that was paid before another was to be.
type PaidView struct {
	Amount  int64 // tiyn
	Law     aiqyn.Law
	Paid    time.Time // recorded
	Entry   int64     // of the payment
	Receipt string    // the provider's number
}

// RefundView is a sum that goes back.
type RefundView struct {
	Amount   int64 // in hundredths of Currency
	Currency string
	Why      RefundWhy
	At       time.Time
	Done     time.Time // zero: on its way
}

// Owing reports whether the price can still be paid.
func (f *FeeView) Owing() bool { return f.Paid.IsZero() && !f.Over }

// fee shows the price.
func (v *viewing) fee() *FeeView {
	s := v.rec.state
	f := s.Fee
	if f == nil {
		return nil
	}
	out := &FeeView{
		Amount: f.Amount, Law: v.svc.Fee.Law, Paid: f.Paid, Entry: f.PaidAt, Receipt: f.Receipt, Waiting: f.undecided(),
		Over: f.Paid.IsZero() && !s.owing(),
	}
	if d := f.Deposit; d != nil {
		out.Deposit = &PaidView{d.Amount, v.svc.Fee.Law, d.Paid, d.PaidAt, d.Receipt}
		if v.svc.Auction != nil && v.svc.Auction.Price != nil {
			out.Law = v.svc.Auction.Price.Law
		}
	}
	if s.owing() {
		out.Due = s.Due
	}
	for _, r := range f.Refunds {
		out.Refunds = append(out.Refunds, RefundView{Amount: r.Amount, Currency: r.Currency, Why: r.Why, At: r.At, Done: r.Done})
	}
	return out
}

// payArgs fills the holes of the sentence of an event about money.
func payArgs(ev *event, args map[string]any) {
	switch d := ev.data.(type) {
	case *charged:
		args["amount"], args["currency"], args["due"] = d.Amount, d.Currency, d.Due
	case *ordered:
		args["amount"], args["currency"], args["provider"] = d.Amount, d.Currency, d.Provider
	case *paid:
		args["amount"], args["currency"], args["receipt"] = d.Amount, d.Currency, d.Receipt
	case *declined:
		args["expired"] = d.Became == pay.Expired
	case *refundDue:
		args["amount"], args["currency"], args["why"] = d.Amount, d.Currency, string(d.Why)
	case *refunded:
		args["amount"], args["currency"], args["receipt"] = d.Amount, d.Currency, d.Receipt
	}
}
