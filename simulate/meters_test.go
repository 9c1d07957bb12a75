package simulate

import (
	"strconv"
	"strings"
	"testing"
	"time"
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

// TestAnOutgrownTransformer: the second meter is of the transformer whose meter has counted
// the most within the weeks, and agrees with it.
func TestAnOutgrownTransformer(t *testing.T) {
	w := &World{Today: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)}
	peaks := "trafo,day,peak_kw,meter\n3,2026-11-20,90.000,\n7,2026-10-01,80.000,AQ-1\n7,2026-11-20,50.000,AQ-1\n7,2026-11-21,60.000,AQ-1\n8,2026-11-21,70.000,AQ-2\n"
	control, trafo, ok := w.Outgrown([]byte(peaks))
	if !ok || trafo != 7 || string(control) != "trafo,day,peak_kw,meter\n7,2026-11-21,58.800,AQ-K-00007\n" {
		t.Errorf("%s of %d, %v", control, trafo, ok)
	}
	if _, _, ok := w.Outgrown([]byte("trafo,day,peak_kw,meter\n7,2026-11-20,50.000,\n")); ok {
		t.Error("without a meter")
	}
}
