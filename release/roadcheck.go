package release

import (
	"fmt"
	"slices"
	"time"
)

// checkRoads refuses parts that are not all of what they are parts of, that are of
// fewer than [Minimum], or whose spans single somebody out when they are held against
// others of the same cases.
func checkRoads(parts []RoadPart, cases int, legs []Span) error {
	if len(parts) == 0 {
		return nil
	}
	by := make(map[string][]RoadPart)
	for i := range parts {
		if i > 0 && parts[i-1].key() >= parts[i].key() {
			return malformed("roads")
		}
		if err := parts[i].check(); err != nil {
			return err
		}
		by[parts[i].By] = append(by[parts[i].By], parts[i])
	}
	whole := by[""]
	if len(whole) == 0 || len(whole) > 1 && len(by) > 1 {
		return malformed("roads")
	}
	for name, list := range by {
		sum := 0
		for _, p := range list {
			sum += p.Cases
		}
		if sum != cases {
			return malformed("roads")
		}
		if err := apart(list, legs); err != nil {
			return err
		}
		if name != "" {
			if err := apart(list, whole[0].Days); err != nil {
				return err
			}
		}
	}
	return nil
}

// apart refuses parts that, held against spans of the same cases, single somebody out:
// whoever is within one of their spans is within those up to its end.
func apart(parts []RoadPart, spans []Span) error {
	for _, end := range spans {
		if end.To < 0 {
			continue
		}
		between := within(spans, end.To)
		for _, p := range parts {
			between -= within(p.Days, end.To)
		}
		switch {
		case between < 0:
			return malformed("roads")
		case between > 0 && between < Minimum:
			return reveals(fmt.Sprintf("roads beside days up to %d", end.To), between)
		}
	}
	return nil
}

func (p *RoadPart) check() error {
	where := fmt.Sprintf("roads %s %s %s", p.Service, p.Month, p.District)
	if p.Cases < Minimum {
		return reveals(where, p.Cases)
	}
	if _, err := time.Parse("2006-01", p.Month); p.Month != "" && err != nil {
		return malformed("roads")
	}
	w := p.Waits
	if p.By != "" && p.By != ByMonth && p.By != ByDistrict || p.By != ByMonth && p.Month != "" || p.By != ByDistrict && p.Region+p.District != "" {
		return malformed("roads")
	}
	if min(w.Applicant, w.Body, w.Others, w.State, p.Working) < 0 || p.Working > w.Sum() || p.Service == "" && p.Month+p.Region+p.District != "" {
		return malformed("roads")
	}
	return checkSpans(p.Days, p.Cases, where, roadEdges)
}

// checkSpans holds spans to be all days from the first on, each of at least [Minimum]
// cases and all of them together so many, with ends that were laid down; nil: any.
func checkSpans(spans []Span, cases int, where string, ends []int) error {
	sum, next := 0, 0
	for i, s := range spans {
		last := i == len(spans)-1
		if s.From != next || s.To < s.From && !(last && s.To == -1) || s.To >= 0 && ends != nil && !slices.Contains(ends, s.To) {
			return malformed("days")
		}
		if s.Cases < Minimum {
			return reveals(where, s.Cases)
		}
		sum, next = sum+s.Cases, s.To+1
	}
	if sum != cases {
		return malformed("days")
	}
	return nil
}

// checkRunning holds what is under way to tens.
func checkRunning(list []Running) error {
	for i, r := range list {
		if r.Service == "" || i > 0 && list[i-1].Service >= r.Service {
			return malformed("running")
		}
		for _, s := range r.Days {
			if s.Cases%Minimum != 0 {
				return reveals("running "+r.Service, s.Cases)
			}
		}
		if err := checkSpans(r.Days, r.Cases, "running "+r.Service, roadEdges); err != nil {
			return err
		}
	}
	return nil
}
