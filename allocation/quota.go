package allocation

import (
	"cmp"
	"slices"
)

// CallOrder takes people in the order of their merit (0 the best) and returns
// the order in which they are called, so that among the first n, for every n,
// the share of each category is at least its percentage while members remain:
// as Parcoursup calls (arrêté of 2018, published with its code). Bit 0 of flags
// is the first category, bit 1 the second; where both cannot be kept at once the
// first has the right of way. It needs integers only.
func CallOrder(flags []uint8, firstPct, secondPct int) []int {
	var queue [4][]int // by flags
	for i, f := range flags {
		queue[f&3] = append(queue[f&3], i)
	}
	var left, called [2]int
	for i, q := range queue {
		for c := range left {
			if i>>c&1 == 1 {
				left[c] += len(q)
			}
		}
	}
	out := make([]int, 0, len(flags))
	pct := [2]int{firstPct, secondPct}
	for n := range len(flags) {
		var must [2]bool
		for c := range must {
			must[c] = left[c] > 0 && called[c]*100 < pct[c]*(1+n)
		}
		best := head(queue[:], must)
		if best < 0 { // nobody is in both: the first category goes first
			best = head(queue[:], [2]bool{true, false})
		}
		who := queue[best][0]
		queue[best] = queue[best][1:]
		for c := range left {
			if best>>c&1 == 1 {
				left[c]--
				called[c]++
			}
		}
		out = append(out, who)
	}
	return out
}

// head returns which queue has the best at its head who is in every category
// that must be served, −1 when nobody is.
func head(queue [][]int, must [2]bool) int {
	best := -1
	for f, q := range queue {
		if len(q) == 0 || must[0] && f&1 == 0 || must[1] && f&2 == 0 {
			continue
		}
		if best < 0 || q[0] < queue[best][0] {
			best = f
		}
	}
	return best
}

// quotas replaces the keys of each institution by places in its call order.
func (r *Round) quotas(m *market) {
	var bit [2]uint32
	var pct [2]int
	for i, q := range r.Rules.Quotas {
		bit[i], pct[i] = 1<<slices.Index(r.Categories, q.Category), q.Percent
	}
	type entry struct {
		key uint64
		e   int32
		f   uint8
	}
	asked := make([][]entry, len(m.seats))
	for k := range int32(m.size()) {
		f := uint8(0)
		for c, b := range bit {
			if m.who[k].kinds&b != 0 {
				f |= 1 << c
			}
		}
		for e := m.who[k].from; e < m.who[k+1].from; e++ {
			h := m.asks[e].at()
			asked[h] = append(asked[h], entry{m.keyOf(k, e), e, f})
		}
	}
	m.key = make([]uint64, len(m.asks))
	for _, list := range asked {
		slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
		// Who holds a place is not called: they have it.
		holders := 0
		for holders < len(list) && r.Rules.order()[0] == ByHolding && list[holders].key>>63 == 0 {
			m.key[list[holders].e] = uint64(holders)
			holders++
		}
		list = list[holders:]
		flags := make([]uint8, len(list))
		for i := range list {
			flags[i] = list[i].f
		}
		for place, who := range CallOrder(flags, pct[0], pct[1]) {
			m.key[list[who].e] = uint64(holders + place)
		}
	}
}
