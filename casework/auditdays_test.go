package casework

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDaysWithoutARoundAreRemarked: places free, people waiting and no round on working
// days is told, with the days; no day off, no day on which nobody waited or nothing was
// free, and no day that had its round.
func TestDaysWithoutARoundAreRemarked(t *testing.T) {
	remarks := func(r *rig, want ...string) {
		t.Helper()
		rep := r.audit()
		if !rep.OK || len(rep.Remarks) != len(want) {
			t.Fatalf("the audit says %v, %+v, %+v", rep.OK, rep.Problems, rep.Remarks)
		}
		for i, text := range want {
			if !strings.Contains(rep.Remarks[i].What, text) {
				t.Errorf("%q is not in %q", text, rep.Remarks[i].What)
			}
		}
	}
	r, refs := threeWait(t) // on Monday, 1 June, after nine
	holdRound(r)
	r.replies(0, refs[0], "yes")
	r.must(Perform{ID: r.id(), Actor: payer(childOf(0)), Ref: refs[0], Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
	remarks(r)
	r.pass(4 * 24 * time.Hour) // nothing is free
	r.reports(1, 2)            // on Friday at ten
	r.pass(5 * 24 * time.Hour)
	r.privileged(2)
	r.must(LookAgain{ID: r.id(), Actor: payer(childOf(2)), Ref: refs[2]}) // the log goes on
	remarks(r, "on 2 working days, from 2026-06-08 to 2026-06-09")        // Wednesday may still have its round
	holdRound(r)
	remarks(r, "on 2 working days, from 2026-06-08 to 2026-06-09")
	r.replies(2, refs[2], "no")
	r.pass(3 * 24 * time.Hour)
	r.queueUp(3, 1)
	remarks(r, "on 2 working days", "on 2 working days, from 2026-06-11 to 2026-06-12")
}

// TestDaysWithoutARoundAreNamed: the public list has the days that the audit remarks, of
// this process and of the next; a row that is taken away or added is found and mended.
func TestDaysWithoutARoundAreNamed(t *testing.T) {
	r, refs := threeWait(t) // on Monday, 1 June, after nine
	svc, _ := r.Pack().Service(kindergarten)
	named := func(want ...MissedDays) {
		t.Helper()
		for _, now := range []string{"", " after a restart"} {
			if got := r.MissedDays(svc); !slices.Equal(got, want) {
				t.Fatalf("named%s are %+v, want %+v", now, got, want)
			}
			r.reopen()
		}
	}
	named()
	r.at(time.Date(2026, 6, 2, 8, 59, 0, 0, r.Zone))
	named()
	r.pass(24 * time.Hour) // no entry since, and Tuesday is over but for a minute
	named()
	r.pass(2 * time.Minute)
	named(MissedDays{"2026-06-02", "2026-06-02", 1})
	r.privileged(2)
	r.must(LookAgain{ID: r.id(), Actor: payer(childOf(2)), Ref: refs[2]})
	named(MissedDays{"2026-06-02", "2026-06-02", 1})
	holdRound(r) // Wednesday's
	r.replies(2, refs[2], "no")
	r.pass(7 * 24 * time.Hour) // with a Saturday and a Sunday
	missed := []MissedDays{{"2026-06-04", "2026-06-09", 4}, {"2026-06-02", "2026-06-02", 1}}
	named(missed...)
	r.queueUp(3, 1)
	named(missed...)
	if rep := r.audit(); !rep.OK || len(rep.Remarks) != 2 {
		t.Fatalf("the audit says %+v, %+v", rep.Problems, rep.Remarks)
	}
	rows := r.derived("queue_day")
	for i, change := range []string{`DELETE FROM queue_day WHERE day = '2026-06-02'`, `INSERT INTO queue_day (service, day) VALUES ('education.kindergarten', '2026-06-01')`} {
		db := r.beside()
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if rep := r.audit(); len(rep.Problems) != i+1 {
			t.Errorf("%s: the audit says %+v", change, rep.Problems)
		}
	}
	if rep := r.rebuild(); len(rep.Problems) > 0 || rep.Differed != 2 {
		t.Errorf("the rebuild says %+v", rep)
	}
	if now := r.derived("queue_day"); now != rows {
		t.Errorf("made again it is\n%s\nand was\n%s", now, rows)
	}
	r.open()
	named(missed...)
	r.sound()
}
