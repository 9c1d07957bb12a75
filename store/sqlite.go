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
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"aiqyn"
)

// openSQLite opens one file in WAL mode with full sync: a commit returns only
// after its log record is on the disk.
func openSQLite(ctx context.Context, file string, o Options) (*DB, error) {
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real // one file has one lock, by whatever name it is opened
	}
	db := &DB{}
	if !o.ReadOnly {
		unlock, err := lockFile(file + ".lock")
		if err != nil {
			return nil, err
		}
		db.unlock = unlock
	} else if _, err := os.Stat(file); err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.database-open", "file", file).Because(err)
	}
	sync := "FULL"
	if o.NoSync {
		sync = "OFF"
	}
	pragmas := []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(" + sync + ")",
		"cache_size(-65536)", "secure_delete(FAST)", "foreign_keys(ON)", "temp_store(MEMORY)", "wal_autocheckpoint(8000)"}
	if o.ReadOnly {
		pragmas = []string{"busy_timeout(10000)", "query_only(ON)", "cache_size(-16384)"}
	}
	reading := []string{"busy_timeout(10000)", "query_only(ON)", "cache_size(-4096)", "temp_store(MEMORY)"}
	var err error
	if db.pool, err = sql.Open("sqlite", dsn(file, pragmas)); err == nil {
		db.read, err = sql.Open("sqlite", dsn(file, reading))
	}
	if err == nil {
		db.write, err = db.pool.Conn(ctx)
	}
	if err != nil {
		db.release()
		return nil, readable(err)
	}
	db.read.SetMaxOpenConns(8)
	db.read.SetMaxIdleConns(8)
	return db, nil
}

// forget empties the write-ahead log, where pages still stand as they were
// before an erasure; what the pages themselves held is overwritten already.
// It waits for nobody: while somebody reads an older state the log stays, and
// goes with the next erasure or when the database is closed.
func (db *DB) forget() {
	ctx := context.Background()
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, pragma := range []string{"busy_timeout(0)", "wal_checkpoint(TRUNCATE)", "busy_timeout(10000)"} {
		db.write.ExecContext(ctx, "PRAGMA "+pragma)
	}
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

// readable turns the driver's error codes that a person can act on into typed
// errors; others pass through.
func readable(err error) error {
	var se *sqlite.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(err)
	case err == nil || !errors.As(err, &se):
		return err
	}
	key := ""
	switch se.Code() & 0xff {
	case lib.SQLITE_FULL:
		key = "error.disk-full"
	case lib.SQLITE_READONLY:
		key = "error.read-only"
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		key = "error.database-busy"
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		key = "error.database-damaged"
	case lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR:
		key = "error.database-io"
	default:
		return fmt.Errorf("sqlite %d: %w", se.Code(), err)
	}
	return aiqyn.E(aiqyn.Unavailable, key).Because(err)
}
