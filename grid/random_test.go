package grid

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func ptr(v float64) *float64 { return &v }

// randomNetwork makes a plausible radial network of trees, each a 10 kV trunk with
// transformers and 0.4 kV feeders below them.
func randomNetwork(seed uint64, trees, stations, perStation int) *Network {
	r := rand.New(rand.NewPCG(seed, 42))
	n := &Network{Name: fmt.Sprintf("random-%d", seed), BaseHz: 50, Radial: true}
	bus := func(kv, x, y float64) int {
		id := len(n.Buses)
		n.Buses = append(n.Buses, Bus{ID: id, VnKV: kv, X: ptr(math.Round(x*1000) / 1000), Y: ptr(math.Round(y*1000) / 1000)})
		return id
	}
	at := func(id int) (float64, float64) { return *n.Buses[id].X, *n.Buses[id].Y }
	line := func(from int, kv, reach, ohm, imax float64) int {
		x, y := at(from)
		a, d := 2*math.Pi*r.Float64(), reach*(0.5+r.Float64())
		to := bus(kv, x+d*math.Cos(a), y+d*math.Sin(a))
		km := d * 1.2 / 1000
		l := Line{ID: len(n.Lines), From: from, To: to, ROhm: ohm * km, XOhm: 0.1 * km, BUS: 60 * km, LengthKM: km}
		if r.IntN(10) > 0 {
			l.IMaxA = ptr(imax)
		}
		if r.IntN(2) == 0 {
			l.From, l.To = l.To, l.From
		}
		n.Lines = append(n.Lines, l)
		return to
	}
	load := func(at int, kw float64) {
		n.Loads = append(n.Loads, Load{Bus: at, PKW: kw, QKVAr: kw * (0.1 + 0.3*r.Float64())})
	}
	for t := range trees {
		root := bus(10, float64(t)*3000, 0)
		n.Sources = append(n.Sources, Source{Bus: root, VPU: 0.99 + 0.06*r.Float64()})
		trunk := []int{root}
		for s := range stations {
			mv := line(trunk[r.IntN(len(trunk))], 10, 400, 0.3, 200+100*r.Float64())
			trunk = append(trunk, mv)
			if r.IntN(4) == 0 {
				load(mv, 100*r.Float64())
			}
			x, y := at(mv)
			lv := bus(0.4, x+5, y+5)
			sn := []float64{160, 250, 400, 630}[r.IntN(4)]
			z := 0.045 / (sn / 1000)
			n.Trafos = append(n.Trafos, Trafo{ID: t*stations + s, HV: mv, LV: lv, SnKVA: sn, VnHVKV: 10, VnLVKV: 0.4, VkPct: 4.5, VkrPct: 1.2,
				Model: TrafoModel{RPU: z * 0.27, XPU: z * 0.96, GPU: 0.0005, BPU: -0.001, Ratio: 0.975 + 0.025*float64(r.IntN(3)), ShiftDeg: 150}})
			below := []int{lv}
			for range perStation {
				b := line(below[r.IntN(len(below))], 0.4, 40, 0.25+0.3*r.Float64(), 150+120*r.Float64())
				below = append(below, b)
				load(b, sn*0.5/float64(perStation)*r.Float64())
			}
		}
	}
	return n
}

// variedNetwork is a random network of two trees: with seeds it takes turns at loads of
// every kind, and at some that generate behind a source that is not stiff.
func variedNetwork(seed uint64) *Network {
	n := randomNetwork(seed, 2, 3+int(seed%4), 12)
	switch seed % 3 {
	case 1:
		for i := range n.Loads {
			n.Loads[i].Kind = []string{ConstPower, ConstCurrent, ConstImpedance}[i%3]
		}
	case 2:
		for i := range n.Loads {
			if i%5 == 0 {
				n.Loads[i].PKW *= -1
			}
		}
		n.Sources[0].SkMVA, n.Sources[0].RXRatio = 120, 0.2
	}
	return n
}

