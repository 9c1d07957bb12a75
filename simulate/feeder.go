package simulate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"aiqyn/grid"
)

// What the network is designed by.
const (
	poleSpacing = 30.0 // metres
	ownCableKVA = 45.0 // from here on a consumer has a cable of its own
	lossAllowed = 1.03 // of a feeder, on top of its load
)

// lay builds one 10 kV feeder with everything behind it: one tree.
func (u *utility) lay(feeder []zone) {
	s := &u.stations[feeder[0].station]
	s.Feeders++
	amps := u.size(feeder)
	cable, parallel := u.chooseMedium(feeder[0].tight, amps)
	head := len(u.net.Lines)
	name := fmt.Sprintf("%s яч. %d", s.Name, s.Feeders)
	here := Point{s.X, s.Y}
	bus := u.bus(10, here, name)
	u.net.Sources = append(u.net.Sources, grid.Source{Bus: bus, VPU: s.sourcePU})
	col, row := s.col, s.row
	if z := feeder[0]; z.col != col && z.row != row {
		corner := u.bus(10, u.t.crossing[z.col][row], name, "муфта")
		u.net.Lines = append(u.net.Lines, cable.line(bus, corner, u.way(col, row, z.col, row)+20, parallel))
		bus, col = corner, z.col
	}
	for k, z := range feeder {
		site := u.site(z, k)
		hv := u.bus(10, site, u.trafoName(), "10 кВ")
		metres := u.way(col, row, z.col, row) + u.way(z.col, row, z.col, z.row) + 20
		u.net.Lines = append(u.net.Lines, cable.line(bus, hv, metres, parallel))
		u.station(z, hv, site)
		bus, col, row = hv, z.col, z.row
	}
	if feeder[0].tight {
		rated := instrument(amps)
		u.net.Lines[head].IMaxA = &rated
	}
}

// instrument is the rating of the current transformer in a feeder's cell,
// which in the starved quarter is what holds the feeder back.
func instrument(amps float64) float64 {
	for _, rated := range []float64{5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 400, 600} {
		if amps <= rated {
			return rated
		}
	}
	return math.Ceil(amps)
}

// site of a transformer: by the crossing, off the carriageway.
func (u *utility) site(z zone, k int) Point {
	shift := []Point{{9, 7}, {-9, 7}, {9, -7}, {-9, -7}}[k%4]
	return u.t.crossing[z.col][z.row].add(shift)
}

func (u *utility) trafoName() string { return fmt.Sprintf("ТП-%d", len(u.trafos)+101) }

// What the feeders of the starved quarter have to spare, in amperes: from the one that
// nobody dares to add to, to one that could take a house or two, and no workshop.
const (
	spareLeast = 0.5
	spareMost  = 4.5
)

// size chooses the transformers of a feeder and returns the current at its
// head. In the starved quarter the demand has grown up to most of what the feeder's
// cell carries, in some more than in others; nearly full transformers have grown up to
// theirs.
func (u *utility) size(feeder []zone) float64 {
	var total float64
	for i := range feeder {
		total += u.load(feeder[i]).kva()
	}
	growth := 1.0
	if feeder[0].tight {
		amps := amperes(total*lossAllowed, 10)
		rated := instrument(amps)
		growth = math.Min(1.45, max(rated-between(u.r, spareLeast, spareMost), rated/2)/amps)
	}
	total = 0
	for i := range feeder {
		z := &feeder[i]
		u.grow(z, growth)
		kva := u.load(*z).kva()
		z.plate = u.plate(kva, z.full)
		if z.full && kva/z.plate.kva > 0.7 {
			u.grow(z, between(u.r, 0.90, 0.945)*z.plate.kva/kva)
		}
		total += u.load(*z).kva()
	}
	return amperes(total*lossAllowed, 10)
}

func (u *utility) grow(z *zone, k float64) {
	for _, i := range z.lots {
		u.draws[i] = u.draws[i].times(k)
	}
}

// plate is the smallest transformer that leaves the usual reserve; some were
// bought one size larger.
func (u *utility) plate(kva float64, full bool) nameplate {
	reserve := 0.84
	if full {
		reserve = 1.02
	}
	last := len(nameplates) - 1
	for i, p := range nameplates {
		if kva <= reserve*p.kva || i == last {
			if !full && i < last && chance(u.r, 0.22) && kva > 0.45*p.kva {
				return nameplates[i+1]
			}
			return p
		}
	}
	return nameplates[last]
}

// chooseMedium is the cable of a feeder: modern ones have room for decades.
func (u *utility) chooseMedium(tight bool, amps float64) (conductor, int) {
	switch {
	case tight:
		return smallest(old, amps)
	case chance(u.r, 0.4):
		return smallest(old[5:], amps*1.6)
	}
	return smallest(medium, amps*1.6)
}

