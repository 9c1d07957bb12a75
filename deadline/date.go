package deadline

import (
	"fmt"
	"strconv"
	"time"
)

// Date is a civil date: a day as a calendar on the wall has it, without a time
// and without a zone. The zero value is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "2026-05-09" and nothing else.
func ParseDate(s string) (Date, error) {
	bad := func() (Date, error) { return Date{}, fmt.Errorf("%q is not a date such as 2026-05-09", s) }
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return bad()
	}
	y, okY := digits(s[:4])
	m, okM := digits(s[5:7])
	d, okD := digits(s[8:])
	date := Date{y, time.Month(m), d}
	if !okY || !okM || !okD || !date.valid() {
		return bad()
	}
	return date, nil
}

func digits(s string) (int, bool) {
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// DateOf is the date on the wall at t, in the zone that t carries.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func (d Date) valid() bool {
	return d.Year >= 1 && d.Year <= 9999 && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && fromSerial(d.serial()) == d
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String is the date as ISO 8601 writes it, "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := make([]byte, 0, len("2006-01-02"))
	return string(d.append(b))
}

func (d Date) append(b []byte) []byte {
	for limit := 1000; limit > 1 && d.Year < limit; limit /= 10 {
		b = append(b, '0')
	}
	b = strconv.AppendInt(b, int64(d.Year), 10)
	return append(b, '-', byte('0'+int(d.Month)/10), byte('0'+int(d.Month)%10), '-', byte('0'+d.Day/10), byte('0'+d.Day%10))
}

// MarshalText writes the date as ISO 8601 does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// Before reports whether d comes before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After reports whether d comes after other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// Compare is negative, zero or positive as d comes before, is, or comes after other.
func (d Date) Compare(other Date) int { return d.packed() - other.packed() }

func (d Date) packed() int { return d.Year<<9 | int(d.Month)<<5 | d.Day }

// AddDays is the date n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date { return fromSerial(d.serial() + n) }

// DaysSince counts the days from other to d; negative when d comes first.
func (d Date) DaysSince(other Date) int { return d.serial() - other.serial() }

// Weekday tells which day of the week it is.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((d.serial()+4)%7 + 7) % 7) // day 0 was a Thursday
}

// Start is the first instant of the day in loc.
func (d Date) Start(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// End is the last instant of the day in loc, at the precision of the record:
// a microsecond.
func (d Date) End(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 23, 59, 59, 999_999_000, loc)
}

// Days are numbered from 1 January 1970. Years are taken to begin in March, so
// that the leap day is the last of its year, and grouped by the 400 after
// which the calendar repeats.
const (
	daysIn400Years = 146_097
	marchShift     = 719_468 // days from 1 March of year 0 to 1 January 1970
)

func (d Date) serial() int {
	y := d.Year
	if d.Month <= time.February {
		y--
	}
	era := floor(y, 400)
	yearOfEra := y - era*400
	dayOfYear := (153*((int(d.Month)+9)%12)+2)/5 + d.Day - 1
	return era*daysIn400Years + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - marchShift
}

func fromSerial(n int) Date {
	n += marchShift
	era := floor(n, daysIn400Years)
	day := n - era*daysIn400Years
	yearOfEra := (day - day/1460 + day/36_524 - day/146_096) / 365
	dayOfYear := day - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	march := (5*dayOfYear + 2) / 153
	month := time.Month((march+2)%12 + 1)
	year := yearOfEra + era*400
	if month <= time.February {
		year++
	}
	return Date{year, month, dayOfYear - (153*march+2)/5 + 1}
}

func floor(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
