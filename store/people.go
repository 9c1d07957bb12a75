package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// RegisterRow reads one row of the built-in registers; value is nil if there is none.
func (db *DB) RegisterRow(ctx context.Context, register, key string) (value []byte, version string, at time.Time, err error) {
	var us int64
	err = db.row(ctx, `SELECT value, version, at FROM register_row WHERE register = $1 AND key = $2`, register, key).
		Scan(&value, &version, &us)
	if absent(err) {
		return nil, "", time.Time{}, nil
	}
	return value, version, instant(us), readable(err)
}

// RegisterRows reads rows of the built-in registers, of a register and a key each, in
// one query, and tells of those that there are by their place in the list.
func (db *DB) RegisterRows(ctx context.Context, keys [][2]string, each func(i int, value []byte, version string, at time.Time)) error {
	if len(keys) == 0 {
		return nil
	}
	places, args := make(map[[2]string][]int, len(keys)), make([]any, 0, 2*len(keys))
	for i, k := range keys {
		if len(places[k]) == 0 {
			args = append(args, k[0], k[1])
		}
		places[k] = append(places[k], i)
	}
	var found []registerRow
	err := db.ask(ctx, func(row scanner) error {
		var r registerRow
		err := row.Scan(&r.key[0], &r.key[1], &r.value, &r.version, &r.at)
		found = append(found, r)
		return err
	}, registerRows(len(args)/2), args...)
	if err != nil {
		return err
	}
	for _, r := range found {
		for _, i := range places[r.key] {
			each(i, r.value, r.version, instant(r.at))
		}
	}
	return nil
}

type registerRow struct {
	key     [2]string
	value   []byte
	version string
	at      int64
}

// registerRows asks for n rows. SQLite finds them by their key in a join only, not by a
// list of pairs.
func registerRows(n int) string {
	return `SELECT register, key, value, version, at FROM (VALUES ($1, $2)` + moreTuples(2, n-1) + `) AS asked JOIN register_row ON register = column1 AND key = column2`
}

// RegisterDoc is one row of a built-in register.
type RegisterDoc struct {
	Register, Key string
	Value         []byte
	Version       string
	At            time.Time
	Cells         []int64 // in which it lies, see registry; nil: it has no place
}

// PutRegisterRows writes rows of the built-in registers, all or none.
func (db *DB) PutRegisterRows(ctx context.Context, docs []RegisterDoc) error {
	docs = lastOf(slices.Clone(docs), func(d RegisterDoc) [2]string { return [2]string{d.Register, d.Key} }, nil)
	return db.bulkUpdate(ctx, func(w writer) error {
		err := w.insert(intoRegister, len(docs), func(a []any, i int) []any {
			d := &docs[i]
			return append(a, d.Register, d.Key, string(d.Value), d.Version, micros(d.At))
		})
		if err != nil {
			return err
		}
		return placeRows(w, docs)
	})
}

func (db *DB) blob(ctx context.Context, query string, args ...any) ([]byte, error) {
	var b []byte
	err := db.row(ctx, query, args...).Scan(&b)
	if absent(err) {
		return nil, nil
	}
	return b, readable(err)
}

// PutDraft keeps the sealed answers given so far; nil forgets them.
func (db *DB) PutDraft(ctx context.Context, person []byte, service string, sealed []byte, now time.Time) error {
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if sealed == nil {
			_, err := tx.ExecContext(ctx, `DELETE FROM draft WHERE person = $1 AND service = $2`, person, service)
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO draft (person, service, sealed, updated) VALUES ($1, $2, $3, $4)
			ON CONFLICT (person, service) DO UPDATE SET sealed = excluded.sealed, updated = excluded.updated`, person, service, sealed, micros(now))
		return err
	})
}

// Draft returns the sealed answers given so far, nil if none.
func (db *DB) Draft(ctx context.Context, person []byte, service string) ([]byte, error) {
	return db.blob(ctx, `SELECT sealed FROM draft WHERE person = $1 AND service = $2`, person, service)
}
