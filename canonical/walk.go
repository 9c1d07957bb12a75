package canonical

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

// Walker is a struct, by its pointer, that names its fields one after another, as they are
// declared: what is written and read most often. It costs a third of what finding them by
// reflection does, and is the same: a test fills each and holds it to encoding/json.
type Walker interface{ Walk(*Walk) }

// Walk reads or writes the fields of a struct. What is named by Some… is left out where
// there is nothing to write, as omitempty and, of a time, omitzero say.
type Walk struct {
	r      *reader // nil: it writes
	e      *encoder
	failed bool
	begun  bool // a field is there
}

var walker = reflect.TypeFor[Walker]()

// walks reports whether a type names its fields itself. One that embeds such a type has its
// method, and more fields.
func walks(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || !reflect.PointerTo(t).Implements(walker) {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && reflect.PointerTo(f.Type).Implements(walker) {
			return false
		}
	}
	return true
}

// walking reads a struct that names its fields, or else by its plan.
func walking(otherwise plan) plan {
	return func(r *reader, v reflect.Value) bool {
		start := r.at
		if r.walk(v.Addr().Interface().(Walker)) {
			return true
		}
		if !r.some {
			return false
		}
		r.at = start
		v.SetZero()
		return otherwise(r, v)
	}
}

func (r *reader) walk(x Walker) bool {
	was := r.walking
	w := &r.walking
	*w = Walk{r: r}
	ok := r.step('{')
	if ok {
		x.Walk(w)
		ok = !w.failed && r.step('}')
	}
	*w = was
	return ok
}

// walked writes a struct that names its fields.
func walked(t reflect.Type) writing {
	return func(e *encoder, v reflect.Value) bool {
		if !v.CanAddr() {
			here := reflect.New(t)
			here.Elem().Set(v)
			v = here.Elem()
		}
		return e.walk(v.Addr().Interface().(Walker))
	}
}

func (e *encoder) walk(x Walker) bool {
	was := e.walking
	w := &e.walking
	*w = Walk{e: e}
	e.out = append(e.out, '{')
	x.Walk(w)
	e.out = append(e.out, '}')
	ok := !w.failed
	*w = was
	return ok
}

// next reports whether the field of this name is to be read now, or has been begun.
func (w *Walk) next(name string, some bool) bool {
	if w.failed {
		return false
	}
	if w.r == nil {
		if !some {
			return false
		}
		if w.begun {
			w.e.out = append(w.e.out, ',')
		}
		w.begun = true
		w.e.out = append(w.e.out, '"')
		w.e.out = append(w.e.out, name...)
		w.e.out = append(w.e.out, '"', ':')
		return true
	}
	r := w.r
	at := r.at
	if w.begun {
		if at == len(r.in) || r.in[at] != ',' {
			return false
		}
		at++
	}
	const around = 3 // two quotes and a colon
	end := at + len(name) + around
	if end > len(r.in) || r.in[at] != '"' || r.in[end-2] != '"' || r.in[end-1] != ':' || string(r.in[at+1:end-2]) != name {
		return false
	}
	r.at, w.begun = end, true
	return true
}

func (w *Walk) done(ok bool) { w.failed = w.failed || !ok }

// Text is a field of any type of text.
func Text[T ~string](w *Walk, name string, v *T) { text(w, name, v, true) }

// SomeText is Text, left out if it is empty.
func SomeText[T ~string](w *Walk, name string, v *T) { text(w, name, v, *v != "") }

func text[T ~string](w *Walk, name string, v *T, some bool) {
	if !w.next(name, some) {
		return
	}
	if w.r == nil {
		w.done(w.e.string(string(*v)))
		return
	}
	s, ok := w.r.text()
	*v = T(s)
	w.done(ok)
}

// Int is a whole number.
func Int[T int | int64](w *Walk, name string, v *T) { whole(w, name, v, true) }

// SomeInt is Int, left out if it is zero.
func SomeInt[T int | int64](w *Walk, name string, v *T) { whole(w, name, v, *v != 0) }

func whole[T int | int64](w *Walk, name string, v *T, some bool) {
	if !w.next(name, some) {
		return
	}
	if w.r == nil {
		w.e.int(int64(*v))
		return
	}
	n, ok := w.r.whole()
	*v = T(n)
	w.done(ok && int64(*v) == n)
}

