package archive

import (
	"strings"

	"aiqyn"
)

const (
	maxReason   = 64  // letters of the name of a reason
	maxEvidence = 500 // letters of what proves a correction
)

// Correction is one line of a table of corrections: what a daily peak that was sent
// wrongly should have been.
type Correction struct {
	Peak
	None     bool   // there should have been no such reading
	Reason   string // by its name in the pack
	Evidence string // by which it can be checked
}

// correctionColumns are the columns of a table of corrections, in any order; all must
// be there.
var correctionColumns = []string{"trafo", "day", "meter", "peak_kw", "reason", "evidence"}

// ReadCorrections reads a table of corrections, CSV in UTF-8:
//
//	trafo,day,meter,peak_kw,reason,evidence
//	17,2026-11-20,KZ-0042,182.5,wrong-unit,"Act 114 of 2026-11-21"
//	18,2026-11-20,KZ-0042,,wrong-transformer,"Act 115 of 2026-11-21"
//
// Transformer, day and meter name the reading, empty power says that there should
// have been none. A row that cannot be read is left out and told; an error says that
// the table is none.
func ReadCorrections(data []byte) (list []Correction, faults []Fault, err error) {
	return readRows(data, correctionColumns, readCorrection)
}

func readCorrection(line Line, at map[string]int) (c Correction, faults []Fault) {
	if c.None = line.cell(at, "peak_kw") == ""; c.None {
		c.Peak, faults = readReading(line, at)
		c.Watt = -1
	} else {
		c.Peak, faults = readPeak(line, at)
	}
	text := func(name string, most int) string {
		s := line.cell(at, name)
		switch {
		case s == "":
			faults = append(faults, Fault{line.Row, name, aiqyn.E(aiqyn.Invalid, "error.answer-required")})
		case len([]rune(s)) > most || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }):
			faults = append(faults, Fault{line.Row, name, aiqyn.E(aiqyn.Invalid, "error.answer-type")})
		}
		return s
	}
	c.Reason, c.Evidence = text("reason", maxReason), text("evidence", maxEvidence)
	return c, faults
}
