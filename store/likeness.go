package store

import (
	"context"
	"strconv"
)

// Likeness is a mark that a case is found again by: a keyed hash of a quarter of the
// likeness of a picture of it, of a transformer that a verdict of it was about, or of a
// person whom a register named in it.
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

// unmarkedVerdicts is written by the migration that brought marks of verdicts.
const unmarkedVerdicts = "unmarked-verdicts"

// UnmarkedVerdicts is the entry from which on verdicts have had their marks since
// they were written; 0 where all have.
func (db *DB) UnmarkedVerdicts(ctx context.Context) (int64, error) {
	return db.entrySetting(ctx, unmarkedVerdicts)
}

// entrySetting is a setting that names an entry, 0 if there is none.
func (db *DB) entrySetting(ctx context.Context, name string) (int64, error) {
	text, err := db.Setting(ctx, name)
	if err != nil || text == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, readable(err)
}
