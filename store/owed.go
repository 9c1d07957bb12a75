package store

import (
	"context"
	"fmt"
	"strings"
)

// Owed is a reading of a transformer that an entry has made owed.
type Owed struct{ Trafo, Entry int64 }

// Owed returns the entries before an index by which readings are owed, the newest first,
// by the index entry_owed.
func (db *DB) Owed(ctx context.Context, before int64, limit int) ([]Entry, error) {
	return gather(db.entries(ctx, `SELECT `+entryColumns+` FROM entry WHERE kind = 'measurement-owed' AND idx < $1 ORDER BY idx DESC LIMIT $2`, before, limit))
}

// FirstReadings finds, for each of a few, the first entry after it that has taken in a
// meter's reading of the transformer; what has none is left out.
func (db *DB) FirstReadings(ctx context.Context, list []Owed) (map[Owed]int64, error) {
	met := make(map[Owed]int64, len(list))
	if len(list) == 0 {
		return met, nil
	}
	var rows strings.Builder
	args := make([]any, 0, 2*len(list))
	for i, o := range list {
		fmt.Fprintf(&rows, ", (CAST($%d AS BIGINT), CAST($%d AS BIGINT))", 2*i+1, 2*i+2)
		args = append(args, o.Trafo, o.Entry)
	}
	type found struct {
		Owed
		first int64
	}
	for f, err := range each(ctx, db, func(row scanner, f *found) error { return row.Scan(&f.Trafo, &f.Entry, &f.first) },
		`SELECT trafo, entry, first FROM (SELECT v.column1 AS trafo, v.column2 AS entry, COALESCE((SELECT MIN(m.entry) FROM measurement m
			WHERE m.trafo = v.column1 AND m.meter <> '' AND m.watt >= 0 AND m.entry > v.column2), -1) AS first FROM (VALUES (CAST(-1 AS BIGINT), CAST(-1 AS BIGINT))`+rows.String()+`) AS v) AS w WHERE first >= 0`, args...) {
		if err != nil {
			return nil, err
		}
		met[f.Owed] = f.first
	}
	return met, nil
}
