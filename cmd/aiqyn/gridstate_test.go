package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/grid"
)

// TestEarlierVersionsAreRunAgain: what conditions of years ago were computed with is
// still in the table that rulings are run again through, and answers from published
// files as it did then. A computation of the table has such answers, or this fails; they
// are filled in by the flag -extend of TestReleasedAnswers.
func TestEarlierVersionsAreRunAgain(t *testing.T) {
	corpus := filepath.Join("..", "..", "grid", "testdata")
	dir := t.TempDir()
	for _, folder := range []string{"networks", "streets"} {
		files, err := filepath.Glob(filepath.Join(corpus, folder, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", folder, err)
		}
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			data = bytes.TrimSpace(data)
			if err := os.WriteFile(filepath.Join(dir, folder, hashOf(data)+".json"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	published := publishedData{dir: dir}
	for _, version := range slices.Sorted(maps.Keys(computations)) {
		files, err := filepath.Glob(filepath.Join(corpus, strings.TrimPrefix(version, "grid."), "*.json"))
		if err != nil || len(files) < 3 {
			t.Errorf("%s has %d answers of before (%v): each computation of the table wants some, in grid/testdata", version, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var was struct{ Input, Output json.RawMessage }
			if err := json.Unmarshal(data, &was); err != nil {
				t.Fatal(err)
			}
			out, err := computations[version].Run(was.Input, published.snapshot)
			if err != nil || !bytes.Equal(out, was.Output) {
				t.Errorf("%s, %s: %v", version, filepath.Base(file), err)
			}
		}
	}
}

// TestPricesOfAVoltage: a table without what is laid at some voltages is taken for the
// published one as long as a point was found by it; another is not.
func TestPricesOfAVoltage(t *testing.T) {
	cable := []grid.Cable{{MaxW: 1_000_000, PerM: 900}}
	table := grid.Costs{From: "2026-01-01", Levels: []grid.Level{{Cables: cable, MaxV: 1_000, Tap: 5}, {Cables: cable, MaxV: 10_000, Tap: 50}}}
	dir := t.TempDir()
	text, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "costs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "costs", hashOf(text)+".json"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	dearer := table.Between(0, 1_000)
	dearer.Levels[0].Tap++
	const found, none = `{"best":{"bus":2}}`, `{"best":null}`
	for _, tt := range []struct {
		name  string
		costs grid.Costs
		out   string
		want  string
	}{
		{"whole, no point", table, none, ""},
		{"of a voltage, a point", table.Between(0, 1_000), found, ""},
		{"of a voltage, no point", table.Between(0, 1_000), none, "error.recompute-voltages"},
		{"others", dearer, found, "error.recompute-missing"},
	} {
		in, err := json.Marshal(map[string]any{"costs": tt.costs})
		if err != nil {
			t.Fatal(err)
		}
		d := publishedData{dir: dir}
		var said *aiqyn.Error
		if err := d.knowsCosts(in, []byte(tt.out)); (err != nil) != (tt.want != "") || err != nil && (!errors.As(err, &said) || said.Key != tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestGridStateWantsWhatItNeeds: without files, without a position, or with a file that
// is not what its name says, there is no state.
func TestGridStateWantsWhatItNeeds(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "differences"), 0o755); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	for _, args := range [][]string{{"state"}, {"state", "--data", dir}, {"state", "--data", dir, "--at", "x"}, {"state", "--data", dir, "--at", "7"}} {
		if code := gridCommand(args, &out, &errs); code != 2 || out.Len() > 0 {
			t.Errorf("%v: exit code %d, %s", args, code, out.String())
		}
	}
	if !strings.Contains(errs.String(), "entry 7") {
		t.Errorf("it says %s", errs.String())
	}
	forged := filepath.Join(dir, "differences", strings.Repeat("ab", 32)+".json")
	if err := os.WriteFile(forged, []byte(`{"from":{"entry":1},"position":9}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if code := gridCommand([]string{"state", "--data", dir, "--at", "7"}, &out, &errs); code != 2 || !strings.Contains(errs.String(), "abab") {
		t.Errorf("a forged file: exit code %d, %s", code, errs.String())
	}
}
