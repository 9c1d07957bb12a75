package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/tile"
)

// benchTrafos is how many transformers the tiles are made of, townTrafos how many
// stand together.
const (
	benchTrafos = 60_000
	townTrafos  = 250
)

// tiles measures vector tiles of an invented publication at every zoom: the
// slowest zoom's median, and the largest of all tiles that were made.
func (b *bench) tiles() error {
	r := rand.New(rand.NewPCG(4, 4))
	g := benchPublication(r)
	worst, slowest, largest := time.Duration(0), 0, 0
	for zoom := 0; zoom <= tile.MaxZoom; zoom++ {
		took, err := median(101, func() error {
			l := &g.Lines[r.IntN(len(g.Lines))]
			largest = max(largest, len(g.Tile(tile.At(l.Lon, l.Lat).Tile(zoom))))
			return nil
		})
		if err != nil {
			return err
		}
		if took > worst {
			worst, slowest = took, zoom
		}
	}
	from, to := make([]byte, largest), make([]byte, largest)
	bare, err := median(401, func() error { copy(to, from); return nil })
	if err != nil {
		return err
	}
	b.add(figure{Name: "grid.tile", Value: ms(worst), Unit: "ms", Better: "lower", Goal: 10, Limit: of(ms(bare)),
		LimitName: fmt.Sprintf("the bytes of the largest tile copied; zoom %d is the slowest", slowest)})
	b.add(figure{Name: "grid.tile.size", Value: float64(largest) / 1000, Unit: "kB", Better: "lower", Goal: 100})
	return nil
}

// benchPublication is a publication of transformers in towns, each with a name of
// the longest and a line to its neighbour.
func benchPublication(r *rand.Rand) *casework.GridView {
	lines := make([]casework.TrafoLine, benchTrafos)
	var mains []casework.Main
	for i := range lines {
		town := i / townTrafos
		lines[i] = casework.TrafoLine{
			ID: i + 1, Name: fmt.Sprintf("ТП-%d %s", i, strings.Repeat("ұзын атау ", 5)), District: aiqyn.Text{RU: fmt.Sprint(town)}, SnKVA: 400,
			FreeW: r.Int64N(400_000), Basis: "measured", Lon: 50 + float64(town%20)*1.7 + r.NormFloat64()*0.05, Lat: 42 + float64(town/20)*0.9 + r.NormFloat64()*0.03,
		}
		if i%townTrafos > 0 {
			mains = append(mains, casework.Main{Line: tile.Line{A: tile.At(lines[i-1].Lon, lines[i-1].Lat), B: tile.At(lines[i].Lon, lines[i].Lat)}})
		}
	}
	return casework.NewGridView(casework.Publication{Hash: "bench"}, casework.Exact{Trafos: lines, Mains: mains}, nil)
}
