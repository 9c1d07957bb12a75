package casework

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// TestABotGainsNothing: eight people want three times of a day, for which chance parts
// them. One of them withdraws and asks again a dozen times, and all come in another order:
// the same three get the same times, since everybody's number in that round is what it
// was. On another day, with another seed, they are others.
func TestABotGainsNothing(t *testing.T) {
	const people, times = 8, 3
	given := func(bot, days int, order []int) map[int]string {
		r := surgery(t, people)
		r.pass(time.Duration(days) * 24 * time.Hour)
		r.opens(2, times)
		refs := make([]aiqyn.Reference, people)
		for _, i := range order {
			refs[i] = r.booking(i)
			r.pass(time.Second)
		}
		for range 12 * bot {
			r.must(Withdraw{ID: r.id(), Actor: payer(childOf(0)), Ref: refs[0]})
			r.pass(time.Second)
			refs[0] = r.booking(0)
		}
		r.at(almaty(t, "2026-06-01 14:00").AddDate(0, 0, days))
		holdRound(r)
		got := make(map[int]string)
		for i, ref := range refs {
			if q := r.stateOf(ref); q.State == QueueOffered {
				got[i] = strings.TrimPrefix(q.Group, "pol-1/therapist/")
			}
		}
		r.sound()
		return got
	}
	was := given(0, 0, []int{0, 1, 2, 3, 4, 5, 6, 7})
	if len(was) != times {
		t.Fatalf("%d of %d times are given: %v", len(was), times, was)
	}
	if now := given(1, 0, []int{7, 3, 1, 0, 2, 6, 5, 4}); !maps.Equal(now, was) {
		t.Errorf("who asked a dozen times has changed %v to %v", was, now)
	}
	others := 0
	for days := 1; days <= 3; days++ {
		if now := given(0, days, []int{0, 1, 2, 3, 4, 5, 6, 7}); !slices.Equal(slices.Sorted(maps.Keys(now)), slices.Sorted(maps.Keys(was))) {
			others++
		}
	}
	if others == 0 {
		t.Error(fmt.Sprint("on every day the same have it: ", was))
	}
}
