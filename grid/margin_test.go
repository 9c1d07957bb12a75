package grid

import (
	"encoding/json"
	"testing"
)

// TestWithdrawnTransformersAreNotTheOnlyOnes: where the five cheapest points all hang
// under a transformer whose margin was withdrawn, the sixth counts; version 1 answers
// as it always has.
func TestWithdrawnTransformersAreNotTheOnlyOnes(t *testing.T) {
	n := twoStations()
	amp := 400.0
	for id := 7; id <= 10; id++ {
		n.Buses = append(n.Buses, Bus{ID: id, VnKV: 0.4})
		n.Lines = append(n.Lines, Line{ID: id, From: 3, To: id, ROhm: 0.001, XOhm: 0.001, IMaxA: &amp})
	}
	for i := range n.Buses {
		x, y := float64(n.Buses[i].ID), 0.0
		if n.Buses[i].ID == 5 || n.Buses[i].ID == 6 {
			x = 200
		}
		n.Buses[i].X, n.Buses[i].Y = &x, &y
	}
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	snapshot := func(string) (*Model, error) { return m, nil }
	costs := testCosts()
	costs.Levels = costs.Levels[:1]
	in := PublishedMargin1Input{
		Costs: costs, Detour: 1300, Limits: LimitsPPM(DefaultLimits()), LoadW: 20_000, Now: json.RawMessage("null"), Reserved: []Extra{}, Unknown: []int{},
		Networks: []MarginNetwork{{Day: "2026-06-01", Entry: 3, Network: n.Hash(), Without: []int{10}}},
	}
	held := func(*Model, int) []Extra { return nil }
	for version, want := range []int{1: 0, 2: 5, 3: 5} {
		if version == 0 {
			continue
		}
		input, output, err := PublishedMarginLive(version, in, held, snapshot, nil)
		if err != nil {
			t.Fatal(err)
		}
		run := map[int]func([]byte, func(string) (*Model, error), func(string) (*StreetGraph, error)) ([]byte, error){1: RunPublishedMargin1, 2: RunPublishedMargin2, 3: RunPublishedMargin3}[version]
		again, err := run(input, snapshot, nil)
		if err != nil || string(again) != string(output) {
			t.Errorf("version %d run again: %s, %v", version, again, err)
		}
		var out struct {
			Best     *point2 `json:"best"`
			Feasible bool    `json:"feasible"`
			Version  int     `json:"version"`
		}
		if err := json.Unmarshal(output, &out); err != nil {
			t.Fatal(err)
		}
		if out.Version != version || out.Feasible != (want != 0) || out.Feasible && out.Best.Bus != want {
			t.Errorf("version %d: %s", version, output)
		}
	}
}
