package web

import (
	"sync"
	"time"

	"aiqyn"
)

// limiter lets each key act so many times within a window. It keeps at most
// maxKeys; when more ask, the windows that have passed are forgotten first,
// and if that is not enough, all are: a flood must not fill the memory.
type limiter struct {
	mu     sync.Mutex
	most   int
	window time.Duration
	clock  aiqyn.Clock
	spent  map[string]*spending
}

type spending struct {
	since time.Time
	n     int
}

const maxKeys = 100_000

func newLimiter(most int, window time.Duration, clock aiqyn.Clock) *limiter {
	return &limiter{most: most, window: window, clock: clock, spent: map[string]*spending{}}
}

// allow counts one act of the key and reports whether it is within the limit.
func (l *limiter) allow(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock()
	s := l.spent[key]
	if s == nil {
		if len(l.spent) >= maxKeys {
			l.forget(now)
		}
		s = &spending{since: now}
		l.spent[key] = s
	}
	if now.Sub(s.since) >= l.window || now.Before(s.since) {
		*s = spending{since: now}
	}
	s.n++
	return s.n <= l.most
}

func (l *limiter) forget(now time.Time) {
	for key, s := range l.spent {
		if now.Sub(s.since) >= l.window {
			delete(l.spent, key)
		}
	}
	if len(l.spent) >= maxKeys {
		clear(l.spent)
	}
}
