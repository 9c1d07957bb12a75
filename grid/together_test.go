package grid

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// substation is a source, a substation of 560 kVA with a load at its busbar, and two
// transformers of 400 kVA on a line each below it.
func substation() *Network {
	plate := func(id, hv, lv int, sn, hvKV, lvKV float64) Trafo {
		return Trafo{ID: id, HV: hv, LV: lv, SnKVA: sn, VnHVKV: hvKV, VnLVKV: lvKV, VkPct: 4.5, VkrPct: 1, PfeKW: 1, I0Pct: 0.5, TapSide: "hv",
			Model: TrafoModel{RPU: 0.004, XPU: 0.015, Ratio: 1}}
	}
	long := 200.0
	return &Network{
		Name: "substation", BaseHz: 50, Radial: true, Sources: []Source{{Bus: 1, VPU: 1}},
		Buses:  []Bus{{ID: 1, VnKV: 35}, {ID: 2, VnKV: 10}, {ID: 3, VnKV: 10}, {ID: 4, VnKV: 10}, {ID: 5, VnKV: 0.4}, {ID: 6, VnKV: 0.4}},
		Lines:  []Line{{ID: 1, From: 2, To: 3, ROhm: 0.1, XOhm: 0.1, IMaxA: &long}, {ID: 2, From: 2, To: 4, ROhm: 0.1, XOhm: 0.1, IMaxA: &long}},
		Trafos: []Trafo{plate(10, 1, 2, 560, 35, 10), plate(11, 3, 5, 400, 10, 0.4), plate(12, 4, 6, 400, 10, 0.4)},
		Loads:  []Load{{Bus: 2, PKW: 20, QKVAr: 5}, {Bus: 5, PKW: 100, QKVAr: 30}, {Bus: 6, PKW: 100, QKVAr: 30}},
	}
}

// TestPeaksOfDifferentDays: a substation reads 400 kW, two transformers below it have
// read 300 kW each, on other days. It has room, and so has each of them; summed up it
// would be full nearly twice over.
func TestPeaksOfDifferentDays(t *testing.T) {
	n := substation()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	peaks, lim := []Peak{{10, 400_000}, {11, 300_000}, {12, 300_000}}, DefaultLimits()
	old, err := n.Measured(m, peaks, lim)
	if err != nil {
		t.Fatal(err)
	}
	if c := capacityOf(t, old, 5, lim); c.FreeW != 0 || c.Binding != BindBase {
		t.Errorf("version 1 has changed its answer: %+v", c)
	}
	got, apart, err := n.MeasuredTogether(m, peaks, lim)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Apart{{Trafo: 10, Watt: 220_000}}; !slices.Equal(apart, want) {
		t.Errorf("apart %+v, want %+v", apart, want)
	}
	if w := fedBy(t, got, 10); w != 400_000 {
		t.Errorf("the substation feeds %d W, its meter has read 400 kW", w)
	}
	for _, id := range []int{11, 12} {
		if w := fedBy(t, got, id); w != 300_000 {
			t.Errorf("transformer %d feeds %d W, its meter has read 300 kW", id, w)
		}
	}
	for _, bus := range []int{2, 5, 6} {
		if c := capacityOf(t, got, bus, lim); c.FreeW < 50_000 || c.FreeW > 150_000 {
			t.Errorf("bus %d can take %d W by %s of %d", bus, c.FreeW, c.Binding, c.Element)
		}
	}
	if again, err := Read(got.Encode()); err != nil || again.Hash() != got.Hash() {
		t.Errorf("written and read it is another: %v", err)
	}
}

// TestASubstationThatReadsMore: what transformers below do not account for is drawn at
// its own busbar, and not once more by them.
func TestASubstationThatReadsMore(t *testing.T) {
	n := substation()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	got, apart, err := n.MeasuredTogether(m, []Peak{{10, 400_000}, {11, 150_000}}, DefaultLimits())
	if err != nil || len(apart) > 0 {
		t.Fatal(apart, err)
	}
	want := []Load{{Bus: 2, PKW: 150, QKVAr: 37.5}, {Bus: 5, PKW: 150, QKVAr: 45}, {Bus: 6, PKW: 100, QKVAr: 30}}
	if !slices.Equal(got.Loads, want) {
		t.Errorf("loads %+v", got.Loads)
	}
}

