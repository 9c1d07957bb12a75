package casework

import (
	"context"
	"math"
	"slices"
	"strconv"

	"aiqyn"
	"aiqyn/archive"
	"aiqyn/deadline"
	"aiqyn/store"
)

const (
	maxCorrections = 2000 // rows of a table: each is an act with its evidence
	noEntry        = int64(math.MaxInt64)
)

// judgeCorrections reads a table of corrections and says of each row whether one
// person may make it, whether it waits for a second, or why it cannot be.
func (e *Engine) judgeCorrections(ctx context.Context, table []byte, on judgesBy) (*judged, error) {
	list, faults, err := archive.ReadCorrections(table)
	if err != nil {
		return nil, err
	}
	if len(list) > maxCorrections {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.too-large")
	}
	pack, today := on.rule, on.today
	j := &judged{rule: correctionRule{AgreePct: pack.AgreePct, Peak: pack.Peak}, on: today, faults: faults}
	if pack.Raised {
		j.rule.evidence = evidenceOf(&pack)
	}
	c := corrections{judgesBy: on, seen: make(map[metered]int), rows: make(map[int][]store.Measurement)}
	for i := range list {
		p := &list[i]
		if _, known := c.rows[p.Trafo]; !known {
			if c.rows[p.Trafo], err = e.readingsOf(ctx, p.Trafo, on.before); err != nil {
				return nil, err
			}
		}
		if f := c.fault(p); f != nil {
			j.faults = append(j.faults, *f)
			continue
		}
		row := c.kept(p)
		if row.lifts(c.rows[p.Trafo], today, pack.Peak) {
			j.two = append(j.two, row)
			continue
		}
		j.one = append(j.one, row)
		c.rows[p.Trafo] = row.apply(c.rows[p.Trafo])
	}
	if err := e.provenOf(ctx, j, c.rows, on.by); err != nil {
		return nil, err
	}
	slices.SortStableFunc(j.faults, func(a, b archive.Fault) int { return a.Row - b.Row })
	return j, nil
}

// provenOf keeps, of the rows that take two, those that meters bear out, with these.
func (e *Engine) provenOf(ctx context.Context, j *judged, rows map[int][]store.Measurement, by string) error {
	asks := &correctionsKept{Agree: j.rule.AgreePct, Evidence: j.rule.evidence, On: j.on, Peak: j.rule.Peak}
	var proven []peakCorrected
	for _, p := range j.two {
		var err error
		if p.Meters, err = e.bearersOf(ctx, &p, rows[p.Trafo], asks, by); err != nil {
			return err
		}
		if len(p.Meters) >= p.needs() {
			proven = append(proven, p)
			continue
		}
		key := "error.correction-evidence"
		if asks.Evidence != nil {
			key = "error.correction-meters"
		}
		j.faults = append(j.faults, archive.Fault{Row: p.Row, Column: "peak_kw", Err: aiqyn.E(aiqyn.Invalid, key, "n", p.needs(), "percent", j.rule.AgreePct)})
	}
	j.two = proven
	return nil
}

// corrections are the rows of a table held against what is on file.
type corrections struct {
	judgesBy
	seen map[metered]int
	rows map[int][]store.Measurement // that count, by transformer
}

// fault is what makes a correction none, nil if nothing does.
func (c *corrections) fault(p *archive.Correction) *archive.Fault {
	fault := func(column, key string, args ...any) *archive.Fault {
		return &archive.Fault{Row: p.Row, Column: column, Err: aiqyn.E(aiqyn.Invalid, key, args...)}
	}
	rated, known := c.rated[p.Trafo]
	_, listed := c.rule.Correction(p.Reason)
	key := metered{p.Trafo, p.Meter, p.Day}
	row, twice := c.seen[key]
	c.seen[key] = p.Row
	was := readingOn(c.rows[p.Trafo], p.Day, p.Meter)
	switch {
	case twice:
		return fault("", "error.peak-twice-row", "row", row)
	case was == nil && !known:
		return fault("trafo", "error.peak-trafo", "trafo", strconv.Itoa(p.Trafo))
	case was == nil:
		return fault("", "error.correction-nothing")
	case !listed:
		return fault("reason", "error.answer-choice")
	case !p.None && p.Watt < 0:
		return fault("peak_kw", "error.peak-negative")
	case !p.None && known && c.rule.MostPct > 0 && p.Watt > rated*c.rule.MostPct/100:
		return fault("peak_kw", "error.peak-most", "percent", c.rule.MostPct, "rated", rated/1000)
	case p.Watt == was.Watt:
		return fault("peak_kw", "error.correction-same")
	}
	return nil
}

