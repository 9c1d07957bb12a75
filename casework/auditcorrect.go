package casework

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// corrections holds the corrections of an entry against what was on file before it:
// each corrects a reading that counted, none that could take power away was made by
// one person, and meters bear out those that two have made.
func (a *auditor) corrections(ctx context.Context, ev *event) error {
	if d, ok := ev.data.(*peaksDeclined); ok {
		return a.declined(ev, d)
	}
	d, ok := ev.data.(*peaksCorrected)
	if !ok {
		return nil
	}
	kept, err := a.e.correctionsAt(ctx, d)
	if err != nil {
		return err
	}
	by := a.e.senderOf(ev)
	if first := a.batch(d.Asked); d.Asked > 0 && first != nil {
		by = a.e.senderOf(first)
	}
	alone := ev.kind == EventPeaksCorrected && d.Asked == 0
	if ev.kind == EventPeaksCorrected && !alone {
		if err := a.asked(ev, d); err != nil {
			return err
		}
	}
	return kept.byTrafo(func(trafo int, rows []peakCorrected) error {
		on, err := a.e.readingsOf(ctx, trafo, ev.index)
		for i := range rows {
			p := &rows[i]
			var bearers []string
			if err == nil && !alone {
				bearers, err = a.e.bearersOf(ctx, p, on, kept, by)
			}
			switch {
			case err != nil:
				return err
			case !p.stands(on):
				return fmt.Errorf("row %d corrects a reading that did not count", p.Row)
			case alone && p.lifts(on, kept.On, kept.Peak):
				return fmt.Errorf("row %d leaves less power free, and one person has made it", p.Row)
			case alone:
				on = p.apply(on)
			case len(bearers) < p.needs():
				return fmt.Errorf("row %d leaves less power free, and no meters bear it out", p.Row)
			}
		}
		return nil
	})
}

// asked holds a second signature against the first.
func (a *auditor) asked(ev *event, d *peaksCorrected) error {
	first := a.batch(d.Asked)
	if first == nil || first.kind != EventPeaksAsked || d.Asked >= ev.index {
		return fmt.Errorf("nobody has asked for what it signs")
	}
	if first.data.(*peaksCorrected).Hash != d.Hash || first.actor.Role == ev.actor.Role || first.actor.Officer == ev.actor.Officer {
		return fmt.Errorf("it is not signed by two for the same")
	}
	return a.waited(ev, d.Asked)
}

// byTrafo calls f for each transformer with its rows in the order of the table.
func (k *correctionsKept) byTrafo(f func(trafo int, rows []peakCorrected) error) error {
	by := make(map[int][]peakCorrected)
	for _, p := range k.Taken {
		by[p.Trafo] = append(by[p.Trafo], p)
	}
	for _, trafo := range slices.Sorted(maps.Keys(by)) {
		if err := f(trafo, by[trafo]); err != nil {
			return err
		}
	}
	return nil
}
