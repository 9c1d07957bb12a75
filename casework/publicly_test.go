package casework

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/secrecy"
	"aiqyn/tile"
)

func withClasses(of map[secrecy.Subject]secrecy.Class) secrecy.Policy {
	p := make(secrecy.Policy)
	for s, c := range of {
		p[s] = secrecy.Dated{Classification: secrecy.Classification{Subject: s, Class: c}, Entry: 1}
	}
	return p
}

// secretive are transformers whose every figure is a number that stands nowhere
// else, in three districts.
func secretive(n int) []TrafoLine {
	r := rand.New(rand.NewPCG(7, 7))
	lines := make([]TrafoLine, n)
	for i := range lines {
		district := fmt.Sprintf("Аудан-%d", i%3)
		lines[i] = TrafoLine{ID: i + 1, Name: fmt.Sprintf("NAME-%04d", i), District: aiqyn.Text{KK: district, RU: district, EN: district}, SnKVA: 630, FreeW: 100_003 + int64(i)*17, LapseW: 300_007 + int64(i)*19,
			ReservedW: 50_021 + int64(i)*23, PeakW: 200_017 + int64(i)*29, LoadPPM: 310_019 + int64(i)*31, Binding: "trafo", Element: 9_000_000 + i, Basis: "measured", Measured: "2026-11-20",
			Lat: 51 + r.NormFloat64()*0.3, Lon: 71 + r.NormFloat64()*0.5}
	}
	return lines
}

// The published bytes of a day hold nothing of what is classified, in whatever
// combination.
func TestNothingClassifiedIsPublished(t *testing.T) {
	exact := secretive(200)
	says := map[secrecy.Attribute]func(l *TrafoLine) []string{
		secrecy.Name:  func(l *TrafoLine) []string { return []string{l.Name} },
		secrecy.Place: func(l *TrafoLine) []string { return []string{fmt.Sprint(l.Lat), fmt.Sprint(l.Lon)} },
		secrecy.Free: func(l *TrafoLine) []string {
			return []string{fmt.Sprint(l.FreeW), fmt.Sprint(l.LapseW), fmt.Sprint(l.ReservedW), fmt.Sprint(l.Element)}
		},
		secrecy.Peak:  func(l *TrafoLine) []string { return []string{fmt.Sprint(l.PeakW), fmt.Sprint(l.LoadPPM)} },
		secrecy.Rated: func(l *TrafoLine) []string { return []string{fmt.Sprint(l.LoadPPM)} },
	}
	for _, class := range []secrecy.Class{secrecy.Generalised, secrecy.Closed} {
		for attribute, words := range says {
			layer := secrecy.Transformers
			if attribute == secrecy.Free || attribute == secrecy.Peak {
				layer = secrecy.Capacity
			}
			p := withClasses(map[secrecy.Subject]secrecy.Class{{Layer: layer, Attribute: attribute}: class})
			data, err := publicSnapshot("2026-11-29", "n", exact, p)
			if err != nil {
				t.Fatal(err)
			}
			g := NewGridView(Publication{Hash: "h"}, exact, tile.NewLines([]tile.Line{{A: tile.At(71, 51), B: tile.At(71.1, 51)}}), p)
			tiles := g.Tile(tile.At(71, 51).Tile(12))
			for i := range exact {
				for _, word := range words(&exact[i]) {
					if said(data, word) {
						t.Errorf("%s.%s %s: %s is published", layer, attribute, class, word)
					}
					if attribute == secrecy.Name && bytes.Contains(tiles, []byte(word)) {
						t.Errorf("%s is in a tile", word)
					}
				}
			}
			if attribute == secrecy.Place && g.mains != nil {
				t.Error("lines end where transformers stand")
			}
		}
	}
	if exact[0].Name != "NAME-0000" || exact[0].Lat == 0 {
		t.Error("what is exact was changed")
	}
}

// said reports whether a word or a number stands in a document as a whole value.
func said(data []byte, word string) bool {
	return bytes.Contains(data, []byte(`"`+word+`"`)) || bytes.Contains(data, []byte(":"+word+",")) || bytes.Contains(data, []byte(":"+word+"}"))
}

