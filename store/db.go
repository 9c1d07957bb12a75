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
	"strconv"
	"strings"
	"sync"
	"time"

	"aiqyn"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is an open database: a way to write, and a pool that reads while it does.
type DB struct {
	engine
	read *sql.DB
	url  string

	together *gathering // of what is asked of a server; nil for a file

	reading sync.RWMutex
	reads   map[string]*sql.Stmt // on read, by their texts
}

// engine is what SQLite and PostgreSQL do each in its own way.
type engine interface {
	// schema is a migration in the engine's own words.
	schema(migration string) string
	// update runs f in one transaction that no other update comes between. It
	// may run f more than once; what counts is the last time.
	update(ctx context.Context, f func(context.Context, *sql.Tx) error) error
	// begin opens a transaction that no other update comes between.
	begin(ctx context.Context) (transaction, error)
	// stream hands the rows of a query that reads very many to read, one after another.
	// Each is good until the next.
	stream(ctx context.Context, query string, args []int64, read func(row) error) error
	// forget removes what an erasure leaves behind in the engine's own files.
	forget()
	// tidy does at once what the engine leaves to be done beside commits.
	tidy()
	// settle has the engine learn how its rows are spread, after very many came at once.
	settle(ctx context.Context) error
	// reindex makes every index again.
	reindex(ctx context.Context) error
	// mirrored reports whether what is committed is on a second machine as well.
	mirrored(ctx context.Context) (bool, error)
	// moment is how to begin reading the database as it is at one moment.
	moment() string
	// copyTo writes the database as it is at one moment into a new SQLite file.
	copyTo(ctx context.Context, file string) error
	close() error
}

// Tidy does at once what the engine leaves to be done beside commits: what is
// measured must not leave work for what is measured next.
func (db *DB) Tidy() { db.tidy() }

// Settle has the engine learn how its rows are spread. Left to itself it does so some
// time after very many came at once, and until then may read a table from end to end
// where it has an index.
func (db *DB) Settle(ctx context.Context) error { return readable(db.settle(ctx)) }

// writer takes the statements of one transaction. It may send them only when
// it has all of them: an error may come at the end instead.
type writer interface {
	exec(query string, args ...any) error
	// swap is a statement that must change one row; [ErrHeadMoved] if it does not.
	swap(query string, args ...any) error
	// insert writes n rows; row appends the i-th row's values.
	insert(t table, n int, row func(args []any, i int) []any) error
}

// transaction is a writer that must be ended by commit or abandon.
type transaction interface {
	writer
	// at is [ErrHeadMoved] if the log is known to end elsewhere. One that sends all
	// at its end learns it from its swap, which it sends first.
	at(Head) error
	commit() error
	abandon()
}

// Options of [Open]; the zero value opens for writing.
type Options struct {
	ReadOnly bool // for audit of a live database: takes no lock
	// NoSync gives up durability; only simulate's bulk loading into a fresh
	// file uses it, and syncs at the end.
	NoSync bool
}

// Open opens the database at url, "sqlite:FILE" or "postgres://…", and brings
// its schema up to date. A second process that opens the same file for writing
// is refused; a PostgreSQL may be open in many.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	db, err := dial(ctx, url, o)
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
	return db, nil
}

func dial(ctx context.Context, url string, o Options) (*DB, error) {
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return openSQLite(ctx, file, o)
	}
	if OnServer(url) {
		return openPostgreSQL(ctx, url, o)
	}
	return nil, aiqyn.E(aiqyn.Invalid, "error.database-url", "url", url)
}

