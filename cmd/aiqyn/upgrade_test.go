package main

import (
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aiqyn/store/cluster"
)

// earlierVersion is a folder with a database that an earlier version made, the
// keys of its log and receipts from then: one of testdata. Keys are readable by their
// owner only, which Git does not keep.
func earlierVersion(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	keys, err := filepath.Glob(filepath.Join(dir, "keys", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		if err := os.Chmod(key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	packed := filepath.Join(dir, "aiqyn.db.gz")
	if err := errors.Join(unpack(packed, filepath.Join(dir, "aiqyn.db")), os.Remove(packed)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// mayLack is how many migrations the newest of those databases may be behind.
const mayLack = 5

// TestAnEarlierVersionIsNear: what is brought up to this version in the tests is not
// only what is long past. Where this fails, testdata/README.md says how another is made.
func TestAnEarlierVersionIsNear(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(earlierVersion(t, "previous"), "aiqyn.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	known, err := filepath.Glob("../../store/migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if lacks := len(known) - len(texts(t, db, `SELECT name FROM migration`)); lacks < 0 || lacks > mayLack {
		t.Errorf("the newest database of an earlier version lacks %d of %d migrations: put a newer one in its place", lacks, len(known))
	}
}

func unpack(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, z)
	return errors.Join(err, z.Close(), out.Close())
}

// earlierOnServer is the same database as PostgreSQL had it then: its schema is
// that of the migrations which the earlier version knew, and nothing later.
func earlierOnServer(t *testing.T, dir string) string {
	t.Helper()
	url := cluster.Database(t)
	from, err := sql.Open("sqlite", filepath.Join(dir, "aiqyn.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	asText := regexp.MustCompile(`\bTEXT\b`)
	lay := func(schema string) {
		t.Helper()
		schema = regexp.MustCompile(`--[^\n]*`).ReplaceAllString(schema, "")
		schema = strings.ReplaceAll(schema, "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY")
		if _, err := to.Exec(asText.ReplaceAllString(schema, `TEXT COLLATE "C"`)); err != nil {
			t.Fatal(err)
		}
	}
	lay(`CREATE TABLE migration (name TEXT PRIMARY KEY, at BIGINT NOT NULL)`)
	for _, name := range texts(t, from, `SELECT name FROM migration ORDER BY name`) {
		schema, err := os.ReadFile(filepath.Join("../../store", name))
		if err != nil {
			t.Fatal(err)
		}
		lay(string(schema))
	}
	for _, table := range texts(t, from, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`) {
		bring(t, from, to, table)
	}
	return url
}

func texts(t *testing.T, db *sql.DB, query string) (list []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// bring copies the rows of a table.
func bring(t *testing.T, from, to *sql.DB, table string) {
	t.Helper()
	rows, err := from.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	there, err := to.Query(`SELECT ` + strings.Join(columns, ", ") + ` FROM ` + table + ` WHERE false`)
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := there.ColumnTypes()
	if err := errors.Join(err, there.Close()); err != nil {
		t.Fatal(err)
	}
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = fmt.Sprint("$", i+1)
	}
	tx, err := to.Begin()
	if err != nil {
		t.Fatal(err)
	}
	put, err := tx.Prepare(`INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES (` + strings.Join(marks, ", ") + `)`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, kind := range kinds {
			if n, ok := row[i].(int64); ok && kind.DatabaseTypeName() == "BOOL" { // SQLite has none
				row[i] = n != 0
			}
		}
		if _, err := put.Exec(row...); err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	}
	if err := errors.Join(rows.Err(), tx.Commit()); err != nil {
		t.Fatal(err)
	}
}
