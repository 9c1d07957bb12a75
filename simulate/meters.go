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
