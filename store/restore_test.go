package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/store/cluster"
)

// TestBackup copies a database that is open for writing.
func TestBackup(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	db, err := Open(ctx, "sqlite:"+filepath.Join(dir, "a.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Begin(ctx, "log.example/one"); err != nil {
		t.Fatal(err)
	}
	if err := db.PutSetting(ctx, "name", "value"); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "it's a copy.db")
	if err := db.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(ctx, copied); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("onto another copy: %v", err)
	}
	if err := db.Backup(ctx, filepath.Join(dir, "none", "copy.db")); err == nil {
		t.Error("into a folder that is not there")
	}
	if err := db.PutSetting(ctx, "name", "later"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(ctx, "sqlite:"+copied, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if v, err := again.Setting(ctx, "name"); err != nil || v != "value" {
		t.Errorf("the copy has %q, %v", v, err)
	}
	var answer string
	if err := again.read.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&answer); err != nil || answer != "ok" {
		t.Errorf("integrity: %s, %v", answer, err)
	}
	// The connection that copied may not write any more.
	for range 16 {
		if _, err := db.read.ExecContext(ctx, `DELETE FROM setting`); err == nil {
			t.Fatal("a reader's connection can write")
		}
	}
}

// TestReorigin gives a log a new name once, and only to the head that was read.
func TestReorigin(t *testing.T) { engines(t, testReorigin) }

func testReorigin(t *testing.T, url string) {
	ctx, db := t.Context(), fresh(t, url)
	was, err := db.Begin(ctx, "log.example/one")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.PutCosigned(ctx, Cosigned{Size: 0, Checkpoint: "old"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Reorigin(ctx, was, "log.example/one", "note"); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("under its own name: %v", err)
	}
	moved := was
	moved.Root = sha256.Sum256([]byte("another"))
	if err := db.Reorigin(ctx, moved, "log.example/two", "note"); !errors.Is(err, ErrHeadMoved) {
		t.Errorf("with another root: %v", err)
	}
	if err := db.Reorigin(ctx, was, "log.example/two", "note"); err != nil {
		t.Fatal(err)
	}
	head, err := db.Head(ctx)
	if err != nil || head.Origin != "log.example/two" || head.Checkpoint != "note" || head.Fence <= was.Fence || head.Root != was.Root {
		t.Errorf("head %+v, %v", head, err)
	}
	if c, err := db.LastCosigned(ctx); err != nil || c.Checkpoint != "" {
		t.Errorf("a cosigned checkpoint of the old log is left: %+v, %v", c, err)
	}
}

// TestCopyBetweenEngines takes a backup of each engine and goes on from it on
// the other: every row of every table is there.
func TestCopyBetweenEngines(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		ctx := t.Context()
		db, head := filled(t, url, 30)
		for _, fill := range []error{
			db.PutCosigned(ctx, Cosigned{Size: 30, At: day0, Checkpoint: "note"}),
			db.PutSetting(ctx, "name", "мән"),
			db.PutOfficers(ctx, []Officer{{ID: "o", Role: "surveyor", Body: "b", Name: "Омар"}}),
			db.PutDraft(ctx, []byte("p"), "s", []byte("x"), day0),
			db.PutRegisterRows(ctx, []RegisterDoc{{Register: "r", Key: "k", Value: []byte("{}"), Version: "1", At: day0, Cells: []int64{5}}}),
			db.Commit(ctx, &Batch{Was: head, Head: head, Erased: []int64{7}, ReportKeys: []ReportKey{{1, []byte("w")}},
				Capacity: &Publication{ID: 1, Lines: []CapacityLine{{Trafo: 1, Name: "n", Line: []byte("{}")}}}}),
		} {
			if fill != nil {
				t.Fatal(fill)
			}
		}
		for _, table := range tables {
			if dump(t, db, table) == "" {
				anyRow(t, db, table)
			}
		}
		file := filepath.Join(t.TempDir(), "copy.db")
		if err := db.Backup(ctx, file); err != nil {
			t.Fatal(err)
		}
		backup, err := Open(ctx, "sqlite:"+file, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer backup.Close()
		on := fresh(t, cluster.Database(t))
		if err := on.Fill(ctx, backup); err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			want := dump(t, db, table)
			if got := dump(t, backup, table); got != want {
				t.Errorf("%s in the backup:\n%s\nwant\n%s", table, got, want)
			}
			if got := dump(t, on, table); got != want {
				t.Errorf("%s after going on:\n%s\nwant\n%s", table, got, want)
			}
		}
		var known float64
		if err := on.row(ctx, `SELECT reltuples FROM pg_class WHERE relname = 'cases'`).Scan(&known); err != nil || known != 30 {
			t.Errorf("the engine counts %v cases, %v: it has not learnt how the rows are spread", known, err)
		}
		if err := on.Fill(ctx, backup); aiqyn.KindOf(err) != aiqyn.Conflict {
			t.Errorf("filled twice: %v", err)
		}
	})
}

// anyRow writes one into a table, whatever its columns are: a table that is empty when it
// is copied shows nothing.
func anyRow(t *testing.T, db *DB, table string) {
	t.Helper()
	rows, err := db.read.Query(`SELECT * FROM ` + table + ` LIMIT 0`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := rows.ColumnTypes()
	rows.Close()
	if err != nil {
		t.Fatal(err)
	}
	var names, binds []string
	var values []any
	for i, c := range columns {
		names, binds = append(names, c.Name()), append(binds, fmt.Sprintf("$%d", i+1))
		switch kind := c.DatabaseTypeName(); kind {
		case "BYTEA", "BLOB":
			values = append(values, []byte{0, 0xff, byte(i)})
		case "BIGINT", "INT8", "INTEGER":
			values = append(values, int64(i)<<40+7)
		case "BOOLEAN", "BOOL":
			values = append(values, true)
		case "TEXT":
			values = append(values, "мән")
		default:
			t.Fatalf("%s.%s is %s, which the copy was not tried with", table, c.Name(), kind)
		}
	}
	err = db.update(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(binds, ", ")+`)`, values...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", table, err)
	}
}

// dump is all that a table holds.
func dump(t *testing.T, db *DB, table string) string {
	t.Helper()
	rows, err := db.read.Query(`SELECT * FROM ` + table + ` ORDER BY 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for _, v := range row {
			switch w := v.(type) {
			case []byte:
				v = string(w)
			case bool: // SQLite has none
				v = map[bool]int64{true: 1}[w]
			}
			fmt.Fprintf(&all, "%v|", v)
		}
		all.WriteByte('\n')
	}
	return all.String()
}

// TestTablesAreAll: a table that is not copied would be missing after a restore.
func TestTablesAreAll(t *testing.T) { engines(t, testTablesAreAll) }

func testTablesAreAll(t *testing.T, url string) {
	db := fresh(t, url)
	from := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('migration', 'lease') ORDER BY name`
	if OnServer(url) {
		from = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('migration', 'lease') ORDER BY tablename COLLATE "C"`
	}
	var there []string
	for name, err := range each(t.Context(), db, func(row scanner, s *string) error { return row.Scan(s) }, from) {
		if err != nil {
			t.Fatal(err)
		}
		there = append(there, *name)
	}
	if want := slices.Sorted(slices.Values(tables)); !slices.Equal(there, want) {
		t.Errorf("tables %v, copied %v", there, want)
	}
}
