package canonical

import (
	"encoding/json"
	"unicode/utf8"
)

// Whole decodes a value whose numbers all are whole and fit an int64, each of which
// becomes one. It reports whether it could.
func Whole(b []byte) (value any, ok bool) { return document(b, wholeNumbers) }

// Document decodes a value as [json.Unmarshal] does if it is told of no type: every number
// becomes a float64. It reports whether it could.
func Document(b []byte) (value any, ok bool) { return document(b, floatNumbers) }

func document(b []byte, n numbers) (value any, ok bool) {
	r := begin(reader{in: b, numbers: n})
	defer r.end()
	value, ok = r.value(deepest)
	return value, ok && r.at == len(b) && utf8.Valid(b)
}

// value takes whatever stands there and returns it as encoding/json does.
func (r *reader) value(depth int) (any, bool) {
	if r.at == len(r.in) || depth == 0 {
		return nil, false
	}
	switch r.in[r.at] {
	case '"':
		return r.textValue()
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case 't':
		return true, r.word("true")
	case 'f':
		return false, r.word("false")
	case 'n':
		return nil, r.word("null")
	}
	switch r.numbers {
	case noNumbers: // encoding/json would give it another type
		return nil, false
	case wholeNumbers:
		return r.whole()
	case floatNumbers:
		return r.float()
	}
	n, ok := r.integer()
	return json.Number(n), ok
}

// member is a value on its way into an object or, without a name, into a list.
type member struct {
	name  string
	value any
}

// object takes an object. Its members wait until it is known how many there are: a map
// that has room for them from the beginning takes half as long.
func (r *reader) object(depth int) (any, bool) {
	first := len(r.recent.scratch)
	ok := r.each('{', '}', func() bool {
		name, ok := r.text()
		if !ok || !r.step(':') {
			return false
		}
		v, ok := r.value(depth - 1)
		r.recent.scratch = append(r.recent.scratch, member{name, v})
		return ok
	})
	members := r.recent.scratch[first:]
	m := make(map[string]any, len(members))
	for _, x := range members {
		m[x.name] = x.value
	}
	r.forget(first)
	return m, ok
}

// array takes a list.
func (r *reader) array(depth int) (any, bool) {
	first := len(r.recent.scratch)
	ok := r.each('[', ']', func() bool {
		v, ok := r.value(depth - 1)
		r.recent.scratch = append(r.recent.scratch, member{value: v})
		return ok
	})
	items := r.recent.scratch[first:]
	list := make([]any, len(items))
	for i, x := range items {
		list[i] = x.value
	}
	r.forget(first)
	return list, ok
}

// forget drops the values that have found their place.
func (r *reader) forget(first int) {
	clear(r.recent.scratch[first:])
	r.recent.scratch = r.recent.scratch[:first]
}
