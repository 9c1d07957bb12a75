package simulate

import (
	"slices"
	"testing"

	"aiqyn/grid"
)

// TestNetworkHolds solves the generated network as a state's would be solved:
// before anything is granted it keeps every limit, most transformers are used
// as transformers are, and some have little left.
func TestNetworkHolds(t *testing.T) {
	for _, cfg := range []Config{{Seed: 1}, {Seed: 2}, {Seed: 35}, {Seed: 3, People: 4000}, {Seed: 4, People: minPeople}} {
		w := generate(t, cfg)
		model, err := grid.Compile(w.Network)
		if err != nil {
			t.Fatal(err)
		}
		flow, err := model.Flow(nil, grid.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range flow.Buses {
			if b.VmPU < 0.90 || b.VmPU > 1.10 {
				t.Errorf("seed %d: bus %d at %.3f", cfg.Seed, b.ID, b.VmPU)
			}
		}
		usual, trafos := 0, 0
		for _, b := range flow.Branches {
			if b.LoadingPct > 100 {
				t.Errorf("seed %d: %s %d at %.1f %%", cfg.Seed, b.Kind, b.ID, b.LoadingPct)
			}
			if b.Kind == "trafo" {
				trafos++
				if b.LoadingPct >= 30 && b.LoadingPct <= 85 {
					usual++
				}
			}
		}
		if trafos != len(w.Trafos) || usual*100 < trafos*60 {
			t.Errorf("seed %d: %d of %d transformers are used as usual", cfg.Seed, usual, trafos)
		}
		if cfg.People == 0 && (model.Trees() < 120 || trafos < 240 || len(w.Network.Buses) < 9000) {
			t.Errorf("seed %d: %d feeders, %d transformers, %d buses", cfg.Seed, model.Trees(), trafos, len(w.Network.Buses))
		}
	}
}

// TestCapacityDiffers: a country where everything is free, or nothing, would
// show nothing.
func TestCapacityDiffers(t *testing.T) {
	w := world(t, 1)
	model, err := grid.Compile(w.Network)
	if err != nil {
		t.Fatal(err)
	}
	trees, err := model.Capacity(nil, grid.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var kw []int64
	binding := make(map[string]int)
	for _, tree := range trees {
		for _, x := range tree.Trafos {
			kw = append(kw, x.FreeW/1000)
			binding[x.Binding]++
		}
	}
	slices.Sort(kw)
	little, middle, most := kw[len(kw)/20], kw[len(kw)/2], kw[len(kw)-1]
	if kw[0] < 0 || little > 40 || middle < 40 || middle > 150 || most < 300 {
		t.Errorf("free kW: 5 %% below %d, half below %d, at most %d", little, middle, most)
	}
	if binding["line"] < 20 || binding["trafo"] < 100 {
		t.Errorf("what binds: %v", binding)
	}
}

// TestTransformers: what the World says beside the network belongs to it.
func TestTransformers(t *testing.T) {
	w := world(t, 1)
	basis := make(map[Basis]int)
	for i, x := range w.Trafos {
		tr := w.Network.Trafos[i]
		if x.ID != tr.ID || x.Bus != tr.LV || x.Name != tr.Name || tr.ID != len(w.Network.Lines)+i {
			t.Fatalf("transformer %+v stands for %+v", x, tr)
		}
		if (x.Basis == Unknown) != (x.Measured == "") || x.Measured > day(today) || x.District.IsZero() {
			t.Errorf("transformer %+v", x)
		}
		basis[x.Basis]++
	}
	for _, b := range []Basis{Measured, Estimated, Unknown} {
		if basis[b] < len(w.Trafos)/20 {
			t.Errorf("only %d transformers are %s", basis[b], b)
		}
	}
	place := make(map[string]Point)
	for _, p := range w.Parcels {
		place[p.Number] = Point{p.X, p.Y}
	}
	lv := make(map[int]bool)
	for _, x := range w.Trafos {
		lv[x.ID] = true
	}
	if len(w.Supplies) == 0 {
		t.Error("no parcel is supplied")
	}
	for _, s := range w.Supplies {
		b := w.Network.Buses[s.Bus]
		if d := place[s.Parcel].dist(Point{*b.X, *b.Y}); d > 80 || !lv[s.Trafo] {
			t.Errorf("parcel %s is supplied by transformer %d from a bus %.0f m away", s.Parcel, s.Trafo, d)
		}
	}
}

func TestSmallest(t *testing.T) {
	for _, c := range []struct {
		amps float64
		name string
		n    int
	}{{10, "АВБбШв 4×50", 1}, {206, "АВБбШв 4×150", 1}, {361, "АВБбШв 4×95", 2}, {800, "АВБбШв 4×150", 3}} {
		if got, n := smallest(cables, c.amps); got.name != c.name || n != c.n {
			t.Errorf("%v A: %d × %s, want %d × %s", c.amps, n, got.name, c.n, c.name)
		}
	}
}

func TestCosts(t *testing.T) {
	costs := Costs()
	if err := costs.Validate(); err != nil {
		t.Error(err)
	}
}
