package store

import (
	"context"
	"time"
)

// Count is how many there are of something that has a name.
type Count struct {
	Name string
	N    int64
}

// Outcomes counts how the cases of a service had ended by an instant. Of those that were
// erased the instant is gone, and it was before.
func (db *DB) Outcomes(ctx context.Context, service string, until time.Time) ([]Count, error) {
	return db.counts(ctx, `SELECT outcome, count(*) FROM cases WHERE service = $1 AND outcome <> '' AND closed < $2 GROUP BY outcome ORDER BY outcome`, service, micros(until))
}

// Flagged counts the cases of a service on which something was flagged or handed up,
// by the kind of entry that says so before an instant: a case once, however often.
func (db *DB) Flagged(ctx context.Context, service string, until time.Time) ([]Count, error) {
	return db.counts(ctx, `SELECT e.kind, count(DISTINCT e.case_no) FROM entry e JOIN cases c ON c.no = e.case_no
		WHERE e.kind IN ('dearer', 'escalated', 'flip', 'refusal-rejected', 'silent') AND c.service = $1 AND e.recorded < $2 GROUP BY e.kind ORDER BY e.kind`, service, micros(until))
}

// CountLate counts the cases of a service that were granted or refused by an instant and in
// which a term was missed, however often: a step was handed up, or silence has granted. Its first condition is
// that of the index entry_scorecard.
func (db *DB) CountLate(ctx context.Context, service string, until time.Time) (n int64, err error) {
	err = db.row(ctx, `SELECT count(DISTINCT e.case_no) FROM entry e JOIN cases c ON c.no = e.case_no
		WHERE e.kind IN ('dearer', 'escalated', 'flip', 'refusal-rejected', 'silent') AND e.kind IN ('escalated', 'silent')
		AND c.service = $1 AND c.outcome IN ('granted', 'refused') AND c.closed < $2`, service, micros(until)).Scan(&n)
	return n, readable(err)
}

func (db *DB) counts(ctx context.Context, query, service string, until int64) ([]Count, error) {
	rows, err := db.query(ctx, query, service, until)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []Count
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.Name, &c.N); err != nil {
			return nil, readable(err)
		}
		list = append(list, c)
	}
	return list, readable(rows.Err())
}