func randomModel(t testing.TB, seed uint64, trees, stations, perStation int) *Model {
	m, err := Compile(randomNetwork(seed, trees, stations, perStation))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// feasible asks the plain flow, by another road than the capacity: are all
// limits kept with these extras?
func feasible(t *testing.T, n *Network, m *Model, tree int, lim Limits, extra ...Extra) bool {
	f, err := m.Flow(extra, lim)
	if err != nil {
		return false
	}
	in := func(bus int) bool { at, _ := m.TreeOf(bus); return at == tree }
	for _, b := range f.Buses {
		if in(b.ID) && (b.VmPU < lim.VMin || b.VmPU > lim.VMax) {
			return false
		}
	}
	for _, b := range f.Branches {
		pct := lim.LinePct
		if b.Kind == "trafo" {
			pct = lim.TrafoPct
		}
		if in(b.From) && b.LoadingPct > pct {
			return false
		}
	}
	return true
}

// TestCapacityHolds: at the published capacity every limit is kept, a little
// above it one is not.
func TestCapacityHolds(t *testing.T) {
	lim, bounded := DefaultLimits(), 0
	for seed := range uint64(12) {
		n := variedNetwork(seed)
		m, err := Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		trees, err := m.Capacity(nil, lim)
		if err != nil {
			t.Fatal(err)
		}
		tight := 0
		for _, tree := range trees {
			if base := feasible(t, n, m, tree.Tree, lim); base != (tree.BaseViolation == nil) {
				t.Errorf("seed %d tree %d: base violation %+v, by the flow feasible %v", seed, tree.Tree, tree.BaseViolation, base)
			}
			for _, b := range tree.Buses {
				if tree.BaseViolation != nil {
					if b.FreeW != 0 || b.Binding != BindBase {
						t.Errorf("seed %d bus %d: %+v in a violated tree", seed, b.Bus, b)
					}
					continue
				}
				if b.FreeW < 0 {
					if !feasible(t, n, m, tree.Tree, lim, Extra{b.Bus, capW}) {
						t.Errorf("seed %d bus %d: called unlimited", seed, b.Bus)
					}
					continue
				}
				if !feasible(t, n, m, tree.Tree, lim, Extra{b.Bus, b.FreeW}) {
					t.Errorf("seed %d bus %d: %+v breaks a limit", seed, b.Bus, b)
				}
				bounded++
				if feasible(t, n, m, tree.Tree, lim, Extra{b.Bus, b.FreeW + unitW + b.FreeW/1000}) {
					t.Errorf("seed %d bus %d: more than %+v fits", seed, b.Bus, b)
				}
				if !feasible(t, n, m, tree.Tree, lim, Extra{b.Bus, b.FreeW + unitW}) {
					tight++
				}
			}
		}
		t.Logf("seed %d: %d of %d capacities cannot grow by 0.1 kW", seed, tight, m.Buses())
	}
	if bounded < 100 {
		t.Errorf("only %d capacities had a bound to hold them to", bounded)
	}
}

// TestSameAnswer: the order of elements and reservations, one bus or all, and
// what was computed before make no difference.
func TestSameAnswer(t *testing.T) {
	lim := DefaultLimits()
	n := randomNetwork(3, 2, 4, 10)
	m := randomModel(t, 3, 2, 4, 10)
	shuffled := *n
	r := rand.New(rand.NewPCG(1, 1))
	shuffled.Buses = append([]Bus{}, n.Buses...)
	shuffled.Lines = append([]Line{}, n.Lines...)
	shuffled.Loads = append([]Load{}, n.Loads...)
	shuffled.Sources = []Source{n.Sources[1], n.Sources[0]}
	r.Shuffle(len(n.Buses), func(i, j int) { shuffled.Buses[i], shuffled.Buses[j] = shuffled.Buses[j], shuffled.Buses[i] })
	r.Shuffle(len(n.Lines), func(i, j int) { shuffled.Lines[i], shuffled.Lines[j] = shuffled.Lines[j], shuffled.Lines[i] })
	r.Shuffle(len(n.Loads), func(i, j int) { shuffled.Loads[i], shuffled.Loads[j] = shuffled.Loads[j], shuffled.Loads[i] })
	other, err := Compile(&shuffled)
	if err != nil {
		t.Fatal(err)
	}
	if n.Hash() != shuffled.Hash() {
		t.Error("the order of elements changes the hash")
	}
	a := []Extra{{5, 3000}, {9, 2000}, {40, 100}}
	b := []Extra{{40, 100}, {9, 2000}, {5, 3000}}
	one, err := m.Capacity(a, lim)
	if err != nil {
		t.Fatal(err)
	}
	two, err := other.Capacity(b, lim)
	if err != nil {
		t.Fatal(err)
	}
	if asJSON(t, one) != asJSON(t, two) {
		t.Error("the order of elements changes the capacity")
	}
	for _, tree := range one {
		for _, bus := range tree.Buses {
			c, err := m.BusCapacity(bus.Bus, b, lim)
			if err != nil || c != bus.Capacity {
				t.Errorf("bus %d alone: %+v (%v), in its tree %+v", bus.Bus, c, err, bus)
			}
		}
	}
}

// TestTreeTrafos: the transformers alone get what they get among all buses.
func TestTreeTrafos(t *testing.T) {
	m, feeders := randomModel(t, 6, 3, 4, 12), 0
	for tree := range m.Trees() {
		held := []Extra{{m.TreeBuses(tree)[7], 4000}}
		all, err := m.TreeCapacity(tree, held, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		alone, err := m.TreeTrafos(tree, held, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if len(all.Trafos) == 0 || len(alone.Buses) > 0 || asJSON(t, all.Trafos) != asJSON(t, alone.Trafos) {
			t.Errorf("tree %d: %+v, alone %+v", tree, all.Trafos, alone.Trafos)
		}
		flow, err := m.Flow(held, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range alone.Feeders {
			i := slices.IndexFunc(flow.Branches, func(b BranchFlow) bool { return b.ID == f.Line && b.Kind == "line" })
			if is := flow.Branches[i].LoadingPct; is >= 0 && math.Abs(float64(f.LoadPPM)-is*1e4) > 1 {
				t.Errorf("feeder %d is told to be full to %d ppm, it is to %.4f %%", f.Line, f.LoadPPM, is)
			}
			for _, bus := range all.Buses {
				if bus.Bus == f.Bus && bus.Capacity != f.Capacity {
					t.Errorf("feeder %+v, its bus %+v", f, bus)
				}
			}
		}
		feeders += len(alone.Feeders)
	}
	if feeders == 0 {
		t.Error("nothing leaves a substation")
	}
}
