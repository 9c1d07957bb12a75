package chart

import (
	"math"
	"strconv"
	"strings"

	"aiqyn/locale"
)

// Line is how values went over time. Each line has its own mark and dashes.
type Line struct {
	Frame
	Unit    string // "kW"
	Axis    string // heading of the table's first column
	Points  []string
	Ends    [2]string // short names of the first and the last point, for the axis
	Lines   []Series
	Decimal int // how many decimals the table shows
}

// Series is one line: a value per point, NaN where there is none.
type Series struct {
	Name   string
	Values []float64
}

// mostLines is how many lines can be told apart.
const mostLines = 3

// Draw makes the figure. What is beyond three lines is in the table only.
func (l Line) Draw() Figure {
	greatest := 0.0
	for _, s := range l.Lines {
		for _, v := range s.Values {
			if !math.IsNaN(v) {
				greatest = max(greatest, v)
			}
		}
	}
	a := newAxis(greatest)
	box := rect{left: a.gutter(l.Frame), right: width - 8, top: line + 8, bottom: 200 - line - 6}
	p := new(pen)
	p.text(0, line-4, "start", "", l.Unit)
	a.grid(p, l.Frame, box)
	for i, s := range l.Lines[:min(len(l.Lines), mostLines)] {
		l.draw(p, a, box, i, s)
	}
	p.text(box.left, 200-4, "start", "", l.Ends[0])
	p.text(box.right, 200-4, "end", "", l.Ends[1])
	if l.Desc == "" {
		l.Desc = l.describe()
	}
	f := l.figure(200, p)
	f.Columns, f.Rows = l.table()
	for i, s := range l.Lines {
		if len(l.Lines) > 1 && i < mostLines {
			f.Keys = append(f.Keys, Key{"line-" + strconv.Itoa(i+1), s.Name})
		}
	}
	return f
}

func (l Line) draw(p *pen, a axis, box rect, i int, s Series) {
	var path strings.Builder
	gap := true
	for k, v := range s.Values {
		if math.IsNaN(v) {
			gap = true
			continue
		}
		x, y := l.place(a, box, k, v)
		if gap {
			path.WriteByte('M')
		} else {
			path.WriteByte('L')
		}
		path.WriteString(num(x) + " " + num(y))
		gap = false
	}
	class := strconv.Itoa(i + 1)
	p.put("path", "class", "chart__line chart__line--"+class, "d", path.String())
	for k, v := range s.Values {
		if !math.IsNaN(v) && (len(s.Values) <= 12 || k%7 == 0 || k == len(s.Values)-1) {
			x, y := l.place(a, box, k, v)
			mark(p, i, x, y)
		}
	}
}

func (l Line) place(a axis, box rect, k int, v float64) (x, y float64) {
	share := 0.5
	if len(l.Points) > 1 {
		share = float64(k) / float64(len(l.Points)-1)
	}
	return box.x(share), box.y(v / a.top)
}

// mark draws a circle, a square or a triangle.
func mark(p *pen, i int, x, y float64) {
	class := "chart__mark chart__mark--" + strconv.Itoa(i+1)
	switch i {
	case 0:
		p.put("circle", "class", class, "cx", x, "cy", y, "r", 3)
	case 1:
		p.put("rect", "class", class, "x", x-3, "y", y-3, "width", 6, "height", 6)
	default:
		p.put("path", "class", class, "d", "M"+num(x-4)+" "+num(y+3)+"h8l-4 -7z")
	}
}

func (l Line) table() ([]Column, [][]string) {
	columns := []Column{{Title: l.Axis}}
	for _, s := range l.Lines {
		columns = append(columns, Column{s.Name + ", " + l.Unit, true})
	}
	rows := make([][]string, len(l.Points))
	for k, name := range l.Points {
		rows[k] = []string{name}
		for _, s := range l.Lines {
			rows[k] = append(rows[k], l.number(s.Values[k]))
		}
	}
	return columns, rows
}

func (l Line) number(v float64) string { return locale.Decimal(l.Lang, v, l.Decimal) }

// describe says of each line where it began, ended, and how far it went.
func (l Line) describe() string {
	var parts []string
	for _, s := range l.Lines {
		least, most := math.Inf(1), math.Inf(-1)
		first, last := math.NaN(), math.NaN()
		for _, v := range s.Values {
			if math.IsNaN(v) {
				continue
			}
			if math.IsNaN(first) {
				first = v
			}
			last, least, most = v, min(least, v), max(most, v)
		}
		parts = append(parts, l.T("ui.chart.line", "name", s.Name, "unit", l.Unit,
			"first", l.number(first), "last", l.number(last), "least", l.number(least), "most", l.number(most)))
	}
	return strings.Join(parts, " ")
}
