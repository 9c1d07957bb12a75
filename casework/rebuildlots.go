package casework

import (
	"context"
	"fmt"

	"aiqyn/store"
)

// stand holds the rows of lots against what was told.
func (t *lotTelling) stand(ctx context.Context) error {
	want := make(map[int64]*lot, len(t.of))
	for _, l := range t.of {
		want[l.Entry] = l
	}
	for row, err := range t.Store.AllLots(ctx) {
		if err != nil {
			return err
		}
		l := want[row.Entry]
		delete(want, row.Entry)
		if row.Entry >= t.head.Size {
			continue
		}
		if l == nil {
			t.wrong(row.Entry, "is no lot, and a row says that it is")
		} else if made, err := l.row(); err != nil || made != *row && !t.grown(ctx) {
			t.wrong(row.Entry, "the lot %s is not what its entries give", row.ID)
		}
	}
	for entry, l := range want {
		t.wrong(entry, "the lot %s has no row", l.Published.Lot)
	}
	for row, err := range t.Store.AllLotCases(ctx) {
		if err != nil {
			return err
		}
		c, ok := t.rows[row.Case]
		delete(t.rows, row.Case)
		if !ok || c.row(row.Case) != *row {
			if err := t.displacedBid(ctx, row.Case); err != nil {
				return err
			}
		}
	}
	for no := range t.rows {
		if err := t.displacedBid(ctx, no); err != nil {
			return err
		}
	}
	return nil
}

// grown reports whether the log has grown since the audit began: a lot may have gone
// on.
func (t *lotTelling) grown(ctx context.Context) bool {
	head, err := t.Store.Head(ctx)
	return err != nil || head.Size != t.head.Size
}

func (t *lotTelling) displacedBid(ctx context.Context, no int64) error {
	last, err := t.lastEntry(ctx, no)
	if err == nil && last < t.head.Size {
		t.wrong(last, "case %d: its bid or objection is not what its entries give", no)
	}
	return err
}

// lots makes the rows of lots again, and of their bids and objections.
func (b *rebuilding) lots(ctx context.Context) error {
	if len(b.found) > 0 {
		return nil
	}
	t, err := b.lotsTold(ctx, false)
	if err != nil {
		return err
	}
	b.report.Made += int64(len(t.of) + len(t.rows))
	want := make(map[int64]store.Lot, len(t.of))
	for _, l := range t.of {
		if want[l.Entry], err = l.row(); err != nil {
			return err
		}
	}
	for row, err := range b.Store.AllLots(ctx) {
		if err != nil {
			return err
		}
		switch made, ok := want[row.Entry]; {
		case !ok:
			b.differed("lot "+row.ID, "had a row, no entry publishes it")
			b.gone.Lots = append(b.gone.Lots, row.Entry)
		case made != *row:
			b.differed("lot "+row.ID, "was another than its entries give")
			b.batch.Lots = append(b.batch.Lots, made)
		}
		delete(want, row.Entry)
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	for _, made := range want {
		b.differed("lot "+made.ID, "was missing")
		b.batch.Lots = append(b.batch.Lots, made)
	}
	return b.lotCases(ctx, t.rows)
}

func (b *rebuilding) lotCases(ctx context.Context, want map[int64]lotCase) error {
	for row, err := range b.Store.AllLotCases(ctx) {
		if err != nil {
			return err
		}
		switch c, ok := want[row.Case]; {
		case !ok:
			b.differed(fmt.Sprintf("case %d", row.Case), "had a bid or an objection, its entries give none")
			b.gone.LotCases = append(b.gone.LotCases, row.Case)
		case c.row(row.Case) != *row:
			b.differed(fmt.Sprintf("case %d", row.Case), "its bid or objection was another than its entries give")
			b.batch.LotCases = append(b.batch.LotCases, c.row(row.Case))
		}
		delete(want, row.Case)
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	for no, c := range want {
		b.differed(fmt.Sprintf("case %d", no), "its bid or objection was missing")
		b.batch.LotCases = append(b.batch.LotCases, c.row(no))
	}
	return b.put(ctx)
}
