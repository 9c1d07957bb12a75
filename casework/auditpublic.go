package casework

import (
	"bytes"
	"context"
	"maps"
	"math"
	"slices"

	"aiqyn/store"
)

// publicFigures are what pages show of the system's own entries.
type publicFigures struct {
	demands      map[store.Demand]int64   // by certificate and body
	publications map[int64]*event         // of free power, by entry
	batches      []*event                 // of measurements, in order
	meters       []*event                 // registered, in order
	packs        []announcedPack          // published, in order
	classes      []*event                 // of what the public sees, in order
	shown        shownMargin              // what was published as free, and withdrawn
	settled      map[int64]settledBy      // what has become part of the measured load, by case
	commands     map[string]store.Command // outside cases, by the hash of their ids
	reports      map[int64][]byte         // sealed texts that are still kept, by entry
	reductions   []*event                 // asked for, and made, in order
	announced    []*event                 // releases, indexes, verifiers, in order
	tables       []*event                 // acts about tables of the network, in order
	acts         []*event                 // that bear on free power, in order; see [GridAct]
}

// count adds one of the system's entries.
func (f *publicFigures) count(ev *event) {
	if f.demands == nil {
		f.demands, f.publications = make(map[store.Demand]int64), make(map[int64]*event)
		f.reports, f.commands, f.settled = make(map[int64][]byte), make(map[string]store.Command), make(map[int64]settledBy)
	}
	f.caused(ev)
	if bearsOnPower(ev.kind) {
		f.acts = append(f.acts, ev)
	}
	switch d := ev.data.(type) {
	case *demanded:
		if d.Certificate != "" { // measurements write entries that count nothing
			f.demands[store.Demand{Certificate: d.Certificate, Body: d.Body}]++
		}
		if d.Sealed != nil {
			f.reports[ev.index] = d.Sealed
		}
	case *reportErasure:
		if ev.kind == EventReportErased {
			delete(f.reports, d.Entry)
		}
	case *capacityPublished:
		f.publications[ev.index] = ev
		f.shown.add(shownPower{network: d.Network, day: d.Day, entry: ev.index, at: ev.at, hash: d.Hash})
	case *loadsSettled:
		f.settle(ev, d)
	case *marginReduction:
		f.reductions = append(f.reductions, ev)
		if ev.kind == EventMarginReduced {
			f.shown.reductions = append(f.shown.reductions, reduced{d.Trafo, ev.index})
		}
	case *measured, *peaksCorrected, *peaksDeclined:
		f.batches = append(f.batches, ev)
	case *published:
		f.packPublished(ev, d)
	case *metersRegistered:
		f.meters = append(f.meters, ev)
	case *classified:
		f.classes = append(f.classes, ev)
	case *tablesAct:
		f.tables = append(f.tables, ev)
	case *released, *indexed, *verifierPublished, *restored:
		f.announced = append(f.announced, ev)
	}
}

// caused adds an entry to what its command has brought about. An erasure is the
// command of the case that is gone; that a plot was given, or not paid, of the case
// that was given it, or has not paid.
func (f *publicFigures) caused(ev *event) {
	if ev.command == "" || ev.kind == EventErased || ev.kind == EventLotContracted || ev.kind == EventLotDefaulted || ev.kind == EventLotAnnulled {
		return
	}
	c, again := f.commands[ev.command]
	if !again {
		c = store.Command{ID: ev.command, First: ev.index}
	}
	c.Last = ev.index
	f.commands[ev.command] = c
}

// commands holds the list of what was carried out outside cases against the
// entries: a command that is missing there could be carried out twice, and one
// that is there without an entry never.
func (a *auditor) commands(ctx context.Context) error {
	left := maps.Clone(a.figures.commands)
	for c, err := range a.Store.AllCommands(ctx) {
		if err != nil {
			return err
		}
		if want, ok := left[c.ID]; c.Last < a.head.Size && (!ok || want != *c) {
			a.wrong(min(max(c.First, 0), a.head.Size-1), "the list of commands has one that its entries do not name so")
		}
		delete(left, c.ID)
	}
	for _, c := range left {
		a.wrong(c.First, "its command is not in the list of those that were carried out")
	}
	return nil
}

// public holds what pages show against the entries, and looks for entries
// behind the head. On a live database all of these grow: a difference counts
// only if the head has not moved since.
func (a *auditor) public(ctx context.Context) error {
	demands, err := a.Store.Demands(ctx, math.MaxInt32)
	if err != nil {
		return err
	}
	beyond := int64(-1)
	for e, err := range a.Store.Entries(ctx, a.head.Size, math.MaxInt64) {
		if err != nil {
			return err
		}
		beyond = e.Index
		break
	}
	now, err := a.Store.Head(ctx)
	if err != nil {
		return err
	}
	if beyond >= now.Size {
		a.wrong(beyond, "stands behind the head")
	}
	if now.Size == a.head.Size {
		a.counted(demands)
	}
	return a.lists(ctx)
}

