package canonical

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

type inner struct {
	Bus  int     `json:"bus"`
	Cost float64 `json:"cost"`
}

type outer struct {
	Zeta  string `json:"zeta"` // not in the order of its name
	Alpha *int64 `json:"alpha,omitempty"`
	inner
	Kept    json.RawMessage   `json:"kept"`
	Known   map[string]string `json:"known"`
	List    []inner           `json:"list"`
	Seen    time.Time         `json:"seen,omitzero"`
	Hash    []byte            `json:"hash"`
	Checked bool              `json:"checked"`
	Any     any               `json:"any"`
	Left    string            `json:"-"`
}

var seeds = []string{
	`{}`, `null`, `[]`, ``, `{"bus":1}`, `{"alpha":1,"any":"x","bus":2,"checked":true,"cost":1.5,"hash":"AQI=","kept":{"a":[1,"\u2028"]},"known":{"a":"b"},"list":[{"bus":1,"cost":-0.25}],"seen":"2026-11-30T09:00:00.5Z","zeta":"я"}`,
	`{"Bus":1}`, `{"bus":1,"bus":2}`, `{"zeta":"a","alpha":1}`, `{"alpha":null,"zeta":"a"}`, `{"nobody":{"b":1},"zeta":"a"}`, `{"any":1}`, `{"any":{"a":1}}`,
	`{"bus":1.0}`, `{"cost":1e3}`, `{"cost":01}`, `{"cost":-}`, `{"list":null}`, `{"list":[{}]}`, `{"zeta":"\ud800"}`, "{\"zeta\":\"\xff\"}", `{"zeta":"a"}x`, `{"kept": 1}`, `{"hash":"AQ"}`, `{"ſeen":1}`,
}

// FuzzUnmarshal: what is read with fields passed over, and strictly, is what
// encoding/json reads, and so is whether there is an error.
func FuzzUnmarshal(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var got, want outer
		err, failed := Unmarshal(b, &got), json.Unmarshal(b, &want)
		if (err == nil) != (failed == nil) || err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("%s is read as\n%+v, %v\nby encoding/json as\n%+v, %v", b, got, err, want, failed)
		}
		got, want = outer{}, outer{}
		err = Strictly(b, &got)
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		d.DisallowUnknownFields()
		failed = d.Decode(&want)
		if failed == nil && d.More() {
			failed = ErrMore
		}
		if err == nil && (failed != nil || !reflect.DeepEqual(got, want)) {
			t.Fatalf("strictly, %s is read as\n%+v\nby encoding/json as\n%+v, %v", b, got, want, failed)
		}
	})
}

// FuzzWhole: what is read at once is what encoding/json reads, with whole numbers.
func FuzzWhole(f *testing.F) {
	for _, s := range append(seeds, `1`, `-0`, `9223372036854775808`, `[1,[2,{"a":null}]]`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := Whole(b)
		if !ok {
			return
		}
		var want any
		d := json.NewDecoder(bytes.NewReader(b))
		d.UseNumber()
		if err := d.Decode(&want); err != nil || !reflect.DeepEqual(got, wholes(t, want)) {
			t.Fatalf("%s is read as\n%#v\nby encoding/json as\n%#v, %v", b, got, want, err)
		}
	})
}

func wholes(t *testing.T, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			v[name] = wholes(t, item)
		}
	case []any:
		for i, item := range v {
			v[i] = wholes(t, item)
		}
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return v
}

// FuzzEncode: a value of any shape is written as encoding/json writes it.
func FuzzEncode(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v struct {
			Of    outer `json:"of"`
			Other any   `json:"other"`
		}
		json.Unmarshal(b, &v.Of)
		json.Unmarshal(b, &v.Other)
		for name, x := range map[string]any{"struct": v.Of, "any": v.Other, "both": &v} {
			got, err := Marshal(x)
			want, failed := json.Marshal(x)
			if (err == nil) != (failed == nil) || !bytes.Equal(got, want) {
				t.Fatalf("%s is written as\n%s, %v\nby encoding/json as\n%s, %v", name, got, err, want, failed)
			}
			got, err = Encode(x)
			if want, failed = marshal(x); (err == nil) != (failed == nil) || !bytes.Equal(got, want) {
				t.Fatalf("%s is written as\n%s, %v\nby encoding/json as\n%s, %v", name, got, err, want, failed)
			}
		}
	})
}
