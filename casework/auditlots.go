package casework

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
)

// lotFolds is what cases and the system's entries say of lots, gathered while they
// are read case by case, to be told again in the order of the log.
type lotFolds struct {
	changes []lotChange
	system  []*event
}

// lotChange is that an entry has changed what a lot knows of a case.
type lotChange struct {
	ev        *event
	no        int64
	applicant []byte // keyed hash
	svc       aiqyn.ServiceID
	from, to  lotCase
	price     int64 // of the lot that the case has won, and what of it is the deposit
	deposit   int64
	given     *lotContracted // what the log must say when the plot is given
	unpaid    *lotDefaulted  // when its price was not paid
	annulled  *lotAnnulled   // when its contract was annulled
}

// count gathers one of the system's entries.
func (f *lotFolds) count(ev *event) {
	if lotOf(ev.data) != "" {
		f.system = append(f.system, ev)
	}
}

// onLot notes what an entry has changed about the case's bid or objection, and every
// entry about one.
func (c *caseAudit) onLot(ev *event, from lotCase) {
	s := c.rec.state
	to := s.lotCase()
	if late, ok := ev.data.(*bidLost); ok && late.Lot == "" {
		c.late(ev)
	}
	if from == to && aboutLot(ev.data) == "" {
		return
	}
	change := lotChange{ev: ev, no: s.No, applicant: bytes.Clone(c.row.Applicant), svc: s.Service, from: from, to: to}
	if s.OnLot != nil && s.Fee != nil && s.Fee.Deposit != nil {
		change.price, change.deposit = s.OnLot.Price, s.Fee.Deposit.Amount
	}
	if from.state == BidOwing && s.Fee != nil && s.Fee.Deposit != nil && c.svc != nil {
		switch to.state {
		case BidContracted:
			change.given = s.contract()
		case BidLost:
			change.unpaid = s.unpaidLot(c.svc)
		}
	}
	if to.state == BidAnnulled && from.state != BidAnnulled {
		change.annulled = s.annulledLot()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lotFolds.changes = append(c.lotFolds.changes, change)
}

// late holds a bid that ended before it began against its deposit.
func (c *caseAudit) late(ev *event) {
	if s := c.rec.state; s.Fee == nil || s.Fee.Paid.IsZero() || s.Reason != service.BidLate {
		c.wrong(ev.index, "ends a bid that has not begun")
	}
}

// shared holds an entry against how what is scarce is shared out: by queues, and lots.
func (c *caseAudit) shared(ev *event) {
	c.queue(ev)
	c.lot(ev)
}

// lot holds an entry about a lot against the case as it stood before.
func (c *caseAudit) lot(ev *event) {
	s := c.rec.state
	if c.svc == nil {
		return
	}
	switch d := ev.data.(type) {
	case *bidEntered:
		parcel := ""
		if c.svc.Auction != nil {
			parcel, _ = s.Answers[c.svc.Auction.Lot].(string)
			c.barred(ev)
		}
		c.ofParcel(ev, parcel, d.Lot)
	case *lotObjected:
		parcel := ""
		if c.svc.Objects != nil {
			parcel, _ = s.Answers[c.svc.Objects.Lot].(string)
		}
		c.ofParcel(ev, parcel, d.Lot)
	case *objectionJudged:
		if o := c.svc.Objects; o == nil || s.Records[string(o.Step)][o.Upheld] != d.Upheld || s.OnLot == nil || s.OnLot.Lot != d.Lot {
			c.wrong(ev.index, "the answer to the objection is another than was recorded")
		}
	}
}

// barred holds who came to bid to the rules that bar from it.
func (c *caseAudit) barred(ev *event) {
	vars, err := c.e.variables(c.svc, c.rec, ev.at)
	if err == nil {
		var bar *service.Reason
		if bar, err = c.svc.Auction.BarOf(vars); err == nil && bar != nil {
			c.wrong(ev.index, "bids though %s holds", bar.Name)
		}
	}
	if err != nil {
		c.wrong(ev.index, "%v", err)
	}
}

// ofParcel holds the lot that an entry names to the parcel that was answered.
func (c *caseAudit) ofParcel(ev *event, parcel, lot string) {
	if parcel == "" || len(lot) <= len(parcel) || lot[:len(parcel)+1] != parcel+"." {
		c.wrong(ev.index, "is about the lot of another parcel")
	}
}

// lots tells every lot again in the order of the log.
func (a *auditor) lots(ctx context.Context) error {
	t, err := a.lotsTold(ctx, true)
	if err != nil {
		return err
	}
	t.unsaid()
	return t.stand(ctx)
}

// lotTelling is lots being told again.
type lotTelling struct {
	*auditor
	of    map[string]*lot
	live  map[string]string // lot that is not over, by parcel
	cases map[string]map[int64]lotCase
	rows  map[int64]lotCase
	check bool

	given  map[string]*lotContracted // by lot
	undone map[string]*lotAnnulled
	newest map[string]string // lot, by parcel
	unpaid map[string]*lotDefaulted
	failed map[string][]*lot // whose price was not paid, by parcel
}

// lotsTold tells the lots again, holding each entry against what came before it if
// that is asked for.
func (a *auditor) lotsTold(ctx context.Context, check bool) (*lotTelling, error) {
	t := &lotTelling{
		auditor: a, of: make(map[string]*lot), live: make(map[string]string), cases: make(map[string]map[int64]lotCase), rows: make(map[int64]lotCase), check: check,
		given: make(map[string]*lotContracted), undone: make(map[string]*lotAnnulled), newest: make(map[string]string), unpaid: make(map[string]*lotDefaulted), failed: make(map[string][]*lot),
	}
	changes := slices.SortedFunc(slices.Values(a.lotFolds.changes), func(x, y lotChange) int { return int(x.ev.index - y.ev.index) })
	for _, ev := range a.lotFolds.system {
		for len(changes) > 0 && changes[0].ev.index < ev.index {
			t.change(changes[0])
			changes = changes[1:]
		}
		if err := t.told(ctx, ev); err != nil {
			return nil, err
		}
	}
	for _, c := range changes {
		t.change(c)
	}
	return t, nil
}

func (t *lotTelling) wrongly(index int64, format string, args ...any) {
	if t.check {
		t.wrong(index, format, args...)
	}
}

// change holds an entry of a case against the lot as it stood.
func (t *lotTelling) change(c lotChange) {
	id := cmp.Or(aboutLot(c.ev.data), c.to.lot, c.from.lot)
	l := t.of[id]
	if l == nil {
		t.wrongly(c.ev.index, "is about a lot that there is not")
	} else if t.check {
		t.held(c, l)
	}
	if c.given != nil {
		t.given[id] = c.given
	} else if c.unpaid != nil {
		t.unpaid[id] = c.unpaid
	} else if c.annulled != nil {
		t.undone[id] = c.annulled
	}
	if c.from.lot != "" {
		delete(t.cases[c.from.lot], c.no)
		delete(t.rows, c.no)
	}
	if c.to.lot == "" {
		return
	}
	if t.cases[c.to.lot] == nil {
		t.cases[c.to.lot] = make(map[int64]lotCase)
	}
	t.cases[c.to.lot][c.no], t.rows[c.no] = c.to, c.to
}

func (t *lotTelling) held(c lotChange, l *lot) {
	at, index := c.ev.at, c.ev.index
	if other := aboutLot(c.ev.data); other != "" && (c.from.lot != "" && c.from.lot != other || c.to.lot != other) {
		t.wrong(index, "is about another lot than its case")
	}
	switch d := c.ev.data.(type) {
	case *bidEntered:
		name := allocation.Pseudonym(t.e.keys.bidSecret(c.applicant, d.Lot), l.roundName())
		if !l.bidding(at) || l.Published.Service != c.svc || d.Name != name {
			t.wrong(index, "bids for a lot that is closed, or under another's name")
		}
		t.mayBid(c, l)
	case *bidSealed:
		if c.from.state != BidEntered {
			t.wrong(index, "exchanges a seal")
		}
		if !l.bidding(at) {
			t.wrong(index, "seals a bid after bids were closed")
		}
	case *bidOpened:
		if c.from.state != BidSealed || l.state() != LotOpened || at.After(l.Opened.Until) {
			t.wrong(index, "opens a bid when none could be opened")
		}
		if !c.to.onLot().matches(l.roundName(), d.Amount, d.Salt) {
			t.wrong(index, "opens another bid than was sealed")
		}
	case *bidWon:
		if l.Drawn == nil || l.Withdrawn != nil || c.from.state != BidOpened || l.Drawn.Winner != c.from.name || d.Price != l.Drawn.Price || d.Round != l.DrawnAt {
			t.wrong(index, "wins a lot that the round has not given it")
		}
	case *charged, *granted:
		if l.state() != LotSold || l.Drawn.Winner != c.from.name || l.Drawn.Price != c.price || l.Published.Deposit != c.deposit {
			t.wrong(index, "a lot is paid for, or given, by another than has won it, or for another price")
		}
	case *bidLost:
		if round, why := l.lost(c.from); d.Round != round || d.Why != why {
			t.wrong(index, "loses a lot otherwise than the round says")
		}
	case *lotObjected:
		if l.state() != LotPublished || at.After(l.Published.Objections) || l.Published.Service == "" {
			t.wrong(index, "objects to a lot when nobody could")
		}
	default:
		if c.to.lot == "" && (l.state() == LotOpened && (c.from.state == BidSealed || c.from.state == BidOpened) || c.from.state == BidOwing) {
			t.wrong(index, "a bid was taken back when bids were being opened, or paid for")
		}
	}
}

// lost is the entry that ends a bid without the lot, and why; 0 and "" if none does.
func (l *lot) lost(c lotCase) (round int64, why string) {
	switch {
	case l.Withdrawn != nil:
		return l.WithdrawnAt, service.BidWithdrawn
	case c.state == BidOwing:
		return l.DrawnAt, service.BidUnpaid
	case c.state == BidWon || c.state == BidContracted || c.state == BidAnnulled:
		return 0, ""
	case l.Drawn == nil || c.state == BidOpened && c.name == l.Drawn.Winner:
		return 0, ""
	}
	return l.DrawnAt, c.onLot().fate(l.Published.Least)
}

// told holds an entry of the system against the lots as they stood.
func (t *lotTelling) told(ctx context.Context, ev *event) error {
	id := lotOf(ev.data)
	l := t.of[id]
	d, first := ev.data.(*lotPublished)
	if first != (l == nil) {
		t.wrongly(ev.index, "is about a lot that there is not, or that is there already")
		return nil
	}
	if t.check {
		if err := t.heldSystem(ctx, ev, l); err != nil {
			return err
		}
	}
	next := l.after(ev)
	t.of[id] = next
	if first {
		t.live[d.Parcel], t.newest[d.Parcel] = id, id
	} else if _, unpaid := ev.data.(*lotDefaulted); unpaid {
		parcel := next.Published.Parcel
		t.failed[parcel] = append(t.failed[parcel], next)
	} else if next.SettledAt != 0 && t.live[next.Published.Parcel] == id {
		delete(t.live, next.Published.Parcel)
	}
	return nil
}

func (t *lotTelling) heldSystem(ctx context.Context, ev *event, l *lot) error {
	if _, annuls := ev.data.(*lotAnnulled); l != nil && l.SettledAt != 0 && !annuls {
		t.wrong(ev.index, "changes a lot that is over")
	}
	switch d := ev.data.(type) {
	case *lotPublished:
		t.published(ev, d)
	case *lotWithdrawn:
		t.withdrawn(ev, d, l)
	case *lotOpened:
		t.opening(ctx, ev, d, l)
	case *lotDrawn:
		return t.drawn(ctx, ev, d, l)
	case *lotSettled:
		if cases := t.cases[d.Lot]; !l.ended() || len(waitingBids(cases))+len(owed(cases)) > 0 {
			t.wrong(ev.index, "closes a lot and has left a bid out")
		}
	case *lotContracted:
		t.contracted(ev, d, l)
	case *lotDefaulted:
		t.defaulted(ev, d, l)
	case *lotAnnulled:
		t.annulled(ev, d, l)
	}
	return nil
}

// published makes a lot again from what the registers said, the pack and the day.
func (t *lotTelling) published(ev *event, d *lotPublished) {
	if t.live[d.Parcel] != "" {
		t.wrong(ev.index, "sells a plot that is being sold")
	}
	if was := t.of[t.newest[d.Parcel]]; was != nil && was.somebodys(ev.at) {
		t.wrong(ev.index, "sells a plot that was given, by a contract that stands")
	}
	svc, err := t.e.packs.service(d.Pack, d.Service)
	if err != nil || svc.Auction == nil || len(d.Readings) != 2 {
		t.wrong(ev.index, "the rules of the lot are in no pack: %v", err)
		return
	}
	least, err := leastPrice(svc.Auction, d.Readings)
	sale, bad := registry.Decode[registry.Sale](registry.Reading{Found: true, Value: d.Readings[0].Value})
	if err != nil || bad != nil || least != d.Least || svc.Auction.DepositOf(least) != d.Deposit {
		t.wrong(ev.index, "the price of the lot is not what the registers give")
	}
	if d.Lot != lotName(d.Parcel, ev.index) || sale.Seller != d.Seller || string(ev.actor.Body) != d.Seller || sale.Number != d.Parcel {
		t.wrong(ev.index, "the lot is not its seller's")
	}
	if !slices.ContainsFunc(t.e.packs.calendarsNamed(svc.Calendar), func(cal *deadline.Calendar) bool {
		objections, bids, opens, err := lotDays(cal, svc.Auction, ev.at)
		return err == nil && objections.Equal(d.Objections) && bids.Equal(d.Bids) && opens.Equal(d.Opens)
	}) {
		t.wrong(ev.index, "no calendar gives the days of the lot")
	}
}

func (t *lotTelling) withdrawn(ev *event, d *lotWithdrawn, l *lot) {
	_, upheld := objections(t.cases[d.Lot])
	svc, err := t.e.packs.service(l.Published.Pack, l.Published.Service)
	switch {
	case err != nil:
		t.wrong(ev.index, "the rules of the lot are in no pack: %v", err)
		return
	case l.state() != LotPublished:
		t.wrong(ev.index, "takes a lot back when bids were being opened")
	}
	_, listed := svc.Auction.Ground(d.Ground)
	if d.Objection != 0 && (d.Objection != upheld || d.Ground != "") || d.Objection == 0 && (!listed || string(ev.actor.Body) != l.Published.Seller) {
		t.wrong(ev.index, "takes a lot back for no reason")
	}
}
