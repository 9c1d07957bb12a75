// Package atlas draws maps as SVG from our own geometry: no tiles of others, no
// script needed. The same data give the same bytes. What a place is like is
// told by its shape and its name, never by colour alone; the list beside a map
// says the same in words.
package atlas

import (
	"html"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Spot is a place in whole units of any plane, northward up.
type Spot struct{ X, Y int64 }

// Place is something to be seen at a spot. Kind is one of Kinds.
type Place struct {
	Spot
	Kind, Name, Note string
	Href             string // where it leads; empty: nowhere
	Label            bool   // its name is written beside it
	Tally            string // what is written there instead, if it stands for several
}

// Kinds of place, each with its own shape: a disc, a triangle, a cross, an open
// square, a full one, a star in a ring for what the map is about, a disc in a ring for
// what was chosen, and a diamond for a feeder.
var Kinds = []string{"good", "warn", "bad", "unknown", "closed", "object", "chosen", "feeder"}

// Map is what is drawn.
type Map struct {
	ID, Title, Desc string
	Mains           [][2]Spot // lines of a network
	Area            []Spot    // ring of what the map is about; may be empty
	Plots           []Plot
	Ways            []Way // routes; the last is drawn over the others
	Places          []Place
	Focus           []Spot // what must be seen; empty: everything
}

// Way is a route of a line that is yet to be laid.
type Way struct {
	Line   []Spot
	Chosen bool
}

// Drawing is a map with what explains it.
type Drawing struct {
	ID, Title, Desc string
	SVG             template.HTML
	Kinds           []string // that are drawn
	Shown, Of       int      // places: fewer are shown than there are where they would hide each other
}

// Limits of a drawing: beyond them shapes are left out, the same ones every time.
const (
	MaxPlaces = 1500
	MaxMains  = 6000
)

const (
	across = 1000.0
	margin = 40.0
)

// frame takes spots to the drawing.
type frame struct {
	left, top int64
	scale     float64
	height    float64
	dx, dy    float64
}

// newFrame fits the spots into a width of 1000 and a height between half and
// one and a third of it.
func newFrame(spots []Spot) frame {
	if len(spots) == 0 {
		spots = []Spot{{}}
	}
	lo, hi := spots[0], spots[0]
	for _, s := range spots {
		lo = Spot{min(lo.X, s.X), min(lo.Y, s.Y)}
		hi = Spot{max(hi.X, s.X), max(hi.Y, s.Y)}
	}
	w, h := float64(max(1, hi.X-lo.X)), float64(max(1, hi.Y-lo.Y))
	f := frame{left: lo.X, top: hi.Y}
	f.height = math.Round(min(1300, max(500, (across-2*margin)*h/w+2*margin)))
	f.scale = min((across-2*margin)/w, (f.height-2*margin)/h)
	f.dx = (across - f.scale*float64(hi.X-lo.X)) / 2
	f.dy = (f.height - f.scale*float64(hi.Y-lo.Y)) / 2
	return f
}

// at is a spot in whole units of the drawing.
func (f frame) at(s Spot) Spot {
	return Spot{int64(math.Round(f.scale*float64(s.X-f.left) + f.dx)), int64(math.Round(f.scale*float64(f.top-s.Y) + f.dy))}
}

// sees reports whether a line can touch the drawing.
func (f frame) sees(a, b Spot) bool {
	return max(a.X, b.X) >= 0 && min(a.X, b.X) <= across && max(a.Y, b.Y) >= 0 && float64(min(a.Y, b.Y)) <= f.height
}

// Draw makes the map.
func (m Map) Draw() Drawing {
	focus := m.Focus
	if len(focus) == 0 {
		for _, p := range m.Places {
			focus = append(focus, p.Spot)
		}
		focus = append(focus, m.Area...)
		for _, w := range m.Ways {
			focus = append(focus, w.Line...)
		}
	}
	f := newFrame(focus)
	d := Drawing{ID: m.ID, Title: m.Title, Desc: m.Desc, Of: len(m.Places)}
	var b strings.Builder
	b.WriteString(`<svg class="map__svg" viewBox="0 0 1000 ` + strconv.Itoa(int(f.height)) + `" role="group" aria-labelledby="` + m.ID + `-title" aria-describedby="` + m.ID + `-desc" focusable="false">` +
		`<title id="` + m.ID + `-title">` + html.EscapeString(m.Title) + `</title><desc id="` + m.ID + `-desc">` + html.EscapeString(m.Desc) + `</desc>`)
	if path := f.mains(m.Mains); path != "" {
		b.WriteString(`<path class="map__mains" d="` + path + `"/>`)
	}
	f.plots(&b, m.Plots)
	if path := f.ring(m.Area); path != "" {
		b.WriteString(`<path class="map__area" d="` + path + `"/>`)
	}
	for _, w := range m.Ways {
		if path := f.way(w.Line); path != "" {
			class := "map__way"
			if w.Chosen {
				class += " map__way--chosen"
			}
			b.WriteString(`<path class="` + class + `" d="` + path + `"/>`)
		}
	}
	places := thin(f, m.Places)
	d.Shown = len(places)
	labels := f.labels(places)
	for i, p := range places {
		f.place(&b, p, labels[i], len(places) <= mostStops)
	}
	for _, kind := range Kinds {
		if slices.ContainsFunc(places, func(p Place) bool { return p.Kind == kind }) {
			d.Kinds = append(d.Kinds, kind)
		}
	}
	b.WriteString(`</svg>`)
	d.SVG = template.HTML(b.String()) // every text in it went through html.EscapeString
	return d
}

// mostStops is up to how many links of a map the Tab key stops at; beyond, the
// list beside it is how one gets to them by keyboard.
const mostStops = 30

// mains is one path of all lines: those that fall together are drawn once, and
// those that are a dot not at all.
func (f frame) mains(lines [][2]Spot) string {
	var b strings.Builder
	seen := make(map[[2]Spot]bool)
	var last Spot
	for _, l := range lines {
		a, c := f.at(l[0]), f.at(l[1])
		if a == c || seen[[2]Spot{a, c}] || seen[[2]Spot{c, a}] || !f.sees(a, c) {
			continue
		}
		if len(seen) == MaxMains {
			break
		}
		switch {
		case len(seen) == 0:
			b.WriteString("M" + pair(a))
		case a != last:
			b.WriteString("m" + pair(Spot{a.X - last.X, a.Y - last.Y}))
		}
		b.WriteString("l" + pair(Spot{c.X - a.X, c.Y - a.Y})) // from the last spot: neighbours are near, and weigh little
		seen[[2]Spot{a, c}], last = true, c
	}
	return b.String()
}

// ring is a closed path, empty where it would be no more than a line.
func (f frame) ring(ring []Spot) string {
	if on := f.line(ring); len(on) > 2 {
		return path(on) + "Z"
	}
	return ""
}

// way is an open path, empty where it would be a dot.
func (f frame) way(line []Spot) string {
	if on := f.line(line); len(on) > 1 {
		return path(on)
	}
	return ""
}

// line is where a line goes, without the corners that do not show.
func (f frame) line(line []Spot) []Spot {
	var on []Spot
	for _, s := range line {
		if p := f.at(s); len(on) == 0 || on[len(on)-1] != p {
			on = append(on, p)
		}
	}
	return Simplify(on, 1)
}

func path(on []Spot) string {
	var b strings.Builder
	for _, p := range on {
		b.WriteString("L" + pair(p))
	}
	return "M" + b.String()[1:]
}

func pair(s Spot) string { return strconv.FormatInt(s.X, 10) + " " + strconv.FormatInt(s.Y, 10) }

// place draws one with its shape, its name for those who do not see it, and its
// link.
func (f frame) place(b *strings.Builder, p Place, label string, stop bool) {
	at := f.at(p.Spot)
	name := p.Name
	if p.Note != "" {
		name += ", " + p.Note
	}
	if p.Href != "" {
		b.WriteString(`<a href="` + html.EscapeString(p.Href) + `"`)
		if !stop {
			b.WriteString(` tabindex="-1"`)
		}
		b.WriteString(` aria-label="` + html.EscapeString(name) + `">`)
	}
	b.WriteString(`<g class="map__at map__at--` + p.Kind + `" transform="translate(` + pair(at) + `)"><g class="map__mark">`)
	if p.Href == "" || !p.Label {
		b.WriteString("<title>" + html.EscapeString(name) + "</title>")
	}
	b.WriteString(shapes[p.Kind])
	b.WriteString(label + "</g></g>")
	if p.Href != "" {
		b.WriteString("</a>")
	}
}

// Sizes of marks and letters in units of a drawing as wide as a phone, where they
// take up the most.
const (
	phone   = 3
	letter  = 9 * phone
	lineUp  = 9 * phone
	markEnd = 9 * phone
	beside  = 16 * phone
)

// box is where something is drawn: left, top, right, bottom.
type box [4]int64

func (a box) meets(b box) bool { return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3] }

