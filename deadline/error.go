package deadline

import (
	"fmt"
	"strings"

	"aiqyn"
)

// YearError says that a term leads to a year whose holidays are not published.
// It is the cause inside the [aiqyn.Error] that a person sees.
type YearError struct {
	Calendar string
	Year     int
	From, To int // the published years
}

func (e *YearError) Error() string {
	return fmt.Sprintf("calendar %s: %d is not published (%d to %d are)", e.Calendar, e.Year, e.From, e.To)
}

func (c *Calendar) yearError(year int) error {
	return aiqyn.E(aiqyn.Unavailable, "error.calendar-year", "year", year).
		Because(&YearError{Calendar: c.Name, Year: year, From: c.From, To: c.To})
}

// ParseError is one thing wrong in a calendar file.
type ParseError struct {
	File    string
	Line    int
	Message string
}

func (e *ParseError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

// ParseErrors is everything wrong in a calendar file.
type ParseErrors []*ParseError

func (e ParseErrors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each of them.
func (e ParseErrors) Unwrap() []error {
	list := make([]error, len(e))
	for i, one := range e {
		list[i] = one
	}
	return list
}
