package grid

import (
	"cmp"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

func testUpgrades() Upgrades {
	return Upgrades{
		Conductors: []Conductor{{A: 200, MaxV: 1000, PerM: 1_500_000, R: 250, X: 80}, {A: 330, MaxV: 1000, PerM: 2_500_000, R: 125, X: 75},
			{A: 400, MaxV: 35_000, PerM: 5_000_000, R: 125, X: 90}},
		Trafos: []TrafoSize{{400_000_000, 12_000, 250_000, 43_000}, {600_000_000, 12_000, 400_000, 43_000}, {900_000_000, 11_000, 630_000, 44_000}, {1_400_000_000, 10_000, 1_000_000, 54_000}},
	}
}

// allByStreets is the oracle: every bus, every way, every one of them solved as
// a network into which the new line was written.
func allByStreets(t *testing.T, n *Network, m *Model, s *Streets, q PointsQuery) (feasible, rejected []Point) {
	var all []Point
	level := map[int]int{}
	for i := range n.Buses {
		b := &n.Buses[i]
		l := 0
		if b.VnKV > 1 {
			l = 1
		}
		at := slices.IndexFunc(q.Costs.Levels[l].Cables, func(c Cable) bool { return c.MaxW >= q.LoadW })
		if at < 0 || slices.ContainsFunc(n.Sources, func(s Source) bool { return s.Bus == b.ID }) {
			continue
		}
		cost := q.Costs.Levels[l].Tap
		if l == 1 {
			own := slices.IndexFunc(q.Costs.Levels[1].Stations, func(s Station) bool { return s.MaxW >= q.LoadW })
			if own < 0 {
				continue
			}
			cost += q.Costs.Levels[1].Stations[own].Cost
		}
		qx, qy := int64(math.Round(q.X*1000)), int64(math.Round(q.Y*1000))
		bx, by := int64(math.Round(*b.X*1000)), int64(math.Round(*b.Y*1000))
		mm, ok := allWays(s, qx, qy, bx, by)
		route := (mm + 999) / 1000
		straight := int64(math.Ceil(math.Hypot(float64(bx-qx), float64(by-qy))))
		direct := (straight*int64(q.Detour) + 999_999) / 1_000_000
		if !ok || direct*1000 <= nearestOfAll(s, qx, qy).off+nearestOfAll(s, bx, by).off {
			route = direct
		}
		if route > q.Costs.MaxRouteM {
			continue
		}
		level[b.ID] = l
		all = append(all, Point{ID: strconv.Itoa(b.ID), Bus: b.ID, RouteM: route, Cost: cost + route*q.Costs.Levels[l].Cables[at].PerM})
	}
	slices.SortFunc(all, func(a, b Point) int {
		return cmp.Or(cmp.Compare(a.Cost, b.Cost), cmp.Compare(a.RouteM, b.RouteM), cmp.Compare(a.Bus, b.Bus))
	})
	for _, p := range all {
		if len(feasible) == showPoints {
			break
		}
		p.Because = becauseOf(t, n, m, q, p, level[p.Bus])
		p.Feasible = p.Because == ""
		c, err := m.BusCapacity(p.Bus, q.Reserved, q.Limits)
		if err != nil {
			t.Fatal(err)
		}
		p.FreeW, p.Binding, p.Element = c.FreeW, c.Binding, c.Element
		if p.Feasible {
			feasible = append(feasible, p)
		} else if len(rejected) < showPoints {
			rejected = append(rejected, p)
		}
	}
	return feasible, rejected
}

func plain(list []StreetPoint) []Point {
	out := make([]Point, len(list))
	for i := range list {
		out[i] = list[i].Point
	}
	return out
}

// TestPointsByStreetsOracle: the pruned search along streets answers as pricing
// every way and solving every bus does.
func TestPointsByStreetsOracle(t *testing.T) {
	by, because, reinforced := map[bool]int{}, map[string]int{}, 0
	for seed := range uint64(6) {
		n := randomNetwork(seed, 2, 3, 8)
		m, err := Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		s := randomStreets(seed, -900_000, -900_000, 150_000, 30, 12).sorted()
		g, err := CompileStreets(s)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 7))
		for range 6 {
			q := PointsQuery{X: 3500*r.Float64() - 500, Y: 1600*r.Float64() - 800, LoadW: int64(1000 * math.Pow(10, 2.6*r.Float64())),
				Reserved: []Extra{{12, 8000}}, Limits: DefaultLimits(), Costs: testCosts(), Detour: 1300}
			got, err := m.PointsByStreets(StreetsQuery{PointsQuery: q, Streets: g, Upgrades: testUpgrades()})
			if err != nil {
				t.Fatal(err)
			}
			feasible, rejected := allByStreets(t, n, m, s, q)
			fell := got.Rejected
			if len(fell) > 0 && fell[0].Because == BecauseFar {
				because[BecauseFar] += len(fell)
				fell = nil
			}
			if !samePoints(plain(got.Feasible), feasible) || !samePoints(plain(fell), rejected) || !got.Certified {
				t.Errorf("seed %d at %.0f,%.0f for %d W:\n got %+v\n     %+v\nwant %+v\n     %+v", seed, q.X, q.Y, q.LoadW, plain(got.Feasible), plain(fell), feasible, rejected)
			}
			for _, p := range slices.Concat(got.Feasible, fell) {
				by[p.ByStreets]++
				because[p.Because]++
				if p.Price.Total() != p.Cost || p.Price.Upgrade != 0 {
					t.Errorf("seed %d: %+v does not add up to %d", seed, p.Price, p.Cost)
				}
				if p.Reinforce != nil {
					reinforced++
					suffices(t, n, q, p, seed)
				}
			}
			cheapest(t, got)
		}
	}
	if by[true] < 20 || by[false] < 5 || reinforced < 5 {
		t.Errorf("by streets %v, reinforced %d: the test shows too little", by, reinforced)
	}
	t.Log("by streets: ", by, " by reason: ", because, " reinforced: ", reinforced)
}

