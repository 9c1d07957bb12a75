package deadline

import (
	"fmt"
	"slices"
	"time"

	"aiqyn"
)

// span is whole days from a to b, both included.
type span struct{ a, b int }

// never is the end of a suspension that still runs: later than any term.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// suspend moves the end by the suspended days, up to the cap.
func (r *count) suspend(s []Suspension) error {
	if len(s) == 0 {
		return nil
	}
	spans, err := wholeDays(s, r.now, r.calendar.Zone)
	if err != nil {
		return err
	}
	for _, p := range spans {
		p.a = max(p.a, r.first)
		if p.a > r.last {
			break
		}
		n := r.days(p.a, p.b)
		if left := r.term.Cap - r.shifted; n > left {
			n, r.capped = left, true
		}
		if n == 0 {
			continue
		}
		if r.last, err = r.nth(r.last+1, n); err != nil {
			return err
		}
		r.shifted += n
	}
	return nil
}

// wholeDays joins suspensions that overlap or touch and keeps the days that lie
// wholly inside, in order.
func wholeDays(s []Suspension, now time.Time, zone *time.Location) ([]span, error) {
	s = slices.Clone(s)
	slices.SortFunc(s, func(a, b Suspension) int { return a.From.Compare(b.From) })
	spans := make([]span, 0, len(s))
	var from, to time.Time
	flush := func() {
		if p := inside(from, to, zone); !to.IsZero() && p.a <= p.b {
			spans = append(spans, p)
		}
	}
	for _, one := range s {
		end, err := one.end(now, zone)
		if err != nil {
			return nil, err
		}
		if !to.IsZero() && !one.From.After(to.Add(time.Microsecond)) {
			if end.After(to) {
				to = end
			}
			continue
		}
		flush()
		from, to = one.From, end
	}
	flush()
	return spans, nil
}

// end is the instant at which a suspension ends, for the purpose of counting.
func (s Suspension) end(now time.Time, zone *time.Location) (time.Time, error) {
	switch {
	case !s.To.IsZero() && s.To.Before(s.From):
		return time.Time{}, aiqyn.E(aiqyn.Internal, "error.suspension").
			Because(fmt.Errorf("the suspension ends at %v, before it begins at %v", s.To, s.From))
	case !s.To.IsZero():
		return s.To, nil
	case now.IsZero():
		return never, nil
	case now.Before(s.From):
		return s.From, nil
	}
	return DateOf(now.In(zone)).End(zone), nil
}

// inside is the days that lie wholly between two instants. The record is
// precise to a microsecond, so the last microsecond of a day ends it.
func inside(from, to time.Time, zone *time.Location) span {
	from, to = from.In(zone), to.Add(time.Microsecond).In(zone)
	a, b := DateOf(from), DateOf(to)
	if a.Start(zone).Before(from) {
		a = a.AddDays(1)
	}
	return span{a.serial(), b.serial() - 1}
}
