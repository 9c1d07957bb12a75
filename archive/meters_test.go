package archive

import (
	"strings"
	"testing"

	"aiqyn"
)

const meterTable = "meter,trafo,since\nKZ-0042,17,2026-05-01\nKZ-0042,,2026-06-01\n,18,2026-05-01\nKZ-1,-4,2026-05-01\nKZ-2,1,May\n"

// TestMeters are read row by row: one without a transformer was taken down, one without a
// number is none.
func TestMeters(t *testing.T) {
	list, faults, err := ReadMeters([]byte(meterTable))
	if err != nil || len(list) != 2 || list[0] != (Meter{2, "KZ-0042", 17, "2026-05-01"}) || list[1] != (Meter{3, "KZ-0042", -1, "2026-06-01"}) {
		t.Errorf("%+v %v", list, err)
	}
	said := ""
	for _, f := range faults {
		said += f.Column + " "
	}
	if said != "meter trafo since " {
		t.Errorf("faults: %s", said)
	}
	if _, _, err := ReadMeters([]byte("trafo,meter\n1,a\n")); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("a table without a column: %v", err)
	}
}

// FuzzReadMeters: any bytes are a table of meters, or an error that a person can read.
func FuzzReadMeters(f *testing.F) {
	f.Add([]byte(meterTable))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, faults, err := ReadMeters(data)
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatalf("%v", err)
		}
		for _, m := range list {
			if m.Row < 2 || len(m.Since) != 10 || m.Trafo < -1 || m.Meter == "" || strings.ContainsAny(m.Meter, "\n\t") {
				t.Fatalf("%+v", m)
			}
		}
		for _, w := range faults {
			if w.Row < 2 || w.Err == nil {
				t.Fatalf("%+v", w)
			}
		}
	})
}
