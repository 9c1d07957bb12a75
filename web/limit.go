package web

import (
	"slices"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/web/api"
	"aiqyn/web/visit"
)

// limiter lets each key act so many times within a window. It keeps at most
// maxKeys: when more ask, windows that have passed are forgotten, and if that
// is not enough, one key by chance. A flood then costs mostly its own keys and
// never the memory; nobody can have their count forgotten on purpose for less
// than about maxKeys other keys.
type limiter struct {
	mu     sync.Mutex
	most   int
	window time.Duration
	clock  aiqyn.Clock
	spent  map[string]*spending
	swept  time.Time
}

type spending struct {
	since time.Time
	n     int
}

const maxKeys = 100_000

func newLimiter(most int, window time.Duration, clock aiqyn.Clock) *limiter {
	return &limiter{most: most, window: window, clock: clock, spent: map[string]*spending{}}
}

// spend counts one act of the key. It returns how long to wait, 0 if the act
// is within the limit.
func (l *limiter) spend(key string) time.Duration {
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
	if s.n <= l.most {
		return 0
	}
	return max(time.Second, l.window-now.Sub(s.since))
}

// forget makes room for one key. All are looked at no more than once a window.
func (l *limiter) forget(now time.Time) {
	if now.Sub(l.swept) >= l.window || now.Before(l.swept) {
		l.swept = now
		for key, s := range l.spent {
			if now.Sub(s.since) >= l.window {
				delete(l.spent, key)
			}
		}
	}
	for key := range l.spent { // in no order
		if len(l.spent) < maxKeys {
			return
		}
		delete(l.spent, key)
	}
}

// limits are those of the site. What may be guessed or is scarce is counted in the
// database too, see counted; these keep floods away from it. The others only keep one
// process from being busy for one person: each counts them on its own.
type limits struct {
	posts   *limiter // forms and commands, by account or address
	filings *limiter // applications, by account and by whom they are for
	codes   *limiter // one-time codes asked for, by address
	numbers *limiter // one-time codes asked for, by phone
	tries   *limiter // signing in, by address
	proofs  *limiter // second proofs, by account
	names   *limiter // numbers of people and companies that somebody tries, by account
	wishes  *limiter // connection points before an application, by account or address
	places  *limiter // parcels by where they lie, and tiles of them, by account or address
	bank    *limiter // questions to the payment provider, by account
}

// What is counted for all processes, by the names under which the database has it.
const (
	countFilings = "filings"
	countCodes   = "codes"
	countTries   = "tries"
	countProofs  = "proofs"
	countNames   = "names"
)

// namesPerHour is how often somebody may name another by their number: as often in
// all processes together.
const namesPerHour = 20

// newLimits makes them, so many times as wide where somebody is trying out and
// no account is worth stealing.
func newLimits(clock aiqyn.Clock, times int) limits {
	return limits{
		posts:   newLimiter(api.CommandsPerMinute, time.Minute, clock),
		filings: newLimiter(api.FilingsPerHour, time.Hour, clock),
		codes:   newLimiter(30*times, 10*time.Minute, clock), // many phones share the address of an operator
		numbers: newLimiter(6*times, 10*time.Minute, clock),
		tries:   newLimiter(60*times, 10*time.Minute, clock),
		proofs:  newLimiter(20*times, 10*time.Minute, clock),
		names:   newLimiter(namesPerHour, time.Hour, clock),
		bank:    newLimiter(10, time.Minute, clock),
		wishes:  newLimiter(30*times, 10*time.Minute, clock),
		places:  newLimiter(3000*times, 10*time.Minute, clock), // a tile for each step of somebody who walks about on the map
	}
}

// counted is within for what guards a secret or what is scarce: it counts in the
// database too, for all processes of the log, so that neither a restart nor a balancer
// lets anybody have more. It is one small write for an act that is allowed and none for
// one that is not; nothing that only shows something is counted so.
func (s *Server) counted(v *visit.Visit, kind string, l *limiter, keys ...string) error {
	if err := within(l, keys...); err != nil {
		return err
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		wait, err := s.site.Engine.Within(v.Context(), kind, key, l.most, l.window)
		if err != nil {
			return err
		}
		if wait > 0 {
			return aiqyn.TooSoon(wait)
		}
	}
	return nil
}

// within counts an act under each key, and refuses it if one has had its share.
func within(l *limiter, keys ...string) error {
	var wait time.Duration
	for _, key := range keys {
		wait = max(wait, l.spend(key))
	}
	if wait > 0 {
		return aiqyn.TooSoon(wait)
	}
	return nil
}

// seeks counts a search for connection points, if it asks for one, or else for what lies
// at a place.
func (s *Server) seeks(v *visit.Visit) error {
	if v.Query("kw") == "" {
		if v.Query("at") == "" {
			return nil
		}
		return within(s.limits.places, v.Limited())
	}
	return within(s.limits.wishes, v.Limited())
}
