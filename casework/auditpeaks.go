package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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

// networkOf holds what a publication says of its network against the
// measurements before it: from the surveyed network and what was known of its
// loads, the network follows.
func (a *auditor) networkOf(ctx context.Context, ev *event) error {
	d := ev.data.(*capacityPublished)
	if d.Base == "" {
		return nil // from before measurements were taken in
	}
	said, err := a.e.publicationBy(ctx, d)
	if err != nil {
		return err
	}
	if said.Base != d.Base || said.Network != d.Network {
		return fmt.Errorf("the publication names other networks than its entry")
	}
	if err := a.publishedWithin(said); err != nil {
		return err
	}
	known, err := a.e.loads(ctx, said.Day, said.Rule, said.Measured+1)
	if err != nil {
		return err
	}
	if err := a.connectedOf(ctx, ev, said, known); err != nil {
		return err
	}
	n, peaks, err := a.e.metered(ctx, said.Base, known, said.Limits.Limits())
	if err != nil {
		return err
	}
	hash := said.Base
	if n != nil {
		hash = n.Hash()
	}
	if hash != said.Network || !slices.Equal(peaks, said.Peaks) {
		return fmt.Errorf("its network does not follow from the measurements before it")
	}
	_, _, err = a.e.networkAt(hash)
	return err
}
