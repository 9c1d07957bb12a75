// Package deadline counts terms in working and calendar days and says why a
// deadline falls on the day it does. Working days come from a calendar that is
// dated data: it has a version, it ends where no holidays have been published,
// and beyond that end it refuses to guess.
//
// How a term is counted is data of the calendar too, with the law it rests on.
// For Kazakhstan: what is filed after office hours or on a day off counts as
// filed on the next working day; the day after the day of filing is day 1
// (the next working day for terms in working days); the term ends with the
// last microsecond of its last day in the calendar's zone.
package deadline

import (
	"math/bits"
	"slices"
	"time"
	_ "time/tzdata" // a state's server may have no zone files, or old ones

	"aiqyn"
)

// Calendar is one version of a country's working days. It never changes after
// it was parsed and is safe for concurrent use.
type Calendar struct {
	Name     string
	Title    aiqyn.Text
	Zone     *time.Location
	From, To int // first and last published year
	Counting Counting
	Days     []Day // every day that is not as its weekday, by date

	weekend     [7]bool
	open, close time.Duration // office hours, since midnight
	version     string

	first   int      // serial of 1 January of From
	last    int      // serial of 31 December of To
	working []uint64 // bit i%64 of word i/64: is day first+i a working day
	before  []int    // working days before each word
	iso     []any    // each day in text, boxed once
	why     []Reason // parallel to Days: what it has to say for itself
}

// DayKind says in what way a day is not as its weekday.
type DayKind string

// Kinds of days.
const (
	Public         DayKind = "public"              // a holiday; on a weekend, the day off moves
	OffNoTransfer  DayKind = "off-no-transfer"     // a day off that does not move
	MovedDayOff    DayKind = "transferred-day-off" // a weekday off in place of another
	WorkingWeekend DayKind = "working-weekend"     // a Saturday or Sunday on which offices work
)

// key names the sentence that tells of such a day.
func (k DayKind) key() string {
	switch k {
	case MovedDayOff:
		return "deadline.moved-day-off"
	case WorkingWeekend:
		return "deadline.working-weekend"
	}
	return "deadline.holiday"
}

// DayStatus says how sure a day is.
type DayStatus string

// How sure a day is.
const (
	Confirmed DayStatus = "confirmed" // published
	Derived   DayStatus = "derived"   // follows from the general rule; not published yet
)

// Day is one dated line of the calendar.
type Day struct {
	Date      Date
	Kind      DayKind
	Name      aiqyn.Text
	Status    DayStatus
	Source    string
	Announced Date // from when the public could know; none for a day that is only derived
	Note      string
}

// Roll says what a day on which no office works does to a term.
type Roll string

// What a term does with a day or hour without an office open.
const (
	NextWorkingDay Roll = "next-working-day"
	SameDay        Roll = "same-day"
)

// Counting is how terms are counted, with the law that says so.
type Counting struct {
	AfterHours   Roll // filed after closing
	OnDayOff     Roll // filed on a day off
	EndsOnDayOff Roll // the last day of a term in calendar days is a day off
	Law          aiqyn.Law
}

// Version is a short hash of the content; formatting and comments of the file
// do not enter.
func (c *Calendar) Version() string { return c.version }

// IsWorking says whether offices work on d, with the reason where the calendar
// says otherwise than the week.
func (c *Calendar) IsWorking(d Date) (bool, Why, error) {
	n := d.serial()
	if err := c.published(n); err != nil {
		return false, nil, err
	}
	if i, found := c.day(d); found {
		return c.isWorking(n), c.why[i : i+1 : i+1], nil
	}
	if c.weekend[d.Weekday()] {
		return false, Why{{Key: "deadline.weekend", Args: map[string]any{"date": c.text(n)}}}, nil
	}
	return true, nil, nil
}

func (c *Calendar) day(d Date) (int, bool) {
	return slices.BinarySearchFunc(c.Days, d, func(day Day, d Date) int { return day.Date.Compare(d) })
}

// published is an error for days outside the published years.
func (c *Calendar) published(serial int) error {
	if serial < c.first || serial > c.last {
		return c.yearError(fromSerial(serial).Year)
	}
	return nil
}

func (c *Calendar) isWorking(serial int) bool {
	i := serial - c.first
	return c.working[i>>6]>>(i&63)&1 == 1
}

// rank counts the working days from the first published day to the one before
// serial. Outside the published years nothing is counted.
func (c *Calendar) rank(serial int) int {
	i := serial - c.first
	if i <= 0 {
		return 0
	}
	if serial > c.last {
		i = c.last - c.first + 1
	}
	w := i >> 6
	n := c.before[w]
	if w < len(c.working) {
		n += bits.OnesCount64(c.working[w] & (1<<(i&63) - 1))
	}
	return n
}

// nth is the serial of the n-th working day (from 1) at or after serial, false
// when the published years end before it.
func (c *Calendar) nth(serial, n int) (int, bool) {
	target := c.rank(serial) + n // the working day with target-1 before it
	if target > c.before[len(c.working)] {
		return 0, false
	}
	w, _ := slices.BinarySearch(c.before, target)
	w-- // the last word with fewer than target before it
	word := c.working[w]
	for range target - c.before[w] - 1 {
		word &= word - 1
	}
	return c.first + w<<6 + bits.TrailingZeros64(word), true
}

func (c *Calendar) text(serial int) any {
	if serial < c.first || serial > c.last {
		return fromSerial(serial).String()
	}
	return c.iso[serial-c.first]
}

// index fills the tables that make counting fast.
func (c *Calendar) index() {
	c.first = Date{c.From, time.January, 1}.serial()
	c.last = Date{c.To, time.December, 31}.serial()
	n := c.last - c.first + 1
	c.working = make([]uint64, (n+63)/64)
	c.iso = make([]any, n)
	for i := range n {
		d := fromSerial(c.first + i)
		c.iso[i] = d.String()
		if !c.weekend[d.Weekday()] {
			c.working[i>>6] |= 1 << (i & 63)
		}
	}
	c.why = make([]Reason, len(c.Days))
	for k, day := range c.Days {
		i := day.Date.serial() - c.first
		if day.Kind == WorkingWeekend {
			c.working[i>>6] |= 1 << (i & 63)
		} else {
			c.working[i>>6] &^= 1 << (i & 63)
		}
		c.why[k] = Reason{Key: day.Kind.key(), Args: map[string]any{"date": c.iso[i], "name": day.Name}}
	}
	c.before = make([]int, len(c.working)+1)
	for w, word := range c.working {
		c.before[w+1] = c.before[w] + bits.OnesCount64(word)
	}
}
