package allocation

import (
	"encoding/hex"
	"errors"
	"math"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

func (d *reader) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *reader) syntax(err error) {
	var bad *jsontext.SyntacticError
	at := d.dec.InputOffset()
	if errors.As(err, &bad) {
		at = bad.ByteOffset
	}
	d.fail(invalid("allocation.bad-json", "byte", at))
}

func (d *reader) wrong(field string) {
	d.fail(invalid("allocation.bad-type", "where", d.where, "field", field))
}

// value reads the next value if it is of the kind: its text as it stands, which
// holds until the next is read.
func (d *reader) value(field string, kind jsontext.Kind) jsontext.Value {
	if d.err != nil {
		return nil
	}
	switch k := d.dec.PeekKind(); k {
	case kind:
	case 0:
		_, err := d.dec.ReadToken()
		d.syntax(err)
		return nil
	default:
		d.wrong(field)
		return nil
	}
	v, err := d.dec.ReadValue()
	if err != nil {
		d.syntax(err)
		return nil
	}
	return v
}

func (d *reader) text(field string) string {
	v := d.value(field, '"')
	if v == nil {
		return ""
	}
	out, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		d.syntax(err)
	}
	return string(out)
}

func (d *reader) whole(field string) int64 {
	v := d.value(field, '0')
	if v == nil {
		return 0
	}
	n, ok := integer(v)
	if !ok {
		d.wrong(field)
	}
	return n
}

// integer reads a whole number below 10^18.
func integer(text []byte) (n int64, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) == 0 || len(text) > 18 {
		return 0, false
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

func (d *reader) small(field string) int {
	v := d.whole(field)
	if v < math.MinInt32 || v > math.MaxInt32 {
		d.wrong(field)
		return 0
	}
	return int(v)
}

func (d *reader) truth(field string) bool {
	if d.err == nil && d.dec.PeekKind() == 't' {
		d.value(field, 't')
		return true
	}
	d.value(field, 'f')
	return false
}

func (d *reader) bytes(field string, size int) []byte {
	b, err := hex.DecodeString(d.text(field))
	if d.err == nil && (err != nil || size > 0 && len(b) != size || len(b) > 4096) {
		d.wrong(field)
	}
	return b
}

func (d *reader) hash(field string) (h [32]byte) {
	copy(h[:], d.bytes(field, 32))
	return h
}

// step reads a bracket or brace; false when something else stands there.
func (d *reader) step(field string, kind jsontext.Kind) bool {
	if d.err != nil {
		return false
	}
	t, err := d.dec.ReadToken()
	switch {
	case err != nil:
		d.syntax(err)
	case t.Kind() != kind:
		d.wrong(field)
	}
	return d.err == nil
}

// each reads an array.
func (d *reader) each(field string, value func()) {
	if !d.step(field, '[') {
		return
	}
	for d.err == nil {
		switch d.dec.PeekKind() {
		case ']', 0:
			d.step(field, ']')
			return
		}
		value()
	}
}

func (d *reader) texts(field string) []string {
	list := []string{}
	d.each(field, func() { list = append(list, d.text(field)) })
	return list
}

// places reads a list of whole numbers into the arena that all lists share.
func (d *reader) places(field string) []int32 {
	v := d.value(field, '[')
	if v == nil {
		return nil
	}
	from := len(d.arena)
	if cap(d.arena)-from < 2*maxList {
		d.arena, from = make([]int32, 0, 1<<16), 0
	}
	for rest := []byte(v[1 : len(v)-1]); len(rest) > 0; {
		var word []byte
		if comma := slices.Index(rest, ','); comma >= 0 {
			word, rest = rest[:comma], rest[comma+1:]
		} else {
			word, rest = rest, nil
		}
		n, ok := integer(trim(word))
		if !ok || n < math.MinInt32 || n > math.MaxInt32 {
			if len(trim(word)) > 0 || len(d.arena) > from || rest != nil {
				d.wrong(field)
			}
			return nil
		}
		if len(d.arena)-from <= maxList { // more are too many, and will be found so
			d.arena = append(d.arena, int32(n))
		}
	}
	if len(d.arena) == from {
		return nil
	}
	return d.arena[from:len(d.arena):len(d.arena)]
}

// trim takes off JSON's white space.
func trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// key is one key of an object and what reads its value.
type key struct {
	name string
	read func()
}

// object reads an object whose keys are known, each once at most.
func (d *reader) object(keys ...key) {
	if !d.step("{", '{') {
		return
	}
	seen, next := uint32(0), 0
	for d.err == nil && d.dec.PeekKind() == '"' {
		name := d.value("key", '"')
		if name == nil {
			return
		}
		i := find(keys, name[1:len(name)-1], next)
		if i < 0 {
			d.fail(invalid("allocation.unknown-field", "where", d.where, "field", clip(string(name[1:len(name)-1]))))
			return
		}
		if seen>>i&1 == 1 {
			d.fail(invalid("allocation.repeated", "where", d.where, "id", keys[i].name))
			return
		}
		seen |= 1 << i
		next = i + 1
		keys[i].read()
	}
	d.step("}", '}')
}

// find looks where the key is expected first: a file has its keys in one order.
func find(keys []key, name []byte, next int) int {
	for n := range keys {
		if i := (next + n) % len(keys); keys[i].name == string(name) {
			return i
		}
	}
	return -1
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
