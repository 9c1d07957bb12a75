package archive

import (
	"strings"
	"testing"

	"aiqyn"
)

const peakTable = "\ufefftrafo,day,peak_kw,meter\n" +
	"17,2026-11-20,182.5,KZ-0042\n" +
	",,,\n" +
	"17,2026-11-31,10,KZ-0042\n" +
	"x,2026-11-20,a lot,KZ-0042\n" +
	"18,2026-11-20,\"40,001\",\n" +
	"19,2026-11-20,-3,M\n"

// TestPeaks are read row by row; what is wrong is said by row and column. Whether
// a figure can be is not for the table to say.
func TestPeaks(t *testing.T) {
	peaks, faults, err := ReadPeaks([]byte(peakTable))
	if err != nil {
		t.Fatal(err)
	}
	want := []Peak{{2, 17, "2026-11-20", 182_500, "KZ-0042"}, {6, 18, "2026-11-20", 40_001, ""}, {7, 19, "2026-11-20", -3000, "M"}}
	if len(peaks) != len(want) {
		t.Fatalf("%+v", peaks)
	}
	for i := range want {
		if peaks[i] != want[i] {
			t.Errorf("row %d: %+v", i, peaks[i])
		}
	}
	said := ""
	for _, f := range faults {
		said += strings.Join([]string{f.Column, f.Err.Key, ""}, " ")
	}
	if said != "day error.import-date trafo error.answer-type peak_kw error.answer-type " {
		t.Errorf("faults: %s", said)
	}
}

// TestTablesThatAreNone of peaks are refused whole.
func TestTablesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct {
		table string
		kind  aiqyn.ErrorKind
	}{
		"empty": {"", aiqyn.Invalid}, "no meter": {"trafo,day,peak_kw\n1,2026-11-20,1\n", aiqyn.Invalid}, "twice": {"trafo,day,day,peak_kw,meter\n", aiqyn.Invalid},
		"not UTF-8": {"trafo,day,peak_kw,meter\n\xff", aiqyn.Invalid}, "large": {strings.Repeat("x", MaxPeaks+1), aiqyn.TooLarge},
	} {
		if _, _, err := ReadPeaks([]byte(c.table)); aiqyn.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzReadPeaks: any bytes are a table of peaks, or an error that a person can read.
func FuzzReadPeaks(f *testing.F) {
	f.Add([]byte(peakTable))
	f.Add([]byte("day,trafo,meter,peak_kw\n2026-01-01,1,m,1e3\n2026-01-01,1,m,NaN\n2026-01-01,1,m,Inf\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		peaks, faults, err := ReadPeaks(data)
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatalf("%v", err)
		}
		for _, p := range peaks {
			if p.Row < 2 || len(p.Day) != 10 || p.Watt > maxPeakKW*1000 || p.Watt < -maxPeakKW*1000 {
				t.Fatalf("%+v", p)
			}
		}
		for _, w := range faults {
			if w.Row < 2 || w.Err == nil {
				t.Fatalf("%+v", w)
			}
		}
	})
}

const correctionTable = "trafo,day,meter,peak_kw,reason,evidence\n" +
	"17,2026-11-20,KZ-0042,182.5,wrong-unit,\"Act 114, of 2026-11-21\"\n" +
	"18,2026-11-20,KZ-0042,,wrong-transformer,Act 115\n" +
	"19,2026-11-20,,a lot,typing,\n"

// TestCorrections are read row by row: no power says that there should have been no
// reading, and nothing is corrected without a reason and evidence.
func TestCorrections(t *testing.T) {
	list, faults, err := ReadCorrections([]byte(correctionTable))
	if err != nil || len(list) != 2 || list[0].Watt != 182_500 || list[0].None || list[0].Evidence != "Act 114, of 2026-11-21" || !list[1].None || list[1].Watt != -1 || list[1].Reason != "wrong-transformer" {
		t.Errorf("%+v %v", list, err)
	}
	said := ""
	for _, f := range faults {
		said += strings.Join([]string{f.Column, f.Err.Key, ""}, " ")
	}
	if said != "peak_kw error.answer-type evidence error.answer-required " {
		t.Errorf("faults: %s", said)
	}
}

// FuzzReadCorrections: any bytes are a table of corrections, or an error that a person
// can read.
func FuzzReadCorrections(f *testing.F) {
	f.Add([]byte(correctionTable))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, faults, err := ReadCorrections(data)
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatalf("%v", err)
		}
		for _, c := range list {
			if c.Row < 2 || len(c.Day) != 10 || c.Watt > maxPeakKW*1000 || c.Reason == "" || c.Evidence == "" || c.None != (c.Watt == -1) && c.None {
				t.Fatalf("%+v", c)
			}
		}
		for _, w := range faults {
			if w.Row < 2 || w.Err == nil {
				t.Fatalf("%+v", w)
			}
		}
	})
}
