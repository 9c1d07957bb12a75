package casework

import (
	"testing"
	"time"
)

// TestAnOfferRunsOutWithItsLastDay (I10): an offer can be answered until the last instant
// of its third working day in Astana, not one microsecond longer, whatever weekend or
// holiday lies between; who answers in that instant has the place.
func TestAnOfferRunsOutWithItsLastDay(t *testing.T) {
	for _, c := range []struct{ name, round, last string }{
		{"within a week", "2026-06-01 10:05", "2026-06-04"},
		{"over a weekend", "2026-06-05 10:05", "2026-06-10"},
		{"over a weekend and a holiday", "2026-07-03 10:05", "2026-07-09"}, // the sixth is one
	} {
		t.Run(c.name, func(t *testing.T) {
			end := almaty(t, c.last+" 00:00").AddDate(0, 0, 1)
			for _, late := range []bool{false, true} {
				r, refs := threeWait(t)
				r.at(almaty(t, c.round))
				holdRound(r)
				due := r.view(refs[0]).Due.At
				if !due.Equal(end.Add(-time.Microsecond)) {
					t.Fatalf("the offer can be answered until %s, want %s", due, end.Add(-time.Microsecond))
				}
				if r.at(due); late {
					r.at(due.Add(time.Microsecond))
				}
				q := r.stateOf(refs[0])
				if late != (q.State == QueueStopped) {
					t.Fatalf("late %v: it is %+v", late, q)
				}
				if !late {
					r.sleeps(due.Add(-10 * time.Microsecond)) // what is decided is a little later
					r.replies(0, refs[0], "yes")
					if q := r.stateOf(refs[0]); q.State != QueueTaken {
						t.Errorf("answered in the last instant it is %+v", q)
					}
				}
				r.sound()
			}
		})
	}
}