// TestMeteredTransformersFeedWhatTheyRead: in any forest, whatever the readings, a
// metered transformer feeds what it has read, to a watt a load, one without another
// below it by its own loads alone; nothing that hangs lower shrinks for it.
func TestMeteredTransformersFeedWhatTheyRead(t *testing.T) {
	together := 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 9))
		n := underSubstations(randomNetwork(seed, 2, 5, 4))
		m, err := Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		var peaks []Peak
		for _, p := range m.Nameplates() {
			if r.IntN(4) > 0 {
				peaks = append(peaks, Peak{p.Trafo, int64(r.IntN(1 + int(p.RatedVA)))})
			}
		}
		got, apart, err := n.MeasuredTogether(m, peaks, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		together += len(apart)
		for _, p := range peaks {
			if w := fedBy(t, got, p.Trafo); max(w-p.Watt, p.Watt-w) > int64(len(n.Loads)) {
				t.Errorf("seed %d: transformer %d feeds %d W, its meter has read %d W", seed, p.Trafo, w, p.Watt)
			}
		}
		once, twice, err := n.MeasuredTogether(m, peaks, DefaultLimits())
		if err != nil || once.Hash() != got.Hash() || !slices.Equal(apart, twice) {
			t.Errorf("seed %d: another answer the second time: %v", seed, err)
		}
	}
	if together == 0 {
		t.Error("no substation was read below what hangs under it: the test shows nothing")
	}
}

// TestNeverMoreThanWhatHolds: whatever share of its own peak each of two transformers
// draws, as long as the substation keeps to its reading, what is published as free
// below one fits: no day on which the meters are right breaks a limit.
func TestNeverMoreThanWhatHolds(t *testing.T) {
	n := substation()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	lim := DefaultLimits()
	got, _, err := n.MeasuredTogether(m, []Peak{{10, 400_000}, {11, 300_000}, {12, 300_000}}, lim)
	if err != nil {
		t.Fatal(err)
	}
	free := capacityOf(t, got, 5, lim).FreeW
	for a := int64(0); a <= 300; a += 20 {
		b := min(300, 400-a)
		day := substation()
		day.Loads = []Load{{Bus: 5, PKW: float64(a), QKVAr: 0.3 * float64(a)}, {Bus: 6, PKW: float64(b), QKVAr: 0.3 * float64(b)}}
		dm, err := Compile(day)
		if err != nil {
			t.Fatal(err)
		}
		if !feasible(t, day, dm, 0, lim, Extra{5, free}) {
			t.Errorf("%d kW at one and %d kW at the other: %d W more break a limit", a, b, free)
		}
	}
}

// underSubstations puts the middle of each trunk under a substation of its own.
func underSubstations(n *Network) *Network {
	for i := range n.Lines {
		l := &n.Lines[i]
		if n.Buses[l.From].VnKV != 10 || l.ID%3 != 0 {
			continue
		}
		id := len(n.Trafos) + 1000
		n.Trafos = append(n.Trafos, Trafo{ID: id, HV: l.From, LV: l.To, SnKVA: 2500, VnHVKV: 10, VnLVKV: 10, VkPct: 6, VkrPct: 1,
			Model: TrafoModel{RPU: 0.004, XPU: 0.024, Ratio: 1}})
		n.Lines = append(n.Lines[:i], n.Lines[i+1:]...)
		break
	}
	return n
}

// fedBy is what all loads together draw below a transformer, in watts.
func fedBy(t *testing.T, n *Network, trafo int) int64 {
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	source, ok := m.SourceOf(trafo)
	tree, _ := m.TreeOf(source)
	at := slices.IndexFunc(n.Trafos, func(t Trafo) bool { return t.ID == trafo })
	if own, _ := m.TreeOf(n.Trafos[at].LV); !ok || own != tree || !slices.ContainsFunc(n.Sources, func(s Source) bool { return s.Bus == source }) {
		t.Fatalf("transformer %d is fed by %d", trafo, source)
	}
	if _, ok := m.SourceOf(-5); ok {
		t.Fatal("a transformer that there is not has a source")
	}
	sum := 0.0
	for _, l := range n.Loads {
		above, ok := m.Above(l.Bus)
		if ok && (above == trafo || slices.Contains(m.Upstream(above), trafo)) {
			sum += l.PKW
		}
	}
	return int64(math.Round(sum * 1000))
}

func capacityOf(t *testing.T, n *Network, bus int, lim Limits) Capacity {
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.BusCapacity(bus, nil, lim)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
