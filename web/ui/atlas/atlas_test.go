package atlas

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
)

func city(n int) Map {
	m := Map{ID: "m", Title: `<b>&"`, Desc: "d"}
	for i := range n {
		at := Spot{int64(i%97) * 40_000, int64(i/97) * 37_000}
		m.Places = append(m.Places, Place{Spot: at, Kind: Kinds[i%len(Kinds)], Name: fmt.Sprintf("TP <%d>", i), Href: `/en/x?a="1"&b=2`, Label: i < 3})
		m.Mains = append(m.Mains, [2]Spot{at, {at.X + 40_000, at.Y}})
	}
	return m
}

func TestMapIsWellFormedAndTheSameAgain(t *testing.T) {
	for _, m := range []Map{{ID: "m"}, city(1), city(40), city(5000), {ID: "m", Area: []Spot{{0, 0}, {10, 0}, {10, 10}}}} {
		d := m.Draw()
		decoder := xml.NewDecoder(strings.NewReader(string(d.SVG)))
		var err error
		for err == nil {
			_, err = decoder.Token()
		}
		if err != io.EOF {
			t.Errorf("%d places: %v", len(m.Places), err)
		}
		if m.Draw().SVG != d.SVG {
			t.Errorf("%d places: another drawing the second time", len(m.Places))
		}
		if strings.Contains(string(d.SVG), "style=") || strings.Contains(string(d.SVG), "NaN") {
			t.Errorf("%d places: a style or no number in it", len(m.Places))
		}
	}
}

// However much there is, a drawing has its limits, and says how much it shows.
func TestMapIsBounded(t *testing.T) {
	d := city(50_000).Draw()
	if d.Of != 50_000 || d.Shown > MaxPlaces || d.Shown < MaxPlaces/8 {
		t.Errorf("%d of %d places are shown", d.Shown, d.Of)
	}
	if n := strings.Count(string(d.SVG), "<a "); n != d.Shown {
		t.Errorf("%d links for %d places", n, d.Shown)
	}
	if path := newFrame([]Spot{{0, 0}, {4_000_000, 20_000_000}}).mains(city(50_000).Mains); strings.Count(path, "l") > MaxMains {
		t.Errorf("%d lines", strings.Count(path, "l"))
	}
}

// The Tab key stops at few places only, and every place has a name.
func TestPlacesByKeyboard(t *testing.T) {
	few, many := string(city(mostStops).Draw().SVG), string(city(mostStops+1).Draw().SVG)
	if strings.Contains(few, "tabindex") || strings.Count(many, `tabindex="-1"`) != mostStops+1 {
		t.Error("the Tab key stops where it should not, or does not where it should")
	}
	if strings.Count(many, "aria-label=") != mostStops+1 {
		t.Error("a link has no name")
	}
}

// Everything in focus lies within the drawing, north is up.
func TestFrame(t *testing.T) {
	spots := []Spot{{-5_000, 3}, {90_000, 400_000}, {20, 70_000}, {0, 0}}
	f := newFrame(spots)
	for _, s := range spots {
		if p := f.at(s); p.X < 0 || p.X > across || p.Y < 0 || float64(p.Y) > f.height {
			t.Errorf("%v is drawn at %v of height %v", s, p, f.height)
		}
	}
	if f.at(Spot{0, 400_000}).Y >= f.at(Spot{0, 0}).Y {
		t.Error("north is down")
	}
	if one := newFrame([]Spot{{7, 7}}); one.at(Spot{7, 7}).X != across/2 || math.IsInf(one.scale, 0) {
		t.Error("a single place is not in the middle")
	}
}

func TestSimplify(t *testing.T) {
	line := []Spot{{0, 0}, {10, 1}, {20, 0}, {30, 0}, {30, 30}}
	if got := Simplify(line, 1); !slices.Equal(got, []Spot{{0, 0}, {30, 0}, {30, 30}}) {
		t.Errorf("simplified to %v", got)
	}
	if got := Simplify(line, 0); len(got) != 4 {
		t.Errorf("without tolerance: %v", got) // the corner at 20, 0 lies on the line to 30, 0
	}
	if !slices.Equal(line[:2], []Spot{{0, 0}, {10, 1}}) {
		t.Error("the line itself was changed")
	}
	loop := []Spot{{0, 0}, {9, 9}, {0, 0}}
	if got := Simplify(loop, 1); len(got) != 3 {
		t.Errorf("a loop became %v", got)
	}
}
