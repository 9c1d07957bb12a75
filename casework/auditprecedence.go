package casework

import (
	"bytes"
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
	is        *applied
}

// precedenceSaid is what a claim or a ruling says of who stands before its case.
type precedenceSaid struct {
	entry    int64
	of       claimant
	networks []string
	points   []int // buses whose trees it must have looked at
	wide     bool  // it is of a claim that names the trees that it has looked at
	claim    bool  // it is of a claim
	in       grid.Precedence2Input
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
	c.stands = is
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orders.moved = append(c.orders.moved, appliedMove{ev.index, c.row.No, is})
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
	if err := canonical.Unmarshal(x.In, &s.in); err != nil {
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

// claims holds what an application claims as it is filed: it says so, what it says is
// computed, from what the case and the log have, and nothing is left out.
func (c *caseAudit) claims(ev *event, d *lookedUp) {
	p := c.svc.Outcome.Precedence
	if c.rec.state.Seq != 2 || p.Claim == "" {
		if len(d.Claim) > 0 {
			c.wrong(ev.index, "claims something that is not claimed then")
		}
		return
	}
	vars, err := c.e.variables(c.svc, c.rec, ev.at)
	if err == nil {
		err = c.computesAlone(vars)
	}
	if err != nil {
		c.wrong(ev.index, "what the case claims cannot be made again: %v", err)
		return
	}
	left, pseudo := d.Claim, &ruled{Computed: d.Claim}
	if len(left) > 0 && (d.AsOf > ev.index || d.AsOf <= ev.index-claimAge-maxBatch) {
		c.wrong(ev.index, "claims by another state of the log than when it is filed")
		return
	}
	as := *ev
	if len(left) > 0 {
		as.index = d.AsOf
	}
	switch anyway := refusedAnyway(c.svc, vars); {
	case anyway && len(left) > 0:
		c.wrong(ev.index, "claims power that it would be refused anyway")
		return
	case anyway, !c.hasNetwork(ev.index): // then there is nothing to hold it to
		return
	}
	order := c.svc.ComputeOrder()
	of := order[slices.IndexFunc(order, func(x service.Compute) bool { return x.Name == p.Claim })]
	of.When = nil
	if left = c.claimComputes(&as, new(ruled), left, of, vars); len(d.Claim) > 0 && claimIn(d.Claim[:1]) == nil {
		for _, of := range order {
			if claimsByMargin(of, p) {
				left = c.claimComputes(&as, pseudo, left, of, vars)
			}
		}
		c.margins(&as, pseudo)
		c.voltages(&as, pseudo)
		c.owners(&as, pseudo)
	}
	if len(left) > 0 {
		c.wrong(ev.index, "claims something by %s, by which nothing is claimed", left[0].Name)
	}
}

// computesAlone adds to variables what is computed of the case alone.
func (c *caseAudit) computesAlone(vars map[string]any) error {
	var alone []service.Compute
	for _, of := range c.svc.ComputeOrder() {
		if c.e.ofCaseAlone(of) {
			alone = append(alone, of)
		}
	}
	return c.e.compute(alone, &evaluation{vars: vars}, c.rec.state.Filed)
}

// hasNetwork reports whether a network was in force before an entry, as far as the log and
// its settings tell.
func (c *caseAudit) hasNetwork(entry int64) bool {
	return c.tables.set || c.tables.at(entry) != nil || c.tables.before(entry) > 0
}

// claimComputes holds the next of what a claim is computed by.
func (c *caseAudit) claimComputes(ev *event, r *ruled, left []computed, of service.Compute, vars map[string]any) []computed {
	b := &Binding{Values: make(map[string]any, len(of.From))}
	for _, name := range of.From {
		b.Values[name] = vars[service.Variable(name)]
	}
	if len(left) == 0 || left[0].Name != of.Name || left[0].With != of.With {
		if c.reaches(&of, b, r) {
			c.wrong(ev.index, "does not say what is claimed: it leaves out %s", of.Name)
		}
		return left
	}
	x := &left[0]
	out, err := c.e.Computations[x.With].Run(x.In, c.e.snapshots)
	if err == nil && !bytes.Equal(out, x.Out) {
		err = fmt.Errorf("%s answers otherwise", x.With)
	}
	if err == nil {
		vars[service.Variable(x.Name)], err = rule.NormaliseJSON(out)
	}
	if err == nil {
		err = c.input(ev, r, x, b)
	}
	if err != nil {
		c.wrong(ev.index, "what is claimed is not so: %v", err)
	}
	return left[1:]
}

// claimInput holds what a claim was computed from to the case and to what was published.
func (c *caseAudit) claimInput(ev *event, x *computed, b *Binding) error {
	var in grid.Claim1Input
	var out grid.ClaimAnswer
	if err := canonical.Unmarshal(x.In, &in); err != nil {
		return err
	}
	if err := canonical.Unmarshal(x.Out, &out); err != nil {
		return err
	}
	asked := asksFor{Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, Streets: in.Streets, XMM: in.XMM, YMM: in.YMM}
	if err := asked.right(c, ev, b, false); err != nil {
		return err
	}
	act := c.tables.at(ev.index)
	switch {
	case act != nil && act.Streets != in.Streets, act == nil && !c.tables.streets.had(in.Streets, ev.at, c.tables.set):
		return fmt.Errorf("its streets were not published")
	case !out.Free && len(out.Buses) > 0 && !in.Wide:
		return fmt.Errorf("its cheapest point is taken, and it has not looked for another")
	}
	if err := c.networkAndOwners(ev, b, in.Network, in.Agreed, in.Owned); err != nil {
		return err
	}
	if err := c.rightPrices(ev, in.Costs, len(out.Buses) > 0); err != nil {
		return err
	}
	m, err := c.e.modelFor(in.Network)
	if err != nil {
		return err
	}
	if in.Wide && !slices.Equal(in.Trees, m.TreesNear(float64(in.XMM)/1000, float64(in.YMM)/1000, in.Costs.MaxRouteM)) {
		return fmt.Errorf("it has not looked at all trees within reach")
	}
	at := make([]foundBus, len(out.Buses))
	for i, bus := range out.Buses {
		at[i].Bus = bus
	}
	c.saysOfSearch(ev, in.Network, in.Reserved, at)
	c.saysOfOrder(precedenceSaid{entry: ev.index, of: claimant{no: c.row.No, filed: c.rec.state.Filed, now: ev.at}, networks: []string{in.Network},
		points: out.Buses, claim: true, wide: in.Wide,
		in: grid.Precedence2Input{Claims: in.Claims, Networks: []grid.Precedence2Network{{Network: in.Network, Trees: in.Trees}}}})
	return nil
}

// precedences holds what claims and rulings say of those before their cases to those who
// were, and to what was reserved then.
func (a *auditor) precedences(context.Context) error {
	if a.books.broken {
		return nil // which is said
	}
	slices.SortStableFunc(a.orders.moved, func(x, y appliedMove) int { return cmp.Compare(x.entry, y.entry) })
	slices.SortStableFunc(a.orders.said, func(x, y precedenceSaid) int { return cmp.Compare(x.entry, y.entry) })
	var stand orders
	moves := a.orders.moved
	for i := range a.orders.said {
		s := &a.orders.said[i]
		for ; len(moves) > 0 && moves[0].entry < s.entry; moves = moves[1:] {
			stand.set(moves[0].no, moves[0].is)
		}
		if a.erasedAround(s.entry) {
			continue
		}
		if err := a.precedenceSays(s, &stand); err != nil {
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
func (a *auditor) precedenceSays(s *precedenceSaid, stand *orders) error {
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
	claims, more := stand.earlier(s.of, at)
	switch {
	case more != s.in.More && !s.claim:
		a.wrong(s.entry, "another number of applications stand before the case than there were")
	case len(s.in.Claims) < len(claims):
		a.wrong(s.entry, "jumps the queue: %d applications filed earlier have claimed power there, it has %d", len(claims), len(s.in.Claims))
	case !slices.EqualFunc(s.in.Claims, claims, func(x, y grid.Claimed) bool {
		return x.Entry == y.Entry && x.Watt == y.Watt && slices.Equal(x.Buses, y.Buses)
	}):
		a.wrong(s.entry, "has other applications stand before it, or claim something else, than the log")
	case len(claims) > 0 && !s.wide:
		for i := range at {
			if !slices.Equal(claimedTrees(at[i], claims), said[i].Trees) {
				a.wrong(s.entry, "does not look where applications filed earlier have claimed power")
				break
			}
		}
	}
	return nil
}
