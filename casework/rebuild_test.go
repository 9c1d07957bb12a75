package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// rebuild makes again what follows from the log, while no engine is open on it.
func (r *rig) rebuild() RebuildReport {
	r.t.Helper()
	rep, err := r.tryRebuild(r.t.Context(), nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return rep
}

func (r *rig) tryRebuild(ctx context.Context, progress func(done, total int64)) (RebuildReport, error) {
	r.t.Helper()
	r.shut()
	db, err := store.Open(r.t.Context(), r.url, store.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	cfg := r.auditConfig()
	cfg.Store, cfg.Progress = db, progress
	return Rebuild(ctx, cfg)
}

// derived is every row that follows from the log, as text.
func (r *rig) derived(tables ...string) string {
	r.t.Helper()
	if tables == nil {
		tables = []string{"tile", "cases", "reservation", "command", "demand", "publication", "capacity", "likeness", "cosigned", "entry"}
	}
	db := r.beside()
	defer db.Close()
	var b strings.Builder
	for _, table := range tables {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			r.t.Fatal(err)
		}
		names, _ := rows.Columns()
		var lines []string
		for rows.Next() {
			values := make([]any, len(names))
			into := make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				r.t.Fatal(err)
			}
			var line strings.Builder
			for i, v := range values {
				switch v := v.(type) {
				case nil:
					fmt.Fprintf(&line, " %s=NULL", names[i])
				case int64:
					fmt.Fprintf(&line, " %s=%d", names[i], v)
				default:
					fmt.Fprintf(&line, " %s=%x", names[i], v)
				}
			}
			lines = append(lines, line.String())
		}
		rows.Close()
		slices.Sort(lines)
		fmt.Fprintf(&b, "%s\n%s\n", table, strings.Join(lines, "\n"))
	}
	return b.String()
}

func TestRebuildOfASoundLogChangesNothing(t *testing.T) {
	r := tamperRig(t)
	r.shut()
	before := r.derived()
	rep := r.rebuild()
	if !rep.OK || rep.Differed != 0 || len(rep.Problems) > 0 || rep.Checked == 0 || rep.Made == 0 {
		t.Errorf("%+v", rep)
	}
	if r.derived() != before {
		t.Error("something was changed")
	}
	r.open() // and the log goes on
	r.file(holder, "99-999-002-006", 8)
	r.checkSound()
}

// broken is what somebody, or a disk, may have done to what follows from a log.
var broken = []struct {
	name, sql string
	names     string // how the report names it
}{
	{"a status", `UPDATE cases SET status = 'closed' WHERE no = (SELECT max(no) FROM cases)`, "its status was not"},
	{"whose it is", `UPDATE cases SET applicant = (SELECT object FROM cases WHERE no = 2) WHERE no = 2`, "its applicant was not"},
	{"the desk it lies on", `UPDATE cases SET officer = 'surveyor-99', due = 0, wake = 0`, "its officer was not"},
	{"a state", `UPDATE cases SET state = (SELECT state FROM cases WHERE no = 2) WHERE no = 3`, "its state was not"},
	{"one reference for another", `UPDATE cases SET ref = 'moved' WHERE no = 2; UPDATE cases SET ref = 'SECOND' WHERE no = 7`, "its ref was not"},
	{"a case that was erased", `UPDATE cases SET ref = 'back', status = 'open' WHERE status = 'erased'`, "is erased and its row"},
	{"a case out of nothing", `INSERT INTO cases (no, ref, service, applicant, object, filing, filed, key, status, outcome, body, step, officer, due, wake, closed, seq, state)
		SELECT 999, 'made-up', service, applicant, object, filing, filed, key, status, outcome, body, step, officer, due, wake, closed, seq, state FROM cases WHERE no = 2`, "no entry gives it"},
	{"what is held", `UPDATE reservation SET amount = amount + 1000`, "the book had"},
	{"the whole book", `DELETE FROM reservation`, "the book did not have"},
	{"a book for nothing", `INSERT INTO reservation (case_no, share, place, amount, granted, expires) VALUES (998, 'grid.capacity', 1, 5, 0, 0)`, "its entries give nothing"},
	{"a count", `UPDATE demand SET n = 40`, "was counted 40 times"},
	{"all counts", `DELETE FROM demand`, "was not counted"},
	{"who was counted", `UPDATE demand SET body = 'another'`, "was counted 1 times, the log has 0"},
	{"a command", `UPDATE command SET last = last + 1 WHERE id = (SELECT min(id) FROM command)`, "other entries"},
	{"all commands", `DELETE FROM command`, "was not in the list"},
	{"a command that never was", `INSERT INTO command (id, first, last) VALUES ('never', 1, 1)`, "no entry names it"},
	{"free power", `UPDATE capacity SET line = '{}'`, "its list of free power"},
	{"what it is found by", `UPDATE capacity SET search = 'x'`, "its list of free power"},
	{"the publication", `DELETE FROM publication`, "its list of free power"},
	{"a hash in the tree", `UPDATE tile SET data = zeroblob(length(data)) WHERE level = 0`, "was not what its entries give"},
	{"all tiles", `DELETE FROM tile`, "was not what its entries give"},
	{"a tile too many", `INSERT INTO tile (level, idx, data) VALUES (3, 7, zeroblob(32))`, "size"},
}

