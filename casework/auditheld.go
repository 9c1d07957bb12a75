package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/store"
)

// reserved books what the case holds, or has held, of a share.
func (c *caseAudit) reserved() {
	s := c.rec.state
	g := s.Grant
	if g == nil || g.Share == "" {
		return
	}
	r := store.Reservation{Case: s.No, Share: g.Share, Place: g.Place, Granted: s.Granted, Expires: g.ValidTo}
	if s.Outcome == aiqyn.Granted {
		r.Amount = g.Amount
	}
	if !s.Connected.IsZero() {
		r.Expires, r.Connected = time.Time{}, s.Connected
	}
	c.hold(r)
}

func (c *caseAudit) hold(r store.Reservation) {
	r.Granted, r.Expires, r.Connected = r.Granted.UTC(), r.Expires.UTC(), r.Connected.UTC() // as the book has them
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left(r) {
		r.Amount = 0
	}
	c.held[r.Case] = r
}

// holdErased books what a case that was erased holds of a share: without a time,
// which could tell whose it was.
func (c *caseAudit) holdErased(r *residue) {
	if r.Amount == 0 {
		return
	}
	held := store.Reservation{Case: r.Case, Share: shareCapacity, Place: r.Place}
	if r.Outcome == aiqyn.Granted {
		held.Amount = r.Amount
	}
	if d, err := deadline.ParseDate(r.Connected); err == nil {
		held.Connected = d.Start(time.UTC)
	}
	c.hold(held)
}

// settledBy is what an entry says of one connection: it is part of the measured load.
type settledBy struct {
	entry int64
	load  connectedLoad
}

// settle notes what has become part of the measured load.
func (f *publicFigures) settle(ev *event, d *loadsSettled) {
	for _, l := range d.Settled {
		f.settled[l.Case] = settledBy{ev.index, l}
	}
	f.shown.settled = f.shown.settledWith(ev.index, d.Settled)
}

// left holds a case against what is said to have become part of the measured load,
// and says whether its reservation has.
func (c *caseAudit) left(r store.Reservation) bool {
	by, ok := c.figures.settled[r.Case]
	if r.Amount > 0 && !r.Connected.IsZero() {
		c.energised[r.Case] = r // c.mu is held
	}
	if !ok {
		return false
	}
	// The hour of what was erased is gone, and with it the day where the state is.
	erased := r.Granted.IsZero()
	l := by.load
	return l.Place == r.Place && l.Watt == r.Amount && (erased || l.Since == day(r.Connected, c.e.Zone))
}

// settlings holds what is said to have become part of the measured load against the
// cases: each was connected, and for so much.
func (a *auditor) settlings(context.Context) error {
	for _, no := range slices.Sorted(maps.Keys(a.figures.settled)) {
		by := a.figures.settled[no]
		if r, ok := a.energised[no]; !ok || r.Place != by.load.Place || r.Amount != by.load.Watt {
			a.wrong(by.entry, "case %d has connected nothing that could be part of the measured load", no)
		}
	}
	return nil
}

// connectedOf holds what a publication says of connected power against the cases
// and the measurements: what stays on top of the peaks, and what is part of them.
// It takes from known what readings hold of it.
func (a *auditor) connectedOf(ctx context.Context, ev *event, said *publication, known map[int]loadKnown) error {
	if said.Connected == nil {
		return nil // from before readings were asked whether they hold it
	}
	loads, err := a.connectedAt(ev, said)
	if err != nil {
		return err
	}
	stay, leave := settling(loads, known, said.Day, said.Rule)
	if !slices.Equal(joinedOf(stay), said.Connected) || !slices.Equal(joinedOf(leave), append([]joined{}, said.Settled...)) {
		return fmt.Errorf("what it says is connected is not what the cases and the measurements give")
	}
	return a.e.lessConnected(ctx, known, said.Connected, said.Day, said.Rule, said.Measured+1)
}

