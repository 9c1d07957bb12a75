package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store/cluster"
)

func TestMain(m *testing.M) { os.Exit(cluster.Done(m.Run())) }

// engines runs a test on an empty database of each engine.
func engines(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db")) })
	t.Run("postgresql", func(t *testing.T) { test(t, cluster.Database(t)) })
}

func fresh(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

var day0 = time.Date(2026, 6, 1, 5, 0, 0, 0, time.UTC)

// example is a batch that writes into every table, on top of a head.
func example(was Head, n int) *Batch {
	b := &Batch{Was: was, Head: was}
	for i := range n {
		no := was.Size + int64(i) + 1
		at := day0.Add(time.Duration(no) * time.Second)
		b.Entries = append(b.Entries, Entry{Index: no - 1, Case: no, Seq: 1, Kind: "filed", Recorded: at, Leaf: [32]byte{byte(no)}, Fields: "f", Sealed: []byte{1}})
		b.Cases = append(b.Cases, Case{
			No: no, Ref: fmt.Sprint("R", no), Service: "s", Applicant: []byte{byte(no % 3)}, Object: []byte{byte(no % 5)}, Filing: []byte("x"), Filed: at,
			Key: []byte{2}, Status: "open", Body: "b", Step: "st", Officer: fmt.Sprint("o", no%2), Due: day0.Add(time.Duration(no/4) * time.Hour), Wake: at, Seq: 1, State: []byte{3},
		})
		b.Reservations = append(b.Reservations, Reservation{Case: no, Share: "s", Place: 1, Amount: no, Granted: at, Expires: at})
		b.Messages = append(b.Messages, Message{ID: no, Case: no, Phone: []byte{byte(no % 2)}, Sealed: []byte{4}, Created: at})
		b.Commands = append(b.Commands, Command{ID: fmt.Sprint("c", no), First: no - 1, Last: no - 1})
		b.Demands = append(b.Demands, Demand{"address", fmt.Sprint("b", no%7), 1})
	}
	b.Tiles = []Tile{{0, was.Size / 256, bytes.Repeat([]byte{byte(n)}, 32)}}
	b.Snapshots = []Snapshot{{Hash: fmt.Sprint("h", was.Size), Kind: "k", Data: []byte("d"), Added: day0}}
	b.Head.Size, b.Head.Root, b.Head.Recorded = was.Size+int64(n), [32]byte{byte(was.Size), byte(n)}, day0.Add(time.Duration(was.Size+int64(n))*time.Second)
	return b
}

// filled is a database with n cases.
func filled(t *testing.T, url string, n int) (*DB, Head) {
	t.Helper()
	db := fresh(t, url)
	head, err := db.Begin(t.Context(), "log")
	if err != nil {
		t.Fatal(err)
	}
	b := example(head, n)
	if err := db.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return db, b.Head
}

// counts is how many rows every table has.
func counts(t *testing.T, db *DB) map[string]int {
	t.Helper()
	out := make(map[string]int)
	for _, table := range []string{"entry", "cases", "reservation", "outbox", "command", "demand", "tile", "snapshot", "publication", "capacity"} {
		var n int
		if err := db.row(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		out[table] = n
	}
	return out
}

func TestMigrationsApplyOnce(t *testing.T) {
	engines(t, func(t *testing.T, url string) {
		// Three processes begin at once; a file is one process's.
		processes := 1
		if OnServer(url) {
			processes = 3
		}
		var all sync.WaitGroup
		for range processes {
			all.Go(func() {
				db, err := Open(t.Context(), url, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				db.Close()
			})
		}
		all.Wait()
		first := migrated(t, url)
		if second := migrated(t, url); !slices.Equal(first, second) {
			t.Errorf("opened again: %v, it was %v", second, first)
		}
		names, _ := fs.Glob(migrations, "migrations/*.sql")
		if len(first) != len(names) {
			t.Errorf("%d migrations are noted, there are %d", len(first), len(names))
		}
	})
}

// migrated opens a database and lists its migrations and when each was made.
func migrated(t *testing.T, url string) (list []string) {
	t.Helper()
	db, err := Open(t.Context(), url, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	scan := func(row scanner, s *string) error {
		var at int64
		err := row.Scan(s, &at)
		*s += fmt.Sprint(" ", at)
		return err
	}
	for s, err := range each(t.Context(), db, scan, `SELECT name, at FROM migration ORDER BY name`) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, *s)
	}
	return list
}

// TestBatchIsWholeOrNothing makes the last rows of a batch impossible, table by
// table: nothing of the batch may be left, and the next one goes through.
func TestBatchIsWholeOrNothing(t *testing.T) { engines(t, testBatchIsWholeOrNothing) }

func testBatchIsWholeOrNothing(t *testing.T, url string) {
	db, head := filled(t, url, 5)
	before := counts(t, db)
	for name, spoil := range map[string]func(*Batch){
		"entry twice":     func(b *Batch) { b.Entries = append(b.Entries, b.Entries[0]) },
		"entry of a case": func(b *Batch) { b.Entries[9].Case, b.Entries[9].Seq = 1, 1 },
		"reference taken": func(b *Batch) { b.Cases[9].Ref = "R1" },
		"command twice":   func(b *Batch) { b.Commands[9].ID = "c1" },
		"message twice":   func(b *Batch) { b.Messages[9].ID = 1 },
		"publication": func(b *Batch) {
			b.Capacity = &Publication{ID: 1, Lines: []CapacityLine{{Trafo: 1, Line: []byte("{}")}, {Trafo: 1, Line: []byte("{}")}}}
		},
	} {
		b := example(head, 10)
		spoil(b)
		if err := db.Commit(t.Context(), b); err == nil {
			t.Errorf("%s: written", name)
		}
		if got, err := db.Head(t.Context()); err != nil || got != head {
			t.Errorf("%s: head %+v, %v", name, got, err)
		}
		if after := counts(t, db); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: %v, was %v", name, after, before)
		}
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	err := db.Commit(gone, example(head, 10))
	if aiqyn.KindOf(err) != aiqyn.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who has gone: %v", err)
	}
	if err := db.Commit(t.Context(), example(Head{Size: 4, Root: head.Root, Fence: head.Fence}, 3)); err != ErrHeadMoved {
		t.Errorf("another head: %v", err)
	}
	if err := db.Commit(t.Context(), example(head, 10)); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

// TestManyRows writes batches of sizes around those of the prepared statements.
func TestManyRows(t *testing.T) { engines(t, testManyRows) }

func testManyRows(t *testing.T, url string) {
	db, head := filled(t, url, 1)
	for _, n := range []int{1, 7, 8, 9, 63, 64, 65, 72, 73, 200} {
		b := example(head, n)
		if err := db.Commit(t.Context(), b); err != nil {
			t.Fatalf("%d rows: %v", n, err)
		}
		head = b.Head
	}
	next := int64(0)
	for e, err := range db.Entries(t.Context(), 0, 1<<40) {
		if err != nil || e.Index != next || e.Leaf != [32]byte{byte(next + 1)} {
			t.Fatalf("entry %+v, %v, want %d", e, err, next)
		}
		next++
	}
	if next != head.Size {
		t.Errorf("%d entries, the head says %d", next, head.Size)
	}
}

// TestUpserts writes rows that are there already.
func TestUpserts(t *testing.T) { engines(t, testUpserts) }

func testUpserts(t *testing.T, url string) {
	db, head := filled(t, url, 3)
	b := example(head, 0)
	b.Cases = []Case{{No: 2, Ref: "other", Service: "other", Applicant: []byte("other"), Object: []byte{}, Filing: []byte{}, Status: "closed", Outcome: "granted", Seq: 9, State: []byte("new")}}
	b.Reservations = []Reservation{{Case: 2, Share: "s", Amount: 0}, {Case: 9, Share: "s", Amount: 5}}
	b.Demands = []Demand{{"address", "b1", 4}, {"address", "new", 1}}
	b.Tiles = []Tile{{0, 0, bytes.Repeat([]byte{7}, 64)}}
	b.Snapshots = []Snapshot{{Hash: "h0", Kind: "k", Data: []byte("changed"), Added: day0}}
	if err := db.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	c, ok, err := db.CaseByRef(t.Context(), "R2")
	if err != nil || !ok || c.Status != "closed" || c.Outcome != "granted" || c.Seq != 9 || string(c.State) != "new" || c.Service != "s" || !c.Wake.IsZero() {
		t.Errorf("case %+v, %v, %v: what never changes must stay, the rest must change", c, ok, err)
	}
	held, err := db.Reservations(t.Context(), "s")
	if err != nil || len(held) != 3 || held[0].Case != 1 || held[1].Case != 3 || held[2].Case != 9 {
		t.Errorf("held %+v, %v", held, err)
	}
	demands, err := db.Demands(t.Context(), 10)
	if err != nil || demands[0] != (Demand{"address", "b1", 5}) || len(demands) != 4 {
		t.Errorf("demands %+v, %v", demands, err)
	}
	if tile, err := db.ReadTile(0, 0, 2); err != nil || len(tile) != 64 {
		t.Errorf("tile %x, %v", tile, err)
	}
	if _, err := db.ReadTile(0, 0, 3); err == nil {
		t.Error("a tile is read beyond its end")
	}
	if data, err := db.Snapshot(t.Context(), "h0"); err != nil || string(data) != "d" {
		t.Errorf("a snapshot was written over: %q, %v", data, err)
	}
}
