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

// CountEnded counts whose cases of a service had ended so by an instant: an applicant once,
// however many cases they have. Of those that were erased the instant is gone, and it was
// before; each is somebody. It goes in the order of the index cases_of_outcome.
func (db *DB) CountEnded(ctx context.Context, service, outcome string, until time.Time) (n int64, err error) {
	err = db.row(ctx, `SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM (SELECT CASE WHEN length(applicant) = 0 THEN count(*) ELSE 1 END AS n FROM cases
		WHERE service = $1 AND outcome = $2 AND outcome <> '' AND closed < $3 GROUP BY applicant) AS each`, service, outcome, micros(until)).Scan(&n)
	return n, readable(err)
}

// Flagged counts on whose cases of a service something was flagged or handed up, by the
// kind of entry that says so before an instant: an applicant once for each, however often.
func (db *DB) Flagged(ctx context.Context, service string, until time.Time) ([]Count, error) {
	return db.counts(ctx, `SELECT e.kind, CASE WHEN length(c.applicant) = 0 THEN count(DISTINCT c.no) ELSE 1 END FROM entry e JOIN cases c ON c.no = e.case_no
		WHERE e.kind IN ('dearer', 'escalated', 'flip', 'refusal-rejected', 'silent') AND c.service = $1 AND e.recorded < $2
		GROUP BY e.kind, c.applicant ORDER BY e.kind, c.applicant`, service, micros(until))
}

// CountLate counts whose cases of a service were granted or refused by an instant and had a
// term missed, an applicant once, however often: a step was handed up, or silence has
// granted. Its first condition is that of the index entry_scorecard.
func (db *DB) CountLate(ctx context.Context, service string, until time.Time) (n int64, err error) {
	err = db.row(ctx, `SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM (SELECT CASE WHEN length(c.applicant) = 0 THEN count(DISTINCT c.no) ELSE 1 END AS n FROM entry e JOIN cases c ON c.no = e.case_no
		WHERE e.kind IN ('dearer', 'escalated', 'flip', 'refusal-rejected', 'silent') AND e.kind IN ('escalated', 'silent')
		AND c.service = $1 AND c.outcome IN ('granted', 'refused') AND c.closed < $2 GROUP BY c.applicant) AS each`, service, micros(until)).Scan(&n)
	return n, readable(err)
}

// counts adds up the rows of each name, which come one after the other.
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
		if last := len(list) - 1; last >= 0 && list[last].Name == c.Name {
			list[last].N += c.N
		} else {
			list = append(list, c)
		}
	}
	return list, readable(rows.Err())
}
