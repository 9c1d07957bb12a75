package casework

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
			data, err := publicSnapshot("n", Exact{Day: "2026-11-29", Trafos: exact}, p)
			if err != nil {
				t.Fatal(err)
			}
			g := NewGridView(Publication{Hash: "h"}, Exact{Trafos: exact, Mains: []Main{{Line: tile.Line{A: tile.At(71, 51), B: tile.At(71.1, 51)}}}}, p)
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
	seen := Publicly(Exact{Trafos: exact}, withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Transformers, Attribute: secrecy.Place}: secrecy.Generalised}))
	lines, areas := seen.Trafos, seen.Areas
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
	seen = Publicly(Exact{Trafos: exact}, withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Transformers, Attribute: secrecy.Place}: secrecy.Closed, {Layer: secrecy.Capacity, Attribute: secrecy.Free}: secrecy.Generalised}))
	lines, areas = seen.Trafos, seen.Areas
	if len(areas) != 0 || lines[0].Placed() || lines[0].District.RU != "" || lines[0].FreeW != Withheld {
		t.Errorf("closed places: %d areas, %+v", len(areas), lines[0])
	}
}

// interval is what an attacker knows of a number: at least lo, less than hi.
type interval struct{ lo, hi int64 }

// Differencing: whoever holds two days, or a cell and its neighbours or its parent,
// against each other does not learn the figure of one transformer that came, went
// or changed more closely than the width of a band, nor where it stands, nor that it
// was there at all unless a band of counts ends just then. Schemes that leak, each by
// a little, are found by the same attack.
func TestDaysAndNeighboursDoNotBetray(t *testing.T) {
	for name, leaky := range map[string]func(Exact, Shown){"": nil, "a figure": sharpEdge, "stand at": oneFewer, "a place": movedMiddle} { // by what is learned
		found := attack(func(x Exact, p secrecy.Policy) Shown {
			out := Publicly(x, p)
			if leaky != nil {
				leaky(x, out)
			}
			return out
		})
		if leaky == nil && len(found) > 0 {
			t.Errorf("the scheme leaks: %q", found)
		} else if leaky != nil && !slices.ContainsFunc(found, func(what string) bool { return strings.Contains(what, name) }) {
			t.Errorf("the attack does not learn %q of a scheme that tells it: %q", name, found)
		}
	}
	if width := secrecy.Width(630_000); width <= 630_000 {
		t.Errorf("a band of %d W tells of one transformer of 630 kVA", width)
	}
}

// attack holds days against each other as a scheme shows them, and says what it
// learns.
func attack(scheme func(Exact, secrecy.Policy) Shown) (found []string) {
	p := withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Capacity, Attribute: secrecy.Free}: secrecy.Generalised, {Layer: secrecy.Transformers, Attribute: secrecy.Place}: secrecy.Generalised})
	r := rand.New(rand.NewPCG(8, 8))
	base, width := secretive(120), secrecy.Width(630_000)
	learn := func(what string, args ...any) {
		if len(found) < 5 {
			found = append(found, fmt.Sprintf(what, args...))
		}
	}
	before := scheme(Exact{Trafos: base}, p)
	const days = 200
	shown := 0
	for range days {
		at := r.IntN(len(base))
		next, secret := nextDay(r, base, at)
		after := scheme(Exact{Trafos: next}, p)
		if leastOf(after.Areas) != leastOf(before.Areas) {
			shown++
		}
		if d := between(total(before.Areas), total(after.Areas)); d.hi-d.lo < width {
			learn("of a figure all but %d W", d.hi-d.lo)
		}
		for _, a := range after.Areas { // any cell against what lay there the day before
			for _, b := range before.Areas {
				if a.Cell == b.Cell || within(a.Cell, b.Cell) || within(b.Cell, a.Cell) {
					compare(&a, &b, secret, width, learn)
				}
			}
		}
		alone(after, learn)
	}
	if shown > days/2 {
		learn("on %d of %d days that one more or less is there", shown, days)
	}
	return found
}

// secretOf is what an attacker is after: by how much the figures changed, and where
// the transformer stands that did.
type secretOf struct {
	delta    int64
	lat, lon float64
}

