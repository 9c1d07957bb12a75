package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Decided is an entry that says how a case ended.
type Decided struct {
	Index  int64
	Case   int64
	Fields string
}

// DecidedBefore yields the entries below an index that say how cases ended, in
// log order.
func (db *DB) DecidedBefore(ctx context.Context, index int64) iter.Seq2[*Decided, error] {
	return each(ctx, db, func(row scanner, d *Decided) error { return row.Scan(&d.Index, &d.Case, &d.Fields) },
		`SELECT idx, case_no, fields FROM entry WHERE idx < $1 AND kind IN ('granted', 'refused', 'withdrawn') ORDER BY idx`, index)
}

// Ends returns of each of the cases the filing and the entries that say how it
// ended, case by case in order.
func (db *DB) Ends(ctx context.Context, nos []int64) ([]Entry, error) {
	if len(nos) == 0 {
		return nil, nil
	}
	var b strings.Builder
	args := make([]any, len(nos))
	for i, no := range nos {
		args[i] = no
		fmt.Fprintf(&b, ",$%d", i+1)
	}
	var list []Entry
	for e, err := range db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE case_no IN (`+b.String()[1:]+`)
		AND kind IN ('filed', 'granted', 'refused', 'withdrawn') ORDER BY case_no, seq`, args...) {
		if err != nil {
			return nil, err
		}
		list = append(list, *e)
	}
	return list, nil
}

// Filings gives of each of the cases the index of its filing.
func (db *DB) Filings(ctx context.Context, nos []int64) (map[int64]int64, error) {
	at := make(map[int64]int64, len(nos))
	if len(nos) == 0 {
		return at, nil
	}
	var b strings.Builder
	args := make([]any, len(nos))
	for i, no := range nos {
		args[i] = no
		fmt.Fprintf(&b, ",$%d", i+1)
	}
	type filing struct{ no, index int64 }
	for f, err := range each(ctx, db, func(row scanner, f *filing) error { return row.Scan(&f.no, &f.index) },
		`SELECT case_no, idx FROM entry WHERE case_no IN (`+b.String()[1:]+`) AND kind = 'filed'`, args...) {
		if err != nil {
			return nil, err
		}
		at[f.no] = f.index
	}
	return at, nil
}

// CaseAt is the case of the entry at an index.
func (db *DB) CaseAt(ctx context.Context, index int64) (no int64, err error) {
	err = db.row(ctx, `SELECT case_no FROM entry WHERE idx = $1`, index).Scan(&no)
	return no, readable(err)
}

// Publications yields the system's own entries of four kinds after one of
// them: releases, indexes of what is published, verifiers for browsers, and that
// the log goes on from a backup.
func (db *DB) Publications(ctx context.Context, after int64) iter.Seq2[*Entry, error] {
	return db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE case_no = 0 AND seq > $1
		AND kind IN ('released', 'indexed', 'verifier-published', 'restored') ORDER BY seq`, after)
}

// SizeAt is how many entries had been recorded before an instant. Log time never
// goes back, so it is found by halves; erased entries, of which only the day is
// left, count as what stands behind them.
func (db *DB) SizeAt(ctx context.Context, at time.Time) (int64, error) {
	head, err := db.Head(ctx)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), head.Size
	for low < high {
		middle := low + (high-low)/2
		known, err := db.knownFrom(ctx, middle, high)
		switch {
		case err != nil:
			return 0, err
		case known != nil && known.Recorded.Before(at):
			low = known.Index + 1
		default:
			high = middle
		}
	}
	return low, nil
}

// knownFrom is the first entry of from…to−1 that was not erased, nil if all were.
func (db *DB) knownFrom(ctx context.Context, from, to int64) (*Entry, error) {
	for e, err := range db.Entries(ctx, from, to) {
		if err != nil || e.Fields != "" {
			return e, err
		}
	}
	return nil, nil
}
