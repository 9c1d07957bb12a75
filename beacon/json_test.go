package beacon

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestJSON(t *testing.T) {
	round, err := ParseRound([]byte(quicknetRound))
	if err != nil {
		t.Fatal(err)
	}
	practised := practice().Round(3)
	draw := drawOf(practice(), 0)
	draw.Nonce = 2
	for _, test := range []struct {
		value, into any
	}{{round, new(Round)}, {practised, new(Round)}, {draw, new(Draw)}} {
		data, err := json.Marshal(test.value)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, test.into); err != nil {
			t.Fatal(err)
		}
		if back := reflect.ValueOf(test.into).Elem().Interface(); !reflect.DeepEqual(back, test.value) {
			t.Errorf("%s reads as %+v, want %+v", data, back, test.value)
		}
	}
	const want = `{"round":3,"value":"3b50ca1a`
	if data, _ := json.Marshal(practised); string(data[:len(want)]) != want {
		t.Errorf("got %s", data)
	}
	for _, bad := range []string{`{}`, `{"round":1,"value":"00"}`, `{"round":1,"value":"zz"}`, `{"round":-1}`, `[]`,
		`{"round":1,"value":"0000000000000000000000000000000000000000000000000000000000000000","proof":"x"}`} {
		if json.Unmarshal([]byte(bad), new(Round)) == nil {
			t.Errorf("%s is a round", bad)
		}
		if bad[1] == '}' && json.Unmarshal([]byte(bad), new(Draw)) == nil {
			t.Errorf("%s is a draw", bad)
		}
	}
}
