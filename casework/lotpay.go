package casework

import (
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/pay"
	"aiqyn/service"
)

// Whoever has won a lot pays the price less the deposit, in a step with a clock of its
// own. When it is paid the contract follows by rule, and the log says in one turn that
// the plot was given; when it is not, the bid ends, the deposit stays where the pack
// says so, and the plot may be put up for sale again.

// price is how the lot of a case is paid for; nil if that is not paid here.
func (t *turn) price() *service.AuctionPrice {
	if t.svc.Auction == nil {
		return nil
	}
	return t.svc.Auction.Price
}

// chargeRest opens the step in which the winner pays.
func (t *turn) chargeRest(step *service.Step) error {
	s := t.rec.state
	if s.OnLot == nil || s.OnLot.State != BidWon || s.Fee == nil {
		return fmt.Errorf("case %d: step %s and no lot is won", s.No, step.Name)
	}
	if t.e.Payments == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.pay-nobody")
	}
	due, cal, err := t.due(step, t.now)
	if err != nil {
		return err
	}
	t.emit(EventCharged, aiqyn.System, &charged{Amount: s.rest(), Calendar: cal, Currency: pay.Tenge, Due: due}, atStep(step.Name))
	t.tell("message.price-due", "due", due)
	t.remind(remindPay, due, payReminder, "due", due)
	return nil
}

// rest is what the winner of a lot owes beside the deposit, tiyn. It is asked before
// the second price is charged, when Fee is the deposit still.
func (s *State) rest() int64 { return s.OnLot.Price - s.Fee.Amount }

// owesForLot makes a bid that has won one whose price is waited for.
func (s *State) owesForLot(ev *event) {
	if s.OnLot == nil {
		return
	}
	l := *s.OnLot
	l.Entry, l.State = ev.index, BidOwing
	s.OnLot = &l
}

// owes reports whether the case is a bid that has won and is not paid yet.
func (l *onLot) owes() bool { return l != nil && l.State == BidOwing }

// contractOnLot says in the log that a plot was given: to whom by the name of the
// round, and what was paid for it in which entries.
func (t *turn) contractOnLot() error {
	s := t.rec.state
	if s.OnLot == nil || s.OnLot.State != BidContracted {
		return nil
	}
	l := t.e.lots.find(s.OnLot.Lot)
	if l == nil || l.state() != LotSold {
		return fmt.Errorf("case %d: the lot %s is not waited for", s.No, s.OnLot.Lot)
	}
	return t.lotSystem(t.emitSystem(EventLotContracted, aiqyn.System, s.contract()))
}

// contract is what the log says of a plot that was given.
func (s *State) contract() *lotContracted {
	return &lotContracted{
		Contract: s.GrantAt, Deposit: s.Fee.Deposit.Amount, Deposited: s.Fee.Deposit.PaidAt, Lot: s.OnLot.Lot, Paid: s.Fee.PaidAt, Price: s.OnLot.Price, Rest: s.Fee.Amount, Winner: s.OnLot.Name,
	}
}

// defaultOnLot ends the bid of who has won and has not paid in time.
func (t *turn) defaultOnLot() error {
	s := t.rec.state
	l := t.e.lots.find(s.OnLot.Lot)
	if l == nil || l.state() != LotSold {
		return fmt.Errorf("case %d: the lot %s is not waited for", s.No, s.OnLot.Lot)
	}
	t.loseBid(&bidLost{Lot: s.OnLot.Lot, Round: l.DrawnAt, Why: service.BidUnpaid}, s.Step)
	return t.lotSystem(t.emitSystem(EventLotDefaulted, aiqyn.System, t.rec.state.unpaidLot(t.svc)))
}

// unpaidLot is what the log says of a plot whose price was not paid.
func (s *State) unpaidLot(svc *service.Service) *lotDefaulted {
	d := &lotDefaulted{Bid: s.OnLot.Entry, Kept: s.Fee.Deposit.Amount, Lot: s.OnLot.Lot, Winner: s.OnLot.Name}
	if _, back := svc.Fee.Refund(aiqyn.Lapsed, service.BidUnpaid); back {
		d.Kept = 0
	}
	return d
}

// owed lists the cases whose price is waited for.
func owed(cases map[int64]lotCase) (list []int64) {
	for no, c := range cases {
		if c.state == BidOwing {
			list = append(list, no)
		}
	}
	return list
}

// failedBefore turns away who has won a lot of the parcel and not paid for it, where
// the pack bars who has. A plot is put up for sale again only when that is known, so
// what is read before the filing is decided cannot be stale.
func (f *file) failedBefore(ctx ctx, e *Engine) error {
	a := f.svc.Auction
	if a == nil || a.Price == nil || !a.Price.Bars {
		return nil
	}
	parcel, _ := f.answers[a.Lot].(string)
	rows, err := e.Store.LotsOfParcel(ctx, parcel, string(LotDefaulted))
	if err != nil {
		return err
	}
	for _, row := range rows {
		l, err := lotFromRow(row)
		if err != nil {
			return err
		}
		if l.failed(e.keys, f.applicant) {
			return aiqyn.E(aiqyn.Conflict, "error.bid-unpaid-before").On(a.Lot)
		}
	}
	return nil
}

// failed reports whether it is somebody who has won a lot and not paid for it.
func (l *lot) failed(keys *keyring, applicant []byte) bool {
	return l.Defaulted != nil && l.Drawn != nil && l.Drawn.Winner == allocation.Pseudonym(keys.bidSecret(applicant, l.Published.Lot), l.roundName())
}

// payBy is the last instant to pay the price of a lot; zero if nobody is to.
func (e *Engine) payBy(ctx ctx, lot string) (by time.Time, err error) {
	for _, no := range owed(e.lots.casesOf(lot)) {
		rec, err := e.caseNo(ctx, no)
		if err != nil {
			return by, err
		}
		if s := rec.state; s.OnLot.owes() && s.OnLot.Lot == lot {
			by = s.Due
		}
	}
	return by, nil
}
