package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/release"
	"aiqyn/store"
)

// afterMidnight is how long a day must be over before it is released: longer
// than a clock may fall back.
const afterMidnight = time.Minute

// releaseDays is the making of a release as an entry of the log.
type releaseDays struct {
	apart
	after   string // last day of the release before it
	d       released
	data    []byte
	release *release.Release
}

// Release releases the days that are over and were not released yet. It
// reports whether there were any.
func (e *Engine) Release(ctx context.Context) (bool, error) {
	today := deadline.DateOf(e.Clock().Add(-afterMidnight).In(e.Zone))
	to := today.AddDays(-1)
	state, _, err := e.releasedState(ctx)
	if err != nil || !state.To.Before(to) {
		return false, err
	}
	size, err := e.Store.SizeAt(ctx, today.Start(e.Zone))
	if err != nil || size == 0 {
		return false, err
	}
	r, err := e.buildRelease(ctx, state, to, size)
	if err != nil || r == nil {
		return false, err
	}
	c := &releaseDays{apart: apart{cid: aiqyn.CommandID("release/" + to.String()), actor: aiqyn.System}, release: r}
	if !state.To.IsZero() {
		c.after = state.To.String()
	}
	if c.data, err = r.Encode(); err != nil {
		return false, err
	}
	c.d = released{
		From: r.From.String(), To: r.To.String(), Hash: hexSum(c.data), Closed: r.Closed, Opened: size - r.Closed - state.Opened(),
	}
	done, err := e.send(ctx, c)
	return err == nil && !done.Again, err
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// decide refuses what would show somebody, however it was made, and a release
// that does not follow on the last one.
func (c *releaseDays) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if err := c.release.Check(); err != nil {
		return err
	}
	if c.release.Format != release.Format || c.release.Cut != t.s.cut {
		return aiqyn.E(aiqyn.Forbidden, "error.release-cut")
	}
	if t.s.releasedTo != c.after || day(t.now, t.e.Zone) <= c.d.To {
		return aiqyn.E(aiqyn.Conflict, "error.release-order")
	}
	was := t.s.releasedTo
	t.undo = append(t.undo, func() { t.s.releasedTo = was })
	t.s.releasedTo = c.d.To
	c.write(t)
	return nil
}

func (c *releaseDays) write(t *turn) {
	t.emitSystem(EventReleased, c.actor, &c.d)
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: c.d.Hash, Kind: releaseKind, Data: c.data, Added: t.now})
	c.finish(t)
}

// Kinds of snapshot that are made here.
const (
	networkKind  = "network"
	capacityKind = "capacity"
	// peaksKind is what was taken in of measurements, and what was left and why;
	// peaksFileKind is the table as it came.
	peaksKind     = "measurements"
	peaksFileKind = "measured"
	// correctionsKind and correctionsFileKind are the same of corrections.
	correctionsKind     = "corrections"
	correctionsFileKind = "corrected"

	releaseKind  = "release"
	indexKind    = "index"
	verifierKind = "verifier"
)

// buildRelease makes a release from the log; nil if no case was ever decided.
func (e *Engine) buildRelease(ctx context.Context, state *release.State, to deadline.Date, size int64) (*release.Release, error) {
	all, err := e.readDecided(ctx, size, state)
	if err != nil || len(all.cases) == 0 && state.To.IsZero() {
		return nil, err
	}
	return e.buildFrom(ctx, all, state, to, size, release.Format)
}

// buildFrom makes a release from cases that were read before.
func (e *Engine) buildFrom(ctx context.Context, all decidedCases, state *release.State, to deadline.Date, size int64, format string) (*release.Release, error) {
	r, err := release.Build(e.releaseInput(ctx, all, state, to, size, format))
	if err != nil {
		return nil, err
	}
	at := make(map[int64]*release.Case, len(all.cases))
	for i := range all.cases {
		at[all.cases[i].Index] = &all.cases[i]
	}
	return r, r.CheckPeople(func(decided int64) *release.Case { return at[decided] })
}

func (e *Engine) releaseInput(ctx context.Context, all decidedCases, state *release.State, to deadline.Date, size int64, format string) release.Input {
	return release.Input{
		Origin: e.Origin, Before: state, To: to, Size: size, Cases: all.cases, Format: format,
		Underway: func() ([]release.Underway, error) { return e.underway(ctx, to, size) },
		Open:     func(group []*release.Case) ([]release.Whole, error) { return e.openEnds(ctx, group, all.nos) },
	}
}

// casesAtOnce is how many cases are read by one statement.
const casesAtOnce = 400

// recordsAtOnce is how many records are worth a processor of their own to open.
const recordsAtOnce = 50

// decidedCases are cases that were decided, each by its first outcome, and their
// numbers by the index of that entry.
type decidedCases struct {
	cases []release.Case
	nos   map[int64]int64
}

// readDecided reads those decided below an index that were not told yet.
func (e *Engine) readDecided(ctx context.Context, size int64, before *release.State) (decidedCases, error) {
	all := decidedCases{nos: make(map[int64]int64)}
	seen := make(map[int64]bool)
	var rows []*store.Decided
	flush := func() error {
		more, err := e.knowDecided(ctx, rows, before.Cut)
		all.cases, rows = append(all.cases, more...), rows[:0]
		return err
	}
	for d, err := range e.Store.DecidedBefore(ctx, size) {
		if err != nil {
			return all, err
		}
		if seen[d.Case] {
			continue // what became of the first outcome later
		}
		seen[d.Case] = true
		if before.HasTold(d.Index, fieldsOf(d.Fields)) {
			continue
		}
		all.nos[d.Index] = d.Case
		if rows = append(rows, d); len(rows) == casesAtOnce {
			if err := flush(); err != nil {
				return all, err
			}
		}
	}
	return all, flush()
}

