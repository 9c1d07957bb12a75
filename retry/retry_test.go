package retry

import (
	"strconv"
	"testing"
	"time"
)

func TestAfter(t *testing.T) {
	p := Policy{First: time.Second, Cap: time.Minute, Tries: 8}
	whole := time.Second
	for tries := 1; tries <= 12; tries++ {
		got := p.After("m-1", tries)
		if got > whole || got < whole*3/4 {
			t.Errorf("after %d trials: %v, want three quarters to all of %v", tries, got, whole)
		}
		if again := p.After("m-1", tries); again != got {
			t.Errorf("after %d trials: %v, then %v", tries, got, again)
		}
		whole = min(whole*2, p.Cap)
	}
}

// TestSpread: a thousand that failed in the same second come back over the
// whole quarter, none of its tenths empty or crowded.
func TestSpread(t *testing.T) {
	p := Policy{First: 40 * time.Second, Cap: time.Hour}
	var tenths [10]int
	for i := range 1000 {
		late := 40*time.Second - p.After("m-"+strconv.Itoa(i), 1)
		tenths[min(9, int(late/time.Second))]++
	}
	for i, n := range tenths {
		if n < 60 || n > 140 {
			t.Errorf("%d of 1000 fall into tenth %d", n, i)
		}
	}
}

func TestSpent(t *testing.T) {
	for _, test := range []struct {
		policy Policy
		tries  int
		want   bool
	}{
		{Policy{Tries: 3}, 2, false}, {Policy{Tries: 3}, 3, true}, {Policy{Tries: 3}, 4, true}, {Policy{}, 1000, false},
	} {
		if got := test.policy.Spent(test.tries); got != test.want {
			t.Errorf("%+v after %d: %v", test.policy, test.tries, got)
		}
	}
}

func TestZeroPolicyWaits(t *testing.T) {
	if got := (Policy{}).After("x", 5); got <= 0 {
		t.Errorf("no wait at all: %v", got)
	}
}
