package release

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
)

// RoadFigures are how long whole roads were: of all from one service on, of those that
// ended in a month, or of those in a district, as far as releases tell these apart.
type RoadFigures struct {
	Service, Month, Region, District string

	Cases       int
	Median, P90 Days
	Working     int   // working days of all of them together
	Waits       Waits // calendar days of all of them together
	// Within is how many certainly took no longer than so many days, ascending.
	Within []Within
	// Running is how many were under way when a month ended last, at least; Still is the
	// median with those, each of which is longer than it is old. Of a whole service alone.
	Running int
	Still   Days
}

// Within is cases that took no longer than so many days.
type Within struct{ Days, Cases int }

// Whole reports whether these are of all roads of a service.
func (f *RoadFigures) Whole() bool { return f.Month == "" && f.District == "" }

type roadKey struct{ service, month, region, district string }

// roadTally adds up roads of one key.
type roadTally struct {
	spans   []Span
	cases   int
	working int
	waits   Waits
}

// roads adds up what releases say of roads.
type roads struct {
	ended   map[roadKey]*roadTally
	running []Running // by the last release that tells it
}

func (r *roads) count(rel *Release) {
	for i := range rel.Groups {
		r.parts(rel.Groups[i].Roads)
	}
	for i := range rel.Counts {
		r.parts(rel.Counts[i].Roads)
	}
	if len(rel.Running) > 0 {
		r.running = rel.Running
	}
}

func (r *roads) parts(list []RoadPart) {
	if r.ended == nil {
		r.ended = make(map[roadKey]*roadTally)
	}
	for _, p := range list {
		switch {
		case p.By == "":
			r.add(roadKey{service: p.Service}, p)
		case p.Month != "":
			r.add(roadKey{service: p.Service, month: p.Month}, p)
		case p.District != "":
			r.add(roadKey{service: p.Service, region: p.Region, district: p.District}, p)
		}
	}
}

func (r *roads) add(k roadKey, p RoadPart) {
	t := r.ended[k]
	if t == nil {
		t = new(roadTally)
		r.ended[k] = t
	}
	t.spans = append(t.spans, p.Days...)
	t.cases, t.working = t.cases+p.Cases, t.working+p.Working
	t.waits.add(p.Waits)
}

func (r *roads) figures() []RoadFigures {
	list := make([]RoadFigures, 0, len(r.ended))
	for _, k := range slices.SortedFunc(maps.Keys(r.ended), func(a, b roadKey) int {
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.month, b.month), cmp.Compare(a.region, b.region), cmp.Compare(a.district, b.district))
	}) {
		t := r.ended[k]
		f := RoadFigures{Service: k.service, Month: k.month, Region: k.region, District: k.district, Cases: t.cases, Working: t.working, Waits: t.waits}
		f.Median, f.P90 = quantile(t.spans, t.cases, 50), quantile(t.spans, t.cases, 90)
		for _, edge := range roadEdges {
			if n := within(t.spans, edge); n > 0 && (len(f.Within) == 0 || n > f.Within[len(f.Within)-1].Cases) {
				f.Within = append(f.Within, Within{edge, n})
			}
		}
		if f.Whole() {
			r.still(&f, t.spans)
		}
		list = append(list, f)
	}
	return list
}

// still adds those that are under way: each will be longer than it is old, and how
// long nobody knows.
func (r *roads) still(f *RoadFigures, ended []Span) {
	all, cases := slices.Clone(ended), f.Cases
	for _, s := range r.running {
		if s.Service != f.Service {
			continue
		}
		f.Running = s.Cases
		for _, d := range s.Days {
			all = append(all, Span{Cases: d.Cases, From: d.From, To: -1})
		}
	}
	f.Still = quantile(all, cases+f.Running, 50)
}

// within counts the cases that certainly took no longer.
func within(spans []Span, days int) (n int) {
	for _, s := range spans {
		if s.To >= 0 && s.To <= days {
			n += s.Cases
		}
	}
	return n
}

// Mean is the mean of so many days over the roads, in tenths of a day, rounded down.
func (f *RoadFigures) Mean(days int) int { return days * 10 / f.Cases }

// RoadRows are the figures of whole roads as the lines of a table, titles first.
func (f *Figures) RoadRows() [][]string {
	rows := [][]string{{"service", "month", "region", "district", "roads", "median_days", "p90_days", "mean_days", "mean_working_days",
		"mean_for_applicant", "mean_for_body", "mean_for_others", "mean_for_state", "running", "median_with_running"}}
	for i := range f.Roads {
		r := &f.Roads[i]
		row := []string{r.Service, r.Month, r.Region, r.District, strconv.Itoa(r.Cases), r.Median.String(), r.P90.String()}
		for _, days := range []int{r.Waits.Sum(), r.Working, r.Waits.Applicant, r.Waits.Body, r.Waits.Others, r.Waits.State} {
			mean := r.Mean(days)
			row = append(row, strconv.Itoa(mean/10)+"."+strconv.Itoa(mean%10))
		}
		running, still := "", ""
		if r.Whole() {
			running, still = strconv.Itoa(r.Running), r.Still.String()
		}
		rows = append(rows, append(row, running, still))
	}
	return rows
}
