package casework

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"aiqyn/grid"
)

// ChangeOfTables is the difference between the tables of two acts, as it is published
// under its hash. Elements are the first of those counted, in the order of the counts.
type ChangeOfTables struct {
	Counts   []ElementCount       `json:"counts"`
	Elements []grid.ElementChange `json:"elements"`
	Is       tablesNamed          `json:"is"`
	Largest  *grid.RatingChange   `json:"largest,omitempty"`
	Was      tablesNamed          `json:"was"`
}

// tablesNamed are the tables of one side.
type tablesNamed struct {
	Costs    string       `json:"costs"`
	Detour   int          `json:"detour"`
	Limits   grid.Limits1 `json:"limits"`
	Network  string       `json:"network"`
	Places   string       `json:"places"`
	Streets  string       `json:"streets,omitempty"`
	Upgrades string       `json:"upgrades,omitempty"`
}

func (d *tablesAct) named() tablesNamed {
	return tablesNamed{d.Costs, d.Detour, d.Limits, d.Network, d.Places, d.Streets, d.Upgrades}
}

// maxChangeListed is how many elements a difference lists: of more, whoever has both
// networks finds them.
const maxChangeListed = 20_000

// Elements of the tables beside the network.
const (
	elementPlace   = "place" // by its transformer
	elementStreet  = "street"
	elementCost    = "cost"
	elementUpgrade = "upgrade"
	elementDetour  = "detour"
	elementLimits  = "limits"
)

// tablesParts are the tables of an act as they are compared.
type tablesParts struct {
	network  *grid.Network
	streets  *grid.Streets
	places   []TrafoPlace
	costs    grid.Costs
	upgrades grid.Upgrades
}

// partsOf reads them.
func (e *Engine) partsOf(ctx context.Context, d *tablesAct) (p tablesParts, err error) {
	if p.network, _, err = e.networkAt(d.Network); err != nil {
		return p, err
	}
	if p.streets, err = e.streetsAt(ctx, d.Streets); err != nil {
		return p, err
	}
	var places placesKept
	if err = e.readTable(ctx, placesKind, d.Places, &places); err != nil {
		return p, err
	}
	p.places = places.Trafos
	if err = e.readTable(ctx, costsKind, d.Costs, &p.costs); err == nil && d.Upgrades != "" {
		err = e.readTable(ctx, upgradesKind, d.Upgrades, &p.upgrades)
	}
	return p, err
}

// changeOf is the difference between two acts.
func (e *Engine) changeOf(ctx context.Context, was, is *tablesAct) (*ChangeOfTables, error) {
	a, err := e.partsOf(ctx, was)
	if err != nil {
		return nil, err
	}
	b, err := e.partsOf(ctx, is)
	if err != nil {
		return nil, err
	}
	return differenceOf(was, is, &a, &b), nil
}

func differenceOf(was, is *tablesAct, a, b *tablesParts) *ChangeOfTables {
	c := &ChangeOfTables{Is: is.named(), Was: was.named()}
	list, largest := grid.Compare(a.network, b.network)
	c.Largest = largest
	byTrafo := func(l []TrafoPlace) []TrafoPlace {
		return slices.SortedStableFunc(slices.Values(l), func(x, y TrafoPlace) int { return cmp.Compare(x.Trafo, y.Trafo) })
	}
	list = grid.CompareLists(list, elementPlace, byTrafo(a.places), byTrafo(b.places), func(p *TrafoPlace) int { return p.Trafo }, nil)
	list = append(list, grid.CompareStreets(elementStreet, a.streets, b.streets)...)
	for _, t := range []struct {
		element string
		was, is any
	}{
		{elementCost, a.costs, b.costs}, {elementUpgrade, a.upgrades.Listed(), b.upgrades.Listed()},
		{elementDetour, map[string]int{"permille": was.Detour}, map[string]int{"permille": is.Detour}}, {elementLimits, was.Limits, is.Limits},
	} {
		for _, f := range grid.CompareTables(t.was, t.is) {
			list = append(list, grid.ElementChange{Element: t.element, Fields: []grid.FieldChange{f}, What: grid.Changed})
		}
	}
	c.Counts, c.Elements = countsOf(list), list[:min(len(list), maxChangeListed)]
	return c
}

// countsOf counts elements by kind, in the order in which they are listed.
func countsOf(list []grid.ElementChange) []ElementCount {
	counts := []ElementCount{}
	for i := range list {
		n := len(counts) - 1
		if n < 0 || counts[n].Element != list[i].Element {
			counts = append(counts, ElementCount{Element: list[i].Element})
			n++
		}
		switch list[i].What {
		case grid.Added:
			counts[n].Added++
		case grid.Removed:
			counts[n].Removed++
		default:
			counts[n].Changed++
		}
	}
	return counts
}

// kept is what is kept of a difference, and its hash.
func (c *ChangeOfTables) kept() (data []byte, hash string, err error) {
	if c.Elements == nil {
		c.Elements = []grid.ElementChange{}
	}
	data, err = keptDoc(c)
	return data, hexSum(data), err
}

// changeAt is the difference that an act names, as it is kept.
func (e *Engine) changeAt(ctx context.Context, hash string) (*ChangeOfTables, error) {
	if c, ok := e.parsed.get(hash).(*ChangeOfTables); ok {
		return c, nil
	}
	c := new(ChangeOfTables)
	if err := e.readTable(ctx, changeKind, hash, c); err != nil {
		return nil, fmt.Errorf("difference %s: %w", hash, err)
	}
	e.parsed.put(hash, c)
	return c, nil
}
