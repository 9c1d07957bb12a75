package allocation

import "slices"

// Result is what a round came to.
type Result struct {
	Match []int32 // applicant → institution, −1: none
	round *Round
	m     *market
	rest  []int32 // applicant → entry of the market
}

// Run runs a round of matching. It fails, and runs nothing, when any of its
// inputs makes no sense.
func (r *Round) Run() (*Result, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if r.Rules.Kind == SealedBid {
		return nil, invalid("allocation.bad-value", "where", "rules", "field", "kind", "value", r.Rules.Kind)
	}
	m := r.market()
	out := &Result{round: r, m: m, Match: make([]int32, len(r.Applicants))}
	if r.Rules.Kind == DeferredAcceptance {
		out.rest = m.match()
	} else {
		out.rest = m.serve()
	}
	for i, e := range out.rest {
		out.Match[i] = -1
		if e >= 0 {
			out.Match[i] = m.inst[e]
		}
	}
	return out, nil
}

// market writes the round as a matching problem.
func (r *Round) market() *market {
	m := &market{seats: make([]int32, len(r.Institutions)), off: make([]int32, 1, len(r.Applicants)+1)}
	for i := range r.Institutions {
		m.seats[i] = int32(r.Institutions[i].Seats)
	}
	total := 0
	for i := range r.Applicants {
		total += len(r.Applicants[i].List) + 1
	}
	m.inst = make([]int32, 0, total)
	for i := range r.Applicants {
		a := &r.Applicants[i]
		m.inst = append(m.inst, a.List...)
		if a.Holds >= 0 && !slices.Contains(a.List, a.Holds) {
			m.inst = append(m.inst, a.Holds) // the last choice, and a certain one
		}
		m.off = append(m.off, int32(len(m.inst)))
	}
	r.keys(m)
	r.slots(m)
	if len(r.Rules.Quotas) > 0 {
		r.quotas(m)
	}
	return m
}

// keys packs what orders applicants at one institution into a number: holding,
// what comes before having a sibling there, the sibling, and all that follows.
func (r *Round) keys(m *market) {
	order := r.Rules.order()
	holding := slices.Contains(order, ByHolding)
	order = slices.DeleteFunc(slices.Clone(order), func(p string) bool { return p == ByHolding })
	var before []string
	sibling := slices.Index(order, BySibling)
	if sibling >= 0 {
		before, order = order[:sibling], order[sibling+1:]
	}
	var high []int32
	if len(before) > 0 {
		high = r.ranks(before, false)
	}
	low := r.ranks(order, true)
	m.turn = turns(high, low)
	m.key = make([]uint64, len(m.inst))
	inParallel(len(r.Applicants), func(from, to int) {
		for i := from; i < to; i++ {
			a := &r.Applicants[i]
			base := uint64(low[i])
			if high != nil {
				base |= uint64(high[i]) << 32
			}
			for e := m.off[i]; e < m.off[i+1]; e++ {
				k := base
				if sibling >= 0 && !slices.Contains(a.Siblings, m.inst[e]) {
					k |= 1 << 31
				}
				if holding && a.Holds != m.inst[e] {
					k |= 1 << 63
				}
				m.key[e] = k
			}
		}
	})
}

// turns is the order in which applicants come to propose: the first in rank
// before the others, so that few are put out again. It has no bearing on the
// outcome.
func turns(high, low []int32) []int32 {
	byLow := make([]int32, len(low))
	for i, rank := range low {
		byLow[rank] = int32(i)
	}
	if high == nil {
		return byLow
	}
	next := make([]int32, slices.Max(append(high, 0))+2)
	for _, h := range high {
		next[h+1]++
	}
	for i := 1; i < len(next); i++ {
		next[i] += next[i-1]
	}
	out := make([]int32, len(low))
	for _, i := range byLow {
		out[next[high[i]]] = i
		next[high[i]]++
	}
	return out
}

// slots splits the seats of institutions that keep some: those that are held,
// then the reserves and the open ones in the published order.
func (r *Round) slots(m *market) {
	held := make([]int32, len(r.Institutions))
	some := false
	for i := range r.Applicants {
		if h := r.Applicants[i].Holds; h >= 0 {
			held[h]++
		}
	}
	for i := range r.Institutions {
		some = some || len(r.Institutions[i].Reserves) > 0
	}
	if !some {
		return // who holds a place is the first in its order, and that is enough
	}
	m.slots = make([][]slot, len(r.Institutions))
	m.kinds, m.holds = make([]uint32, len(r.Applicants)), make([]int32, len(r.Applicants))
	for i := range r.Applicants {
		m.kinds[i], m.holds[i] = r.Applicants[i].Categories, r.Applicants[i].Holds
	}
	for i := range r.Institutions {
		m.slots[i] = r.slotsOf(&r.Institutions[i], held[i])
	}
}

func (r *Round) slotsOf(h *Institution, held int32) []slot {
	if len(h.Reserves) == 0 {
		return nil
	}
	left := int32(h.Seats) - held
	var kept []slot
	for i, n := range h.Reserves {
		v := r.Rules.Reserves[i]
		seats := min(int32(n), left) // seats that are held were reserved before, or were not
		left -= seats
		kept = append(kept, slot{seats: seats, kind: 1 << slices.Index(r.Categories, v.Category), soft: v.Soft})
	}
	list := []slot{{seats: held, holder: true, soft: true}}
	open := slot{seats: left}
	if r.Rules.OpenFirst {
		return append(append(list, open), kept...)
	}
	return append(append(list, kept...), open)
}

// serve lets applicants choose one after the other, in the one order that all
// institutions share.
func (m *market) serve() []int32 {
	rest := make([]int32, len(m.off)-1)
	left := slices.Clone(m.seats)
	for _, who := range m.turn {
		rest[who] = -1
		for e := m.off[who]; e < m.off[who+1]; e++ {
			if h := m.inst[e]; left[h] > 0 {
				left[h]--
				rest[who] = e
				break
			}
		}
	}
	return rest
}
