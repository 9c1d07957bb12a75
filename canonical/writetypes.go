package canonical

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"sync"
	"time"
)

// writing writes one type of value.
type writing func(*encoder, reflect.Value) bool

var writings sync.Map // reflect.Type → writing

func writingOf(t reflect.Type) writing {
	if w, ok := writings.Load(t); ok {
		return w.(writing)
	}
	w := makeWriting(t)
	writings.Store(t, w)
	return w
}

func unwritten(*encoder, reflect.Value) bool { return false }

func makeWriting(t reflect.Type) writing {
	switch t {
	case timeType:
		return func(e *encoder, v reflect.Value) bool {
			if v.CanAddr() { // which takes no memory for a copy
				return e.time(*v.Addr().Interface().(*time.Time))
			}
			return e.time(v.Interface().(time.Time))
		}
	case rawType:
		return func(e *encoder, v reflect.Value) bool { return e.raw(v.Bytes()) }
	case reflect.TypeFor[map[string]any]():
		return func(e *encoder, v reflect.Value) bool { return e.facts(v.Interface().(map[string]any)) }
	}
	switch {
	case writesItself(t) || t == reflect.TypeFor[json.Number]():
		return func(e *encoder, v reflect.Value) bool { return e.other(v.Interface()) }
	case writesItself(reflect.PointerTo(t)): // only where it has an address
		return unwritten
	}
	switch t.Kind() {
	case reflect.String:
		return func(e *encoder, v reflect.Value) bool { return e.string(v.String()) }
	case reflect.Bool:
		return func(e *encoder, v reflect.Value) bool {
			e.out = strconv.AppendBool(e.out, v.Bool())
			return true
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(e *encoder, v reflect.Value) bool {
			e.out = strconv.AppendInt(e.out, v.Int(), 10)
			return true
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return func(e *encoder, v reflect.Value) bool {
			e.out = strconv.AppendUint(e.out, v.Uint(), 10)
			return true
		}
	case reflect.Struct:
		if walks(t) {
			return walked(t)
		}
		return structWriting(t)
	case reflect.Interface, reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return nested(t)
	}
	return func(e *encoder, v reflect.Value) bool { return e.other(v.Interface()) }
}

var zeroer = reflect.TypeFor[interface{ IsZero() bool }]()

// writesItself reports whether a type says how it is written.
func writesItself(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}

// nested writes what holds values of another type. That is looked up when it is
// needed: a type may hold itself.
func nested(t reflect.Type) writing {
	switch t.Kind() {
	case reflect.Interface:
		return func(e *encoder, v reflect.Value) bool { return e.any(v.Elem()) }
	case reflect.Pointer:
		return func(e *encoder, v reflect.Value) bool { return e.any(v.Elem()) }
	case reflect.Map:
		if t.Key().Kind() == reflect.String && !writesItself(t.Key()) {
			return func(e *encoder, v reflect.Value) bool { return e.object(v, writingOf(t.Elem())) }
		}
		return func(e *encoder, v reflect.Value) bool { return e.other(v.Interface()) }
	}
	bytes := t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8
	if bytes && writesItself(reflect.PointerTo(t.Elem())) {
		return unwritten
	}
	return func(e *encoder, v reflect.Value) bool {
		switch {
		case t.Kind() == reflect.Slice && v.IsNil():
			e.text("null")
			return true
		case bytes:
			e.out = append(e.out, '"')
			e.out = base64.StdEncoding.AppendEncode(e.out, v.Bytes())
			e.out = append(e.out, '"')
			return true
		}
		return e.list(v, writingOf(t.Elem()))
	}
}

func (e *encoder) list(v reflect.Value, write writing) bool {
	e.out = append(e.out, '[')
	for i := range v.Len() {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		if !write(e, v.Index(i)) {
			return false
		}
	}
	e.out = append(e.out, ']')
	return true
}

// written is how a field is written.
type written struct {
	*field
	before string                   // its name and a colon
	omit   func(reflect.Value) bool // nil: never
	write  later[writing]
}

// structWriting writes the fields of a struct as they are declared.
func structWriting(t reflect.Type) writing {
	list, ok := fieldsOf(t, nil)
	if !ok {
		return unwritten
	}
	fields := make([]written, len(list))
	for i := range list {
		f := &list[i]
		omit, known := omission(f.of, f.options)
		if !known {
			return unwritten
		}
		fields[i].field, fields[i].before, fields[i].omit = f, `"`+f.name+`":`, omit
		fields[i].write.of, fields[i].write.find = f.of, writingOf
	}
	return func(e *encoder, v reflect.Value) bool {
		e.out = append(e.out, '{')
		first := true
		for i := range fields {
			f := &fields[i]
			item := f.in(v)
			if f.omit != nil && f.omit(item) {
				continue
			}
			if !first {
				e.out = append(e.out, ',')
			}
			first = false
			e.text(f.before)
			if !f.write.get()(e, item) {
				return false
			}
		}
		e.out = append(e.out, '}')
		return true
	}
}

// omission tells when a field is left out.
func omission(t reflect.Type, options string) (omit func(reflect.Value) bool, known bool) {
	switch options {
	case "":
		return nil, true
	case "omitzero":
		_, own := reflect.PointerTo(t).MethodByName("IsZero")
		switch {
		case !own:
			return reflect.Value.IsZero, true
		case t.Kind() == reflect.Struct && t.Implements(zeroer):
			return func(v reflect.Value) bool {
				if v.CanAddr() {
					v = v.Addr()
				}
				return v.Interface().(interface{ IsZero() bool }).IsZero()
			}, true
		}
		return nil, false
	case "omitempty":
		switch t.Kind() {
		case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
			return func(v reflect.Value) bool { return v.Len() == 0 }, true
		case reflect.Struct:
			return nil, true
		}
		return reflect.Value.IsZero, true
	}
	return nil, false
}
