package locale

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"aiqyn"
)

// hole is a place in a text that an argument fills.
type hole struct {
	name   string
	format format
	prefix string // of the keys that a hole of format key looks up: "role."
}

// format says how a hole shows its argument.
type format string

// Formats of holes. Arguments come from the ledger as JSON as often as from
// code, so each format takes the Go value and what JSON makes of it.
const (
	byType   format = ""         // by the argument's type
	asPlain  format = "plain"    // as it is: a year, a line number
	asDate   format = "date"     // an instant or ISO date
	asUntil  format = "until"    // the same before the word "until"
	asTime   format = "datetime" // an instant: date and time
	asDay    format = "day"      // a date in ten characters, for SMS: 05.06.2026
	asMoment format = "moment"   // an instant of these weeks, for SMS: 05.06 09:20
	asMoney  format = "money"    // tiyn
	asPower  format = "power"    // watts
	asLength format = "distance" // metres
	asKey    format = "key"      // a key of this catalogue, or {role:role.*}: the end of one
)

func parseHole(s string) (hole, error) {
	name, how, has := strings.Cut(s, ":")
	h := hole{name: name, format: format(how)}
	if !isName(name) || has && how == "" {
		return h, fmt.Errorf("hole {%s} is not {name} or {name:format}", s)
	}
	if prefix, ok := strings.CutSuffix(how, "*"); ok && isName(prefix) {
		h.format, h.prefix = asKey, prefix
		return h, nil
	}
	switch h.format {
	case byType, asPlain, asDate, asUntil, asTime, asDay, asMoment, asMoney, asPower, asLength, asKey:
		return h, nil
	}
	return h, fmt.Errorf("hole {%s} has no format %q", name, how)
}

func (h hole) String() string {
	switch {
	case h.prefix != "":
		return h.name + ":" + h.prefix + "*"
	case h.format != byType:
		return h.name + ":" + string(h.format)
	}
	return h.name
}

func isName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.' {
			return false
		}
	}
	return s != ""
}

// show writes an argument as its hole asks; what does not fit the format is
// shown by its type rather than lost.
func (c *Catalogue) show(l aiqyn.Lang, h hole, v any) string {
	switch h.format {
	case asKey:
		return c.Text(l, h.prefix+fmt.Sprint(v), nil)
	case asPlain:
		return fmt.Sprint(v)
	case asDate, asUntil, asTime, asDay, asMoment:
		if t, _, ok := instant(v); ok {
			switch h.format {
			case asTime:
				return DateTime(l, t)
			case asDay:
				return t.In(Zone).Format("02.01.2006")
			case asMoment:
				return t.In(Zone).Format("02.01 15:04")
			case asUntil:
				return Until(l, t)
			}
			return Date(l, t)
		}
	case asMoney, asPower, asLength:
		if n, ok := whole(v); ok {
			return showUnit(l, h.format, n)
		}
	}
	return showByType(l, v)
}

func showUnit(l aiqyn.Lang, f format, n int64) string {
	switch f {
	case asMoney:
		return Money(l, n)
	case asPower:
		return Kilowatt(l, n)
	}
	return Distance(l, n)
}

func showByType(l aiqyn.Lang, v any) string {
	if n, ok := whole(v); ok {
		return Number(l, n)
	}
	if t, dayOnly, ok := instant(v); ok {
		if dayOnly {
			return Date(l, t)
		}
		return DateTime(l, t)
	}
	switch v := v.(type) {
	case string:
		return v
	case aiqyn.Text:
		return v.In(l)
	case map[string]any: // a Text that came back from JSON
		if s, ok := v[string(l)].(string); ok {
			return s
		}
	case float64:
		return Decimal(l, v, decimalsOf(v))
	case []string:
		return strings.Join(v, ", ")
	}
	return fmt.Sprint(v)
}

// whole returns v as a whole number if it is one, in whatever type Go or JSON
// holds it. Strings are not numbers, for "007" is a name.
func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case uint64:
		return int64(v), v <= math.MaxInt64
	case uint32:
		return int64(v), true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	}
	return 0, false
}

// instant returns v as a time if it is one, or a civil date, or either of
// them as text.
func instant(v any) (t time.Time, dayOnly, ok bool) {
	switch v := v.(type) {
	case time.Time:
		return v, false, true
	case string:
		return parseInstant(v)
	case encoding.TextMarshaler:
		if text, err := v.MarshalText(); err == nil {
			return parseInstant(string(text))
		}
	}
	return time.Time{}, false, false
}

func parseInstant(s string) (t time.Time, dayOnly, ok bool) {
	if len(s) == len(time.DateOnly) {
		t, err := time.ParseInLocation(time.DateOnly, s, Zone)
		return t, true, err == nil
	}
	if len(s) < len(time.DateOnly) || s[4] != '-' {
		return time.Time{}, false, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, false, err == nil
}

// decimalsOf is how many decimals v needs, at most three.
func decimalsOf(v float64) int {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	_, fraction, _ := strings.Cut(s, ".")
	return min(len(fraction), 3)
}
