package release

import (
	"cmp"
	"slices"
	"strings"

	"aiqyn/ledger"
)

// Road is the whole way at whose end a case stands, from the first application to
// what it was for, as the keeper of the log knows it.
type Road struct {
	Service string // of the first application
	Days    int    // calendar days, midnight by midnight
	Working int    // of them working days
	Waits   Waits  // of them all, whom each waited for
}

// Waits are calendar days by whom they were waited for. They add up to the whole.
type Waits struct {
	Applicant int `json:"applicant"`
	Body      int `json:"body"`   // that gives the service: its officers, its works
	Others    int `json:"others"` // who was asked, or brought along
	State     int `json:"state"`  // registers, draws, appeals, holds
}

// Sum is all of them together.
func (w Waits) Sum() int { return w.Applicant + w.Body + w.Others + w.State }

func (w *Waits) add(o Waits) {
	w.Applicant, w.Body, w.Others, w.State = w.Applicant+o.Applicant, w.Body+o.Body, w.Others+o.Others, w.State+o.State
}

// RoadPart is what a release says of the roads that ended with some cases of a group
// or of a count: at least ten people's. They are told up to three times over, all
// together, by month and by district; each time the parts are all of them, and no case
// is in two. Where too few agree in a month or a district, that is not told.
type RoadPart struct {
	By       string `json:"by,omitempty"` // what tells parts apart: "", ByMonth or ByDistrict
	Cases    int    `json:"cases"`
	Days     []Span `json:"days"` // how long the roads were, in calendar days
	District string `json:"district,omitempty"`
	Month    string `json:"month,omitempty"` // of the end
	Region   string `json:"region,omitempty"`
	Service  string `json:"service,omitempty"` // of the first application
	Waits    Waits  `json:"waits"`             // days of all roads together
	Working  int    `json:"working"`           // likewise
}

// What parts of roads are told by.
const (
	ByMonth    = "month"
	ByDistrict = "district"
)

// roadEdges are the ends of spans of roads, in calendar days; laid down beforehand,
// as [edges] are.
var roadEdges = []int{7, 14, 21, 30, 40, 50, 60, 75, 90, 105, 120, 150, 180, 210, 240, 270, 300, 365, 540, 730}

// roadKeys are what parts are told by, from the finest: who has no ten like them at
// one is tried at the next.
type roadKeys []func(*Case) RoadPart

func (c *Case) ofService() RoadPart { return RoadPart{Service: c.Road.Service} }

var (
	wholeKeys = roadKeys{(*Case).ofService, func(*Case) RoadPart { return RoadPart{} }}
	monthKeys = roadKeys{
		func(c *Case) RoadPart { return RoadPart{By: ByMonth, Month: c.month(), Service: c.Road.Service} },
		func(c *Case) RoadPart { return RoadPart{By: ByMonth, Service: c.Road.Service} },
	}
	districtKeys = roadKeys{
		func(c *Case) RoadPart {
			return RoadPart{By: ByDistrict, District: c.DecidedAs[ledger.FieldDistrict], Region: c.DecidedAs[ledger.FieldRegion], Service: c.Road.Service}
		},
		func(c *Case) RoadPart {
			return RoadPart{By: ByDistrict, Region: c.DecidedAs[ledger.FieldRegion], Service: c.Road.Service}
		},
		func(c *Case) RoadPart { return RoadPart{By: ByDistrict, Service: c.Road.Service} },
	}
)

func (c *Case) month() string { return c.Decided.String()[:len("2026-11")] }

func (p *RoadPart) key() string {
	return strings.Join([]string{p.By, p.Service, p.Month, p.Region, p.District}, "\n")
}

// roadSet is a part with the cases behind it.
type roadSet struct {
	part  RoadPart
	cases []*Case
}

// roadParts tells of the roads that end with the cases of a group, or of a count whose
// own days are told by legs. Nothing is told unless all of them end one.
func roadParts(cases []*Case, legs []Span) []RoadPart {
	if len(cases) == 0 || slices.ContainsFunc(cases, func(c *Case) bool { return c.Road == nil }) {
		return nil
	}
	sets := roadSets(cases, wholeKeys)
	disentangle(sets, cases, legs, (*Case).days)
	if len(sets) == 1 { // of several services, each is told by itself alone
		whole := sets[0].part.Days
		for _, keys := range []roadKeys{monthKeys, districtKeys} {
			finer := roadSets(cases, keys)
			if len(finer) == 1 && finer[0].part.Month+finer[0].part.Region == "" {
				continue // it says nothing more
			}
			disentangle(finer, cases, whole, (*Case).roadDays)
			disentangle(finer, cases, legs, (*Case).days)
			sets = append(sets, finer...)
		}
	}
	parts := make([]RoadPart, len(sets))
	for i, s := range sets {
		p := s.part
		p.Cases = len(s.cases)
		for _, c := range s.cases {
			p.Waits.add(c.Road.Waits)
			p.Working += c.Road.Working
		}
		parts[i] = p
	}
	slices.SortFunc(parts, func(a, b RoadPart) int { return cmp.Compare(a.key(), b.key()) })
	return parts
}

