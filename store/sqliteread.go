package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"sync"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// sqliteReaders are connections that read very many rows. They speak to SQLite itself:
// its driver takes a lock for each column and makes each value a piece of memory of its
// own, which costs as much as finding the row does.
type sqliteReaders struct {
	file    string
	pragmas []string
	mu      sync.Mutex
	idle    []*sqliteReader
	closed  bool
}

// take lends a connection until it is given back.
func (p *sqliteReaders) take() (*sqliteReader, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		defer p.mu.Unlock()
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return c, nil
	}
	p.mu.Unlock()
	return openReader(p.file, p.pragmas)
}

// mostIdle is how many connections are kept for the next who read.
const mostIdle = 4

func (p *sqliteReaders) giveBack(c *sqliteReader) {
	p.mu.Lock()
	keep := len(p.idle) < mostIdle && !p.closed
	if keep {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		c.close()
	}
}

func (p *sqliteReaders) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
}

// sqliteReader is one connection, of one goroutine at a time. It never writes.
type sqliteReader struct {
	tls *libc.TLS
	db  uintptr
}

// pointer is the size of one.
const pointer = strconv.IntSize / 8

func pointerAt(at uintptr) uintptr {
	held := libc.GoBytes(at, pointer)
	if pointer == 4 {
		return uintptr(binary.NativeEndian.Uint32(held))
	}
	return uintptr(binary.NativeEndian.Uint64(held))
}

func openReader(file string, pragmas []string) (*sqliteReader, error) {
	c := &sqliteReader{tls: libc.NewTLS()}
	name, err := libc.CString(file)
	if err != nil {
		c.tls.Close()
		return nil, err
	}
	defer libc.Xfree(c.tls, name)
	into := c.tls.Alloc(pointer)
	defer c.tls.Free(pointer)
	code := lib.Xsqlite3_open_v2(c.tls, name, into, lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_NOMUTEX, 0)
	c.db = pointerAt(into)
	if code == lib.SQLITE_OK {
		lib.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	} else {
		err = c.failed(code)
	}
	for _, pragma := range pragmas {
		if err == nil {
			err = c.rows("PRAGMA "+pragma, nil, func(row) error { return nil })
		}
	}
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *sqliteReader) close() {
	lib.Xsqlite3_close_v2(c.tls, c.db)
	c.tls.Close()
}

// readError is what SQLite says has failed, by its own number.
type readError struct {
	number int
	text   string
}

func (e *readError) Error() string { return e.text }
func (e *readError) Code() int     { return e.number }

func (c *sqliteReader) failed(code int32) error {
	return &readError{int(code), fmt.Sprintf("%s: %s (%d)", libc.GoString(lib.Xsqlite3_errstr(c.tls, code)), libc.GoString(lib.Xsqlite3_errmsg(c.tls, c.db)), code)}
}

// rows runs a query and hands its rows to read, one after another.
func (c *sqliteReader) rows(query string, args []int64, read func(row) error) error {
	text, err := libc.CString(query)
	if err != nil {
		return err
	}
	defer libc.Xfree(c.tls, text)
	into := c.tls.Alloc(pointer)
	defer c.tls.Free(pointer)
	if code := lib.Xsqlite3_prepare_v2(c.tls, c.db, text, -1, into, 0); code != lib.SQLITE_OK {
		return c.failed(code)
	}
	rows := &sqliteRows{sqliteReader: c, stmt: pointerAt(into)}
	defer lib.Xsqlite3_finalize(c.tls, rows.stmt)
	for i, n := range args {
		if code := lib.Xsqlite3_bind_int64(c.tls, rows.stmt, int32(i+1), n); code != lib.SQLITE_OK {
			return c.failed(code)
		}
	}
	for {
		switch code := lib.Xsqlite3_step(c.tls, rows.stmt); code {
		case lib.SQLITE_ROW:
			if err := read(rows); err != nil {
				return err
			}
		case lib.SQLITE_DONE:
			return nil
		default:
			return c.failed(code)
		}
	}
}

// sqliteRows stands on one row of a query.
type sqliteRows struct {
	*sqliteReader
	stmt uintptr
}

// scan is that of [sql.Rows] for the few types that columns have here.
func (r *sqliteRows) scan(into []any) error {
	if n := int(lib.Xsqlite3_column_count(r.tls, r.stmt)); n != len(into) {
		return fmt.Errorf("%d columns into %d values", n, len(into))
	}
	for i, dest := range into {
		is := lib.Xsqlite3_column_type(r.tls, r.stmt, int32(i))
		if !r.put(dest, int32(i), is) {
			return fmt.Errorf("column %d: SQLite's type %d into %T", i, is, dest)
		}
	}
	return nil
}

// put stores a column's value, and reports whether it is of that type. In SQLite
// a text may stand in a column of bytes and the other way round.
func (r *sqliteRows) put(dest any, column, is int32) bool {
	if d, ok := dest.(*int64); ok {
		*d = lib.Xsqlite3_column_int64(r.tls, r.stmt, column)
		return is == lib.SQLITE_INTEGER
	}
	var held []byte // by SQLite, until the next row
	some := is == lib.SQLITE_BLOB || is == lib.SQLITE_TEXT
	if some {
		at := lib.Xsqlite3_column_blob(r.tls, r.stmt, column)
		held = libc.GoBytes(at, int(lib.Xsqlite3_column_bytes(r.tls, r.stmt, column)))
	}
	switch d := dest.(type) {
	case *string:
		*d = string(held)
		return some
	case *[]byte:
		*d = append([]byte(nil), held...)
		return some || is == lib.SQLITE_NULL
	case *lent:
		*d = append((*d)[:0], held...)
		return some || is == lib.SQLITE_NULL
	}
	return false
}

// stream reads on a connection of its own.
func (e *sqliteFile) stream(ctx context.Context, query string, args []int64, read func(row) error) error {
	c, err := e.readers.take()
	if err != nil {
		return err
	}
	defer e.readers.giveBack(c)
	return c.rows(query, args, func(r row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return read(r)
	})
}
