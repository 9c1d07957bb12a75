package registry

import (
	"encoding/json"
	"testing"

	"github.com/gowebpki/jcs"
)

func TestCanonical(t *testing.T) {
	value, err := Canonical(Business{BIN: "261340007775", Title: "ЖШС «Құрылыс»", Active: true})
	const want = `{"active":true,"bin":"261340007775","head":"","registered":"","title":"ЖШС «Құрылыс»"}`
	if err != nil || string(value) != want {
		t.Errorf("got %s, %v", value, err)
	}
	if versionOf(value) != versionOf([]byte(want)) || versionOf(value) == versionOf([]byte(`{}`)) {
		t.Error("the version of a row is that of its content")
	}
	for _, bad := range []any{1, "text", []int{1}, func() {}} {
		if _, err := Canonical(bad); err == nil {
			t.Errorf("%v is a document", bad)
		}
	}
}

func TestCanonicalKeepsNumbersExact(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"a":9007199254740992}`:      true,
		`{"a":-9007199254740992}`:     true,
		`{"a":9007199254740993}`:      false,
		`{"a":[{"b":-1e3}]}`:          true,
		`{"a":123456789012345678901}`: false,
		`{"a":"9007199254740993"}`:    true,
		`{"a":1,"a":2}`:               false,
	} {
		if _, err := canonical([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSurelyCanonical(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`: true,
		`{"a":[],"b":{},"c":[1,-2.5,0.001,true,false,null,"ә"]}`: true,
		`{"lat":51.1234567,"lon":71.5}`:                          true,
		`{"b":1,"a":2}`:                                          false,
		`{"a":1,"a":2}`:                                          false,
		`{"a": 1}`:                                               false,
		`{"a":1.0}`:                                              false,
		`{"a":01}`:                                               false,
		`{"a":-0}`:                                               false,
		`{"a":1e3}`:                                              false,
		`{"a":0.0000001}`:                                        false,
		`{"a":1234567890123456}`:                                 false,
		`{"a":"\u0041"}`:                                         false,
		`{"ә":1}`:                                                false, // simple enough only in ASCII
		"{\"a\":\"\xff\"}":                                       false,
		`{"a":1}x`:                                               false,
		`{"a":1,}`:                                               false,
		`{"a":[1,]}`:                                             false,
		`{"a":nul}`:                                              false,
		`{"a"`:                                                   false,
		`[]`:                                                     false,
		``:                                                       false,
	} {
		if got := surelyCanonical([]byte(text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"b":1.50,"a":[true,null,"\u04d9"]}`))
	f.Add([]byte(` {"a":{}} x`))
	f.Add([]byte(`{"a":[],"b":{},"c":[1,-2.5,0.001,true,false,null,"ә"]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if surelyCanonical(data) {
			if long, err := jcs.Transform(data); err != nil || string(long) != string(data) {
				t.Errorf("%s is taken for canonical, but is %s, %v", data, long, err)
			}
		}
		once, err := canonical(data)
		if err != nil {
			return
		}
		twice, err := canonical(once)
		if err != nil || string(once) != string(twice) || !json.Valid(once) {
			t.Errorf("%s becomes %s and that %s, %v", data, once, twice, err)
		}
	})
}
