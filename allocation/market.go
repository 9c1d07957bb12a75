package allocation

// market is a matching problem in the form in which it is solved: for every
// applicant a list of institutions with the applicant's key there. Of two keys
// at one institution the lower is the better; no two are equal. What is read
// together lies together: a nation's round is as fast as the memory is.
type market struct {
	seats []int32
	slots [][]slot // of institutions that do not simply take the best; nil: all do
	who   []asker  // those who ask, in turn, and one more whose first ask is the end
	asks  []ask
	key   []uint64 // ask → key, where the asker and the ask do not make it; else nil
	turn  []int32  // asker → applicant; nil: they are the same
}

// asker is one who proposes.
type asker struct {
	base  uint64 // what of their key is the same everywhere
	from  int32  // their first ask; the next asker's is their end
	holds int32  // the institution whose place they have, −1 for none
	kinds uint32 // categories
}

// ask is an institution and what puts the asker behind others just there.
type ask uint32

const (
	noSibling  ask = 1 << 30
	notHolding ask = 1 << 31
)

func (a ask) at() int32 { return int32(a &^ (noSibling | notHolding)) }

// behind is what an ask adds to the key of its asker.
func (a ask) behind() uint64 {
	return uint64(a&noSibling)<<1 | uint64(a&notHolding)<<32
}

// keyOf is the key with which an applicant stands at one of their asks.
func (m *market) keyOf(who, e int32) uint64 {
	if m.key != nil {
		return m.key[e]
	}
	return m.who[who].base | m.asks[e].behind()
}

// seatOf is what an institution would keep of an asker.
func (m *market) seatOf(who, e int32) seat {
	s := seat{m.keyOf(who, e), who, m.who[who].kinds}
	if m.who[who].holds == m.asks[e].at() {
		s.kinds |= holder
	}
	return s
}

// size is how many applicants there are.
func (m *market) size() int { return len(m.who) - 1 }

// slot is a number of seats that are filled one after the other by the same
// preference: first who belongs, then, if it is soft, the others.
type slot struct {
	seats int32
	kind  uint32 // bits of which an applicant must have one; 0: everybody belongs
	soft  bool
}

// seat is one who is admitted for now.
type seat struct {
	key   uint64
	who   int32
	kinds uint32 // categories, and whether this place is theirs
}

// holder is the kind of those who hold the place; no category has its bit.
const holder = 1 << maxCategories

// match lets every applicant propose down their list, an institution keep the
// best it has seen, and those who were put out propose on, until nobody moves
// (McVitie and Wilson 1971). An institution's choice fills its slots in their
// order, each by a preference of its own: that is a lexicographic choice, under
// which who is put out once is not wanted later (Chambers and Yenmez 2018), so
// that the outcome does not depend on who proposes when, and is the best stable
// one for every applicant. It returns the entry at which each came to rest, −1
// for nobody's.
func (m *market) match() []int32 {
	n := m.size()
	at := make([]int32, n)
	held := m.rooms()
	for i := range at {
		at[i] = m.who[i].from - 1
	}
	for first := range n {
		for who := int32(first); who >= 0; {
			e := at[who] + 1
			if e == m.who[who+1].from {
				at[who] = -1
				break
			}
			at[who] = e
			who = m.propose(held, m.asks[e].at(), m.seatOf(who, e))
		}
	}
	return at
}

// rooms makes room at every institution for as many as it can ever hold, one
// beside the other in memory.
func (m *market) rooms() [][]seat {
	asked := make([]int32, len(m.seats))
	for _, a := range m.asks {
		asked[a.at()]++
	}
	total := 0
	for h, n := range asked {
		total += int(min(n, m.seats[h]+1)) // one more while they choose
	}
	all := make([]seat, total)
	held := make([][]seat, len(m.seats))
	for h, n := range asked {
		k := min(n, m.seats[h]+1)
		held[h], all = all[:0:k], all[k:]
	}
	return held
}

// propose gives an institution one more applicant; it returns who is put out,
// −1 for nobody.
func (m *market) propose(held [][]seat, h int32, s seat) int32 {
	if m.slots != nil && m.slots[h] != nil {
		return m.choose(&held[h], h, s)
	}
	heap, seats := held[h], m.seats[h]
	switch {
	case seats == 0:
		return s.who
	case int32(len(heap)) < seats:
		held[h] = append(heap, s)
		rise(held[h], len(heap))
		return -1
	case s.key > heap[0].key:
		return s.who
	}
	out := heap[0].who
	heap[0] = s
	sink(heap)
	return out
}

// rise and sink keep the worst of those admitted at the front.
func rise(heap []seat, i int) {
	for i > 0 {
		up := (i - 1) / 2
		if heap[up].key >= heap[i].key {
			return
		}
		heap[up], heap[i] = heap[i], heap[up]
		i = up
	}
}

func sink(heap []seat) {
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(heap) {
			return
		}
		if down+1 < len(heap) && heap[down+1].key > heap[down].key {
			down++
		}
		if heap[i].key >= heap[down].key {
			return
		}
		heap[i], heap[down] = heap[down], heap[i]
		i = down
	}
}

// choose fills an institution's slots from those admitted, who are in order of
// their keys, and one more.
func (m *market) choose(held *[]seat, h int32, s seat) int32 {
	// Where every seat is taken by somebody with a better key, who belongs to
	// nothing that seats are kept for has none to hope for.
	if n := len(*held); n > 0 && int32(n) == m.seats[h] && s.key > (*held)[n-1].key && s.kinds == 0 {
		return s.who
	}
	list := append(*held, s)
	for i := len(list) - 1; i > 0 && list[i].key < list[i-1].key; i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	if int32(len(list)) <= m.seats[h] && allSoft(m.slots[h]) { // there is room for everybody
		*held = list
		return -1
	}
	var buf [256]bool
	taken := buf[:0]
	if len(list) > len(buf) {
		taken = make([]bool, 0, len(list))
	}
	taken = taken[:len(list)]
	clear(taken)
	fill(m.slots[h], list, taken)
	out := int32(-1)
	keep := list[:0]
	for i, s := range list {
		if taken[i] {
			keep = append(keep, s)
		} else {
			out = s.who // one at most: those admitted before fitted without the new one
		}
	}
	*held = keep
	return out
}

// allSoft tells whether no seat stays empty while anybody wants it.
func allSoft(slots []slot) bool {
	for _, s := range slots {
		if !s.soft && s.kind != 0 {
			return false
		}
	}
	return true
}

// fill marks whom the slots take.
func fill(slots []slot, list []seat, taken []bool) {
	for _, slot := range slots {
		left := slot.seats
		for i := 0; i < len(list) && left > 0; i++ {
			if !taken[i] && (slot.kind == 0 || list[i].kinds&slot.kind != 0) {
				taken[i] = true
				left--
			}
		}
		for i := 0; i < len(list) && left > 0 && slot.soft; i++ {
			if !taken[i] {
				taken[i] = true
				left--
			}
		}
	}
}
