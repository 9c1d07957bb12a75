package grid

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"

	"aiqyn"
)

// scanner reads JSON one element at a time into fields that are declared
// beforehand. Unlike encoding/json it refuses unknown and repeated keys, says
// which element it was in, and holds only one element besides the result: a
// national network is hundreds of megabytes.
type scanner struct {
	data    []byte
	pos     int
	err     *aiqyn.Error // the first; nothing is read after it
	element string       // what is being read, for errors
	id      any          // its id, or its place in the list while the id is not known
	lax     bool         // unknown keys are skipped
}

// maybeText is a text that may be null or absent.
type maybeText struct {
	v  string
	ok bool
}

// field is one key of an element and where its value goes: *float64, *int,
// *bool, *string, *maybe, *maybeText, passed{} or []field for a nested object.
type field struct {
	name string
	to   any
	need bool
	null bool // null counts as absent
}

// passed marks a key that is known and of no interest.
type passed struct{}

// maybe is a number that may be null or absent.
type maybe struct {
	v  float64
	ok bool
}

func (m maybe) or(v float64) float64 {
	if m.ok {
		return m.v
	}
	return v
}

func (m maybe) pointer() *float64 {
	if !m.ok {
		return nil
	}
	return &m.v
}

func newScanner(data []byte) *scanner {
	s := &scanner{data: data}
	if len(data) > maxBytes {
		s.fail(aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", maxBytes>>20))
	} else if !utf8.Valid(data) {
		s.fail(invalid("grid.not-utf8"))
	}
	return s
}

func (s *scanner) fail(e *aiqyn.Error) {
	if s.err == nil {
		s.err = e
	}
}

func (s *scanner) syntax() {
	at := min(s.pos, len(s.data))
	s.fail(invalid("grid.bad-json", "line", 1+bytes.Count(s.data[:at], []byte{'\n'}), "byte", at))
}

func (s *scanner) wrong(name string) {
	s.fail(invalid("grid.bad-type", "element", s.element, "id", s.id, "field", name))
}

// peek returns the next byte that is not white space, 0 at the end or after an error.
func (s *scanner) peek() byte {
	if s.err != nil {
		return 0
	}
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) expect(c byte) bool {
	if !s.take(c) {
		s.syntax()
		return false
	}
	return true
}

// end makes sure that nothing follows the document.
func (s *scanner) end() {
	s.peek()
	if s.err == nil && s.pos < len(s.data) {
		s.syntax()
	}
}

// object calls each for every key; each must read the value.
func (s *scanner) object(each func(key []byte)) {
	if !s.expect('{') || s.take('}') {
		return
	}
	for s.err == nil {
		s.peek()
		key := s.rawString()
		if !s.expect(':') {
			return
		}
		each(key)
		if s.take(',') {
			continue
		}
		s.expect('}')
		return
	}
}

// array calls each for every value; each must read it.
func (s *scanner) array(each func(i int)) {
	if !s.expect('[') || s.take(']') {
		return
	}
	for i := 0; s.err == nil; i++ {
		each(i)
		if s.take(',') {
			continue
		}
		s.expect(']')
		return
	}
}

// rawString returns the bytes between the quotes; a key with escapes in it is
// no key of ours.
func (s *scanner) rawString() []byte {
	if !s.expect('"') {
		return nil
	}
	from := s.pos
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[from : s.pos-1]
		case c == '\\':
			s.pos++
		case c < 0x20:
			s.syntax()
			return nil
		}
	}
	s.syntax()
	return nil
}

func (s *scanner) text() string {
	from := s.pos
	raw := s.rawString()
	if s.err != nil {
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	var out string
	if json.Unmarshal(s.data[from:s.pos], &out) != nil {
		s.pos = from
		s.syntax()
	}
	return out
}

func (s *scanner) literal() string {
	from := s.pos
	for s.pos < len(s.data) && s.data[s.pos] >= 'a' && s.data[s.pos] <= 'z' {
		s.pos++
	}
	return string(s.data[from:s.pos])
}

// number reads one JSON number; whole tells that it has neither point nor exponent.
func (s *scanner) number() (v float64, whole bool) {
	s.peek()
	from := s.pos
	digits := func() bool {
		at := s.pos
		for s.pos < len(s.data) && s.data[s.pos] >= '0' && s.data[s.pos] <= '9' {
			s.pos++
		}
		return s.pos > at
	}
	next := func(c byte) bool {
		if s.pos < len(s.data) && s.data[s.pos] == c {
			s.pos++
			return true
		}
		return false
	}
	whole = true
	next('-')
	first := s.pos
	good := digits() && (s.data[first] != '0' || s.pos == first+1)
	if good && next('.') {
		whole = false
		good = digits()
	}
	if good && (next('e') || next('E')) {
		whole = false
		_ = next('+') || next('-')
		good = digits()
	}
	if !good {
		s.syntax()
		return 0, false
	}
	v, err := strconv.ParseFloat(string(s.data[from:s.pos]), 64)
	if err != nil || math.IsInf(v, 0) {
		s.fail(invalid("grid.bad-number", "element", s.element, "id", s.id, "value", clip(s.data[from:s.pos])))
	}
	return v, whole
}

func clip(b []byte) string {
	if len(b) > 40 {
		return string(b[:40]) + "…"
	}
	return string(b)
}

// skip passes over one value of any shape, counting brackets instead of recursing.
func (s *scanner) skip() {
	for depth := 0; s.err == nil; {
		switch c := s.peek(); {
		case c == '{' || c == '[':
			depth++
			s.pos++
		case c == '}' || c == ']':
			depth--
			s.pos++
		case c == '"':
			s.rawString()
		case (c == ',' || c == ':') && depth > 0:
			s.pos++
		case c == '-' || c >= '0' && c <= '9':
			s.number()
		default:
			if l := s.literal(); l != "true" && l != "false" && l != "null" {
				s.syntax()
			}
		}
		if depth <= 0 {
			return
		}
	}
}
