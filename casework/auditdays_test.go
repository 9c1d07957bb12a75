package casework

import (
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
