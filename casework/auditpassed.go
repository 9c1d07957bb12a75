package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/store"
)

// replay tells what has become of places and rounds, in the order of the log.
func (a *auditor) replay(change func(queueChange) error, told func(*event) error) error {
	changes := a.queueFolds.changes
	slices.SortFunc(changes, func(x, y queueChange) int { return cmp.Compare(x.index, y.index) })
	for _, ev := range a.queueFolds.system {
		for len(changes) > 0 && changes[0].index < ev.index {
			if err := change(changes[0]); err != nil {
				return err
			}
			changes = changes[1:]
		}
		if err := told(ev); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if err := change(c); err != nil {
			return err
		}
	}
	return nil
}

// passedTelling tells again who was passed over outside the order of rounds, and holds
// it beside the rows that stand there. What was told and not held yet is bounded.
type passedTelling struct {
	*auditor
	qs     *queues
	want   []store.QueueInversion
	upTo   int64 // entry until which rows were held
	mends  bool  // what is unexplained is the audit's to say: the rows are what the log gives
	differ func(entry int64, want []store.QueueInversion)
}

// passedHeld is how many rows are told before they are held.
const passedHeld = 4096

// book books a change as the engine does, and keeps what it was to have written.
func (p *passedTelling) book(ctx context.Context, c queueChange) error {
	q := p.qs.at(c.svc)
	rows := q.passedOver(placeChange{c.svc, c.no, c.index, c.at, c.kind}, *c.from, *c.to)
	to := *c.to
	if c.index < p.since {
		to.absent = "" // the rows begin later, and so does who is away
	}
	q.relocate(c.svc, c.no, c.object, *c.from, to)
	q.came(c.no, *c.from, to)
	for _, r := range rows {
		if r.Cause == allocation.CauseUnexplained && !p.mends && len(p.queueFolds.erased[c.svc]) == 0 {
			p.wrong(c.index, "%d in the line of %s were passed over for no reason that the rules have", r.Passed, r.Group)
		}
		if c.index >= p.since {
			p.want = append(p.want, r)
		}
	}
	if len(p.want) < passedHeld {
		return nil
	}
	return p.hold(ctx, c.index)
}

// hold holds the rows up to an entry to what was told.
func (p *passedTelling) hold(ctx context.Context, upTo int64) error {
	var there []store.QueueInversion
	for last := p.upTo; ; {
		some, err := p.Store.QueueInversionsAfter(ctx, last, passedHeld)
		if err != nil {
			return err
		}
		for _, r := range some {
			if last = r.Entry; last <= upTo && last < p.head.Size {
				there = append(there, r)
			}
		}
		if len(some) == 0 || last > upTo {
			break
		}
	}
	want := p.want
	sortInversions(there)
	sortInversions(want)
	for len(there)+len(want) > 0 {
		entry := int64(noEntry)
		for _, list := range [][]store.QueueInversion{there, want} {
			if len(list) > 0 {
				entry = min(entry, list[0].Entry)
			}
		}
		var is, says []store.QueueInversion
		is, there = ofEntry(there, entry)
		says, want = ofEntry(want, entry)
		if !p.stands(is, says) {
			p.differ(entry, says)
		}
	}
	p.want, p.upTo = p.want[:0], upTo
	return nil
}

func sortInversions(list []store.QueueInversion) {
	slices.SortFunc(list, func(a, b store.QueueInversion) int {
		return cmp.Or(cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Cause, b.Cause))
	})
}

func ofEntry(list []store.QueueInversion, entry int64) (of, rest []store.QueueInversion) {
	n := 0
	for n < len(list) && list[n].Entry == entry {
		n++
	}
	return list[:n], list[n:]
}

// stands reports whether the rows of an entry are those that were told. Where cases were
// erased since they cannot be told any more: then there may be as many more.
func (p *passedTelling) stands(is, says []store.QueueInversion) bool {
	if len(is)+len(says) == 0 {
		return true
	}
	some := append(slices.Clip(is), says...)
	gone := int64(len(p.queueFolds.erased[aiqyn.ServiceID(some[0].Service)]))
	if gone == 0 {
		return slices.EqualFunc(is, says, func(a, b store.QueueInversion) bool {
			return a.Service == b.Service && a.Group == b.Group && a.Cause == b.Cause && a.Passed == b.Passed && a.At.Equal(b.At)
		})
	}
	for _, w := range says {
		i := slices.IndexFunc(is, func(r store.QueueInversion) bool { return r.Group == w.Group && r.Cause == w.Cause })
		if i < 0 || is[i].Passed < w.Passed || is[i].Passed > w.Passed+gone {
			return false
		}
	}
	return len(says) > 0 || !slices.ContainsFunc(p.queueFolds.changes, func(c queueChange) bool { return c.index == some[0].Entry }) ||
		!slices.ContainsFunc(is, func(r store.QueueInversion) bool { return r.Passed > gone })
}

// inversions makes the rows again that tell who was passed over outside rounds.
func (b *rebuilding) inversions(ctx context.Context) error {
	if len(b.found) > 0 {
		return nil // a case that could not be made again may have stood before somebody
	}
	b.since = 0
	if err := b.erasedMoves(ctx); err != nil {
		return err
	}
	beside := b.queueFolds.erasedDays()
	var failed error
	p := &passedTelling{auditor: b.auditor, qs: &queues{of: make(map[aiqyn.ServiceID]*queue), zone: b.e.Zone}, upTo: -1, mends: true}
	p.differ = func(entry int64, want []store.QueueInversion) {
		b.differed(fmt.Sprintf("entry %d", entry), "who was passed over by it was not what the entries give")
		b.gone.Inversions = append(b.gone.Inversions, entry)
		b.batch.Inversions = append(b.batch.Inversions, want...)
		if failed == nil {
			failed = b.putMany(ctx)
		}
	}
	err := b.replay(func(c queueChange) error {
		b.report.Made++
		beside.pass(p.qs, c.at, b.e.packs.queueNow)
		p.qs.pass(c.at, b.e.packs.queueNow)
		return p.book(ctx, c)
	}, func(ev *event) error {
		beside.pass(p.qs, ev.at, b.e.packs.queueNow)
		p.qs.pass(ev.at, b.e.packs.queueNow)
		if d, ok := ev.data.(*roundCommitted); ok {
			beside.begun(d.Service, d.Day)
		}
		return p.qs.recall(ev)
	})
	if err == nil {
		err = p.hold(ctx, noEntry)
	}
	if err = cmp.Or(err, failed); err != nil {
		return err
	}
	if err := b.put(ctx); err != nil {
		return err
	}
	since, err := sinceOf(ctx, b.Store)
	if err == nil && since > 0 {
		err = b.Store.PutSetting(ctx, inversionsSince, "0")
	}
	if err != nil {
		return err
	}
	return b.days(ctx, p.qs, beside)
}
