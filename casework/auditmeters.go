package casework

import (
	"context"
	"fmt"
	"slices"

	"aiqyn/access"
	"aiqyn/archive"
	"aiqyn/deadline"
	"aiqyn/store"
)

// meters holds the register of meters to its entries, and each entry to who may make it
// and to what can be: what withdraws a published figure rests on it.
func (a *auditor) meters(ctx context.Context) error {
	var known []int64
	for _, ev := range a.figures.meters {
		known = append(known, ev.index)
		_, differs, err := a.metersOf(ctx, ev)
		switch {
		case err != nil:
			return err
		case differs:
			a.wrong(ev.index, "the register of meters is not what it has registered")
		}
		if err := a.registered(ev); err != nil {
			a.wrong(ev.index, "meters are registered that could not be so: %v", err)
		}
	}
	entries, err := a.Store.MeterEntries(ctx)
	for _, entry := range entries {
		if _, ok := slices.BinarySearch(known, entry); !ok && entry < a.head.Size {
			a.wrong(entry, "meters are registered that no entry has registered")
		}
	}
	return err
}

// metersOf is what an entry has registered, and whether something else is on file.
func (a *auditor) metersOf(ctx context.Context, ev *event) (want []store.Meter, differs bool, err error) {
	want = ev.data.(*metersRegistered).rows(ev.index)
	is, err := a.Store.MetersRegistered(ctx, ev.index)
	return want, !slices.Equal(is, want), err
}

// registered holds an entry to the rules of the table it was made of.
func (a *auditor) registered(ev *event) error {
	if !access.Allowed(ev.actor.Role, access.ActionMeasure, access.None).OK || ev.actor.Officer == "" {
		return fmt.Errorf("by somebody who may not")
	}
	d := ev.data.(*metersRegistered)
	if len(d.Meters) == 0 || len(d.Meters) > maxMeters {
		return fmt.Errorf("%d of them", len(d.Meters))
	}
	rows := make([]archive.Meter, len(d.Meters))
	for i, m := range d.Meters {
		if i > 0 && d.Meters[i-1].Meter >= m.Meter {
			return fmt.Errorf("meter %q stands twice, or out of order", m.Meter)
		}
		if _, err := deadline.ParseDate(m.Since); err != nil || m.Meter == "" || m.Trafo < -1 {
			return fmt.Errorf("meter %q is none", m.Meter)
		}
		rows[i] = archive.Meter{Row: i, Meter: m.Meter, Trafo: m.Trafo, Since: m.Since}
	}
	fault := "no network was in force"
	for _, hash := range a.tables.surveyedAbout(ev.index) {
		m, err := a.e.model(hash)
		if err != nil {
			return err
		}
		faults := metersWrong(rows, judgesBy{rated: ratedOf(m), today: a.dayOf(ev).String()})
		if len(faults) == 0 {
			return nil
		}
		fault = fmt.Sprintf("meter %q: %s", rows[faults[0].Row].Meter, faults[0].Err.Key)
	}
	return fmt.Errorf("%s", fault)
}

// meters makes the register of meters again from its entries.
func (b *rebuilding) meters(ctx context.Context) error {
	var known []int64
	for _, ev := range b.figures.meters {
		known = append(known, ev.index)
		want, differs, err := b.metersOf(ctx, ev)
		if err != nil {
			return err
		}
		b.report.Made += int64(len(want))
		if !differs {
			continue
		}
		b.differed(fmt.Sprintf("entry %d", ev.index), "the register of meters was not what it has registered")
		b.gone.Meters, b.batch.Meters = append(b.gone.Meters, ev.index), append(b.batch.Meters, want...)
		if err := b.put(ctx); err != nil {
			return err
		}
	}
	entries, err := b.Store.MeterEntries(ctx)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if _, ok := slices.BinarySearch(known, entry); !ok {
			b.differed(fmt.Sprintf("entry %d", entry), "meters were registered that no entry has registered")
			b.gone.Meters = append(b.gone.Meters, entry)
		}
	}
	return b.put(ctx)
}
