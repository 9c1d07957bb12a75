package canonical

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"
)

// shouted is a key that says how it is read, by a pointer.
type shouted string

func (s *shouted) UnmarshalText(b []byte) error {
	*s = shouted(b) + "!"
	return nil
}

// TestWhatSaysHowItIsRead is left to encoding/json: a type with methods of its own,
// also as the key of a map, and an option of a field that is not known here.
func TestWhatSaysHowItIsRead(t *testing.T) {
	for _, x := range []struct {
		in   string
		into any
		want bool
	}{
		{`{"n":1}`, new(struct {
			N int `json:"n,omitzero"`
		}), true},
		{`{"n":"1"}`, new(struct {
			N int `json:"n,string"`
		}), false},
		{`{"n":"x"}`, new(struct {
			N string `json:"n,string"`
		}), false},
		{`{"a":"b"}`, new(map[string]string), true},
		{`{"a":"b"}`, new(map[shouted]string), false},
		{`"a"`, new(shouted), false},
	} {
		if got := Read([]byte(x.in), x.into); got != x.want {
			t.Errorf("%s into %T: %v", x.in, x.into, got)
		}
	}
}

// TestTextsAreReadToTheirEnd: eight bytes of a text are looked at at once. Whatever byte
// stands wherever in one, it is read and stepped over as encoding/json does.
func TestTextsAreReadToTheirEnd(t *testing.T) {
	for length := range 20 {
		for at := range length {
			for b := range 256 {
				text := bytes.Repeat([]byte{'~'}, length)
				text[at] = byte(b)
				in := slices.Concat([]byte(`{"a":"`), text, []byte(`","b":1}`))
				var got, want struct {
					A string `json:"a"`
					B int    `json:"b"`
				}
				var passed struct {
					B int `json:"b"`
				}
				err := json.Unmarshal(in, &want)
				read := Read(in, &got)
				if read && (err != nil || got != want) {
					t.Fatalf("%q: %v, encoding/json says %v, %v", in, got, want, err)
				}
				if !read && err == nil && utf8.Valid(in) {
					t.Fatalf("%q was not read", in)
				}
				if (Unmarshal(in, &passed) == nil) != (err == nil) || passed.B != want.B && err == nil {
					t.Fatalf("%q: passed over as %v, encoding/json says %v", in, passed, err)
				}
			}
		}
	}
}