// kept is a row as it is kept.
func (c *corrections) kept(p *archive.Correction) peakCorrected {
	was := readingOn(c.rows[p.Trafo], p.Day, p.Meter)
	return peakCorrected{
		Day: p.Day, Evidence: p.Evidence, Meter: p.Meter, Reason: p.Reason, Row: p.Row, Trafo: p.Trafo, Watt: p.Watt, Was: was.Entry, WasW: was.Watt,
	}
}

// readingOn finds a reading of a day by a meter among those that count.
func readingOn(rows []store.Measurement, day, meter string) *store.Measurement {
	for i := range rows {
		if rows[i].Day == day && rows[i].Meter == meter {
			return &rows[i]
		}
	}
	return nil
}

// stands reports whether the reading that a row corrects counts still.
func (p *peakCorrected) stands(rows []store.Measurement) bool {
	was := readingOn(rows, p.Day, p.Meter)
	return was != nil && was.Entry == p.Was && was.Watt == p.WasW
}

// apply is what counts once a row is in force.
func (p *peakCorrected) apply(rows []store.Measurement) []store.Measurement {
	out := slices.Clone(rows)
	out = slices.DeleteFunc(out, func(m store.Measurement) bool { return m.Day == p.Day && m.Meter == p.Meter })
	if p.Watt >= 0 {
		out = append(out, store.Measurement{Trafo: int64(p.Trafo), Day: p.Day, Meter: p.Meter, Watt: p.Watt, Entry: noEntry, Corrects: p.Was})
	}
	return out
}

// lifts reports whether a correction could leave less power free: the figure grows,
// or what is known of the load does because another takes its place.
func (p *peakCorrected) lifts(rows []store.Measurement, today string, peak int) bool {
	return p.Watt > p.WasW || loadBy(p.apply(rows), today, peak) > loadBy(rows, today, peak)
}

// loadBy is the load of a transformer by its readings that count: the highest of the
// last days, or else the newest figure that its utility stands by; −1: unknown, which
// refuses nobody.
func loadBy(rows []store.Measurement, today string, peak int) int64 {
	load, estimate, of := int64(-1), int64(-1), ""
	to, err := deadline.ParseDate(today)
	from := to.AddDays(1 - peak).String()
	for _, m := range rows {
		switch {
		case err != nil || m.Day > today:
		case m.Meter == "" && m.Day >= of:
			estimate, of = m.Watt, m.Day
		case m.Meter != "" && m.Day >= from:
			load = max(load, m.Watt)
		}
	}
	if load < 0 {
		return estimate
	}
	return load
}

// needs is how many other meters must bear a correction out: with the meter that it
// is about, two; where that tells nothing, two others.
func (p *peakCorrected) needs() int {
	if p.Meter == "" || p.Watt < 0 {
		return 2
	}
	return 1
}

// bearers are the other meters whose reading of the same day agrees with what the
// load is by the correction, ascending.
func (p *peakCorrected) bearers(rows []store.Measurement, agree int64, today string, peak int) []string {
	target := p.Watt
	if target < 0 {
		target = loadBy(p.apply(rows), today, peak)
	}
	var meters []string
	for _, m := range rows {
		if m.Meter != "" && m.Meter != p.Meter && m.Day == p.Day && max(m.Watt, target)*(100-agree) <= min(m.Watt, target)*100 {
			meters = append(meters, m.Meter)
		}
	}
	slices.Sort(meters)
	return meters
}
