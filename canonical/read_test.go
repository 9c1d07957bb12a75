package canonical

import "testing"

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
