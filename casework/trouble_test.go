package casework

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn/store"
)

// set moves the clock without letting anything happen.
func (r *rig) set(t time.Time) {
	r.mu.Lock()
	r.now = t
	r.mu.Unlock()
}

// TestClockGoesBack: a little is helped, much is refused until it is put
// right; time in the log never goes back.
func TestClockGoesBack(t *testing.T) {
	r := newRig(t)
	r.file(holder, plot, 5)
	for _, back := range []time.Duration{time.Millisecond, time.Second, 1900 * time.Millisecond} {
		r.set(start.Add(-back))
		r.must(ack{Kind: "certificate", ID: r.id()}.command())
	}
	r.set(start.Add(-time.Hour))
	late := ack{Kind: "certificate", ID: r.id()}.command()
	for range 3 {
		_, err := r.Do(t.Context(), late)
		wantKey(t, err, "error.clock-back")
	}
	size := r.size()
	r.reopen() // a restart does not help either
	if _, err := r.Do(t.Context(), late); err == nil {
		t.Error("after a restart an hour is forgotten")
	}
	if r.size() != size {
		t.Errorf("the log grew from %d to %d", size, r.size())
	}
	r.set(start.Add(time.Second))
	if res := r.must(late); res.Again {
		t.Error("a refused command counts as carried out")
	}
	var last time.Time
	for e, err := range r.db.Entries(t.Context(), 0, 1<<62) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Recorded.Before(last) {
			t.Errorf("entry %d was recorded at %v, the one before it at %v", e.Index, e.Recorded, last)
		}
		last = e.Recorded
	}
	r.wantClean()
}

func (r *rig) wantClean() {
	r.t.Helper()
	if rep := r.audit(); !rep.OK {
		r.t.Errorf("audit: %+v", rep.Problems)
	}
}

// TestSecondProcess: a file that is open for writing is refused, by whatever
// name it is called, and the error names it.
func TestSecondProcess(t *testing.T) {
	r := newRig(t)
	file := filepath.Join(r.dir, "aiqyn.db")
	link := filepath.Join(t.TempDir(), "other.db")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, link, filepath.Join(r.dir, ".", "x", "..", "aiqyn.db")} {
		os.MkdirAll(filepath.Join(r.dir, "x"), 0o700)
		_, err := store.Open(t.Context(), "sqlite:"+name, store.Options{})
		wantKey(t, err, "error.database-taken")
		if e, ok := asError(err); ok && !strings.HasSuffix(fmt.Sprint(e.Args["file"]), ".db") {
			t.Errorf("the error names %v", e.Args["file"])
		}
	}
	r.file(holder, plot, 5)
	r.wantClean()
}

// TestSecondWriter has another process take the log over although the first
// still runs: somebody removed the lock file. The first can write nothing more
// and says so; nothing of its commands is there; the second works.
func TestSecondWriter(t *testing.T) {
	r := newRig(t)
	ref := r.file(holder, plot, 5)
	if err := os.Remove(filepath.Join(r.dir, "aiqyn.db.lock")); err != nil {
		t.Fatal(err)
	}
	second := &rig{t: t, dir: r.dir, now: start.Add(time.Second), files: r.files, n: 1000, url: r.url}
	second.open()
	t.Cleanup(second.shut)
	size := second.size()
	for range 3 {
		_, err := r.Do(t.Context(), ack{Kind: "certificate", ID: r.id()}.command())
		wantKey(t, err, "error.head-moved")
	}
	if got := second.size(); got != size {
		t.Errorf("a deposed process wrote %d entries", got-size)
	}
	second.pass(10 * time.Second)
	second.survey(ref)
	second.wantClean()
}

// TestHeadMoved: a batch made for another head is refused whole.
func TestHeadMoved(t *testing.T) {
	r := newRig(t)
	head, err := r.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, was := range []store.Head{
		{Size: head.Size - 1, Root: head.Root, Fence: head.Fence}, {Size: head.Size, Root: [32]byte{1}, Fence: head.Fence},
		{Size: head.Size, Root: head.Root, Fence: head.Fence + 1},
	} {
		err := r.db.Commit(t.Context(), &store.Batch{Was: was, Head: head, Entries: []store.Entry{{Index: head.Size, Case: 99, Seq: 1}}})
		if err != store.ErrHeadMoved {
			t.Errorf("%+v: %v", was, err)
		}
	}
	if got, err := r.db.Head(t.Context()); err != nil || got != head {
		t.Errorf("head %+v, %v; was %+v", got, err, head)
	}
	if _, err := r.db.Entry(t.Context(), head.Size); err == nil {
		t.Error("an entry of a refused batch is there")
	}
}

// TestDamagedPages overwrites pages of a closed database with garbage, one at
// a time. Whatever the page was, what follows is an error by name or an audit
// that finds it, never a crash and never a clean audit of a changed record.
func TestDamagedPages(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	ref := r.toConditions(holder, plot, 5)
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	rows := r.dump()
	r.shut()
	file := filepath.Join(r.dir, "aiqyn.db")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	every := 1
	if underRace {
		every = 5
	}
	for page := 0; page < len(whole)/pageSize; page += every {
		damaged := append([]byte(nil), whole...)
		for i := range pageSize {
			damaged[page*pageSize+i] = byte(i*7 + page)
		}
		if err := os.WriteFile(file, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		r.damaged(page, rows)
		for _, suffix := range []string{"-wal", "-shm"} {
			os.Remove(file + suffix)
		}
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	r.open() // the backup is put back
	r.wantClean()
}

// damaged audits a database with one bad page.
func (r *rig) damaged(page int, rows map[string]string) {
	t := r.t
	t.Helper()
	named := func(what string, err error) {
		if e, ok := asError(err); !ok || e.Key != "error.database-damaged" && e.Key != "error.log-damaged" {
			t.Errorf("page %d: %s: %v", page, what, err)
		}
	}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(r.dir, "aiqyn.db"), store.Options{})
	if err != nil {
		named("open", err)
		return
	}
	defer db.Close()
	r.db = db
	rep, err := Audit(t.Context(), r.auditConfig())
	if err != nil {
		named("audit", err)
		return
	}
	if rep.OK && !equalRows(r.dump(), rows) {
		t.Errorf("page %d is garbage, rows are lost and the audit is clean", page)
	}
}

// proven are the tables that an audit answers for.
var proven = []string{"head", "entry", "tile", "cases", "reservation", "cosigned"}

// dump is every row that an audit answers for, as text; a table that cannot be
// read is left out.
func (r *rig) dump() map[string]string {
	r.t.Helper()
	db := r.beside()
	defer db.Close()
	out := make(map[string]string)
	for _, table := range proven {
		rows, err := db.Query("SELECT * FROM " + table + " ORDER BY 1, 2")
		if err != nil {
			continue
		}
		columns, _ := rows.Columns()
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		var text strings.Builder
		for rows.Next() {
			if rows.Scan(values...) != nil {
				break
			}
			for i, v := range values {
				if columns[i] != "fence" {
					fmt.Fprintf(&text, "%v|", *v.(*any))
				}
			}
			text.WriteByte('\n')
		}
		rows.Close()
		out[table] = text.String()
	}
	return out
}

func equalRows(a, b map[string]string) bool {
	for table := range b {
		if a[table] != b[table] {
			return false
		}
	}
	return true
}