// fieldsOf are the fields of a leaf as its row keeps them.
func fieldsOf(text string) (f [ledger.NumFields]string) {
	copy(f[:ledger.FieldPrivate], strings.SplitN(text, "\n", ledger.FieldPrivate))
	return f
}

// knowDecided adds to outcomes what the rows of their cases say, and after a cut which
// entry each was filed with.
func (e *Engine) knowDecided(ctx context.Context, rows []*store.Decided, cut int64) ([]release.Case, error) {
	nos := make([]int64, len(rows))
	for i, d := range rows {
		nos[i] = d.Case
	}
	byNo, err := e.casesByNo(ctx, nos)
	if err != nil {
		return nil, err
	}
	filings := map[int64]int64{}
	if cut > 0 {
		if filings, err = e.Store.Filings(ctx, nos); err != nil {
			return nil, err
		}
	}
	rows = slices.DeleteFunc(rows, func(d *store.Decided) bool { // erased since the outcome was read
		row, ok := byNo[d.Case]
		return !ok || row.Status == string(StatusErased)
	})
	list, recs := make([]release.Case, len(rows)), make([]*record, len(rows))
	err = sideBySide(len(rows), recordsAtOnce, func(i int) (err error) {
		list[i], recs[i], err = e.decidedCase(rows[i], byNo[rows[i].Case])
		list[i].FiledIndex = filings[rows[i].Case]
		return err
	})
	if err != nil {
		return nil, err
	}
	var roads []*knownRoad
	var ends []int // the cases that the roads end with
	for i, rec := range recs {
		if rec != nil {
			roads, ends = append(roads, &knownRoad{cases: []*record{rec}, until: rows[i].Index}), append(ends, i)
		}
	}
	lengths, err := e.measure(ctx, roads)
	for i, at := range ends {
		if err == nil {
			list[at].Road = lengths[i]
		}
	}
	return list, err
}

func (e *Engine) casesByNo(ctx context.Context, nos []int64) (map[int64]store.Case, error) {
	rows, err := e.Store.CasesByNo(ctx, nos)
	if err != nil {
		return nil, err
	}
	byNo := make(map[int64]store.Case, len(rows))
	for _, row := range rows {
		byNo[row.No] = row
	}
	return byNo, nil
}

// decidedCase gives a case as a release knows it; its record too if a road has ended
// with it.
func (e *Engine) decidedCase(d *store.Decided, row store.Case) (release.Case, *record, error) {
	c := release.Case{Person: string(row.Applicant), Filed: deadline.DateOf(row.Filed.In(e.Zone)), Index: d.Index, DecidedAs: fieldsOf(d.Fields)}
	c.FiledAs[ledger.FieldService], c.FiledAs[ledger.FieldDay], c.FiledAs[ledger.FieldKind] = row.Service, c.Filed.String(), string(EventFiled)
	rec, err := e.keys.openRecord(row)
	if err != nil {
		return c, nil, err
	}
	c.Filer = e.filerOf(rec)
	svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
	if err != nil {
		return c, nil, err
	}
	c.CountsOnly = svc.Sensitive
	c.Decided, err = deadline.ParseDate(c.DecidedAs[ledger.FieldDay])
	if c.DecidedAs[ledger.FieldKind] != string(EventGranted) || !rec.state.endsRoad(svc) {
		rec = nil
	}
	return c, rec, err
}

// filerOf names who has brought a case about, as a release tells people apart: the
// applicant or who has filed it for them, by the keyed hash of their number; the case that
// has somebody asked something; and of all that other logs have sent on, whose filers are
// not told, one.
func (e *Engine) filerOf(rec *record) string {
	switch s := rec.state; {
	case s.Came != nil:
		return "elsewhere"
	case s.From != nil && s.From.Asked:
		return fmt.Sprintf("case/%d", s.From.Case)
	case s.Agent != "":
		return string(e.keys.hash("applicant", string(s.Agent)))
	}
	return string(rec.row.Applicant)
}

// openEnds opens the filing and the first outcome of cases.
func (e *Engine) openEnds(ctx context.Context, group []*release.Case, nos map[int64]int64) ([]release.Whole, error) {
	var list []release.Whole
	for part := range slices.Chunk(group, casesAtOnce) {
		numbers := make([]int64, len(part))
		for i, c := range part {
			numbers[i] = nos[c.Index]
		}
		rows, err := e.casesByNo(ctx, numbers)
		if err != nil {
			return nil, err
		}
		entries, err := e.Store.Ends(ctx, numbers)
		if err != nil {
			return nil, err
		}
		for i, c := range part {
			w, err := e.openWhole(rows[numbers[i]], c.Index, entries)
			if err != nil {
				return nil, err
			}
			list = append(list, w)
		}
	}
	return list, nil
}

// openWhole opens the two leaves of a case among entries that are in order of
// their cases.
func (e *Engine) openWhole(row store.Case, decided int64, entries []store.Entry) (w release.Whole, err error) {
	key, err := e.keys.unwrap(row.Key)
	if err != nil {
		return w, fmt.Errorf("case %d: %w", row.No, err)
	}
	from, _ := slices.BinarySearchFunc(entries, row.No, func(en store.Entry, no int64) int { return int(en.Case - no) })
	for _, en := range entries[from:] {
		if en.Case != row.No {
			break
		}
		switch {
		case en.Index == decided:
			w.DecidedIndex = en.Index
			w.Decided, _, err = e.openEntry(en, key)
		case EventKind(en.Kind) == EventFiled:
			w.FiledIndex = en.Index
			w.Filed, _, err = e.openEntry(en, key)
		}
		if err != nil {
			return w, fmt.Errorf("entry %d: %w", en.Index, err)
		}
	}
	return w, nil
}
