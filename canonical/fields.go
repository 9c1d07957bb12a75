package canonical

import (
	"reflect"
	"strings"
	"sync/atomic"
)

// later finds how values of a type are read or written when the first one comes: a
// type may hold itself.
type later[F any] struct {
	of    reflect.Type
	find  func(reflect.Type) F
	found atomic.Pointer[F]
}

func (l *later[F]) get() F {
	if f := l.found.Load(); f != nil {
		return *f
	}
	f := l.find(l.of)
	l.found.Store(&f)
	return f
}

// field is a field of a struct, or of one that it embeds.
type field struct {
	name    string
	options string // of its tag
	path    []int
	of      reflect.Type
}

// in is the field in a value of its struct.
func (f *field) in(v reflect.Value) reflect.Value {
	for _, at := range f.path {
		v = v.Field(at)
	}
	return v
}

// fieldsOf lists the fields of a struct and of those that it embeds, of which no two
// may have one name. It reports whether all are of a kind that is known here.
func fieldsOf(t reflect.Type, path []int) (fields []field, ok bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag := f.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		at := append(append([]int(nil), path...), i)
		switch {
		case f.Anonymous && (name != "" || f.Type.Kind() != reflect.Struct || writesItself(f.Type) || readsItself(f.Type)):
			return nil, false
		case f.Anonymous:
			inner, ok := fieldsOf(f.Type, at)
			if !ok {
				return nil, false
			}
			fields = append(fields, inner...)
		case !f.IsExported() || tag == "-":
		default:
			if name == "" {
				name = f.Name
			}
			fields = append(fields, field{name, options, at, f.Type})
		}
	}
	seen := make(map[string]bool)
	for _, f := range fields {
		e := encoder{html: true}
		if sure, escaped := e.plain(f.name); !sure || escaped || seen[f.name] {
			return nil, false
		}
		seen[f.name] = true
	}
	return fields, true
}
