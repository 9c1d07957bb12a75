package deadline

import (
	"fmt"
	"time"

	"aiqyn"
)

// Unit is what a term is counted in.
type Unit string

// Units of terms.
const (
	WorkingDays  Unit = "working"
	CalendarDays Unit = "calendar"
)

// Term is how long somebody has.
type Term struct {
	Days int  `json:"days" yaml:"days"`
	Unit Unit `json:"unit" yaml:"unit"`
	// Cap is how many days in all, in the same unit, the term may be suspended.
	Cap int `json:"cap,omitempty" yaml:"cap"`
}

// longest term that is taken for one; beyond it stands a slip of the pen.
const longest = 36_525

// Check says what is wrong with a term, if anything.
func (t Term) Check() error {
	switch {
	case t.Unit != WorkingDays && t.Unit != CalendarDays:
		return fmt.Errorf("a term is in %q or %q days, not %q", WorkingDays, CalendarDays, t.Unit)
	case t.Days < 1 || t.Days > longest:
		return fmt.Errorf("a term has 1 to %d days, not %d", longest, t.Days)
	case t.Cap < 0 || t.Cap > longest:
		return fmt.Errorf("a term is suspended for 0 to %d days in all, not %d", longest, t.Cap)
	}
	return nil
}

// Suspension is a time during which the clock stands still.
type Suspension struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"` // zero: still running
	Reason string    `json:"reason"`      // its name in the pack
}

// Due is a deadline with everything that made it.
type Due struct {
	At    time.Time `json:"at"`    // the last instant, to the microsecond
	Last  Date      `json:"last"`  // the day that holds it
	From  Date      `json:"from"`  // the day that counts as the day of filing
	Start Date      `json:"start"` // day 1
	Unit  Unit      `json:"unit"`
	Why   []Reason  `json:"why"`
}

// Reason is one sentence of why a date is that date: a key of the catalogue and
// what goes into its holes. Dates are ISO texts ("2026-05-09"), numbers are int,
// the name of a holiday is an [aiqyn.Text] in all languages. The reason of a
// suspension is its name in the pack, for whoever shows it to put into words.
// Args are shared between deadlines and must not be changed.
type Reason struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Why is the reasons, in the order in which they are read out.
type Why = []Reason

// Due counts a term from start, the recorded instant of what began it.
//
// Each whole day of the term's unit that lies in a suspension moves the end by
// one, whichever suspension holds it; days beyond Term.Cap move nothing. A
// suspension that still runs counts as if it went on until the cap is used up,
// so the date is the latest that can come of it and no timer set to it fires
// during the suspension. [Calendar.DueAt] gives the date as of a given instant.
func (c *Calendar) Due(start time.Time, t Term, s []Suspension) (Due, error) {
	return c.due(start, t, s, time.Time{})
}

// DueAt is Due with the suspensions that still run counted up to now, and the
// day of now counted as suspended: where the deadline would fall if they ended
// tonight.
func (c *Calendar) DueAt(start time.Time, t Term, s []Suspension, now time.Time) (Due, error) {
	return c.due(start, t, s, now)
}

func (c *Calendar) due(start time.Time, t Term, s []Suspension, now time.Time) (Due, error) {
	if err := t.Check(); err != nil {
		return Due{}, aiqyn.E(aiqyn.Internal, "error.term").Because(err)
	}
	run := count{calendar: c, term: t, now: now}
	if err := run.begin(start); err != nil {
		return Due{}, err
	}
	if err := run.suspend(s); err != nil {
		return Due{}, err
	}
	if err := run.end(); err != nil {
		return Due{}, err
	}
	last := fromSerial(run.last)
	return Due{
		At: last.End(c.Zone), Last: last, From: fromSerial(run.from), Start: fromSerial(run.first),
		Unit: t.Unit, Why: run.why(s),
	}, nil
}

// count is one term being counted. Days are serials.
type count struct {
	calendar *Calendar
	term     Term
	now      time.Time // up to which running suspensions count; zero: to the cap

	filed   int // the day on the wall at the start
	from    int // the day that counts as the day of filing
	first   int // day 1
	last    int // the last day
	rolled  int // the last day before it was moved off a day off, or 0
	shifted int // suspended days that moved the end
	capped  bool
	unknown bool // the last day is beyond the published years
	late    bool // filed after closing
}

// begin finds the day that counts as the day of filing, and day 1.
func (r *count) begin(start time.Time) error {
	c := r.calendar
	local := start.In(c.Zone)
	r.filed = DateOf(local).serial()
	if err := c.published(r.filed); err != nil {
		return err
	}
	r.from = r.filed
	working := c.isWorking(r.filed)
	r.late = working && sinceMidnight(local) > c.close
	if r.late && c.Counting.AfterHours == NextWorkingDay || !working && c.Counting.OnDayOff == NextWorkingDay {
		next, ok := c.nth(r.filed+1, 1)
		if !ok {
			return c.yearError(c.To + 1)
		}
		r.from = next
	}
	first, err := r.nth(r.from+1, 1)
	if err != nil {
		return err
	}
	r.first = first
	r.last, err = r.nth(first, r.term.Days)
	return err
}

func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second +
		time.Duration(t.Nanosecond())
}

// nth is the n-th day of the term's unit (from 1) at or after serial.
func (r *count) nth(serial, n int) (int, error) {
	if r.term.Unit == CalendarDays {
		return serial + n - 1, nil
	}
	day, ok := r.calendar.nth(serial, n)
	if !ok {
		return 0, r.calendar.yearError(r.calendar.To + 1)
	}
	return day, nil
}

// days counts the days of the term's unit from a to b, both included.
func (r *count) days(a, b int) int {
	if b < a {
		return 0
	}
	if r.term.Unit == CalendarDays {
		return b - a + 1
	}
	return r.calendar.rank(b+1) - r.calendar.rank(a)
}

// end moves the last day of a term in calendar days off a day off, where the
// calendar's law says so.
func (r *count) end() error {
	c := r.calendar
	if r.term.Unit != CalendarDays || c.Counting.EndsOnDayOff != NextWorkingDay {
		return nil
	}
	next, ok := 0, false
	if c.published(r.last) == nil {
		next, ok = c.nth(r.last, 1)
	}
	if !ok {
		// The count itself needs no holidays, so the date stands, and says
		// that it may still move.
		r.unknown = true
		return nil
	}
	if next != r.last {
		r.rolled, r.last = r.last, next
	}
	return nil
}
