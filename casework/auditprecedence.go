package casework

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/rule"
	"aiqyn/service"
)

// Whoever decides could leave those out who stand before a friend, or have somebody wait
// for people who are not there. Who stood before whom at which entry follows from the
// cases; the audit makes it again for each ruling that names it.

// precedenceFolds are what cases have asked for from which entry on, and what rulings say.
type precedenceFolds struct {
	moved []appliedMove
	said  []precedenceSaid
}

// appliedMove is what a case stands before others with from an entry on; nil: no more.
type appliedMove struct {
	entry, no int64
	is        *applied
}

// precedenceSaid is what a ruling says of who stands before its case.
type precedenceSaid struct {
	entry  int64
	of     claimant
	x, y   float64
	rules  []*service.CapacityRule // of packs that may have been in force
	search *computed
	margin *computed
	in     grid.Precedence1Input
}

// standsNow notes what an entry has changed of what the case stands before others with.
func (c *caseAudit) standsNow(ev *event) {
	if c.svc == nil || c.svc.Outcome.Precedence == nil || c.bad {
		return
	}
	is, err := c.e.standingOf(c.svc, c.rec, ev.at)
	if err != nil {
		c.wrong(ev.index, "what the case asks for cannot be made again: %v", err)
		return
	}
	if c.stands.same(is) {
		return
	}
	c.stands = is
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders.moved = append(c.orders.moved, appliedMove{ev.index, c.row.No, is})
}

// same reports whether two of one case stand before others alike.
func (a *applied) same(b *applied) bool {
	if a == nil || b == nil {
		return a == b
	}
	one, other := *a, *b
	one.seq, other.seq = 0, 0
	return reflect.DeepEqual(one, other)
}

// marginIn is the computation of what was published, nil if there is none.
func marginIn(list []computed) *computed {
	for i := range list {
		if ofMargin(list[i].With) {
			return &list[i]
		}
	}
	return nil
}

// casePoints are the buses at which the case of a ruling has room.
func casePoints(r *ruled) ([]int, error) {
	search := searchIn(r.Computed)
	if search == nil {
		return nil, nil
	}
	value, err := rule.NormaliseJSON(search.Out)
	if err != nil {
		return nil, err
	}
	return pointsOfCase(value, marginIn(r.Computed))
}

