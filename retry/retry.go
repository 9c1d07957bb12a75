// Package retry says when to try again: each wait is longer than the one
// before, up to a cap, and spread by a hash of what is tried, so that what
// failed together does not come back together, and the same trial waits the
// same time on every machine and in every test.
package retry

import (
	"hash/fnv"
	"strconv"
	"time"
)

// Policy is how often and how soon something is tried again.
type Policy struct {
	First time.Duration // before the second trial
	Cap   time.Duration // no wait is longer
	Tries int           // then it is given up; 0: never
}

// Spent reports whether so many trials are all there are.
func (p Policy) Spent(tries int) bool { return p.Tries > 0 && tries >= p.Tries }

// After is how long to wait once so many trials of key have failed: First,
// doubled for each further one, at most Cap, and of that between three
// quarters and the whole.
func (p Policy) After(key string, tries int) time.Duration {
	wait := max(p.First, time.Millisecond)
	for i := 1; i < tries && wait < p.Cap; i++ {
		wait *= 2
	}
	wait = min(wait, max(p.Cap, time.Millisecond))
	h := fnv.New64a()
	h.Write([]byte(key))
	h.Write([]byte{0})
	h.Write(strconv.AppendInt(nil, int64(tries), 10))
	const steps = 1 << 10
	part := time.Duration(mix(h.Sum64()) % steps)
	return wait - wait/4*part/steps
}

// mix spreads every bit of a hash over the low ones: FNV's last byte alone
// moves them too little.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
