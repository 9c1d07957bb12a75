package simulate

import (
	"fmt"
	"slices"

	"aiqyn/grid"
	"aiqyn/registry"
)

// Substation is a transformer that is somebody's and not the utility's, with the right
// to the parcel on which it stands.
type Substation struct {
	Trafo int // in the network
	Right registry.Right
}

// neighbourKW is what somebody asks for whose best point lies below such a one.
const neighbourKW = 60

// subscriber casts who owns a substation, and a neighbour whose best point lies below
// it and who could be connected elsewhere too. Where a network has no such place nobody
// is cast.
func (c *casting) subscriber(plots []int, clear ...int) {
	lot, trafo, ok := c.below(plots, clear)
	if !ok {
		return
	}
	c.taken[c.w.Rights[lot].Holders[0].Person] = true
	c.add("neighbour", c.holder(lot), lot, neighbourKW)
	owner := c.anybody(func(_ *resident, age int) bool { return age > 38 && age < 65 })
	c.add("owner", owner, noLot, 0)
	parcel := fmt.Sprintf("99-999-%03d-%03d", quarters, 900+len(c.w.Substations))
	c.w.Substations = append(c.w.Substations, Substation{Trafo: trafo, Right: registry.Right{
		Parcel: parcel, Holders: []registry.Holder{{Person: c.w.lives[owner.i].iin, Share: "1/1"}},
	}})
}

// looked is at about how many plots a substation that could be somebody's is looked for.
const looked = 100

// below finds a plot whose cheapest point lies below another transformer than some
// other point of it, and below none that the other parts are shown by.
func (c *casting) below(plots, clear []int) (lot, trafo int, ok bool) {
	shown := make(map[int]bool)
	for _, lot := range clear {
		for _, kw := range []int{builderKW, entrepreneurKW} {
			for _, t := range c.above(lot, kw) {
				shown[t] = true
			}
		}
	}
	best := make(map[int]int)                                // by transformer: above how many plots
	for i := 0; i < len(plots); i += 1 + len(plots)/looked { // all over the town
		at := plots[i]
		list := c.above(at, neighbourKW)
		if len(list) < 2 || shown[list[0]] || !slices.ContainsFunc(list, func(t int) bool { return t != list[0] }) {
			continue
		}
		best[list[0]]++
		if most := best[list[0]]; !c.taken[c.w.Rights[at].Holders[0].Person] && (!ok || most > best[trafo]) {
			lot, trafo, ok = at, list[0], true
		}
	}
	return lot, trafo, ok
}

// above are the transformers of the points where a load could be connected, the
// cheapest first.
func (c *casting) above(lot, kw int) (list []int) {
	p := &c.w.Parcels[lot]
	found, err := c.model.Points(grid.PointsQuery{X: p.X, Y: p.Y, LoadW: int64(kw) * 1000, Limits: grid.DefaultLimits(), Costs: Costs()})
	if err != nil {
		return nil
	}
	for _, point := range found.Feasible() {
		if t, ok := c.model.Above(point.Bus); ok {
			list = append(list, t)
		}
	}
	return list
}

// ParcelOf is the cadastral number under which a transformer has an owner, "" if it is
// the utility's.
func (w *World) ParcelOf(trafo int) string {
	for _, s := range w.Substations {
		if s.Trafo == trafo {
			return s.Right.Parcel
		}
	}
	return ""
}