// TestRebuildMends breaks each thing that follows from the log. The audit finds
// it, the rebuild names it and puts it right, and then nothing differs from what
// had been written first, nor does a second one find anything.
func TestRebuildMends(t *testing.T) {
	r := tamperRig(t)
	r.shut()
	// The seal of a row has a number of its own each time, and who waits for a
	// round is looked at first: of cases all else is compared.
	const rows = "(SELECT no, ref, service, applicant, object, filing, filed, key, status, outcome, body, step, officer, due, closed, seq FROM cases) AS c"
	same := func() string {
		return r.derived(rows, "tile", "reservation", "command", "demand", "publication", "capacity", "likeness", "cosigned", "entry")
	}
	before := same()
	second := r.column(r.beside(), `SELECT ref FROM cases WHERE no = 2`)[0]
	for _, b := range broken {
		r.raw(strings.ReplaceAll(b.sql, "SECOND", second))
		if same() == before && b.name != "a state" {
			t.Errorf("%s: nothing was broken", b.name)
		}
		if rep, err := r.auditApart(t.Context()); err != nil || rep.OK {
			t.Errorf("%s: the audit says %+v, %v", b.name, rep, err)
		}
		rep := r.rebuild()
		named := func(p Problem) bool { return strings.Contains(p.What, b.names) }
		if rep.OK || rep.Differed == 0 || len(rep.Problems) > 0 || !slices.ContainsFunc(rep.Mended, named) {
			t.Errorf("%s: %+v", b.name, rep)
		}
		if now := same(); now != before {
			t.Errorf("%s: it was not put right:\n%s", b.name, difference(before, now))
			break
		}
		if rep, err := r.auditApart(t.Context()); err != nil || !rep.OK {
			t.Errorf("%s: afterwards the audit says %+v, %v", b.name, rep, err)
		}
	}
	if rep := r.rebuild(); !rep.OK {
		t.Errorf("a second time: %+v", rep)
	}
	r.open() // and the log goes on, with all that time brings about
	r.at(r.clock().AddDate(0, 0, 20))
	r.checkSound()
}

