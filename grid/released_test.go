package grid

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn"
)

func snapshotOf(models map[string]*Model) func(string) (*Model, error) {
	return func(hash string) (*Model, error) { return models[hash], nil }
}

func corpusStreets(t testing.TB) map[string]*StreetGraph {
	files, err := filepath.Glob("testdata/streets/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no streets: %v", err)
	}
	graphs := map[string]*StreetGraph{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		compiled, hash, err := CompileSnapshot(bytes.TrimSpace(data), nil)
		if err != nil {
			t.Fatal(file, err)
		}
		graphs[hash] = compiled.(*StreetGraph)
	}
	return graphs
}

func TestConnectionPoints1Refuses(t *testing.T) {
	models := corpusModels(t)
	data, err := os.ReadFile("testdata/connection-points@1/village-5kw.json")
	if err != nil {
		t.Fatal(err)
	}
	var c corpusCase
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	good := string(c.Input)
	for _, bad := range []struct{ old, new, key string }{
		{`"load_w":5000`, `"load_w":5000.5`, "grid.bad-input"},
		{`"load_w":5000`, `"load_w":0`, "grid.bad-query"},
		{`"load_w":5000`, `"load_w":5000,"favour":1`, "grid.bad-input"},
		{`"detour_permille":1300`, `"detour_permille":0`, "grid.bad-query"},
		{`"vmin_ppm":900000`, `"vmin_ppm":0`, "grid.bad-limit"},
		{`"max_route_m":1200`, `"max_route_m":0`, "grid.bad-costs"},
		{`"network":"`, `"network":"0`, "grid.no-snapshot"},
		{`"reserved":[]`, `"reserved":[{"bus":7,"w":1},{"bus":6,"w":1}]`, "grid.unsorted-reserved"},
		{`"reserved":[]`, `"reserved":[{"bus":-7,"w":1}]`, "grid.unknown-bus"},
	} {
		input := strings.Replace(good, bad.old, bad.new, 1)
		if input == good {
			t.Fatalf("%s is not in the case", bad.old)
		}
		_, err := RunConnectionPoints1([]byte(input), snapshotOf(models))
		var e *aiqyn.Error
		if !errors.As(err, &e) || e.Key != bad.key {
			t.Errorf("%s: %v, want %s", bad.new, err, bad.key)
		}
	}
}

// TestLive: the search that asks for reservations as it goes gives the same
// answer as the input that it hands out.
func TestLive(t *testing.T) {
	n := randomNetwork(8, 3, 3, 9)
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	held := map[int][]Extra{}
	for bus := 3; bus < m.Buses(); bus += 7 {
		tree, _ := m.TreeOf(bus)
		held[tree] = append(held[tree], Extra{bus, int64(bus) * 100})
	}
	var asked []int
	for i := range 20 {
		at := n.Buses[i*4]
		q := LivePoints{Network: "n", XMM: int64(1000**at.X) + 30_000, YMM: int64(1000**at.Y) - 20_000, LoadW: int64(2000 * (i + 1)),
			Limits: DefaultLimits(), Costs: testCosts(), Detour: 1300,
			Held: func(tree int) []Extra { asked = append(asked, tree); return held[tree] }}
		in, out, err := m.ConnectionPoints1Live(q)
		if err != nil {
			t.Fatal(err)
		}
		again, err := RunConnectionPoints1(in, func(string) (*Model, error) { return m, nil })
		if err != nil || !bytes.Equal(out, again) {
			t.Errorf("live %s\nagain %s (%v)", out, again, err)
		}
	}
	if len(asked) == 0 {
		t.Error("no reservation was asked for")
	}
}

func BenchmarkConnectionPoints1(b *testing.B) {
	n := randomNetwork(5, 1, 4, 13) // some sixty buses
	m, err := Compile(n)
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	var inputs [][]byte
	for range 64 {
		at := n.Buses[r.IntN(len(n.Buses))]
		in, err := json.Marshal(ConnectionPoints1Input{Network: "x", XMM: int64(1000**at.X) + r.Int64N(80_000), YMM: int64(1000**at.Y) + r.Int64N(80_000),
			LoadW: 1000 * (1 + r.Int64N(30)), Reserved: []Extra{{3, 5000}, {9, 3000}}, Limits: LimitsPPM(DefaultLimits()), Costs: testCosts(), Detour: 1300})
		if err != nil {
			b.Fatal(err)
		}
		inputs = append(inputs, in)
	}
	b.ReportMetric(float64(m.Buses()), "buses")
	snapshot := func(string) (*Model, error) { return m, nil }
	for i := 0; b.Loop(); i++ {
		if _, err := RunConnectionPoints1(inputs[i%len(inputs)], snapshot); err != nil {
			b.Fatal(err)
		}
	}
}
