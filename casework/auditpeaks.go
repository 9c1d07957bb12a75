package casework

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"aiqyn/grid"
	"aiqyn/store"
)

// measurements holds what is on file of transformers against what the log has
// taken in.
func (a *auditor) measurements(ctx context.Context) error {
	var known []int64
	for _, ev := range a.figures.batches {
		known = append(known, ev.index)
		_, differs, err := a.batchOf(ctx, ev)
		if err != nil {
			a.wrong(ev.index, "what it took in is not to be had: %v", err)
		} else if differs {
			a.wrong(ev.index, "the measurements on file are not those that it took in")
		} else if err := a.corrections(ctx, ev); err != nil {
			a.wrong(ev.index, "its corrections could not be made so: %v", err)
		} else if err := a.sent(ctx, ev); err != nil {
			a.wrong(ev.index, "readings are not as they were sent: %v", err)
		}
	}
	entries, err := a.Store.MeasurementEntries(ctx)
	for _, entry := range entries {
		if _, ok := slices.BinarySearch(known, entry); !ok && entry < a.head.Size {
			a.wrong(entry, "measurements are on file that no entry took in")
		}
	}
	return err
}

// batchOf is what an entry has taken in, and whether something else is on file.
func (a *auditor) batchOf(ctx context.Context, ev *event) (want []store.Measurement, differs bool, err error) {
	if want, err = a.e.takenBy(ctx, ev); err != nil {
		return nil, false, err
	}
	slices.SortFunc(want, compareMeasurements)
	is, err := a.Store.MeasurementsTaken(ctx, ev.index)
	return want, !slices.Equal(is, want), err
}

// takenBy is what an entry has put on file. Corrections that wait for a second signer,
// or were declined, have put nothing there.
func (e *Engine) takenBy(ctx context.Context, ev *event) ([]store.Measurement, error) {
	if ev.kind == EventPeaksDeclined {
		return nil, nil
	}
	d, ok := ev.data.(*peaksCorrected)
	if !ok {
		kept, err := e.peaksAt(ctx, ev)
		if err != nil {
			return nil, err
		}
		return kept.rows(ev.index), nil
	}
	kept, err := e.correctionsAt(ctx, d)
	if err != nil || ev.kind == EventPeaksAsked {
		return nil, err
	}
	return kept.rows(ev.index), nil
}

// compareMeasurements is their order on file.
func compareMeasurements(a, b store.Measurement) int {
	return cmp.Or(cmp.Compare(a.Trafo, b.Trafo), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Meter, b.Meter))
}

// measurements makes the table of measurements again from what was taken in.
func (b *rebuilding) measurements(ctx context.Context) error {
	var known []int64
	for _, ev := range b.figures.batches {
		known = append(known, ev.index)
		want, differs, err := b.batchOf(ctx, ev)
		if err != nil {
			b.wrong(ev.index, "what it took in cannot be put on file again: %v", err)
			continue
		}
		b.report.Made += int64(len(want))
		if !differs {
			continue
		}
		b.differed(fmt.Sprintf("entry %d", ev.index), "the measurements on file were not those that it took in")
		b.gone.Measurements = append(b.gone.Measurements, ev.index)
		b.batch.Measurements = append(b.batch.Measurements, want...)
		if err := b.put(ctx); err != nil {
			return err
		}
	}
	entries, err := b.Store.MeasurementEntries(ctx)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if _, ok := slices.BinarySearch(known, entry); !ok {
			b.differed(fmt.Sprintf("entry %d", entry), "measurements were on file that no entry took in")
			b.gone.Measurements = append(b.gone.Measurements, entry)
		}
	}
	return b.put(ctx)
}

// networks holds the network of each publication to the measurements before it: what was
// published long ago may still bind, and the next publication does not mend it.
func (a *auditor) networks(ctx context.Context) error {
	var was *publication
	a.out.Figures.Publications = int64(len(a.tables.published))
	for i, p := range a.tables.published {
		said, err := a.networkOf(ctx, a.figures.publications[p.entry], was, i == len(a.tables.published)-1)
		if err != nil {
			a.wrong(p.entry, "the network of the free power that is published cannot be made again: %v", err)
		}
		was = said
	}
	a.quietDays()
	a.otherSurveys()
	return a.tablesActs(ctx)
}

