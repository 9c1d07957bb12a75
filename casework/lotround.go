package casework

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/beacon"
	"aiqyn/service"
	"aiqyn/store"
)

// sealedRound is the round of a lot at the moment its bids are closed: what was
// sealed, and by whom under which name.
func (l *lot) sealedRound(closed time.Time, seed allocation.Seed, cases map[int64]lotCase) *allocation.Round {
	r := &allocation.Round{
		Name: l.roundName(), Closed: closed.UTC().Truncate(time.Second).Format(time.RFC3339), Rules: allocation.Rules{Kind: allocation.SealedBid}, Seed: seed,
		Lot: allocation.Lot{ID: l.Published.Lot, Reserve: l.Published.Least},
	}
	for _, no := range slices.Sorted(maps.Keys(cases)) {
		c := cases[no]
		if seal, ok := secretBytes(c.seal); ok && c.onLot().bids() {
			r.Bids = append(r.Bids, allocation.Bid{ID: c.name, Sealed: seal})
		}
	}
	return r
}

// openedRound is the same with what was opened, and the seed.
func (l *lot) openedRound(cases map[int64]lotCase, seed beacon.Round) (*allocation.Round, error) {
	closed, err := time.Parse(time.RFC3339, l.Opened.Closed)
	if err != nil {
		return nil, err
	}
	r := l.sealedRound(closed, allocation.Seed{Beacon: l.Opened.Beacon, Round: l.Opened.Seed, Value: seed.Value, Proof: seed.Proof}, cases)
	if root := r.Root(); hex.EncodeToString(root[:]) != l.Opened.Root {
		return nil, fmt.Errorf("the seals of %s are not those that were committed to", r.Name)
	}
	for _, c := range cases {
		i := slices.IndexFunc(r.Bids, func(b allocation.Bid) bool { return b.ID == c.name })
		if c.state != BidOpened || i < 0 {
			continue
		}
		salt, _ := secretBytes(c.salt)
		r.Bids[i].Opened, r.Bids[i].Amount, r.Bids[i].Salt = true, c.amount, salt
	}
	return r, nil
}

// onLotCommand is what the engine does about a lot, once.
type onLotCommand struct {
	apart
	lot string
}

func lotCommand(what string, l *lot) onLotCommand {
	return onLotCommand{apart{cid: aiqyn.CommandID(fmt.Sprintf("lot/%s/%d", what, l.Entry)), actor: aiqyn.System}, l.Published.Lot}
}

// dropLot takes a lot back because an objection was upheld.
type dropLot struct{ onLotCommand }

func (c *dropLot) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	l := t.e.lots.find(c.lot)
	_, upheld := objections(t.e.lots.casesOf(c.lot))
	if l == nil || l.state() != LotPublished || upheld == 0 {
		return errStale
	}
	if err := t.lotSystem(t.emitSystem(EventLotWithdrawn, c.actor, &lotWithdrawn{Lot: c.lot, Objection: upheld})); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// openLot commits to the seals of a lot, names the seed, and begins the time in
// which bidders open their bids. An objection without an answer holds it.
type openLot struct{ onLotCommand }

func (c *openLot) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	l, cases := t.e.lots.find(c.lot), t.e.lots.casesOf(c.lot)
	if l == nil {
		return errStale
	}
	if open, upheld := objections(cases); open || upheld != 0 || l.state() != LotPublished || !t.now.After(l.Published.Opens) {
		return errStale
	}
	svc, err := t.e.packs.service(l.Published.Pack, l.Published.Service)
	if err != nil {
		return err
	}
	cal, err := t.e.calendar(svc.Calendar)
	if err != nil {
		return err
	}
	until, err := cal.Due(t.now, svc.Auction.Reveal, nil)
	if err != nil {
		return err
	}
	r := l.sealedRound(t.now, allocation.Seed{Beacon: t.e.Beacon.Name(), Round: t.e.Beacon.At(until.At.Add(RoundNotice))}, cases)
	if err := r.Check(); err != nil {
		return err
	}
	root, data := r.Root(), r.Encode()
	err = t.lotSystem(t.emitSystem(EventLotOpened, c.actor, &lotOpened{
		Beacon: r.Seed.Beacon, Bids: len(r.Bids), Calendar: cal.Version(), Closed: r.Closed, Inputs: hexSum(data), Lot: c.lot, Name: r.Name,
		Root: hex.EncodeToString(root[:]), Seed: r.Seed.Round, Until: until.At,
	}))
	if err != nil {
		return err
	}
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: hexSum(data), Kind: roundInputsKind, Data: data, Added: t.now})
	c.finish(t)
	return nil
}

