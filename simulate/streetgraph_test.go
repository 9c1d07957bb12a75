package simulate

import (
	"testing"

	"aiqyn/grid"
)

// TestStreetGraph: the town's streets hang together, crossings being shared, and
// a new line to a parcel goes along them.
func TestStreetGraph(t *testing.T) {
	w := world(t, 3)
	s := w.StreetGraph()
	if s.CRS != w.Network.CRS {
		t.Errorf("streets in %q, the network in %q", s.CRS, w.Network.CRS)
	}
	around := make([][]int32, len(s.Nodes))
	for _, e := range s.Edges {
		around[e[0]], around[e[1]] = append(around[e[0]], e[1]), append(around[e[1]], e[0])
	}
	seen, todo := map[int32]bool{0: true}, []int32{0}
	for len(todo) > 0 {
		k := todo[0]
		todo = todo[1:]
		for _, n := range around[k] {
			if !seen[n] {
				seen[n], todo = true, append(todo, n)
			}
		}
	}
	if len(seen) != len(s.Nodes) || len(s.Nodes) < 20 {
		t.Errorf("%d of %d corners hang together", len(seen), len(s.Nodes))
	}
	along, err := grid.CompileStreets(s)
	if err != nil {
		t.Fatal(err)
	}
	m, err := grid.Compile(w.Network)
	if err != nil {
		t.Fatal(err)
	}
	by := 0
	for i := range 20 {
		p := w.Parcels[i*len(w.Parcels)/20]
		res, err := m.PointsByStreets(grid.StreetsQuery{Streets: along, Upgrades: Upgrades(),
			PointsQuery: grid.PointsQuery{X: p.X, Y: p.Y, LoadW: 20_000, Limits: grid.DefaultLimits(), Costs: Costs()}})
		if err != nil {
			t.Fatal(err)
		}
		for _, point := range append(res.Feasible, res.Rejected...) {
			if point.ByStreets {
				by++
			}
		}
	}
	if by < 50 {
		t.Errorf("%d routes go along streets", by)
	}
	u := Upgrades()
	if err := u.Validate(); err != nil {
		t.Error(err)
	}
}
