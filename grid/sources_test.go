package grid

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// sixthElsewhere is seven roomy transformers in a row: the first five of one source, the
// last two of another, each on a bus of its own.
func sixthElsewhere() *Network {
	n := &Network{Name: "row", BaseHz: 50, Radial: true, CRS: "EPSG:32642", Sources: []Source{{Bus: 1, VPU: 1}, {Bus: 2, VPU: 1}}}
	at := func(id int, kv, x float64) {
		n.Buses = append(n.Buses, Bus{ID: id, VnKV: kv, X: ptr(x), Y: ptr(5_660_000)})
	}
	at(1, 10, 500_000)
	at(2, 10, 500_500)
	for i := range 7 {
		x := 500_000 + 20*float64(i)
		at(10+i, 0.4, x)
		source := 1
		if i >= 5 {
			source = 2
		}
		n.Trafos = append(n.Trafos, Trafo{ID: i + 1, HV: source, LV: 10 + i, SnKVA: 400, VnHVKV: 10, VnLVKV: 0.4, VkPct: 4.5, VkrPct: 1, PfeKW: 1, I0Pct: 0.5,
			TapSide: "hv", Model: TrafoModel{RPU: 0.005, XPU: 0.02, Ratio: 1}})
	}
	return n
}

// TestASecondSourceBeyondTheFive: the five cheapest points are all of one source, the
// sixth is of another. Version 1 keeps to its answer; version 2 counts both.
func TestASecondSourceBeyondTheFive(t *testing.T) {
	n := sixthElsewhere()
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := func(string) (*Model, error) { return m, nil }
	streets := func(string) (*StreetGraph, error) { return nil, nil }
	costs := Costs{From: "2026-01-01", Source: "test", MaxRouteM: 1000, Levels: []Level{{MaxV: 400, Tap: 1, Cables: []Cable{{MaxW: 1_000_000, PerM: 100, R: 10, X: 10}}}}}
	held := map[int][]Extra{}
	q := LivePoints{Network: n.Hash(), XMM: 499_990_000, YMM: 5_660_000_000, LoadW: 50_000, Limits: DefaultLimits(), Costs: costs, Detour: 1300,
		Held: func(tree int) []Extra { return held[tree] }}
	_, out, err := m.ConnectionPoints3Live(q, StreetsSnapshot{}, Upgrades{}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	first, err := json.Marshal(map[string]json.RawMessage{"points": out})
	if err != nil {
		t.Fatal(err)
	}
	old, err := RunIndependentSources1(first, snapshot)
	if err != nil || string(old) != `{"sources":1,"trees":[0],"version":1}` {
		t.Errorf("version 1 answers %s, %v", old, err)
	}
	count := func() (sources2Output, []byte) {
		t.Helper()
		var is sources2Output
		in, out, err := m.IndependentSources2Live(q, StreetsSnapshot{}, Upgrades{}, nil, "")
		if err == nil {
			err = json.Unmarshal(out, &is)
		}
		again, wrong := RunIndependentSources2(in, snapshot, streets)
		if err != nil || wrong != nil || string(again) != string(out) {
			t.Fatalf("%s, again %s: %v %v", out, again, err, wrong)
		}
		return is, in
	}
	is, _ := count()
	if !is.Certified || is.Sources != 2 || !slices.Equal(is.Trees, []int{0, 1}) || is.Points[0].Bus != 10 || is.Points[1].Bus != 15 {
		t.Errorf("%+v", is)
	}
	var points third
	if json.Unmarshal(out, &points); points.Best.Bus != is.Points[0].Bus || points.Best.Cost != int(is.Points[0].Cost) {
		t.Errorf("the first is %+v, the best point %+v", is.Points[0], points.Best)
	}
	held[1] = []Extra{{15, 350_000}}
	if is, in := count(); is.Sources != 2 || is.Points[1].Bus != 16 {
		t.Errorf("with the sixth taken %+v of %s", is, in)
	}
	held[1] = append(held[1], Extra{16, 350_000})
	if is, _ := count(); is.Sources != 1 || !is.Certified {
		t.Errorf("with all of the second source taken %+v", is)
	}
	in, out, err := m.IndependentSources2Live(q, StreetsSnapshot{}, Upgrades{}, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	in3, out3, err := m.IndependentSources3From(in, out, []int{1, 6, 77}) // of the counted source, of the other, of none
	again, wrong := RunIndependentSources3(in3, snapshot, streets)
	if err != nil || wrong != nil || string(again) != string(out3) || !strings.Contains(string(out3), `"unknown":[6],"version":3`) {
		t.Errorf("version 3 answers %s, again %s: %v %v", out3, again, err, wrong)
	}
	for _, bad := range []string{`{"unknown":[7,6],`, `{"unknown":"6",`, `{"unkown":[],`, `{`} {
		if _, err := RunIndependentSources3([]byte(bad+string(in[1:])), snapshot, streets); err == nil {
			t.Errorf("%s… is taken", bad)
		}
	}
	if _, err := RunIndependentSources2(append(in, '1'), snapshot, streets); err == nil {
		t.Error("an input with something behind it is taken")
	}
}
