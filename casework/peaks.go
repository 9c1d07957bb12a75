package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/archive"
	"aiqyn/canonical"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/service"
	"aiqyn/store"
)

// Measurements takes in daily peaks of transformers: a table as
// [archive.ReadPeaks] reads it. What is not plausible is left out and told; the
// rest bears on the network from the next publication on.
type Measurements struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor // an operator
	Table []byte
}

// MeasurementsReport is what would become of a table.
type MeasurementsReport struct {
	Taken    int // rows
	From, To string
	Faults   []archive.Fault // by row
}

// peakTaken and peakLeft are rows of a table as they are kept.
type (
	peakTaken struct {
		Day   string `json:"day"`
		Meter string `json:"meter"`
		Row   int    `json:"row"`
		Trafo int    `json:"trafo"`
		Watt  int64  `json:"w"`
	}
	peakLeft struct {
		Args   map[string]string `json:"args,omitempty"`
		Column string            `json:"column"`
		Row    int               `json:"row"`
		Why    string            `json:"why"`
	}
	// peaksKept is what is kept under the hash of a batch.
	peaksKept struct {
		File  string      `json:"file"`
		Left  []peakLeft  `json:"left"`
		Taken []peakTaken `json:"taken"`
	}
)

// takePeaks is the command being carried out.
type takePeaks struct {
	apart
	table []byte
	after int64 // newest batch that was seen when it was prepared
	act   int64 // by which the network was in force then
	kept  peaksKept
	data  []byte
	from  string
	to    string
}

func (c *takePeaks) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionMeasure, access.None); err != nil {
		return err
	}
	_, done, err := e.Store.CommandDone(ctx, commandHash(c.cid))
	if err != nil || done {
		return err // what it took in would be twice
	}
	if c.after, err = e.Store.LastMeasurement(ctx); err != nil {
		return err
	}
	on, err := e.judgesNow()
	if err != nil {
		return err
	}
	c.act = on.act
	peaks, faults, err := e.plausible(ctx, c.table, on)
	if err != nil {
		return err
	}
	c.kept = keptOf(c.table, peaks, faults)
	c.from, c.to = daysOf(peaks)
	c.data, err = canonical.Encode(c.kept)
	return err
}

func (c *takePeaks) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if len(c.kept.Taken) == 0 {
		return aiqyn.E(aiqyn.Invalid, "error.peaks-none")
	}
	if t.s.measured != c.after || t.e.Capacity.tables().act != c.act {
		return errStale
	}
	ev := t.emitSystem(EventMeasured, c.actor, &measured{
		File: c.kept.File, From: c.from, Hash: hexSum(c.data), Left: len(c.kept.Left), Taken: len(c.kept.Taken), To: c.to,
	})
	t.measurements = c.kept.rows(ev.index)
	t.snapshots = append(t.snapshots,
		store.Snapshot{Hash: hexSum(c.data), Kind: peaksKind, Data: c.data, Added: t.now},
		store.Snapshot{Hash: c.kept.File, Kind: peaksFileKind, Data: c.table, Added: t.now})
	was := t.s.measured
	t.s.measured = ev.index
	t.undo = append(t.undo, func() { t.s.measured = was })
	c.finish(t)
	return nil
}

// keptOf is what is kept of a table.
func keptOf(table []byte, peaks []archive.Peak, faults []archive.Fault) peaksKept {
	kept := peaksKept{File: hexSum(table), Left: []peakLeft{}, Taken: []peakTaken{}}
	for _, p := range peaks {
		kept.Taken = append(kept.Taken, peakTaken{p.Day, p.Meter, p.Row, p.Trafo, p.Watt})
	}
	for _, f := range faults {
		kept.Left = append(kept.Left, leftOf(f))
	}
	return kept
}

// leftOf is a fault as it is kept: what is said of it is said in any language.
func leftOf(f archive.Fault) peakLeft {
	l := peakLeft{Column: f.Column, Row: f.Row, Why: f.Err.Key}
	for name, v := range f.Err.Args {
		if l.Args == nil {
			l.Args = make(map[string]string, len(f.Err.Args))
		}
		l.Args[name] = fmt.Sprint(v)
	}
	return l
}

// fault is what leftOf was made of.
func (l *peakLeft) fault() archive.Fault {
	err := aiqyn.E(aiqyn.Invalid, l.Why)
	for name, v := range l.Args {
		if err.Args == nil {
			err.Args = make(map[string]any, len(l.Args))
		}
		err.Args[name] = v
	}
	return archive.Fault{Row: l.Row, Column: l.Column, Err: err}
}

// rows is what an entry has taken in, as it is found again.
func (k *peaksKept) rows(entry int64) []store.Measurement {
	rows := make([]store.Measurement, len(k.Taken))
	for i, p := range k.Taken {
		rows[i] = store.Measurement{Trafo: int64(p.Trafo), Day: p.Day, Meter: p.Meter, Watt: p.Watt, Entry: entry, Corrects: -1}
	}
	return rows
}

func daysOf(peaks []archive.Peak) (from, to string) {
	for i, p := range peaks {
		if i == 0 || p.Day < from {
			from = p.Day
		}
		to = max(to, p.Day)
	}
	return from, to
}

// CheckMeasurements tells what would become of a table, and takes nothing in.
func (e *Engine) CheckMeasurements(ctx context.Context, viewer aiqyn.Actor, table []byte) (MeasurementsReport, error) {
	if err := access.Check(viewer.Role, access.ActionMeasure, access.None); err != nil {
		return MeasurementsReport{}, err
	}
	on, err := e.judgesNow()
	if err != nil {
		return MeasurementsReport{}, err
	}
	peaks, faults, err := e.plausible(ctx, table, on)
	r := MeasurementsReport{Taken: len(peaks), Faults: faults}
	r.From, r.To = daysOf(peaks)
	return r, err
}