// cheapest checks that the point that needs an upgrade is the cheapest of those
// that fall away.
func cheapest(t *testing.T, got *StreetsResult) {
	var want *StreetPoint
	for i := range got.Rejected {
		if p := &got.Rejected[i]; p.Reinforce != nil && (want == nil || p.Cost+p.Reinforce.Cost < want.Cost+want.Reinforce.Cost) {
			want = p
		}
	}
	switch {
	case (want == nil) != (got.Upgrade == nil):
		t.Errorf("upgrade %+v, want %+v", got.Upgrade, want)
	case want != nil && (got.Upgrade.Bus != want.Bus || got.Upgrade.Cost != want.Cost+want.Reinforce.Cost || got.Upgrade.Price.Total() != got.Upgrade.Cost):
		t.Errorf("upgrade %+v of %+v", got.Upgrade, want)
	}
}

// suffices writes a reinforcement into the network and holds it against the
// oracle: with it the point takes the load, and its price is that of its steps.
func suffices(t *testing.T, n *Network, q PointsQuery, p StreetPoint, seed uint64) {
	wider, up, sum := *n, testUpgrades(), int64(0)
	wider.Lines, wider.Trafos = slices.Clone(n.Lines), slices.Clone(n.Trafos)
	for _, step := range p.Reinforce.Steps {
		sum += step.Cost
		if step.Then <= step.Now {
			t.Errorf("seed %d: %+v is no larger", seed, step)
		}
		if step.Kind == "line" {
			l := &wider.Lines[slices.IndexFunc(wider.Lines, func(l Line) bool { return l.ID == step.Element })]
			kv := n.Buses[slices.IndexFunc(n.Buses, func(b Bus) bool { return b.ID == l.From })].VnKV
			c := up.Conductors[slices.IndexFunc(up.Conductors, func(c Conductor) bool { return c.A == step.Then && float64(c.MaxV) >= kv*1000 })]
			metre := math.Ceil(l.LengthKM * 1000)
			l.ROhm, l.XOhm, l.IMaxA = float64(c.R)*1e-6*metre, float64(c.X)*1e-6*metre, ptr(float64(c.A))
			continue
		}
		tr := &wider.Trafos[slices.IndexFunc(wider.Trafos, func(t Trafo) bool { return t.ID == step.Element })]
		size := up.Trafos[slices.IndexFunc(up.Trafos, func(s TrafoSize) bool { return s.RatedVA == step.Then })]
		more := float64(size.RatedVA) / 1000 / tr.SnKVA
		tr.SnKVA *= more
		tr.Model.RPU, tr.Model.XPU = float64(size.R)/float64(size.RatedVA), float64(size.X)/float64(size.RatedVA)
		tr.Model.GPU *= more
		tr.Model.BPU *= more
	}
	if sum != p.Reinforce.Cost || len(p.Reinforce.Steps) == 0 {
		t.Errorf("seed %d: %+v is not the sum of its steps", seed, p.Reinforce)
	}
	m, err := Compile(&wider)
	if err != nil {
		t.Fatal(err)
	}
	level := 0
	if n.Buses[slices.IndexFunc(n.Buses, func(b Bus) bool { return b.ID == p.Bus })].VnKV > 1 {
		level = 1
	}
	if because := becauseOf(t, &wider, m, q, p.Point, level); because != "" {
		t.Errorf("seed %d: bus %d reinforced by %+v still falls away: %s", seed, p.Bus, p.Reinforce.Steps, because)
	}
}

