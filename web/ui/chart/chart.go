// Package chart draws figures as SVG with the table of the same numbers beside
// them: line, bar, funnel plot, timeline and heat map. The same data give the
// same bytes. Nothing is told by colour alone, nothing needs a script or a
// style inside the page: colours and sizes of letters stand in the style sheet.
//
// A drawing is 320 units wide, so that on the narrowest screen a unit is about
// a pixel; on wider ones the style sheet makes its letters smaller in units.
package chart

import (
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/locale"
)

// Frame is what every figure has around its drawing.
type Frame struct {
	ID    string // of the element, its own on the page
	Title string
	Desc  string // what the drawing shows, for those who do not see it
	Lang  aiqyn.Lang
	// T is a text of the catalogue in Lang; args are pairs.
	T func(key string, args ...any) string
}

// Figure is a drawing with its table.
type Figure struct {
	ID, Title, Desc string
	SVG             template.HTML
	Columns         []Column // of the table; the first one names the row
	Rows            [][]string
	Keys            []Key
}

// Column is one column of the table.
type Column struct {
	Title  string
	Number bool
}

// Key explains one mark of a drawing: Mark names its class.
type Key struct{ Mark, Text string }

const (
	width  = 320.0
	letter = 7.8  // how wide a letter is at most, on average
	line   = 17.0 // height of a line of text
)

// pen writes elements of a drawing.
type pen struct{ strings.Builder }

// put writes an element without content; attributes are pairs, and numbers are
// rounded to a tenth of a unit.
func (p *pen) put(name string, attributes ...any) {
	p.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		p.WriteString(" " + attributes[i].(string) + `="` + value(attributes[i+1]) + `"`)
	}
	p.WriteString("/>")
}

// text writes letters; anchor is "start", "middle" or "end".
func (p *pen) text(x, y float64, anchor, class, text string) {
	p.WriteString(`<text x="` + num(x) + `" y="` + num(y) + `"`)
	if anchor != "start" {
		p.WriteString(` text-anchor="` + anchor + `"`)
	}
	if class != "" {
		p.WriteString(` class="` + class + `"`)
	}
	p.WriteString(">" + html.EscapeString(text) + "</text>")
}

func value(v any) string {
	switch v := v.(type) {
	case float64:
		return num(v)
	case int:
		return strconv.Itoa(v)
	}
	return html.EscapeString(v.(string))
}

// num writes a coordinate.
func num(x float64) string {
	x = math.Round(x*10) / 10
	if x == 0 {
		return "0" // never "-0"
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// figure puts the drawing into its frame.
func (f Frame) figure(height float64, p *pen) Figure {
	svg := `<svg class="chart__svg" viewBox="0 0 320 ` + num(height) + `" role="img" aria-labelledby="` + f.ID + `-title" aria-describedby="` + f.ID + `-desc" focusable="false">` +
		`<title id="` + f.ID + `-title">` + html.EscapeString(f.Title) + `</title><desc id="` + f.ID + `-desc">` + html.EscapeString(f.Desc) + `</desc>` +
		p.String() + `</svg>`
	return Figure{ID: f.ID, Title: f.Title, Desc: f.Desc, SVG: template.HTML(svg)} // every text in it went through html.EscapeString
}

// axis is a scale of round numbers from nothing to a little above the greatest.
type axis struct {
	top      float64
	ticks    []float64
	decimals int
}

// newAxis divides a scale into about four steps.
func newAxis(greatest float64) axis {
	if greatest <= 0 || math.IsNaN(greatest) || math.IsInf(greatest, 0) {
		greatest = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(greatest/4)))
	for _, m := range []float64{1, 2, 5, 10} {
		if greatest/(step*m) <= 4 {
			step *= m
			break
		}
	}
	a := axis{decimals: int(max(0, -math.Floor(math.Log10(step)+1e-9)))}
	for i := 0; ; i++ {
		a.ticks = append(a.ticks, float64(i)*step)
		if float64(i)*step >= greatest {
			a.top = float64(i) * step
			return a
		}
	}
}

func (a axis) label(f Frame, tick float64) string { return locale.Decimal(f.Lang, tick, a.decimals) }

// gutter is the room that the labels of an axis need.
func (a axis) gutter(f Frame) float64 {
	longest := 0
	for _, t := range a.ticks {
		longest = max(longest, len([]rune(a.label(f, t))))
	}
	return 8 + letter*float64(longest)
}

// grid draws the horizontal lines of an axis with their labels.
func (a axis) grid(p *pen, f Frame, box rect) {
	for _, t := range a.ticks {
		y := box.y(t / a.top)
		p.put("path", "class", "chart__grid", "d", "M"+num(box.left)+" "+num(y)+"H"+num(box.right))
		p.text(box.left-5, y+4.5, "end", "", a.label(f, t))
	}
}

// rect is where values are drawn.
type rect struct{ left, right, top, bottom float64 }

// x and y place a share of the width and of the height.
func (r rect) x(share float64) float64 { return r.left + share*(r.right-r.left) }
func (r rect) y(share float64) float64 { return r.bottom - share*(r.bottom-r.top) }

// wrapped breaks a text at blanks into lines of at most so many letters.
func wrapped(text string, most int) []string {
	var lines []string
	now := ""
	for word := range strings.FieldsSeq(text) {
		if now != "" && len([]rune(now))+1+len([]rune(word)) > most {
			lines, now = append(lines, now), ""
		}
		if now != "" {
			now += " "
		}
		now += word
	}
	if now != "" || len(lines) == 0 {
		lines = append(lines, now)
	}
	return lines
}

// lettersAcross is how many letters a line of the whole width holds.
const lettersAcross = 38
