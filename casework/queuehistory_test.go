package casework

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"aiqyn"
)

// TestOwnMovesInAHistory: who goes from one place to another in a line by what registers
// say, is offered a place, declines it and comes back, reads each of it with its cause,
// from where to where and when, whatever the pages.
func TestOwnMovesInAHistory(t *testing.T) {
	r := nursery(t, 1, 5)
	r.reports(1, 1)
	refs := make([]aiqyn.Reference, 5)
	for i := range 4 {
		refs[i] = r.queueUp(i, 1)
		r.pass(time.Minute)
	}
	const group = "kg-1/kk-2023"
	own := func(limit int) (said []string) {
		recorded := make(map[int64]time.Time)
		for _, ref := range refs {
			if ref != "" {
				for _, ev := range r.view(ref).Events {
					recorded[ev.Index] = ev.At
				}
			}
		}
		for _, m := range r.history(3, refs[3], group, limit) {
			who := ""
			if m.Own {
				who = "own "
			}
			said = append(said, fmt.Sprintf("%s%s %d → %d", who, m.Kind, m.From, m.Position))
			if at := recorded[m.Entry]; at.IsZero() || !m.At.Equal(at) {
				t.Errorf("entry %d is told as of %s, it is of %s", m.Entry, m.At, at)
			}
		}
		return said
	}
	holdRound(r) // the first goes
	r.privileged(3)
	r.must(LookAgain{ID: r.id(), Actor: payer(childOf(3)), Ref: refs[3]})
	want := []string{"own ranked 3 → 1", "offered 4 → 3", "own entered 0 → 4"}
	if got := own(25); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	r.replies(0, refs[0], "no")
	r.pass(24 * time.Hour)
	holdRound(r) // it is the fourth's now
	want = append([]string{"own offered 1 → 0"}, want...)
	if got := own(25); !slices.Equal(got, want) {
		t.Fatalf("offered: %q, want %q", got, want)
	}
	r.replies(3, refs[3], "no")
	r.outOfTurn(4)
	r.pass(time.Minute)
	refs[4] = r.queueUp(4, 1)
	r.must(Restore{ID: r.id(), Actor: payer(childOf(3)), Ref: refs[3]})
	want = append([]string{"own queue-restored 0 → 2"}, want...)
	for _, limit := range []int{25, 3, 2, 1} {
		if got := own(limit); !slices.Equal(got, want) {
			t.Errorf("by %d: %q, want %q", limit, got, want)
		}
	}
	// To those whom it has passed it is one move.
	var others []string
	for _, m := range r.history(2, refs[2], group, 25) {
		others = append(others, fmt.Sprintf("%s %d → %d", m.Kind, m.From, m.Position))
	}
	if want := []string{"queue-restored 3 → 4", "entered 2 → 3", "offered 3 → 2", "ranked 2 → 3", "offered 3 → 2", "entered 0 → 3"}; !slices.Equal(others, want) {
		t.Errorf("the third reads %q, want %q", others, want)
	}
}
