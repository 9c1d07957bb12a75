package casework

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
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
