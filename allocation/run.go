package allocation

import "slices"

// Result is what a round came to.
type Result struct {
	Match []int32 // applicant → institution, −1: none
	round *Round
	m     *market
	rest  []int32 // asker of the market → the ask at which they came to rest, −1: none
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
	for k, e := range out.rest {
		if i := m.turn[k]; e >= 0 {
			out.Match[i] = m.asks[e].at()
		} else {
			out.Match[i] = -1
		}
	}
	return out, nil
}

// market writes the round as a matching problem.
func (r *Round) market() *market {
	m := &market{seats: make([]int32, len(r.Institutions)), who: make([]asker, len(r.Applicants)+1)}
	for i := range r.Institutions {
		m.seats[i] = int32(r.Institutions[i].Seats)
	}
	r.askers(m)
	r.asks(m)
	r.slots(m)
	if len(r.Rules.Quotas) > 0 {
		r.quotas(m)
	}
	return m
}

// askers puts the applicants in turn, each with what of their key is the same
// everywhere: the rank in what comes before having a sibling at the institution,
// and the rank in what follows it.
func (r *Round) askers(m *market) {
	before, after := r.aroundSibling()
	var high []int32
	if len(before) > 0 {
		high = r.ranks(before, false)
	}
	low := r.ranks(after, true)
	m.turn = turns(high, low)
	own := func(a *Applicant) bool { return a.Holds >= 0 && !slices.Contains(a.List, a.Holds) }
	inParallel(len(m.turn), func(from, to int) {
		for k := from; k < to; k++ {
			i := m.turn[k]
			a := &r.Applicants[i]
			w := asker{base: uint64(low[i]), from: int32(len(a.List)), holds: a.Holds, kinds: a.Categories}
			if high != nil {
				w.base |= uint64(high[i]) << 32
			}
			if own(a) {
				w.from++ // the last choice, and a certain one
			}
			m.who[k] = w
		}
	})
	from := int32(0)
	for k := range m.who { // so many asks have they: from which one
		m.who[k].from, from = from, from+m.who[k].from
	}
}

// aroundSibling is what applicants are ordered by before and after having a
// sibling at the institution, holding its place aside.
func (r *Round) aroundSibling() (before, after []string) {
	order := slices.DeleteFunc(slices.Clone(r.Rules.order()), func(p string) bool { return p == ByHolding })
	if i := slices.Index(order, BySibling); i >= 0 {
		return order[:i], order[i+1:]
	}
	return nil, order
}

// asks writes down whom everybody asks, and how they stand just there.
func (r *Round) asks(m *market) {
	order := r.Rules.order()
	holding, sibling := slices.Contains(order, ByHolding), slices.Contains(order, BySibling)
	m.asks = make([]ask, m.who[m.size()].from)
	inParallel(m.size(), func(from, to int) {
		for k := from; k < to; k++ {
			a := &r.Applicants[m.turn[k]]
			asks := m.asks[m.who[k].from:m.who[k+1].from]
			for e := range asks {
				h := a.Holds
				if e < len(a.List) {
					h = a.List[e]
				}
				asks[e] = ask(h)
				if sibling && !slices.Contains(a.Siblings, h) {
					asks[e] |= noSibling
				}
				if holding && a.Holds != h {
					asks[e] |= notHolding
				}
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
	list := []slot{{seats: held, kind: holder, soft: true}}
	open := slot{seats: left}
	if r.Rules.OpenFirst {
		return append(append(list, open), kept...)
	}
	return append(append(list, kept...), open)
}

// serve lets applicants choose one after the other, in the one order that all
// institutions share.
func (m *market) serve() []int32 {
	rest := make([]int32, m.size())
	left := slices.Clone(m.seats)
	for who := range rest {
		rest[who] = -1
		for e := m.who[who].from; e < m.who[who+1].from; e++ {
			if h := m.asks[e].at(); left[h] > 0 {
				left[h]--
				rest[who] = e
				break
			}
		}
	}
	return rest
}
