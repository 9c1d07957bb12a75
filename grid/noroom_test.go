package grid

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn"
)

// TestNoRoomSaysWhatBinds: of each kind of limit what the element may bear, by the
// ratings of the network and the share of them that the limits allow; what is too far was
// not computed, and has neither.
func TestNoRoomSaysWhatBinds(t *testing.T) {
	n := sixthElsewhere()
	n.Buses = append(n.Buses, Bus{ID: 30, VnKV: 0.4})
	n.Lines = append(n.Lines, Line{ID: 1, From: 10, To: 30, ROhm: 0.01, XOhm: 0.01, LengthKM: 0.01, IMaxA: ptr(150.0)})
	n.Loads = append(n.Loads, Load{Bus: 30, PKW: 20})
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	question := []byte(`{"limits":{"line_ppm":800000,"pf_ppm":950000,"trafo_ppm":1000000,"vmax_ppm":1100000,"vmin_ppm":900000},"network":"x","reserved":[{"bus":30,"w":7000}]}`)
	fall := func(binding string, bus, element int, because string) string {
		return `{"because":"` + because + `","binding":"` + binding + `","bus":` + whole(bus) + `,"element":` + whole(element) + `,"free_w":100,"id":"p","route_m":5}`
	}
	answer := `{"best":null,"load_w":90000,"rejected":[` + strings.Join([]string{fall("line", 30, 1, BecauseCapacity), fall("trafo", 30, 1, BecauseCapacity),
		fall("voltage", 30, 30, BecauseCapacity), fall("", 30, 0, BecauseFar), fall("collapse", 11, 11, BecauseCapacity)}, ",") + `]}`
	in, err := NoRoom1InputOf(question, []byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	out, err := RunNoRoom1(in, func(string) (*Model, error) { return m, nil })
	if err != nil {
		t.Fatal(err)
	}
	var got NoRoom
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	above := NoRoomAbove{LoadW: 20_000, RatedVA: 400_000, ReservedW: 7_000, Trafo: 1}
	for i, want := range []*NoRoomLimit{{Most: 120, Unit: "A"}, {Most: 400_000, Unit: "VA"}, {Least: 360, Most: 440, Unit: "V"}, nil, nil} {
		p := got.Points[i]
		if (p.Limit == nil) != (want == nil) || want != nil && *p.Limit != *want {
			t.Errorf("%s of %d: %+v, want %+v", p.Binding, p.Element, p.Limit, want)
		}
		switch {
		case p.Because == BecauseFar && p.Above != nil:
			t.Errorf("too far, and yet %+v", p.Above)
		case i < 3 && (p.Above == nil || *p.Above != above):
			t.Errorf("above %+v, want %+v", p.Above, above)
		}
	}
	if in, err := NoRoom1InputOf(question, []byte(`{"best":{"id":"p"},"rejected":[]}`)); in != nil || err != nil {
		t.Errorf("where some point has room: %s, %v", in, err)
	}
}

func whole(n int) string { b, _ := json.Marshal(n); return string(b) }

// FuzzNoRoom1: whatever is asked, an error that can be shown or an answer.
func FuzzNoRoom1(f *testing.F) {
	models := corpusModels(f)
	files, _ := filepath.Glob("testdata/no-room@1/*.json")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var c corpusCase
		if err := json.Unmarshal(data, &c); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(c.Input))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if out, err := RunNoRoom1(data, snapshotOf(models)); err == nil && !json.Valid(out) {
			t.Errorf("answers %s", out)
		} else if err != nil && aiqyn.KindOf(err) != aiqyn.Invalid && aiqyn.KindOf(err) != aiqyn.NotFound {
			t.Errorf("%v", err)
		}
	})
}
