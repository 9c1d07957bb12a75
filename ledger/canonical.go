package ledger

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep arrays and objects of a receipt's private part may nest.
const maxDepth = 100

var errDepth = fmt.Errorf("nested deeper than %d", maxDepth)

// CheckCanonical reports whether the JSON text is in the one form that
// RFC 8785 gives its value, in a single pass and without decoding it.
func CheckCanonical(json []byte) error {
	s := scanner{in: string(json)}
	if err := s.value(0); err != nil {
		return fmt.Errorf("byte %d: %w", s.pos, err)
	}
	if s.pos != len(s.in) {
		return fmt.Errorf("byte %d: more after the end", s.pos)
	}
	return nil
}

// scanner walks canonical JSON. On error, pos is where it stopped.
type scanner struct {
	in  string
	pos int
}

var errEnd = errors.New("ends too early")

func (s *scanner) peek() byte {
	if s.pos < len(s.in) {
		return s.in[s.pos]
	}
	return 0 // which no JSON text contains
}

// literal steps over text that must stand here.
func (s *scanner) literal(text string) error {
	if !strings.HasPrefix(s.in[s.pos:], text) {
		if s.pos == len(s.in) {
			return errEnd
		}
		return fmt.Errorf("want %s", text)
	}
	s.pos += len(text)
	return nil
}

func (s *scanner) value(depth int) error {
	switch c := s.peek(); {
	case c == '"':
		_, _, err := s.raw()
		return err
	case c == '{':
		return s.object(depth + 1)
	case c == '[':
		return s.array(depth + 1)
	case c == 't':
		return s.literal("true")
	case c == 'f':
		return s.literal("false")
	case c == 'n':
		return s.literal("null")
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case s.pos >= len(s.in):
		return errEnd
	}
	return errors.New("want a value, without space before it")
}

func (s *scanner) array(depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	s.pos++
	if s.peek() == ']' {
		s.pos++
		return nil
	}
	for {
		if err := s.value(depth); err != nil {
			return err
		}
		if s.peek() == ']' {
			s.pos++
			return nil
		}
		if err := s.literal(","); err != nil {
			return err
		}
	}
}

func (s *scanner) object(depth int) error {
	if depth > maxDepth {
		return errDepth
	}
	s.pos++
	if s.peek() == '}' {
		s.pos++
		return nil
	}
	last := ""
	for first := true; ; first = false {
		start := s.pos
		key, err := s.text()
		if err != nil {
			return err
		}
		if !first && !lessUTF16(last, key) {
			s.pos = start
			return fmt.Errorf("key %.40q twice or out of order", key)
		}
		last = key
		if err := s.literal(":"); err != nil {
			return err
		}
		if err := s.value(depth); err != nil {
			return err
		}
		if s.peek() == '}' {
			s.pos++
			return nil
		}
		if err := s.literal(","); err != nil {
			return err
		}
	}
}

// lessUTF16 orders keys by their UTF-16 code units, as RFC 8785 does. That is
// the order of the UTF-8 bytes, except that characters beyond U+FFFF (first
// byte from F0 on), being surrogates in UTF-16, come before U+E000 to U+FFFF
// (first byte EE or EF).
func lessUTF16(a, b string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			if a[i] >= 0xEE && b[i] >= 0xEE && (a[i] >= 0xF0) != (b[i] >= 0xF0) {
				return a[i] >= 0xF0
			}
			return a[i] < b[i]
		}
	}
	return len(a) < len(b)
}

