package allocation

// market is a matching problem in the form in which it is solved: for every
// applicant a list of institutions with the applicant's key there. Of two keys
// at one institution the lower is the better; no two are equal.
type market struct {
	seats []int32
	slots [][]slot // of institutions that do not simply take the best; nil: all do
	off   []int32  // applicant → first entry; one more at the end
	inst  []int32  // entry → institution
	key   []uint64 // entry → key
	kinds []uint32 // applicant → categories; nil when no slot asks
	holds []int32  // applicant → what they hold; nil when nobody does
	turn  []int32  // who proposes first, and so on; nil: as they come
}

// slot is a number of seats that are filled one after the other by the same
// preference: first who belongs, then, if it is soft, the others.
type slot struct {
	seats  int32
	kind   uint32 // bits of which an applicant must have one; 0: everybody belongs
	holder bool   // belongs who holds the place
	soft   bool
}

// seat is one who is admitted for now.
type seat struct {
	key uint64
	who int32
}

// match lets every applicant propose down their list, an institution keep the
// best it has seen, and those who were put out propose on, until nobody moves
// (McVitie and Wilson 1971). An institution's choice fills its slots in their
// order, each by a preference of its own: that is a lexicographic choice, under
// which who is put out once is not wanted later (Chambers and Yenmez 2018), so
// that the outcome does not depend on who proposes when, and is the best stable
// one for every applicant. It returns the entry at which each came to rest, −1
// for nobody's.
func (m *market) match() []int32 {
	n := len(m.off) - 1
	at := make([]int32, n)
	held := m.rooms()
	for i := range at {
		at[i] = m.off[i] - 1
	}
	for first := range n {
		who := int32(first)
		if m.turn != nil {
			who = m.turn[first]
		}
		for who >= 0 {
			e := at[who] + 1
			if e == m.off[who+1] {
				at[who] = -1
				break
			}
			at[who] = e
			who = m.propose(held, m.inst[e], seat{m.key[e], who})
		}
	}
	return at
}

// rooms makes room at every institution for as many as it can ever hold, one
// beside the other in memory.
func (m *market) rooms() [][]seat {
	asked := make([]int32, len(m.seats))
	for _, h := range m.inst {
		asked[h]++
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
	if n := len(*held); n > 0 && int32(n) == m.seats[h] && s.key > (*held)[n-1].key && m.kinds[s.who] == 0 && m.holds[s.who] != h {
		return s.who
	}
	list := append(*held, s)
	for i := len(list) - 1; i > 0 && list[i].key < list[i-1].key; i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	var buf [256]bool
	taken := buf[:0]
	if len(list) > len(buf) {
		taken = make([]bool, 0, len(list))
	}
	taken = taken[:len(list)]
	clear(taken)
	m.fill(list, taken, h)
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

// fill marks whom the slots take.
func (m *market) fill(list []seat, taken []bool, h int32) {
	for _, slot := range m.slots[h] {
		left := slot.seats
		for i := 0; i < len(list) && left > 0; i++ {
			if !taken[i] && m.belongs(list[i].who, h, slot) {
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

func (m *market) belongs(who, h int32, s slot) bool {
	if s.holder {
		return m.holds[who] == h
	}
	return s.kind == 0 || m.kinds[who]&s.kind != 0
}