func (c *Case) roadDays() int { return c.Road.Days }

// roadSets splits cases into parts of at least [Minimum] people each, with the spans of
// their days. What is left in the end and is too few takes the smallest part along.
func roadSets(cases []*Case, keys roadKeys) []roadSet {
	rest := slices.Clone(cases)
	var sets []roadSet
	last := keys[len(keys)-1]
	for _, key := range keys {
		for _, g := range sortedGroups(rest, func(*Case) bool { return true }, func(c *Case) string { p := key(c); return p.key() }) {
			if people(g) >= Minimum {
				sets = append(sets, roadSet{key(g[0]), g})
				rest = without(rest, g)
			}
		}
	}
	for len(rest) > 0 && len(sets) > 0 { // the coarsest key may be taken: then that part comes along, too
		at := 0
		for i := range sets {
			if len(sets[i].cases) < len(sets[at].cases) {
				at = i
			}
		}
		rest = append(rest, sets[at].cases...)
		sets = slices.Delete(sets, at, at+1)
		part := last(rest[0])
		if same := slices.IndexFunc(sets, func(s roadSet) bool { return s.part.key() == part.key() }); same >= 0 {
			sets[same].cases, rest = append(sets[same].cases, rest...), nil
		} else {
			sets, rest = append(sets, roadSet{part, rest}), nil
		}
	}
	for i := range sets {
		sets[i].part.Days = spansBy(sets[i].cases, (*Case).roadDays, roadEdges)
	}
	return sets
}

// disentangle takes ends of spans away that, held against other spans of the same
// cases, would single out fewer than ten people: a road is never shorter than its last
// part, so who is among the roads of up to thirty days is among the cases of up to
// thirty, and the difference of the two is somebody.
func disentangle(sets []roadSet, cases []*Case, spans []Span, days func(*Case) int) {
	for _, span := range spans {
		if span.To < 0 {
			continue
		}
		within := make(map[*Case]bool)
		for _, s := range sets {
			x := endWithin(s.part.Days, span.To)
			for _, c := range s.cases {
				within[c] = c.Road.Days <= x
			}
		}
		var between []*Case
		for _, c := range cases {
			if days(c) <= span.To && !within[c] {
				between = append(between, c)
			}
		}
		if n := people(between); n == 0 || n >= Minimum {
			continue
		}
		for i := range sets {
			sets[i].part.Days = withoutEnd(sets[i].part.Days, endWithin(sets[i].part.Days, span.To))
		}
	}
}

// endWithin is the last end of a span that is not beyond a day; −1: none is.
func endWithin(spans []Span, day int) int {
	x := -1
	for _, s := range spans {
		if s.To >= 0 && s.To <= day {
			x = s.To
		}
	}
	return x
}

// withoutEnd makes one span of the two that an end parts; the last goes on without end.
func withoutEnd(spans []Span, end int) []Span {
	i := slices.IndexFunc(spans, func(s Span) bool { return s.To == end })
	switch {
	case end < 0 || i < 0:
	case i == len(spans)-1:
		spans[i].To = -1
	default:
		spans[i] = Span{Cases: spans[i].Cases + spans[i+1].Cases, From: spans[i].From, To: spans[i+1].To}
		spans = slices.Delete(spans, i+1, i+2)
	}
	return spans
}

// Underway is a road that has not ended.
type Underway struct {
	Service string // of the first application
	Person  string // as of [Case]
	Filer   string // likewise
	Days    int    // calendar days until now
}

// Running is how many roads had not ended at the end of the release's last day: at
// least so many, in tens of the people whose they are. It is told once a month.
type Running struct {
	Cases   int    `json:"cases"`
	Days    []Span `json:"days"` // how old they were
	Service string `json:"service"`
}

// running counts the roads under way, each span of its tens of people. Until
// [FormatCut] it was tens of roads of ten people: who has several of their own could
// bring a span to the edge of a ten, and see one more of somebody else's in it.
func running(list []Underway, byPeople bool) []Running {
	byService := make(map[string][]*Case)
	for _, u := range list {
		c := &Case{Person: u.Person, Filer: u.Filer, Road: &Road{Service: u.Service, Days: u.Days}}
		byService[u.Service] = append(byService[u.Service], c)
	}
	var out []Running
	for service, cases := range byService {
		if people(cases) < Minimum {
			continue
		}
		r := Running{Service: service, Days: spansBy(cases, (*Case).roadDays, roadEdges)}
		for i := range r.Days {
			s := &r.Days[i]
			if byPeople {
				s.Cases = people(slices.DeleteFunc(slices.Clone(cases), func(c *Case) bool {
					return c.Road.Days < s.From || s.To >= 0 && c.Road.Days > s.To
				}))
			}
			s.Cases -= s.Cases % Minimum
			r.Cases += s.Cases
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Running) int { return cmp.Compare(a.Service, b.Service) })
	return out
}
