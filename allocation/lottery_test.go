package allocation

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSortRanked holds the order of many against the plain one: spread wide,
// close together, all alike but for the number.
func TestSortRanked(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	order := func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo), cmp.Compare(a.i, b.i))
	}
	for _, spread := range []uint64{1, 7, 1 << 20, 1 << 63} {
		list := make([]ranked, 40_000)
		for i := range list {
			list[i] = ranked{random.Uint64N(spread) + 5, random.Uint64N(1 << 62), int32(i)}
		}
		want := slices.SortedFunc(slices.Values(list), order)
		if sortRanked(list, order); !slices.Equal(list, want) {
			t.Errorf("spread over %d they come out in another order", spread)
		}
	}
}
