package grid

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// frame writes a table as pandapower does: a data frame, split, in a string.
func frame(columns []string, index []int, rows [][]any) map[string]any {
	if index == nil {
		index, rows = []int{}, [][]any{}
	}
	inner, _ := json.Marshal(struct {
		Columns []string `json:"columns"`
		Index   []int    `json:"index"`
		Data    [][]any  `json:"data"`
	}{columns, index, rows})
	return map[string]any{"_module": "pandas.core.frame", "_class": "DataFrame", "_object": string(inner), "orient": "split"}
}

// asPandapower writes a network by its nameplates, in units of pandapower.
func asPandapower(n *Network, wrapped bool) []byte {
	var buses, lines, trafos, loads, grids, places [][]any
	var busAt, lineAt, trafoAt, loadAt, gridAt, placeAt []int
	for _, b := range n.Buses {
		busAt, buses = append(busAt, b.ID), append(buses, []any{b.Name, b.VnKV, true})
		if b.X != nil {
			placeAt, places = append(placeAt, b.ID), append(places, []any{*b.X, *b.Y})
		}
	}
	for _, l := range n.Lines {
		km := l.LengthKM
		if km == 0 {
			km = 1
		}
		var imax any
		if l.IMaxA != nil {
			imax = *l.IMaxA / 1000
		}
		lineAt = append(lineAt, l.ID)
		lines = append(lines, []any{l.From, l.To, km, l.ROhm / km, l.XOhm / km, l.BUS / km / (2 * math.Pi * n.BaseHz) * 1e3, imax, true})
	}
	for _, t := range n.Trafos {
		var side any
		if t.TapSide != "" {
			side = t.TapSide
		}
		trafoAt = append(trafoAt, t.ID)
		trafos = append(trafos, []any{t.HV, t.LV, t.SnKVA / 1000, t.VnHVKV, t.VnLVKV, t.VkPct, t.VkrPct, t.PfeKW, t.I0Pct, t.Model.ShiftDeg,
			side, t.TapNeutral, t.TapPos, t.TapStepPct, nil, 1, true})
	}
	for i, l := range n.Loads {
		loadAt, loads = append(loadAt, i), append(loads, []any{l.Bus, l.PKW / 1000, l.QKVAr / 1000, 1.0, true})
	}
	for i, s := range n.Sources {
		gridAt, grids = append(gridAt, i), append(grids, []any{s.Bus, s.VPU, s.AngleDeg, true})
	}
	net := map[string]any{"name": n.Name, "f_hz": n.BaseHz,
		"bus":         frame([]string{"name", "vn_kv", "in_service"}, busAt, buses),
		"bus_geodata": frame([]string{"x", "y"}, placeAt, places),
		"line":        frame([]string{"from_bus", "to_bus", "length_km", "r_ohm_per_km", "x_ohm_per_km", "c_nf_per_km", "max_i_ka", "in_service"}, lineAt, lines),
		"trafo": frame([]string{"hv_bus", "lv_bus", "sn_mva", "vn_hv_kv", "vn_lv_kv", "vk_percent", "vkr_percent", "pfe_kw", "i0_percent", "shift_degree",
			"tap_side", "tap_neutral", "tap_pos", "tap_step_percent", "tap_step_degree", "parallel", "in_service"}, trafoAt, trafos),
		"load":     frame([]string{"bus", "p_mw", "q_mvar", "scaling", "in_service"}, loadAt, loads),
		"ext_grid": frame([]string{"bus", "vm_pu", "va_degree", "in_service"}, gridAt, grids),
		"res_bus":  frame([]string{"vm_pu"}, nil, nil),
		"trafo3w":  frame([]string{"hv_bus", "in_service"}, []int{4}, [][]any{{1, false}})}
	var out any = net
	if wrapped {
		out = map[string]any{"_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": net}
	}
	data, _ := json.Marshal(out)
	return data
}

