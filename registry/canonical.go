package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gowebpki/jcs"
)

// Canonical writes a document as canonical JSON (RFC 8785), the form in which
// it is kept, compared and hashed.
func Canonical(doc any) (json.RawMessage, error) {
	data, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	return canonical(data)
}

func canonical(data []byte) (json.RawMessage, error) {
	if surelyCanonical(data) { // as the rows of our own store are
		return data, nil
	}
	if !json.Valid(data) { // jcs is lenient about what follows the value
		return nil, errors.New("canonical JSON: not JSON")
	}
	if bytes.TrimLeft(data, " \t\r\n")[0] != '{' {
		return nil, errors.New("canonical JSON: want an object")
	}
	if err := exact(data); err != nil {
		return nil, err
	}
	data, err := jcs.Transform(data)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	return data, nil
}

// exact refuses whole numbers beyond 2⁵³, which canonical JSON would round
// without a word; such numbers travel as strings.
func exact(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return nil // the end: the text is valid
		}
		n, ok := token.(json.Number)
		if !ok || len(n) < 16 || strings.ContainsAny(n.String(), ".eE") {
			continue
		}
		if i, err := n.Int64(); err != nil || i > 1<<53 || i < -1<<53 {
			return fmt.Errorf("canonical JSON: a number of %d digits is too large for one", len(n)) // and may be somebody's
		}
	}
}

// surelyCanonical reports whether data is an object in canonical JSON and
// simple enough to tell at a glance: names in ASCII, strings without escapes,
// numbers of at most 15 digits and no exponent. It never says yes wrongly; for
// what it does not know it says no, and the long way decides.
func surelyCanonical(data []byte) bool {
	if len(data) == 0 || data[0] != '{' || !utf8.Valid(data) {
		return false
	}
	s := scanner{data: data}
	return s.value(0) && s.at == len(data)
}

type scanner struct {
	data []byte
	at   int
}

const maxDepth = 20

func (s *scanner) value(depth int) bool {
	switch c := s.peek(); {
	case c == '{' && depth < maxDepth:
		return s.object(depth + 1)
	case c == '[' && depth < maxDepth:
		return s.array(depth + 1)
	case c == '"':
		_, ok := s.text()
		return ok
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.number()
}

func (s *scanner) object(depth int) bool {
	s.at++
	if s.word("}") {
		return true
	}
	var last []byte
	for first := true; ; first = false {
		name, ok := s.text()
		if !ok || !first && bytes.Compare(last, name) >= 0 || !isASCII(name) {
			return false
		}
		last = name
		if !s.word(":") || !s.value(depth) {
			return false
		}
		if !s.word(",") {
			return s.word("}")
		}
	}
}

func (s *scanner) array(depth int) bool {
	s.at++
	if s.word("]") {
		return true
	}
	for {
		if !s.value(depth) {
			return false
		}
		if !s.word(",") {
			return s.word("]")
		}
	}
}

func (s *scanner) text() ([]byte, bool) {
	if !s.word(`"`) {
		return nil, false
	}
	start := s.at
	for ; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return s.data[start : s.at-1], true
		case c == '\\' || c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// number takes what the shortest form of a double surely is: no leading or
// trailing zeros, at most 15 digits, not below a thousandth, no minus zero.
func (s *scanner) number() bool {
	start := s.at
	s.word("-")
	integer := s.digits()
	plain := len(integer) == 1 || len(integer) > 1 && integer[0] != '0'
	if !s.word(".") {
		return plain && len(integer) <= 15 && string(s.data[start:s.at]) != "-0"
	}
	fraction := s.digits()
	return plain && len(fraction) > 0 && fraction[len(fraction)-1] != '0' &&
		len(integer)+len(fraction) <= 15 && (integer[0] != '0' || !bytes.HasPrefix(fraction, []byte("000")))
}

func (s *scanner) digits() []byte {
	start := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	return s.data[start:s.at]
}

func (s *scanner) word(w string) bool {
	if !bytes.HasPrefix(s.data[s.at:], []byte(w)) {
		return false
	}
	s.at += len(w)
	return true
}

func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
