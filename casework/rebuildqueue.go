package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"aiqyn/store"
)

// queuePlaces makes the rows of queues again: where cases stand, and how everybody's
// position came about. Moves of cases that were erased are left as they are.
func (b *rebuilding) queuePlaces(ctx context.Context) error {
	if len(b.found) > 0 {
		return nil // a case that could not be made again may wait
	}
	err := b.placesByCase(ctx, func(no int64, there, want *store.QueuePlace) error {
		if want != nil {
			b.report.Made++
		}
		switch {
		case want == nil && there == nil:
		case want == nil:
			b.differed(fmt.Sprintf("case %d", no), "had a place in a queue, its entries give none")
			b.gone.Places = append(b.gone.Places, no)
		case there == nil:
			b.differed(fmt.Sprintf("case %d", no), "its place in the queue was missing")
			b.batch.Places = append(b.batch.Places, *want)
		case !samePlace(there, want):
			b.differed(fmt.Sprintf("case %d", no), "its place in the queue was another than its entries give")
			b.batch.Places = append(b.batch.Places, *want)
		}
		return b.putMany(ctx)
	})
	if err != nil {
		return err
	}
	if err := b.put(ctx); err != nil {
		return err
	}
	return b.queueMoves(ctx)
}

// queueMoves makes the moves of each case again.
func (b *rebuilding) queueMoves(ctx context.Context) error {
	err := b.movesByCase(ctx, func(no int64, there, want []store.QueueMove) error {
		b.report.Made += int64(len(want))
		if slices.EqualFunc(there, want, sameMove) {
			return nil
		}
		b.differed(fmt.Sprintf("case %d", no), "its moves in queues were not what its entries give")
		b.gone.Moves = append(b.gone.Moves, no)
		b.batch.Moves = append(b.batch.Moves, want...)
		return b.putMany(ctx)
	})
	if err != nil {
		return err
	}
	return b.put(ctx)
}

// byCase puts changes in the order of their cases; they are told by then.
func (a *auditor) byCase() []queueChange {
	slices.SortFunc(a.queueFolds.changes, func(x, y queueChange) int { return cmp.Or(cmp.Compare(x.no, y.no), cmp.Compare(x.index, y.index)) })
	return a.queueFolds.changes
}

// firstCase parts changes, by case, into those of the first and the rest.
func firstCase(changes []queueChange) (of, rest []queueChange) {
	n := 0
	for n < len(changes) && changes[n].no == changes[0].no {
		n++
	}
	return changes[:n], changes[n:]
}

// movesByCase holds the rows of moves beside those that entries give, case by case: only
// those of one case are in memory. Rows of cases that were erased, and of entries since
// the audit began, are passed over.
func (a *auditor) movesByCase(ctx context.Context, each func(no int64, there, want []store.QueueMove) error) error {
	left := a.byCase()
	missing := func(below int64) error { // cases that have no rows
		for len(left) > 0 && left[0].no < below {
			var of []queueChange
			of, left = firstCase(left)
			if want := movesOfChanges(of); len(want) > 0 {
				if err := each(of[0].no, nil, want); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var there []store.QueueMove
	whole := func() error {
		if len(there) == 0 {
			return nil
		}
		no := there[0].Case
		if err := missing(no); err != nil {
			return err
		}
		var of []queueChange
		if len(left) > 0 && left[0].no == no {
			of, left = firstCase(left)
		}
		slices.SortFunc(there, compareMoves)
		err := each(no, there, movesOfChanges(of))
		there = there[:0]
		return err
	}
	for m, err := range a.Store.QueueMovesOf(ctx, -1<<62, 1<<62) {
		if err != nil {
			return err
		}
		if m.Entry >= a.head.Size || a.residue[m.Case] != nil {
			continue
		}
		if len(there) > 0 && there[0].Case != m.Case {
			if err := whole(); err != nil {
				return err
			}
		}
		there = append(there, *m)
	}
	if err := whole(); err != nil {
		return err
	}
	return missing(1 << 62)
}

// movesOfChanges are the moves that the changes of a case give, in the order of their
// rows.
func movesOfChanges(changes []queueChange) (list []store.QueueMove) {
	for _, c := range changes {
		list = append(list, lineMoves(c.svc, &event{index: c.index, no: c.no, kind: c.kind}, *c.from, *c.to)...)
	}
	slices.SortFunc(list, compareMoves)
	return list
}

// compareMoves sorts the moves of a case, as no database's own order of texts does.
func compareMoves(x, y store.QueueMove) int {
	return cmp.Or(cmp.Compare(x.Entry, y.Entry), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Step, y.Step))
}

func sameMove(a, b store.QueueMove) bool {
	return a.Line == b.Line && a.Entry == b.Entry && a.Step == b.Step && a.Case == b.Case && a.Tier == b.Tier && a.Sibling == b.Sibling && a.Points == b.Points && a.First.Equal(b.First) && a.Kind == b.Kind
}

// movesStand holds the moves of queues against the entries of their cases.
func (a *auditor) movesStand(ctx context.Context) error {
	return a.movesByCase(ctx, func(no int64, there, want []store.QueueMove) error {
		if slices.EqualFunc(there, want, sameMove) {
			return nil
		}
		return a.displaced(ctx, no)
	})
}
