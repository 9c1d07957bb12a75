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
	c := b.Capacity
	if c == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	_, _, load, known := b.wanted()
	if !known || b.before == nil {
		return nil
	}
	in := grid.Precedence2Input{Claims: []grid.Claimed{}, LoadW: load * 1000, Networks: []grid.Precedence2Network{}, Reserved: []grid.Extra{}}
	var err error
	if in.Points, err = pointsOfCase(b.before.value, b.margin); err != nil || len(in.Points) == 0 {
		return err
	}
	networks, held, err := b.precedenceNetworks()
	if err != nil {
		return err
	}
	at, err := pointsOn(networks, in.Points, b.model)
	if err != nil {
		return err
	}
	claims, more := c.earlierThan(b.Who, at)
	b.Before = &asksBefore{of: b.Who, at: at, mark: c.marked(claims, more)}
	if in.More = more; len(claims) > 0 {
		in.Claims = claims
		seen := make(map[int]grid.Extra)
		for i, l := range at {
			if networks[i].Trees = claimedTrees(l, claims); len(networks[i].Trees) == 0 {
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
	}
	b.Input, b.Output, err = grid.Precedence2Live(&in, b.model)
	return err
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
func claimedTrees(l looks, claims []grid.Claimed) []int {
	trees := []int{}
	for _, tree := range l.trees {
		if slices.ContainsFunc(claims, func(c grid.Claimed) bool {
			return slices.ContainsFunc(c.Buses, func(bus int) bool { t, ok := l.model.TreeOf(bus); return ok && t == tree })
		}) {
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

// BindClaim1 gathers the input of grid.claim@1: that of a search for points, and what was
// claimed before. In a ruling it is asked only where no point of the search is free.
func BindClaim1(b *Binding) error {
	c := b.Capacity
	if c == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	x, y, load, ok := b.wanted()
	if !ok || b.before != nil && !(FoundPoint(b.before.out) && b.order != nil && noneFree([]computed{*b.order})) {
		return nil
	}
	net := c.network()
	for _, costs := range b.prices(net.tables) {
		b.Stamp, b.Before = Stamp{networkMark: c.markOf(net)}, nil
		in := grid.Claim1Input{Agreed: b.agreed(), Costs: costs, Detour: net.tables.Detour, Limits: grid.LimitsPPM(c.limits()), LoadW: load * 1000,
			Network: net.hash, Owned: net.tables.owned(), Streets: net.tables.Streets.Hash, XMM: thousandths(x), YMM: thousandths(y)}
		held := func(tree int) []grid.Extra {
			list, mark := c.reserved(tree)
			b.Stamp[tree] = mark
			return list
		}
		claims := func(trees []int) []grid.Claimed {
			at := []looks{{net.model, trees}}
			list, more := c.earlierThan(b.Who, at)
			b.Before = &asksBefore{of: b.Who, at: at, mark: c.marked(list, more)}
			return list
		}
		var err error
		if b.Input, b.Output, err = net.model.Claim1Live(in, net.tables.Streets.Graph, held, claims); err != nil {
			return err
		}
		if !bytes.HasPrefix(b.Output, []byte(`{"buses":[]`)) {
			return nil
		}
	}
	return nil
}
