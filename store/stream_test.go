package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"aiqyn"
)

// columns are what streams read.
type columns struct {
	n     int64
	text  string
	bytes []byte
	held  lent
}

func bindColumns(c *columns) ([]any, func() error) {
	var held lent
	return []any{&c.n, &c.text, &c.bytes, &held}, func() error {
		c.held = held
		return nil
	}
}

// TestStreamedColumns: what is read without the driver is what stands in the file, of
// the type that it has there; everything else is an error.
func TestStreamedColumns(t *testing.T) {
	db := fresh(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	var got []columns
	for c, err := range stream(t.Context(), db, bindColumns, `SELECT 9223372036854775807, 'өлшем', x'0001ff', x'02' WHERE $1 = 7
		UNION ALL SELECT -1, x'6162', 'text in bytes', 'and here' UNION ALL SELECT 0, '', NULL, NULL UNION ALL SELECT 3, '', x'', x''`, 7) {
		if err != nil {
			t.Fatal(err)
		}
		kept := *c
		kept.held = slices.Clone(c.held)
		got = append(got, kept)
	}
	want := []columns{{1<<63 - 1, "өлшем", []byte{0, 1, 255}, lent{2}}, {-1, "ab", []byte("text in bytes"), lent("and here")}, {}, {n: 3}}
	if !slices.EqualFunc(got, want, func(a, b columns) bool {
		return a.n == b.n && a.text == b.text && string(a.bytes) == string(b.bytes) && (a.bytes == nil) == (b.bytes == nil) && string(a.held) == string(b.held)
	}) {
		t.Errorf("%+v", got)
	}
	for _, query := range []string{`SELECT 'x', '', x'', x''`, `SELECT 1.5, '', x'', x''`, `SELECT NULL, '', x'', x''`, `SELECT 1, 2, x'', x''`, `SELECT 1, NULL, x'', x''`,
		`SELECT 1, '', 3, x''`, `SELECT 1, '', x'', 4`, `SELECT 1, ''`, `SELECT 1 FROM nowhere`, `SELECT abs(-9223372036854775807 - 1), '', x'', x''`} {
		var failed error
		for _, err := range stream(t.Context(), db, bindColumns, query) {
			failed = err
		}
		if failed == nil {
			t.Errorf("%s is read", query)
		}
	}
}

// TestStreamsEnd: a stream is left early, is ended by whoever gives up, and is of a file
// that is not there, and the next one reads.
func TestStreamsEnd(t *testing.T) {
	dir := t.TempDir()
	db := fresh(t, "sqlite:"+filepath.Join(dir, "a.db"))
	const many = `WITH RECURSIVE c(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c LIMIT 1000) SELECT n, '', x'', x'' FROM c`
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for range 2 * mostIdle {
		read := 0
		for range stream(t.Context(), db, bindColumns, many) {
			if read++; read == 10 {
				break
			}
		}
	}
	read := 0
	for _, err := range stream(ctx, db, bindColumns, many) {
		if read++; read == 10 {
			stop()
		}
		var known *aiqyn.Error
		if err != nil && (!errors.As(err, &known) || known.Kind != aiqyn.Unavailable) || err == nil && read > 10 {
			t.Fatalf("row %d: %v", read, err)
		}
	}
	if read != 11 {
		t.Errorf("%d rows", read)
	}
	readers := sqliteReaders{file: filepath.Join(dir, "nowhere", "b.db")}
	_, err := readers.take()
	var known *aiqyn.Error
	if err = readable(err); !errors.As(err, &known) || known.Key != "error.database-io" {
		t.Errorf("no file: %v", err)
	}
}
