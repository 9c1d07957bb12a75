package api

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzDoubled: whatever a body is, it is taken apart or not without an end of the process,
// and of a text that is JSON a name is told twice exactly where some object has it twice.
func FuzzDoubled(f *testing.F) {
	for _, text := range []string{`{"a":1,"A":2}`, `{"a":{"a":1},"b":[{"a":2},{"a":3}]}`, `{"a":1,"\u0061":2}`, `[{"b":{}},{"b":{},"c":0,"b":1}]`, `{"a":`, `{"":0,"":1}`, `"a"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, twice := doubled(text)
		if !json.Valid(text) {
			return
		}
		if want := someTwice(json.NewDecoder(strings.NewReader(string(text)))); twice != want {
			t.Errorf("%q: %v, not %v", text, twice, want)
		}
	})
}

// someTwice reads one value and reports whether an object in it has a name twice.
func someTwice(d *json.Decoder) (twice bool) {
	token, err := d.Token()
	if err != nil {
		return false
	}
	delim, _ := token.(json.Delim)
	names := make(map[string]bool)
	for delim != 0 && d.More() {
		if delim == '{' {
			name, _ := d.Token()
			folded := strings.ToLower(name.(string))
			twice = twice || names[folded]
			names[folded] = true
		}
		twice = someTwice(d) || twice
	}
	if delim != 0 {
		d.Token()
	}
	return twice
}