// drawLot writes down whose a lot is. The bids are those that were opened in time;
// the seed parts equal ones.
type drawLot struct {
	onLotCommand
	seed beacon.Round
}

func (c *drawLot) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	l := t.e.lots.find(c.lot)
	if l == nil || l.state() != LotOpened || !t.now.After(l.Opened.Until) {
		return errStale
	}
	d, file, result, err := l.sold(t.e.lots.casesOf(c.lot), c.seed)
	if err != nil {
		return err
	}
	if err := t.lotSystem(t.emitSystem(EventLotDrawn, c.actor, d)); err != nil {
		return err
	}
	t.snapshots = append(t.snapshots,
		store.Snapshot{Hash: d.File, Kind: roundFileKind, Data: file, Added: t.now},
		store.Snapshot{Hash: d.Result, Kind: roundResultKind, Data: result, Added: t.now})
	c.finish(t)
	return nil
}

// sold runs the round of a lot: what the log says of it, the file that strangers run
// again, and the result.
func (l *lot) sold(cases map[int64]lotCase, seed beacon.Round) (d *lotDrawn, file, result []byte, err error) {
	r, err := l.openedRound(cases, seed)
	if err != nil {
		return nil, nil, nil, err
	}
	out, err := r.Auction()
	if err != nil {
		return nil, nil, nil, err
	}
	file, result = r.Encode(), out.Encode()
	return &lotDrawn{
		Bids: len(r.Bids) - len(out.Unopened), File: hexSum(file), Lot: l.Published.Lot, Opened: l.OpenedAt, Price: out.Price, Proof: hex.EncodeToString(seed.Proof),
		Result: hexSum(result), Value: hex.EncodeToString(seed.Value[:]), Winner: out.Winner,
	}, file, result, nil
}

// settleLot closes a lot when every bid has its end.
type settleLot struct{ onLotCommand }

func (c *settleLot) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	l := t.e.lots.find(c.lot)
	if cases := t.e.lots.casesOf(c.lot); l == nil || !l.ended() || len(waitingBids(cases))+len(owed(cases)) > 0 {
		return errStale
	}
	if err := t.lotSystem(t.emitSystem(EventLotSettled, c.actor, &lotSettled{Lot: c.lot})); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// ended reports whether nothing more can be bid or opened.
func (l *lot) ended() bool { return l.Withdrawn != nil || l.Drawn != nil }

// waitingBids are the cases of bids that nothing has become of yet.
func waitingBids(cases map[int64]lotCase) (list []int64) {
	for no, c := range cases {
		if c.onLot().bids() {
			list = append(list, no)
		}
	}
	slices.Sort(list)
	return list
}

// callBid tells a bidder to open their bid.
type callBid struct{ onCase }

func (c *callBid) prepare(ctx, *Engine) error { return nil }

func (c *callBid) decide(t *turn) error {
	b := t.rec.state.OnLot
	if b == nil || b.State != BidSealed || !b.Called.IsZero() {
		return errGone
	}
	l := t.e.lots.find(b.Lot)
	if l == nil || l.state() != LotOpened {
		return errGone
	}
	until := l.Opened.Until
	t.emit(EventBidCalled, aiqyn.System, &bidCalled{Lot: b.Lot, Until: until})
	t.tell("message.bid-called", "until", until)
	t.remind(remindBid, until, offerReminder, "until", until)
	return nil
}

// errGone says that a case has gone on since the engine looked.
var errGone = aiqyn.E(aiqyn.Conflict, "error.bid-none")

// endBid gives a bid the end that its lot has for it.
type endBid struct{ onCase }

func (c *endBid) prepare(ctx, *Engine) error { return nil }

