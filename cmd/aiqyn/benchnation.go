package main

import (
	"math"
	"math/rand/v2"

	"aiqyn/grid"
)

// The invented nation that the grid is measured on: regions of feeders, each a
// 10 kV trunk with transformers and low-voltage lines below them. A region is a
// network file of its own, as utilities keep them.
const (
	nationRegions  = 20
	regionFeeders  = 500
	feederTrunk    = 8  // buses on the trunk, besides the source
	feederStations = 7  // transformers
	stationBuses   = 12 // below each, besides its busbar
	feederBuses    = 1 + feederTrunk + feederStations*(1+stationBuses)
)

// feederDraft draws feeders, one after the other, into a network.
type feederDraft struct {
	n   *grid.Network
	r   *rand.Rand
	old *float64 // the rating that many lines share
}

// benchRegion makes one region; the same number gives the same region.
func benchRegion(number, feeders int) *grid.Network {
	return benchFeeders(number, feeders, feederTrunk, feederStations, stationBuses)
}

func benchFeeders(seed, feeders, trunk, stations, perStation int) *grid.Network {
	buses := feeders * (1 + trunk + stations*(1+perStation))
	d := &feederDraft{r: rand.New(rand.NewPCG(uint64(seed), 4)), n: &grid.Network{Name: "bench", BaseHz: 50, Radial: true, CRS: "EPSG:32642",
		Buses: make([]grid.Bus, 0, buses), Lines: make([]grid.Line, 0, buses), Loads: make([]grid.Load, 0, buses)}}
	across := int(math.Ceil(math.Sqrt(float64(feeders))))
	for f := range feeders {
		d.feeder(float64(f%across)*450, float64(f/across)*450, trunk, stations, perStation)
	}
	return d.n
}

// benchStreets is a chessboard of some 20 000 pieces of street over a region.
func benchStreets() *grid.Streets {
	const across, step = 100, 104_000
	r := rand.New(rand.NewPCG(1, 5))
	s := &grid.Streets{CRS: "EPSG:32642", Name: "bench"}
	for k := range int32(across * across) {
		x, y := int64(k%across), int64(k/across)
		s.Nodes = append(s.Nodes, [2]int64{x*step + r.Int64N(20_000), y*step + r.Int64N(20_000)})
		if x > 0 {
			s.Edges = append(s.Edges, [2]int32{k - 1, k})
		}
		if y > 0 {
			s.Edges = append(s.Edges, [2]int32{k - across, k})
		}
	}
	return s
}

func (d *feederDraft) feeder(x, y float64, trunk, stations, perStation int) {
	root := d.bus(10, x, y)
	d.n.Sources = append(d.n.Sources, grid.Source{Bus: root, VPU: 1.03})
	mains := []int{root}
	share := min(1, float64(feederStations)/float64(stations)) // no trunk carries more than another
	for len(mains) <= trunk {
		mains = append(mains, d.line(mains[max(0, len(mains)-1-d.r.IntN(3))], 10, 160, 0.3, 260))
	}
	for s := range stations {
		mv := mains[1+s*trunk/stations]
		at := d.n.Buses[mv]
		lv := d.bus(0.4, *at.X+5, *at.Y+5)
		rated := []float64{250, 400, 630}[d.r.IntN(3)]
		z := 45 / rated
		d.n.Trafos = append(d.n.Trafos, grid.Trafo{ID: len(d.n.Trafos), HV: mv, LV: lv, SnKVA: rated, VnHVKV: 10, VnLVKV: 0.4, VkPct: 4.5, VkrPct: 1.2,
			Model: grid.TrafoModel{RPU: z * 0.27, XPU: z * 0.96, GPU: 0.0006, BPU: -0.004, Ratio: 0.975, ShiftDeg: 150}})
		poles := []int{lv}
		for range perStation {
			pole := d.line(poles[max(0, len(poles)-1-d.r.IntN(4))], 0.4, 35, 0.2, 270)
			poles = append(poles, pole)
			kw := math.Round(share*rated*0.4/float64(perStation)*d.r.Float64()*100) / 100
			d.n.Loads = append(d.n.Loads, grid.Load{Bus: pole, PKW: kw, QKVAr: kw * 0.3})
		}
	}
}

func (d *feederDraft) bus(kv, x, y float64) int {
	id := len(d.n.Buses)
	at := &[2]float64{math.Round(x*1000) / 1000, math.Round(y*1000) / 1000}
	d.n.Buses = append(d.n.Buses, grid.Bus{ID: id, VnKV: kv, X: &at[0], Y: &at[1]})
	return id
}

// line builds on from a bus, along a street of the chessboard.
func (d *feederDraft) line(from int, kv, reach, ohmPerKM, amperes float64) int {
	at, step := d.n.Buses[from], reach*(0.6+0.8*d.r.Float64())
	dx, dy := step, 0.0
	switch d.r.IntN(4) {
	case 0:
		dx = -step
	case 1:
		dx, dy = 0, step
	case 2:
		dx, dy = 0, -step
	}
	to, km := d.bus(kv, *at.X+dx, *at.Y+dy), step/1000
	if d.old == nil || *d.old != amperes {
		d.old = &amperes
	}
	d.n.Lines = append(d.n.Lines, grid.Line{ID: len(d.n.Lines), From: from, To: to, ROhm: ohmPerKM * km, XOhm: 0.09 * km, BUS: 60 * km, LengthKM: km, IMaxA: d.old})
	return to
}
