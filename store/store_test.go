package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

func fresh(t *testing.T) (*DB, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.db")
	db, err := Open(t.Context(), "sqlite:"+file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, file
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
func filled(t *testing.T, n int) (*DB, Head) {
	t.Helper()
	db, _ := fresh(t)
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
	db, file := fresh(t)
	schema := func(db *DB) string {
		rows, err := db.read.Query("SELECT coalesce(sql, name) FROM sqlite_master UNION ALL SELECT name || at FROM migration ORDER BY 1")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var all strings.Builder
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			all.WriteString(s + "\n")
		}
		return all.String()
	}
	first := schema(db)
	for range 3 {
		db.Close()
		var err error
		if db, err = Open(t.Context(), "sqlite:"+file, Options{}); err != nil {
			t.Fatal(err)
		}
		if got := schema(db); got != first {
			t.Errorf("opened again, the schema is\n%s\nit was\n%s", got, first)
		}
	}
	db.Close()
	names, _ := fs.Glob(migrations, "migrations/*.sql")
	if n := strings.Count(first, "migrations/"); n != len(names) {
		t.Errorf("%d migrations are noted, there are %d", n, len(names))
	}
}

// TestBatchIsWholeOrNothing makes the last rows of a batch impossible, table by
// table: nothing of the batch may be left, and the next one goes through.
func TestBatchIsWholeOrNothing(t *testing.T) {
	db, head := filled(t, 5)
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
func TestManyRows(t *testing.T) {
	db, head := filled(t, 1)
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
func TestUpserts(t *testing.T) {
	db, head := filled(t, 3)
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

// pages walks a list page by page.
func pages(t *testing.T, size int, next func(last *Case) ([]Case, error)) []int64 {
	t.Helper()
	var all []int64
	var last *Case
	for {
		page, err := next(last)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			all = append(all, page[i].No)
		}
		if len(page) < size {
			return all
		}
		last = &page[len(page)-1]
	}
}

// TestPageBorders: however long a page is, each row comes once and in order;
// many rows share a due time, which must not matter at a border.
func TestPageBorders(t *testing.T) {
	db, _ := filled(t, 60)
	ctx := t.Context()
	lists := map[string]func(size int) []int64{
		"applicant": func(size int) []int64 {
			return pages(t, size, func(last *Case) ([]Case, error) {
				var before int64
				if last != nil {
					before = last.No
				}
				return db.CasesOfApplicant(ctx, []byte{1}, before, size)
			})
		},
		"officer": func(size int) []int64 {
			return pages(t, size, func(last *Case) ([]Case, error) {
				if last == nil {
					return db.CasesOfOfficer(ctx, "o1", time.Time{}, 0, size)
				}
				return db.CasesOfOfficer(ctx, "o1", last.Due, last.No, size)
			})
		},
		"open": func(size int) []int64 {
			return pages(t, size, func(last *Case) ([]Case, error) {
				var after int64
				if last != nil {
					after = last.No
				}
				return db.OpenCases(ctx, after, size)
			})
		},
	}
	want := map[string]int{"applicant": 20, "officer": 30, "open": 60}
	for name, list := range lists {
		whole := list(1000)
		if len(whole) != want[name] {
			t.Errorf("%s: %d rows, want %d", name, len(whole), want[name])
		}
		for _, size := range []int{1, 2, 3, 4, 5, 7, len(whole) - 1, len(whole), len(whole) + 1} {
			if got := list(size); !slices.Equal(got, whole) {
				t.Errorf("%s by %d: %v, want %v", name, size, got, whole)
			}
		}
	}
}

// TestIteratorsLetGo: whoever leaves a list early gives its connection back.
func TestIteratorsLetGo(t *testing.T) {
	db, _ := filled(t, 100)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for range 100 { // there are eight connections
		for range db.Entries(ctx, 0, 100) {
			break
		}
		for range db.EntriesByCase(ctx, 0, 100) {
			break
		}
		for range db.AllReservations(ctx) {
			break
		}
	}
	if open := db.read.Stats().InUse; open != 0 {
		t.Errorf("%d connections are still in use", open)
	}
	for e, err := range db.Entries(ctx, 90, 100) { // and one may read on while reading
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Entry(ctx, e.Index); err != nil {
			t.Fatal(err)
		}
	}
}

// TestEveryQueryUsesAnIndex asks SQLite how it would find the rows of every
// statement of this package: none may read a large table from end to end.
func TestEveryQueryUsesAnIndex(t *testing.T) {
	db, _ := fresh(t)
	large := regexp.MustCompile(`SCAN (entry|cases|outbox|tile|command|session|code|account|register_row|capacity|draft|reservation|cosigned)\b`)
	whole := map[string]bool{ // these are read from end to end on purpose, in the order of their key or of an index
		`SELECT size, at, checkpoint FROM cosigned ORDER BY size`:                                  true,
		`SELECT case_no, share, place, amount, granted, expires FROM reservation ORDER BY case_no`: true,
		`DELETE FROM cosigned`: true,
	}
	explained := 0
	for _, s := range statements(t) {
		if strings.HasPrefix(s.text, "PRAGMA") || strings.HasPrefix(s.text, "VACUUM") || whole[s.text] {
			continue
		}
		plan, err := explain(db, s.text)
		if err != nil {
			continue // not a statement of its own
		}
		explained++
		for _, step := range plan {
			switch {
			case large.MatchString(step) && !allowed(s.text, step):
				t.Errorf("%s\n%s\n%s", s.at, s.text, step)
			case strings.Contains(step, "TEMP B-TREE") && strings.Contains(s.text, "FROM cases"):
				t.Errorf("%s: sorts cases\n%s", s.at, s.text)
			}
		}
	}
	if explained < 60 {
		t.Errorf("only %d statements were explained", explained)
	}
}

// allowed are scans that an index bounds, or that begin a process only.
func allowed(query, step string) bool {
	return strings.Contains(step, "USING COVERING INDEX cases_of_officer") || // counts desks: as long as there are open steps
		strings.Contains(step, "USING INDEX cases_to_wake") || strings.Contains(step, "USING INDEX outbox_unsent") || // in order, to the limit
		strings.Contains(query, "ORDER BY size DESC LIMIT 1") || // the last one
		strings.Contains(query, "FROM reservation") || strings.Contains(query, "UPDATE reservation") // once per start, and as many as grants
}

func explain(db *DB, query string) ([]string, error) {
	binds := len(regexp.MustCompile(`\$\d+`).FindAllString(query, -1))
	for n := binds; n >= 0; n-- {
		args := make([]any, n)
		for i := range args {
			args[i] = 0
		}
		rows, err := db.read.Query("EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			continue
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				rows.Close()
				return nil, err
			}
			plan = append(plan, detail)
		}
		rows.Close()
		return plan, rows.Err()
	}
	return nil, sql.ErrNoRows
}

// TestCodesSessionsDrafts walks the paths of people's rows.
func TestCodesSessionsDrafts(t *testing.T) {
	db, _ := fresh(t)
	ctx, phone := t.Context(), []byte("p")
	code := Code{Hash: []byte("h"), Expires: day0.Add(time.Minute), Sent: day0}
	if put, err := db.PutCode(ctx, phone, code, day0.Add(-time.Second), nil); err != nil || !put {
		t.Fatal(put, err)
	}
	if put, err := db.PutCode(ctx, phone, code, day0.Add(-time.Microsecond), nil); err != nil || put {
		t.Error("a second code within the time: ", put, err)
	}
	for want := int64(1); want < 4; want++ {
		if c, ok, err := db.TryCode(ctx, phone); err != nil || !ok || c.Tries != want {
			t.Errorf("try %d: %+v, %v, %v", want, c, ok, err)
		}
	}
	if started, err := db.StartSession(ctx, phone, []byte("other"), []byte("t"), day0); err != nil || started {
		t.Error("a session on another code: ", started, err)
	}
	for i, want := range []bool{true, false} {
		if started, err := db.StartSession(ctx, phone, []byte("h"), fmt.Append(nil, "t", i), day0.Add(time.Hour)); err != nil || started != want {
			t.Error("session ", i, started, err)
		}
	}
	if p, err := db.SessionPhone(ctx, []byte("t0"), day0); err != nil || string(p) != "p" {
		t.Errorf("%q, %v", p, err)
	}
	if err := db.DropExpired(ctx, day0.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if p, err := db.SessionPhone(ctx, []byte("t0"), day0); err != nil || p != nil {
		t.Errorf("a dropped session: %q, %v", p, err)
	}
	for _, draft := range [][]byte{[]byte("a"), []byte("b"), nil} {
		if err := db.PutDraft(ctx, phone, "s", draft, day0); err != nil {
			t.Fatal(err)
		}
		if got, err := db.Draft(ctx, phone, "s"); err != nil || !bytes.Equal(got, draft) {
			t.Errorf("draft %q, %v, want %q", got, err, draft)
		}
	}
}
