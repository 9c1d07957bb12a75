package release

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"aiqyn/deadline"
)

// PlaceFigures are how long it took until something was granted: by one service, at
// one body and in one region where releases open these, and over all where Body is "".
// None is of fewer than Minimum cases.
type PlaceFigures struct {
	Service, Body, Region string
	Cases                 int
	Median, P90           Days
}

// place is what PlaceFigures are of.
type place struct{ service, body, region string }

// granted is the outcome that ends a step of a road.
const granted = "granted"

// spread adds up how long grants took, by place.
type spread map[place]map[[2]int]int

func (s spread) add(p place, from, to, cases int) {
	if s[p] == nil {
		s[p] = make(map[[2]int]int)
	}
	s[p][[2]int{from, to}] += cases
}

func (s spread) group(g *Group) {
	if g.Decided["kind"] != granted {
		return
	}
	decided, _ := deadline.ParseDate(g.Decided["day"]) // checked
	filed, _ := deadline.ParseDate(g.Filed["day"])
	days, n := decided.DaysSince(filed), len(g.Cases)
	s.add(place{service: g.Decided["service"]}, days, days, n)
	if body := g.Decided["body"]; body != "" {
		s.add(place{g.Decided["service"], body, g.Decided["region"]}, days, days, n)
	}
}

func (s spread) counted(c *Count) {
	if c.Outcome != granted {
		return
	}
	for _, d := range c.Days {
		s.add(place{service: c.Service}, d.From, d.To, d.Cases)
	}
}

func (s spread) figures() []PlaceFigures {
	list := make([]PlaceFigures, 0, len(s))
	for _, p := range slices.SortedFunc(maps.Keys(s), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.body, b.body), cmp.Compare(a.region, b.region))
	}) {
		f := PlaceFigures{Service: p.service, Body: p.body, Region: p.region}
		var spans []Span
		for ends, n := range s[p] {
			spans = append(spans, Span{Cases: n, From: ends[0], To: ends[1]})
			f.Cases += n
		}
		f.Median, f.P90 = quantile(spans, f.Cases, 50), quantile(spans, f.Cases, 90)
		list = append(list, f)
	}
	return list
}

// PlaceRows are the figures by place as the lines of a table, titles first.
func (f *Figures) PlaceRows() [][]string {
	rows := [][]string{{"service", "body", "region", "cases", "median_days", "p90_days"}}
	for _, p := range f.Places {
		rows = append(rows, []string{p.Service, p.Body, p.Region, strconv.Itoa(p.Cases), p.Median.String(), p.P90.String()})
	}
	return rows
}
