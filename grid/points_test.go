package grid

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

// testCosts are round figures of the right order.
func testCosts() Costs {
	return Costs{From: "2026-01-01", Source: "test", MaxRouteM: 1200, Levels: []Level{
		{MaxV: 1000, Tap: 5_000_000, Cables: []Cable{{15_000, 400_000, 1910, 83}, {60_000, 700_000, 868, 80}, {300_000, 1_900_000, 206, 77}}},
		{MaxV: 35_000, Tap: 40_000_000, Cables: []Cable{{2_000_000, 2_100_000, 320, 110}},
			Stations: []Station{{MaxW: 100_000, Cost: 300_000_000, RatedVA: 160_000, R: 12_000, X: 43_000}, {MaxW: 600_000, Cost: 700_000_000, RatedVA: 630_000, R: 11_000, X: 44_000}}},
	}}
}

// allPoints is the oracle: every bus is priced and solved by public means, with
// the new line written into the network as a line and a bus of its own.
func allPoints(t *testing.T, n *Network, m *Model, q PointsQuery) (feasible, rejected []Point) {
	var all []Point
	level := map[int]int{}
	for i := range n.Buses {
		b := &n.Buses[i]
		l := 0
		if b.VnKV > 1 {
			l = 1
		}
		var cable *Cable
		for j := range q.Costs.Levels[l].Cables {
			if c := &q.Costs.Levels[l].Cables[j]; cable == nil && c.MaxW >= q.LoadW {
				cable = c
			}
		}
		if cable == nil || b.X == nil || slices.ContainsFunc(n.Sources, func(s Source) bool { return s.Bus == b.ID }) {
			continue
		}
		cost := q.Costs.Levels[l].Tap
		if l == 1 {
			at := slices.IndexFunc(q.Costs.Levels[1].Stations, func(s Station) bool { return s.MaxW >= q.LoadW })
			if at < 0 {
				continue
			}
			cost += q.Costs.Levels[1].Stations[at].Cost
		}
		mm := math.Ceil(math.Hypot(math.Round(*b.X*1000)-math.Round(q.X*1000), math.Round(*b.Y*1000)-math.Round(q.Y*1000)))
		route := int64(math.Ceil(mm * float64(q.Detour) / 1e6))
		if route > q.Costs.MaxRouteM {
			continue
		}
		level[b.ID] = l
		all = append(all, Point{ID: strconv.Itoa(b.ID), Bus: b.ID, RouteM: route, Cost: cost + route*cable.PerM})
	}
	slices.SortFunc(all, func(a, b Point) int {
		return byCost(candidate{cost: a.Cost, route: a.RouteM, bus: int32(a.Bus)}, candidate{cost: b.Cost, route: b.RouteM, bus: int32(b.Bus)})
	})
	for _, p := range all {
		p.Because = becauseOf(t, n, m, q, p, level[p.Bus])
		p.Feasible = p.Because == ""
		c, err := m.BusCapacity(p.Bus, q.Reserved, q.Limits)
		if err != nil {
			t.Fatal(err)
		}
		p.FreeW, p.Binding, p.Element = c.FreeW, c.Binding, c.Element
		if p.Feasible && len(feasible) < showPoints {
			feasible = append(feasible, p)
		}
		if !p.Feasible && len(rejected) < showPoints && len(feasible) < showPoints {
			rejected = append(rejected, p)
		}
	}
	return feasible, rejected
}

