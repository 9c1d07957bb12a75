package casework

import (
	"context"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/archive"
	"aiqyn/canonical"
	"aiqyn/store"
)

// A reading that was sent wrongly is corrected and never edited: the table of
// corrections, what became of it row by row, who sent it, for which reason of the
// pack's list and by what evidence are an entry. The reading that was there stays on
// file, what was published on it stays as it was published, and what is published
// next says that the change is a correction.
//
// A correction that could take free power away waits for an overseer, and needs
// meters that agree with it: who reads the meters does not decide alone that there is
// less.

// CorrectPeaks corrects daily peaks of transformers by a table as
// [archive.ReadCorrections] reads it. What cannot be is left out and told.
type CorrectPeaks struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor // an operator
	Table []byte
}

// SignPeaks is the overseer's signature under corrections that wait for it, by the
// entry that asked for them.
type SignPeaks struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor
	Entry int64
}

type (
	// peaksCorrected says which readings were corrected, or wait for a second signer.
	// Hash is what is kept of it, From and To are days.
	peaksCorrected struct {
		Asked int64  `json:"asked,omitempty"` // entry that asked for it, if it took two
		File  string `json:"file"`
		From  string `json:"from"`
		Hash  string `json:"hash"`
		Left  int    `json:"left"`
		Taken int    `json:"taken"`
		To    string `json:"to"`
	}
	// peakCorrected is one row as it is kept.
	peakCorrected struct {
		Day      string   `json:"day"`
		Evidence string   `json:"evidence"`
		Meter    string   `json:"meter"`
		Meters   []string `json:"meters,omitempty"` // others that have counted as much on that day
		Reason   string   `json:"reason"`
		Row      int      `json:"row"`
		Trafo    int      `json:"trafo"`
		Watt     int64    `json:"w"` // -1: there should have been none
		Was      int64    `json:"was"`
		WasW     int64    `json:"was_w"`
	}
	// correctionsKept is what is kept under the hash of an entry.
	correctionsKept struct {
		Agree int64 `json:"agree"` // percent by which meters may differ
		// Evidence is what those must have that bear out what takes two; nil by packs from
		// before, which asked that they agree.
		Evidence *meterEvidence  `json:"evidence,omitempty"`
		File     string          `json:"file"`
		Left     []peakLeft      `json:"left"`
		On       string          `json:"on"` // day on which it was judged
		Peak     int             `json:"peak"`
		Taken    []peakCorrected `json:"taken"`
	}
)

// correctPeaks is the command being carried out.
type correctPeaks struct {
	apart
	table []byte
	after int64 // newest entry about measurements that was seen when it was prepared
	act   int64 // by which the network was in force then
	parts []correctionsPart
}

// correctionsPart is what one entry takes of a table: what needs one person, or two.
type correctionsPart struct {
	kind EventKind
	kept correctionsKept
	data []byte
}

func (c *correctPeaks) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionMeasure, access.None); err != nil {
		return err
	}
	_, done, err := e.Store.CommandDone(ctx, commandHash(c.cid))
	if err != nil || done {
		return err
	}
	if c.after, err = e.Store.LastMeasurement(ctx); err != nil {
		return err
	}
	on, err := e.judgesNow()
	if err != nil {
		return err
	}
	c.act, on.by = on.act, e.hand(c.actor.Officer)
	judged, err := e.judgeCorrections(ctx, c.table, on)
	if err != nil {
		return err
	}
	c.parts, err = judged.parts(c.table)
	return err
}

// parts is what comes of a table: what one person may do, and what waits for a second.
func (j *judged) parts(table []byte) (parts []correctionsPart, err error) {
	for _, p := range []correctionsPart{{kind: EventPeaksCorrected}, {kind: EventPeaksAsked}} {
		taken := j.one
		if p.kind == EventPeaksAsked {
			taken = j.two
		}
		if len(taken) == 0 {
			continue
		}
		p.kept = correctionsKept{Agree: j.rule.AgreePct, Evidence: j.rule.evidence, File: hexSum(table), Left: []peakLeft{}, On: j.on, Peak: j.rule.Peak, Taken: taken}
		for _, f := range j.faults {
			p.kept.Left = append(p.kept.Left, leftOf(f))
		}
		if p.data, err = canonical.Encode(p.kept); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

func (c *correctPeaks) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if len(c.parts) == 0 {
		return aiqyn.E(aiqyn.Invalid, "error.corrections-none")
	}
	if t.s.measured != c.after || t.e.Capacity.tables().act != c.act {
		return errStale
	}
	for _, p := range c.parts {
		ev := t.emitSystem(p.kind, c.actor, p.kept.said(p.data))
		t.snapshots = append(t.snapshots, store.Snapshot{Hash: hexSum(p.data), Kind: correctionsKind, Data: p.data, Added: t.now})
		if p.kind == EventPeaksAsked {
			t.s.corrections[ev.index] = recorded(c.actor)
			t.undo = append(t.undo, func() { delete(t.s.corrections, ev.index) })
			continue
		}
		t.correct(ev, &p.kept)
	}
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: c.parts[0].kept.File, Kind: correctionsFileKind, Data: c.table, Added: t.now})
	c.finish(t)
	return nil
}

