package archive

import (
	"strconv"
	"strings"

	"aiqyn"
)

// Meter is one line of a table of meters: where one stands from a day on.
type Meter struct {
	Row   int
	Meter string
	Trafo int    // −1: nowhere, it was taken down
	Since string // 2006-01-02
}

var meterColumns = []string{"trafo", "meter", "since"}

// ReadMeters reads a table of meters, CSV in UTF-8:
//
//	trafo,meter,since
//	17,KZ-0042,2026-05-01
//
// A line without a transformer is a meter that was taken down. A row that cannot be read
// is told; an error says that the table is none.
func ReadMeters(data []byte) (meters []Meter, faults []Fault, err error) {
	return readRows(data, meterColumns, func(line Line, at map[string]int) (Meter, []Fault) {
		m, faults := Meter{Row: line.Row, Trafo: -1, Meter: line.cell(at, "meter")}, []Fault(nil)
		if cell := line.cell(at, "trafo"); cell != "" {
			trafo, err := strconv.ParseInt(cell, 10, 32)
			if m.Trafo = int(trafo); err != nil || trafo < 0 {
				faults = append(faults, Fault{line.Row, "trafo", aiqyn.E(aiqyn.Invalid, "error.answer-type")})
			}
		}
		day, bad := date(line.cell(at, "since"), "YYYY-MM-DD", line.Serial)
		if m.Since = day; bad != nil {
			faults = append(faults, Fault{line.Row, "since", bad})
		}
		switch {
		case m.Meter == "":
			faults = append(faults, Fault{line.Row, "meter", aiqyn.E(aiqyn.Invalid, "error.answer-required")})
		case !isMeter(m.Meter):
			faults = append(faults, Fault{line.Row, "meter", aiqyn.E(aiqyn.Invalid, "error.answer-type")})
		}
		return m, faults
	})
}

// isMeter reports whether a meter may be called so.
func isMeter(name string) bool {
	return len([]rune(name)) <= maxMeter && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' })
}
