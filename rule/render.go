package rule

import (
	"strconv"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Limits on how a value is told in a trace.
const (
	shownRunes = 80 // of a text
	shownItems = 6  // of a list
)

// render tells a value plainly. A map, and a list that is long or holds more
// than plain values, is told by its size.
func render(v ref.Val) string {
	switch v := v.(type) {
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case types.Int:
		return strconv.FormatInt(int64(v), 10)
	case types.String:
		return quote(string(v))
	case types.Null:
		return "null"
	case types.Timestamp:
		return v.Time.Format(time.RFC3339Nano)
	case types.Duration:
		return v.Duration.String()
	case *types.Err:
		return "error: " + v.Error()
	case traits.Mapper:
		return "{… " + size(v) + "}"
	case traits.Lister:
		return renderList(v)
	case nil:
		return NotNeeded
	}
	return v.Type().TypeName()
}

func quote(s string) string {
	if utf8.RuneCountInString(s) <= shownRunes {
		return strconv.Quote(s)
	}
	return strconv.Quote(string([]rune(s)[:shownRunes])) + "…"
}

func size(v traits.Sizer) string {
	n, _ := v.Size().(types.Int)
	return strconv.FormatInt(int64(n), 10)
}

func renderList(l traits.Lister) string {
	n, _ := l.Size().(types.Int)
	if n > shownItems {
		return "[… " + size(l) + "]"
	}
	b := []byte{'['}
	for i := range n {
		item := l.Get(i)
		switch item.(type) {
		case traits.Mapper, traits.Lister:
			return "[… " + size(l) + "]"
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, render(item)...)
	}
	return string(append(b, ']'))
}