// said is what an entry says of what is kept.
func (k *correctionsKept) said(data []byte) *peaksCorrected {
	d := &peaksCorrected{File: k.File, Hash: hexSum(data), Left: len(k.Left), Taken: len(k.Taken)}
	for i, r := range k.Taken {
		if i == 0 || r.Day < d.From {
			d.From = r.Day
		}
		d.To = max(d.To, r.Day)
	}
	return d
}

// correct puts corrections in force.
func (t *turn) correct(ev *event, kept *correctionsKept) {
	t.measurements = append(t.measurements, kept.rows(ev.index)...)
	was := t.s.measured
	t.s.measured = ev.index
	t.undo = append(t.undo, func() { t.s.measured = was })
}

// rows is what an entry has corrected, as it is found again.
func (k *correctionsKept) rows(entry int64) []store.Measurement {
	rows := make([]store.Measurement, len(k.Taken))
	for i, p := range k.Taken {
		rows[i] = store.Measurement{Trafo: int64(p.Trafo), Day: p.Day, Meter: p.Meter, Watt: p.Watt, Entry: entry, Corrects: p.Was}
	}
	return rows
}

// signPeaks is the second signature being given.
type signPeaks struct {
	apart
	SignPeaks
	after int64
	said  peaksCorrected
	kept  *correctionsKept
}

func (c *signPeaks) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := access.Check(c.actor.Role, access.ActionReduce, access.None); err != nil {
		return err
	}
	if c.actor.Role != aiqyn.RoleOverseer {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	var err error
	if c.after, err = e.Store.LastMeasurement(ctx); err != nil {
		return err
	}
	ev, err := e.correctionEntry(ctx, c.Entry)
	if err != nil {
		return err
	}
	if ev.kind != EventPeaksAsked {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	c.said = *ev.data.(*peaksCorrected)
	if c.kept, err = e.correctionsAt(ctx, &c.said); err != nil {
		return err
	}
	return e.stillBorneOut(ctx, c.kept, e.senderOf(ev))
}

// answersCorrection reports why somebody cannot answer a correction: none waits, or they
// have asked for it themselves.
func (t *turn) answersCorrection(entry int64, who aiqyn.Actor) error {
	by, waits := t.s.corrections[entry]
	if !waits {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return t.countersigned(access.ActCorrect, by, who)
}

// endCorrection takes an answered correction from those that wait.
func (t *turn) endCorrection(entry int64) {
	by := t.s.corrections[entry]
	delete(t.s.corrections, entry)
	t.undo = append(t.undo, func() { t.s.corrections[entry] = by })
}

func (c *signPeaks) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if err := t.answersCorrection(c.Entry, c.actor); err != nil {
		return err
	}
	if t.s.measured != c.after {
		return errStale
	}
	d := c.said
	d.Asked = c.Entry
	t.correct(t.emitSystem(EventPeaksCorrected, c.actor, &d), c.kept)
	t.endCorrection(c.Entry)
	c.finish(t)
	return nil
}

// recallCorrections takes an entry about corrections into memory.
func (s *sequencer) recallCorrections(ev *event, d *peaksCorrected) {
	if ev.kind == EventPeaksAsked {
		s.corrections[ev.index] = ev.actor
		return
	}
	s.measured = ev.index
	delete(s.corrections, d.Asked)
}

// stillBorneOut holds corrections that wait, and who has asked for them, against what is
// on file by now.
func (e *Engine) stillBorneOut(ctx context.Context, kept *correctionsKept, by string) error {
	for i := range kept.Taken {
		p := &kept.Taken[i]
		rows, err := e.readingsOf(ctx, p.Trafo, noEntry)
		if err != nil {
			return err
		}
		bearers, err := e.bearersOf(ctx, p, rows, kept, by)
		if err != nil {
			return err
		}
		if !p.stands(rows) || len(bearers) < p.needs() {
			return aiqyn.E(aiqyn.Conflict, "error.correction-changed", "row", p.Row)
		}
	}
	return nil
}

// judged is a table of corrections, row by row.
type judged struct {
	rule   correctionRule
	on     string          // day
	one    []peakCorrected // that one person may make
	two    []peakCorrected // that wait for a second
	faults []archive.Fault
}

// correctionRule is what the pack in force says of corrections.
type correctionRule struct {
	AgreePct int64
	Peak     int
	evidence *meterEvidence
}

// correctionEntry reads an entry about corrections.
func (e *Engine) correctionEntry(ctx context.Context, entry int64) (*event, error) {
	row, err := e.entry(ctx, entry)
	if err != nil {
		return nil, err
	}
	if kind := EventKind(row.Kind); row.Case != 0 || kind != EventPeaksAsked && kind != EventPeaksCorrected {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return e.decodeEntry(row, e.keys.system)
}

// readingsOf is what counts of one transformer before an entry.
func (e *Engine) readingsOf(ctx context.Context, trafo int, before int64) ([]store.Measurement, error) {
	return e.Store.MeasurementsBetween(ctx, int64(trafo), int64(trafo), "", "9999-12-31", before)
}
