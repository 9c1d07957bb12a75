package grid

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn"
)

const smallPlain = `{"name":"small","base_hz":50,"radial":true,
"sources":[{"bus":0,"v_pu":1.0,"angle_deg":0.0}],
"buses":[{"id":0,"vn_kv":10.0,"src":[0]},{"id":1,"vn_kv":0.4,"x":1.5,"y":2},{"id":2,"vn_kv":0.4}],
"lines":[{"id":0,"from":1,"to":2,"r_ohm":0.05,"x_ohm":0.01,"b_us":1.0,"length_km":0.1,"imax_a":270.0}],
"trafos":[{"id":1,"hv":0,"lv":1,"sn_kva":160.0,"vn_hv_kv":10.0,"vn_lv_kv":0.4,"vk_pct":4.0,"vkr_pct":1.2,"pfe_kw":0.38,"i0_pct":0.26,"tap_pos":null,"tap_step_pct":null,"tap_side":null,"tap_neutral":null,"model_1mva":{"r_pu":0.075,"x_pu":0.238,"g_pu":0.00038,"b_pu":-0.00017,"ratio":1.0,"shift_deg":150.0}}],
"loads":[{"bus":2,"p_kw":8.0,"q_kvar":1.0}]}`

const smallPGM = `{"version":"1.0","type":"input","is_batch":false,"attributes":{"node":["id","u_rated"]},"data":{
"node":[[1,10500.0],[2,10500.0]],
"line":[{"id":3,"from_node":1,"to_node":2,"from_status":1,"to_status":1,"r1":0.1,"x1":0.1,"c1":1e-7,"tan1":0.0,"i_n":500.0}],
"source":[{"id":4,"node":1,"status":1,"u_ref":1.0}],
"sym_load":[{"id":5,"node":2,"status":1,"type":0,"p_specified":1e5,"q_specified":1e4}]}}`