// sameFlow holds two networks to the same voltages, by the ids of their buses.
func sameFlow(t *testing.T, got, want *Network, within float64) {
	t.Helper()
	flow := func(n *Network) *Flow {
		m, err := Compile(n)
		if err != nil {
			t.Fatal(err)
		}
		f, err := m.Flow(nil, DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	a, b := flow(got), flow(want)
	if len(a.Buses) != len(b.Buses) {
		t.Fatalf("%d buses, want %d", len(a.Buses), len(b.Buses))
	}
	for i := range a.Buses {
		if d := math.Abs(a.Buses[i].VmPU - b.Buses[i].VmPU); a.Buses[i].ID != b.Buses[i].ID || d > within {
			t.Fatalf("bus %+v, want %+v", a.Buses[i], b.Buses[i])
		}
	}
}

func refNetwork(t testing.TB, name string) *Network {
	data, err := os.ReadFile(filepath.Join(reference(t), "nets", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestPandapowerAgreesWithItself: each reference network, written by its
// nameplates as pandapower keeps it, comes back with the very model of every
// transformer that pandapower made of them.
func TestPandapowerAgreesWithItself(t *testing.T) {
	for i, name := range refNames(t) {
		want := refNetwork(t, name)
		got, err := Read(asPandapower(want, i%2 == 0))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sameFlow(t, got, want, 1e-9)
		for j, trafo := range got.Trafos {
			a, b := trafo.Model, want.Trafos[j].Model
			for _, d := range [][2]float64{{a.RPU, b.RPU}, {a.XPU, b.XPU}, {a.GPU, b.GPU}, {a.BPU, b.BPU}, {a.Ratio, b.Ratio}} {
				if math.Abs(d[0]-d[1]) > 1e-9*max(1, math.Abs(d[1])) {
					t.Fatalf("%s: trafo %d: %+v, want %+v", name, trafo.ID, a, b)
				}
			}
		}
		for j, l := range got.Lines {
			if (l.IMaxA == nil) != (want.Lines[j].IMaxA == nil) || l.IMaxA != nil && math.Abs(*l.IMaxA-*want.Lines[j].IMaxA) > 1e-9 {
				t.Fatalf("%s: line %d has another limit", name, l.ID)
			}
		}
	}
}

// TestRoundTrips: what is written as OpenDSS or CSV is read back to the same
// voltages; CSV to the same bytes, where nothing was added up.
func TestRoundTrips(t *testing.T) {
	for _, name := range refNames(t) {
		want := refNetwork(t, name)
		dss, err := want.OpenDSS()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := ReadOpenDSS(dss, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back := make(map[int]int)
		for i, b := range got.Buses {
			fmt.Sscanf(b.Name, "b%d", &got.Buses[i].ID)
			back[b.ID] = got.Buses[i].ID
		}
		sameFlow(t, renamed(got, back), want, 1e-8)
		nodes, branches, err := want.CSV()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, err = ReadCSV(nodes, branches, want.CRS); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		sameFlow(t, got, want, 1e-12)
	}
}

// renamed gives buses their ids back.
func renamed(n *Network, to map[int]int) *Network {
	for i := range n.Sources {
		n.Sources[i].Bus = to[n.Sources[i].Bus]
	}
	for i := range n.Lines {
		n.Lines[i].From, n.Lines[i].To = to[n.Lines[i].From], to[n.Lines[i].To]
	}
	for i := range n.Trafos {
		n.Trafos[i].HV, n.Trafos[i].LV = to[n.Trafos[i].HV], to[n.Trafos[i].LV]
	}
	for i := range n.Loads {
		n.Loads[i].Bus = to[n.Loads[i].Bus]
	}
	for i := range n.Shunts {
		n.Shunts[i].Bus = to[n.Shunts[i].Bus]
	}
	return n
}

const smallDSS = `clear
set defaultbasefrequency=50
! the source is stiff
New Circuit.small basekv=10 pu=1.02 MVAsc3=(500 2 *) bus1=src
new linecode.al nphases=3 r1=0.32 x1=0.09 c1=300 units=km normamps=200
New Transformer.T1 phases=3 windings=2 xhl=4 %noloadloss=0.2 %imag=1
~ wdg=1 bus=src conn=delta kv=10 kva=250 %r=0.6
~ wdg=2 bus=lv.1.2.3.0 conn=wye kv=0.4 kva=250 %r=0.6
New Line.a bus1=lv bus2=end linecode=al length=200 units=m
New Load.home bus1=end kv=0.4 kw=30 pf=0.95 // three phases
New Load.heat bus1=end kv=0.38 kw=5 kvar=0 model=2
New Capacitor.c bus1=lv kvar=(5 5) kv=0.4
set voltagebases=[10 0.4]
calcvoltagebases
solve
`

// TestReadsOpenDSS: a small circuit, held against the same network written by
// hand in the plain format.
func TestReadsOpenDSS(t *testing.T) {
	n, err := ReadOpenDSS([]byte(smallDSS), nil)
	if err != nil {
		t.Fatal(errorArgs(err))
	}
	const omega = 2 * math.Pi * 50
	want := &Network{BaseHz: 50, Radial: true,
		Sources: []Source{{Bus: 0, VPU: 1.02, SkMVA: 1000, RXRatio: 0.25}},
		Buses:   []Bus{{ID: 0, VnKV: 10}, {ID: 1, VnKV: 0.4}, {ID: 2, VnKV: 0.4}},
		Lines:   []Line{{From: 1, To: 2, ROhm: 0.064, XOhm: 0.018, BUS: omega * 300 * 0.2 * 1e-3, LengthKM: 0.2}},
		Trafos: []Trafo{{HV: 0, LV: 1, SnKVA: 250, VnHVKV: 10, VnLVKV: 0.4,
			Model: TrafoModel{RPU: 0.012 / 0.25, XPU: 0.04 / 0.25, Ratio: 1, ShiftDeg: 30}}},
		Loads:  []Load{{Bus: 2, PKW: 30, QKVAr: 30 * math.Tan(math.Acos(0.95))}, {Bus: 2, PKW: 5 * 0.4 * 0.4 / (0.38 * 0.38), Kind: ConstImpedance}},
		Shunts: []Shunt{{Bus: 1, QKVAr: -10}, {ID: 1, Bus: 1, PKW: 0.5, QKVAr: 2.5}}} // the no-load branch, at the second winding
	sameFlow(t, n, want, 1e-12)
	if n.Lines[0].IMaxA == nil || *n.Lines[0].IMaxA != 200 || n.Buses[2].Name != "end" || math.Abs(n.Lines[0].LengthKM-0.2) > 1e-12 {
		t.Errorf("%+v %+v", n.Lines[0], n.Buses[2])
	}
}

// TestOpenDSSSwitches: open and closed ends, and what is taken out.
func TestOpenDSSSwitches(t *testing.T) {
	n, err := ReadOpenDSS([]byte(smallDSS+"new line.tie bus1=src bus2=far r1=1 x1=1 c1=0\nopen line.tie 2\ndisable load.home\nopen transformer.t1 1\nclose transformer.t1 1\n"), nil)
	if err != nil {
		t.Fatal(errorArgs(err))
	}
	if !n.Lines[1].ToOpen || n.Lines[1].FromOpen || len(n.Loads) != 1 || n.Trafos[0].HVOpen {
		t.Errorf("%+v %+v %+v", n.Lines, n.Loads, n.Trafos)
	}
}

// TestGeoJSON: what has a place is on the map, in degrees; what is a schematic
// is not.
func TestGeoJSON(t *testing.T) {
	n, err := ReadPlain([]byte(strings.Replace(smallPlain, `"x":1.5,"y":2`, `"x":500000,"y":5000000`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for crs, want := range map[string]string{"": "grid.no-crs", "EPSG:3857": "grid.no-degrees"} {
		if n.CRS = crs; crs != "" && knownCRS(crs) {
			t.Fatalf("%s is known", crs)
		}
		if _, err := n.GeoJSON(); !strings.Contains(errorArgs(err), want) {
			t.Errorf("a schematic of %q became a map: %v", crs, err)
		}
	}
	n.CRS = "EPSG:32642"
	data, err := n.GeoJSON()
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Features []struct {
			ID       string
			Geometry struct{ Coordinates [2]float64 }
		}
	}
	if err := json.Unmarshal(data, &out); err != nil || len(out.Features) != 2 || out.Features[1].ID != "trafo/1" {
		t.Fatalf("%s %v", data, err)
	}
	// The central meridian of zone 42, 45.1535° north (PROJ: 45.153457…).
	if at := out.Features[0].Geometry.Coordinates; at[0] != 69 || math.Abs(at[1]-45.1534) > 1e-3 {
		t.Errorf("%v", at)
	}
}
