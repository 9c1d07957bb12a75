package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"iter"
)

// row is one row of very many, as they are read.
type row interface{ scan(into []any) error }

// lent is a column of bytes that is good until the next row.
type lent []byte

// bytes are nil where nothing stands in the column.
func (l lent) bytes() []byte {
	if len(l) == 0 {
		return nil
	}
	return l
}

// errEnough ends a stream that nobody wants to read on.
var errEnough = errors.New("enough was read")

// stream yields the rows of a query that reads very many, as they are read. It
// does without database/sql, which converts each value by reflection and copies its
// bytes once more. bind says once where the columns go, and what is left to do when they
// are there. What is yielded is good until the next; what is in it stays, but what is lent.
func stream[T any](ctx context.Context, db *DB, bind func(*T) ([]any, func() error), query string, args ...int64) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		v := new(T)
		into, done := bind(v)
		err := db.engine.stream(ctx, query, args, func(r row) error {
			*v = *new(T)
			if err := r.scan(into); err != nil {
				return err
			}
			if err := done(); err != nil {
				return err
			}
			if !yield(v, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && err != errEnough {
			yield(nil, readable(err))
		}
	}
}

// streamDriver reads rows from a pool's driver itself.
func streamDriver(ctx context.Context, pool *sql.DB, query string, args []int64, read func(row) error) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		rows, err := c.(driver.QueryerContext).QueryContext(ctx, query, named(args))
		if err != nil {
			return err
		}
		defer rows.Close()
		row := make(driverRow, len(rows.Columns()))
		for {
			err := rows.Next(row)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err = cmp.Or(err, ctx.Err()); err == nil {
				err = read(row)
			}
			if err != nil {
				return err
			}
		}
	})
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

// put stores a driver's value, and reports whether it is of that type.
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
	case *lent:
		return put((*[]byte)(d), v)
	}
	return false
}