// raw steps over a string and returns what stands between its quotes, and
// whether that has escapes.
func (s *scanner) raw() (raw string, escaped bool, err error) {
	if err := s.literal(`"`); err != nil {
		return "", false, err
	}
	start := s.pos
	for {
		for s.pos < len(s.in) && plain[s.in[s.pos]] { // nearly all of a receipt passes here
			s.pos++
		}
		if s.pos == len(s.in) {
			return "", false, errEnd
		}
		switch c := s.in[s.pos]; {
		case c == '"':
			s.pos++
			return s.in[start : s.pos-1], escaped, nil
		case c == '\\':
			escaped = true
			n := escapeLen(s.in[s.pos:])
			if n == 0 {
				return "", false, errors.New("escape that is wrong or not needed")
			}
			s.pos += n
		case c < ' ':
			return "", false, errors.New("control character in a string")
		default:
			r, n := utf8.DecodeRuneInString(s.in[s.pos:])
			if r == utf8.RuneError && n == 1 {
				return "", false, errors.New("not UTF-8")
			}
			s.pos += n
		}
	}
}

// plain marks the bytes that stand for themselves in a string.
var plain = func() (plain [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// escapeLen returns the length of the canonical escape that in starts with,
// or 0. Canonical are the short ones, and \u00xx in lower case for those
// control characters that have no short one.
func escapeLen(in string) int {
	if len(in) < 2 {
		return 0
	}
	switch in[1] {
	case '\\', '"', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(in) < 6 || in[2:4] != "00" || in[4] != '0' && in[4] != '1' {
			return 0
		}
		low := strings.IndexByte("0123456789abcdef", in[5])
		if low < 0 || in[4] == '0' && strings.IndexByte("\b\t\n\f\r", byte(low)) >= 0 {
			return 0
		}
		return 6
	}
	return 0
}

// text steps over a string and returns its value.
func (s *scanner) text() (string, error) {
	raw, escaped, err := s.raw()
	if err != nil || !escaped {
		return raw, err
	}
	var value strings.Builder
	value.Grow(len(raw))
	for {
		i := strings.IndexByte(raw, '\\')
		if i < 0 {
			value.WriteString(raw)
			return value.String(), nil
		}
		value.WriteString(raw[:i])
		n := 2
		switch c := raw[i+1]; c {
		case 'b':
			value.WriteByte('\b')
		case 'f':
			value.WriteByte('\f')
		case 'n':
			value.WriteByte('\n')
		case 'r':
			value.WriteByte('\r')
		case 't':
			value.WriteByte('\t')
		case 'u':
			high, low := raw[i+4]-'0', strings.IndexByte("0123456789abcdef", raw[i+5])
			value.WriteByte(high<<4 | byte(low))
			n = 6
		default:
			value.WriteByte(c)
		}
		raw = raw[i+n:]
	}
}

func (s *scanner) number() error {
	start := s.pos
	for s.pos < len(s.in) && strings.IndexByte("0123456789+-.eE", s.in[s.pos]) >= 0 {
		s.pos++
	}
	token := s.in[start:s.pos]
	if plainInteger(token) {
		return nil
	}
	f, err := strconv.ParseFloat(token, 64)
	var buf [32]byte
	if err != nil || string(appendNumber(buf[:0], f)) != token {
		s.pos = start
		return fmt.Errorf("number not in its shortest form: %.40q", token)
	}
	return nil
}

// plainInteger reports whether the token is an integer that a double holds
// exactly and that is spelled the only way, which nearly all numbers are.
func plainInteger(token string) bool {
	digits := strings.TrimPrefix(token, "-")
	if len(digits) == 0 || len(digits) > 15 || digits[0] == '0' && len(token) > 1 {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// appendNumber writes a double as ECMAScript does.
func appendNumber(b []byte, f float64) []byte {
	if f == 0 {
		return append(b, '0')
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	b = strconv.AppendFloat(b, f, 'e', -1, 64)
	if n := len(b); n >= 4 && b[n-4] == 'e' && b[n-2] == '0' { // Go writes e-07, ECMAScript e-7
		b = append(b[:n-2], b[n-1])
	}
	return b
}

// appendString writes a string as canonical JSON.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			if c < ' ' {
				b = append(b, `\u00`...)
				b = append(b, "01"[c>>4], "0123456789abcdef"[c&15])
			} else {
				b = append(b, c)
			}
		}
	}
	return append(b, '"')
}
