package chart

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"aiqyn/locale"
)

// Funnel compares proportions of units of different size: those that differ by
// no more than chance lie inside the funnel.
type Funnel struct {
	Frame
	Axis   string // what a unit is: heading of the table's first column
	Cases  string // what is counted: heading and axis
	Events string // what of them the proportion is
	Units  []Unit
}

// Unit is one point: so many events among so many cases.
type Unit struct {
	Name      string
	Events, N int
}

// levels are the limits of a funnel: two in forty, and two in a thousand, would
// lie outside by chance.
var levels = [4]float64{0.001, 0.025, 0.975, 0.999}

// Place is where a unit lies: −2 below the outer limit, −1 below the inner one,
// 0 inside, 1 and 2 above.
type Place int

// Target is the proportion of all units together.
func (f Funnel) Target() float64 {
	events, n := 0, 0
	for _, u := range f.Units {
		events += u.Events
		n += u.N
	}
	return float64(events) / float64(max(1, n))
}

// PlaceOf holds a unit against the limits at its own size.
func (f Funnel) PlaceOf(u Unit) Place { return placeOf(u, f.Target()) }

func placeOf(u Unit, target float64) Place {
	if u.N == 0 || target <= 0 || target >= 1 {
		return 0
	}
	b, share := newBinomial(u.N, target), float64(u.Events)/float64(u.N)
	switch {
	case share < b.limit(levels[0]):
		return -2
	case share < b.limit(levels[1]):
		return -1
	case share > b.limit(levels[3]):
		return 2
	case share > b.limit(levels[2]):
		return 1
	}
	return 0
}

// steps is how many points a limit is drawn of.
const steps = 48

// Draw makes the figure.
func (f Funnel) Draw() Figure {
	target, most, greatest := f.Target(), 1, 0.0
	for _, u := range f.Units {
		most = max(most, u.N)
		greatest = max(greatest, float64(u.Events)/float64(max(1, u.N)))
	}
	a := newAxis(min(1, max(greatest, 2*target)) * 100)
	x := newAxis(float64(most))
	box := rect{left: a.gutter(f.Frame), right: width - 8, top: line + 8, bottom: 240 - 2*line - 6}
	p := new(pen)
	p.text(0, line-4, "start", "", f.Events+", %")
	a.grid(p, f.Frame, box)
	for _, t := range x.ticks {
		p.text(box.x(t/x.top), 240-line-6, "middle", "", x.label(f.Frame, t))
	}
	p.text(box.right, 240-4, "end", "", f.Cases)
	if target > 0 && target < 1 {
		f.limits(p, box, a.top/100, x.top, target)
	}
	y := box.y(min(1, target*100/a.top))
	p.put("path", "class", "chart__target", "d", "M"+num(box.left)+" "+num(y)+"H"+num(box.right))
	var outside []string
	for _, u := range f.Units {
		share := float64(u.Events) / float64(max(1, u.N))
		place := placeOf(u, target)
		f.point(p, place, box.x(float64(u.N)/x.top), box.y(min(1, share*100/a.top)))
		if place != 0 {
			outside = append(outside, u.Name)
		}
	}
	if f.Desc == "" {
		f.Desc = f.T("ui.chart.funnel", "n", len(f.Units), "target", locale.Decimal(f.Lang, target*100, 1), "outside", len(outside), "names", strings.Join(outside, ", "))
	}
	fig := f.figure(240, p)
	fig.Columns, fig.Rows = f.table(target)
	fig.Keys = []Key{{"target", f.T("ui.chart.target")}, {"inner", f.T("ui.chart.inner")}, {"outer", f.T("ui.chart.outer")}, {"outside", f.T("ui.chart.outside")}}
	return fig
}

// limits draws the four curves.
func (f Funnel) limits(p *pen, box rect, top, right, target float64) {
	var paths [4]strings.Builder
	for i := 1; i <= steps; i++ {
		n := max(1, int(math.Round(right*float64(i)/steps)))
		b := newBinomial(n, target)
		for k, level := range levels {
			letter := "L"
			if paths[k].Len() == 0 {
				letter = "M"
			}
			paths[k].WriteString(letter + num(box.x(float64(n)/right)) + " " + num(box.y(min(1, b.limit(level)/top))))
		}
	}
	for k := range paths {
		class := "inner"
		if k == 0 || k == 3 {
			class = "outer"
		}
		p.put("path", "class", "chart__limit chart__limit--"+class, "d", paths[k].String())
	}
}

// point is a circle inside the funnel and a rhombus outside.
func (f Funnel) point(p *pen, place Place, x, y float64) {
	if place == 0 {
		p.put("circle", "class", "chart__mark chart__mark--1", "cx", x, "cy", y, "r", 3)
		return
	}
	p.put("path", "class", "chart__outside", "d", "M"+num(x-5)+" "+num(y)+"l5 -5l5 5l-5 5z")
}

// table lists the units, those outside first.
func (f Funnel) table(target float64) ([]Column, [][]string) {
	columns := []Column{{Title: f.Axis}, {f.Cases, true}, {f.Events, true}, {f.Events + ", %", true}, {Title: f.T("ui.chart.place")}}
	units := slices.Clone(f.Units)
	slices.SortStableFunc(units, func(a, b Unit) int {
		return cmp.Compare(outsideness(placeOf(b, target)), outsideness(placeOf(a, target)))
	})
	var rows [][]string
	for _, u := range units {
		rows = append(rows, []string{u.Name, locale.Number(f.Lang, int64(u.N)), locale.Number(f.Lang, int64(u.Events)),
			locale.Decimal(f.Lang, 100*float64(u.Events)/float64(max(1, u.N)), 1), f.T("ui.chart.place." + placeOf(u, target).name())})
	}
	return columns, rows
}

// name is the last part of the key of what the table says.
func (p Place) name() string {
	return [...]string{"far-below", "below", "inside", "above", "far-above"}[p+2]
}

func outsideness(p Place) Place { return max(p, -p) }
