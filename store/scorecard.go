package store

import "context"

// Count is how many there are of something that has a name.
type Count struct {
	Name string
	N    int64
}

// Outcomes counts how the cases of a service have ended.
func (db *DB) Outcomes(ctx context.Context, service string) ([]Count, error) {
	return db.counts(ctx, `SELECT outcome, count(*) FROM cases WHERE service = $1 AND outcome <> '' GROUP BY outcome ORDER BY outcome`, service)
}

// Flagged counts the cases of a service on which something was flagged or handed up,
// by the kind of entry that says so: a case once, however often.
func (db *DB) Flagged(ctx context.Context, service string) ([]Count, error) {
	return db.counts(ctx, `SELECT e.kind, count(DISTINCT e.case_no) FROM entry e JOIN cases c ON c.no = e.case_no
		WHERE e.kind IN ('dearer', 'escalated', 'flip', 'refusal-rejected', 'silent') AND c.service = $1 GROUP BY e.kind ORDER BY e.kind`, service)
}

// CountLate counts the granted and refused cases of a service in which a term was missed,
// however often: a step was handed up, or silence has granted. Its first condition is
// that of the index entry_scorecard.
func (db *DB) CountLate(ctx context.Context, service string) (n int64, err error) {
	err = db.row(ctx, `SELECT count(DISTINCT e.case_no) FROM entry e JOIN cases c ON c.no = e.case_no
		WHERE e.kind IN ('dearer', 'escalated', 'flip', 'refusal-rejected', 'silent') AND e.kind IN ('escalated', 'silent')
		AND c.service = $1 AND c.outcome IN ('granted', 'refused')`, service).Scan(&n)
	return n, readable(err)
}

func (db *DB) counts(ctx context.Context, query, service string) ([]Count, error) {
	rows, err := db.query(ctx, query, service)
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
