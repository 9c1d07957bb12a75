package store

import (
	"context"
	"database/sql"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// rowWriter writes many rows to SQLite by few statements: prepared once for
// 64, 32, 16 … 1 rows, so that the cost per row is the database's and not the
// driver's.
type rowWriter struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
	args     []any
}

func (w *rowWriter) close() {
	for _, s := range w.prepared {
		s.Close()
	}
}

func (w *rowWriter) exec(query string, args ...any) error {
	stmt, err := w.prepare(query)
	if err == nil {
		_, err = stmt.Exec(args...)
	}
	return err
}

func (w *rowWriter) swap(query string, args ...any) error {
	stmt, err := w.prepare(query)
	if err != nil {
		return fmt.Errorf("swap head: %w", err)
	}
	changed, err := one(stmt.Exec(args...))
	switch {
	case err != nil:
		return fmt.Errorf("swap head: %w", err)
	case !changed:
		return ErrHeadMoved
	}
	return nil
}

func (w *rowWriter) insert(t table, n int, row func(args []any, i int) []any) error {
	for done := 0; done < n; {
		rows := min(64, 1<<(bits.Len(uint(n-done))-1))
		args := w.args[:0]
		for i := done; i < done+rows; i++ {
			args = row(args, i)
		}
		stmt, err := w.stmt(t, rows)
		if err == nil {
			_, err = stmt.Exec(args...)
		}
		clear(args)
		w.args = args
		if err != nil {
			return fmt.Errorf("%s…: %w", t.name(), err)
		}
		done += rows
	}
	return nil
}

func (w *rowWriter) stmt(t table, rows int) (*sql.Stmt, error) {
	key := t.head + strconv.Itoa(rows)
	if s := w.prepared[key]; s != nil {
		return s, nil
	}
	var b strings.Builder
	b.WriteString(t.head)
	for i := range rows { // binds without a name: the driver looks for each name along all of them
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(?" + strings.Repeat(",?", t.columns-1) + ")")
	}
	b.WriteString(t.tail)
	s, err := w.conn.PrepareContext(context.Background(), b.String())
	if err != nil {
		return nil, err
	}
	w.prepared[key] = s
	return s, nil
}

// prepare reads a statement once for all times that it is carried out. There are
// as many as the code spells out.
func (w *rowWriter) prepare(query string) (*sql.Stmt, error) {
	if s := w.prepared[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err == nil {
		w.prepared[query] = s
	}
	return s, err
}
