package casework

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPayloadsAreDeclaredInOrder: encoding/json writes fields as they are declared, and
// what is sealed must be canonical (RFC 8785), or the receipt of its entry is none. So
// the fields of every payload, and of all that it holds, stand in the order of their
// names.
func TestPayloadsAreDeclaredInOrder(t *testing.T) {
	seen := make(map[reflect.Type]bool)
	var hold func(reflect.Type)
	hold = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			hold(typ.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[typ] || typ == reflect.TypeFor[time.Time]() || typ.Implements(reflect.TypeFor[interface{ MarshalText() ([]byte, error) }]()) ||
			typ.Implements(reflect.TypeFor[interface{ MarshalJSON() ([]byte, error) }]()) {
			return
		}
		seen[typ] = true
		var names []string
		for f := range typ.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "-" || !f.IsExported() || f.Anonymous {
				continue
			}
			if name == "" {
				name = f.Name
			}
			names = append(names, name)
			hold(f.Type)
		}
		if !slices.IsSorted(names) {
			t.Errorf("%v: %v", typ, names)
		}
	}
	var source []byte
	for _, name := range []string{"kinds.go", "queueevents.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, text...)
	}
	for _, m := range regexp.MustCompile(`EventKind = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
		payload, err := newPayload(EventKind(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		hold(reflect.TypeOf(payload))
	}
	if len(seen) < 50 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}
