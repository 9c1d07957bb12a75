package chart

import (
	"strconv"
	"time"

	"aiqyn/locale"
)

// Timeline shows what took how long, one span below the other, by the calendar.
type Timeline struct {
	Frame
	Axis  string // heading of the table's first column
	Spans []Span
	Now   time.Time // draws a line; a span without end goes as far as this
}

// Span is one thing that lasted. Kind is "", "still" (the clock stood) or
// "late" (longer than allowed); Due, if set, is by when it had to end.
type Span struct {
	Name, Kind string
	From, To   time.Time // To zero: it is still going on
	Due        time.Time
}

// end is until when a span is drawn.
func (t Timeline) end(s Span) time.Time {
	if s.To.IsZero() && t.Now.After(s.From) {
		return t.Now
	}
	if s.To.Before(s.From) {
		return s.From
	}
	return s.To
}

// bounds are the first and the last moment drawn.
func (t Timeline) bounds() (from, to time.Time) {
	from, to = t.Now, t.Now
	for i, s := range t.Spans {
		if i == 0 || s.From.Before(from) {
			from = s.From
		}
		for _, at := range []time.Time{t.end(s), s.Due} {
			if at.After(to) {
				to = at
			}
		}
	}
	if !to.After(from) {
		to = from.Add(time.Hour)
	}
	return from, to
}

// Draw makes the figure.
func (t Timeline) Draw() Figure {
	from, to := t.bounds()
	whole := float64(to.Sub(from))
	box := rect{left: 1, right: width - 7}
	x := func(at time.Time) float64 { return box.x(float64(at.Sub(from)) / whole) }
	p, back := new(pen), new(pen)
	hatch(back, t.ID)
	y := 0.0
	for _, s := range t.Spans {
		for _, text := range wrapped(s.Name, lettersAcross) {
			y += line
			p.text(0, y-4, "start", "chart__name", text)
		}
		p.put("path", "class", "chart__grid", "d", "M"+num(box.left)+" "+num(y+barHeight/2)+"H"+num(box.right))
		class := "chart__span"
		w := max(3, x(t.end(s))-x(s.From))
		switch s.Kind {
		case "still":
			p.put("rect", "class", "chart__part", "x", x(s.From), "y", y, "width", w, "height", barHeight, "fill", "url(#"+t.ID+"-hatch)")
		default:
			if s.Kind == "late" {
				class += " chart__span--late"
			}
			p.put("rect", "class", class, "x", x(s.From), "y", y, "width", w, "height", barHeight)
		}
		if !s.Due.IsZero() {
			p.put("path", "class", "chart__due", "d", "M"+num(x(s.Due))+" "+num(y-3)+"v"+num(barHeight+6)+"m-4 -"+num(barHeight+6)+"h8")
		}
		y += barHeight + 8
	}
	if !t.Now.IsZero() {
		back.put("path", "class", "chart__now", "d", "M"+num(x(t.Now))+" 0V"+num(y))
	}
	p.text(0, y+line-4, "start", "", locale.DayMonth(t.Lang, from))
	p.text(width, y+line-4, "end", "", locale.DayMonth(t.Lang, to))
	if t.Desc == "" {
		t.Desc = t.T("ui.chart.timeline", "n", len(t.Spans), "from", locale.Date(t.Lang, from), "to", locale.Date(t.Lang, to))
	}
	back.WriteString(p.String()) // names stand before the line of now
	f := t.figure(y+line, back)
	f.Columns, f.Rows = t.table()
	f.Keys = t.keys()
	return f
}

// keys explains the marks that the drawing has.
func (t Timeline) keys() []Key {
	has := map[string]bool{}
	for _, s := range t.Spans {
		has[s.Kind] = true
		if !s.Due.IsZero() {
			has["due"] = true
		}
	}
	var keys []Key
	for _, k := range []string{"still", "late", "due"} {
		if has[k] {
			keys = append(keys, Key{k, t.T("ui.chart." + k)})
		}
	}
	if !t.Now.IsZero() {
		keys = append(keys, Key{"now", t.T("ui.chart.now")})
	}
	return keys
}

func (t Timeline) table() ([]Column, [][]string) {
	columns := []Column{{Title: t.Axis}, {t.T("ui.chart.from"), true}, {t.T("ui.chart.to"), true}, {t.T("ui.chart.days"), true}, {t.T("ui.chart.due"), true}}
	var rows [][]string
	for _, s := range t.Spans {
		to, due, name := t.T("ui.chart.going"), "–", s.Name
		if !s.To.IsZero() {
			to = locale.Date(t.Lang, s.To)
		}
		if !s.Due.IsZero() {
			due = locale.Date(t.Lang, s.Due)
		}
		if s.Kind != "" {
			name += " (" + t.T("ui.chart."+s.Kind) + ")"
		}
		days := int(t.end(s).Sub(s.From).Hours()) / 24
		rows = append(rows, []string{name, locale.Date(t.Lang, s.From), to, strconv.Itoa(days), due})
	}
	return columns, rows
}
