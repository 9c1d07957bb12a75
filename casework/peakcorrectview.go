package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/archive"
	"aiqyn/canonical"
	"aiqyn/store"
)

// CorrectedPeak is one reading with what corrects it.
type CorrectedPeak struct {
	Row       int
	Trafo     int
	Day       string
	Meter     string
	WasW      int64
	Watt      int64 // −1: there should have been none
	Reason    aiqyn.Text
	Evidence  string
	Meters    []string // others that bear it out
	NeedsTwo  bool
	Corrected int64 // entry of the reading that it corrects
}

// CorrectionsReport is what became of a table of corrections, or would.
type CorrectionsReport struct {
	Entry  int64
	At     time.Time
	Rows   []CorrectedPeak
	Waits  int64 // entry by which others of the same table wait; 0: none
	Asked  int64 // entry that asked for these, if it took two
	Signed bool  // in force
	// Declined is the entry by which an overseer has declined them, and Ground why; 0: none has.
	Declined int64
	Ground   string
	Faults   []archive.Fault
}

// CheckCorrections tells what would become of a table, and corrects nothing.
func (e *Engine) CheckCorrections(ctx context.Context, viewer aiqyn.Actor, table []byte) (CorrectionsReport, error) {
	if err := access.Check(viewer.Role, access.ActionMeasure, access.None); err != nil {
		return CorrectionsReport{}, err
	}
	on, err := e.judgesNow()
	if err != nil {
		return CorrectionsReport{}, err
	}
	on.by = e.hand(viewer.Officer)
	j, err := e.judgeCorrections(ctx, table, on)
	if err != nil {
		return CorrectionsReport{}, err
	}
	r := CorrectionsReport{Faults: j.faults}
	r.Rows = append(e.correctedPeaks(j.one, false), e.correctedPeaks(j.two, true)...)
	slices.SortFunc(r.Rows, func(a, b CorrectedPeak) int { return a.Row - b.Row })
	return r, nil
}

func (e *Engine) correctedPeaks(rows []peakCorrected, two bool) []CorrectedPeak {
	rule := e.capacityRule()
	list := make([]CorrectedPeak, len(rows))
	for i, p := range rows {
		reason, ok := rule.Correction(p.Reason)
		if !ok { // of another version of the pack
			reason.Text = aiqyn.Text{KK: p.Reason, RU: p.Reason, EN: p.Reason}
		}
		list[i] = CorrectedPeak{
			Row: p.Row, Trafo: p.Trafo, Day: p.Day, Meter: p.Meter, WasW: p.WasW, Watt: p.Watt, Reason: reason.Text,
			Evidence: p.Evidence, Meters: p.Meters, NeedsTwo: two, Corrected: p.Was,
		}
	}
	return list
}

// CorrectionReasons is the closed list of reasons, in the order of the pack.
func (e *Engine) CorrectionReasons() []CorrectionReason {
	var list []CorrectionReason
	for _, r := range e.capacityRule().Corrections {
		list = append(list, CorrectionReason(r))
	}
	return list
}

// CorrectionReason is one reason for a correction.
type CorrectionReason struct {
	Name string
	Text aiqyn.Text
}

