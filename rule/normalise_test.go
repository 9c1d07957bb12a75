package rule

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestNormalise(t *testing.T) {
	var decoded any
	if err := json.Unmarshal([]byte(`{"a":1,"b":[2,{"c":3}],"d":"4","e":null,"f":true,"g":1.5}`), &decoded); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": int64(1), "b": []any{int64(2), map[string]any{"c": int64(3)}}, "d": "4", "e": nil, "f": true, "g": 1.5,
	}
	if got := Normalise(decoded); !reflect.DeepEqual(got, want) {
		t.Errorf("%#v", got)
	}
	if decoded.(map[string]any)["a"] != 1.0 {
		t.Error("the argument was changed")
	}
	for in, want := range map[any]any{
		json.Number("12"): int64(12), json.Number("1.5"): 1.5, 7: int64(7), int32(7): int64(7), 1e300: 1e300,
		json.Number("9007199254740993"): int64(9007199254740993),
	} {
		if got := Normalise(in); got != want {
			t.Errorf("%v becomes %#v", in, got)
		}
	}
}

func TestNormaliseJSON(t *testing.T) {
	got, err := NormaliseJSON([]byte(`{"tiyn": 9007199254740993, "list": [1, 2.0, 1e2], "name": "x"}`))
	want := map[string]any{"tiyn": int64(9007199254740993), "list": []any{int64(1), int64(2), int64(100)}, "name": "x"}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%#v, %v", got, err)
	}
	for in, want := range map[string]string{
		`{"rate": [0, {"x": 1.5}]}`: "rate: item 1: x: 1.5 is not a whole number",
		`1e400`:                     "not a whole number",
		`9223372036854775808`:       "not a whole number",
		`1 2`:                       "something follows",
		`{`:                         "decode facts",
		``:                          "decode facts",
	} {
		if _, err := NormaliseJSON([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func FuzzNormaliseJSON(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5,"x",null,true]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := NormaliseJSON(data)
		if err != nil {
			return
		}
		if again := Normalise(v); !reflect.DeepEqual(again, v) {
			t.Errorf("%#v, then %#v", v, again)
		}
	})
}
