package casework

import (
	"encoding"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPayloadsAreInOrder: what the log keeps of each event has its names in their
// order, all the way down. So the bytes of a receipt are those that were committed to,
// whoever writes them again.
func TestPayloadsAreInOrder(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\tEvent\w+\s+EventKind = "([a-z-]+)"`).FindAllSubmatch(text, -1) {
			data, err := newPayload(EventKind(m[1]))
			if err != nil {
				t.Errorf("%s: %v", m[1], err)
				continue
			}
			found++
			inOrder(t, string(m[1]), reflect.TypeOf(data).Elem(), map[reflect.Type]bool{})
		}
	}
	if found < 60 {
		t.Errorf("only %d kinds of events were found", found)
	}
}

func inOrder(t *testing.T, where string, typ reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	if seen[typ] || reflect.PointerTo(typ).Implements(reflect.TypeFor[json.Unmarshaler]()) || reflect.PointerTo(typ).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return
	}
	seen[typ] = true
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		inOrder(t, where, typ.Elem(), seen)
	case reflect.Struct:
		if names := namesOf(typ); !slices.IsSorted(names) || slices.Contains(names, "") {
			t.Errorf("%s: %s is written as %q", where, typ, names)
		}
		for i := range typ.NumField() {
			if f := typ.Field(i); f.IsExported() || f.Anonymous {
				inOrder(t, where, f.Type, seen)
			}
		}
	}
}

// namesOf lists the names of a struct's fields as they are written, with those of what
// is embedded in it.
func namesOf(typ reflect.Type) (names []string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			names = append(names, namesOf(f.Type)...)
		case f.IsExported():
			names = append(names, name)
		}
	}
	return names
}
