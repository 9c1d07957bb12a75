package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/store"
)

// What was reserved and is connected is drawn, and a meter that is read afterwards
// counts it. It must not stand in the way twice: once as a reservation, and once
// within the peak.
//
// As long as days from before the connection are among those whose highest reading
// is a transformer's load, readings from before stand as they are and the connected
// power comes on top; from readings since, it is taken off first, for they hold it.
// Once every one of those days lies behind the connection, and as many of them have
// a reading as the pack says, it is part of the measured load: it leaves the
// reservations with the next publication, by an entry of its own.

// connectedLoad is what one case has reserved and draws.
type connectedLoad struct {
	Case  int64  `json:"case"`
	Place int64  `json:"place"` // bus
	Since string `json:"since"` // day of the connection
	Trafo int    `json:"trafo"` // whose meter counts it
	Watt  int64  `json:"w"`
}

// loadsSettled says what has become part of the measured load by a day.
type loadsSettled struct {
	Day     string          `json:"day"`
	Settled []connectedLoad `json:"settled"` // by case
}

// joined is what was connected on one day below one transformer.
type joined struct {
	Day   string `json:"day"`
	Trafo int    `json:"trafo"`
	Watt  int64  `json:"w"`
}

// connectedBefore lists what was connected before a day and is reserved still, by
// case. What is connected on the day itself no reading counts yet.
func (e *Engine) connectedBefore(day string, held iter.Seq[store.Reservation]) []connectedLoad {
	var list []connectedLoad
	for r := range held {
		if l, ok := e.connectedAs(r, e.Capacity.tables().Model); ok && l.Since < day {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b connectedLoad) int { return cmp.Compare(a.Case, b.Case) })
	return list
}

// connectedNow is connectedBefore of what is reserved now.
func (e *Engine) connectedNow(day string) []connectedLoad {
	c := e.Capacity
	c.mu.RLock()
	defer c.mu.RUnlock()
	return e.connectedBefore(day, maps.Values(c.held))
}

// connectedAs is a reservation as the load that it has become; not ok as long as it
// is none, or no meter counts it.
func (e *Engine) connectedAs(r store.Reservation, m *grid.Model) (connectedLoad, bool) {
	trafo, ok := m.Above(int(r.Place))
	return connectedLoad{Case: r.Case, Place: r.Place, Since: day(r.Connected, e.Zone), Trafo: trafo, Watt: r.Amount}, ok && !r.Connected.IsZero()
}

// joinedOf sums up loads by transformer and day.
func joinedOf(loads []connectedLoad) []joined {
	sums := make(map[joined]int64)
	for _, l := range loads {
		sums[joined{Day: l.Since, Trafo: l.Trafo}] += l.Watt
	}
	list := []joined{} // that there is none is said, too
	for j, watt := range sums {
		j.Watt = watt
		list = append(list, j)
	}
	slices.SortFunc(list, func(a, b joined) int { return cmp.Or(cmp.Compare(a.Trafo, b.Trafo), cmp.Compare(a.Day, b.Day)) })
	return list
}

// settling parts what is connected into what stays on top of the measured load on a
// day and what has become part of it.
func settling(loads []connectedLoad, known map[int]loadKnown, day string, rule peakRule) (stay, leave []connectedLoad) {
	to, err := deadline.ParseDate(day)
	last := to.AddDays(-rule.Peak).String() // on which it can have been connected
	for _, l := range loads {
		if k := known[l.Trafo]; err == nil && rule.Settled > 0 && l.Since <= last && k.basis == basisMeasured && k.days >= rule.Settled {
			leave = append(leave, l)
		} else {
			stay = append(stay, l)
		}
	}
	return stay, leave
}

// maxDaily is how many transformers are asked for in one statement.
const maxDaily = 500

// lessConnected takes from what is known of loads what is connected and reserved
// still, as far as readings hold it.
func (e *Engine) lessConnected(ctx context.Context, known map[int]loadKnown, stay []joined, day string, rule peakRule, before int64) error {
	to, err := deadline.ParseDate(day)
	if err != nil {
		return err
	}
	of := make(map[int][]joined)
	var metered []int64
	for _, j := range stay {
		if of[j.Trafo] == nil && known[j.Trafo].basis == basisMeasured {
			metered = append(metered, int64(j.Trafo))
		}
		of[j.Trafo] = append(of[j.Trafo], j)
	}
	for trafo, list := range of {
		if k := known[trafo]; k.basis == basisEstimated {
			k.watt = less(k.watt, k.day, list)
			known[trafo] = k
		}
	}
	for part := range slices.Chunk(metered, maxDaily) {
		highest := make(map[int]int64, len(part))
		for p, err := range e.Store.DailyPeaks(ctx, part, to.AddDays(1-rule.Peak).String(), day, before) {
			if err != nil {
				return err
			}
			id := int(p.Trafo)
			highest[id] = max(highest[id], less(p.Watt, p.Day, of[id]))
		}
		for id, watt := range highest {
			k := known[id]
			k.watt = watt
			known[id] = k
		}
	}
	return nil
}

