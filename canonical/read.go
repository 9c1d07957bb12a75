package canonical

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Read decodes canonical JSON into the fresh value that into points to, as
// encoding/json would: no field that is unknown, and numbers as they are written. It
// reports whether it could; if not, the value may be filled in part, and encoding/json
// alone says what is wrong.
func Read(b []byte, into any) bool { return read(reader{in: b}, into) }

func read(text reader, into any) bool {
	v := reflect.ValueOf(into).Elem()
	r := begin(text)
	defer r.end()
	return utf8.Valid(r.in) && planOf(v.Type())(r, v) && r.at == len(r.in)
}

// begin returns a reader of a text that remembers what was read of late.
func begin(text reader) *reader {
	m := recents.Get().(*recent)
	text.recent = m
	m.reader = text
	return &m.reader
}

// end gives back what begin has lent.
func (r *reader) end() {
	r.in = nil
	recents.Put(r.recent)
}

// Unmarshal is [json.Unmarshal] into a fresh value.
func Unmarshal[T any](b []byte, into *T) error {
	if read(reader{in: b, some: true, numbers: noNumbers}, into) {
		return nil
	}
	*into = *new(T)
	return json.Unmarshal(b, into)
}

// Strictly decodes b into a fresh value: nothing unknown in it and nothing behind it.
// Its errors are those of [Decode].
func Strictly[T any](b []byte, into *T) error {
	if Read(b, into) {
		return nil
	}
	*into = *new(T)
	return Decode(b, into)
}

// ErrMore is of a text that goes on behind its value.
var ErrMore = errors.New("something follows the value")

// strictDecoder decodes one text after another. A decoder of its own for each
// would cost as much as what it decodes.
type strictDecoder struct {
	*json.Decoder
	text bytes.Reader
	fed  int64
}

var strictDecoders = sync.Pool{New: func() any {
	d := new(strictDecoder)
	d.Decoder = json.NewDecoder(&d.text)
	d.UseNumber()
	d.DisallowUnknownFields()
	return d
}}

// Decode decodes the value that b is into v by encoding/json alone, whatever its form:
// nothing unknown in it, nothing behind it, and numbers as they are written. Its errors
// are those of [json.Decoder], and [ErrMore].
func Decode(b []byte, v any) error {
	d := strictDecoders.Get().(*strictDecoder)
	d.text.Reset(b)
	d.fed += int64(len(b))
	if err := d.Decode(v); err != nil {
		return err // and what is left in the decoder goes with it
	}
	if d.InputOffset() != d.fed {
		return ErrMore
	}
	strictDecoders.Put(d)
	return nil
}

// numbers is what numbers become whose type is not known.
type numbers int

const (
	spelledNumbers numbers = iota // json.Number
	noNumbers                     // there must be none
	wholeNumbers
	floatNumbers
)

type reader struct {
	in      []byte
	at      int
	some    bool // fields that are unknown are passed over
	numbers numbers
	recent  *recent
	walking Walk // the struct whose fields are read
}

// step takes one byte if it is there.
func (r *reader) step(c byte) bool {
	if r.at < len(r.in) && r.in[r.at] == c {
		r.at++
		return true
	}
	return false
}

// each takes a list or an object, one item after another.
func (r *reader) each(open, end byte, item func() bool) bool {
	if !r.step(open) {
		return false
	}
	if r.step(end) {
		return true
	}
	for item() {
		if r.step(end) {
			return true
		}
		if !r.step(',') {
			return false
		}
	}
	return false
}

// raw takes a string and returns what stands between its quotes; it is not
// plain if that has escapes, or is no string at all.
func (r *reader) raw() (text []byte, plain bool) {
	if !r.step('"') {
		return nil, false
	}
	start, end := r.at, r.at
	for end+8 <= len(r.in) && !special(binary.LittleEndian.Uint64(r.in[end:])) {
		end += 8
	}
	for end < len(r.in) && letters[r.in[end]]&(escape|control) == 0 {
		end++
	}
	if end == len(r.in) {
		return nil, false
	}
	if r.in[end] != '"' {
		r.at = start - 1
		return nil, false
	}
	r.at = end + 1
	return r.in[start:end], true
}

// special reports whether one of eight bytes is a quote, a backslash or below a space:
// what is left of each byte when what it is sought for is taken off has borrowed then.
func special(eight uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, slash := eight^ones*'"', eight^ones*'\\'
	return ((eight-ones*' ')&^eight|(quote-ones)&^quote|(slash-ones)&^slash)&tops != 0
}

