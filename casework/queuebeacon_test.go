package casework

import (
	"fmt"
	"testing"
	"time"

	"aiqyn/deadline"
)

// TestARoundWaitsForItsBeacon: a round whose seed is late waits, however long, and takes
// no other for it; nor what is published and is not the beacon's.
func TestARoundWaitsForItsBeacon(t *testing.T) {
	late := &lateBeacon{asked: make(map[uint64]bool)}
	r := nursery(t, 1, 2, func(c *Config) {
		late.testBeacon = c.Beacon.(testBeacon)
		c.Beacon = late
	})
	r.reports(1, 1)
	for i := range 2 {
		r.queueUp(i, 1)
		r.pass(time.Minute)
	}
	if err := r.commitRounds(t.Context(), deadline.DateOf(r.clock())); err != nil {
		t.Fatal(err)
	}
	named := r.queues.unsettled(kindergarten).committed.Seed
	clear(late.asked) // draws of officers ask too
	waits := func(why string) {
		t.Helper()
		for range 3 {
			r.pass(time.Hour)
			if err := r.goOnWithRounds(t.Context()); err != nil {
				t.Fatal(err)
			}
			if now := r.queues.unsettled(kindergarten); now == nil || now.drawn != nil || now.committed.Seed != named {
				t.Fatalf("%s: the round went on all the same: %+v", why, now)
			}
		}
	}
	late.set(named-1, false)
	waits("the seed is late")
	late.set(named-1, true)
	waits("what is published is not the beacon's")
	late.set(named+10_000, false)
	if err := r.goOnWithRounds(t.Context()); err != nil {
		t.Fatal(err)
	}
	rounds := r.queues.of[kindergarten].rounds
	if got := rounds[len(rounds)-1]; got.settled == nil || got.drawn.Value != fmt.Sprintf("%x", late.Round(named).Value) {
		t.Errorf("when the seed is there the round is not held by it: %+v", got)
	}
	if len(late.asked) != 1 || !late.asked[named] {
		t.Errorf("rounds %v were asked for, the commitment names %d", late.asked, named)
	}
}
