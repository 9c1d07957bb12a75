package casework

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"aiqyn/canonical"
)

// walked are the types that name their fields for reading and writing.
func walked() []any {
	return []any{new(private), new(walkedActor), new(filed), new(rosterAtFiling), new(lookedUp), new(reading), new(opened), new(drawn),
		new(performed), new(granted), new(ruled), new(computed), new(reasoned), new(State)}
}

// TestWhatNamesItsFields: whatever stands in them, and whichever of them are there, what
// they write is what encoding/json writes, and they read it back.
func TestWhatNamesItsFields(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, of := range walked() {
		typ := reflect.TypeOf(of).Elem()
		sorted := slices.IsSorted(namesOf(typ))
		for i := range 40 + typ.NumField() {
			from := reflect.New(typ)
			if only := i - 40; only >= 0 {
				filling{rng, 1}.value(from.Elem().Field(only), 0)
			} else {
				filling{rng, float64(i%5) / 4}.value(from.Elem(), 0)
			}
			holdsWalk(t, from, sorted)
		}
	}
}

func holdsWalk(t *testing.T, from reflect.Value, sorted bool) {
	t.Helper()
	want, err := json.Marshal(from.Interface())
	if err != nil {
		t.Fatal(err)
	}
	got, err := canonical.Marshal(from.Interface())
	if err != nil || string(got) != string(want) {
		t.Fatalf("%s is written as\n%s, %v\nby encoding/json as\n%s", from.Type(), got, err, want)
	}
	back, known := reflect.New(from.Type().Elem()), reflect.New(from.Type().Elem())
	if err := json.Unmarshal(want, known.Interface()); err != nil {
		t.Fatal(err)
	}
	if sorted && !canonical.Read(want, back.Interface()) {
		t.Fatalf("%s is not read in one pass:\n%s", from.Type(), want)
	}
	if state, ok := back.Interface().(*State); ok {
		if err := canonical.Unmarshal(want, state); err != nil {
			t.Fatal(err)
		}
	}
	if again, _ := json.Marshal(back.Interface()); string(again) != string(want) || from.Type() != reflect.TypeFor[*private]() && !reflect.DeepEqual(back.Interface(), known.Interface()) {
		t.Fatalf("%s is read as\n%+v\nby encoding/json as\n%+v\nfrom\n%s", from.Type(), back, known, want)
	}
}

// FuzzWhatNamesItsFields: what is read of any text in one pass is what encoding/json
// reads, of each of the types.
func FuzzWhatNamesItsFields(f *testing.F) {
	for i, of := range walked() {
		from := reflect.New(reflect.TypeOf(of).Elem())
		filling{rand.New(rand.NewPCG(uint64(i), 3)), 1}.value(from.Elem(), 0)
		b, err := json.Marshal(from.Interface())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint(i), b)
	}
	f.Add(uint(6), []byte(`{"calendar":"1","calendar":"2","step":null}`))
	f.Fuzz(func(t *testing.T, of uint, b []byte) {
		x := walked()[of%uint(len(walked()))]
		got, want := reflect.New(reflect.TypeOf(x).Elem()).Interface(), x
		if !canonical.Read(b, got) {
			return
		}
		if err := canonical.Decode(b, want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s is read as\n%+v\nby encoding/json as\n%+v, %v", b, got, want, err)
		}
	})
}

// filling puts something into a share of the fields of a value.
type filling struct {
	*rand.Rand
	share float64
}

func (f filling) value(v reflect.Value, depth int) {
	if !v.CanSet() || f.Float64() > f.share || depth > 6 {
		return
	}
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		*t = time.Unix(f.Int64N(4e9), f.Int64N(1e6)*1000).UTC()
		return
	}
	if raw, ok := v.Addr().Interface().(*json.RawMessage); ok {
		*raw = json.RawMessage([]string{`{"a":[1,"ө"]}`, `null`, `"x"`, `[]`}[f.IntN(4)])
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString([]string{"", "online", "Достық", `"\`, "<&>", "a\u2028b", "2026-11-30"}[f.IntN(7)])
	case reflect.Bool:
		v.SetBool(f.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(f.Int64N(1<<40) - 1<<39)
	case reflect.Uint64:
		v.SetUint(f.Uint64N(1 << 50))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), depth+1)
	case reflect.Struct:
		for i := range v.NumField() {
			f.value(v.Field(i), depth+1)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), f.IntN(3), 3))
		for i := range v.Len() {
			f.value(v.Index(i), depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range f.IntN(4) {
			key, item := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.value(key, depth+1)
			f.value(item, depth+1)
			v.SetMapIndex(key, item)
		}
	}
}
