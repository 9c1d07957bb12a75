package api

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/visit"
)

// How FHIR R4 searches (section 3.1.1): parameters whose values have a prefix or a
// system, several of a name that must all hold, and several with commas of which one must.

// fhirPage is how much a page has unless it is asked.
const fhirPage = 25

// fhirPaging reads a page; _count is the standard's name of limit. More than a page may
// have is no error there, it has fewer.
func fhirPaging(v *visit.Visit) (casework.Page, error) {
	if f := v.Query("_format"); f != "" && !strings.Contains(f, "json") {
		return casework.Page{}, aiqyn.E(aiqyn.Invalid, "error.answer-type").On("_format")
	}
	p, err := paging(v)
	if err != nil {
		return p, err
	}
	if s := v.Query("_count"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return p, aiqyn.E(aiqyn.Invalid, "error.answer-type").On("_count")
		}
		p.Limit = min(n, MaxPage)
	}
	p.Limit = cmp.Or(p.Limit, fhirPage)
	return p, nil
}

// token is the code of a value like system|code.
func token(s string) string { return s[strings.LastIndexByte(s, '|')+1:] }

// fhirService is the service that is asked for, by its standard name or by ours.
func fhirService(v *visit.Visit) aiqyn.ServiceID {
	if s := v.Query("service-type"); s != "" {
		return aiqyn.ServiceID(token(s))
	}
	return aiqyn.ServiceID(v.Query("service"))
}

// oneOf reports whether a parameter lets a code through.
func oneOf(v *visit.Visit, name, code string) bool {
	for _, value := range v.R.URL.Query()[name] {
		if !slices.ContainsFunc(strings.Split(value, ","), func(s string) bool { return token(s) == code }) {
			return false
		}
	}
	return true
}

// span is what several values of a time leave: from, included, until, excluded. Zero
// is open.
type span struct{ from, until time.Time }

func (s span) has(t time.Time) bool {
	return (s.from.IsZero() || !t.Before(s.from)) && (s.until.IsZero() || t.Before(s.until))
}

// readSpan reads values such as 2026-12-01, ge2026-12-01T09:00:00+05:00 and lt2027. A
// value stands for all the time that it does not tell apart: a day, a month, a second.
func readSpan(v *visit.Visit, name string) (s span, err error) {
	for _, value := range v.R.URL.Query()[name] {
		prefix := "eq"
		if len(value) > 2 && value[0] >= 'a' {
			prefix, value = value[:2], value[2:]
		}
		from, until, ok := fhirTime(value)
		if !ok {
			return s, aiqyn.E(aiqyn.Invalid, "error.answer-type").On(name)
		}
		switch prefix {
		case "eq":
			s.narrow(from, until)
		case "ge":
			s.narrow(from, time.Time{})
		case "gt", "sa":
			s.narrow(until, time.Time{})
		case "le":
			s.narrow(time.Time{}, until)
		case "lt", "eb":
			s.narrow(time.Time{}, from)
		default:
			return s, aiqyn.E(aiqyn.Invalid, "error.answer-type").On(name)
		}
	}
	return s, nil
}

func (s *span) narrow(from, until time.Time) {
	if from.After(s.from) {
		s.from = from
	}
	if s.until.IsZero() || !until.IsZero() && until.Before(s.until) {
		s.until = until
	}
}

// fhirTime is the stretch of time that a date or a time with a zone stands for. Dates
// are of the country's zone.
func fhirTime(s string) (from, until time.Time, ok bool) {
	for _, form := range []struct {
		layout              string
		years, months, days int
		rest                time.Duration
	}{
		{"2006", 1, 0, 0, 0}, {"2006-01", 0, 1, 0, 0}, {time.DateOnly, 0, 0, 1, 0}, {"2006-01-02T15:04Z07:00", 0, 0, 0, time.Minute}, {time.RFC3339, 0, 0, 0, time.Second},
	} {
		// A plus of an address that nobody has escaped is a blank.
		t, err := time.ParseInLocation(form.layout, strings.ReplaceAll(s, " ", "+"), locale.Zone)
		if err == nil && t.Year() > 0 && t.Year() < 9999 {
			return t, t.AddDate(form.years, form.months, form.days).Add(form.rest), true
		}
	}
	return from, until, false
}
