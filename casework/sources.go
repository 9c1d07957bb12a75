package casework

import (
	"slices"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
)

// BindIndependentSources2 gathers the input of grid.independent-sources@2: that of a
// search for points at every voltage.
func BindIndependentSources2(b *Binding) error {
	c := b.Capacity
	if c == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	x, y, load, ok := b.wanted()
	if !ok {
		return nil
	}
	net := c.network()
	costs := net.tables.Costs
	asked := question{sourcesAsked, thousandths(x), thousandths(y), load * 1000, costs.Reach(), b.agreed(), c.limits()}
	return b.findPoints(asked, net, costs, func(n *inForce, q grid.LivePoints) ([]byte, []byte, error) {
		return n.model.IndependentSources2Live(q, n.tables.Streets, n.tables.Upgrades, n.tables.owned(), b.agreed())
	})
}

// BindIndependentSources3 gathers that of grid.independent-sources@3: with what nobody
// knows within reach, where fewer than two sources have room.
func BindIndependentSources3(b *Binding) error {
	if err := BindIndependentSources2(b); err != nil || b.Output == nil {
		return err
	}
	c := b.Capacity
	var is struct {
		Network string `json:"network"`
		Sources int    `json:"sources"`
	}
	if err := canonical.Unmarshal(b.Output, &is); err != nil {
		return err
	}
	model := func(hash string) (*grid.Model, error) {
		v, err := b.Snapshot(hash)
		m, _ := v.(*grid.Model)
		return m, err
	}
	m, err := model(is.Network)
	if err != nil {
		return err
	}
	var around []int
	c.mu.RLock()
	unknown := c.shown.unknown
	c.mu.RUnlock()
	if is.Sources < 2 && len(unknown) > 0 {
		if around, err = sourcesAround(b.Input, model); err != nil {
			return err
		}
		around = slices.DeleteFunc(around, func(trafo int) bool { return !unknown[trafo] })
	}
	b.Input, b.Output, err = m.IndependentSources3From(b.Input, b.Output, around)
	return err
}

// sourcesAround are the transformers within reach of a count of sources that are the
// utility's, or whose owner has agreed, ascending.
func sourcesAround(input []byte, model func(hash string) (*grid.Model, error)) ([]int, error) {
	sites, err := grid.SitesAround(input, model)
	if err != nil {
		return nil, err
	}
	withheld, err := grid.Withheld(input)
	if err != nil {
		return nil, err
	}
	var list []int
	for _, s := range sites {
		if _, not := slices.BinarySearch(withheld, s.Trafo); !not {
			list = append(list, s.Trafo)
		}
	}
	slices.Sort(list)
	return list, nil
}

// ofSources reports whether a computation counts sources by a search of its own.
func ofSources(with string) bool {
	return with == grid.IndependentSources2 || with == grid.IndependentSources3 || with == grid.IndependentSources4
}

// sourcesAsked stands for the count of sources among the versions of searches.
const sourcesAsked = -2
