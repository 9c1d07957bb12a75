package simulate

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// stream returns the random numbers of one stage. Each stage has its own, so
// that a change in how streets are drawn does not rename every person.
func stream(seed uint64, stage string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(stage))
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// between returns a number in [lo, hi).
func between(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }

// chance reports true with probability p.
func chance(r *rand.Rand, p float64) bool { return r.Float64() < p }

// pick returns one of the items.
func pick[T any](r *rand.Rand, items []T) T { return items[r.IntN(len(items))] }

// weighted returns the index of one weight, drawn in proportion to it.
func weighted(r *rand.Rand, weights ...float64) int {
	var sum float64
	for _, w := range weights {
		sum += w
	}
	at := r.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// round cuts v to the given decimals, so that files hold no noise digits and
// arithmetic that differs in the last bit between machines gives equal bytes.
func round(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(v*scale) / scale
}