// TestWithoutStreets: without streets every route is the straight line by the
// detour, and the answer that of version 1 but for what lies just at the bound.
func TestWithoutStreets(t *testing.T) {
	m := randomModel(t, 4, 2, 3, 8)
	r := rand.New(rand.NewPCG(4, 4))
	for range 20 {
		q := PointsQuery{X: 3500*r.Float64() - 500, Y: 1600*r.Float64() - 800, LoadW: int64(1000 * math.Pow(10, 2*r.Float64())), Limits: DefaultLimits(), Costs: testCosts()}
		one, err := m.Points(q)
		if err != nil {
			t.Fatal(err)
		}
		two, err := m.PointsByStreets(StreetsQuery{PointsQuery: q})
		if err != nil {
			t.Fatal(err)
		}
		if !samePoints(one.Feasible(), plain(two.Feasible)) {
			t.Errorf("%+v\n%+v", one.Feasible(), plain(two.Feasible))
		}
		if two.Upgrade != nil {
			t.Errorf("an upgrade without a table of prices: %+v", two.Upgrade)
		}
		for _, p := range two.Feasible {
			if p.ByStreets || len(p.Route) != 2 {
				t.Errorf("%+v by streets that are not there", p)
			}
		}
	}
	a, _ := CompileStreets(&Streets{CRS: "EPSG:32642"})
	if _, err := m.PointsByStreets(StreetsQuery{PointsQuery: PointsQuery{LoadW: 1000, Limits: DefaultLimits(), Costs: testCosts()}, Streets: a}); err == nil {
		t.Error("streets of another coordinate system are taken")
	}
}

// TestWhatItWouldTake: more points that fall away may be asked for; the ways to
// have them come cheapest first, each suffices, and what is possible without
// reinforcing stays as it was.
func TestWhatItWouldTake(t *testing.T) {
	n := randomNetwork(3, 2, 3, 8)
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	g, err := CompileStreets(randomStreets(3, -900_000, -900_000, 150_000, 30, 12))
	if err != nil {
		t.Fatal(err)
	}
	q := StreetsQuery{Streets: g, Upgrades: testUpgrades(), PointsQuery: PointsQuery{X: *n.Buses[6].X, Y: *n.Buses[6].Y, LoadW: 190_000, Limits: DefaultLimits(), Costs: testCosts(), Detour: 1300}}
	few, err := m.PointsByStreets(q)
	if err != nil {
		t.Fatal(err)
	}
	q.Fallen = 40
	many, err := m.PointsByStreets(q)
	if err != nil {
		t.Fatal(err)
	}
	if len(few.Rejected) != showPoints || len(many.Rejected) <= showPoints || !reflect.DeepEqual(few.Feasible, many.Feasible) {
		t.Fatalf("%d and %d fall away; feasible %+v and %+v", len(few.Rejected), len(many.Rejected), few.Feasible, many.Feasible)
	}
	ways := many.Reinforcements(3)
	if len(ways) != 3 || !slices.IsSortedFunc(ways, func(a, b StreetPoint) int { return cmp.Compare(a.Cost, b.Cost) }) {
		t.Fatalf("ways %+v", ways)
	}
	if few.Upgrade == nil || ways[0].Cost > few.Upgrade.Cost {
		t.Errorf("the cheapest of many is dearer than %+v", few.Upgrade)
	}
	for _, p := range ways {
		if p.Price.Upgrade != p.Reinforce.Cost || p.Price.Total() != p.Cost {
			t.Errorf("%+v does not add up", p)
		}
		suffices(t, n, q.PointsQuery, p, 3)
	}
}
