package release

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"aiqyn/deadline"
)

// Figures are what releases say together, computed from nothing else.
type Figures struct {
	From, To deadline.Date
	Size     int64 // of the log at the end of the last day
	Opened   int64 // leaves
	Closed   int64
	Services []ServiceFigures // by name
	Places   []PlaceFigures   // of what was granted, by service, body and region
	Roads    []RoadFigures    // of whole roads, by service, month and district
}

// ServiceFigures are those of one service.
type ServiceFigures struct {
	Service string
	Cases   int // told: in groups or in counts
	Proven  int // of them in groups, each opened leaf proven
	// Outcomes are how cases ended, the most frequent first; refusals stand
	// apart by reason.
	Outcomes    []OutcomeFigure
	Median, P90 Days
}

// OutcomeFigure is how many cases ended so.
type OutcomeFigure struct {
	Outcome, Reason string
	Cases, Proven   int
}

// Days is a whole number of calendar days that so many cases did not exceed.
// With More it is only known that it was longer; N −1 and More: nothing is known.
type Days struct {
	N    int
	More bool
}

// Summary adds releases up, oldest first. The zero Summary is before the first.
type Summary struct {
	State    State
	closed   int64
	services map[string]*tally
	grants   spread
	roads    roads
}

// Add takes a release that was checked into the summary.
func (s *Summary) Add(r *Release) error {
	if err := s.State.Add(r); err != nil {
		return err
	}
	if s.services == nil {
		s.services, s.grants = make(map[string]*tally), make(spread)
	}
	s.closed = r.Closed
	s.count(r)
	return nil
}

func (s *Summary) count(r *Release) {
	for i := range r.Groups {
		addGroup(s.services, &r.Groups[i])
		s.grants.group(&r.Groups[i])
	}
	for i := range r.Counts {
		addCount(s.services, &r.Counts[i])
		s.grants.counted(&r.Counts[i])
	}
	s.roads.count(r)
}

// Figures are what the releases say together.
func (s *Summary) Figures() Figures {
	f := Figures{From: s.State.First, To: s.State.To, Size: s.State.Size, Opened: s.State.Opened(), Closed: s.closed}
	for _, name := range slices.Sorted(maps.Keys(s.services)) {
		f.Services = append(f.Services, s.services[name].figures(name))
	}
	f.Places = s.grants.figures()
	f.Roads = s.roads.figures()
	return f
}

// Services are what one release says, by itself.
func (r *Release) Services() []ServiceFigures {
	s := Summary{services: make(map[string]*tally), grants: make(spread)}
	s.count(r)
	return s.Figures().Services
}

// Summarise adds releases up, oldest first.
func Summarise(list []*Release) (Figures, error) {
	var s Summary
	for _, r := range list {
		if err := s.Add(r); err != nil {
			return Figures{}, err
		}
	}
	return s.Figures(), nil
}

// tally adds up one service.
type tally struct {
	outcomes map[[2]string]*OutcomeFigure
	spans    map[[2]int]int // cases by their least and most days
}

func tallyOf(all map[string]*tally, service string) *tally {
	if all[service] == nil {
		all[service] = &tally{outcomes: make(map[[2]string]*OutcomeFigure), spans: make(map[[2]int]int)}
	}
	return all[service]
}

func (t *tally) add(outcome, reason string, cases, proven int) {
	key := [2]string{outcome, reason}
	if t.outcomes[key] == nil {
		t.outcomes[key] = &OutcomeFigure{Outcome: outcome, Reason: reason}
	}
	t.outcomes[key].Cases += cases
	t.outcomes[key].Proven += proven
}

func addGroup(all map[string]*tally, g *Group) {
	t := tallyOf(all, g.Decided["service"])
	n := len(g.Cases)
	t.add(g.Decided["kind"], g.Decided["reason"], n, n)
	decided, _ := deadline.ParseDate(g.Decided["day"]) // checked
	filed, _ := deadline.ParseDate(g.Filed["day"])
	days := decided.DaysSince(filed)
	t.spans[[2]int{days, days}] += n
}

func addCount(all map[string]*tally, c *Count) {
	t := tallyOf(all, c.Service)
	t.add(c.Outcome, c.Reason, c.Cases, 0)
	for _, s := range c.Days {
		t.spans[[2]int{s.From, s.To}] += s.Cases
	}
}

func (t *tally) figures(service string) ServiceFigures {
	f := ServiceFigures{Service: service}
	for _, o := range t.outcomes {
		f.Outcomes = append(f.Outcomes, *o)
		f.Cases, f.Proven = f.Cases+o.Cases, f.Proven+o.Proven
	}
	slices.SortFunc(f.Outcomes, func(a, b OutcomeFigure) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Reason, b.Reason))
	})
	spans := make([]Span, 0, len(t.spans))
	for ends, n := range t.spans {
		spans = append(spans, Span{Cases: n, From: ends[0], To: ends[1]})
	}
	f.Median, f.P90 = quantile(spans, f.Cases, 50), quantile(spans, f.Cases, 90)
	return f
}

// quantile is the smallest number of days that at least so many per cent of
// the cases certainly did not exceed. Of a span only its end is certain.
func quantile(spans []Span, cases, percent int) Days {
	sorted := slices.Clone(spans)
	slices.SortFunc(sorted, func(a, b Span) int { return cmp.Compare(uint(a.To), uint(b.To)) }) // without end is last
	need, have := (cases*percent+99)/100, 0
	for _, s := range sorted {
		if s.To < 0 {
			break
		}
		if have += s.Cases; have >= need {
			return Days{N: s.To}
		}
	}
	// It is longer than any day up to which fewer than so many can have ended.
	slices.SortFunc(sorted, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	have = 0
	for _, s := range sorted {
		if have += s.Cases; have >= need {
			return Days{N: s.From - 1, More: true}
		}
	}
	return Days{N: -1, More: true}
}

// Rows are the figures as the lines of a table, titles first.
func (f *Figures) Rows() [][]string {
	rows := [][]string{{"service", "outcome", "reason", "cases", "proven", "median_days", "p90_days"}}
	for _, s := range f.Services {
		for _, o := range s.Outcomes {
			rows = append(rows, []string{s.Service, o.Outcome, o.Reason, strconv.Itoa(o.Cases), strconv.Itoa(o.Proven), s.Median.String(), s.P90.String()})
		}
	}
	return rows
}

// String is the number of days; ">7" is longer than seven, "" not known.
func (d Days) String() string {
	switch {
	case !d.More:
		return strconv.Itoa(d.N)
	case d.N < 0:
		return ""
	}
	return ">" + strconv.Itoa(d.N)
}
