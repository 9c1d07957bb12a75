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
	// Of many that are watched most are still known: each is forgotten by a chance of about
	// one in a hundred.
	const watched = 100
	name := func(i int) string { return "guesser" + strconv.Itoa(i) }
	for i := range watched {
		for range 3 {
			l.spend(name(i))
		}
	}
	for i := range 1000 {
		l.spend("late" + strconv.Itoa(i))
	}
	at = at.Add(20 * time.Second)
	known := 0
	for i := range watched {
		switch wait := l.spend(name(i)); wait {
		case 40 * time.Second:
			known++
		case 0: // forgotten
		default:
			t.Errorf("%s is to wait %v", name(i), wait)
		}
	}
	if known < watched/2 {
		t.Errorf("%d of %d that are watched are still known after the flood", known, watched)
	}
}
