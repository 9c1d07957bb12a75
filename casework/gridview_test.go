package casework

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/tile"
)

// nationOf is a publication of n transformers in towns and villages, with names as
// long as they come, and the lines between neighbours.
func nationOf(n int) *GridView {
	r := rand.New(rand.NewPCG(9, 9))
	lines := make([]TrafoLine, n)
	var mains []Main
	for i := range lines {
		town := i / 250
		lon, lat := 50+float64(town%20)*1.7+r.NormFloat64()*0.05, 42+float64(town/20)*0.9+r.NormFloat64()*0.03
		lines[i] = TrafoLine{ID: i + 1, Name: fmt.Sprintf("ТП-%d %s", i, strings.Repeat("ұзын атау ", 6)), District: aiqyn.Text{RU: fmt.Sprint("район ", town)},
			SnKVA: 400, FreeW: int64(r.IntN(400_000)), Basis: []string{"measured", "estimated", "unknown"}[i%3], Lon: lon, Lat: lat}
		if i%250 > 0 {
			mains = append(mains, Main{Line: tile.Line{A: tile.At(lines[i-1].Lon, lines[i-1].Lat), B: tile.At(lon, lat)}})
		}
	}
	return NewGridView(Publication{Hash: "0123456789abcdef0123456789abcdef"}, Exact{Trafos: lines, Mains: mains}, nil)
}

// What is connected lapses no more: a tile says what is reserved without it, and nothing
// where all is connected, nothing is reserved or it is withheld.
func TestTilesTellWhatMayLapse(t *testing.T) {
	tiled := func(reserved, connected int64) []byte {
		l := TrafoLine{ID: 1, Name: "ТП-1", SnKVA: 400, FreeW: 49_000, LapseW: 61_000, ReservedW: reserved, ConnectedW: connected, Lon: 71.4, Lat: 51.1}
		return NewGridView(Publication{Hash: "0123456789abcdef"}, Exact{Trafos: []TrafoLine{l}}, nil).Tile(tile.At(l.Lon, l.Lat).Tile(16))
	}
	if is := tiled(20_000, 8_000); !bytes.Equal(is, tiled(12_000, 0)) || bytes.Equal(is, tiled(20_000, 0)) || !bytes.Contains(is, []byte("pending_kw")) {
		t.Error("what is connected is told as if it could lapse")
	}
	for _, none := range [][2]int64{{0, 0}, {20_000, 20_000}, {Withheld, 0}} {
		if bytes.Contains(tiled(none[0], none[1]), []byte("pending_kw")) {
			t.Errorf("%d: something may lapse", none)
		}
	}
}

// A tile over the densest place of a nation is small at every zoom.
func TestTilesOfANationAreSmall(t *testing.T) {
	g := nationOf(60_000)
	at := tile.At(g.Lines[20_000].Lon, g.Lines[20_000].Lat)
	for zoom := 0; zoom <= tile.MaxZoom; zoom++ {
		data := g.Tile(at.Tile(zoom))
		if len(data) == 0 || len(data) > MaxTile {
			t.Errorf("zoom %d: %d bytes", zoom, len(data))
		}
	}
	if data := g.Tile(tile.At(0, 0).Tile(9)); len(data) != 0 {
		t.Errorf("the sea has %d bytes", len(data))
	}
}

// What a window shows is what the list would find in it, and moving it leads back.
func TestAWindowShowsWhatLiesInIt(t *testing.T) {
	g := nationOf(2000)
	whole := g.Whole("", "")
	if seen := g.See(whole); seen.Count != 2000 || len(seen.Mains) == 0 {
		t.Errorf("the whole shows %d transformers and %d lines", seen.Count, len(seen.Mains))
	}
	one := g.Whole("район 3", "")
	seen := g.See(one)
	if seen.Count != 250 || one.Zoom <= whole.Zoom {
		t.Errorf("a district shows %d at zoom %d", seen.Count, one.Zoom)
	}
	for i, group := range seen.Groups {
		if group.Best.District.RU != "район 3" {
			t.Errorf("%s is shown in another district", group.Best.District.RU)
		}
		if i > 0 && group.Best.FreeW > seen.Groups[i-1].Best.FreeW {
			t.Error("the roomiest are not first")
		}
		if group.Count != len(group.Members) && group.Count <= mostMembers {
			t.Errorf("a group of %d names %d", group.Count, len(group.Members))
		}
	}
	if seen := g.See(g.Whole("", " ТП-1999 ")); seen.Count != 1 {
		t.Errorf("a name finds %d", seen.Count)
	}
	if w := g.Whole("nowhere", ""); g.See(w).Count != 0 {
		t.Error("nowhere has transformers")
	}
	back := one.Moved(0.5, 0.5, 0).Moved(-0.5, -0.5, 0)
	if d := int64(back.Middle.X) - int64(one.Middle.X); d < -2 || d > 2 || back.Zoom != one.Zoom {
		t.Errorf("there and back: %v, %v", one.Middle, back.Middle)
	}
	if w := one.Moved(0, 0, 99); w.Zoom != MaxWindowZoom {
		t.Errorf("zoom %d", w.Zoom)
	}
	if l, ok := g.Line(17); !ok || l.ID != 17 {
		t.Errorf("line %v, %v", l.ID, ok)
	}
}

func BenchmarkTile(b *testing.B) {
	g := nationOf(60_000)
	at := tile.At(g.Lines[20_000].Lon, g.Lines[20_000].Lat)
	for _, zoom := range []int{0, 6, 10, 13, 16} {
		b.Run(fmt.Sprint("zoom=", zoom), func(b *testing.B) {
			size := 0
			for b.Loop() {
				size = len(g.Tile(at.Tile(zoom)))
			}
			b.ReportMetric(float64(size), "bytes/tile")
		})
	}
}
