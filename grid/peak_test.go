package grid

import (
	"math"
	"testing"

	"aiqyn"
)

// twoStations is a source that feeds transformers at either end of a line, one
// of which has nothing to feed, and a load on the line itself.
func twoStations() *Network {
	plate := func(id, hv, lv int) Trafo {
		return Trafo{ID: id, HV: hv, LV: lv, SnKVA: 400, VnHVKV: 10, VnLVKV: 0.4, VkPct: 4.5, VkrPct: 1, PfeKW: 1, I0Pct: 0.5, TapSide: "hv",
			Model: TrafoModel{RPU: 0.005, XPU: 0.02, Ratio: 1}}
	}
	long := 200.0
	return &Network{
		Name: "two", BaseHz: 50, Radial: true, Sources: []Source{{Bus: 1, VPU: 1}},
		Buses:  []Bus{{ID: 1, VnKV: 10}, {ID: 2, VnKV: 10}, {ID: 3, VnKV: 0.4}, {ID: 4, VnKV: 0.4}, {ID: 5, VnKV: 0.4}, {ID: 6, VnKV: 0.4}},
		Lines:  []Line{{ID: 1, From: 1, To: 2, ROhm: 0.1, XOhm: 0.1, IMaxA: &long}, {ID: 2, From: 3, To: 4, ROhm: 0.01, XOhm: 0.01, IMaxA: &long}},
		Trafos: []Trafo{plate(10, 1, 3), plate(11, 2, 5), plate(12, 2, 6)},
		Loads:  []Load{{Bus: 2, PKW: 7, QKVAr: 1}, {Bus: 3, PKW: 10, QKVAr: 4}, {Bus: 4, PKW: 30, QKVAr: 12}, {Bus: 5, PKW: 5, QKVAr: 1}},
	}
}

// TestMeasured: what hangs below a metered transformer comes to its peak, each
// load by its part; nothing else moves, and one that fed nothing has its peak at
// its busbar.
func TestMeasured(t *testing.T) {
	n := twoStations()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	was := n.Hash()
	got, err := n.Measured(m, []Peak{{10, 80_000}, {12, 25_000}}, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if n.Hash() != was {
		t.Error("the network that was surveyed has changed")
	}
	q := math.Round(25*DefaultLimits().tan()*1000) / 1000
	want := []Load{{Bus: 2, PKW: 7, QKVAr: 1}, {Bus: 3, PKW: 20, QKVAr: 8}, {Bus: 4, PKW: 60, QKVAr: 24}, {Bus: 5, PKW: 5, QKVAr: 1}, {Bus: 6, PKW: 25, QKVAr: q}}
	if len(got.Loads) != len(want) {
		t.Fatalf("loads %+v", got.Loads)
	}
	for i := range want {
		if got.Loads[i] != want[i] {
			t.Errorf("load %d is %+v, want %+v", i, got.Loads[i], want[i])
		}
	}
	again, err := Read(got.Encode())
	if err != nil || again.Hash() != got.Hash() {
		t.Errorf("written and read it is another: %v", err)
	}
	before, _ := m.BusCapacity(4, nil, DefaultLimits())
	after, err := Compile(got)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := after.BusCapacity(4, nil, DefaultLimits()); err != nil || now.FreeW >= before.FreeW {
		t.Errorf("twice the load leaves %d W, before it was %d W: %v", now.FreeW, before.FreeW, err)
	}
}

// TestMeasuredByWhatItAlreadyDraws gives the same network: a peak that is the sum
// of its loads changes nothing.
func TestMeasuredByWhatItAlreadyDraws(t *testing.T) {
	n := twoStations()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.Measured(m, []Peak{{10, 40_000}, {11, 5_000}, {12, 0}}, DefaultLimits())
	if err != nil || got.Hash() != n.Hash() {
		t.Errorf("another network, %v", err)
	}
}

func TestPeaksThatAreNone(t *testing.T) {
	n := twoStations()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	for name, peaks := range map[string][]Peak{
		"unknown": {{99, 1}}, "negative": {{10, -1}}, "absurd": {{10, math.MaxInt64}}, "twice": {{10, 1}, {10, 1}}, "out of order": {{11, 1}, {10, 1}},
	} {
		if _, err := n.Measured(m, peaks, DefaultLimits()); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAbove names the transformer that feeds a bus.
func TestAbove(t *testing.T) {
	m, err := Compile(twoStations())
	if err != nil {
		t.Fatal(err)
	}
	for bus, want := range map[int]int{3: 10, 4: 10, 5: 11, 6: 12} {
		if got, ok := m.Above(bus); !ok || got != want {
			t.Errorf("bus %d is fed by %d, %v", bus, got, ok)
		}
	}
	for _, bus := range []int{1, 2, 99} {
		if got, ok := m.Above(bus); ok {
			t.Errorf("bus %d is fed by %d", bus, got)
		}
	}
	if plates := m.Nameplates(); len(plates) != 3 || plates[0] != (Nameplate{10, 400_000}) {
		t.Errorf("%+v", plates)
	}
}