func (c *endBid) decide(t *turn) error {
	s := t.rec.state
	b := s.OnLot
	if !b.bids() {
		return errGone
	}
	l := t.e.lots.find(b.Lot)
	switch {
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case l == nil || !l.ended():
		return errGone
	case l.Withdrawn != nil:
		t.loseBid(&bidLost{Lot: b.Lot, Round: l.WithdrawnAt, Why: service.BidWithdrawn}, s.Step)
		return nil
	case b.State != BidOpened || b.Name != l.Drawn.Winner:
		t.loseBid(&bidLost{Lot: b.Lot, Round: l.DrawnAt, Why: b.fate(l.Published.Least)}, s.Step)
		return nil
	}
	step := s.Step
	t.emit(EventBidWon, aiqyn.System, &bidWon{Lot: b.Lot, Price: l.Drawn.Price, Round: l.DrawnAt}, atStep(step))
	if t.price() == nil {
		t.tell("message.bid-won")
	}
	return t.advance(step)
}

// RunLots takes every lot that is not over as far as it can go now. The engine does
// so by its jobs.
func (e *Engine) RunLots(ctx context.Context) error {
	var errs []error
	for _, l := range e.lots.open() {
		if err := e.goOnWithLot(ctx, l); err != nil && !errors.Is(err, errStale) {
			errs = append(errs, fmt.Errorf("lot %s: %w", l.Published.Lot, err))
		}
	}
	return errors.Join(errs...)
}

func (e *Engine) goOnWithLot(ctx context.Context, l *lot) error {
	now := e.Clock()
	cases := e.lots.casesOf(l.Published.Lot)
	open, upheld := objections(cases)
	var err error
	switch {
	case l.ended():
		if err := e.sendAll(ctx, waitingBids(cases), "end", l, func(c onCase) command { return &endBid{c} }); err != nil {
			return err
		}
		if cases = e.lots.casesOf(l.Published.Lot); len(waitingBids(cases))+len(owed(cases)) == 0 {
			_, err = e.send(ctx, &settleLot{lotCommand("settle", l)})
		}
	case l.state() == LotPublished && upheld != 0:
		_, err = e.send(ctx, &dropLot{lotCommand("drop", l)})
	case l.state() == LotPublished && !open && now.After(l.Published.Opens):
		_, err = e.send(ctx, &openLot{lotCommand("open", l)})
	case l.state() == LotOpened && !now.After(l.Opened.Until):
		return e.callBidders(ctx, l, cases)
	case l.state() == LotOpened:
		return e.drawWhenSeeded(ctx, l)
	}
	return err
}

// callBidders tells who has sealed a bid to open it, once.
func (e *Engine) callBidders(ctx context.Context, l *lot, cases map[int64]lotCase) error {
	var list []int64
	for _, no := range waitingBids(cases) {
		if c := cases[no]; c.state == BidSealed && c.entry < l.OpenedAt { // what was called has a later entry
			list = append(list, no)
		}
	}
	return e.sendAll(ctx, list, "call", l, func(c onCase) command { return &callBid{c} })
}

// drawWhenSeeded draws a lot once its seed is published and what names it witnessed.
func (e *Engine) drawWhenSeeded(ctx context.Context, l *lot) error {
	if !e.restsOnWitnesses(l.OpenedAt) {
		return nil
	}
	seed, ok := e.Beacon.Published(l.Opened.Seed)
	if !ok || e.Clock().Before(e.Beacon.Time(l.Opened.Seed)) {
		return nil
	}
	if err := e.Beacon.Verify(seed); err != nil || seed.Number != l.Opened.Seed {
		e.Log.Error("the beacon's round is refused", "round", l.Opened.Seed, "got", seed.Number, "err", err)
		return nil
	}
	_, err := e.send(ctx, &drawLot{lotCommand("draw", l), seed})
	return err
}

// sendAll sends a command about each of some cases of a lot, once. One that cannot be
// carried out now is sent again when the engine looks next.
func (e *Engine) sendAll(ctx context.Context, nos []int64, what string, l *lot, make func(onCase) command) error {
	var errs []error
	for _, no := range nos {
		id := aiqyn.CommandID(fmt.Sprintf("bid/%s/%d/%d", what, l.Entry, no))
		if _, err := e.send(ctx, make(onCase{cid: id, actor: aiqyn.System, no: no})); err != nil && aiqyn.KindOf(err) != aiqyn.Conflict {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