// less is a reading of a day without what was connected before it.
func less(watt int64, day string, connected []joined) int64 {
	for _, j := range connected {
		if j.Day < day {
			watt -= j.Watt
		}
	}
	return max(watt, 0)
}

// settle lets what has become part of the measured load leave the reservations.
func (t *turn) settle(day string, leave []connectedLoad) {
	if len(leave) == 0 {
		return
	}
	ev := t.emitSystem(EventSettled, aiqyn.System, &loadsSettled{Day: day, Settled: leave})
	c := t.e.Capacity
	c.mu.Lock()
	defer c.mu.Unlock()
	was, shown := make([]store.Reservation, len(leave)), c.shown
	for i, l := range leave {
		was[i] = c.held[l.Case]
		c.add(was[i], -1)
		delete(c.held, l.Case)
		gone := was[i]
		gone.Amount = 0
		t.reservations = append(t.reservations, gone)
	}
	c.shown.settled = shown.settledWith(ev.index, leave)
	t.undo = append(t.undo, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, r := range was {
			c.add(r, 1)
			c.held[r.Case] = r
		}
		c.shown = shown
	})
}

// settledAt is what has left the reservations by an entry. On networks from before
// it stands on top as it did.
type settledAt struct {
	entry int64
	extra grid.Extra
}

// settledWith adds what an entry says.
func (s *shownMargin) settledWith(entry int64, loads []connectedLoad) []settledAt {
	list := slices.Clip(s.settled)
	for _, l := range loads {
		list = append(list, settledAt{entry, grid.Extra{Bus: int(l.Place), Watt: l.Watt}})
	}
	return list
}

// settledSince sums up what has left after an entry and before another, by bus.
func (s *shownMargin) settledSince(after, before int64) []grid.Extra {
	sums := make(map[int]int64)
	for _, x := range s.settled {
		if x.entry > after && x.entry < before {
			sums[x.extra.Bus] += x.extra.Watt
		}
	}
	if len(sums) == 0 {
		return nil
	}
	list := make([]grid.Extra, 0, len(sums))
	for bus, watt := range sums {
		list = append(list, grid.Extra{Bus: bus, Watt: watt})
	}
	slices.SortFunc(list, func(a, b grid.Extra) int { return cmp.Compare(a.Bus, b.Bus) })
	return list
}

// maxSettlings is how many entries are remembered: there is one a day at most, and
// what was published longer ago than a year binds nobody.
const maxSettlings = 400

// readSettled reads what has become part of the measured load, in the order of the
// entries.
func (e *Engine) readSettled(ctx context.Context) ([]settledAt, error) {
	rows, err := e.Store.Settlings(ctx, 1<<62, maxSettlings)
	if err != nil {
		return nil, err
	}
	var s shownMargin
	for _, row := range slices.Backward(rows) {
		ev, err := e.decodeEntry(row, e.keys.system)
		if err != nil {
			return nil, err
		}
		s.settled = s.settledWith(ev.index, ev.data.(*loadsSettled).Settled)
	}
	return s.settled, nil
}

// publicationAt is what the publication of an entry says.
func (e *Engine) publicationAt(ctx context.Context, entry int64) (*publication, error) {
	row, err := e.entry(ctx, entry)
	if err != nil {
		return nil, err
	}
	ev, err := e.decodeEntry(row, e.keys.system)
	if err != nil {
		return nil, err
	}
	d, ok := ev.data.(*capacityPublished)
	if !ok {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return e.publicationBy(ctx, d)
}

// publicationBy is what an entry's publication says.
func (e *Engine) publicationBy(ctx context.Context, d *capacityPublished) (*publication, error) {
	data, err := snapshotOf(ctx, e.Store, d.kind(), d.Hash)
	if err != nil {
		return nil, err
	}
	said := new(publication)
	return said, json.Unmarshal(data, said)
}
