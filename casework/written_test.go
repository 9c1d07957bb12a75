package casework

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"aiqyn/canonical"
)

// TestEncodersAgree: for random values of every payload and of a case's state the
// bytes are those of encoding/json.
func TestEncodersAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	types := []reflect.Type{reflect.TypeFor[State]()}
	for _, kind := range everyKind {
		data, err := newPayload(kind)
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, reflect.TypeOf(data).Elem())
	}
	for _, of := range types {
		for range 50 {
			v := reflect.New(of)
			fillRandomly(random, v.Elem(), 5)
			holdEncodersTogether(t, v.Interface())
		}
	}
}

// holdEncodersTogether holds what is written at once to what encoding/json writes.
func holdEncodersTogether(t *testing.T, v any) {
	t.Helper()
	got, err := canonical.Marshal(v)
	want, failed := json.Marshal(v)
	if !bytes.Equal(got, want) || (err == nil) != (failed == nil) {
		t.Fatalf("%T is written as\n%s\nby encoding/json as\n%s, %v", v, got, want, err)
	}
	if bytes.Contains(want, []byte(`\u202`)) {
		return // a separator, which RFC 8785 has as it is, or what looks like one
	}
	got, err = canonical.Encode(v)
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	failed = e.Encode(v)
	if want = bytes.TrimSuffix(plain.Bytes(), []byte("\n")); !bytes.Equal(got, want) || (err == nil) != (failed == nil) {
		t.Fatalf("%T is written as\n%s\nby encoding/json as\n%s, %v", v, got, want, err)
	}
}

var someTexts = []string{"", "a", "Әлия", "<b>&amp;</b>", "\u2028", `\u2028`, "\"\\\n\t\x01", "\xff", "🙂", "2026-01-02"}

var someRaw = []string{`{}`, `{"a":1,"b":[true,null,"<"]}`, `[ 1, 2 ]`, `1.50`, `1e9`, `"\u2028"`, "\"\u2028\"", `null`, `-0`, `"é"`}

var someFacts = []any{nil, "x", "<", int64(-7), true, 1.5, json.Number("12"), []any{"a", int64(1)}, map[string]any{"b": "2", "a": map[string]any{}}, map[string]any(nil), []string{"z"}}

// fillRandomly gives a value and all that it holds some content.
func fillRandomly(random *rand.Rand, v reflect.Value, depth int) {
	some := random.IntN(3)
	switch {
	case !v.CanSet():
		return
	case v.Type() == reflect.TypeFor[time.Time]():
		at := time.UnixMicro(random.Int64N(1 << 51)).UTC()
		v.Set(reflect.ValueOf([]time.Time{{}, at, at.Truncate(time.Second), at.In(time.FixedZone("", 5*3600))}[random.IntN(4)]))
		return
	case v.Type() == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte(someRaw[random.IntN(len(someRaw))]))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(someTexts[random.IntN(len(someTexts))])
	case reflect.Bool:
		v.SetBool(some > 0)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(random.Int64N(5) - 2)
	case reflect.Uint8, reflect.Uint32, reflect.Uint64:
		v.SetUint(random.Uint64N(3))
	case reflect.Interface:
		if x := someFacts[random.IntN(len(someFacts))]; v.NumMethod() == 0 && x != nil {
			v.Set(reflect.ValueOf(x))
		}
	case reflect.Pointer:
		if some > 0 && depth > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fillRandomly(random, v.Elem(), depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillRandomly(random, v.Field(i), depth-1)
		}
	case reflect.Array:
		for i := range v.Len() {
			fillRandomly(random, v.Index(i), depth-1)
		}
	case reflect.Slice:
		if depth > 0 && some > 0 {
			v.Set(reflect.MakeSlice(v.Type(), some-1, some-1))
			for i := range v.Len() {
				fillRandomly(random, v.Index(i), depth-1)
			}
		}
	case reflect.Map:
		fillMap(random, v, depth, some)
	}
}

func fillMap(random *rand.Rand, v reflect.Value, depth, some int) {
	if depth <= 0 || some == 0 {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for range random.IntN(4) {
		name, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillRandomly(random, name, depth-1)
		fillRandomly(random, item, depth-1)
		v.SetMapIndex(name, item)
	}
}
