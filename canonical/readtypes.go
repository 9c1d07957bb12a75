package canonical

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// plan reads one type of value.
type plan func(*reader, reflect.Value) bool

var plans sync.Map // reflect.Type → plan

func planOf(t reflect.Type) plan {
	if p, ok := plans.Load(t); ok {
		return p.(plan)
	}
	p := makePlan(t)
	if walks(t) {
		p = walking(p)
	}
	if t.Implements(reflect.TypeFor[Recurring]()) {
		p = recurring(t, p)
	}
	plans.Store(t, p)
	return p
}

func unsure(*reader, reflect.Value) bool { return false }

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
	case reflect.Float64:
		return readFloat
	case reflect.Interface:
		return readAny
	case reflect.Pointer:
		of := later[plan]{of: t.Elem(), find: planOf}
		return func(r *reader, v reflect.Value) bool {
			if r.word("null") {
				return true
			}
			v.Set(reflect.New(t.Elem()))
			return of.get()(r, v.Elem())
		}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return readBytes
		}
		of := later[plan]{of: t.Elem(), find: planOf}
		return func(r *reader, v reflect.Value) bool { return r.list(v, &of) }
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
	fields, ok := fieldsOf(t, nil)
	if !ok {
		return unsure
	}
	for _, f := range fields {
		if f.options != "" && f.options != "omitempty" && f.options != "omitzero" { // which change nothing in reading
			return unsure
		}
	}
	declared := slices.IsSortedFunc(fields, byName)
	slices.SortFunc(fields, byName)
	plans, begins := make([]later[plan], len(fields)), make([]string, len(fields))
	for i := range fields {
		plans[i].of, plans[i].find = fields[i].of, planOf
		begins[i] = `"` + fields[i].name + `":`
	}
	return func(r *reader, v reflect.Value) bool {
		if !declared && !r.some {
			return false
		}
		next := 0
		return r.each('{', '}', func() bool {
			if next < len(fields) && r.word(begins[next]) { // most often it is the next one
				next++
				return plans[next-1].get()(r, fields[next-1].in(v))
			}
			name, plain := r.raw()
			for next < len(fields) && fields[next].name < string(name) {
				next++
			}
			switch {
			case !plain || !r.step(':'):
				return false
			case next == len(fields) || fields[next].name != string(name):
				return r.some && !alike(fields, name) && r.skip(deepest)
			}
			next++
			return plans[next-1].get()(r, fields[next-1].in(v))
		})
	}
}

func byName(a, b field) int { return strings.Compare(a.name, b.name) }

// alike reports whether encoding/json takes a name for one of the fields: because it is
// one, in a place where it does not belong, or is one but for its letters' case.
func alike(fields []field, name []byte) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return strings.EqualFold(f.name, string(name)) })
}

func readTime(r *reader, v reflect.Value) bool { return r.time(v.Addr().Interface().(*time.Time)) }

func (r *reader) time(t *time.Time) bool {
	start := r.at
	_, plain := r.raw()
	return plain && t.UnmarshalJSON(r.in[start:r.at]) == nil
}

func readRaw(r *reader, v reflect.Value) bool {
	b, ok := r.asItIs()
	v.SetBytes(b)
	return ok
}

// asItIs takes a value and returns its text.
func (r *reader) asItIs() ([]byte, bool) {
	start := r.at
	if !r.skip(deepest) {
		return nil, false
	}
	return append(make([]byte, 0, r.at-start), r.in[start:r.at]...), true
}

func readText(r *reader, v reflect.Value) bool {
	s, ok := r.text()
	v.SetString(s)
	return ok
}

func readBool(r *reader, v reflect.Value) bool {
	if r.word("true") {
		v.SetBool(true)
		return true
	}
	return r.word("false")
}

func readInt(r *reader, v reflect.Value) bool {
	n, ok := r.whole()
	if !ok || v.OverflowInt(n) {
		return false
	}
	v.SetInt(n)
	return true
}

func readUint(r *reader, v reflect.Value) bool {
	digits, ok := r.integer()
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if !ok || err != nil {
		return false
	}
	v.SetUint(n)
	return true
}

func readFloat(r *reader, v reflect.Value) bool {
	x, ok := r.float()
	v.SetFloat(x)
	return ok
}

// readAny reads into what a pointer in the interface points to, or else
// whatever stands there.
func readAny(r *reader, v reflect.Value) bool {
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

func readBytes(r *reader, v reflect.Value) bool {
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

func (r *reader) list(v reflect.Value, of *later[plan]) bool {
	if r.word("null") {
		return true
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	read := of.get()
	first := 4 // for few small ones
	if v.Type().Elem().Size() > 64 {
		first = 1
	}
	return r.each('[', ']', func() bool {
		n := v.Len()
		if n == v.Cap() {
			v.Grow(max(first, n))
		}
		v.SetLen(n + 1)
		v.Index(n).SetZero()
		return read(r, v.Index(n))
	})
}

func readMap(r *reader, v reflect.Value) bool {
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
