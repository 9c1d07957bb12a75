package grid

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestSameTree: trees that are the same have the same figures in the same places,
// whatever was changed elsewhere; what is changed in one is told of that one.
func TestSameTree(t *testing.T) {
	lim := Limits{VMin: 0.9, VMax: 1.1, LinePct: 100, TrafoPct: 100, PowerFactor: 0.95}
	told, kept := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		was, is := randomNetwork(seed, 4, 1, 30), randomNetwork(seed, 4, 1, 30)
		a, err := Compile(was)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := Compile(is); err != nil || !a.SameTree(b, 0) || !a.SameTree(b, 3) {
			t.Fatalf("seed %d: one network twice is not the same, %v", seed, err)
		}
		change(is, r)
		b, err := Compile(is)
		if err != nil {
			continue // it has become none
		}
		for tree := range min(a.Trees(), b.Trees()) {
			if !a.SameTree(b, tree) {
				told++
				continue
			}
			kept++
			x, errX := a.TreeTrafos(tree, nil, lim)
			y, errY := b.TreeTrafos(tree, nil, lim)
			if errX != nil || errY != nil || !reflect.DeepEqual(x, y) {
				t.Errorf("seed %d, tree %d: the same tree has other figures, %v, %v", seed, tree, errX, errY)
			}
			for _, bus := range a.TreeBuses(tree) {
				if x, y, _ := a.BusAt(bus); !at(b, bus, x, y) {
					t.Errorf("seed %d: bus %d lies elsewhere", seed, bus)
				}
			}
		}
	}
	if told < 40 || kept < 100 {
		t.Errorf("%d trees were told to be others, %d to be the same", told, kept)
	}
}

func at(m *Model, bus int, x, y int64) bool {
	isX, isY, _ := m.BusAt(bus)
	return isX == x && isY == y
}

// change changes one thing of a network.
func change(n *Network, r *rand.Rand) {
	line, bus, load := &n.Lines[r.IntN(len(n.Lines))], &n.Buses[r.IntN(len(n.Buses))], &n.Loads[r.IntN(len(n.Loads))]
	amps, place := 17.0, 1.0
	switch r.IntN(9) {
	case 0:
		load.PKW++
	case 1:
		load.QKVAr++
	case 2:
		line.ROhm *= 1.01
	case 3:
		line.XOhm *= 1.01
	case 4:
		line.BUS++
	case 5:
		line.IMaxA = &amps
	case 6:
		bus.X, bus.Y = &place, &place
	case 7:
		load.Kind = ConstImpedance
	case 8:
		n.Sources[0].VPU += 0.001
	}
}
