package web

import (
	"strconv"
	"testing"
	"time"
)

func TestLimiterForgets(t *testing.T) {
	at := now
	l := newLimiter(2, time.Minute, func() time.Time { return at })
	for i, want := range []bool{true, true, false} {
		if (l.spend("a") == 0) != want {
			t.Errorf("act %d: allowed %v", i+1, !want)
		}
	}
	if l.spend("b") != 0 {
		t.Error("one key's acts count against another")
	}
	at = at.Add(time.Minute)
	if l.spend("a") != 0 {
		t.Error("the limit outlives its window")
	}
}

// However many keys come, the memory is bounded; a flood of them forgets the
// count of one that is being watched by chance only, and tells when to come
// again.
func TestLimiterUnderFlood(t *testing.T) {
	at := now
	l := newLimiter(2, time.Minute, func() time.Time { return at })
	for range 3 {
		l.spend("guesser")
	}
	for i := range maxKeys + 1000 {
		l.spend(strconv.Itoa(i))
	}
	if len(l.spent) > maxKeys {
		t.Errorf("%d keys are kept", len(l.spent))
	}
	at = at.Add(20 * time.Second)
	s := l.spent["guesser"]
	if s != nil && l.spend("guesser") != 40*time.Second { // it stays but by a chance of one in a hundred
		t.Error("a wrong time to wait")
	}
}
