package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
)

// stream yields the rows of a query that reads very many, as they are read. It
// takes them from the driver itself: database/sql converts each value by
// reflection and copies its bytes once more. bind says once where the columns
// go, and what is left to do when they are there. What is yielded is good until
// the next; the bytes and texts in it stay.
func stream[T any](ctx context.Context, db *DB, bind func(*T) ([]any, func() error), query string, args ...int64) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		conn, err := db.read.Conn(ctx)
		if err != nil {
			yield(nil, readable(err))
			return
		}
		defer conn.Close()
		err = conn.Raw(func(c any) error {
			rows, err := c.(driver.QueryerContext).QueryContext(ctx, query, named(args))
			if err != nil {
				return err
			}
			defer rows.Close()
			row := make(driverRow, len(rows.Columns()))
			v := new(T)
			into, done := bind(v)
			for ; ; *v = *new(T) {
				err := rows.Next(row)
				if errors.Is(err, io.EOF) {
					return nil
				}
				if err = cmp.Or(err, ctx.Err()); err == nil {
					err = row.scan(into)
				}
				if err == nil {
					err = done()
				}
				if err != nil || !yield(v, nil) {
					return err
				}
			}
		})
		if err != nil {
			yield(nil, readable(err))
		}
	}
}

func named(args []int64) []driver.NamedValue {
	list := make([]driver.NamedValue, len(args))
	for i, v := range args {
		list[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return list
}

// driverRow is a row as its driver gives it.
type driverRow []driver.Value

// scan is that of [sql.Rows] for the few types that columns have here.
func (r driverRow) scan(into []any) error {
	if len(into) != len(r) {
		return fmt.Errorf("%d columns into %d values", len(r), len(into))
	}
	for i, v := range r {
		if !put(into[i], v) {
			return fmt.Errorf("column %d: %T into %T", i, v, into[i])
		}
	}
	return nil
}

// put stores a driver's value, and reports whether it is of that type. In
// SQLite a text may stand in a column of bytes and the other way round.
func put(dest any, v driver.Value) bool {
	switch d := dest.(type) {
	case *int64:
		n, ok := v.(int64)
		*d = n
		return ok
	case *string:
		switch v := v.(type) {
		case string:
			*d = v
			return true
		case []byte:
			*d = string(v)
			return true
		}
	case *[]byte:
		switch v := v.(type) {
		case nil:
			*d = nil
			return true
		case []byte:
			*d = v
			return true
		case string:
			*d = []byte(v)
			return true
		}
	}
	return false
}
