package grid

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestEveryBusWithinReachIsAccountedFor: what a search shows, and what falls away by its
// answer, stand in the list of all that it considered, the cheapest first; each of the
// others has a reason, and the reasons add up.
func TestEveryBusWithinReachIsAccountedFor(t *testing.T) {
	models, streets := corpusModels(t), corpusStreets(t)
	graph := func(hash string) (*StreetGraph, error) { return streets[hash], nil }
	files, err := filepath.Glob("testdata/connection-points@3/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	reasons := make(map[string]int)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Input  json.RawMessage
			Output struct {
				Feasible, Rejected []struct{ ID, Because string }
			}
		}
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		got, err := ConsideredPoints(c.Input, snapshotOf(models), graph)
		if err != nil {
			t.Fatal(err)
		}
		var shown []string
		because, sum, cost := make(map[string]string), 0, int64(0)
		for _, p := range got.List {
			if because[p.ID] = p.Because; p.Because == "" {
				shown = append(shown, p.ID)
			}
			if p.Cost < cost {
				t.Errorf("%s: %s is cheaper than the one before", file, p.ID)
			}
			cost = p.Cost
		}
		for r, n := range got.Because {
			sum += n
			reasons[r] += n
		}
		if len(got.List) != got.All || sum+got.Shown != got.All || got.Shown != len(shown) {
			t.Errorf("%s: of %d buses %d are shown and %d are not", file, got.All, got.Shown, sum)
		}
		if len(shown) != len(c.Output.Feasible) {
			t.Errorf("%s: %v are shown, the search has found %d", file, shown, len(c.Output.Feasible))
			continue
		}
		for i, p := range c.Output.Feasible {
			if shown[i] != p.ID {
				t.Errorf("%s: %s is shown in place of %s", file, shown[i], p.ID)
			}
		}
		for _, p := range c.Output.Rejected {
			if p.Because != BecauseFar && because[p.ID] != p.Because {
				t.Errorf("%s: %s falls away for %q, and for %q by the search", file, p.ID, because[p.ID], p.Because)
			}
		}
	}
	for _, r := range []string{BecauseCapacity, BecauseDearer, BecauseOwned} {
		if reasons[r] == 0 {
			t.Errorf("no bus of the corpus falls away for %q", r)
		}
	}
}

// TestPagesOfWhatWasConsidered: each line once, by reason or all.
func TestPagesOfWhatWasConsidered(t *testing.T) {
	c := Considered{Because: map[string]int{BecauseDearer: 3, BecauseCapacity: 4}}
	for i := range 9 {
		c.List = append(c.List, Point{Bus: i + 1, Because: []string{"", BecauseDearer, BecauseCapacity}[i%3]})
	}
	for because, want := range map[string]int{"": 9, BecauseDearer: 3, BecauseFar: 0} {
		seen, last := 0, 0
		for more := true; more; {
			var page []Point
			page, more = c.Page(because, last, 2)
			for _, p := range page {
				seen++
				last = p.Bus
			}
			if len(page) > 2 || more && len(page) < 2 {
				t.Fatalf("a page of %d", len(page))
			}
		}
		if seen != want {
			t.Errorf("%q: %d lines, want %d", because, seen, want)
		}
	}
	if got := c.Reasons(); len(got) != 2 || got[0] != BecauseCapacity {
		t.Errorf("%v", got)
	}
}
