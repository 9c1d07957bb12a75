package service

import (
	"testing"

	"aiqyn"
	"aiqyn/deadline"
)

// TestStopOn: of several policies that counts whose law is in force on the day, the
// first and the last day with it, and none where there is a gap.
func TestStopOn(t *testing.T) {
	stop := func(after StopAfter, days int, from, to string) Stop {
		return Stop{After: after, Term: deadline.Term{Days: days}, Law: aiqyn.Law{From: from, To: to}}
	}
	q := &Queue{Stops: []Stop{
		stop(AfterDeclined, 10, "2020-06-30", ""),
		stop(AfterExpired, 10, "2020-06-30", "2026-08-31"), stop(AfterExpired, 30, "2026-09-01", "2026-12-31"), stop(AfterExpired, 5, "2027-02-01", ""),
	}}
	for _, c := range []struct {
		after StopAfter
		day   string
		want  int // days, 0: no stop
	}{
		{AfterExpired, "2020-06-29", 0}, {AfterExpired, "2020-06-30", 10}, {AfterExpired, "2026-08-31", 10}, {AfterExpired, "2026-09-01", 30}, {AfterExpired, "2026-12-31", 30},
		{AfterExpired, "2027-01-01", 0}, {AfterExpired, "2027-01-31", 0}, {AfterExpired, "2027-02-01", 5}, {AfterExpired, "2040-01-01", 5},
		{AfterDeclined, "2026-08-31", 10}, {AfterDeclined, "2027-01-15", 10}, {AfterDeclined, "2020-06-29", 0},
	} {
		got := 0
		if s := q.StopOn(c.after, c.day); s != nil {
			got = s.Term.Days
		}
		if got != c.want {
			t.Errorf("%s on %s: %d days, want %d", c.after, c.day, got, c.want)
		}
	}
}
