package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn/store"
)

// TestAlarms: a case is woken once, at the last instant it has named, and by
// nothing else meanwhile.
func TestAlarms(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	in := func(d time.Duration) time.Time { return now.Add(d) }
	a := newAlarms()
	a.set([]store.Case{{No: 1, Wake: in(3 * time.Second)}, {No: 2, Wake: in(time.Second)}, {No: 3}, {No: 4, Wake: in(time.Hour)}}, now)
	if at, ok := a.next(); !ok || !at.Equal(in(time.Second)) {
		t.Fatalf("next at %v, %v", at, ok)
	}
	select {
	case <-a.news:
	default:
		t.Error("nobody was told of the first alarm")
	}
	for no, want := range map[int64]bool{1: true, 2: true, 3: false, 4: false} {
		if got := a.wakes(no); got != want {
			t.Errorf("case %d has an alarm: %v", no, got)
		}
	}
	a.set([]store.Case{{No: 1, Wake: in(500 * time.Millisecond)}, {No: 2, Wake: in(2 * time.Second)}}, now) // both were put off
	if got := a.due(in(time.Second), 10); !slices.Equal(got, []int64{1}) {
		t.Errorf("due after a second: %v", got)
	}
	if !a.wakes(1) {
		t.Error("a case on its way counts as forgotten")
	}
	a.settled(1)
	if a.wakes(1) {
		t.Error("a case that was woken counts as on its way")
	}
	a.set([]store.Case{{No: 2}}, now) // its time has come some other way
	if got := a.due(in(time.Hour), 10); got != nil {
		t.Errorf("woken all the same: %v", got)
	}
	a.set([]store.Case{{No: 5, Wake: in(0)}, {No: 6, Wake: in(0)}, {No: 7, Wake: in(0)}}, now)
	if first, then := a.due(now, 2), a.due(now, 2); len(first) != 2 || len(then) != 1 {
		t.Errorf("two at a time: %v, %v", first, then)
	}
	a.clear()
	if _, ok := a.next(); ok || a.wakes(5) {
		t.Error("another process's cases are still ours to wake")
	}
}
