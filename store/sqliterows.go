package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// rowWriter writes many rows to SQLite by few statements: prepared once for
// 64, 8 and 1 rows, so that the cost per row is the database's and not the
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
	_, err := w.conn.ExecContext(context.Background(), query, args...)
	return err
}

func (w *rowWriter) swap(query string, args ...any) error {
	changed, err := one(w.conn.ExecContext(context.Background(), query, args...))
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
		rows := 1
		if n-done >= 64 {
			rows = 64
		} else if n-done >= 8 {
			rows = 8
		}
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
	for i, bind := 0, 1; i < rows; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		for c := range t.columns {
			b.WriteString([]string{",$", "($"}[btoi(c == 0)])
			b.WriteString(strconv.Itoa(bind))
			bind++
		}
		b.WriteByte(')')
	}
	b.WriteString(t.tail)
	s, err := w.conn.PrepareContext(context.Background(), b.String())
	if err != nil {
		return nil, err
	}
	w.prepared[key] = s
	return s, nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
