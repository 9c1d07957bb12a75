package store

import "context"

// mostPlaced is of how many entries of the index one question reads the rows.
const mostPlaced = 4000

// RegisterRowsAt reads the rows of a register that lie in cells of one of the ranges, both
// ends included, a row once for each of its cells; more says that there are others beside
// the 4000 that it reads. It reads by the index alone, however large the register.
func (db *DB) RegisterRowsAt(ctx context.Context, register string, ranges [][2]int64, each func(value []byte)) (more bool, err error) {
	if len(ranges) == 0 {
		return false, nil
	}
	args := make([]any, 0, 3*len(ranges))
	for _, r := range ranges {
		args = append(args, register, r[0], r[1])
	}
	rows, err := db.query(ctx, registerRowsAt(len(ranges)), args...)
	if err != nil {
		return false, readable(err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		var value []byte
		if err := rows.Scan(&value); err != nil {
			return false, readable(err)
		}
		each(value)
	}
	return n == mostPlaced, readable(rows.Err())
}

// registerRowsAt asks for n ranges of cells. The ranges come first in the join, whatever
// the engine thinks of it: each is a stretch of the index.
func registerRowsAt(n int) string {
	return `SELECT value FROM (SELECT register AS of, key AS placed FROM (VALUES ($1, CAST($2 AS BIGINT), CAST($3 AS BIGINT))` + moreTuples(3, n-1) + `) AS asked
		CROSS JOIN register_place WHERE register = column1 AND cell BETWEEN column2 AND column3 LIMIT 4000) AS found
		CROSS JOIN register_row WHERE register = of AND key = placed`
}

// placeRows keeps where rows lie, in place of where they lay before.
func placeRows(w writer, docs []RegisterDoc) error {
	type place struct {
		register, key string
		cell          int64
	}
	var places []place
	for i := range docs {
		d := &docs[i]
		if d.Cells == nil {
			continue
		}
		if err := w.exec(`DELETE FROM register_place WHERE register = $1 AND key = $2`, d.Register, d.Key); err != nil {
			return err
		}
		for _, c := range d.Cells {
			places = append(places, place{d.Register, d.Key, c})
		}
	}
	return w.insert(intoRegisterPlace, len(places), func(a []any, i int) []any {
		return append(a, places[i].register, places[i].cell, places[i].key)
	})
}

// RegisterAfter are rows of a register after a key, ascending by it.
func (db *DB) RegisterAfter(ctx context.Context, register, after string, most int) ([]RegisterDoc, error) {
	rows, err := db.query(ctx, `SELECT key, value, version, at FROM register_row WHERE register = $1 AND key > $2 ORDER BY key LIMIT $3`, register, after, most)
	if err != nil {
		return nil, readable(err)
	}
	defer rows.Close()
	var docs []RegisterDoc
	for rows.Next() {
		d := RegisterDoc{Register: register}
		var at int64
		if err := rows.Scan(&d.Key, &d.Value, &d.Version, &at); err != nil {
			return nil, readable(err)
		}
		d.At = instant(at)
		docs = append(docs, d)
	}
	return docs, readable(rows.Err())
}

// PlacedLast is the last row of a register that lies anywhere, by its key; empty: none.
func (db *DB) PlacedLast(ctx context.Context, register string) (key string, err error) {
	err = db.row(ctx, `SELECT key FROM register_place WHERE register = $1 ORDER BY key DESC LIMIT 1`, register).Scan(&key)
	if absent(err) {
		return "", nil
	}
	return key, readable(err)
}
