package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	_ "modernc.org/sqlite" // the driver
	lib "modernc.org/sqlite/lib"

	"aiqyn"
)

// sqliteFile is a database in one file: one connection writes.
type sqliteFile struct {
	mu      sync.Mutex // guards write
	pool    *sql.DB    // owns write
	write   *sql.Conn
	read    *sql.DB // the pool of [DB]
	readers sqliteReaders
	rows    *rowWriter
	unlock  func()
	tidying *tidying // nil where nothing is written, or all at once
}

// openSQLite opens one file in WAL mode with full sync: a commit returns only
// after its log record is on the disk.
func openSQLite(ctx context.Context, file string, o Options) (*DB, error) {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real // one file has one lock, by whatever name it is opened
	}
	e := &sqliteFile{}
	if !o.ReadOnly {
		unlock, err := lockFile(file + ".lock")
		if err != nil {
			return nil, err
		}
		e.unlock = unlock
	} else if _, err := os.Stat(file); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.database-open", "file", file).Because(err)
	}
	sync, cache := "FULL", 65536
	if o.NoSync { // closed soon, and then each page that is kept costs a call to the kernel
		sync, cache = "OFF", 16384
	}
	pragmas := []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(" + sync + ")", fmt.Sprintf("cache_size(-%d)", cache),
		"secure_delete(FAST)", "foreign_keys(ON)", "temp_store(MEMORY)", fmt.Sprintf("wal_autocheckpoint(%d)", walLimit)}
	if o.ReadOnly {
		pragmas = []string{"busy_timeout(10000)", "query_only(ON)", "cache_size(-16384)"}
	}
	reading := []string{"busy_timeout(10000)", "query_only(ON)", "cache_size(-4096)", "temp_store(MEMORY)"}
	if o.ReadOnly { // who goes over all of a file that hardly grows is best served by the kernel's own copy
		reading = append(reading, "mmap_size(2147418112)")
	}
	var err error
	if e.pool, err = sql.Open("sqlite", dsn(file, pragmas)); err == nil {
		e.read, err = sql.Open("sqlite", dsn(file, reading))
	}
	if err == nil {
		e.write, err = e.pool.Conn(ctx)
	}
	if err != nil {
		if e.read != nil {
			e.read.Close()
		}
		e.close()
		return nil, readable(err)
	}
	e.readers.file, e.readers.pragmas = file, reading
	e.read.SetMaxOpenConns(8)
	e.read.SetMaxIdleConns(8)
	e.rows = &rowWriter{conn: e.write, prepared: make(map[string]*sql.Stmt)}
	if !o.ReadOnly && !o.NoSync {
		if e.tidying, err = startTidying(ctx, e.pool); err != nil {
			e.read.Close()
			e.close()
			return nil, readable(err)
		}
	}
	return &DB{engine: e, read: e.read}, nil
}

// close closes what was opened, and gives the lock back last.
func (e *sqliteFile) close() error {
	var err error
	if e.tidying != nil {
		err = e.tidying.close()
	}
	e.readers.close()
	if e.rows != nil {
		e.rows.close()
	}
	if e.write != nil {
		err = errors.Join(err, e.write.Close())
	}
	if e.pool != nil {
		err = errors.Join(err, e.pool.Close())
	}
	if e.unlock != nil {
		e.unlock()
	}
	return err
}

func (e *sqliteFile) schema(migration string) string { return migration }

func (e *sqliteFile) mirrored(context.Context) (bool, error) { return true, nil }

func (e *sqliteFile) moment() string { return "BEGIN DEFERRED" }

