package canonical

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// encoder writes one value after another.
type encoder struct {
	out     []byte
	walking Walk
	html    bool // as [json.Marshal] does: < > & are escaped, and two separators
}

// Encode writes v as RFC 8785 does, given that every struct declares its fields in the
// order of their names and no value is a fraction.
func Encode(v any) ([]byte, error) { return AppendEncode(make([]byte, 0, 1024), v) }

// AppendEncode appends v to what is written already.
func AppendEncode(to []byte, v any) ([]byte, error) {
	e := encoder{out: to}
	if e.any(reflect.ValueOf(v)) {
		return e.out, nil
	}
	b, err := marshal(v)
	return append(to, b...), err
}

// Marshal writes v as [json.Marshal] does.
func Marshal(v any) ([]byte, error) { return AppendMarshal(make([]byte, 0, 4096), v) }

// AppendMarshal appends v to what is written already.
func AppendMarshal(to []byte, v any) ([]byte, error) {
	e := encoder{out: to, html: true}
	if e.any(reflect.ValueOf(v)) {
		return e.out, nil
	}
	b, err := json.Marshal(v)
	return append(to, b...), err
}

// marshal is [Encode] by encoding/json.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return separators(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// separators writes U+2028 and U+2029 as they are: encoding/json escapes them and
// RFC 8785 does not. A backslash that is itself escaped begins no escape.
func separators(in []byte) []byte {
	if !bytes.Contains(in, []byte(`\u202`)) {
		return in
	}
	out := make([]byte, 0, len(in))
	for len(in) > 0 {
		switch {
		case bytes.HasPrefix(in, []byte(`\u2028`)):
			out, in = append(out, "\u2028"...), in[6:]
		case bytes.HasPrefix(in, []byte(`\u2029`)):
			out, in = append(out, "\u2029"...), in[6:]
		case in[0] == '\\':
			out, in = append(out, in[:2]...), in[2:]
		default:
			out, in = append(out, in[0]), in[1:]
		}
	}
	return out
}

func (e *encoder) any(v reflect.Value) bool {
	if !v.IsValid() {
		e.text("null")
		return true
	}
	return writingOf(v.Type())(e, v)
}

func (e *encoder) text(s string) { e.out = append(e.out, s...) }

func (e *encoder) int(n int64) { e.out = strconv.AppendInt(e.out, n, 10) }

func (e *encoder) bool(is bool) { e.out = strconv.AppendBool(e.out, is) }

// other leaves a value to encoding/json.
func (e *encoder) other(v any) bool {
	if e.html {
		b, err := json.Marshal(v)
		e.out = append(e.out, b...)
		return err == nil
	}
	b, err := marshal(v)
	e.out = append(e.out, b...)
	return err == nil
}

// string writes a text between quotes.
func (e *encoder) string(s string) bool {
	sure, escaped := e.plain(s)
	if !sure {
		return e.other(s)
	}
	e.out = append(e.out, '"')
	for escaped {
		i := strings.IndexAny(s, `"\`)
		if escaped = i >= 0; escaped {
			e.out = append(append(e.out, s[:i]...), '\\', s[i])
			s = s[i+1:]
		}
	}
	e.out = append(e.out, s...)
	e.out = append(e.out, '"')
	return true
}

// plain reports whether it is sure how a text is written: as it stands, or escaped,
// which is with a backslash before each quote and before each backslash.
func (e *encoder) plain(s string) (sure, escaped bool) {
	var met byte
	for i := range len(s) {
		met |= letters[s[i]]
	}
	if met&control != 0 || e.html && met&markup != 0 {
		return false, false
	}
	return met&wide == 0 || utf8.ValidString(s) && !separates(s), met&escape != 0
}

// What a byte of a text may be, besides itself.
const (
	wide    = 1 << iota // of a letter that has several
	escape              // written behind a backslash
	control             // written by its number
	markup              // < > &
)

var letters = func() (is [256]byte) {
	for c := range is {
		switch {
		case c >= utf8.RuneSelf:
			is[c] = wide
		case c == '"', c == '\\':
			is[c] = escape
		case c < ' ':
			is[c] = control
		case c == '<', c == '>', c == '&':
			is[c] = markup
		}
	}
	return is
}()

// separates reports whether a text holds U+2028 or U+2029, which not every form of
// JSON has as they are.
func separates(s string) bool {
	for {
		i := strings.IndexByte(s, 0xe2) // hardly any text has one
		if i < 0 || i+2 >= len(s) {
			return false
		}
		if s[i+1] == 0x80 && s[i+2]&^1 == 0xa8 {
			return true
		}
		s = s[i+1:]
	}
}

// raw writes JSON that is there already. What has no spaces between its values, and
// in HTML's form none of the letters that are escaped there, stays as it is.
func (e *encoder) raw(b json.RawMessage) bool {
	if b == nil {
		e.text("null")
		return true
	}
	r := reader{in: b}
	if !r.skip(deepest) || r.at != len(b) || bytes.IndexByte(b, 0xe2) >= 0 || bytes.Contains(b, []byte(`\u202`)) || e.html && marked(b) {
		return e.other(b)
	}
	e.out = append(e.out, b...)
	return true
}

// marked reports whether a text holds a letter that HTML's form escapes.
func marked(b []byte) bool {
	return bytes.IndexByte(b, '<') >= 0 || bytes.IndexByte(b, '>') >= 0 || bytes.IndexByte(b, '&') >= 0
}

// time writes an instant of the log, which is in UTC.
func (e *encoder) time(t time.Time) bool {
	if year := t.Year(); t.Location() != time.UTC || year < 1 || year > 9999 {
		return e.other(t)
	}
	e.out = append(e.out, '"')
	e.out = t.AppendFormat(e.out, time.RFC3339Nano)
	e.out = append(e.out, '"')
	return true
}

// object writes a map whose keys are texts, in their order.
func (e *encoder) object(v reflect.Value, write writing) bool {
	if v.IsNil() {
		e.text("null")
		return true
	}
	type named struct {
		name string
		item reflect.Value
	}
	var room [8]named
	members := room[:0]
	key := reflect.New(v.Type().Key()).Elem()
	for at := v.MapRange(); at.Next(); {
		key.SetIterKey(at)
		item := reflect.New(v.Type().Elem()).Elem()
		item.SetIterValue(at) // which takes no more memory than its value, and has an address
		members = append(members, named{key.String(), item})
	}
	slices.SortFunc(members, func(a, b named) int {
		if a.name < b.name {
			return -1
		}
		return 1
	})
	e.out = append(e.out, '{')
	for i, m := range members {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if !e.string(m.name) {
			return false
		}
		e.out = append(e.out, ':')
		if !write(e, m.item) {
			return false
		}
	}
	e.out = append(e.out, '}')
	return true
}

// facts writes an object of a document.
func (e *encoder) facts(m map[string]any) bool {
	if m == nil {
		e.text("null")
		return true
	}
	var room [16]string
	names := room[:0]
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	e.out = append(e.out, '{')
	for i, name := range names {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if !e.string(name) {
			return false
		}
		e.out = append(e.out, ':')
		if !e.fact(m[name]) {
			return false
		}
	}
	e.out = append(e.out, '}')
	return true
}

// fact writes a value of a document.
func (e *encoder) fact(v any) bool {
	switch v := v.(type) {
	case string:
		return e.string(v)
	case int64:
		e.out = strconv.AppendInt(e.out, v, 10)
		return true
	case bool:
		e.out = strconv.AppendBool(e.out, v)
		return true
	case map[string]any:
		return e.facts(v)
	}
	return e.any(reflect.ValueOf(v))
}
