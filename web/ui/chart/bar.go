package chart

import (
	"html"
	"strconv"

	"aiqyn/locale"
)

// Bar compares numbers. A bar may have a part that is told apart by hatching.
type Bar struct {
	Frame
	Axis        string // heading of the table's first column
	Whole, Part string // what the numbers are, and what the hatched part of them is; Part "": none
	Shares      string // heading of a column with each number's part of them all; "": none
	Bars        []Item
}

// Item is one bar.
type Item struct {
	Name        string
	Whole, Part int64
}

const barHeight = 14.0

// Draw makes the figure: each bar below its name, its number at its end.
func (b Bar) Draw() Figure {
	greatest := int64(1)
	for _, item := range b.Bars {
		greatest = max(greatest, item.Whole)
	}
	p := new(pen)
	if b.Part != "" {
		hatch(p, b.ID)
	}
	room := width - 8 - letter*float64(len([]rune(b.number(greatest))))
	y := 0.0
	for _, item := range b.Bars {
		for _, text := range wrapped(item.Name, lettersAcross) {
			y += line
			p.text(0, y-4, "start", "", text)
		}
		w := room * float64(item.Whole) / float64(greatest)
		p.put("rect", "class", "chart__bar", "x", 0.0, "y", y, "width", max(w, 1), "height", barHeight)
		if part := w * float64(item.Part) / float64(max(1, item.Whole)); part > 0 {
			p.put("rect", "class", "chart__part", "x", w-part, "y", y, "width", part, "height", barHeight, "fill", "url(#"+b.ID+"-hatch)")
		}
		p.text(max(w, 1)+5, y+barHeight-2, "start", "chart__value", b.number(item.Whole))
		y += barHeight + 6
	}
	if b.Desc == "" {
		b.Desc = b.describe()
	}
	f := b.figure(max(y, line), p)
	f.Columns, f.Rows = b.table()
	if b.Part != "" {
		f.Keys = []Key{{"bar", b.Whole}, {"part", b.Part}}
	}
	return f
}

func (b Bar) table() (columns []Column, rows [][]string) {
	columns = []Column{{Title: b.Axis}, {b.Whole, true}}
	if b.Part != "" {
		columns = append(columns, Column{b.Part, true})
	}
	if b.Shares != "" {
		columns = append(columns, Column{b.Shares + ", %", true})
	}
	all := int64(0)
	for _, item := range b.Bars {
		all += item.Whole
	}
	for _, item := range b.Bars {
		row := []string{item.Name, b.number(item.Whole)}
		if b.Part != "" {
			row = append(row, b.number(item.Part))
		}
		if b.Shares != "" {
			row = append(row, locale.Decimal(b.Lang, 100*float64(item.Whole)/float64(max(1, all)), 1))
		}
		rows = append(rows, row)
	}
	return columns, rows
}

func (b Bar) number(n int64) string { return locale.Number(b.Lang, n) }

func (b Bar) describe() string {
	if len(b.Bars) == 0 {
		return ""
	}
	most := b.Bars[0]
	for _, item := range b.Bars {
		if item.Whole > most.Whole {
			most = item
		}
	}
	return b.T("ui.chart.bar", "n", len(b.Bars), "name", most.Name, "most", b.number(most.Whole))
}

// hatch is a pattern of slanted lines, called ID-hatch.
func hatch(p *pen, id string) {
	p.WriteString(`<defs><pattern id="` + html.EscapeString(id) + `-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
		`<rect class="chart__hatch-ground" width="6" height="6"/><rect class="chart__hatch" width="3" height="6"/></pattern></defs>`)
}

// Heat shows where much and where little is: rows by columns, the number in
// each cell, its ground the stronger the greater it is.
type Heat struct {
	Frame
	Axis    string // heading of the table's first column
	Columns []string
	Rows    []HeatRow
}

// HeatRow is one row of a heat map: a number per column.
type HeatRow struct {
	Name   string
	Values []int64
}

const (
	cellHeight = 26.0
	shades     = 5
)

// Draw makes the figure.
func (h Heat) Draw() Figure {
	greatest := int64(1)
	for _, r := range h.Rows {
		for _, v := range r.Values {
			greatest = max(greatest, v)
		}
	}
	p := new(pen)
	cell := width / float64(max(1, len(h.Columns)))
	for i, name := range h.Columns {
		p.text(cell*(float64(i)+.5), line-4, "middle", "", name)
	}
	y := line + 2
	for _, r := range h.Rows {
		for _, text := range wrapped(r.Name, lettersAcross) {
			y += line
			p.text(0, y-4, "start", "", text)
		}
		for i, v := range r.Values {
			shade := int((v*int64(shades-1) + greatest - 1) / greatest) // none is the lightest, the greatest the strongest
			p.put("rect", "class", "chart__cell chart__cell--"+strconv.Itoa(shade), "x", cell*float64(i)+1, "y", y, "width", cell-2, "height", cellHeight)
			p.text(cell*(float64(i)+.5), y+cellHeight/2+5, "middle", "chart__in chart__in--"+strconv.Itoa(shade), locale.Number(h.Lang, v))
		}
		y += cellHeight + 4
	}
	f := h.figure(y, p)
	f.Columns = []Column{{Title: h.Axis}}
	for _, name := range h.Columns {
		f.Columns = append(f.Columns, Column{name, true})
	}
	for _, r := range h.Rows {
		row := []string{r.Name}
		for _, v := range r.Values {
			row = append(row, locale.Number(h.Lang, v))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}
