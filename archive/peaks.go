package archive

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
)

// Limits on a table of peaks.
const (
	MaxPeaks  = 16 << 20   // bytes
	maxPeakKW = 10_000_000 // absurd beyond
	maxMeter  = 64         // letters of a meter's number
)

// Peak is one line of a table of daily peaks: the most that a transformer
// delivered on a day. Without a meter it is a figure that the utility stands by.
type Peak struct {
	Row   int
	Trafo int
	Day   string // 2006-01-02
	Watt  int64
	Meter string
}

// peakColumns are the columns of a table of peaks, in any order; all must be
// there.
var peakColumns = []string{"trafo", "day", "peak_kw", "meter"}

// ReadPeaks reads a table of daily peaks, CSV in UTF-8:
//
//	trafo,day,peak_kw,meter
//	17,2026-11-20,182.5,KZ-0042
//
// Days are written with the year first, power in kilowatts, to the watt. A row
// that cannot be read is left out and told; whether a figure is plausible is
// for the engine to say. An error says that the table is none.
func ReadPeaks(data []byte) (peaks []Peak, faults []Fault, err error) {
	return readRows(data, peakColumns, readPeak)
}

// readRows reads a small table whose columns may stand in any order and must all be
// there; empty lines are passed over.
func readRows[T any](data []byte, columns []string, row func(Line, map[string]int) (T, []Fault)) (list []T, faults []Fault, err error) {
	if len(data) > MaxPeaks {
		return nil, nil, tooLarge(MaxPeaks>>20, "MiB")
	}
	var at map[string]int
	for line, err := range bounded(new(Mapping).csv(data)) {
		if err != nil {
			return nil, nil, err
		}
		if at == nil {
			if at, err = header(line, columns); err != nil {
				return nil, nil, err
			}
			continue
		}
		if !slices.ContainsFunc(line.Cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue
		}
		one, wrong := row(line, at)
		if faults = append(faults, wrong...); len(wrong) == 0 {
			list = append(list, one)
		}
	}
	if at == nil {
		return nil, nil, aiqyn.E(aiqyn.Invalid, "error.import-no-column", "column", columns[0])
	}
	return list, faults, nil
}

func header(line Line, columns []string) (map[string]int, error) {
	at := make(map[string]int, len(columns))
	for i, name := range line.Cells {
		name = strings.TrimSpace(name)
		if _, twice := at[name]; twice && name != "" {
			return nil, aiqyn.E(aiqyn.Invalid, "error.import-column-twice", "column", name)
		}
		at[name] = i
	}
	for _, name := range columns {
		if _, ok := at[name]; !ok {
			return nil, aiqyn.E(aiqyn.Invalid, "error.import-no-column", "column", name)
		}
	}
	return at, nil
}

// cell is what a line has in a column, without the spaces around it.
func (l Line) cell(at map[string]int, name string) string {
	if i := at[name]; i < len(l.Cells) {
		return strings.TrimSpace(l.Cells[i])
	}
	return ""
}

func readPeak(line Line, at map[string]int) (p Peak, faults []Fault) {
	p, faults = readReading(line, at)
	kw, err := strconv.ParseFloat(strings.Replace(line.cell(at, "peak_kw"), ",", ".", 1), 64)
	if err != nil || !(math.Abs(kw) <= maxPeakKW) {
		return p, append(faults, Fault{line.Row, "peak_kw", aiqyn.E(aiqyn.Invalid, "error.answer-type")})
	}
	p.Watt = int64(math.Round(kw * 1000))
	return p, faults
}

// readReading reads of which transformer, day and meter a line is.
func readReading(line Line, at map[string]int) (p Peak, faults []Fault) {
	p.Row = line.Row
	trafo, err := strconv.ParseInt(line.cell(at, "trafo"), 10, 32)
	if p.Trafo = int(trafo); err != nil {
		faults = append(faults, Fault{line.Row, "trafo", aiqyn.E(aiqyn.Invalid, "error.answer-type")})
	}
	day, bad := date(line.cell(at, "day"), "YYYY-MM-DD", line.Serial)
	if p.Day = day; bad != nil {
		faults = append(faults, Fault{line.Row, "day", bad})
	}
	if p.Meter = line.cell(at, "meter"); !isMeter(p.Meter) {
		faults = append(faults, Fault{line.Row, "meter", aiqyn.E(aiqyn.Invalid, "error.answer-type")})
	}
	return p, faults
}
