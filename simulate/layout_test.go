package simulate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"aiqyn/grid"
	"aiqyn/registry"
)

// reference is the text of a published network.
func reference(t *testing.T, name string) []byte {
	t.Helper()
	root := os.Getenv("AIQYN_REFERENCE")
	if root == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("AIQYN_REFERENCE is not set")
		}
		t.Skip("AIQYN_REFERENCE is not set: no reference networks")
	}
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestFileNetworks lays published networks out on the town: every bus has a
// place in it, the town itself stays as it is, and the network still computes
// to what it did.
func TestFileNetworks(t *testing.T) {
	plain := generate(t, Config{Seed: 5, People: 4000})
	for _, name := range []string{"mv_oberrhein", "composite_1k", "case33bw", "cigre_lv", "kerber_dorfnetz",
		"kerber_landnetz_freileitung_1", "ieee_european_lv_onpeak_balanced"} {
		t.Run(name, func(t *testing.T) {
			data := reference(t, "grid/nets/"+name+".json")
			w := generate(t, Config{Seed: 5, People: 4000, Network: data})
			if !w.Schematic || w.Network.CRS != "" || len(w.Supplies) != 0 {
				t.Errorf("schematic %v, CRS %q", w.Schematic, w.Network.CRS)
			}
			if hash(t, w.Parcels) != hash(t, plain.Parcels) || hash(t, w.Rights) != hash(t, plain.Rights) {
				t.Error("the file moved the town")
			}
			inTown(t, w)
			sameFlow(t, data, w.Network)
			if len(w.Trafos) != len(w.Network.Trafos) || len(w.Stations) != len(w.Network.Sources) {
				t.Errorf("%d transformers, %d stations", len(w.Trafos), len(w.Stations))
			}
			again := generate(t, Config{Seed: 5, People: 4000, Network: data})
			if hash(t, w) != hash(t, again) {
				t.Error("laid out in two ways")
			}
		})
	}
}

// TestFilePersonas: on the two networks that the demonstration is asked to run
// with, the builder finds where to connect.
func TestFilePersonas(t *testing.T) {
	for _, name := range []string{"mv_oberrhein", "composite_1k"} {
		w := generate(t, Config{Seed: 1, Network: reference(t, "grid/nets/"+name+".json")})
		model, err := grid.Compile(w.Network)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range w.Personas {
			if p.ID != "builder" && p.ID != "entrepreneur" {
				continue
			}
			at := slices.IndexFunc(w.Parcels, func(x registry.Parcel) bool { return x.Number == p.Parcel })
			result, err := model.Points(grid.PointsQuery{X: w.Parcels[at].X, Y: w.Parcels[at].Y, LoadW: int64(p.KW) * 1000,
				Limits: grid.DefaultLimits(), Costs: Costs()})
			if err != nil || len(result.Feasible()) == 0 {
				t.Errorf("%s: the %s finds nothing: %v", name, p.ID, err)
			}
		}
	}
}

func inTown(t *testing.T, w *World) {
	t.Helper()
	town := emptyBox()
	for _, s := range w.Streets {
		for _, p := range s.Axis {
			town.add(p)
		}
	}
	places := make(map[Point]bool)
	for _, b := range w.Network.Buses {
		if b.X == nil || b.Y == nil || !town.around(Point{*b.X, *b.Y}, 1) {
			t.Fatalf("bus %d is not in the town", b.ID)
		}
		places[Point{*b.X, *b.Y}] = true
	}
	if len(places)*2 < len(w.Network.Buses) {
		t.Errorf("%d buses share %d places", len(w.Network.Buses), len(places))
	}
}

func sameFlow(t *testing.T, data []byte, laid *grid.Network) {
	t.Helper()
	own, err := grid.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	a, b := solve(t, own), solve(t, laid)
	for i := range a.Buses {
		if a.Buses[i] != b.Buses[i] {
			t.Fatalf("bus %d computes differently", a.Buses[i].ID)
		}
	}
}

func solve(t *testing.T, n *grid.Network) *grid.Flow {
	t.Helper()
	model, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := model.Flow(nil, grid.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return flow
}

// TestOwnNetworkStays: a network that this program wrote lies in the town
// already and keeps its place.
func TestOwnNetworkStays(t *testing.T) {
	w := generate(t, Config{Seed: 6, People: 2000})
	data, err := json.Marshal(w.Network)
	if err != nil {
		t.Fatal(err)
	}
	again := generate(t, Config{Seed: 6, People: 2000, Network: data})
	if again.Schematic || hash(t, w.Network) != hash(t, again.Network) {
		t.Error("the town's own network was moved")
	}
}

func TestBadNetwork(t *testing.T) {
	for _, bad := range []string{"", "{", `{"buses":[]}`, "not json",
		`{"sources":[{"bus":0,"v_pu":1,"angle_deg":0}],"buses":[{"id":0,"vn_kv":10},{"id":1,"vn_kv":10}],"lines":[],"trafos":[],"loads":[]}`} {
		if _, err := Generate(Config{People: minPeople, Network: []byte(bad), Today: today}, nil); err == nil {
			t.Errorf("network %q was taken", bad)
		}
	}
}