// station adds a transformer with its low-voltage lines.
func (u *utility) station(z zone, hv int, site Point) {
	name := u.trafoName()
	busbar := u.bus(0.4, site, name, "0,4 кВ")
	index := len(u.trafos)
	u.net.Trafos = append(u.net.Trafos, z.plate.trafo(hv, busbar, name))
	u.trafos = append(u.trafos, u.describe(z, name, busbar, site))
	own := func(i int) bool { return u.draws[i].kva() > ownCableKVA }
	for _, i := range z.lots {
		if own(i) {
			u.ownCable(busbar, site, i, index)
		}
	}
	for _, east := range []bool{false, true} {
		arm := slices.DeleteFunc(slices.Clone(z.lots), func(i int) bool {
			return own(i) || (u.lots[i].col >= z.col) != east
		})
		if len(arm) > 0 {
			u.street(z, busbar, arm, east, index)
		}
	}
}

// describe draws what is known about a transformer.
func (u *utility) describe(z zone, name string, busbar int, site Point) Transformer {
	d := u.lots[z.lots[0]].district
	t := Transformer{Name: name, Bus: busbar, District: Districts[d].Title, Station: u.stations[z.station].Name,
		Built: 1968 + u.r.IntN(25), X: round(site.X, 2), Y: round(site.Y, 2)}
	if chance(u.r, 0.6) && !z.tight {
		t.Built = 2004 + u.r.IntN(21)
	}
	t.Lon, t.Lat = degrees(site)
	switch weighted(u.r, 0.62, 0.28, 0.10) {
	case 0:
		t.Basis, t.Measured = Measured, day(u.today.AddDate(0, 0, -3-u.r.IntN(330)))
	case 1:
		t.Basis, t.Measured = Estimated, day(u.today.AddDate(0, 0, -400-u.r.IntN(1400)))
	default:
		t.Basis = Unknown
	}
	return t
}

// ownCable joins a large consumer straight to the busbar.
func (u *utility) ownCable(busbar int, site Point, i, trafo int) {
	l := &u.lots[i]
	c, n := smallest(cables, amperes(u.draws[i].kva(), 0.4)*1.25)
	bus := u.bus(0.4, l.front, l.number)
	u.net.Lines = append(u.net.Lines, c.line(busbar, bus, site.dist(l.front)*1.1+10, n))
	u.connect(bus, i, trafo)
}

// street runs poles along one arm of a street and hangs the houses on them.
func (u *utility) street(z zone, busbar int, arm []int, east bool, trafo int) {
	end := z.col - 1
	if east {
		end = z.col + 1
	}
	from, to := u.t.crossing[z.col][z.row], u.t.crossing[end][z.row]
	axis := to.sub(from).scale(1 / to.dist(from))
	along := func(i int) float64 {
		d := u.lots[i].front.sub(from)
		return d.X*axis.X + d.Y*axis.Y
	}
	slices.SortStableFunc(arm, func(a, b int) int { return cmp.Compare(along(a), along(b)) })
	c, n := u.chooseLow(z, arm, along)
	feeder := 1
	if east {
		feeder = 2
	}
	bus, pole, reached := busbar, 0, 0.0
	for _, i := range arm {
		for reached+poleSpacing/2 < along(i) || pole == 0 {
			step := math.Max(12, math.Min(poleSpacing, along(i)-reached))
			reached += step
			pole++
			at := from.add(axis.scale(reached)).add(axis.left().scale(5))
			next := u.bus(0.4, at, u.trafos[trafo].Name, fmt.Sprintf("Л-%d оп. %d", feeder, pole))
			u.net.Lines = append(u.net.Lines, c.line(bus, next, step, n))
			bus = next
		}
		l := &u.lots[i]
		house := u.bus(0.4, l.front, l.number)
		drop := from.add(axis.scale(reached)).dist(l.front) + 12
		u.net.Lines = append(u.net.Lines, houseDrop.line(bus, house, drop, 1))
		u.connect(house, i, trafo)
	}
}

// chooseLow is the street's conductor: enough for the current, and for the
// voltage at its end; bare wires of the old streets are allowed to drop more.
func (u *utility) chooseLow(z zone, arm []int, along func(int) float64) (conductor, int) {
	var kva, moment float64 // kVA·m
	for _, i := range arm {
		kva += u.draws[i].kva()
		moment += u.draws[i].kva() * along(i)
	}
	of, drop := overhead, 0.035
	if z.tight || chance(u.r, 0.25) {
		of, drop = bare, 0.055
	}
	need := amperes(kva, 0.4) * 1.2
	for n := 1; ; n++ {
		for _, c := range of {
			k := float64(n)
			if c.imax*k >= need && moment*(c.r+0.3*c.x)/k/1e6/0.16 <= drop {
				return c, n
			}
		}
	}
}

func (u *utility) connect(bus, lot, trafo int) {
	d := u.draws[lot]
	u.net.Loads = append(u.net.Loads, grid.Load{Bus: bus, PKW: round(d.kw, 2), QKVAr: round(d.kvar, 2)})
	u.supplies = append(u.supplies, Supply{Parcel: u.lots[lot].number, Bus: bus, Trafo: trafo, KW: round(d.kw, 2)})
}
