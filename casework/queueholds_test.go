package casework

import (
	"testing"
	"time"

	"aiqyn"
)

// TestWhoIsEnrolledKeepsTheirPlace: a child who has a place and asks for another risks
// nothing. It keeps the place while it waits, when it declines what it is offered, when it
// lets the offer lapse and when it gives up; only when it has accepted and taken up the
// other the place is free, and the next round gives it to the next who waits for it.
func TestWhoIsEnrolledKeepsTheirPlace(t *testing.T) {
	r := nursery(t, 2, 3)
	r.reports(1, 1)
	r.reports(2, 0)
	first := r.queueUp(0, 1)
	holdRound(r)
	enrolled := func(i int, ref aiqyn.Reference) {
		t.Helper()
		r.replies(i, ref, "yes")
		r.must(Perform{ID: r.id(), Actor: payer(childOf(i)), Ref: ref, Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
	}
	enrolled(0, first)
	r.pass(time.Minute)
	next := r.queueUp(1, 1)
	r.pass(time.Minute)
	move := r.queueUp(0, 2)
	seats := func(one, two int) {
		t.Helper()
		for range 2 {
			for g, want := range map[string]int{"kg-1/kk-2023": one, "kg-2/kk-2023": two} {
				if v, err := r.Place(kindergarten, g); err != nil || v.Taken != want {
					t.Fatalf("%s: %d places are somebody's, want %d, %v", g, v.Taken, want, err)
				}
			}
			r.sound()
			r.reopen()
		}
	}
	keeps := func(two int) {
		t.Helper()
		if q := r.stateOf(first); q.State != QueuePlaced || q.Group != "kg-1/kk-2023" {
			t.Fatalf("the place it had is %+v", q)
		}
		if q := r.stateOf(next); q.State != QueueWaiting {
			t.Fatalf("who waits for it is %+v", q)
		}
		seats(1, two)
	}
	offered := func(ref aiqyn.Reference, group string) {
		t.Helper()
		r.pass(24 * time.Hour)
		holdRound(r)
		if q := r.stateOf(ref); q.State != QueueOffered || q.Group != group {
			t.Fatalf("it was offered %+v", q)
		}
	}
	if v := r.view(move).Queue; !v.Holds || !v.First.Equal(r.stateOf(first).First) || v.Lines[0].Position != 1 {
		t.Fatalf("who asks to move stands at %+v", v)
	}
	keeps(0)
	r.reports(2, 1)
	offered(move, "kg-2/kk-2023")
	keeps(1)
	r.replies(0, move, "no")
	keeps(0)
	r.must(Restore{ID: r.id(), Actor: payer(childOf(0)), Ref: move})
	offered(move, "kg-2/kk-2023")
	r.at(r.view(move).Due.At.Add(time.Second))
	if q := r.stateOf(move); q.State != QueueStopped {
		t.Fatalf("who has said nothing is %+v", q)
	}
	keeps(0)
	r.must(Withdraw{ID: r.id(), Actor: payer(childOf(0)), Ref: move})
	keeps(0)
	r.pass(time.Minute)
	move = r.queueUp(0, 2)
	offered(move, "kg-2/kk-2023")
	r.replies(0, move, "yes")
	keeps(1)
	r.must(Perform{ID: r.id(), Actor: payer(childOf(0)), Ref: move, Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
	if q := r.stateOf(first); q.State != QueueMoved {
		t.Fatalf("the place it has left is %+v", q)
	}
	seats(0, 1)
	offered(next, "kg-1/kk-2023")
	enrolled(1, next)
	seats(1, 1)
}