// Corrections tells what an entry has corrected, row by row.
func (e *Engine) Corrections(ctx context.Context, viewer aiqyn.Actor, entry int64) (CorrectionsReport, error) {
	if !mayReadCorrections(viewer) {
		return CorrectionsReport{}, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	ev, err := e.correctionEntry(ctx, entry)
	if err != nil {
		return CorrectionsReport{}, err
	}
	return e.correctionsReport(ctx, ev)
}

// mayReadCorrections: who sends readings, and who signs.
func mayReadCorrections(viewer aiqyn.Actor) bool {
	return access.Allowed(viewer.Role, access.ActionMeasure, access.None).OK || access.Allowed(viewer.Role, access.ActionReduce, access.None).OK
}

func (e *Engine) correctionsReport(ctx context.Context, ev *event) (CorrectionsReport, error) {
	d := ev.data.(*peaksCorrected)
	kept, err := e.correctionsAt(ctx, d)
	if err != nil {
		return CorrectionsReport{}, err
	}
	r := CorrectionsReport{Entry: ev.index, At: ev.at, Asked: d.Asked, Signed: ev.kind == EventPeaksCorrected}
	r.Rows = e.correctedPeaks(kept.Taken, d.Asked != 0 || !r.Signed)
	for i := range kept.Left {
		r.Faults = append(r.Faults, kept.Left[i].fault())
	}
	if !r.Signed {
		declined, err := e.declinedSince(ctx, ev.index)
		if err != nil {
			return r, err
		}
		if no := declined[ev.index]; no != nil {
			r.Declined, r.Ground = no.index, no.data.(*peaksDeclined).Ground
		}
	}
	if next, err := e.correctionEntry(ctx, ev.index+1); err == nil && r.Signed && d.Asked == 0 && next.command == ev.command {
		r.Waits = next.index
	}
	return r, nil
}

// CorrectionsMade lists the entries that have corrected readings, newest first.
func (e *Engine) CorrectionsMade(ctx context.Context, viewer aiqyn.Actor, p Page) (List[CorrectionsReport], error) {
	return e.correctionsOf(ctx, viewer, EventPeaksCorrected, p)
}

// CorrectionsAsked lists those that wait for a second signer.
func (e *Engine) CorrectionsAsked(ctx context.Context, viewer aiqyn.Actor) ([]CorrectionsReport, error) {
	made, err := e.correctionsOf(ctx, viewer, EventPeaksCorrected, Page{Limit: maxWaiting})
	if err != nil {
		return nil, err
	}
	asked, err := e.correctionsOf(ctx, viewer, EventPeaksAsked, Page{Limit: maxWaiting})
	return slices.DeleteFunc(asked.Items, func(r CorrectionsReport) bool {
		return r.Declined != 0 || slices.ContainsFunc(made.Items, func(m CorrectionsReport) bool { return m.Asked == r.Entry })
	}), err
}

func (e *Engine) correctionsOf(ctx context.Context, viewer aiqyn.Actor, kind EventKind, p Page) (List[CorrectionsReport], error) {
	var out List[CorrectionsReport]
	if !mayReadCorrections(viewer) {
		return out, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	from, err := before(p.After)
	if err != nil {
		return out, err
	}
	rows, err := e.Store.Acts(ctx, string(kind), from, p.limit()+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = onePage(rows, p, func(r store.Entry) int64 { return r.Index })
	for _, row := range rows {
		ev, err := e.decodeEntry(row, e.keys.system)
		if err != nil {
			return out, err
		}
		r, err := e.correctionsReport(ctx, ev)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}

// correctionsAt reads what an entry has corrected, as it is kept.
func (e *Engine) correctionsAt(ctx context.Context, d *peaksCorrected) (*correctionsKept, error) {
	data, err := snapshotOf(ctx, e.Store, correctionsKind, d.Hash)
	if err != nil {
		return nil, err
	}
	kept := new(correctionsKept)
	if err := canonical.Decode(data, kept); err != nil {
		return nil, fmt.Errorf("corrections %s: %w", d.Hash, err)
	}
	return kept, nil
}

// PeakCorrection is one correction as a difference of publications names it.
type PeakCorrection struct {
	Day    string `json:"day"`
	Entry  int64  `json:"entry"`
	Reason string `json:"reason"`
	Trafo  int    `json:"trafo"`
	W      int64  `json:"w"` // −1: there should have been no reading
	WasW   int64  `json:"was_w"`
}

// maxCorrected is how many entries of corrections are read between two publications.
const maxCorrected = 1000

// correctedBetween lists what entries above one and up to another have corrected, in
// the order of the entries.
func (e *Engine) correctedBetween(ctx context.Context, after, to int64) ([]PeakCorrection, error) {
	if to <= after {
		return nil, nil
	}
	rows, err := e.Store.Acts(ctx, string(EventPeaksCorrected), to+1, maxCorrected)
	if err != nil {
		return nil, err
	}
	var list []PeakCorrection
	for _, row := range slices.Backward(rows) {
		if row.Index <= after {
			continue
		}
		ev, err := e.decodeEntry(row, e.keys.system)
		if err != nil {
			return nil, err
		}
		kept, err := e.correctionsAt(ctx, ev.data.(*peaksCorrected))
		if err != nil {
			return nil, err
		}
		for _, p := range kept.Taken {
			list = append(list, PeakCorrection{p.Day, ev.index, p.Reason, p.Trafo, p.Watt, p.WasW})
		}
	}
	return list, nil
}