// difference is the lines that two texts do not have in common.
func difference(a, b string) string {
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out strings.Builder
	for _, line := range was {
		if !slices.Contains(is, line) {
			fmt.Fprintf(&out, "- %.200s\n", line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			fmt.Fprintf(&out, "+ %.200s\n", line)
		}
	}
	return out.String()
}

// TestRebuildOfABrokenLog: nothing is made of a log that is not whole.
func TestRebuildOfABrokenLog(t *testing.T) {
	r := tamperRig(t)
	r.shut()
	r.raw(`UPDATE demand SET n = 40`)
	for _, change := range []string{
		`UPDATE entry SET leaf = (SELECT leaf FROM entry WHERE idx = 4) WHERE idx = 5`,
		`UPDATE head SET root = (SELECT leaf FROM entry WHERE idx = 4)`,
	} {
		copied := r.backupShut()
		r.raw(change)
		before := r.derived()
		rep := r.rebuild()
		if rep.OK || rep.Differed != 0 || len(rep.Problems) == 0 {
			t.Errorf("%s: %+v", change, rep)
		}
		if r.derived() != before {
			t.Errorf("%s: something was written", change)
		}
		r.restore(copied)
	}
	// One entry of one case: that case stays, and what it may hold; all else is made again.
	r.raw(`UPDATE entry SET fields = fields || 'x' WHERE case_no = 3 AND seq = 2`)
	r.raw(`UPDATE cases SET step = 'x' WHERE no IN (3, 5)`)
	rep := r.rebuild()
	named := func(what string) func(Problem) bool {
		return func(p Problem) bool { return strings.Contains(p.What, what) }
	}
	if rep.OK || !slices.ContainsFunc(rep.Problems, named("leaf commits")) || !slices.ContainsFunc(rep.Mended, named("its step")) {
		t.Errorf("%+v", rep)
	}
	db := r.beside()
	var mended, left, counted int
	err := db.QueryRow(`SELECT (SELECT count(*) FROM cases WHERE no = 5 AND step = 'x'), (SELECT count(*) FROM cases WHERE no = 3 AND step = 'x'),
		(SELECT count(*) FROM demand WHERE n = 40)`).Scan(&mended, &left, &counted)
	if err != nil || mended != 0 || left != 1 || counted != 0 {
		t.Errorf("case 5 is left %d times, case 3 %d times, the count %d times: %v", mended, left, counted, err)
	}
}

// backupShut copies the database while no engine is open on it.
func (r *rig) backupShut() saved {
	r.t.Helper()
	r.open()
	was := r.backup()
	r.shut()
	return was
}

// TestRebuildEndsInTheMiddle: what was ended anywhere is run again.
func TestRebuildEndsInTheMiddle(t *testing.T) {
	r := tamperRig(t)
	r.shut()
	before := r.derived("tile", "reservation", "command", "demand", "capacity")
	for after := range 4 {
		for _, sql := range []string{`UPDATE cases SET step = 'x' WHERE status <> 'erased'`, `DELETE FROM tile`, `DELETE FROM reservation`, `DELETE FROM command`, `UPDATE demand SET n = 7`, `UPDATE capacity SET line = ''`} {
			r.raw(sql)
		}
		ctx, stop := context.WithCancel(t.Context())
		calls := 0
		_, err := r.tryRebuild(ctx, func(int64, int64) {
			if calls++; calls > after {
				stop()
			}
		})
		stop()
		if after < 2 && err == nil {
			t.Errorf("ended after %d: it went on", after)
		}
		r.rebuild()
		if now := r.derived("tile", "reservation", "command", "demand", "capacity"); now != before {
			t.Errorf("ended after %d:\n%s", after, difference(before, now))
		}
		if rep := r.rebuild(); !rep.OK {
			t.Errorf("ended after %d: %+v", after, rep)
		}
	}
	r.open()
	r.checkSound()
}

// TestRebuildWantsTheLogToItself: whoever holds the log is not disturbed, and
// whoever writes without holding it is refused afterwards.
func TestRebuildWantsTheLogToItself(t *testing.T) {
	r := tamperRig(t)
	r.shut()
	db, err := store.Open(t.Context(), r.url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	cfg := r.auditConfig()
	cfg.Store = db
	other := store.Lease{Holder: "another", Expires: time.Now().Add(time.Hour)}
	was, taken, err := db.TakeLease(t.Context(), r.cfg.Origin, other, time.Now())
	if err != nil || !taken {
		t.Fatal(taken, err)
	}
	if _, err := Rebuild(t.Context(), cfg); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("beside a process that holds the log: %v", err)
	}
	other.Fence = was.Fence
	if err := db.EndLease(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if rep, err := Rebuild(t.Context(), cfg); err != nil || !rep.OK {
		t.Fatalf("%+v, %v", rep, err)
	}
	late := &store.Batch{Was: was, Head: was}
	if err := db.Commit(t.Context(), late); err == nil {
		t.Error("who held the log before still writes")
	}
	if l, err := db.Lease(t.Context()); err != nil || l.Expires.After(time.Now()) {
		t.Errorf("the lease was not given back: %+v, %v", l, err)
	}
}