// plausible reads a table and sets aside, row by row, what cannot be: a
// transformer that is not there, a day that has not come, less than nothing,
// more than it could bear, one figure for weeks, the same reading twice.
func (e *Engine) plausible(ctx context.Context, table []byte, on judgesBy) ([]archive.Peak, []archive.Fault, error) {
	peaks, faults, err := archive.ReadPeaks(table)
	if err != nil || len(peaks) == 0 {
		return nil, faults, err
	}
	check := plausibility{judgesBy: on, seen: make(map[metered]seenPeak)}
	if err := check.recall(ctx, e.Store, peaks); err != nil {
		return nil, nil, err
	}
	// A meter's days are looked at in order, whatever their order in the table.
	order := slices.Clone(peaks)
	slices.SortStableFunc(order, func(a, b archive.Peak) int {
		return cmp.Or(cmp.Compare(a.Trafo, b.Trafo), cmp.Compare(a.Meter, b.Meter), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Row, b.Row))
	})
	taken := peaks[:0]
	for _, p := range order {
		f := check.fault(p)
		if f == nil || f.Err.Key == faultStands { // it stands for as long as it tells the same
			check.seen[metered{p.Trafo, p.Meter, p.Day}] = seenPeak{p.Watt, p.Row}
		}
		if f != nil {
			faults = append(faults, *f)
			continue
		}
		taken = append(taken, p)
	}
	slices.SortStableFunc(faults, func(a, b archive.Fault) int { return cmp.Compare(a.Row, b.Row) })
	return taken, faults, nil
}

// metered is what there can be one of.
type metered struct {
	trafo int
	meter string
	day   string
}

// seenPeak is a reading that is on file (row 0) or stood before in the table.
type seenPeak struct {
	watt int64
	row  int
}

// plausibility holds readings against what can be.
type plausibility struct {
	judgesBy
	seen map[metered]seenPeak
}

// judgesBy is what readings and corrections are judged by.
type judgesBy struct {
	rule   service.CapacityRule
	rated  map[int]int64 // in VA, by transformer
	today  string
	before int64  // entry from which on nothing is on file yet
	act    int64  // number of the act that put the network into force; see [Tables]
	by     string // who has sent them
}

// judgesNow is what they are judged by now.
func (e *Engine) judgesNow() (judgesBy, error) {
	if e.Capacity == nil {
		return judgesBy{}, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	is := e.Capacity.tables()
	return judgesBy{rule: e.capacityRule(), rated: ratedOf(is.Model), today: e.today().String(), before: noEntry, act: is.act}, nil
}

// ratedOf is what the transformers of a network are rated for, in VA.
func ratedOf(m *grid.Model) map[int]int64 {
	rated := make(map[int]int64)
	for _, p := range m.Nameplates() {
		rated[p.Trafo] = p.RatedVA
	}
	return rated
}

// recall reads what is on file around the readings of a table.
func (c *plausibility) recall(ctx context.Context, db *store.DB, peaks []archive.Peak) error {
	from, to := daysOf(peaks)
	first, err := deadline.ParseDate(from)
	if err != nil {
		return err
	}
	low, high := peaks[0].Trafo, peaks[0].Trafo
	for _, p := range peaks {
		low, high = min(low, p.Trafo), max(high, p.Trafo)
	}
	rows, err := db.MeasurementsBetween(ctx, int64(low), int64(high), first.AddDays(-c.rule.Constant).String(), to, c.before)
	for _, m := range rows {
		c.seen[metered{int(m.Trafo), m.Meter, m.Day}] = seenPeak{m.Watt, 0}
	}
	return err
}

// faultStands is what is said of a meter that stands still.
const faultStands = "error.peak-constant"

// fault is what makes a reading none, nil if nothing does.
func (c *plausibility) fault(p archive.Peak) *archive.Fault {
	rated, known := c.rated[p.Trafo]
	was, twice := c.seen[metered{p.Trafo, p.Meter, p.Day}]
	fault := func(column, key string, args ...any) *archive.Fault {
		return &archive.Fault{Row: p.Row, Column: column, Err: aiqyn.E(aiqyn.Invalid, key, args...)}
	}
	switch {
	case !known:
		return fault("trafo", "error.peak-trafo", "trafo", strconv.Itoa(p.Trafo))
	case p.Day > c.today:
		return fault("day", "error.peak-future", "today", c.today)
	case p.Watt < 0:
		return fault("peak_kw", "error.peak-negative")
	case c.rule.MostPct > 0 && p.Watt > rated*c.rule.MostPct/100:
		return fault("peak_kw", "error.peak-most", "percent", c.rule.MostPct, "rated", rated/1000)
	case twice && was.row > 0:
		return fault("", "error.peak-twice-row", "row", was.row)
	case twice:
		return fault("", "error.peak-twice")
	case c.stands(p):
		return fault("peak_kw", faultStands, "n", c.rule.Constant)
	}
	return nil
}

// stands reports whether a meter has told the same figure on each of the days
// before, so many that it must stand still.
func (c *plausibility) stands(p archive.Peak) bool {
	if p.Meter == "" || c.rule.Constant < 2 {
		return false
	}
	d, err := deadline.ParseDate(p.Day)
	for n := 1; n < c.rule.Constant && err == nil; n++ {
		was, ok := c.seen[metered{p.Trafo, p.Meter, d.AddDays(-n).String()}]
		if !ok || was.watt != p.Watt {
			return false
		}
	}
	return err == nil
}
