package casework

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"aiqyn/store"
)

// reservations makes the shares' books again from what the cases say.
func (b *rebuilding) reservations(ctx context.Context) error {
	if len(b.found) > 0 {
		return nil // a case that could not be made again may hold something
	}
	b.report.Made += int64(len(b.held))
	for r, err := range b.Store.AllReservations(ctx) {
		if err != nil {
			return err
		}
		want, ok := b.held[r.Case]
		switch {
		case !ok:
			b.differed(fmt.Sprintf("case %d", r.Case), "the book had %d W for it, its entries give nothing", r.Amount)
			b.gone.Reservations = append(b.gone.Reservations, r.Case)
		case *r != want:
			b.differed(fmt.Sprintf("case %d", r.Case), "the book had %d W at %d for it, its entries give %d W at %d", r.Amount, r.Place, want.Amount, want.Place)
			b.batch.Reservations = append(b.batch.Reservations, want)
		}
		delete(b.held, r.Case)
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	for _, no := range slices.Sorted(maps.Keys(b.held)) {
		b.differed(fmt.Sprintf("case %d", no), "the book did not have what it holds")
		b.batch.Reservations = append(b.batch.Reservations, b.held[no])
	}
	return b.put(ctx)
}

// payments lists again what the payment provider owes a word about. It is asked at
// once about what was not in the list.
func (b *rebuilding) payments(ctx context.Context) error {
	if len(b.found) > 0 {
		return nil // a case that could not be made again may wait for something
	}
	b.report.Made += int64(len(b.owed))
	for p, err := range b.Store.AllPayments(ctx) {
		if err != nil {
			return err
		}
		if no, ok := b.owed[p.Key]; !ok {
			b.differed("order "+p.Key, "no entry waits for it")
			b.batch.Payments = append(b.batch.Payments, store.Payment{Key: p.Key})
		} else if no != p.Case {
			b.differed("order "+p.Key, "was said to be of another case")
			b.batch.Payments = append(b.batch.Payments, store.Payment{Key: p.Key, Case: no, Due: b.head.Recorded})
		}
		delete(b.owed, p.Key)
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(b.owed)) {
		b.differed("order "+key, "was not in the list of what is waited for")
		b.batch.Payments = append(b.batch.Payments, store.Payment{Key: key, Case: b.owed[key], Due: b.head.Recorded})
	}
	return b.put(ctx)
}

// demands counts the papers again that bodies still demand.
func (b *rebuilding) demands(ctx context.Context) error {
	left := maps.Clone(b.figures.demands)
	b.report.Made += int64(len(left))
	rows, err := b.Store.Demands(ctx, math.MaxInt32)
	if err != nil {
		return err
	}
	for _, row := range rows {
		key := store.Demand{Certificate: row.Certificate, Body: row.Body}
		n, ok := left[key]
		delete(left, key)
		switch {
		case !ok:
			b.gone.Demands = append(b.gone.Demands, row)
		case n == row.N:
			continue
		default:
			b.batch.Demands = append(b.batch.Demands, store.Demand{Certificate: row.Certificate, Body: row.Body, N: n})
		}
		b.differed("paper "+row.Certificate, "demanded by %q was counted %d times, the log has %d", row.Body, row.N, n)
	}
	for key, n := range left {
		b.differed("paper "+key.Certificate, "demanded by %q was not counted", key.Body)
		b.batch.Demands = append(b.batch.Demands, store.Demand{Certificate: key.Certificate, Body: key.Body, N: n})
	}
	return b.put(ctx)
}

// commands lists again what was carried out outside cases.
func (b *rebuilding) commands(ctx context.Context) error {
	left := maps.Clone(b.figures.commands)
	b.report.Made += int64(len(left))
	for c, err := range b.Store.AllCommands(ctx) {
		if err != nil {
			return err
		}
		want, ok := left[c.ID]
		switch {
		case !ok:
			b.differed("command "+c.ID, "no entry names it")
			b.gone.Commands = append(b.gone.Commands, c.ID)
		case want != *c:
			b.differed("command "+c.ID, "was said to have caused other entries")
			b.batch.Commands = append(b.batch.Commands, want)
		}
		delete(left, c.ID)
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		b.differed("command "+id, "was not in the list")
		b.batch.Commands = append(b.batch.Commands, left[id])
	}
	return b.put(ctx)
}

// publications makes the lists of free power again from what was published.
func (b *rebuilding) publications(ctx context.Context) error {
	there := make(map[int64]store.Publication)
	for p, err := range b.Store.AllPublications(ctx) {
		if err != nil {
			return err
		}
		if ev := b.figures.publications[p.Entry]; ev != nil && p.ID == ev.index+1 {
			there[p.Entry] = *p
			continue
		}
		b.differed(fmt.Sprintf("publication %d", p.ID), "no entry announces it")
		b.gone.Publications = append(b.gone.Publications, p.ID)
	}
	if err := b.put(ctx); err != nil {
		return err
	}
	for _, entry := range slices.Sorted(maps.Keys(b.figures.publications)) {
		want, err := b.e.publishedBy(ctx, b.figures.publications[entry])
		if err != nil {
			b.wrong(entry, "what it announces cannot be listed again: %v", err)
			continue
		}
		b.report.Made += 1 + want.N
		is, ok := there[entry]
		if ok {
			if is.Lines, err = b.Store.CapacityLines(ctx, is.ID, "", "", math.MinInt64, math.MaxInt32); err != nil {
				return err
			}
		}
		if ok && samePublication(&is, want) {
			continue
		}
		b.differed(fmt.Sprintf("publication %d", want.ID), "its list of free power was not what was published")
		b.batch.Capacity = want
		if err := b.put(ctx); err != nil {
			return err
		}
	}
	return nil
}
