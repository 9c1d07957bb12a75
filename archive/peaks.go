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
	if len(data) > MaxPeaks {
		return nil, nil, tooLarge(MaxPeaks>>20, "MiB")
	}
	var at map[string]int
	for line, err := range bounded(new(Mapping).csv(data)) {
		if err != nil {
			return nil, nil, err
		}
		if at == nil {
			if at, err = peakHeader(line); err != nil {
				return nil, nil, err
			}
			continue
		}
		if !slices.ContainsFunc(line.Cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
			continue
		}
		p, wrong := readPeak(line, at)
		if faults = append(faults, wrong...); len(wrong) == 0 {
			peaks = append(peaks, p)
		}
	}
	if at == nil {
		return nil, nil, aiqyn.E(aiqyn.Invalid, "error.import-no-column", "column", peakColumns[0])
	}
	return peaks, faults, nil
}

func peakHeader(line Line) (map[string]int, error) {
	at := make(map[string]int, len(peakColumns))
	for i, name := range line.Cells {
		name = strings.TrimSpace(name)
		if _, twice := at[name]; twice && name != "" {
			return nil, aiqyn.E(aiqyn.Invalid, "error.import-column-twice", "column", name)
		}
		at[name] = i
	}
	for _, name := range peakColumns {
		if _, ok := at[name]; !ok {
			return nil, aiqyn.E(aiqyn.Invalid, "error.import-no-column", "column", name)
		}
	}
	return at, nil
}

func readPeak(line Line, at map[string]int) (p Peak, faults []Fault) {
	cell := func(name string) string {
		if i := at[name]; i < len(line.Cells) {
			return strings.TrimSpace(line.Cells[i])
		}
		return ""
	}
	wrong := func(column, key string, args ...any) {
		faults = append(faults, Fault{line.Row, column, aiqyn.E(aiqyn.Invalid, key, args...)})
	}
	p.Row = line.Row
	trafo, err := strconv.ParseInt(cell("trafo"), 10, 32)
	if p.Trafo = int(trafo); err != nil {
		wrong("trafo", "error.answer-type")
	}
	day, bad := date(cell("day"), "YYYY-MM-DD", line.Serial)
	if p.Day = day; bad != nil {
		faults = append(faults, Fault{line.Row, "day", bad})
	}
	kw, err := strconv.ParseFloat(strings.Replace(cell("peak_kw"), ",", ".", 1), 64)
	if err != nil || !(math.Abs(kw) <= maxPeakKW) {
		wrong("peak_kw", "error.answer-type")
	} else {
		p.Watt = int64(math.Round(kw * 1000))
	}
	if p.Meter = cell("meter"); len([]rune(p.Meter)) > maxMeter || strings.ContainsFunc(p.Meter, func(r rune) bool { return r < ' ' }) {
		wrong("meter", "error.answer-type")
	}
	return p, faults
}
