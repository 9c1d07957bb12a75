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

// RegisterDoc is one row of a built-in register.
type RegisterDoc struct {
	Register, Key string
	Value         []byte
	Version       string
	At            time.Time
}

// PutRegisterRows writes rows of the built-in registers, all or none.
func (db *DB) PutRegisterRows(ctx context.Context, docs []RegisterDoc) error {
	docs = lastOf(slices.Clone(docs), func(d RegisterDoc) [2]string { return [2]string{d.Register, d.Key} }, nil)
	return db.bulkUpdate(ctx, func(w writer) error {
		return w.insert(intoRegister, len(docs), func(a []any, i int) []any {
			d := &docs[i]
			return append(a, d.Register, d.Key, string(d.Value), d.Version, micros(d.At))
		})
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
