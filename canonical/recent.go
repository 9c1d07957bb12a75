package canonical

import (
	"bytes"
	"hash/maphash"
	"reflect"
	"sync"
)

// Recurring is a type whose values are the same in text after text, such as a table
// that was published once and stands in every ruling that it was used for. One that is
// spelled like another of late is not read again: both share what they point to, which
// nobody may change.
type Recurring interface{ Recurs() }

// recent remembers what was read of late, for one text after another: half of the
// words and names in a log's texts stood in those just before.
type recent struct {
	reader  reader // of the text in hand
	scratch []member
	texts   [512]remembered
	values  map[reflect.Type]*spelled
}

// remembered is a text, and the same in an interface if it was wanted so.
type remembered struct {
	text  string
	value any
}

// spelled are the last few values of a type that were read.
type spelled struct {
	next int
	last [4]struct {
		text  string
		some  bool // as read with fields that are unknown
		value reflect.Value
	}
}

var recents = sync.Pool{New: func() any { return &recent{values: make(map[reflect.Type]*spelled)} }}

var seed = maphash.MakeSeed()

// longest is how long a text may be to be remembered: a hash in hexadecimal digits.
const longest = 64

// text is b as a string.
func (m *recent) text(b []byte) string {
	if len(b) > longest {
		return string(b)
	}
	return m.remember(b).text
}

// value is b as a string in an interface, which then takes no memory of its own.
func (m *recent) value(b []byte) any {
	if len(b) > longest {
		return string(b)
	}
	at := m.remember(b)
	if at.value == nil {
		at.value = at.text
	}
	return at.value
}

func (m *recent) remember(b []byte) *remembered {
	at := &m.texts[maphash.Bytes(seed, b)%uint64(len(m.texts))]
	if at.text != string(b) {
		*at = remembered{text: string(b)}
	}
	return at
}

// recurring reads a type of [Recurring] by its plan, but what it remembers. A whole
// value that stands at the beginning of what is left is the value that comes next.
func recurring(t reflect.Type, read plan) plan {
	return func(r *reader, v reflect.Value) bool {
		of := r.recent.values[t]
		if of == nil {
			of = new(spelled)
			r.recent.values[t] = of
		}
		for i := range of.last {
			if x := &of.last[i]; x.text != "" && x.some == r.some && bytes.HasPrefix(r.in[r.at:], []byte(x.text)) {
				v.Set(x.value)
				r.at += len(x.text)
				return true
			}
		}
		start := r.at
		if !read(r, v) {
			return false
		}
		x := &of.last[of.next%len(of.last)]
		of.next++
		x.text, x.some, x.value = string(r.in[start:r.at]), r.some, reflect.New(t).Elem()
		x.value.Set(v)
		return true
	}
}
