package casework

import (
	"bytes"
	"slices"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/service"
)

// BindPrecedence1 gathers the input of grid.precedence@1: the points that the case has on
// the network in force, or else the one that was published, and what those who stand
// before it are to have there.
func BindPrecedence1(b *Binding) error {
	c := b.Capacity
	if c == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	x, y, load, known := b.wanted()
	if !known || b.before == nil {
		return nil
	}
	in := grid.Precedence1Input{LoadW: load * 1000, Networks: []grid.PrecedenceNetwork{}, Reserved: []grid.Extra{}, XMM: thousandths(x), YMM: thousandths(y)}
	room := roomBeside(b.before.value, load*1000)
	list, more := c.earlierThan(b.Who, x, y, room)
	b.Before = &asksBefore{of: b.Who, x: x, y: y, room: room, mark: c.marked(list, more)}
	var err error
	if in.Points, err = pointsOfCase(b.before.value, b.margin); err != nil || len(in.Points) == 0 {
		return err
	}
	if in.More = more; len(list) > 0 {
		b.Stamp = Stamp{networkMark: c.markOf(c.network())}
		c.mu.RLock()
		b.Stamp[heldMark] = c.marks[heldMark]
		c.mu.RUnlock()
		if in.Networks, err = networksOfCase(b.before.in, b.before.out, b.margin); err == nil {
			err = b.speak(&in, list, x, y)
		}
	}
	if err == nil {
		b.Input, err = canonical.Encode(&in)
	}
	return err
}

// speak has those who stand before speak for what they are to have on each network, and
// gathers what is reserved on the trees that anybody looks at.
func (b *Binding) speak(in *grid.Precedence1Input, list []*applied, x, y float64) error {
	c := b.Capacity
	seen := make(map[int]grid.Extra)
	held := func(m *grid.Model, tree int) []grid.Extra {
		on := c.heldOn(m, tree)
		for _, r := range on {
			seen[r.Bus] = r
		}
		return on
	}
	for i := range in.Networks {
		n := &in.Networks[i]
		if err := spoken(n, list, c.tables().owned(), b.Rule, b.model, b.streets, held); err != nil {
			return err
		}
		m, err := b.model(n.Network)
		if err != nil {
			return err
		}
		for _, tree := range m.TreesNear(x, y, n.Costs.MaxRouteM) { // the search for points may look at any of them
			held(m, tree)
		}
	}
	for _, r := range seen {
		in.Reserved = append(in.Reserved, r)
	}
	slices.SortFunc(in.Reserved, func(p, q grid.Extra) int { return p.Bus - q.Bus })
	return nil
}

// spoken has some applications speak for what they are to have on a network. What was
// withdrawn of it, and whose owner has not agreed, is passed over.
func spoken(n *grid.PrecedenceNetwork, list []*applied, owned []grid.OwnedTrafo, rule *service.CapacityRule, model func(string) (*grid.Model, error), streets func(string) (*grid.StreetGraph, error), held func(m *grid.Model, tree int) []grid.Extra) error {
	m, err := model(n.Network)
	if err != nil {
		return err
	}
	along, err := streets(n.Streets)
	if err != nil {
		return err
	}
	claims := make([]grid.Claim, len(list))
	for i, s := range list {
		claims[i] = s.claimOf(n, owned, rule)
	}
	settled := grid.MarginNetwork4{Settled: n.Settled}
	return n.SpeakFor(m, along, claims, func(tree int) []grid.Extra { return settled.Beside(m, tree, held(m, tree)) })
}

// claimOf is what somebody asks for as the grid's room has it: by the tables of costs of
// the network that is asked.
func (s *applied) claimOf(n *grid.PrecedenceNetwork, owned []grid.OwnedTrafo, rule *service.CapacityRule) grid.Claim {
	c := grid.Claim{Entry: s.entry, LoadW: s.load * 1000, XMM: thousandths(s.x), YMM: thousandths(s.y), Without: []int{}}
	b := &Binding{Values: s.values, Rule: rule}
	c.Costs = b.prices(&Tables{Costs: n.Costs})
	for _, o := range owned {
		if o.Parcel != s.agreed {
			c.Without = append(c.Without, o.Trafo)
		}
	}
	for _, trafo := range n.Withdrawn {
		if !slices.Contains(c.Without, trafo) {
			c.Without = append(c.Without, trafo)
		}
	}
	slices.Sort(c.Without)
	return c
}

// pointsOfCase are the buses at which a case has room, ascending: by its search, or else
// the one by which what was published binds.
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
	if len(points) == 0 && margin != nil {
		_, best, err := marginBound(margin)
		if err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(margin.Out, []byte(`{"best":null`)) {
			points = append(points, best)
		}
	}
	slices.Sort(points)
	return points, nil
}

// roomBeside is what every point that a search has found can take beside the load, in
// watts: the least of them; 0 where it has found none.
func roomBeside(search any, load int64) int64 {
	found, _ := search.(map[string]any)
	feasible, _ := found["feasible"].([]any)
	least := int64(-1)
	for _, p := range feasible {
		of, _ := p.(map[string]any)
		if free, ok := of["free_w"].(int64); ok && (least < 0 || free < least) {
			least = free
		}
	}
	return max(least-load, 0)
}

// networksOfCase are those on which it has them, and what each is asked by: the one in
// force by the question of its search, or those on which there was room by what was
// published.
func networksOfCase(question, answer []byte, margin *computed) ([]grid.PrecedenceNetwork, error) {
	list := []grid.PrecedenceNetwork{}
	if FoundPoint(answer) {
		var asked grid.ConnectionPoints3Input
		if err := canonical.Unmarshal(question, &asked); err != nil {
			return nil, err
		}
		without, err := grid.Withheld(question)
		if err != nil {
			return nil, err
		}
		return append(list, grid.PrecedenceNetwork{Costs: asked.Costs, Detour: asked.Detour, Limits: asked.Limits, Network: asked.Network, Spoken: []grid.SpokenFor{}, Streets: asked.Streets, Withdrawn: []int{}, Without: without}), nil
	}
	var said grid.PublishedMargin4Input
	if err := canonical.Unmarshal(margin.In, &said); err != nil {
		return nil, err
	}
	rooms, err := marginDays(margin)
	if err != nil {
		return nil, err
	}
	for i, n := range said.Networks {
		if i < len(rooms) && rooms[i] && n.Tables < len(said.Tables) {
			t := said.Tables[n.Tables]
			list = append(list, grid.PrecedenceNetwork{Costs: t.Costs, Detour: t.Detour, Limits: t.Limits, Network: n.Network, Settled: n.Settled, Spoken: []grid.SpokenFor{}, Streets: t.Streets, Withdrawn: n.Without, Without: n.Without})
		}
	}
	return list, nil
}

// marginDays reports of each network that a margin was asked of whether it had room.
func marginDays(x *computed) (rooms []bool, err error) {
	var out struct {
		Days []struct {
			Feasible bool `json:"feasible"`
		} `json:"days"`
	}
	if err := canonical.Unmarshal(x.Out, &out); err != nil {
		return nil, err
	}
	for _, d := range out.Days {
		rooms = append(rooms, d.Feasible)
	}
	return rooms, nil
}