// text takes a string, with escapes or without.
func (r *reader) text() (string, bool) {
	if raw, plain := r.raw(); plain {
		return r.recent.text(raw), true
	}
	return r.escaped()
}

// textValue is text in an interface, which then takes no memory of its own.
func (r *reader) textValue() (any, bool) {
	if raw, plain := r.raw(); plain {
		return r.recent.value(raw), true
	}
	s, ok := r.escaped()
	return s, ok
}

// escaped takes a string that may have escapes.
func (r *reader) escaped() (string, bool) {
	start := r.at
	if !r.step('"') {
		return "", false
	}
	var out []byte
	known := true // every escape so far
	for ; r.at < len(r.in); r.at++ {
		switch c := r.in[r.at]; {
		case c == '"':
			r.at++
			if known {
				return string(out), true
			}
			var s string
			err := json.Unmarshal(r.in[start:r.at], &s)
			return s, err == nil
		case c == '\\':
			if r.at++; r.at < len(r.in) {
				out = append(out, r.in[r.at])
				known = known && (r.in[r.at] == '"' || r.in[r.at] == '\\')
			}
		default:
			out = append(out, c)
			known = known && c >= ' '
		}
	}
	return "", false
}

// integer takes a whole number that is spelled the only way.
func (r *reader) integer() ([]byte, bool) {
	start := r.at
	r.step('-')
	first := r.at
	for r.at < len(r.in) && '0' <= r.in[r.at] && r.in[r.at] <= '9' {
		r.at++
	}
	n := r.at - first
	if n == 0 || n > 1 && r.in[first] == '0' || r.at < len(r.in) && (r.in[r.at] == '.' || r.in[r.at]|0x20 == 'e') {
		return nil, false
	}
	return r.in[start:r.at], true
}

// whole takes a whole number that fits an int64.
func (r *reader) whole() (int64, bool) {
	digits, ok := r.integer()
	const surely = 18 // digits and a sign fit
	if !ok || len(digits) > surely {
		n, err := strconv.ParseInt(string(digits), 10, 64)
		return n, ok && err == nil
	}
	n, rest := int64(0), bytes.TrimPrefix(digits, []byte("-"))
	for _, c := range rest {
		n = 10*n + int64(c-'0')
	}
	if len(rest) < len(digits) {
		n = -n
	}
	return n, true
}

// float takes a number without an exponent.
func (r *reader) float() (float64, bool) {
	start := r.at
	if !r.skipNumber() {
		return 0, false
	}
	x, err := strconv.ParseFloat(string(r.in[start:r.at]), 64)
	return x, err == nil
}

// word takes a word that may stand for a value.
func (r *reader) word(w string) bool {
	if len(r.in)-r.at < len(w) || string(r.in[r.at:r.at+len(w)]) != w {
		return false
	}
	r.at += len(w)
	return true
}

// deepest is how deep a value may be nested for us to be sure of it.
const deepest = 40

// skip steps over a value.
func (r *reader) skip(depth int) bool {
	if r.at == len(r.in) || depth == 0 {
		return false
	}
	switch r.in[r.at] {
	case '"':
		return r.skipText()
	case '{', '[':
		return r.skipInside(depth - 1)
	case 't':
		return r.word("true")
	case 'f':
		return r.word("false")
	case 'n':
		return r.word("null")
	}
	return r.skipNumber()
}

// skipInside steps over a list or an object.
func (r *reader) skipInside(depth int) bool {
	named, end := r.in[r.at] == '{', r.in[r.at]+2 // as ] is to [ and } to {
	if r.at++; r.step(end) {
		return true
	}
	for {
		if named && !(r.skipText() && r.step(':')) || !r.skip(depth) {
			return false
		}
		if r.step(end) {
			return true
		}
		if !r.step(',') {
			return false
		}
	}
}

func (r *reader) skipText() bool {
	if _, plain := r.raw(); plain {
		return true
	}
	_, ok := r.text()
	return ok
}

// skipNumber steps over a number without an exponent.
func (r *reader) skipNumber() bool {
	start := r.at
	if _, ok := r.integer(); ok {
		return true
	}
	if r.at == start || r.in[r.at-1] == '-' || !r.step('.') {
		return false
	}
	first := r.at
	for r.at < len(r.in) && '0' <= r.in[r.at] && r.in[r.at] <= '9' {
		r.at++
	}
	whole := strings.TrimPrefix(string(r.in[start:first-1]), "-")
	return r.at > first && (whole == "0" || whole[0] != '0') && (r.at == len(r.in) || r.in[r.at] != 'e' && r.in[r.at] != 'E')
}
