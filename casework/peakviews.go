package casework

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/canonical"
	"aiqyn/deadline"
	"aiqyn/store"
)

// MeasurementsLine is one batch in a list.
type MeasurementsLine struct {
	Entry    int64
	Taken    int
	From, To string
}

// MeasurementBatches lists the batches that were taken in, the newest first.
func (e *Engine) MeasurementBatches(ctx context.Context, viewer aiqyn.Actor, p Page) (List[MeasurementsLine], error) {
	var out List[MeasurementsLine]
	if err := access.Check(viewer.Role, access.ActionMeasure, access.None); err != nil {
		return out, err
	}
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.MeasurementBatches(ctx, from, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(b store.MeasurementBatch) int64 { return b.Entry })
	for _, b := range rows {
		out.Items = append(out.Items, MeasurementsLine{b.Entry, int(b.N), b.From, b.To})
	}
	return out, nil
}

// MeasurementBatch tells what became of a table, row by row, by its entry.
func (e *Engine) MeasurementBatch(ctx context.Context, viewer aiqyn.Actor, entry int64) (MeasurementsReport, error) {
	var r MeasurementsReport
	if err := access.Check(viewer.Role, access.ActionMeasure, access.None); err != nil {
		return r, err
	}
	row, err := e.entry(ctx, entry)
	if err != nil {
		return r, err
	}
	if row.Case != 0 || EventKind(row.Kind) != EventMeasured {
		return r, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	ev, err := e.decodeEntry(row, e.keys.system)
	if err != nil {
		return r, err
	}
	kept, err := e.peaksAt(ctx, ev)
	if err != nil {
		return r, err
	}
	d := ev.data.(*measured)
	r.Taken, r.From, r.To = d.Taken, d.From, d.To
	for i := range kept.Left {
		r.Faults = append(r.Faults, kept.Left[i].fault())
	}
	return r, nil
}

// PeakDay is one day of a transformer's readings, or days that have none.
type PeakDay struct {
	Day   string
	Until string // of a gap: its last day
	Gap   int    // days without a reading; 0: this is one
	Watt  int64
	Meter string // empty: a figure that the utility stands by
	Entry int64
	By    int64 // entry that has corrected it; −1: it counts
	None  bool  // a correction: there should have been no reading
	Old   int64 // entry of the reading that it corrects; −1: none
}

// Peaks lists what is on file of a transformer, the newest first. Days between
// two readings that have none are told as such, and filled with nothing.
func (e *Engine) Peaks(ctx context.Context, viewer aiqyn.Actor, trafo int, p Page) (List[PeakDay], error) {
	var out List[PeakDay]
	if policy, err := e.policy(ctx); err != nil || !policy.Open() && !seesExact(viewer) {
		return out, err // readings tell of the load, hour by hour
	}
	below, later, err := cutPeakCursor(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.MeasurementsOf(ctx, int64(trafo), below, p.limit()+1)
	if err != nil {
		return out, err
	}
	if len(rows) > p.limit() {
		rows = rows[:p.limit()]
		last := rows[len(rows)-1]
		out.Next = fmt.Sprint(last.Day, "/", last.Entry, "/", last.Meter)
	}
	for _, m := range rows {
		if m.Meter != "" && m.Watt >= 0 && m.By < 0 {
			if gap := gapBetween(m.Day, later); gap.Gap > 0 {
				out.Items = append(out.Items, gap)
			}
			later = m.Day
		}
		out.Items = append(out.Items, PeakDay{Day: m.Day, Watt: max(m.Watt, 0), Meter: m.Meter, Entry: m.Entry, By: m.By, None: m.Watt < 0, Old: m.Corrects})
	}
	return out, nil
}

// cutPeakCursor reads where a list of readings goes on: day, entry, meter.
func cutPeakCursor(after string) (below store.MeasurementPlace, later string, err error) {
	if after == "" {
		return below, "", nil
	}
	parts := strings.SplitN(after, "/", 3)
	if len(parts) != 3 {
		return below, "", aiqyn.E(aiqyn.Invalid, "error.page")
	}
	entry, wrong := strconv.ParseInt(parts[1], 10, 64)
	if _, err := deadline.ParseDate(parts[0]); err != nil || wrong != nil {
		return below, "", aiqyn.E(aiqyn.Invalid, "error.page")
	}
	if below = (store.MeasurementPlace{Day: parts[0], Meter: parts[2], Entry: entry}); below.Meter != "" {
		later = below.Day
	}
	return below, later, nil
}

// gapBetween are the days without a reading between two that have one.
func gapBetween(earlier, later string) PeakDay {
	a, errA := deadline.ParseDate(earlier)
	b, errB := deadline.ParseDate(later)
	if errA != nil || errB != nil {
		return PeakDay{}
	}
	n := 0
	for d := a.AddDays(1); d.Before(b) && n < maxGap; d = d.AddDays(1) {
		n++
	}
	return PeakDay{Day: a.AddDays(1).String(), Until: b.AddDays(-1).String(), Gap: n}
}

// maxGap is as long as a gap is counted: years without a reading are one.
const maxGap = 3660

// peaksAt reads what an entry has taken in, as it is kept.
func (e *Engine) peaksAt(ctx context.Context, ev *event) (*peaksKept, error) {
	data, err := snapshotOf(ctx, e.Store, peaksKind, ev.data.(*measured).Hash)
	if err != nil {
		return nil, err
	}
	var kept peaksKept
	if err := canonical.Decode(data, &kept); err != nil {
		return nil, fmt.Errorf("measurements of entry %d: %w", ev.index, err)
	}
	return &kept, nil
}
