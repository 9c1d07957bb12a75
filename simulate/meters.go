package simulate

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// meterDays is for how long before today the town's meters are read every day.
const meterDays = 45

// Peaks is what the meters of the town have counted, as a table that the engine
// takes in: daily peaks of the transformers that have a meter, up to today. On
// the highest day each draws what the network says; on the others less, in
// winter more than in summer. Some readings are missing, as they are in life.
// The figure that the utility stands by, where it has no meter, is one row.
func (w *World) Peaks() []byte {
	var b strings.Builder
	b.WriteString("trafo,day,peak_kw,meter\n")
	kw := w.drawn()
	r := stream(w.seed, "meters")
	for i := range w.Trafos {
		t := &w.Trafos[i]
		switch {
		case t.Basis == Estimated && kw[t.ID] > 0:
			fmt.Fprintf(&b, "%d,%s,%.3f,\n", t.ID, t.Measured, kw[t.ID])
		case t.Basis == Measured && kw[t.ID] > 0:
			top := r.IntN(meterDays / 7) // nearly all have had their highest day early
			if chance(r, 0.01) {
				top = meterDays / 2
			}
			for n := range meterDays {
				share := 0.72 + 0.26*r.Float64()
				if n == top {
					share = 1
				} else if chance(r, 0.04) {
					continue
				}
				fmt.Fprintf(&b, "%d,%s,%.3f,AQ-%05d\n", t.ID, w.Today.AddDate(0, 0, n-meterDays).Format(time.DateOnly), math.Floor(kw[t.ID]*share*1000)/1000, 10_000+t.ID)
			}
		}
	}
	return []byte(b.String())
}

// PeaksOf is what of a table of peaks is of days after one and up to another, each written
// with the year first; false if that is nothing.
func PeaksOf(peaks []byte, after, to string) ([]byte, bool) {
	head, rows, _ := bytes.Cut(peaks, []byte("\n"))
	table := append(slices.Clone(head), '\n')
	for row := range bytes.Lines(rows) {
		if fields := bytes.SplitN(row, []byte(","), 3); string(fields[1]) > after && string(fields[1]) <= to {
			table = append(table, row...)
		}
	}
	return table, len(table) > len(head)+1
}

// MetersOf are the meters of a table of peaks, each from the day of its first row on, as
// tables of so many rows at most.
func MetersOf(peaks []byte, most int) (tables [][]byte) {
	seen, rows := make(map[string]bool), 0
	_, lines, _ := bytes.Cut(peaks, []byte("\n"))
	for line := range bytes.Lines(lines) {
		f := strings.Split(strings.TrimSpace(string(line)), ",")
		if f[3] == "" || seen[f[3]] {
			continue
		}
		if seen[f[3]] = true; rows%most == 0 {
			tables = append(tables, []byte("trafo,meter,since\n"))
		}
		rows++
		last := &tables[len(tables)-1]
		*last = fmt.Appendf(*last, "%s,%s,%s\n", f[0], f[3], f[1])
	}
	return tables
}

// drawn is what hangs below each transformer, by the network.
func (w *World) drawn() map[int]float64 {
	busOf := make(map[int]int, len(w.Supplies)) // bus → transformer
	for _, s := range w.Supplies {
		busOf[s.Bus] = s.Trafo
	}
	sum := make(map[int]float64)
	for _, l := range w.Network.Loads {
		if trafo, ok := busOf[l.Bus]; ok {
			sum[trafo] += l.PKW
		}
	}
	return sum
}

// Misread is a reading that was sent wrongly: what a second meter of the same transformer
// has counted on that day, as a table of peaks, and the correction that it bears out, as a
// table of corrections. By the reading there is more free than there is. False where no
// transformer has a meter.
func (w *World) Misread(peaks []byte) (control, correction []byte, ok bool) {
	rows := bytes.Split(bytes.TrimSpace(peaks), []byte("\n"))
	for i := len(rows) - 1; i > 0; i-- {
		var trafo int
		var day, meter string
		var kw float64
		if _, err := fmt.Sscanf(strings.ReplaceAll(string(rows[i]), ",", " "), "%d %s %f %s", &trafo, &day, &kw, &meter); err != nil || kw < 20 {
			continue // an estimate has no meter
		}
		should := math.Floor(kw * misread)
		control = fmt.Appendf(nil, "trafo,day,peak_kw,meter\n%d,%s,%.3f,AQ-K-%05d\n", trafo, day, should-1, trafo)
		correction = fmt.Appendf(nil, "trafo,day,meter,peak_kw,reason,evidence\n%d,%s,%s,%.3f,wrong-factor,%q\n", trafo, day, meter, should, "Акт проверки № 114 от "+day)
		return control, correction, true
	}
	return nil, nil, false
}

// misread is how much more the true load is than what was sent, where the ratio of the
// current transformers was applied wrongly.
const misread = 1.2

// Outgrown is a transformer that carries more than was thought when its free power was
// published: what a second meter of it has counted on its highest day of the last weeks, as
// a table of peaks. False where no transformer has a meter.
func (w *World) Outgrown(peaks []byte) (control []byte, trafo int, ok bool) {
	var highest float64
	var on string
	since := w.Today.AddDate(0, 0, -outgrownDays).Format(time.DateOnly)
	for line := range bytes.Lines(peaks) {
		var t int
		var day, meter string
		var kw float64
		if _, err := fmt.Sscanf(strings.ReplaceAll(string(line), ",", " "), "%d %s %f %s", &t, &day, &kw, &meter); err != nil || kw < 20 || day < since {
			continue
		}
		if ok && t != trafo {
			break
		}
		trafo, ok = t, true
		if kw > highest {
			highest, on = kw, day
		}
	}
	return fmt.Appendf(nil, "trafo,day,peak_kw,meter\n%d,%s,%.3f,AQ-K-%05d\n", trafo, on, math.Floor(highest*outgrownAgrees*1000)/1000, trafo), trafo, ok
}

// The two meters of a transformer that has outgrown what was published of it: within how
// many days they were read, and how much of the first the second has counted.
const (
	outgrownDays   = 28
	outgrownAgrees = 0.98
)
