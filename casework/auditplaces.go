package casework

import (
	"context"
	"maps"
	"slices"

	"aiqyn/store"
)

// placesStand holds the rows of places against what was told.
func (a *auditor) placesStand(ctx context.Context) error {
	err := a.placesByCase(ctx, func(no int64, there, want *store.QueuePlace) error {
		if there == nil && want == nil || there != nil && want != nil && samePlace(there, want) {
			return nil
		}
		return a.displaced(ctx, no)
	})
	if err != nil {
		return err
	}
	return a.movesStand(ctx)
}

// placesByCase holds the rows of places beside those that entries give, case by case; nil
// where there is none.
func (a *auditor) placesByCase(ctx context.Context, each func(no int64, there, want *store.QueuePlace) error) error {
	left := a.byCase()
	missing := func(below int64) error { // cases that have no row
		for len(left) > 0 && left[0].no < below {
			var of []queueChange
			of, left = firstCase(left)
			if err := each(of[0].no, nil, a.placeOf(of)); err != nil {
				return err
			}
		}
		return nil
	}
	for p, err := range a.Store.AllQueuePlaces(ctx) {
		if err != nil {
			return err
		}
		if err := missing(p.Case); err != nil {
			return err
		}
		var want *store.QueuePlace
		if len(left) > 0 && left[0].no == p.Case {
			var of []queueChange
			of, left = firstCase(left)
			want = a.placeOf(of)
		}
		if err := each(p.Case, p, want); err != nil {
			return err
		}
	}
	return missing(1 << 62)
}

// placeOf is the row of a case after its changes; nil if it has none.
func (a *auditor) placeOf(changes []queueChange) *store.QueuePlace {
	c := changes[len(changes)-1]
	p := c.to.row(c.svc, c.no, c.object)
	if c.index < a.since {
		p.Absent = ""
	}
	if p.Gone() {
		return nil
	}
	return &p
}

func samePlace(a, b *store.QueuePlace) bool {
	return a.Service == b.Service && string(a.Object) == string(b.Object) && a.Waiting == b.Waiting && a.Tier == b.Tier && a.Points == b.Points &&
		slices.Equal(a.Quotas, b.Quotas) && slices.Equal(a.Reserves, b.Reserves) && slices.Equal(a.Siblings, b.Siblings) && a.First.Equal(b.First) &&
		slices.Equal(a.Groups, b.Groups) && a.Seat == b.Seat && a.Wish == b.Wish && a.Claimed == b.Claimed && a.Absent == b.Absent
}

// displaced notes that a row of a queue is not what the entries give, unless the
// case has gone on since it was checked.
func (a *auditor) displaced(ctx context.Context, no int64) error {
	last, err := a.lastEntry(ctx, no)
	if err == nil && last < a.head.Size {
		a.wrong(last, "case %d: its place in the queue is not what its entries give", no)
	}
	return err
}

// transferred holds a move to another region to where the case stood: the same turn,
// the same date, another region's groups, as they were named.
func (c *caseAudit) transferred(ev *event) {
	q := c.rec.state.Queue
	switch d := ev.data.(type) {
	case *transferredOut:
		if q.State != QueueWaiting || !slices.Equal(d.Groups, q.Groups) {
			c.wrong(ev.index, "leaves a region in which it does not wait")
		}
		c.leaving = ev
		c.inRegion(ev, d.Region)
	case *transferredIn:
		left, _ := leftBy(c.leaving)
		if left == nil || d.From != c.leaving.index || c.leaving.seq+1 != ev.seq || d.Region == left.Region || !d.First.Equal(q.First) {
			c.wrong(ev.index, "comes to a region without having left another, or with another date")
		}
		answers := maps.Clone(c.rec.state.Answers)
		for name, wish := range d.Answers {
			answers[name] = wish
		}
		c.admitted(ev, answers, d.Groups, q.Holds)
		c.leaving = nil
		c.inRegion(ev, d.Region)
	}
}

// inRegion notes which region an entry names, to hold it to that of the groups then.
func (c *caseAudit) inRegion(ev *event, region string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queueFolds.regions == nil {
		c.queueFolds.regions = make(map[int64]string)
	}
	c.queueFolds.regions[ev.index] = region
}

// regioned holds the region that a move names to the institutions that are left, or come
// to, as their register had them then.
func (t *queueTelling) regioned(c queueChange) {
	groups := c.to.groups
	if c.kind == EventTransferredOut {
		groups = c.from.groups
	}
	if region, ok := t.queueFolds.regions[c.index]; ok && t.qs.region(c.svc, groups) != region {
		t.wrong(c.index, "names another region than the one that is left, or come to")
	}
}

// leftAlone holds the entry behind one by which a region was left, nil if there is none,
// to be the one by which another is come to: neither is there without the other.
func (c *caseAudit) leftAlone(ev *event) {
	left := c.leaving
	if left == nil || ev != nil && ev.kind == EventTransferredIn && ev.command == left.command {
		return
	}
	c.leaving = nil
	c.wrong(left.index, "leaves a region without coming to another")
}

func leftBy(ev *event) (*transferredOut, bool) {
	if ev == nil {
		return nil, false
	}
	d, ok := ev.data.(*transferredOut)
	return d, ok
}