// TestReadRefuses: each mistake is refused, and the error names the place.
func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in, old, new, key, names string
	}{
		{"empty", smallPlain, smallPlain, ``, "grid.bad-json", "line=1"},
		{"no network", smallPlain, smallPlain, `{"a":1}`, "grid.unknown-format", ""},
		{"cut off", smallPlain, `0}]}`, `0`, "grid.bad-json", "line=6"},
		{"more after it", smallPlain, `1.0}]}`, `1.0}]} {}`, "grid.bad-json", ""},
		{"not UTF-8", smallPlain, `small`, "sm\xffll", "grid.not-utf8", ""},
		{"NaN", smallPlain, `0.05`, `NaN`, "grid.bad-type", "field=r_ohm id=0"},
		{"infinite", smallPlain, `0.05`, `1e999`, "grid.bad-number", "id=0"},
		{"leading zero", smallPlain, `0.05`, `00.05`, "grid.bad-json", ""},
		{"text for a number", smallPlain, `0.05`, `"0.05"`, "grid.bad-type", "field=r_ohm"},
		{"null for a number", smallPlain, `0.05`, `null`, "grid.bad-type", "field=r_ohm"},
		{"broken id", smallPlain, `"id":2,`, `"id":2.5,`, "grid.bad-type", "field=id"},
		{"negative id", smallPlain, `"id":2,`, `"id":-2,`, "grid.bad-value", "field=id"},
		{"other unit", smallPlain, `"p_kw"`, `"p_mw"`, "grid.unknown-field", "field=p_mw"},
		{"other case", smallPlain, `"p_kw"`, `"P_kw"`, "grid.unknown-field", "field=P_kw"},
		{"twice", smallPlain, `"p_kw":8.0`, `"p_kw":8.0,"p_kw":9.0`, "grid.repeated-field", "field=p_kw"},
		{"missing", smallPlain, `"p_kw":8.0,`, ``, "grid.missing-field", "field=p_kw"},
		{"no list", smallPlain, `"trafos"`, `"links":[],"shunts"`, "grid.unknown-field", ""},
		{"negative resistance", smallPlain, `0.05`, `-0.05`, "grid.bad-value", "element=line field=r_ohm id=0"},
		{"negative reactance", smallPlain, `"x_ohm":0.01`, `"x_ohm":-0.01`, "grid.bad-value", "element=line field=x_ohm id=0"},
		{"zero impedance", smallPlain, `"r_ohm":0.05,"x_ohm":0.01`, `"r_ohm":0,"x_ohm":0`, "grid.zero-impedance", "element=line id=0"},
		{"zero trafo impedance", smallPlain, `"r_pu":0.075,"x_pu":0.238`, `"r_pu":0,"x_pu":0`, "grid.zero-impedance", "element=trafo id=1"},
		{"volts for kilovolts", smallPlain, `"id":0,"vn_kv":10.0`, `"id":0,"vn_kv":10000`, "grid.bad-value", "element=bus field=vn_kv id=0"},
		{"trafo in volts", smallPlain, `"vn_lv_kv":0.4`, `"vn_lv_kv":400`, "grid.bad-value", "field=vn_lv_kv id=1"},
		{"voltage 0", smallPlain, `"v_pu":1.0`, `"v_pu":0`, "grid.bad-value", "field=v_pu"},
		{"ratio 0", smallPlain, `"ratio":1.0`, `"ratio":0`, "grid.bad-value", "field=ratio"},
		{"no current allowed", smallPlain, `270.0`, `0`, "grid.bad-value", "field=imax_a"},
		{"absurd load", smallPlain, `8.0`, `8e12`, "grid.bad-value", "field=p_kw"},
		{"two voltages", smallPlain, `"id":2,"vn_kv":0.4`, `"id":2,"vn_kv":10`, "grid.voltage-mismatch", "id=0"},
		{"missing bus", smallPlain, `"to":2`, `"to":9`, "grid.missing-bus", "bus=9 element=line id=0"},
		{"load nowhere", smallPlain, `[{"bus":2`, `[{"bus":7`, "grid.missing-bus", "bus=7 element=load"},
		{"source nowhere", smallPlain, `[{"bus":0`, `[{"bus":7`, "grid.missing-bus", "bus=7 element=source"},
		{"no source", smallPlain, `{"bus":0,"v_pu":1.0,"angle_deg":0.0}`, ``, "grid.no-source", ""},
		{"two sources at one bus", smallPlain, `"angle_deg":0.0}]`, `"angle_deg":0.0},{"bus":0,"v_pu":1.0}]`, "grid.two-sources", "bus=0"},
		{"two sources in one tree", smallPlain, `"angle_deg":0.0}]`, `"angle_deg":0.0},{"bus":2,"v_pu":1.0}]`, "grid.two-sources", "bus=2"},
		{"same bus twice", smallPlain, `{"id":2,`, `{"id":1,`, "grid.repeated-id", "element=bus id=1"},
		{"same line twice", smallPlain, `"imax_a":270.0}`, `"imax_a":270.0},{"id":0,"from":0,"to":2,"r_ohm":1,"x_ohm":1,"b_us":0}`, "grid.repeated-id", "element=line id=0"},
		{"line to itself", smallPlain, `"to":2`, `"to":1`, "grid.self-loop", "bus=1 element=line id=0"},
		{"loop", smallPlain, `"imax_a":270.0}`, `"imax_a":270.0},{"id":5,"from":2,"to":1,"r_ohm":1,"x_ohm":1,"b_us":0}`, "grid.loop", "id=5"},
		{"island", smallPlain, `{"id":2,`, `{"id":3,"vn_kv":0.4},{"id":2,`, "grid.island", "bus=3"},
		{"switched off", smallPlain, `"imax_a":270.0`, `"imax_a":270.0,"to_open":true`, "grid.island", "bus=2"},
		{"other map", smallPlain, `"base_hz"`, `"crs":"EPSG:3857","base_hz"`, "grid.unknown-crs", "crs=EPSG:3857"},
		{"half a place", smallPlain, `"x":1.5,`, ``, "grid.half-place", "bus=1"},
		{"unknown load", smallPlain, `"q_kvar":1.0`, `"q_kvar":1.0,"kind":"motor"`, "grid.bad-type", "field=kind"},
		{"pgm batch", smallPGM, `false`, `true`, "grid.unsupported", ""},
		{"pgm result", smallPGM, `"input"`, `"sym_output"`, "grid.unsupported", ""},
		{"pgm three-winding", smallPGM, `"source"`, `"three_winding_transformer":[{"id":9,"node_1":1}],"source"`, "grid.unsupported", "element=three_winding_transformer id=9"},
		{"pgm same id", smallPGM, `"id":5`, `"id":3`, "grid.repeated-id", "element=sym_load id=3"},
		{"pgm missing node", smallPGM, `"to_node":2`, `"to_node":8`, "grid.missing-bus", "bus=8 element=line id=3"},
		{"pgm long row", smallPGM, `[2,10500.0]`, `[2,10500.0,1]`, "grid.bad-type", ""},
		{"pgm short row", smallPGM, `[2,10500.0]`, `[2]`, "grid.missing-field", "field=u_rated id=2"},
		{"pgm load type", smallPGM, `"type":0`, `"type":7`, "grid.unsupported", "id=5"},
		{"pgm source off", smallPGM, `"node":1,"status":1`, `"node":1,"status":0`, "grid.no-source", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := strings.Replace(c.in, c.old, c.new, 1)
			if in == c.in {
				t.Fatalf("%q is not in the file", c.old)
			}
			n, err := Read([]byte(in))
			if err == nil {
				_, err = Compile(n)
			}
			var e *aiqyn.Error
			if !errors.As(err, &e) || e.Key != c.key || !strings.Contains(e.Error(), c.names) {
				t.Errorf("got %v, want %s with %q", err, c.key, c.names)
			}
		})
	}
}

