package casework

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"aiqyn/store"
)

// queuePlaces makes the rows of queues again: where cases stand, and how everybody's
// position came about. Moves of cases that were erased are left as they are.
func (b *rebuilding) queuePlaces(ctx context.Context) error {
	if len(b.found) > 0 {
		return nil // a case that could not be made again may wait
	}
	slices.SortFunc(b.queueFolds.changes, func(x, y queueChange) int { return int(x.index - y.index) })
	want := b.placesWanted()
	b.report.Made += int64(len(want))
	for p, err := range b.Store.AllQueuePlaces(ctx) {
		if err != nil {
			return err
		}
		w, ok := want[p.Case]
		switch {
		case !ok:
			b.differed(fmt.Sprintf("case %d", p.Case), "had a place in a queue, its entries give none")
			b.gone.Places = append(b.gone.Places, p.Case)
		case !samePlace(p, &w):
			b.differed(fmt.Sprintf("case %d", p.Case), "its place in the queue was another than its entries give")
			b.batch.Places = append(b.batch.Places, w)
		}
		delete(want, p.Case)
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	for _, no := range slices.Sorted(maps.Keys(want)) {
		b.differed(fmt.Sprintf("case %d", no), "its place in the queue was missing")
		b.batch.Places = append(b.batch.Places, want[no])
	}
	if err := b.put(ctx); err != nil {
		return err
	}
	return b.queueMoves(ctx)
}

// queueMoves makes the moves of each case again.
func (b *rebuilding) queueMoves(ctx context.Context) error {
	want := movesWanted(b.queueFolds.changes)
	for _, list := range want {
		b.report.Made += int64(len(list))
	}
	there := make(map[int64][]store.QueueMove)
	for m, err := range b.Store.QueueMovesOf(ctx, -1<<62, 1<<62) {
		if err != nil {
			return err
		}
		if b.residue[m.Case] == nil {
			there[m.Case] = append(there[m.Case], *m)
		}
	}
	for _, list := range there {
		slices.SortFunc(list, compareMoves)
	}
	for no := range there {
		if want[no] == nil {
			want[no] = nil
		}
	}
	for _, no := range slices.Sorted(maps.Keys(want)) {
		if slices.EqualFunc(there[no], want[no], sameMove) {
			continue
		}
		b.differed(fmt.Sprintf("case %d", no), "its moves in queues were not what its entries give")
		b.gone.Moves = append(b.gone.Moves, no)
		b.batch.Moves = append(b.batch.Moves, want[no]...)
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	return b.put(ctx)
}

// movesWanted are the moves that changes give, by case, in the order of their rows.
func movesWanted(changes []queueChange) map[int64][]store.QueueMove {
	want := make(map[int64][]store.QueueMove)
	for _, c := range changes {
		want[c.no] = append(want[c.no], lineMoves(c.svc, &event{index: c.index, no: c.no, kind: c.kind}, c.from, c.to)...)
	}
	for _, list := range want {
		slices.SortFunc(list, compareMoves)
	}
	return want
}

// compareMoves sorts the moves of a case, as no database's own order of texts does.
func compareMoves(x, y store.QueueMove) int {
	return cmp.Or(cmp.Compare(x.Entry, y.Entry), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Step, y.Step))
}

func sameMove(a, b store.QueueMove) bool {
	return a.Line == b.Line && a.Entry == b.Entry && a.Step == b.Step && a.Case == b.Case && a.Tier == b.Tier && a.Points == b.Points && a.First.Equal(b.First) && a.Kind == b.Kind
}

// movesStand holds the moves of queues against the entries of their cases.
func (a *auditor) movesStand(ctx context.Context) error {
	want := movesWanted(a.queueFolds.changes)
	var list []store.QueueMove // of one case
	var differ []int64
	whole := func() {
		if len(list) > 0 {
			slices.SortFunc(list, compareMoves)
			if no := list[0].Case; !slices.EqualFunc(list, want[no], sameMove) {
				differ = append(differ, no)
			}
			delete(want, list[0].Case)
		}
		list = list[:0]
	}
	for m, err := range a.Store.QueueMovesOf(ctx, -1<<62, 1<<62) {
		if err != nil {
			return err
		}
		if m.Entry >= a.head.Size || a.residue[m.Case] != nil {
			continue
		}
		if len(list) > 0 && list[0].Case != m.Case {
			whole()
		}
		list = append(list, *m)
	}
	whole()
	for _, no := range slices.AppendSeq(differ, maps.Keys(want)) {
		if len(want[no]) > 0 || slices.Contains(differ, no) {
			if err := a.displaced(ctx, no); err != nil {
				return err
			}
		}
	}
	return nil
}
