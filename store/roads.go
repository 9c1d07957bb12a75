package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Passage is an entry of a case by which it is known whom it waited for from then on.
type Passage struct {
	Index, Case int64
	Kind        string
	Recorded    time.Time
	Fields      string
}

// Passages yields those of some cases, by case, each in its order.
func (db *DB) Passages(ctx context.Context, nos []int64) iter.Seq2[*Passage, error] {
	return each(ctx, db, func(row scanner, p *Passage) error {
		var at int64
		err := row.Scan(&p.Index, &p.Case, &p.Kind, &at, &p.Fields)
		p.Recorded = instant(at)
		return err
	}, `SELECT idx, case_no, kind, recorded, fields FROM entry WHERE case_no IN (0`+places(1, len(nos))+`) AND case_no <> 0
		AND kind IN ('filed', 'opened', 'performed', 'charged', 'paid', 'suspended', 'resumed', 'held', 'unheld', 'granted', 'refused', 'appeal-decided')
		ORDER BY case_no, seq`, values(nos)...)
}

// Unfinished yields the cases of some services that were filed before an instant and
// had not ended below an index, by service and instant.
func (db *DB) Unfinished(ctx context.Context, services []string, filed time.Time, index int64) iter.Seq2[*Case, error] {
	return each(ctx, db, func(row scanner, c *Case) (err error) {
		*c, err = scanCase(row)
		return err
	}, `SELECT `+caseColumns+` FROM cases WHERE service IN (''`+places(3, len(services))+`) AND filed < $1 AND status <> 'erased' AND NOT EXISTS (
		SELECT 1 FROM entry WHERE entry.case_no = cases.no AND entry.idx < $2
		AND entry.kind IN ('granted', 'refused', 'withdrawn', 'lapsed', 'unpaid', 'ended', 'annulled', 'imported', 'sent-on'))
		ORDER BY service, filed, no`, append([]any{micros(filed), index}, values(services)...)...)
}

// OpenSince calls do with the open cases of some services that were filed at an instant
// or later, by service and instant.
func (db *DB) OpenSince(ctx context.Context, services []string, filed time.Time, do func(*Case) error) error {
	for c, err := range each(ctx, db, func(row scanner, c *Case) (err error) {
		*c, err = scanCase(row)
		return err
	}, `SELECT `+caseColumns+` FROM cases WHERE service IN (''`+places(2, len(services))+`) AND filed >= $1 AND step <> ''
		ORDER BY service, filed, no`, append([]any{micros(filed)}, values(services)...)...) {
		if err != nil {
			return err
		}
		if err := do(c); err != nil {
			return err
		}
	}
	return nil
}

// places are so many more places of a list, from the one of a number on.
func places(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ",$%d", from+i)
	}
	return b.String()
}

func values[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