// Bool is true or false.
func (w *Walk) Bool(name string, v *bool) { w.bool(name, v, true) }

// SomeBool is Bool, left out if it is false.
func (w *Walk) SomeBool(name string, v *bool) { w.bool(name, v, *v) }

func (w *Walk) bool(name string, v *bool, some bool) {
	if !w.next(name, some) {
		return
	}
	if w.r == nil {
		w.e.bool(*v)
		return
	}
	*v = w.r.word("true")
	w.done(*v || w.r.word("false"))
}

// Time is an instant.
func (w *Walk) Time(name string, v *time.Time) { w.time(name, v, true) }

// SomeTime is Time, left out if it is zero.
func (w *Walk) SomeTime(name string, v *time.Time) { w.time(name, v, !v.IsZero()) }

func (w *Walk) time(name string, v *time.Time, some bool) {
	switch {
	case !w.next(name, some):
	case w.r == nil:
		w.done(w.e.time(*v))
	default:
		w.done(w.r.time(v))
	}
}

// Raw is JSON that stays as it is.
func (w *Walk) Raw(name string, v *json.RawMessage) { w.raw(name, v, true) }

// SomeRaw is Raw, left out if there is none.
func (w *Walk) SomeRaw(name string, v *json.RawMessage) { w.raw(name, v, len(*v) > 0) }

func (w *Walk) raw(name string, v *json.RawMessage, some bool) {
	switch {
	case !w.next(name, some):
	case w.r == nil:
		w.done(w.e.raw(*v))
	default:
		var ok bool
		*v, ok = w.r.asItIs()
		w.done(ok)
	}
}

// List is a list of structs that name their fields.
func List[T any, P interface {
	*T
	Walker
}](w *Walk, name string, v *[]T) {
	if !w.next(name, true) {
		return
	}
	switch {
	case w.r == nil && *v == nil:
		w.e.text("null")
	case w.r == nil:
		w.e.out = append(w.e.out, '[')
		for i := range *v {
			if i > 0 {
				w.e.out = append(w.e.out, ',')
			}
			w.done(w.e.walk(P(&(*v)[i])))
		}
		w.e.out = append(w.e.out, ']')
	case !w.r.word("null"):
		list := []T{}
		w.done(w.r.each('[', ']', func() bool {
			list = append(list, *new(T))
			return w.r.walk(P(&list[len(list)-1]))
		}))
		*v = list
	}
}

// SomeMap is a map of structs that name their fields, left out if it is empty.
func SomeMap[K ~string, T any, P interface {
	*T
	Walker
}](w *Walk, name string, v *map[K]T) {
	if w.r != nil {
		w.other(name, v, true)
		return
	}
	if !w.next(name, len(*v) > 0) {
		return
	}
	var room [8]K
	names, item := room[:0], new(T)
	for name := range *v {
		names = append(names, name)
	}
	slices.Sort(names)
	w.e.out = append(w.e.out, '{')
	for i, name := range names {
		if i > 0 {
			w.e.out = append(w.e.out, ',')
		}
		w.done(w.e.string(string(name)))
		w.e.out = append(w.e.out, ':')
		*item = (*v)[name]
		w.done(w.e.walk(P(item)))
	}
	w.e.out = append(w.e.out, '}')
}

// Struct is a struct that names its fields.
func (w *Walk) Struct(name string, v Walker) {
	switch {
	case !w.next(name, true):
	case w.r == nil:
		w.done(w.e.walk(v))
	default:
		w.done(w.r.walk(v))
	}
}

// Other is a field of any other type, by its pointer.
func (w *Walk) Other(name string, v any) { w.other(name, v, true) }

// Some is Other, left out unless there is some.
func (w *Walk) Some(name string, v any, some bool) { w.other(name, v, some) }

func (w *Walk) other(name string, v any, some bool) {
	if !w.next(name, some) {
		return
	}
	if of := reflect.ValueOf(v).Elem(); w.r == nil {
		w.done(w.e.any(of))
	} else {
		w.done(planOf(of.Type())(w.r, of))
	}
}