// labels are what is written beside the places, each on a side where it covers
// neither a mark nor another name; one for which there is no side is left out, for
// the list beside the map has it. What the map is about comes first.
func (f frame) labels(places []Place) []string {
	texts := make([]string, len(places))
	taken := make([]box, 0, 2*len(places))
	some := false
	for _, p := range places {
		at := f.at(p.Spot)
		taken = append(taken, box{at.X - markEnd, at.Y - markEnd, at.X + markEnd, at.Y + markEnd})
		some = some || p.Label || p.Tally != ""
	}
	if !some {
		return texts
	}
	rank := map[string]int{"object": 0, "chosen": 1}
	for turn := 0; turn <= 2; turn++ {
		for i, p := range places {
			of, first := rank[p.Kind]
			if !first {
				of = 2
			}
			switch {
			case of != turn:
			case p.Tally != "":
				texts[i] = written(p.Tally, f.at(p.Spot).X > across*6/10)
			case p.Label:
				texts[i], taken = f.label(p.Name, f.at(p.Spot), i, taken)
			}
		}
	}
	return texts
}

// label writes a name to the right of its mark or to the left, inward first.
func (f frame) label(name string, at Spot, own int, taken []box) (string, []box) {
	wide := int64(len([]rune(name))) * letter
	toLeft := at.X > across*6/10
	for _, left := range []bool{toLeft, !toLeft} {
		b := box{at.X + beside, at.Y - lineUp, at.X + beside + wide, at.Y + lineUp}
		if left {
			b[0], b[2] = at.X-beside-wide, at.X-beside
		}
		covers := b[0] < 0 || b[2] > across
		for i, t := range taken {
			covers = covers || i != own && b.meets(t)
		}
		if !covers {
			return written(name, left), append(taken, b)
		}
	}
	return "", taken
}