// lists holds the list of free power of every day against its entry: pages tell what was
// free then, and what has changed since.
func (a *auditor) lists(ctx context.Context) error {
	var there []store.Publication
	for p, err := range a.Store.AllPublications(ctx) {
		if err != nil {
			return err
		}
		if p.Entry < a.head.Size {
			there = append(there, *p)
		}
	}
	listed := make(map[int64]bool, len(there))
	for _, p := range there {
		listed[p.Entry] = true
		if err := a.publication(ctx, p); err != nil {
			return err
		}
	}
	for _, entry := range slices.Sorted(maps.Keys(a.figures.publications)) {
		if !listed[entry] {
			a.wrong(entry, "the list of free power that it announces is not there")
		}
	}
	return nil
}

// counted holds the counts of papers demanded against their entries.
func (a *auditor) counted(rows []store.Demand) {
	for _, row := range rows {
		key := store.Demand{Certificate: row.Certificate, Body: row.Body}
		if n := a.figures.demands[key]; n != row.N {
			a.wrong(a.head.Size-1, "%s demanded by %q is counted %d times, the log has %d", row.Certificate, row.Body, row.N, n)
		}
		delete(a.figures.demands, key)
	}
	for key := range a.figures.demands {
		a.wrong(a.head.Size-1, "%s demanded by %q is not counted", key.Certificate, key.Body)
	}
}

// reports holds the keys of reports against the entries: each text that was not
// erased opens, and no key outlives its text.
func (a *auditor) reports(ctx context.Context) error {
	for after := int64(-1); ; {
		keys, err := a.Store.ReportKeys(ctx, after, auditSlice)
		if err != nil || len(keys) == 0 {
			return a.unread(ctx, err)
		}
		for _, k := range keys {
			after = k.Entry
			if k.Entry >= a.head.Size {
				continue
			}
			sealed, known := a.figures.reports[k.Entry]
			if _, err := a.e.keys.openReport(k, sealed); err != nil || !known {
				a.wrong(k.Entry, "the key of its report does not open it, or should be gone")
			}
			delete(a.figures.reports, k.Entry)
		}
	}
}

// unread names the reports whose keys are missing, unless they were erased
// since the audit began.
func (a *auditor) unread(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	now, err := a.Store.Head(ctx)
	if err != nil || now.Size != a.head.Size {
		return err
	}
	for entry := range a.figures.reports {
		a.wrong(entry, "the key of its report is gone and no entry says by whom")
	}
	return nil
}

// publication holds the published free power against what its entry commits to.
func (a *auditor) publication(ctx context.Context, pub store.Publication) error {
	ev := a.figures.publications[pub.Entry]
	if ev == nil {
		a.wrong(pub.Entry, "the free power that is published is not what the entry commits to")
		return nil
	}
	want, err := a.e.publishedBy(ctx, ev)
	if err != nil {
		a.wrong(pub.Entry, "the free power that is published is not what the entry commits to: %v", err)
		return nil
	}
	pub.Lines, err = a.Store.CapacityLines(ctx, pub.ID, "", "", math.MinInt64, math.MaxInt32)
	if err == nil && !samePublication(&pub, want) {
		a.wrong(pub.Entry, "the list of free power is not what was published")
	}
	return err
}

// publishedBy makes the list of free power again from what an entry announces.
func (e *Engine) publishedBy(ctx context.Context, ev *event) (*store.Publication, error) {
	d := ev.data.(*capacityPublished)
	data, err := snapshotOf(ctx, e.Store, d.kind(), d.Hash)
	if err != nil {
		return nil, err
	}
	if d.Difference == "" {
		return publicationOf(ev, data, nil)
	}
	difference, err := snapshotOf(ctx, e.Store, d.differenceKind(), d.Difference)
	if err != nil {
		return nil, err
	}
	return publicationOf(ev, data, difference)
}

// samePublication compares two lists of free power byte for byte.
func samePublication(a, b *store.Publication) bool {
	return a.ID == b.ID && a.At.Equal(b.At) && a.Day == b.Day && a.Base == b.Base && a.Network == b.Network && a.Hash == b.Hash && a.Entry == b.Entry && a.N == b.N &&
		slices.EqualFunc(a.Lines, b.Lines, func(x, y store.CapacityLine) bool {
			return x.Trafo == y.Trafo && x.Name == y.Name && x.Search == y.Search && x.District == y.District && bytes.Equal(x.Line, y.Line) && bytes.Equal(x.Why, y.Why)
		})
}