func TestReadSmall(t *testing.T) {
	for _, in := range []string{smallPlain, smallPGM} {
		n, err := Read([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(n.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if again.Hash() != n.Hash() {
			t.Errorf("reading what was written changes it:\n%s\n%s", n.Encode(), again.Encode())
		}
		m, err := Compile(again)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Flow(nil, DefaultLimits()); err != nil {
			t.Error(err)
		}
	}
}

func TestReadTooLarge(t *testing.T) {
	_, err := Read(make([]byte, maxBytes+1))
	if aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("got %v", err)
	}
}

// TestLongLine: a line of a million nodes is a tree of that depth; nothing may
// recurse along it.
func TestLongLine(t *testing.T) {
	n := &Network{Sources: []Source{{Bus: 0, VPU: 1}}}
	nodes := 1_000_000
	if testing.Short() || underRace {
		nodes = 50_000
	}
	n.Buses = append(n.Buses, Bus{ID: 0, VnKV: 10})
	for i := 1; i < nodes; i++ {
		n.Buses = append(n.Buses, Bus{ID: i, VnKV: 10})
		n.Lines = append(n.Lines, Line{ID: i, From: i - 1, To: i, ROhm: 1 / float64(nodes), XOhm: 1 / float64(nodes), IMaxA: ptr(300)})
	}
	n.Loads = append(n.Loads, Load{Bus: nodes - 1, PKW: 500})
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Flow(nil, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if end := f.Buses[nodes-1].VmPU; !(end > 0.99 && end < 1) {
		t.Errorf("the end has %v p.u.", end)
	}
	c, err := m.BusCapacity(nodes-1, nil, DefaultLimits())
	if err != nil || c.Binding != BindLine || c.Element != 1 || c.FreeW < 4_100_000 || c.FreeW > 4_200_000 {
		t.Errorf("the end can take %+v (%v)", c, err)
	}
	n.Lines = append(n.Lines, Line{ID: nodes, From: nodes - 1, To: 0, ROhm: 1, XOhm: 1})
	if _, err := Compile(n); err == nil {
		t.Error("a loop of a million nodes compiles")
	}
}

// TestCollapse: a demand that no voltage can carry is an error of the flow and
// no capacity, not a wrong number.
func TestCollapse(t *testing.T) {
	n, err := Read([]byte(smallPlain))
	if err != nil {
		t.Fatal(err)
	}
	n.Loads[0].PKW = 5000
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	var e *aiqyn.Error
	if _, err := m.Flow(nil, DefaultLimits()); !errors.As(err, &e) || e.Key != "grid.collapse" {
		t.Errorf("got %v", err)
	}
	c, err := m.BusCapacity(2, nil, DefaultLimits())
	if err != nil || c.FreeW != 0 || c.Binding != BindBase {
		t.Errorf("capacity %+v (%v)", c, err)
	}
}

// FuzzRead: whatever the bytes, an error that can be shown, or a network that
// survives a round trip and solves or collapses.
func FuzzRead(f *testing.F) {
	f.Add([]byte(smallPlain))
	f.Add([]byte(smallPGM))
	f.Add([]byte(`{"data":{"node":[],"source":[{}]}}`))
	if dir := os.Getenv("AIQYN_REFERENCE"); dir != "" {
		for _, name := range []string{"1os2msr", "generic_branch", "single-transformer"} {
			if data, err := os.ReadFile(filepath.Join(dir, "grid", "pgm_validation", name, "input.json")); err == nil {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Read(data)
		if err != nil {
			if k := aiqyn.KindOf(err); k != aiqyn.Invalid && k != aiqyn.TooLarge {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := Read(n.Encode())
		if err != nil || !bytes.Equal(again.Encode(), n.Encode()) {
			t.Fatalf("round trip: %v\n%s", err, n.Encode())
		}
		m, err := Compile(n)
		if err != nil {
			return
		}
		flow, err := m.Flow(nil, DefaultLimits())
		if err != nil {
			return
		}
		for _, b := range flow.Buses {
			if !(b.VmPU > 0) {
				t.Fatalf("bus %+v", b)
			}
		}
		if _, err := m.Capacity(nil, DefaultLimits()); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzConnectionPoints1(f *testing.F) {
	models := corpusModels(f)
	files, _ := filepath.Glob("testdata/connection-points@1/*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[len(`{"input":`):bytes.Index(data, []byte(",\n\"output\""))])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := RunConnectionPoints1(data, snapshotOf(models))
		if err == nil && !bytes.HasPrefix(out, []byte(`{"best":`)) {
			t.Fatalf("%s", out)
		}
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatal(fmt.Errorf("not for people: %w", err))
		}
	})
}

func FuzzConnectionPoints2(f *testing.F) {
	models, streets := corpusModels(f), corpusStreets(f)
	files, _ := filepath.Glob("testdata/connection-points@2/*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data[len(`{"input":`):bytes.Index(data, []byte(",\n\"output\""))])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := RunConnectionPoints2(data, snapshotOf(models), func(hash string) (*StreetGraph, error) { return streets[hash], nil })
		if err == nil && !bytes.HasPrefix(out, []byte(`{"best":`)) {
			t.Fatalf("%s", out)
		}
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatal(fmt.Errorf("not for people: %w", err))
		}
	})
}
