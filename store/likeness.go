package store

import "context"

// Likeness is a mark that a case is found again by: a keyed hash of a quarter of the
// likeness of a picture of it, or of a transformer that a verdict of it was about.
type Likeness struct {
	Band []byte // keyed hash
	Case int64
}

// CasesAlike lists cases that have a quarter of a likeness in common with this,
// all but one, the newest first.
func (db *DB) CasesAlike(ctx context.Context, bands [4][]byte, but int64, limit int) ([]int64, error) {
	rows, err := db.query(ctx, `SELECT DISTINCT case_no FROM likeness WHERE band IN ($1, $2, $3, $4) AND case_no <> $5 ORDER BY case_no DESC LIMIT $6`,
		bands[0], bands[1], bands[2], bands[3], but, limit)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var no int64
		if err := rows.Scan(&no); err != nil {
			return nil, readable(err)
		}
		list = append(list, no)
	}
	return list, readable(rows.Err())
}

// CasesMarked lists the newest cases that one mark finds again.
func (db *DB) CasesMarked(ctx context.Context, mark []byte, limit int) ([]Case, error) {
	return db.cases(ctx, `SELECT `+caseColumns+` FROM cases WHERE no IN (SELECT case_no FROM likeness WHERE band = $1 ORDER BY case_no DESC LIMIT $2) ORDER BY no DESC`, mark, limit)
}
