package deadline

import "time"

// why tells, in the order in which it is read out: from which day the term is
// counted, which days were off or worked against the week, what stood still,
// and the count.
func (r *count) why(s []Suspension) []Reason {
	c := r.calendar
	lo, hi := 0, 0
	if r.term.Unit == WorkingDays {
		lo, hi = c.between(r.filed, r.last)
	}
	reasons := make([]Reason, 0, 4+hi-lo+len(s))
	reasons = append(reasons, r.counted())
	for i := lo; i < hi; i++ {
		if c.matters(c.Days[i]) {
			reasons = append(reasons, c.why[i])
		}
	}
	if len(s) > 0 {
		reasons = r.suspended(reasons, s)
	}
	if r.rolled != 0 {
		reasons = append(reasons, Reason{Key: "deadline.ends-on-day-off",
			Args: map[string]any{"day": c.text(r.rolled), "date": c.text(r.last)}})
	}
	key := "deadline.count"
	if r.term.Unit == CalendarDays {
		key = "deadline.count-calendar"
	}
	reasons = append(reasons, Reason{Key: key,
		Args: map[string]any{"n": r.term.Days, "first": c.text(r.first), "date": c.text(r.last)}})
	if r.unknown {
		reasons = append(reasons, Reason{Key: "deadline.year-not-published",
			Args: map[string]any{"year": fromSerial(r.last).Year}})
	}
	return reasons
}

// counted says which day counts as the day of filing.
func (r *count) counted() Reason {
	c := r.calendar
	if r.from == r.filed {
		return Reason{Key: "deadline.filed", Args: map[string]any{"date": c.text(r.from)}}
	}
	key := "deadline.filed-on-day-off"
	if r.late {
		key = "deadline.filed-after-hours"
	}
	return Reason{Key: key, Args: map[string]any{"filed": c.text(r.filed), "date": c.text(r.from)}}
}

// suspended lists the suspensions that touch the term, and what they did to it.
func (r *count) suspended(reasons []Reason, s []Suspension) []Reason {
	c := r.calendar
	day := func(t Suspension) (from, to int) {
		from = DateOf(t.From.In(c.Zone)).serial()
		if t.To.IsZero() {
			return from, r.last
		}
		return from, DateOf(t.To.Add(-time.Microsecond).In(c.Zone)).serial() // midnight ends the day before
	}
	running := false
	for _, one := range s {
		from, to := day(one)
		if from > r.last || to < r.first {
			continue
		}
		if one.To.IsZero() {
			running = true
			reasons = append(reasons, Reason{Key: "deadline.suspended-still",
				Args: map[string]any{"from": c.text(from), "reason": one.Reason}})
			continue
		}
		reasons = append(reasons, Reason{Key: "deadline.suspended",
			Args: map[string]any{"from": c.text(from), "to": c.text(to), "reason": one.Reason}})
	}
	if r.shifted > 0 {
		reasons = append(reasons, Reason{Key: "deadline.shifted", Args: map[string]any{"n": r.shifted}})
	}
	if r.capped {
		reasons = append(reasons, Reason{Key: "deadline.suspension-cap", Args: map[string]any{"n": r.term.Cap}})
	}
	switch {
	case running && r.now.IsZero():
		reasons = append(reasons, Reason{Key: "deadline.latest"})
	case running:
		reasons = append(reasons, Reason{Key: "deadline.as-of",
			Args: map[string]any{"date": c.text(DateOf(r.now.In(c.Zone)).serial())}})
	}
	return reasons
}

// between is the range of c.Days from one serial to another, both included.
func (c *Calendar) between(from, to int) (lo, hi int) {
	lo, _ = c.day(fromSerial(from))
	hi = lo
	for hi < len(c.Days) && c.Days[hi].Date.serial() <= to {
		hi++
	}
	return lo, hi
}

// matters reports whether a day is other than its weekday would have it: a
// holiday on a Sunday changes nothing.
func (c *Calendar) matters(d Day) bool {
	return c.weekend[d.Date.Weekday()] == (d.Kind == WorkingWeekend)
}