// written is a name beside its mark.
func written(name string, left bool) string {
	x, anchor := "16", ""
	if left {
		x, anchor = "-16", ` text-anchor="end"`
	}
	return `<text x="` + x + `" y="7"` + anchor + ">" + html.EscapeString(name) + "</text>"
}

// shapes are the marks of the kinds, around nothing.
var shapes = map[string]string{
	"good":    `<circle r="7"/>`,
	"warn":    `<path d="M0-8 8 6H-8Z"/>`,
	"bad":     `<path class="map__cross" d="M-6-6 6 6M-6 6 6-6"/>`,
	"unknown": `<rect class="map__hollow" x="-6" y="-6" width="12" height="12"/>`,
	"closed":  `<rect x="-6" y="-6" width="12" height="12"/>`,
	"feeder":  `<path d="M0-8 6 0 0 8-6 0Z"/>`,
	"object":  `<circle class="map__ring" r="13"/><path d="M0-9 2.6-2.8 9-2.8 3.8 1.4 5.6 8 0 4.2-5.6 8-3.8 1.4-9-2.8-2.6-2.8Z"/>`,
	"chosen":  `<circle class="map__ring" r="13"/><circle r="7"/>`,
}

// thin leaves out places that would hide each other where there are too many:
// of each cell of an ever coarser grid the first one stays.
func thin(f frame, places []Place) []Place {
	for cell := int64(2); len(places) > MaxPlaces; cell *= 2 {
		taken := make(map[Spot]bool)
		var kept []Place
		for _, p := range places {
			at := f.at(p.Spot)
			if c := (Spot{at.X / cell, at.Y / cell}); !taken[c] {
				taken[c] = true
				kept = append(kept, p)
			}
		}
		places = kept
	}
	return places
}

// Simplify leaves out the corners of a line that are no farther from it than so
// much, by Douglas and Peucker; the first and the last stay. In whole numbers,
// so that the same corners stay on every machine.
func Simplify(line []Spot, tolerance int64) []Spot {
	if len(line) < 3 {
		return line
	}
	a, b := line[0], line[len(line)-1]
	far, at := int64(-1), 0
	for i := 1; i < len(line)-1; i++ {
		if d := aside(line[i], a, b); d > far {
			far, at = d, i
		}
	}
	if far <= tolerance*tolerance {
		return []Spot{a, b}
	}
	return slices.Concat(Simplify(line[:at+1], tolerance), Simplify(line[at:], tolerance)[1:])
}

// aside is the squared distance of a spot from the line through two others, or
// from the one where both are the same, rounded down.
func aside(p, a, b Spot) int64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	length := dx*dx + dy*dy
	if length == 0 {
		return (p.X-a.X)*(p.X-a.X) + (p.Y-a.Y)*(p.Y-a.Y)
	}
	cross := dx*(p.Y-a.Y) - dy*(p.X-a.X)
	return int64(float64(cross) / float64(length) * float64(cross))
}

// Shape is the mark of a kind, around nothing.
func Shape(kind string) template.HTML { return template.HTML(shapes[kind]) } // constants of ours
