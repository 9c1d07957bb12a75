package casework

import (
	"bytes"
	"slices"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
)

// BindPrecedence1 binds nothing: no pack that was ever released has named version 1, and
// cases of one that does are decided as if nobody stood before them.
func BindPrecedence1(*Binding) error { return nil }

// BindPrecedence2 gathers the input of grid.precedence@2: the points that the case has on
// the network in force, or else the one that was published, and what those who stand
// before it have claimed there.
func BindPrecedence2(b *Binding) error {
	in, rest, err := b.precedence()
	if err != nil || in == nil {
		return err
	}
	in.More = len(rest) > 0
	b.Input, b.Output, err = grid.Precedence2Live(in, b.model)
	return err
}

// BindPrecedence3 gathers that of grid.precedence@3: of those who are more than are looked
// at one by one, too.
func BindPrecedence3(b *Binding) error {
	in, rest, err := b.precedence()
	if err != nil || in == nil {
		return err
	}
	if rest == nil {
		rest = []grid.Extra{}
	}
	b.Input, b.Output, err = grid.Precedence3Live(&grid.Precedence3Input{
		Claims: in.Claims, LoadW: in.LoadW, Networks: in.Networks, Points: in.Points, Reserved: in.Reserved, Rest: rest}, b.model)
	return err
}

// precedence is what is asked of who stands before a case, and what more of them claim than
// are looked at one by one; nil if nothing is.
func (b *Binding) precedence() (*grid.Precedence2Input, []grid.Extra, error) {
	c := b.Capacity
	if c == nil {
		return nil, nil, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	_, _, load, known := b.wanted()
	if !known || b.before == nil {
		return nil, nil, nil
	}
	in := &grid.Precedence2Input{Claims: []grid.Claimed{}, LoadW: load * 1000, Networks: []grid.Precedence2Network{}, Reserved: []grid.Extra{}}
	var err error
	if in.Points, err = pointsOfCase(b.before.value, b.margin); err != nil || len(in.Points) == 0 {
		return nil, nil, err
	}
	networks, held, err := b.precedenceNetworks()
	if err != nil {
		return nil, nil, err
	}
	at, err := pointsOn(networks, in.Points, b.model)
	if err != nil {
		return nil, nil, err
	}
	claims, rest := c.earlierThan(b.Who, at)
	b.Before = &asksBefore{of: b.Who, at: at, mark: c.marked(claims, rest)}
	if len(claims) == 0 {
		return in, nil, nil
	}
	in.Claims = claims
	seen := make(map[int]grid.Extra)
	for i, l := range at {
		if networks[i].Trees = claimedTrees(l, claims, rest); len(networks[i].Trees) == 0 {
			continue
		}
		in.Networks = append(in.Networks, networks[i])
		for _, tree := range networks[i].Trees {
			for _, x := range held(l.model, tree) {
				seen[x.Bus] = x
			}
		}
	}
	for _, x := range seen {
		in.Reserved = append(in.Reserved, x)
	}
	slices.SortFunc(in.Reserved, func(p, q grid.Extra) int { return p.Bus - q.Bus })
	return in, rest, nil
}

// precedenceNetworks are those on which the case has points, and what is held on a tree of
// one: the one in force, or else those on which there was room by what was published.
func (b *Binding) precedenceNetworks() ([]grid.Precedence2Network, func(*grid.Model, int) []grid.Extra, error) {
	c := b.Capacity
	if FoundPoint(b.before.out) {
		net := c.network()
		b.Stamp = Stamp{networkMark: c.markOf(net)}
		held := func(_ *grid.Model, tree int) []grid.Extra {
			list, mark := c.reserved(tree)
			b.Stamp[tree] = mark
			return list
		}
		return []grid.Precedence2Network{{Limits: grid.LimitsPPM(c.limits()), Network: net.hash}}, held, nil
	}
	c.mu.RLock()
	b.Stamp = Stamp{heldMark: c.marks[heldMark]}
	c.mu.RUnlock()
	list, err := marginNetworks(b.margin)
	return list, c.heldOn, err
}

// pointsOn are the trees of points on each of some networks.
func pointsOn(networks []grid.Precedence2Network, points []int, model func(string) (*grid.Model, error)) ([]looks, error) {
	at := make([]looks, len(networks))
	for i, n := range networks {
		m, err := model(n.Network)
		if err != nil {
			return nil, err
		}
		at[i].model = m
		for _, bus := range points {
			if tree, ok := m.TreeOf(bus); ok && !slices.Contains(at[i].trees, tree) {
				at[i].trees = append(at[i].trees, tree)
			}
		}
		slices.Sort(at[i].trees)
	}
	return at, nil
}

// claimedTrees are those of some trees on which something is claimed.
func claimedTrees(l looks, claims []grid.Claimed, rest []grid.Extra) []int {
	trees := []int{}
	for _, tree := range l.trees {
		on := func(bus int) bool { t, ok := l.model.TreeOf(bus); return ok && t == tree }
		if slices.ContainsFunc(claims, func(c grid.Claimed) bool { return slices.ContainsFunc(c.Buses, on) }) ||
			slices.ContainsFunc(rest, func(x grid.Extra) bool { return on(x.Bus) }) {
			trees = append(trees, tree)
		}
	}
	return trees
}

// pointsOfCase are the buses at which a case has room, the cheapest first: by its search,
// or else the one by which what was published binds.
func pointsOfCase(search any, margin *computed) ([]int, error) {
	points := []int{}
	found, _ := search.(map[string]any)
	feasible, _ := found["feasible"].([]any)
	for _, p := range feasible {
		of, _ := p.(map[string]any)
		if bus, ok := of["bus"].(int64); ok {
			points = append(points, int(bus))
		}
	}
	if len(points) == 0 && margin != nil && !bytes.HasPrefix(margin.Out, []byte(`{"best":null`)) {
		_, best, err := marginBound(margin)
		if err != nil {
			return nil, err
		}
		points = append(points, best)
	}
	return points, nil
}

// marginNetworks are those on which there was room by what was published.
func marginNetworks(margin *computed) (list []grid.Precedence2Network, err error) {
	var said grid.PublishedMargin4Input
	if err := canonical.Unmarshal(margin.In, &said); err != nil {
		return nil, err
	}
	var out struct {
		Days []struct {
			Feasible bool `json:"feasible"`
		} `json:"days"`
	}
	if err := canonical.Unmarshal(margin.Out, &out); err != nil {
		return nil, err
	}
	for i, n := range said.Networks {
		if i < len(out.Days) && out.Days[i].Feasible && n.Tables < len(said.Tables) {
			list = append(list, grid.Precedence2Network{Limits: said.Tables[n.Tables].Limits, Network: n.Network, Settled: n.Settled})
		}
	}
	return list, nil
}

// noneFree reports whether no point of a case is free by what was computed.
func noneFree(list []computed) bool {
	said := precedenceIn(list)
	return said != nil && len(said.Free) == 0
}
