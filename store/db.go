// Package store keeps the log and its projections in a relational database.
// One SQL text serves both engines: $1 binds, BIGINT microseconds, ids made in
// Go, JSON as opaque text; what differs is in one small file per engine.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"strings"
	"sync"
	"time"

	"aiqyn"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database: one connection that writes, and a pool that reads
// while it does.
type DB struct {
	write  *sql.Conn
	read   *sql.DB
	pool   *sql.DB // owns write
	unlock func()
	bulk   *bulk
	mu     sync.Mutex // guards write and bulk
	url    string

	reading sync.RWMutex
	reads   map[string]*sql.Stmt // on read, by their texts
}

// Options of [Open]; the zero value opens for writing.
type Options struct {
	ReadOnly bool // for audit of a live database: takes no lock
	// NoSync gives up durability; only simulate's bulk loading into a fresh
	// file uses it, and syncs at the end.
	NoSync bool
}

// Open opens the database at url, "sqlite:FILE", and brings its schema up to
// date. A second process that opens the same file for writing is refused.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	file, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return nil, aiqyn.E(aiqyn.Invalid, "error.database-url", "url", url)
	}
	db, err := openSQLite(ctx, file, o)
	if err != nil {
		return nil, err
	}
	db.url = url
	if !o.ReadOnly {
		if err := db.migrate(ctx); err != nil {
			db.Close()
			return nil, readable(err)
		}
	}
	db.bulk = newBulk(db.write)
	return db, nil
}

// Close releases the database; what was committed is on disk already.
func (db *DB) Close() error {
	if db.bulk != nil {
		db.bulk.close()
	}
	for _, s := range db.reads {
		s.Close()
	}
	return errors.Join(db.write.Close(), db.release())
}

// release closes what was opened, and gives the lock back last.
func (db *DB) release() error {
	var err error
	for _, pool := range []*sql.DB{db.pool, db.read} {
		if pool != nil {
			err = errors.Join(err, pool.Close())
		}
	}
	if db.unlock != nil {
		db.unlock()
	}
	return err
}

// migrate applies the embedded migrations that the database has not seen, in
// order, each in its own transaction.
func (db *DB) migrate(ctx context.Context) error {
	if _, err := db.write.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)`); err != nil {
		return fmt.Errorf("create migration table: %w", err)
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names { // Glob sorts
		if err := db.apply(ctx, name); err != nil {
			return fmt.Errorf("migrate %s: %w", name, err)
		}
	}
	return nil
}

func (db *DB) apply(ctx context.Context, name string) error {
	var n int
	if err := db.write.QueryRowContext(ctx, `SELECT count(*) FROM migration WHERE name = $1`, name).Scan(&n); err != nil || n > 0 {
		return err
	}
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO migration (name, at) VALUES ($1, $2)`, name, time.Now().UnixMicro())
		return err
	})
}

// inTx runs f in one write transaction. A write once begun is finished: a
// caller that gives up half-way must not take the only writing connection with
// it.
func (db *DB) inTx(ctx context.Context, f func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(ctx, tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// update runs f in one write transaction, shutting out every other writer of
// this process.
func (db *DB) update(ctx context.Context, f func(context.Context, *sql.Tx) error) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	return readable(db.inTx(ctx, f))
}

// prepared returns a query that is parsed once per connection. The texts are
// few: they are constants of this package, with at most a list's length in them.
func (db *DB) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	db.reading.RLock()
	s := db.reads[query]
	db.reading.RUnlock()
	if s != nil {
		return s, nil
	}
	s, err := db.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	db.reading.Lock()
	defer db.reading.Unlock()
	if was := db.reads[query]; was != nil {
		s.Close()
		return was, nil
	}
	if db.reads == nil {
		db.reads = make(map[string]*sql.Stmt)
	}
	db.reads[query] = s
	return s, nil
}

// query runs a reading query.
func (db *DB) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := db.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// row runs a reading query for one row.
func (db *DB) row(ctx context.Context, query string, args ...any) scanner {
	s, err := db.prepared(ctx, query)
	if err != nil {
		return failedRow{err}
	}
	return s.QueryRowContext(ctx, args...)
}

// scanner is one row to be read.
type scanner interface{ Scan(...any) error }

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

// each yields the rows of a query one by one, as they are read.
func each[T any](ctx context.Context, db *DB, scan func(scanner, *T) error, query string, args ...any) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		rows, err := db.query(ctx, query, args...)
		if err != nil {
			yield(nil, readable(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			v := new(T)
			if err := scan(rows, v); err != nil {
				yield(nil, readable(err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, readable(err))
		}
	}
}

// micros converts a time for the database; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant converts back.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// absent reports whether a query found no row.
func absent(err error) bool { return errors.Is(err, sql.ErrNoRows) }