// OnServer reports whether a database is of a server that several processes
// may share, and not a file.
func OnServer(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Mirrored reports whether a server is set up to acknowledge only what a
// standby has, too. A file has no standby, and none is asked of it.
func (db *DB) Mirrored(ctx context.Context) (bool, error) {
	ok, err := db.mirrored(ctx)
	return ok, readable(err)
}

// Close releases the database; what was committed is on disk already.
func (db *DB) Close() error {
	for _, s := range db.reads {
		s.Close()
	}
	return errors.Join(db.read.Close(), db.engine.close())
}

// migrate applies the embedded migrations that the database has not seen, in
// order, each in its own transaction.
func (db *DB) migrate(ctx context.Context) error {
	noted := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, db.schema(`CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)`))
		return err
	}
	err := db.engine.update(ctx, noted)
	if err != nil { // of processes that begin at once PostgreSQL lets one make it, and the others fail although they say IF NOT EXISTS
		err = db.engine.update(ctx, noted)
	}
	if err != nil {
		return fmt.Errorf("create migration table: %w", err)
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	done := make(map[string]bool, len(names))
	for name, err := range each(ctx, db, func(row scanner, name *string) error { return row.Scan(name) }, `SELECT name FROM migration`) {
		if err != nil {
			return err
		}
		done[*name] = true
	}
	for _, name := range names { // Glob sorts
		if done[name] {
			continue
		}
		if err := db.apply(ctx, name); err != nil {
			return fmt.Errorf("migrate %s: %w", name, err)
		}
	}
	return nil
}

// Current reports whether the schema is that of this version: a database that
// is opened for reading only is taken as it is. An error of kind Conflict says
// that it must be migrated first.
func (db *DB) Current(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	var applied int
	if err := db.row(ctx, `SELECT count(*) FROM migration`).Scan(&applied); err != nil {
		return readable(err)
	}
	if applied < len(names) { // they are only ever added
		return aiqyn.E(aiqyn.Conflict, "error.database-earlier")
	}
	return nil
}

// apply applies one migration. It is noted first: of several processes that
// begin at once one goes on, and the others wait for it and find it done.
func (db *DB) apply(ctx context.Context, name string) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	return db.engine.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		fresh, err := one(tx.ExecContext(ctx, `INSERT INTO migration (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, time.Now().UnixMicro()))
		if err != nil || !fresh {
			return err
		}
		_, err = tx.ExecContext(ctx, db.schema(string(text)))
		return err
	})
}

// beginner is a connection or a pool.
type beginner interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}

// inTx runs f in one write transaction. A write once begun is finished: a
// caller that gives up half-way must not take a writing connection with it.
func inTx(ctx context.Context, on beginner, o *sql.TxOptions, f func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := on.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	if err := f(ctx, tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// update runs f in one write transaction.
func (db *DB) update(ctx context.Context, f func(context.Context, *sql.Tx) error) error {
	return readable(db.engine.update(ctx, f))
}

// bulkUpdate runs f, which writes many rows, in one transaction. Like
// [DB.update] it is not interrupted half-way.
func (db *DB) bulkUpdate(ctx context.Context, f func(writer) error) error {
	tx, err := db.begin(ctx)
	if err != nil {
		return readable(err)
	}
	if err := f(tx); err != nil {
		tx.abandon()
		return readable(err)
	}
	return readable(tx.commit())
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

// moreTuples are n rows of so many binds behind a first one: ",($3,$4),($5,$6)".
func moreTuples(columns, n int) string {
	var b strings.Builder
	for i := range columns * n {
		if i%columns == 0 {
			b.WriteString(",(")
		} else {
			b.WriteString(",")
		}
		b.WriteString("$" + strconv.Itoa(columns+i+1))
		if i%columns == columns-1 {
			b.WriteString(")")
		}
	}
	return b.String()
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

// absent reports whether a query found no row. Nor is there one under a key that
// PostgreSQL could not hold.
func absent(err error) bool { return errors.Is(err, sql.ErrNoRows) || code(err) == noText }

// readable turns the drivers' error codes that a person can act on into typed
// errors; others pass through.
func readable(err error) error {
	var known *aiqyn.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(err)
	case code(err) == noText:
		return aiqyn.E(aiqyn.Invalid, "error.no-text").Because(err)
	}
	key, err := sqliteKey(err)
	if key == "" {
		key, err = postgresKey(err)
	}
	if key == "" {
		return err
	}
	return aiqyn.E(aiqyn.Unavailable, key).Because(err)
}
