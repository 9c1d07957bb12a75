package casework

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/archive"
	"aiqyn/store"
)

// RegisterMeters says which meters stand at which transformers, and from which day on: a
// table as [archive.ReadMeters] reads it. What was published as free is withdrawn by
// readings of two meters that were registered before they were read. A table with a row
// that cannot be is not taken.
type RegisterMeters struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor // an operator
	Table []byte
}

// maxMeters is how many rows a table of meters may have: each is kept in its entry.
const maxMeters = 2000

// metersRegistered is what is recorded, in the order of the meters' numbers.
type metersRegistered struct {
	Meters []meterStands `json:"meters"`
}

type meterStands struct {
	Meter string `json:"meter"`
	Since string `json:"since"`
	Trafo int    `json:"trafo"` // −1: it was taken down
}

// rows is what an entry has registered, as it is found again.
func (d *metersRegistered) rows(entry int64) []store.Meter {
	rows := make([]store.Meter, len(d.Meters))
	for i, m := range d.Meters {
		rows[i] = store.Meter{Meter: m.Meter, Trafo: int64(m.Trafo), Since: m.Since, Entry: entry}
	}
	return rows
}

// registerMeters is the command being carried out.
type registerMeters struct {
	apart
	table []byte
	data  metersRegistered
	act   int64 // by which the network was in force when it was prepared
}

func (c *registerMeters) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	meters, faults, on, err := e.readMeters(c.actor, c.table)
	switch c.act = on.act; {
	case err != nil:
		return err
	case len(faults) > 0:
		return aiqyn.E(aiqyn.Invalid, "error.meters-faults", "n", len(faults))
	case len(meters) == 0:
		return aiqyn.E(aiqyn.Invalid, "error.meters-none")
	}
	c.data.Meters = nil
	for _, m := range meters {
		c.data.Meters = append(c.data.Meters, meterStands{m.Meter, m.Since, m.Trafo})
	}
	slices.SortFunc(c.data.Meters, func(a, b meterStands) int { return strings.Compare(a.Meter, b.Meter) })
	return nil
}

func (c *registerMeters) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if t.e.Capacity.tables().act != c.act {
		return errStale
	}
	ev := t.emitSystem(EventMeters, c.actor, &c.data)
	t.meters = c.data.rows(ev.index)
	was := t.s.registered
	t.s.registered = ev.index
	t.undo = append(t.undo, func() { t.s.registered = was })
	c.finish(t)
	return nil
}

// CheckMeters tells what would become of a table of meters, and registers nothing.
func (e *Engine) CheckMeters(_ context.Context, viewer aiqyn.Actor, table []byte) (MeasurementsReport, error) {
	meters, faults, _, err := e.readMeters(viewer, table)
	if len(faults) > 0 {
		meters = nil
	}
	return MeasurementsReport{Taken: len(meters), Faults: faults}, err
}

// readMeters reads a table of meters, and what of it cannot be, by what is in force now.
func (e *Engine) readMeters(viewer aiqyn.Actor, table []byte) (meters []archive.Meter, faults []archive.Fault, on judgesBy, err error) {
	if err = access.Check(viewer.Role, access.ActionMeasure, access.None); err != nil {
		return nil, nil, on, err
	}
	if on, err = e.judgesNow(); err != nil {
		return nil, nil, on, err
	}
	if meters, faults, err = archive.ReadMeters(table); err != nil {
		return nil, nil, on, err
	}
	if len(meters) > maxMeters {
		return nil, nil, on, aiqyn.E(aiqyn.Invalid, "error.meters-many", "most", maxMeters)
	}
	return meters, append(faults, metersWrong(meters, on)...), on, nil
}

// metersWrong is what of a table cannot be: an unknown transformer, a day that has not
// come, one meter twice.
func metersWrong(meters []archive.Meter, on judgesBy) (faults []archive.Fault) {
	seen := make(map[string]int, len(meters))
	for _, m := range meters {
		fault := func(column, key string, args ...any) {
			faults = append(faults, archive.Fault{Row: m.Row, Column: column, Err: aiqyn.E(aiqyn.Invalid, key, args...)})
		}
		_, known := on.rated[m.Trafo]
		row, twice := seen[m.Meter]
		switch {
		case m.Trafo >= 0 && !known:
			fault("trafo", "error.peak-trafo", "trafo", strconv.Itoa(m.Trafo))
		case m.Since > on.today:
			fault("since", "error.peak-future", "today", on.today)
		case twice:
			fault("meter", "error.meters-twice", "row", row)
		}
		seen[m.Meter] = m.Row
	}
	return faults
}

// registeredBy notes which of the meters that have read a transformer were registered at it
// by then: by an entry before that of the reading, from its day or an earlier one on.
func (e *Engine) registeredBy(ctx context.Context, trafo int, highest map[string]highestReading) error {
	if len(highest) == 0 {
		return nil
	}
	rows, err := e.Store.Registered(ctx, slices.Sorted(maps.Keys(highest)), noEntry)
	if err != nil {
		return err
	}
	known, hands := make(map[string]bool), make(map[int64]string)
	for _, row := range rows { // the newest of each first
		h := highest[row.Meter]
		if known[row.Meter] || row.Entry >= h.read || row.Since > h.day {
			continue
		}
		known[row.Meter] = true
		if _, ok := hands[row.Entry]; !ok {
			if hands[row.Entry], err = e.handOf(ctx, row.Entry); err != nil {
				return err
			}
		}
		h.stands, h.by = row.Trafo == int64(trafo), hands[row.Entry]
		highest[row.Meter] = h
	}
	return nil
}

// MeterView is a meter of a transformer.
type MeterView struct {
	Meter string
	Since string
	Entry int64 // that registered it
	Gone  int64 // by which it stands elsewhere, or nowhere; −1: it stands here
}

// Meters lists the meters that were registered at a transformer, by number. While
// anything of the network is classified, only who sees it does.
func (e *Engine) Meters(ctx context.Context, viewer aiqyn.Actor, trafo int, p Page) (List[MeterView], error) {
	var out List[MeterView]
	if policy, err := e.policy(ctx); err != nil || !policy.Open() && !seesExact(viewer) {
		return out, err
	}
	rows, err := e.Store.MetersOf(ctx, int64(trafo), p.After, p.limit()+1)
	if err != nil {
		return out, err
	}
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		out.Next = rows[len(rows)-1].Meter.Meter
	}
	for _, m := range rows {
		out.Items = append(out.Items, MeterView{m.Meter.Meter, m.Since, m.Entry, m.Gone})
	}
	return out, nil
}

// MetersLine is one table of meters in a list.
type MetersLine struct {
	Entry  int64
	At     time.Time
	By     aiqyn.OfficerID
	Meters int
}

// MeterBatches lists the tables that were registered, the newest first.
func (e *Engine) MeterBatches(ctx context.Context, viewer aiqyn.Actor, p Page) (List[MetersLine], error) {
	var out List[MetersLine]
	if err := access.Check(viewer.Role, access.ActionMeasure, access.None); err != nil {
		return out, err
	}
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.MeterBatches(ctx, from, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(b store.MeterBatch) int64 { return b.Index })
	for i := range rows {
		ev, err := e.decodeEntry(rows[i].Entry, e.keys.system)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, MetersLine{ev.index, ev.at, ev.actor.Officer, int(rows[i].N)})
	}
	return out, nil
}