// A general place is the middle of a cell that at least K share, also together with
// the district that is told; a closed one is none.
func TestGeneralPlacesAreShared(t *testing.T) {
	exact := secretive(300)
	lines, areas := Publicly(exact, withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Transformers, Attribute: secrecy.Place}: secrecy.Generalised}))
	together := map[string]int{}
	for _, l := range lines {
		together[fmt.Sprint(l.Lat, l.Lon, l.District.RU)]++
	}
	for at, n := range together {
		if n < secrecy.K {
			t.Errorf("%d alone at %s", n, at)
		}
	}
	if len(areas) < 5 || len(areas) != len(together) {
		t.Errorf("%d areas, %d places", len(areas), len(together))
	}
	lines, areas = Publicly(exact, withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Transformers, Attribute: secrecy.Place}: secrecy.Closed, {Layer: secrecy.Capacity, Attribute: secrecy.Free}: secrecy.Generalised}))
	if len(areas) != 0 || lines[0].Placed() || lines[0].District.RU != "" || lines[0].FreeW != Withheld {
		t.Errorf("closed places: %d areas, %+v", len(areas), lines[0])
	}
}

// interval is what an attacker knows of a number: at least lo, less than hi.
type interval struct{ lo, hi int64 }

// Differencing: whoever holds two days, or a cell and its neighbours or its parent,
// against each other does not learn the figure of one transformer that came, went
// or changed more closely than the width of a band, nor that it was there at all
// unless a band of counts ends just then.
func TestDaysAndNeighboursDoNotBetray(t *testing.T) {
	p := withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Capacity, Attribute: secrecy.Free}: secrecy.Generalised, {Layer: secrecy.Transformers, Attribute: secrecy.Place}: secrecy.Generalised})
	r := rand.New(rand.NewPCG(8, 8))
	base := secretive(120)
	width := secrecy.Width(630_000)
	closest := int64(1) << 62
	shown := 0
	const days = 200
	for range days {
		at := r.IntN(len(base))
		var next []TrafoLine
		switch r.IntN(3) {
		case 0: // it went
			next = append(append(next, base[:at]...), base[at+1:]...)
		case 1: // it changed
			next = append(next, base...)
			next[at].FreeW = r.Int64N(630_000)
		default: // another came near it
			next = append(next, base...)
			one := base[at]
			one.ID, one.FreeW = 5000, r.Int64N(630_000)
			next = append(next, one)
		}
		_, before := Publicly(base, p)
		_, after := Publicly(next, p)
		i, counts := between(total(before), total(after)), leastOf(after)-leastOf(before)
		if counts != 0 {
			shown++
		}
		closest = min(closest, i.hi-i.lo)
		for _, a := range after { // any cell against what lay there the day before
			for _, b := range before {
				if a.Cell == b.Cell || within(a.Cell, b.Cell) || within(b.Cell, a.Cell) {
					d := between(interval{b.Free.From, b.Free.To}, interval{a.Free.From, a.Free.To})
					closest = min(closest, d.hi-d.lo)
				}
			}
		}
	}
	if closest < width {
		t.Errorf("the closest that differences come to a figure is %d W, bands are %d W wide", closest, width)
	}
	if width <= 630_000 {
		t.Errorf("a band of %d W tells of one transformer of 630 kVA", width)
	}
	if shown > days/2 {
		t.Errorf("on %d of %d days one more or less shows in the counts", shown, days)
	}
}

func total(areas []Area) (sum interval) {
	for _, a := range areas {
		sum.lo, sum.hi = sum.lo+a.Free.From, sum.hi+a.Free.To
	}
	return sum
}

func leastOf(areas []Area) (n int64) {
	for _, a := range areas {
		n += a.Count.From
	}
	return n
}

// between is what two intervals tell of what lies between them.
func between(a, b interval) interval { return interval{b.lo - a.hi, b.hi - a.lo} }

func within(in, of tile.Address) bool {
	return in.Z >= of.Z && in.X>>(in.Z-of.Z) == of.X && in.Y>>(in.Z-of.Z) == of.Y
}

// What the views of a window and the list say is withheld as well.
func TestViewsObeyThePolicy(t *testing.T) {
	exact := secretive(100)
	g := NewGridView(Publication{Hash: "h"}, exact, nil, withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Capacity, Attribute: secrecy.Free}: secrecy.Closed, {Layer: secrecy.Transformers, Attribute: secrecy.Name}: secrecy.Closed}))
	list, err := g.Page("", "", Page{Limit: 30})
	if err != nil || len(list.Items) != 30 || list.Next == "" {
		t.Fatalf("%d lines, next %q, %v", len(list.Items), list.Next, err)
	}
	if found, err := g.Page("", "NAME-0001", Page{}); err != nil || len(found.Items) != 0 {
		t.Errorf("a closed name finds %d, %v", len(found.Items), err)
	}
	for _, group := range g.See(g.Whole("", "")).Groups {
		if group.Best.Room() != RoomWithheld || group.SumW != 0 || strings.Contains(group.Best.Name, "NAME") {
			t.Errorf("a group says %+v", group)
		}
	}
	if open := NewGridView(Publication{Hash: "h"}, exact, nil, nil); open.Tag == g.Tag {
		t.Error("the tag does not change with the policy")
	}
}
