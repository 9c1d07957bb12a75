package simulate

import (
	"strconv"
	"strings"
	"testing"
)

// TestAMisreadReading: the correction is of a reading of the table, by which more is free
// than by what it should have been, and another meter of the transformer bears it out.
func TestAMisreadReading(t *testing.T) {
	w := generate(t, Config{Seed: 1, People: 3000})
	peaks := w.Peaks()
	control, correction, ok := w.Misread(peaks)
	if !ok {
		t.Fatal("nothing was misread")
	}
	row := func(table []byte) []string { return strings.Split(strings.Split(string(table), "\n")[1], ",") }
	kw := func(s string) float64 {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Error(err)
		}
		return f
	}
	c, k := row(correction), row(control) // trafo,day,meter,peak_kw,… and trafo,day,peak_kw,meter
	_, sent, ok := strings.Cut(string(peaks), "\n"+c[0]+","+c[1]+",")
	if !ok || c[0] != k[0] || c[1] != k[1] || c[2] == k[3] {
		t.Fatalf("%s and %s", control, correction)
	}
	sent, meter, _ := strings.Cut(sent[:strings.IndexByte(sent, '\n')], ",")
	if was, should, other := kw(sent), kw(c[3]), kw(k[2]); meter != c[2] || should <= was || other < 0.9*should || other > 1.1*should || c[4] != "wrong-factor" {
		t.Errorf("%s by %s should be %v, another has %v", sent, meter, should, other)
	}
	if _, _, ok := w.Misread([]byte("trafo,day,peak_kw,meter\n7,2026-11-20,50.000,\n")); ok {
		t.Error("an estimate was misread by a meter")
	}
}
