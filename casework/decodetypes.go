package casework

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// plan reads one type of value.
type plan func(*canonicalReader, reflect.Value) bool

var plans sync.Map // reflect.Type → plan

func planOf(t reflect.Type) plan {
	if p, ok := plans.Load(t); ok {
		return p.(plan)
	}
	p := makePlan(t)
	plans.Store(t, p)
	return p
}

func unsure(*canonicalReader, reflect.Value) bool { return false }

var (
	timeType = reflect.TypeFor[time.Time]()
	rawType  = reflect.TypeFor[json.RawMessage]()
)

func makePlan(t reflect.Type) plan {
	switch t {
	case timeType:
		return readTime
	case rawType:
		return readRaw
	}
	if readsItself(t) {
		return unsure
	}
	switch t.Kind() {
	case reflect.String:
		return readText
	case reflect.Bool:
		return readBool
	case reflect.Int, reflect.Int64:
		return readInt
	case reflect.Uint64:
		return readUint
	case reflect.Interface:
		return readAny
	case reflect.Pointer:
		return func(r *canonicalReader, v reflect.Value) bool {
			if r.word("null") {
				return true
			}
			v.Set(reflect.New(t.Elem()))
			return planOf(t.Elem())(r, v.Elem())
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return readBytes
		}
		return readList
	case reflect.Map:
		if t.Key().Kind() == reflect.String && !readsItself(t.Key()) {
			return readMap
		}
	case reflect.Struct:
		return structPlan(t)
	}
	return unsure
}

// readsItself reports whether a type says how it is read.
func readsItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// structPlan reads the fields of a struct in the order of their names, which is
// the order in which they are declared. Those that are not exported are no part of
// what is read.
func structPlan(t reflect.Type) plan {
	type field struct {
		name string
		at   int
		read plan
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() && !f.Anonymous {
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		known := options == "" || options == "omitempty" || options == "omitzero" // they change nothing in reading
		if f.Anonymous || !known || name == "" || name == "-" || len(fields) > 0 && name <= fields[len(fields)-1].name {
			return unsure
		}
		// Looked up when it is needed: a type may hold itself.
		fields = append(fields, field{name, i, func(r *canonicalReader, v reflect.Value) bool { return planOf(f.Type)(r, v) }})
	}
	return func(r *canonicalReader, v reflect.Value) bool {
		next := 0
		return r.each('{', '}', func() bool {
			name, plain := r.raw()
			for next < len(fields) && fields[next].name != string(name) {
				next++
			}
			if !plain || next == len(fields) || !r.step(':') {
				return false
			}
			next++
			of := &fields[next-1]
			return of.read(r, v.Field(of.at))
		})
	}
}

func readTime(r *canonicalReader, v reflect.Value) bool {
	start := r.at
	_, plain := r.raw()
	return plain && v.Addr().Interface().(*time.Time).UnmarshalJSON(r.in[start:r.at]) == nil
}

func readRaw(r *canonicalReader, v reflect.Value) bool {
	start := r.at
	if !r.skip(deepest) {
		return false
	}
	v.SetBytes(append(make([]byte, 0, r.at-start), r.in[start:r.at]...))
	return true
}

func readText(r *canonicalReader, v reflect.Value) bool {
	s, ok := r.text()
	v.SetString(s)
	return ok
}

func readBool(r *canonicalReader, v reflect.Value) bool {
	if r.word("true") {
		v.SetBool(true)
		return true
	}
	return r.word("false")
}

func readInt(r *canonicalReader, v reflect.Value) bool {
	digits, ok := r.integer()
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if !ok || err != nil || v.OverflowInt(n) {
		return false
	}
	v.SetInt(n)
	return true
}

func readUint(r *canonicalReader, v reflect.Value) bool {
	digits, ok := r.integer()
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if !ok || err != nil {
		return false
	}
	v.SetUint(n)
	return true
}

// readAny reads into what a pointer in the interface points to, or else
// whatever stands there.
func readAny(r *canonicalReader, v reflect.Value) bool {
	if v.NumMethod() > 0 {
		return false
	}
	if to := v.Elem(); to.IsValid() && to.Kind() == reflect.Pointer && !to.IsNil() {
		return planOf(to.Type().Elem())(r, to.Elem())
	}
	x, ok := r.value(deepest)
	if ok && x != nil {
		v.Set(reflect.ValueOf(x))
	}
	return ok
}

func readBytes(r *canonicalReader, v reflect.Value) bool {
	if r.word("null") {
		return true
	}
	raw, plain := r.raw()
	if !plain {
		return false
	}
	b, err := base64.StdEncoding.Strict().DecodeString(string(raw))
	if err == nil {
		v.SetBytes(b)
	}
	return err == nil
}

func readList(r *canonicalReader, v reflect.Value) bool {
	if r.word("null") {
		return true
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	read := planOf(v.Type().Elem())
	return r.each('[', ']', func() bool {
		n := v.Len()
		if n == v.Cap() {
			v.Grow(max(1, n))
		}
		v.SetLen(n + 1)
		v.Index(n).SetZero()
		return read(r, v.Index(n))
	})
}

func readMap(r *canonicalReader, v reflect.Value) bool {
	if r.word("null") {
		return true
	}
	t := v.Type()
	if t == reflect.TypeFor[map[string]any]() {
		m, ok := r.value(deepest)
		object, isObject := m.(map[string]any)
		if ok && isObject {
			v.Set(reflect.ValueOf(object))
		}
		return ok && isObject
	}
	v.Set(reflect.MakeMap(t))
	read := planOf(t.Elem())
	return r.each('{', '}', func() bool {
		name, ok := r.text()
		if !ok || !r.step(':') {
			return false
		}
		item := reflect.New(t.Elem()).Elem()
		if !read(r, item) {
			return false
		}
		v.SetMapIndex(reflect.ValueOf(name).Convert(t.Key()), item)
		return true
	})
}
