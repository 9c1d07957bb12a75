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
)

// Whoever decides could leave those out who stand before a friend, or have somebody wait
// for people who are not there. Who had claimed what before whom at which entry follows
// from the cases; the audit makes it again for each claim and each ruling that rests on it.

// precedenceFolds are what cases have claimed from which entry on, and what claims and
// rulings say of those before.
type precedenceFolds struct {
	moved []appliedMove
	said  []precedenceSaid
}

// appliedMove is what a case stands before others with from an entry on; nil: no more.
type appliedMove struct {
	entry, no int64
	is, was   *applied
}

// precedenceSaid is what a claim or a ruling says of who stands before its case.
type precedenceSaid struct {
	entry    int64
	of       claimant
	networks []string
	points   []int // buses whose trees it must have looked at
	wide     bool  // it is of a claim that names the trees that it has looked at
	claim    bool  // it is of a claim
	all      bool  // it has those, too, who are more than are looked at one by one
	in       grid.Precedence2Input
	rest     []grid.Extra
	turn     *claimInTurn // what was claimed then by something computed before; nil: it is of that itself
}

// standsNow notes what an entry has changed of what the case stands before others with.
func (c *caseAudit) standsNow(ev *event) {
	if c.svc == nil || c.svc.Outcome.Precedence == nil || c.bad {
		return
	}
	if d, ok := ev.data.(*lookedUp); ok {
		c.claims(ev, d)
	}
	was := c.stands
	if ev.kind == EventCorrected {
		was = nil
	}
	is, err := c.e.standingOf(c.svc, c.rec.state, was)
	if err != nil {
		c.wrong(ev.index, "what the case claims cannot be made again: %v", err)
		return
	}
	if c.stands == is {
		return
	}
	was, c.stands = c.stands, is
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders.moved = append(c.orders.moved, appliedMove{ev.index, c.row.No, is, was})
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

// casePoints are the buses at which the case of a ruling has room, the cheapest first.
func casePoints(r *ruled) ([]int, error) {
	search := searchIn(r.Computed)
	if search == nil {
		return nil, nil
	}
	if search.from != nil {
		return pointsOfCase(search.from.value, marginIn(r.Computed))
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
	s := precedenceSaid{entry: ev.index, of: claimant{no: c.row.No, filed: c.rec.state.Filed, now: ev.at}}
	if err := s.read(x); err != nil {
		return err
	}
	search := searchIn(r.Computed)
	if _, _, load, ok := b.wanted(); !ok || search == nil || s.in.LoadW != load*1000 {
		return fmt.Errorf("it is of another load")
	}
	points, err := casePoints(r)
	if err != nil {
		return err
	}
	if !slices.Equal(points, s.in.Points) {
		return fmt.Errorf("its points are not those that were found")
	}
	var asked struct {
		Limits  grid.Limits1 `json:"limits"`
		Network string       `json:"network"`
	}
	if err := canonical.Unmarshal(search.In, &asked); err != nil {
		return err
	}
	want := []grid.Precedence2Network{{Limits: asked.Limits, Network: asked.Network}}
	if !FoundPoint(search.Out) {
		if want, err = marginNetworks(marginIn(r.Computed)); err != nil {
			return err
		}
	}
	for _, n := range s.in.Networks {
		if err := c.reservedBeside(ev, &s.in, n); err != nil {
			return err
		}
		n.Trees = nil
		if !slices.ContainsFunc(want, func(w grid.Precedence2Network) bool { return reflect.DeepEqual(n, w) }) {
			return fmt.Errorf("it asks other networks than those on which the case has points")
		}
	}
	for _, n := range want {
		s.networks = append(s.networks, n.Network)
	}
	s.points = points
	c.saysOfOrder(s)
	return nil
}

// read reads what a ruling says, by either version.
func (s *precedenceSaid) read(x *computed) error {
	if x.With == grid.Precedence2 {
		return canonical.Unmarshal(x.In, &s.in)
	}
	var in grid.Precedence3Input
	err := canonical.Unmarshal(x.In, &in)
	s.in, s.rest, s.all = in.Second(), in.Rest, true
	return err
}

// reservedBeside notes what a ruling has reserved on a network beside what is claimed.
func (c *caseAudit) reservedBeside(ev *event, in *grid.Precedence2Input, n grid.Precedence2Network) error {
	m, err := c.e.modelFor(n.Network)
	if err != nil {
		return err
	}
	looked := func(bus int) bool {
		tree, ok := m.TreeOf(bus)
		return ok && slices.Contains(n.Trees, tree)
	}
	var at []foundBus
	for _, bus := range in.Points {
		if looked(bus) {
			at = append(at, foundBus{bus})
		}
	}
	reserved := slices.DeleteFunc(slices.Clone(in.Reserved), func(x grid.Extra) bool { return !looked(x.Bus) })
	c.saysOfSearch(ev, n.Network, reserved, at)
	return nil
}

func (c *caseAudit) saysOfOrder(s precedenceSaid) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders.said = append(c.orders.said, s)
}

// precedences holds what claims and rulings say of those before their cases to those who
// were, and to what was reserved then.
func (a *auditor) precedences(context.Context) error {
	if a.books.broken {
		return nil // which is said
	}
	slices.SortStableFunc(a.orders.moved, func(x, y appliedMove) int { return cmp.Compare(x.entry, y.entry) })
	slices.SortStableFunc(a.orders.said, func(x, y precedenceSaid) int { return cmp.Compare(x.entry, y.entry) })
	now := standingAt{moves: a.orders.moved, books: a.bookMoves(), book: newPowerBook()}
	for i := range a.orders.said {
		s := &a.orders.said[i]
		now.until(s.entry)
		if a.erasedAround(s.entry) {
			continue
		}
		says := a.precedenceSays
		if s.turn != nil {
			says = a.claimedInTurn
		}
		if err := says(s, &now); err != nil {
			a.wrong(s.entry, "who stood before the case cannot be made again: %v", err)
		}
	}
	return nil
}

// erasedAround reports whether a case that was erased since may have stood before others
// at an entry: then nobody can make it again.
func (a *auditor) erasedAround(entry int64) bool {
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
func (a *auditor) precedenceSays(s *precedenceSaid, now *standingAt) error {
	said := make([]grid.Precedence2Network, len(s.networks))
	for i, name := range s.networks {
		said[i].Network = name
		for _, n := range s.in.Networks {
			if n.Network == name {
				said[i].Trees = n.Trees
			}
		}
	}
	at, err := pointsOn(said, s.points, a.e.modelFor)
	if err != nil {
		return err
	}
	if s.wide {
		for i := range at {
			at[i].trees = said[i].Trees
		}
	}
	claims, rest := now.stand.earlier(s.of, at)
	if !s.all { // by an earlier version, that knows only that there are more
		if more := len(rest) > 0; more != s.in.More && !s.claim {
			a.wrong(s.entry, "another number of applications stand before the case than there were")
			return nil
		}
		rest = nil
	}
	switch {
	case !slices.Equal(s.rest, rest):
		a.wrong(s.entry, "has the applications that are more than are placed one by one claim something else than the log")
	case len(s.in.Claims) < len(claims):
		a.wrong(s.entry, "jumps the queue: %d applications filed earlier have claimed power there, it has %d", len(claims), len(s.in.Claims))
	case !slices.EqualFunc(s.in.Claims, claims, func(x, y grid.Claimed) bool {
		return x.Entry == y.Entry && x.Watt == y.Watt && slices.Equal(x.Buses, y.Buses)
	}):
		a.wrong(s.entry, "has other applications stand before it, or claim something else, than the log")
	case len(claims) > 0 && !s.wide:
		for i := range at {
			if !slices.Equal(claimedTrees(at[i], claims, rest), said[i].Trees) {
				a.wrong(s.entry, "does not look where applications filed earlier have claimed power")
				break
			}
		}
	}
	return nil
}