// update shuts out every other writer of this process.
func (e *sqliteFile) update(ctx context.Context, f func(context.Context, *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.unlockCommitted()
	return inTx(context.WithoutCancel(ctx), e.write, nil, f)
}

// begin shuts out every other writer of this process until the transaction ends.
func (e *sqliteFile) begin(ctx context.Context) (transaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	if err := e.rows.exec("BEGIN IMMEDIATE"); err != nil {
		e.mu.Unlock()
		return nil, fmt.Errorf("begin: %w", err)
	}
	return sqliteTransaction{e.rows, e}, nil
}

// sqliteTransaction writes as it goes.
type sqliteTransaction struct {
	*rowWriter
	file *sqliteFile
}

func (t sqliteTransaction) commit() error {
	if err := t.exec("COMMIT"); err != nil {
		t.abandon()
		return fmt.Errorf("commit: %w", err)
	}
	t.file.unlockCommitted()
	return nil
}

// unlockCommitted lets the next writer in after something was committed.
func (e *sqliteFile) unlockCommitted() {
	if e.tidying != nil {
		e.tidying.finish(context.Background(), e.write)
		e.tidying.committed()
	}
	e.mu.Unlock()
}

// at looks, since nobody else writes until the transaction ends.
func (t sqliteTransaction) at(h Head) error {
	stmt, err := t.prepare(`SELECT 1 FROM head WHERE shard = 'main' AND size = $1 AND root = $2 AND fence = $3`)
	if err != nil {
		return err
	}
	var there int
	if err = stmt.QueryRow(h.Size, h.Root[:], h.Fence).Scan(&there); absent(err) {
		return ErrHeadMoved
	}
	return err
}

func (t sqliteTransaction) abandon() {
	// A failure that SQLite has rolled back by itself leaves nothing to roll back.
	t.exec("ROLLBACK")
	t.file.mu.Unlock()
}

// forget empties the write-ahead log, where pages still stand as they were
// before an erasure; what the pages themselves held is overwritten already.
// It waits for nobody: while somebody reads an older state the log stays, and
// goes with the next erasure or when the database is closed.
func (e *sqliteFile) forget() {
	ctx := context.Background()
	if e.tidying != nil {
		e.tidying.busy.Lock()
		defer e.tidying.busy.Unlock()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, pragma := range []string{"busy_timeout(0)", "wal_checkpoint(TRUNCATE)", "busy_timeout(10000)"} {
		e.write.ExecContext(ctx, "PRAGMA "+pragma)
	}
}

func (e *sqliteFile) reindex(ctx context.Context) error {
	e.mu.Lock()
	defer e.unlockCommitted()
	_, err := e.write.ExecContext(context.WithoutCancel(ctx), `REINDEX`)
	return err
}

func (e *sqliteFile) settle(context.Context) error { return nil } // plans do not depend on rows

func (e *sqliteFile) tidy() {
	if e.tidying != nil {
		e.tidying.copyAll(context.Background())
	}
}

// copyTo writes the copy. Readers' connections refuse every write, and this is
// one, if only to another file: so this one is allowed it for as long as it
// takes.
func (e *sqliteFile) copyTo(ctx context.Context, file string) error {
	conn, err := e.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `PRAGMA query_only(OFF)`); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `VACUUM INTO $1`, file)
	_, again := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only(ON)`)
	return errors.Join(err, again)
}

func dsn(file string, pragmas []string) string {
	q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
	return "file:" + strings.ReplaceAll(url.PathEscape(file), "%2F", "/") + "?" + q.Encode()
}

// lockFile takes the file's lock for this process; the kernel gives it back
// when the process ends, however it ends.
func lockFile(name string) (func(), error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Unavailable, "error.database-open", "file", strings.TrimSuffix(name, ".lock")).Because(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, aiqyn.E(aiqyn.Unavailable, "error.database-taken", "file", strings.TrimSuffix(name, ".lock")).Because(err)
	}
	return func() { f.Close() }, nil
}

// sqliteKey names what went wrong, "" if nobody can act on it.
func sqliteKey(err error) (key string, cause error) {
	var se interface{ Code() int } // of the driver, or of our own reading
	if !errors.As(err, &se) {
		return "", err
	}
	switch se.Code() & 0xff {
	case lib.SQLITE_FULL:
		return "error.disk-full", err
	case lib.SQLITE_READONLY:
		return "error.read-only", err
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return "error.database-busy", err
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return "error.database-damaged", err
	case lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR:
		return "error.database-io", err
	}
	return "", fmt.Errorf("sqlite %d: %w", se.Code(), err)
}
