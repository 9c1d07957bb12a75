package casework

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/secrecy"
	"aiqyn/store"
	"aiqyn/tile"
)

// withFeeder is the test network behind a line of ten kilovolts.
func withFeeder() *grid.Network {
	n, east, amps := testNetwork(400), 499_000.0, 200.0
	north := 5_660_000.0
	n.Buses = append(n.Buses, grid.Bus{ID: 3, VnKV: 10, X: &east, Y: &north})
	n.Sources[0].Bus = 3
	n.Lines = []grid.Line{{ID: 9, From: 3, To: 1, ROhm: 0.1, XOhm: 0.1, LengthKM: 1, IMaxA: &amps}}
	return n
}

// TestFeedersArePublished day by day with what is free at the end of their first
// section, for pages, files and whoever makes the list again.
func TestFeedersArePublished(t *testing.T) {
	n := withFeeder()
	m, err := grid.Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(c *Config) { c.Capacity.Model, c.Capacity.Hash = m, n.Hash() })
	if err := r.db.PutSnapshot(t.Context(), store.Snapshot{Hash: n.Hash(), Kind: networkKind, Data: n.Encode(), Added: start}); err != nil {
		t.Fatal(err)
	}
	r.publishPower()
	r.conditions(holder, plot, 50)
	r.publishes()
	g, err := r.GridFor(t.Context(), aiqyn.Actor{})
	if err != nil || len(g.Feeders) != 1 {
		t.Fatalf("%+v, %v", g.Feeders, err)
	}
	f := g.Feeders[0]
	bus, err := r.CapacityNow(1)
	if err != nil || bus.FreeW != f.FreeW || f.ID != 9 || f.Trafos != 1 || !f.Placed() {
		t.Errorf("%+v, at its end are free %+v, %v", f, bus, err)
	}
	days, err := r.FeederHistory(t.Context(), aiqyn.Actor{}, 9, Page{})
	if err != nil || len(days.Items) != 2 || days.Items[0].Line != f || f.ReservedW != days.Items[1].Line.ReservedW+50_000 {
		t.Errorf("history: %+v, %v", days.Items, err)
	}
	if list, err := g.Page("", "", Page{}); err != nil || len(list.Items) != 1 {
		t.Errorf("among the transformers: %+v, %v", list.Items, err)
	}
	if at := tile.At(f.ToLon, f.ToLat).Tile(14); !strings.Contains(string(g.Tile(at)), LayerFeeders) {
		t.Error("no tile shows it")
	}
	r.whole()
	r.sound()
}

// Feeders tell of what lies below them: what is classified of transformers is not
// shown of feeders either, nor their place where lines are classified.
func TestFeedersAreVeiled(t *testing.T) {
	f := FeederLine{ID: 7, Substation: 3, FreeW: 111_222, LapseW: 222_333, ReservedW: 33_444, LoadPPM: 555_666, Binding: "line", Element: 7_777, Lat: 51.123, Lon: 71.123, ToLat: 51.234, ToLon: 71.234}
	for subject, hides := range map[secrecy.Subject][]string{
		{Layer: secrecy.Capacity, Attribute: secrecy.Free}:      {"111222", "222333", "33444", "7777"},
		{Layer: secrecy.Capacity, Attribute: secrecy.Peak}:      {"555666"},
		{Layer: secrecy.Transformers, Attribute: secrecy.Rated}: {"555666"},
		{Layer: secrecy.Substations, Attribute: secrecy.Place}:  {"51.123", "71.234"},
		{Layer: secrecy.Lines, Attribute: secrecy.Place}:        {"51.123", "71.234"},
	} {
		for _, class := range []secrecy.Class{secrecy.Generalised, secrecy.Closed} {
			data, err := publicSnapshot("n", Exact{Day: "2026-11-29", Feeders: []FeederLine{f}}, withClasses(map[secrecy.Subject]secrecy.Class{subject: class}))
			for _, word := range hides {
				if err != nil || strings.Contains(string(data), word) {
					t.Errorf("%s %s: %s is published: %s %v", subject, class, word, data, err)
				}
			}
		}
	}
}

// TestGeneralisedLines are drawn between the middles of cells: never fewer than K
// together, no end where one is, and nothing at all where a class is closed.
func TestGeneralisedLines(t *testing.T) {
	var mains []Main
	near := rand.New(rand.NewPCG(9, 9))
	for _, a := range secretive(2000) {
		lon, lat := 71+(a.Lon-71)/5, 51+(a.Lat-51)/5
		mains = append(mains, Main{tile.Line{A: tile.At(lon, lat), B: tile.At(lon+near.NormFloat64()*0.02, lat+near.NormFloat64()*0.01)}, 3_600_001})
	}
	lines := secrecy.Subject{Layer: secrecy.Lines, Attribute: secrecy.Place}
	seen := Publicly(Exact{Mains: mains}, withClasses(map[secrecy.Subject]secrecy.Class{lines: secrecy.Generalised}))
	if len(seen.Mains) != 0 || len(seen.Corridors) < 3 {
		t.Fatalf("%d lines, %d corridors", len(seen.Mains), len(seen.Corridors))
	}
	text, _ := json.Marshal(seen)
	for _, m := range mains {
		for _, w := range []tile.World{m.A, m.B} {
			lon, _ := w.Degrees()
			if exact, _ := json.Marshal(lon); strings.Contains(string(text), string(exact)) {
				t.Errorf("%s is where a line ends", exact)
			}
		}
	}
	for _, c := range seen.Corridors {
		if c.Count.From < secrecy.K || c.Rated == nil || c.Rated.From%secrecy.Width(3_600_001) != 0 {
			t.Errorf("%+v", c)
		}
	}
	closed := map[secrecy.Subject]secrecy.Class{lines: secrecy.Generalised, {Layer: secrecy.Substations, Attribute: secrecy.Place}: secrecy.Closed}
	if seen := Publicly(Exact{Mains: mains}, withClasses(closed)); len(seen.Corridors)+len(seen.Mains) != 0 {
		t.Error("substations are closed, and lines lead to them")
	}
	if few := Publicly(Exact{Mains: mains[:secrecy.K-1]}, withClasses(map[secrecy.Subject]secrecy.Class{lines: secrecy.Generalised})); len(few.Corridors) != 0 {
		t.Error("fewer than K lines are shown")
	}
}