// nextDay is a day on which one transformer went, changed or got a neighbour.
func nextDay(r *rand.Rand, base []TrafoLine, at int) ([]TrafoLine, secretOf) {
	one := base[at]
	secret := secretOf{-one.FreeW, one.Lat, one.Lon}
	switch r.IntN(3) {
	case 0: // it went
		return slices.Concat(base[:at], base[at+1:]), secret
	case 1: // it changed
		next := slices.Clone(base)
		next[at].FreeW = r.Int64N(630_000)
		secret.delta += next[at].FreeW
		return next, secret
	}
	one.ID, one.FreeW = 5000, r.Int64N(630_000) // another came near it
	secret.delta = one.FreeW
	return append(slices.Clone(base), one), secret
}

// compare is what a cell tells against the day before.
func compare(a, b *Area, secret secretOf, width int64, learn func(string, ...any)) {
	if d := between(interval{b.Free.From, b.Free.To}, interval{a.Free.From, a.Free.To}); d.hi-d.lo < width {
		learn("of a figure all but %d W", d.hi-d.lo)
	}
	for _, d := range []int64{a.Free.From - b.Free.From, a.Free.To - b.Free.To} {
		if d == secret.delta && d%width != 0 {
			learn("a figure, %d W", d)
		}
	}
	if a.Cell != b.Cell {
		return
	}
	for n := a.Count.From; n < a.Count.To; n++ { // a mean of one more, or of one less
		for _, m := range []int64{n - 1, n + 1} {
			sign := float64(n - m)
			lat, lon := sign*(float64(n)*a.Lat-float64(m)*b.Lat), sign*(float64(n)*a.Lon-float64(m)*b.Lon)
			if near(lat, secret.lat) && near(lon, secret.lon) {
				learn("a place, %v %v", secret.lat, secret.lon)
			}
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-6 }

// alone tells of places that fewer than K share.
func alone(s Shown, learn func(string, ...any)) {
	at := make(map[[2]float64]int)
	for i := range s.Trafos {
		at[[2]float64{s.Trafos[i].Lat, s.Trafos[i].Lon}]++
	}
	for place, n := range at {
		if n < secrecy.K {
			learn("%d stand at %v", n, place)
		}
	}
	for i := range s.Areas {
		if s.Areas[i].Count.From < secrecy.K {
			learn("%d may stand in a cell", s.Areas[i].Count.From)
		}
	}
}

// members are the transformers that a scheme shows in the middle of an area.
func members(x Exact, s Shown, a *Area) (of []int) {
	for i := range s.Trafos {
		if s.Trafos[i].Lat == a.Lat && s.Trafos[i].Lon == a.Lon {
			of = append(of, i)
		}
	}
	return of
}

// sharpEdge leaves the edge of bands as it is summed up.
func sharpEdge(x Exact, s Shown) {
	for i := range s.Areas {
		sum, a := int64(0), &s.Areas[i]
		for _, m := range members(x, s, a) {
			sum += x.Trafos[m].FreeW
		}
		a.Free = &secrecy.Band{From: sum, To: sum + secrecy.Width(630_000)}
	}
}

// oneFewer shows K-1 of a cell apart from the others.
func oneFewer(x Exact, s Shown) {
	for _, m := range members(x, s, &s.Areas[0])[:secrecy.K-1] {
		s.Trafos[m].Lat += 0.01
	}
}

// movedMiddle shows the mean of what stands in a cell as its middle.
func movedMiddle(x Exact, s Shown) {
	for i := range s.Areas {
		a := &s.Areas[i]
		of := members(x, s, a)
		lat, lon := 0.0, 0.0
		for _, m := range of {
			lat, lon = lat+x.Trafos[m].Lat/float64(len(of)), lon+x.Trafos[m].Lon/float64(len(of))
		}
		for _, m := range of {
			s.Trafos[m].Lat, s.Trafos[m].Lon = lat, lon
		}
		a.Lat, a.Lon = lat, lon
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
	g := NewGridView(Publication{Hash: "h"}, Exact{Trafos: exact}, withClasses(map[secrecy.Subject]secrecy.Class{{Layer: secrecy.Capacity, Attribute: secrecy.Free}: secrecy.Closed, {Layer: secrecy.Transformers, Attribute: secrecy.Name}: secrecy.Closed}))
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
	if open := NewGridView(Publication{Hash: "h"}, Exact{Trafos: exact}, nil); open.Tag == g.Tag {
		t.Error("the tag does not change with the policy")
	}
}