// networkOf holds what a publication says of its network against the measurements before
// it: from the surveyed network and what was known of its loads, the network follows. It
// returns what the publication says, for the next; nil if that cannot be read. What was
// connected is held to the cases for the last only: of earlier days some have ended since.
func (a *auditor) networkOf(ctx context.Context, ev *event, was *publication, last bool) (*publication, error) {
	d := ev.data.(*capacityPublished)
	if d.Base == "" {
		return nil, nil // from before measurements were taken in
	}
	said, err := a.e.publicationBy(ctx, d)
	if err != nil {
		return nil, err
	}
	if said.Base != d.Base || said.Network != d.Network {
		return said, fmt.Errorf("the publication names other networks than its entry")
	}
	if act := a.tables.at(ev.index); act != nil && act.Network != said.Base {
		return said, fmt.Errorf("it rests on the network %s, by entry %d that of %s was in force", said.Base, act.entry, act.Network)
	}
	if err := a.publishedWithin(ev, said); err != nil {
		return said, err
	}
	if err := a.oddOf(said); err != nil {
		return said, err
	}
	if err := a.loadsOf(said); err != nil {
		return said, err
	}
	if left := a.leftOutOf(said); left >= 0 {
		return said, fmt.Errorf("it leaves out the measurements of entry %d", left)
	}
	known, err := a.e.loads(ctx, said.Day, said.Rule, said.Measured+1)
	switch {
	case err != nil:
	case last:
		err = a.connectedOf(ctx, ev, said, known)
	case said.Connected != nil:
		err = a.e.lessConnected(ctx, known, said.Connected, said.Day, said.Rule, said.Measured+1)
	}
	if err == nil {
		err = a.followsFrom(ctx, said, was, known)
	}
	if err == nil && last {
		_, _, err = a.e.networkAt(said.Network)
	}
	if err == nil {
		err = a.figuresAgain(ctx, ev, said, known, last)
	}
	return said, err
}

// oddOf holds what a publication says of its surveyed network, unless it is of before.
func (a *auditor) oddOf(said *publication) error {
	if said.Odd == nil && said.Loads == "" {
		return nil
	}
	m, err := a.e.model(said.Base)
	if err != nil {
		return err
	}
	var is grid.Oddities
	if said.Odd != nil {
		is = *said.Odd
	}
	if want := m.Oddities(); !reflect.DeepEqual(is, want) {
		return fmt.Errorf("what it says of lines without a rating and of generation is not so")
	}
	return nil
}

// loadsOf holds a publication to the newest version of how loads are brought to readings
// that any before it was made by: older ones are there to make again what was made by
// them, and none comes back.
func (a *auditor) loadsOf(said *publication) error {
	version := grid.MeasuredLoadsVersion(said.Loads)
	if version > 0 && version < a.walk.loads {
		return fmt.Errorf("its loads are brought to what was measured by version %d, and one before it by version %d", version, a.walk.loads)
	}
	a.walk.loads = max(a.walk.loads, version)
	return nil
}

// leftOutOf is an entry whose measurements were on file when a publication was made, and
// which it does not count; negative if there is none.
func (a *auditor) leftOutOf(said *publication) int64 {
	for _, ev := range slices.Backward(a.figures.batches) {
		if ev.index <= said.Measured {
			break
		}
		if d, ok := ev.data.(*measured); ok && d.Taken > 0 && ev.index < said.Position {
			return ev.index
		}
	}
	return -1
}

// followsFrom holds the network of a publication to what is known of its loads. Where the
// one before was made of the same, the network is the same.
func (a *auditor) followsFrom(ctx context.Context, said, was *publication, known map[int]loadKnown) error {
	hash, is := "", measuredNetwork{}
	if was != nil && len(known) > 0 {
		m, err := a.e.model(said.Base)
		if err != nil {
			return err
		}
		if is.peaks = peaksOf(m.Nameplates(), known); said.unchanged(was, is.peaks) {
			hash, is.apart, is.idle = was.Network, was.Apart, was.Idle
		}
	}
	if hash == "" {
		var err error
		if is, err = a.e.metered(ctx, said.Base, known, said.Limits.Limits(), said.Loads); err != nil {
			return err
		}
		if hash = said.Base; is.network != nil {
			hash = is.network.Hash()
			if err := a.compiled(is.network, hash); err != nil {
				return err
			}
		}
	}
	knownApart(known, is.apart, is.idle)
	if hash != said.Network || !slices.Equal(is.peaks, said.Peaks) || !slices.Equal(is.apart, said.Apart) || !slices.Equal(is.idle, said.Idle) {
		return fmt.Errorf("its network does not follow from the measurements before it")
	}
	return nil
}