func becauseOf(t *testing.T, n *Network, m *Model, q PointsQuery, p Point, level int) string {
	tree, _ := m.TreeOf(p.Bus)
	with := append(slices.Clone(q.Reserved), Extra{p.Bus, q.LoadW})
	if !feasible(t, n, m, tree, q.Limits, with...) {
		return BecauseCapacity
	}
	wider := *n
	at := n.Buses[slices.IndexFunc(n.Buses, func(b Bus) bool { return b.ID == p.Bus })]
	object := Bus{ID: 1_000_000, VnKV: at.VnKV}
	l := q.Costs.Levels[level]
	cable := l.Cables[slices.IndexFunc(l.Cables, func(c Cable) bool { return c.MaxW >= q.LoadW })]
	r, x := float64(cable.R)*float64(p.RouteM)*1e-6, float64(cable.X)*float64(p.RouteM)*1e-6
	if level == 1 {
		s := l.Stations[slices.IndexFunc(l.Stations, func(s Station) bool { return s.MaxW >= q.LoadW })]
		r += float64(s.R) / float64(s.RatedVA) * at.VnKV * at.VnKV
		x += float64(s.X) / float64(s.RatedVA) * at.VnKV * at.VnKV
	}
	wider.Buses = append(slices.Clone(n.Buses), object)
	wider.Lines = append(slices.Clone(n.Lines), Line{ID: 1_000_000, From: p.Bus, To: object.ID, ROhm: r, XOhm: x})
	wm, err := Compile(&wider)
	if err != nil {
		t.Fatal(err)
	}
	with[len(with)-1].Bus = object.ID
	f, err := wm.Flow(with, q.Limits)
	if err != nil {
		return BecauseObject
	}
	if feasible(t, &wider, wm, tree, q.Limits, with...) {
		return ""
	}
	end, _ := f.Bus(object.ID)
	for _, b := range f.Buses {
		if in, _ := wm.TreeOf(b.ID); in == tree && b.ID != object.ID && b.VmPU < q.Limits.VMin {
			return BecauseLosses
		}
	}
	if end.VmPU >= q.Limits.VMin {
		return BecauseLosses
	}
	for _, b := range f.Branches {
		if in, _ := wm.TreeOf(b.From); in == tree && b.LoadingPct > 100 {
			return BecauseLosses
		}
	}
	return BecauseObject
}

// TestPointsOracle: the pruned search answers as solving every bus does.
func TestPointsOracle(t *testing.T) {
	because := map[string]int{}
	for seed := range uint64(8) {
		n := randomNetwork(seed, 2, 3, 8)
		m, err := Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(seed, 7))
		for range 6 {
			q := PointsQuery{X: 3500*r.Float64() - 500, Y: 1600*r.Float64() - 800, LoadW: int64(1000 * math.Pow(10, 2.6*r.Float64())),
				Reserved: []Extra{{12, 8000}}, Limits: DefaultLimits(), Costs: testCosts(), Detour: 1300}
			got, err := m.Points(q)
			if err != nil {
				t.Fatal(err)
			}
			feasible, rejected := allPoints(t, n, m, q)
			for _, p := range rejected {
				because[p.Because]++
			}
			because[""] += len(feasible)
			far := got.Rejected()
			if len(far) > 0 && far[0].Because == BecauseFar {
				because[BecauseFar] += len(far)
				far = nil
			}
			if !samePoints(got.Feasible(), feasible) || !samePoints(far, rejected) || !got.Certified {
				t.Errorf("seed %d at %.0f,%.0f for %d W:\n got %+v\nwant %+v\n     %+v", seed, q.X, q.Y, q.LoadW, got.Points, feasible, rejected)
			}
		}
	}
	for _, reason := range []string{"", BecauseCapacity, BecauseObject, BecauseLosses, BecauseFar} {
		if because[reason] == 0 {
			t.Errorf("no point was rejected because of %q: %v", reason, because)
		}
	}
}

func samePoints(a, b []Point) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

// TestCostsOfAVoltage: what is left out is said to be of the table, what is altered
// is not.
func TestCostsOfAVoltage(t *testing.T) {
	table := Costs{From: "2026-01-01", Levels: []Level{
		{Cables: []Cable{{MaxW: 15_000, PerM: 100}}, MaxV: 1_000, Tap: 5},
		{Cables: []Cable{{MaxW: 2_000_000, PerM: 900}}, MaxV: 10_000, Tap: 50},
	}}
	low, high := table.Between(0, 1_000), table.Between(1_000, 10_000)
	if len(low.Levels[1].Cables) != 0 || len(high.Levels[0].Cables) != 0 || !low.Within(table) || !high.Within(table) || !table.Within(table) {
		t.Errorf("%+v and %+v", low, high)
	}
	low.Levels[0].Cables = []Cable{{MaxW: 15_000, PerM: 99}}
	if low.Within(table) || table.Within(high) || (Costs{}).Within(table) {
		t.Error("other prices pass for those of the table")
	}
}
