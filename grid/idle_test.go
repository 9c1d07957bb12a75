package grid

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// state is a network with so much of what comes on while generation runs as always there.
func state(n *Network, share float64) *Network {
	out := *n
	out.Loads = nil
	for _, l := range n.Loads {
		if l.When != "" {
			l.PKW, l.QKVAr, l.When = l.PKW*share, l.QKVAr*share, ""
		}
		out.Loads = append(out.Loads, l)
	}
	return &out
}

// sunny is the substation network with roofs that give 80 kW below transformer 11.
func sunny() *Network {
	n := substation()
	n.Loads = append(n.Loads, Load{Bus: 5, PKW: -80, QKVAr: -10})
	return n
}

func compiled(t *testing.T, n *Network) *Model {
	t.Helper()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestGenerationIsNotCountedOn: a transformer of which nobody knows the load has roofs
// below it. By version 2 what they give is room; a full solve without sun breaks a limit
// at that figure. By version 3 the limits hold with sun and without.
func TestGenerationIsNotCountedOn(t *testing.T) {
	n, lim := sunny(), DefaultLimits()
	m := compiled(t, n)
	old, _, err := n.MeasuredTogether(m, nil, lim)
	if err != nil {
		t.Fatal(err)
	}
	got, _, idle, err := n.MeasuredIdle(m, nil, lim)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Idle{{Trafo: 11, Watt: 80_000}}; !slices.Equal(idle, want) {
		t.Errorf("idle %+v, want %+v", idle, want)
	}
	was, is := capacityOf(t, old, 5, lim), capacityOf(t, got, 5, lim)
	if was.FreeW-is.FreeW < 70_000 {
		t.Errorf("version 2 says %d W free, version 3 %d W", was.FreeW, is.FreeW)
	}
	night := state(got, 0)
	dark := compiled(t, night)
	if feasible(t, night, dark, 0, lim, Extra{5, was.FreeW}) {
		t.Error("what version 2 says holds without sun: the test shows nothing")
	}
	for _, share := range []float64{0, 0.3, 0.7, 1} {
		day := state(got, share)
		if !feasible(t, day, compiled(t, day), 0, lim, Extra{5, is.FreeW}) {
			t.Errorf("with %g of the sun what version 3 says breaks a limit", share)
		}
	}
	if feasible(t, night, dark, 0, lim, Extra{5, is.FreeW + 2*unitW}) {
		t.Error("version 3 says far less than what holds")
	}
}

// TestAMeterReadsTheDifference: below a metered transformer the loads make up for what
// is generated: it feeds what it has read at night and by day, and what generates is not
// scaled with the loads.
func TestAMeterReadsTheDifference(t *testing.T) {
	n, lim := sunny(), DefaultLimits()
	got, apart, idle, err := n.MeasuredIdle(compiled(t, n), []Peak{{10, 400_000}, {11, 250_000}}, lim)
	if err != nil || len(apart) > 0 || len(idle) != 1 {
		t.Fatal(apart, idle, err)
	}
	want := []Load{
		{Bus: 2, PKW: 50, QKVAr: 12.5}, {Bus: 5, PKW: 250, QKVAr: 75}, {Bus: 6, PKW: 100, QKVAr: 30},
		{Bus: 5, PKW: 80, QKVAr: 24, When: WhenGenerating}, {Bus: 5, PKW: -80, QKVAr: -10, When: WhenGenerating},
	}
	if !slices.Equal(got.Loads, want) {
		t.Errorf("loads %+v", got.Loads)
	}
	for _, share := range []float64{0, 0.5, 1} {
		if w := fedBy(t, state(got, share), 11); w != 250_000 {
			t.Errorf("with %g of the sun it feeds %d W, its meter has read 250 kW", share, w)
		}
	}
	again, err := Read(got.Encode())
	if err != nil || again.Hash() != got.Hash() {
		t.Fatalf("written and read it is another: %v", err)
	}
	if c := got.ChangeFrom(n, n.Hash()); c.Of(n).Hash() != got.Hash() {
		t.Error("as a change of the surveyed network it is another")
	}
	got.Loads[0].When = "sometimes"
	if _, err := Compile(got); err == nil {
		t.Error("a load that is there sometimes is let pass")
	}
}

// TestTooMuchSunIsALimit: where the voltage is too high while the roofs give all, nothing
// is free, as before; that they may stand still takes no limit away.
func TestTooMuchSunIsALimit(t *testing.T) {
	n, lim := substation(), DefaultLimits()
	lim.VMax = 1.005
	n.Lines[0].ROhm = 5
	n.Loads = append(n.Loads, Load{Bus: 5, PKW: -350, QKVAr: -250})
	got, _, _, err := n.MeasuredIdle(compiled(t, n), nil, lim)
	if err != nil {
		t.Fatal(err)
	}
	m := compiled(t, got)
	if c := capacityOf(t, state(got, 0), 6, lim); c.FreeW <= 0 {
		t.Fatalf("without sun %+v: the test shows nothing", c)
	}
	c := capacityOf(t, got, 6, lim)
	if c.FreeW != 0 || c.Binding != BindBase {
		t.Errorf("%+v", c)
	}
	if v, err := m.Verify([]Extra{{6, 1000}}, lim); err != nil || v == nil || v.Binding != BindVoltage {
		t.Errorf("all together: %+v, %v", v, err)
	}
	tree, err := m.TreeTrafos(0, nil, lim)
	if err != nil || tree.BaseViolation == nil {
		t.Errorf("%+v, %v", tree, err)
	}
}

// generating is an invented network of which some loads generate, brought to invented
// readings.
func generating(t *testing.T, seed uint64) (*Network, *Model) {
	r := rand.New(rand.NewPCG(seed, 17))
	n := underSubstations(randomNetwork(seed, 2, 4, 6))
	for i := range n.Loads {
		if r.IntN(4) == 0 {
			n.Loads[i].PKW *= -2
			n.Loads[i].QKVAr *= float64(r.IntN(3) - 1)
		}
		if seed%3 == 1 {
			n.Loads[i].Kind = []string{ConstPower, ConstCurrent, ConstImpedance}[i%3]
		}
	}
	m := compiled(t, n)
	var peaks []Peak
	for _, p := range m.Nameplates() {
		if r.IntN(2) == 0 {
			peaks = append(peaks, Peak{p.Trafo, int64(r.IntN(1 + int(p.RatedVA/2)))})
		}
	}
	got, _, _, err := n.MeasuredIdle(m, peaks, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return got, compiled(t, got)
}

// TestCapacityWithAndWithoutGeneration: in any forest a capacity is the lesser of those of
// the two states, each a network by itself; by a full solve it holds in both, and with
// part of the generation. All at once give what one by one does.
func TestCapacityWithAndWithoutGeneration(t *testing.T) {
	lim, by := DefaultLimits(), map[bool]int{}
	for seed := range uint64(30) {
		n, m := generating(t, seed)
		states := []*Network{state(n, 0), state(n, 1), state(n, 0.5)}
		var models []*Model
		for _, s := range states {
			models = append(models, compiled(t, s))
		}
		trees, err := m.Capacity(nil, lim)
		if err != nil {
			t.Fatal(err)
		}
		for _, tree := range trees {
			for i, b := range tree.Buses {
				still, running := capacityOfModel(t, models[0], b.Bus, lim), capacityOfModel(t, models[1], b.Bus, lim)
				want := still
				if running.FreeW >= 0 && (want.FreeW < 0 || running.FreeW < want.FreeW) {
					want = running
				}
				if tree.BaseViolation == nil {
					by[want == still]++
				}
				if b.FreeW != want.FreeW || tree.BaseViolation == nil && b.Capacity != want {
					t.Fatalf("seed %d bus %d: %+v, the states say %+v and %+v", seed, b.Bus, b.Capacity, still, running)
				}
				if one := capacityOfModel(t, m, b.Bus, lim); one != b.Capacity {
					t.Errorf("seed %d bus %d: asked alone %+v, all at once %+v", seed, b.Bus, one, b.Capacity)
				}
				for at, s := range states {
					if i%7 == 0 && b.FreeW > 0 && !feasible(t, s, models[at], tree.Tree, lim, Extra{b.Bus, b.FreeW}) {
						t.Errorf("seed %d bus %d state %d: %d W more break a limit", seed, b.Bus, at, b.FreeW)
					}
				}
			}
		}
	}
	if by[true] < 100 || by[false] < 100 {
		t.Errorf("the lesser is that without generation %d times and that with it %d times: the test shows too little", by[true], by[false])
	}
}

// TestPointsWithAndWithoutGeneration: a point counts if it takes the load in both states.
func TestPointsWithAndWithoutGeneration(t *testing.T) {
	lim, fell := DefaultLimits(), 0
	for seed := range uint64(40) {
		n, m := generating(t, seed)
		still, running := compiled(t, state(n, 0)), compiled(t, state(n, 1))
		r := rand.New(rand.NewPCG(seed, 3))
		at := &n.Buses[r.IntN(len(n.Buses))]
		q := PointsQuery{X: *at.X + 30, Y: *at.Y + 20, LoadW: int64(10+r.IntN(120)) * 1000, Limits: lim, Costs: testCosts()}
		got, err := m.Points(q)
		if err != nil {
			t.Fatal(err)
		}
		takes := map[string]bool{}
		for _, p := range got.Points {
			takes[p.ID] = p.Feasible
		}
		one, err := still.Points(q)
		if err != nil {
			t.Fatal(err)
		}
		two, err := running.Points(q)
		if err != nil {
			t.Fatal(err)
		}
		inBoth := map[string]int{}
		for _, res := range []*PointsResult{one, two} {
			for _, p := range res.Points {
				if yes, shown := takes[p.ID]; shown && yes && !p.Feasible && p.Because != BecauseFar {
					t.Errorf("seed %d: point %s counts, and falls away in one state for %s", seed, p.ID, p.Because)
				}
				if p.Feasible {
					inBoth[p.ID]++
				}
			}
		}
		for id, n := range inBoth {
			if yes, shown := takes[id]; shown && !yes {
				if fell++; n == 2 {
					t.Errorf("seed %d: point %s falls away, and counts in both states", seed, id)
				}
			}
		}
	}
	if fell == 0 {
		t.Error("no point fell away for one state alone: the test shows nothing")
	}
}

// TestReinforcedForBothStates: what replacing elements costs is told for a load that is
// taken in both states once they are replaced.
func TestReinforcedForBothStates(t *testing.T) {
	n, lim := sunny(), DefaultLimits()
	x, y := 0.0, 0.0
	for i := range n.Buses {
		n.Buses[i].X, n.Buses[i].Y = &x, &y
	}
	got, _, _, err := n.MeasuredIdle(compiled(t, n), []Peak{{11, 350_000}}, lim)
	if err != nil {
		t.Fatal(err)
	}
	up := Upgrades{Trafos: []TrafoSize{{RatedVA: 630_000, R: 10_000, X: 54_000, Cost: 800}, {RatedVA: 1_000_000, R: 10_000, X: 54_000, Cost: 1200}}}
	reinforced := func(n *Network) *Reinforcement {
		m := compiled(t, n)
		q := PointsQuery{LoadW: 150_000, Limits: lim, Costs: testCosts()}
		if err := m.ready(&q); err != nil {
			t.Fatal(err)
		}
		s := newSearch(m, &q)
		defer s.close()
		k, _ := m.node(5)
		return s.reinforceWith(&up, candidate{node: int32(k), bus: 5, level: int32(q.Costs.level(0.4))})
	}
	is, still, running := reinforced(got), reinforced(state(got, 0)), reinforced(state(got, 1))
	if is == nil || still == nil || running == nil {
		t.Fatalf("%+v, %+v, %+v", is, still, running)
	}
	if is.Cost != max(still.Cost, running.Cost) || is.Cost == 0 {
		t.Errorf("it costs %d, without sun %d and with it %d", is.Cost, still.Cost, running.Cost)
	}
}

// TestTheSameTreeWhileGenerating: trees that differ by what comes on while generation
// runs are two, and their figures are computed again.
func TestTheSameTreeWhileGenerating(t *testing.T) {
	n, lim := sunny(), DefaultLimits()
	of := func(n *Network) *Model {
		got, _, _, err := n.MeasuredIdle(compiled(t, n), []Peak{{10, 300_000}}, lim)
		if err != nil {
			t.Fatal(err)
		}
		return compiled(t, got)
	}
	less := sunny()
	less.Loads[3].PKW = -79
	a, b, none := of(n), of(less), of(substation())
	if !a.SameTree(of(sunny()), 0) {
		t.Error("a tree is not its own")
	}
	if a.SameTree(b, 0) || a.SameTree(none, 0) || none.SameTree(a, 0) {
		t.Error("trees of other generation pass for one")
	}
}

func TestMeasuredLoadsVersions(t *testing.T) {
	for name, want := range map[string]int{"": 1, MeasuredLoads2: 2, MeasuredLoads3: 3, "grid.measured-loads@" + strconv.Itoa(9): 0} {
		if got := MeasuredLoadsVersion(name); got != want {
			t.Errorf("%q is version %d, want %d", name, got, want)
		}
	}
}

func capacityOfModel(t *testing.T, m *Model, bus int, lim Limits) Capacity {
	c, err := m.BusCapacity(bus, nil, lim)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
