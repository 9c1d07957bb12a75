package canonical

import (
	"encoding/json"
	"reflect"
	"testing"
)

// table recurs.
type table struct {
	Levels []int  `json:"levels"`
	Source string `json:"source"`
}

func (table) Recurs() {}

type usesTable struct {
	N     int   `json:"n"`
	Table table `json:"table"`
}

// TestRecurring: what is spelled like something before is the same value; what only
// begins so is not, nor is what was read while fields were passed over where none may be.
func TestRecurring(t *testing.T) {
	known := `{"levels":[1,2],"source":"a"}`
	var first, second, longer usesTable
	if !Read([]byte(`{"n":1,"table":`+known+`}`), &first) || !Read([]byte(`{"n":2,"table":`+known+`}`), &second) {
		t.Fatal("not read")
	}
	if !reflect.DeepEqual(first.Table, second.Table) || second.N != 2 {
		t.Errorf("%+v and %+v", first, second)
	}
	if Read([]byte(`{"n":3,"table":`+known+`}}`), &longer) || Read([]byte(`{"n":3,"table":`+known+`x}`), &longer) {
		t.Error("what follows it is passed over")
	}
	more := []byte(`{"n":4,"table":{"levels":[3],"nobody":1,"source":"b"}}`)
	for range 3 {
		var x, y usesTable
		if err := Unmarshal(more, &x); err != nil || x.Table.Source != "b" {
			t.Errorf("%+v, %v", x, err)
		}
		if Read(more, &y) {
			t.Error("a field that is unknown is passed over")
		}
	}
	for i := range 20 { // more than are remembered
		want := usesTable{N: i, Table: table{Levels: []int{i % 7}, Source: "c"}}
		text, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		var got usesTable
		if !Read(text, &got) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

// FuzzRecurring: what two texts hold is what encoding/json reads in each, whatever was
// remembered of the first.
func FuzzRecurring(f *testing.F) {
	f.Add([]byte(`{"n":1,"table":{"levels":[1],"source":"a"}}`), []byte(`{"n":2,"table":{"levels":[1],"source":"a"}}`))
	f.Add([]byte(`{"table":{}}`), []byte(`{"table":{},"n":1}`))
	f.Add([]byte(`{"table":{"levels":[1]}}`), []byte(`{"table":{"levels":[12]}}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		for _, b := range [][]byte{first, second, first} {
			var got, want usesTable
			err, failed := Unmarshal(b, &got), json.Unmarshal(b, &want)
			if (err == nil) != (failed == nil) || err == nil && !reflect.DeepEqual(got, want) {
				t.Fatalf("%s is read as %+v, %v, by encoding/json as %+v, %v", b, got, err, want, failed)
			}
		}
	})
}

// FuzzDocument: what is read at once is what encoding/json reads.
func FuzzDocument(f *testing.F) {
	for _, s := range append(seeds, `1`, `-0`, `1.5`, `0.10`, `[51.1,[2,{"a":null}]]`, `"a\"\\\n\u00e9"`, `9223372036854775808`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := Document(b)
		if !ok {
			return
		}
		var want any
		if err := json.Unmarshal(b, &want); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s is read as\n%#v\nby encoding/json as\n%#v, %v", b, got, want, err)
		}
	})
}
