package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"aiqyn"
)

// tables are all that hold rows of the log and about it; the head is the last.
// Who holds the lease of one database says nothing about a copy.
var tables = []string{
	"entry", "tile", "webhook", "cosigned", "cases", "reservation", "command", "outbox", "demand", "register_row", "register_place",
	"account_by_phone", "account", "number", "code", "session", "draft", "officer", "snapshot", "setting",
	"publication", "capacity", "measurement", "meter", "report_key", "letter_part", "contact", "job", "question",
	"passkey", "spent", "account_act", "mandate", "mandate_case", "likeness", "payment", "queue_place", "queue_move", "queue_inversion", "queue_day", "lot", "lot_case", "look", "head",
}

// copyTo writes into a file of SQLite: whoever has it can open it with tools
// that they already trust, and go on from it on either engine.
func (e *postgreSQL) copyTo(ctx context.Context, file string) error {
	to, err := openSQLite(ctx, file, Options{NoSync: true})
	if err != nil {
		return err
	}
	defer os.Remove(file + ".lock")
	defer to.Close()
	if err := to.migrate(ctx); err != nil {
		return err
	}
	if err := copyRows(ctx, &DB{engine: e, read: e.read}, to); err != nil {
		return err
	}
	to.forget() // all of it is in the file itself
	return nil
}

// Fill copies all rows of another database into this one, as they are at one
// moment. This one must be new: a log that has begun is not written over.
func (db *DB) Fill(ctx context.Context, from *DB) error {
	for _, table := range tables {
		var n int
		if err := db.row(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+table+` LIMIT 1) AS there`).Scan(&n); err != nil {
			return readable(err)
		}
		if n > 0 {
			return aiqyn.E(aiqyn.Conflict, "error.database-in-use", "table", table)
		}
	}
	if err := copyRows(ctx, from, db); err != nil {
		return readable(err)
	}
	return db.Settle(ctx)
}

// chunk is about how many bytes of rows one transaction copies.
const chunk = 8 << 20

// copyRows copies every table, as they were at one moment, the head last: a
// copy without one is not finished.
func copyRows(ctx context.Context, from, to *DB) error {
	conn, err := from.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, from.moment()); err != nil {
		return err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	for _, name := range tables {
		c := copier{to: to}
		err := c.prepare(ctx, name)
		if err == nil {
			err = c.copy(ctx, conn)
		}
		if err != nil {
			return fmt.Errorf("copy %s: %w", name, err)
		}
	}
	return nil
}

// copier copies one table.
type copier struct {
	to    *DB
	names string
	t     table
	kinds []string // of the columns, as the target calls them
	rows  [][]any
	size  int
}

// prepare asks the target for the columns.
func (c *copier) prepare(ctx context.Context, name string) error {
	rows, err := c.to.read.QueryContext(ctx, `SELECT * FROM `+name+` LIMIT 0`)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name()
		c.kinds = append(c.kinds, column.DatabaseTypeName())
	}
	c.names = strings.Join(names, ", ")
	c.t = table{head: `INSERT INTO ` + name + ` (` + c.names + `) VALUES `, columns: len(names)}
	return nil
}

func (c *copier) copy(ctx context.Context, from *sql.Conn) error {
	rows, err := from.QueryContext(ctx, `SELECT `+c.names+` FROM `+c.t.name())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		row := make([]any, len(c.kinds))
		into := make([]any, len(row))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		c.add(row)
		if c.size > chunk {
			if err := c.write(ctx); err != nil {
				return err
			}
		}
	}
	return errors.Join(rows.Err(), c.write(ctx))
}

// add keeps a row. SQLite lets a text stand in a column of bytes, and has whole numbers
// for true and false.
func (c *copier) add(row []any) {
	for i, v := range row {
		switch v := v.(type) {
		case string:
			c.size += len(v)
			if c.kinds[i] == "BYTEA" {
				row[i] = []byte(v)
			}
		case int64:
			if c.kinds[i] == "BOOL" {
				row[i] = v != 0
			}
		case []byte:
			c.size += len(v)
			if v == nil { // a blob without bytes, as SQLite's driver reads it
				row[i] = []byte{}
			}
		case nil:
			row[i] = []byte(nil) // only columns of bytes may be NULL
		}
	}
	c.rows = append(c.rows, row)
	c.size += 64
}

func (c *copier) write(ctx context.Context) error {
	err := c.to.bulkUpdate(ctx, func(w writer) error {
		return w.insert(c.t, len(c.rows), func(args []any, i int) []any { return append(args, c.rows[i]...) })
	})
	c.rows, c.size = nil, 0
	return err
}