// connectedAt lists what was connected and reserved when a publication was made.
func (a *auditor) connectedAt(ev *event, said *publication) ([]connectedLoad, error) {
	if len(a.energised) == 0 {
		return nil, nil
	}
	m, err := a.e.model(said.Base)
	if err != nil {
		return nil, err
	}
	var list []connectedLoad
	for no, r := range a.energised {
		l, ok := a.e.connectedAs(r, m)
		by, gone := a.figures.settled[no]
		if gone { // what it says of the day holds for what was erased, too
			l.Since = by.load.Since
		}
		if ok && l.Since < said.Day && (!gone || by.entry >= ev.index-1) {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(x, y connectedLoad) int { return cmp.Compare(x.Case, y.Case) })
	return list, nil
}

// differences holds what was published of each day's difference to the one before
// against both publications, and the moves in it against the cases. Once there is one,
// each publication has one.
func (a *auditor) differences(ctx context.Context) error {
	some := false
	for _, entry := range slices.Sorted(maps.Keys(a.figures.publications)) {
		ev := a.figures.publications[entry]
		d := ev.data.(*capacityPublished)
		if d.Difference == "" {
			if some {
				a.wrong(entry, "it names no difference to the publication before it")
			}
			continue
		}
		some = true
		if err := a.differenceAgain(ctx, ev, d); err != nil {
			a.wrong(entry, "what it says has changed of free power cannot be made again: %v", err)
		}
	}
	return nil
}

func (a *auditor) differenceAgain(ctx context.Context, ev *event, d *capacityPublished) error {
	said, err := a.e.differenceOf(ctx, d)
	if err != nil {
		return err
	}
	is, err := a.e.publicationBy(ctx, d)
	if err != nil {
		return err
	}
	before := a.figures.publications[said.From.Entry]
	if before == nil || before.index >= ev.index || a.between(before.index, ev.index) {
		return fmt.Errorf("it is not held against the publication before it")
	}
	first := before.data.(*capacityPublished)
	was, err := a.e.publicationBy(ctx, first)
	if err != nil {
		return err
	}
	bases, err := a.e.basesOf(was, is)
	if err != nil {
		return err
	}
	from, m := publishedDay(before.index, first.Day, first.Hash, was), bases[len(bases)-1]
	if err := a.moved(ctx, from.Position, said, is, bases); err != nil {
		return err
	}
	if len(bases) == 1 && was.Position > 0 && !carries(was, is, said.Moves) {
		return fmt.Errorf("what is reserved does not follow from what was and what has moved since")
	}
	if !addsUp(is, m) {
		return fmt.Errorf("what is reserved below a transformer is not the sum of what is reserved under it")
	}
	corrections, err := a.e.correctedBetween(ctx, was.Measured, is.Measured)
	if err != nil {
		return err
	}
	difference := differ(from, was, is, d.Hash, said.Moves, corrections, m)
	if err := a.inForceAgain(difference, said, before, ev, is); err != nil {
		return err
	}
	again, err := json.Marshal(difference)
	if err == nil && hexSum(again) != d.Difference {
		err = fmt.Errorf("the two publications differ otherwise")
	}
	return err
}

// carries reports whether what a publication has as reserved is what the one before
// has, and what has moved since.
func carries(was, is *publication, moves []CapacityMove) bool {
	left := make(map[int][2]int64)
	add := func(trafo int, watt, connected int64) {
		sum := left[trafo]
		left[trafo] = [2]int64{sum[0] + watt, sum[1] + connected}
	}
	for _, r := range was.Reserved {
		add(r.Trafo, r.Watt, r.ConnectedW)
	}
	for _, m := range moves {
		add(m.Trafo, m.W, m.ConnectedW)
	}
	for _, r := range is.Reserved {
		add(r.Trafo, -r.Watt, -r.ConnectedW)
	}
	for _, sum := range left {
		if sum != [2]int64{} {
			return false
		}
	}
	return true
}

// addsUp reports whether the figures of each transformer have as reserved what is
// reserved under it and under those that it feeds.
func addsUp(is *publication, m *grid.Model) bool {
	below := make(map[int][2]int64)
	for _, r := range is.Reserved {
		for _, trafo := range append(m.Upstream(r.Trafo), r.Trafo) {
			sum := below[trafo]
			below[trafo] = [2]int64{sum[0] + r.Watt, sum[1] + r.ConnectedW}
		}
	}
	return !slices.ContainsFunc(is.Trafos, func(l TrafoLine) bool { return below[l.ID] != [2]int64{l.ReservedW, l.ConnectedW} })
}

// between reports whether free power was published between two entries.
func (a *auditor) between(from, to int64) bool {
	for entry := range a.figures.publications {
		if entry > from && entry < to {
			return true
		}
	}
	return false
}

// moved holds the moves of a difference against what the cases say. Those of cases
// that were erased since stand as they were published.
func (a *auditor) moved(ctx context.Context, from int64, said *CapacityDifference, is *publication, bases []*grid.Model) error {
	moves, err := a.e.moves(ctx, from, is.Position)
	if err != nil {
		return err
	}
	want := append(publishedMoves(moves, nil, bases), settledMoves(is.Settled)...)
	for _, x := range said.Moves {
		if len(want) > 0 && want[0] == x {
			want = want[1:]
			continue
		}
		row, err := a.e.entry(ctx, x.Entry)
		if err != nil {
			return err
		}
		if a.residue[row.Case] == nil {
			return fmt.Errorf("entry %d has not moved %d W", x.Entry, x.W)
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("it leaves out that entry %d has moved %d W", want[0].Entry, want[0].W)
	}
	return nil
}
