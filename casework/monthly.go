package casework

import (
	"context"
	"maps"
	"math"
	"slices"

	"aiqyn/secrecy"
)

// What is generalised is made once a month: of the first publication of a calendar month
// under the same classes, and shown until the next month's. Who holds thirty days against
// each other, or averages them, has one answer thirty times, whatever was granted, has
// expired or was measured meanwhile.

// monthOf names the month of a day: "2026-11".
func monthOf(day string) string { return day[:min(len("2026-11"), len(day))] }

// monthly is that of which everything generalised is made on a day, under a policy: the
// first publication of the month after the newest of its classes, and before an entry,
// noEntry for none; nil if there is no such yet.
func (e *Engine) monthly(ctx context.Context, p secrecy.Policy, day string, before int64) (*Exact, error) {
	if !p.Generalises() {
		return nil, nil
	}
	if before == noEntry {
		before = math.MaxInt64
	}
	pub, ok, err := e.Store.PublicationOfMonth(ctx, monthOf(day), p.Newest(), before)
	if err != nil || !ok {
		return nil, err
	}
	x := &Exact{Day: pub.Day}
	if x.Trafos, err = e.linesOf(ctx, pub); err != nil {
		return nil, err
	}
	x.Mains, err = e.mainsAt(pub.Base)
	return x, err
}

// mainsAt are the lines above a kilovolt of a surveyed network; none of one that a
// publication from before measurements does not name.
func (e *Engine) mainsAt(base string) ([]Main, error) {
	switch {
	case base == "":
		return nil, nil
	case e.Capacity != nil && e.Capacity.tables().Hash == base:
		return mainsOf(e.Capacity.tables().Model), nil
	}
	m, err := e.model(base)
	if err != nil {
		return nil, err
	}
	return mainsOf(m), nil
}

// monthly is the same for the audit, by the entries of publications.
func (a *auditor) monthly(ctx context.Context, ev *event, policy secrecy.Policy) (*Exact, error) {
	if !policy.Generalises() {
		return nil, nil
	}
	if a.month.of == nil {
		a.month.of = make(map[string][]*event)
		for _, entry := range slices.Sorted(maps.Keys(a.figures.publications)) {
			one := a.figures.publications[entry]
			month := monthOf(one.data.(*capacityPublished).Day)
			a.month.of[month] = append(a.month.of[month], one)
		}
	}
	for _, first := range a.month.of[monthOf(ev.data.(*capacityPublished).Day)] {
		switch {
		case first.index >= ev.index:
			return nil, nil
		case first.index <= policy.Newest():
			continue
		case a.month.x != nil && a.month.entry == first.index:
			return a.month.x, nil
		}
		x, err := a.exactOf(ctx, first.data.(*capacityPublished))
		a.month.entry, a.month.x = first.index, &x
		return &x, err
	}
	return nil, nil
}

// months are what the audit knows of them.
type months struct {
	of     map[string][]*event // the publications of each, ascending
	entry  int64               // of the first of a month that was read last
	x      *Exact
	begins bool // a publication was made by the month: none after it goes back
}

// exactOf reads all of a publication.
func (a *auditor) exactOf(ctx context.Context, d *capacityPublished) (Exact, error) {
	said, err := a.e.publicationBy(ctx, d)
	if err != nil {
		return Exact{}, err
	}
	mains, err := a.e.mainsAt(said.Base)
	return said.exact(mains), err
}