// precedenceInput notes what a ruling says of who stands before its case, and holds of
// it what the case alone tells.
func (c *caseAudit) precedenceInput(ev *event, r *ruled, x *computed, b *Binding) error {
	s := precedenceSaid{entry: ev.index, search: searchIn(r.Computed), margin: marginIn(r.Computed),
		of: claimant{no: c.row.No, filed: c.rec.state.Filed, now: ev.at}}
	if err := canonical.Unmarshal(x.In, &s.in); err != nil {
		return err
	}
	var ok bool
	var load int64
	if s.x, s.y, load, ok = b.wanted(); !ok || s.in.XMM != thousandths(s.x) || s.in.YMM != thousandths(s.y) || s.in.LoadW != load*1000 {
		return fmt.Errorf("it is of another place or load")
	}
	points, err := casePoints(r)
	if err != nil {
		return err
	}
	if s.search == nil || !slices.Equal(points, s.in.Points) {
		return fmt.Errorf("its points are not those that were found")
	}
	for _, p := range c.packsAt(ev) {
		s.rules = append(s.rules, p.Capacity)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders.said = append(c.orders.said, s)
	return nil
}

// precedences holds what rulings say of who stands before their cases to those who did,
// and to what was reserved then.
func (a *auditor) precedences(context.Context) error {
	if a.books.broken {
		return nil // which is said
	}
	book := powerBook{byCase: make(map[int64]bookMove), byBus: make(map[int64]int64)}
	holds := a.books.moved
	for no, by := range a.figures.settled {
		holds = append(holds, bookMove{entry: by.entry, no: no})
	}
	slices.SortStableFunc(holds, func(x, y bookMove) int { return cmp.Compare(x.entry, y.entry) })
	slices.SortStableFunc(a.orders.moved, func(x, y appliedMove) int { return cmp.Compare(x.entry, y.entry) })
	slices.SortStableFunc(a.orders.said, func(x, y precedenceSaid) int { return cmp.Compare(x.entry, y.entry) })
	var stand orders
	moves := a.orders.moved
	for i := range a.orders.said {
		s := &a.orders.said[i]
		for ; len(moves) > 0 && moves[0].entry < s.entry; moves = moves[1:] {
			stand.set(moves[0].no, moves[0].is)
		}
		for ; len(holds) > 0 && holds[0].entry < s.entry; holds = holds[1:] {
			book.set(holds[0])
		}
		if a.erasedAround(s.entry) {
			continue
		}
		if err := a.precedenceSays(s, &stand, &book); err != nil {
			a.wrong(s.entry, "who stood before the case cannot be made again: %v", err)
		}
	}
	return nil
}

// erasedAround reports whether a case that was erased since may have stood before others
// at an entry, or held something: then nobody can make it again.
func (a *auditor) erasedAround(entry int64) bool {
	for _, r := range a.residue {
		if r.Amount != 0 {
			return true
		}
	}
	for of, spans := range a.queueFolds.erased {
		svc, ok := a.e.packs.current().Service(of)
		for _, span := range spans {
			if (!ok || svc.Outcome.Precedence != nil) && span.first < entry && entry <= span.last {
				return true
			}
		}
	}
	return false
}

// precedenceSays holds one of them.
func (a *auditor) precedenceSays(s *precedenceSaid, stand *orders, book *powerBook) error {
	var asked grid.ConnectionPoints3Input
	if err := canonical.Unmarshal(s.search.In, &asked); err != nil {
		return err
	}
	m, err := a.e.model(asked.Network)
	if err != nil {
		return err
	}
	value, err := rule.NormaliseJSON(s.search.Out)
	if err != nil {
		return err
	}
	list, more := stand.earlier(s.of, s.x, s.y, roomBeside(value, asked.LoadW), m, asked.Costs.MaxRouteM)
	if more != s.in.More {
		a.wrong(s.entry, "the ruling has another number of applications stand before it than there were")
		return nil
	}
	want := []grid.PrecedenceNetwork{}
	if len(list) > 0 {
		if want, err = networksOfCase(s.search.In, s.search.Out, s.margin); err != nil {
			return err
		}
	}
	held := book.held()
	if !slices.EqualFunc(s.in.Networks, want, func(x, y grid.PrecedenceNetwork) bool {
		x.Spoken, y.Spoken = nil, nil
		return reflect.DeepEqual(x, y)
	}) {
		a.wrong(s.entry, "the ruling asks other networks who stands before it than those on which it has points")
		return nil
	}
	for i := range want {
		if err := a.spokenSays(s, &want[i], &s.in.Networks[i], list, asked.Owned, held); err != nil {
			return err
		}
	}
	if !a.reservedSays(s, want, list, book) {
		a.wrong(s.entry, "the ruling has something else reserved beside those before it than was held")
	}
	return nil
}

// spokenSays holds what those before have spoken for on one network.
func (a *auditor) spokenSays(s *precedenceSaid, want, said *grid.PrecedenceNetwork, list []*applied, owned []grid.OwnedTrafo, held func(*grid.Model, int) []grid.Extra) error {
	rules := s.rules
	if len(rules) == 0 {
		rules = []*service.CapacityRule{nil}
	}
	for _, of := range rules {
		if err := spoken(want, list, owned, of, a.e.modelFor, a.streetsFor, held); err != nil {
			return err
		}
		if slices.Equal(want.Spoken, said.Spoken) {
			return nil
		}
	}
	switch {
	case len(said.Spoken) < len(want.Spoken):
		a.wrong(s.entry, "the ruling jumps the queue: %d applications filed earlier have spoken for power, it has %d", len(want.Spoken), len(said.Spoken))
	default:
		a.wrong(s.entry, "the ruling has other applications stand before it, or ask for something else, than the log")
	}
	return nil
}

// streetsFor finds streets by their hash.
func (a *auditor) streetsFor(hash string) (*grid.StreetGraph, error) {
	if hash == "" {
		return nil, nil
	}
	v, err := a.e.snapshots(hash)
	g, _ := v.(*grid.StreetGraph)
	return g, err
}

// held answers what is on the trees of networks by the book.
func (b *powerBook) held() func(*grid.Model, int) []grid.Extra {
	var of *grid.Model
	var byTree map[int][]grid.Extra
	return func(m *grid.Model, tree int) []grid.Extra {
		if of != m {
			of, byTree = m, make(map[int][]grid.Extra)
			for place, watt := range b.byBus {
				if t, ok := m.TreeOf(int(place)); ok && watt != 0 {
					byTree[t] = append(byTree[t], grid.Extra{Bus: int(place), Watt: watt})
				}
			}
			for _, list := range byTree {
				slices.SortFunc(list, func(x, y grid.Extra) int { return x.Bus - y.Bus })
			}
		}
		return byTree[tree]
	}
}

// reservedSays reports whether what a ruling has reserved beside those before it is what
// was held on the trees that it looks at, and nothing else.
func (a *auditor) reservedSays(s *precedenceSaid, want []grid.PrecedenceNetwork, list []*applied, book *powerBook) bool {
	if len(list) == 0 {
		return len(s.in.Reserved) == 0
	}
	all := make(map[int]int64)
	for _, x := range s.in.Reserved {
		is := book.byBus[int64(x.Bus)]
		if x.Watt != is {
			return false
		}
		all[x.Bus] = x.Watt
	}
	held := book.held()
	for _, n := range want {
		m, err := a.e.modelFor(n.Network)
		if err != nil {
			return false
		}
		for _, tree := range m.TreesNear(s.x, s.y, n.Costs.MaxRouteM) {
			for _, x := range held(m, tree) {
				if all[x.Bus] != x.Watt {
					return false
				}
			}
		}
	}
	return true
}
