package simulate

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Use is what a parcel is for.
type Use string

// Uses of parcels.
const (
	Dwelling Use = "dwelling"
	Flats    Use = "flats"
	Shop     Use = "shop"
	Workshop Use = "workshop"
	School   Use = "school"
	Clinic   Use = "clinic"
	Vacant   Use = "vacant"
)

// lot is a parcel before it has an owner: its place in the town.
type lot struct {
	number   string // cadastral
	col, row int    // block
	north    bool   // side of the block
	from, to float64
	district int
	use      Use
	street   int // index in streets
	house    int
	ring     []Point
	front    Point // middle of its street edge
	units    int   // households it can hold, then: holds
}

// needs is what the town must have room for.
type needs struct{ houses, flats, schools, clinics int }

// flatsPerHouse is the size of a block of flats; lotsOfFlats is how many
// ordinary lots its parcel takes.
const (
	flatsPerHouse = 48
	lotsOfFlats   = 4
	lotsOfSchool  = 6
)

// blocks estimates how many blocks of lots are needed, with a tenth to spare
// for vacant land.
func (n needs) blocks() int {
	lots := float64(n.houses)/0.83 + float64(n.flats)/flatsPerHouse*lotsOfFlats*1.6 + float64(n.schools*lotsOfSchool)
	return int(lots/(2*lotsPerSide)*1.06) + 2
}

// quarters is how many there can be in a cadastral district.
const quarters = 999

// side is one street front of one block.
type side struct {
	col, row int
	north    bool
	plan     sidePlan
}

// sidePlan is what a street front is built up with.
type sidePlan int

const (
	planHouses sidePlan = iota
	planIndustry
	planCentre
	planSchool
	planPark
)

// layLots cuts every block in lots and gives them a use and a house number.
func layLots(r *rand.Rand, t *town, n needs) []lot {
	var lots []lot
	for _, s := range planSides(r, t, n) {
		if s.plan == planPark {
			if !s.north {
				t.features = append(t.features, Feature{Kind: "park", Line: t.park(s), Ring: true})
			}
			continue
		}
		lots = append(lots, t.cut(r, s)...)
	}
	number(t, lots)
	balance(r, t, lots, n)
	return lots
}

// planSides decides for each street front what it is built up with: flats
// nearest the heart, schools evenly spread, workshops by the railway.
func planSides(r *rand.Rand, t *town, n needs) []side {
	var sides []side
	for row := range t.rows {
		if row == t.river {
			continue
		}
		for col := range t.cols {
			park := chance(r, 0.02)
			for _, north := range []bool{false, true} {
				s := side{col: col, row: row, north: north}
				switch {
				case t.industrial(col, row):
					s.plan = planIndustry
				case park && row > 0:
					s.plan = planPark
				}
				sides = append(sides, s)
			}
		}
	}
	free := slices.DeleteFunc(order(len(sides)), func(i int) bool { return sides[i].plan != planHouses })
	heart := t.heart()
	slices.SortStableFunc(free, func(a, b int) int {
		return cmp.Compare(t.middle(sides[a]).dist(heart), t.middle(sides[b]).dist(heart))
	})
	dense := min((n.flats+2*flatsPerHouse-1)/(2*flatsPerHouse)+n.clinics, len(free)/2)
	for _, i := range free[:dense] {
		sides[i].plan = planCentre
	}
	rest := free[dense:]
	for k := range n.schools {
		sides[rest[(2*k+1)*len(rest)/(2*n.schools)]].plan = planSchool
	}
	return sides
}

// order is 0..n-1.
func order(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// park is the block of a side that stays green.
func (t *town) park(s side) []Point {
	q := t.block(s.col, s.row)
	ring := make([]Point, len(q))
	for i, corner := range q {
		ring[i] = corner.rounded()
	}
	return ring
}

func (t *town) middle(s side) Point {
	v := 0.25
	if s.north {
		v = 0.75
	}
	return t.block(s.col, s.row).at(0.5, v)
}

// cut divides a street front into lots by its plan.
func (t *town) cut(r *rand.Rand, s side) []lot {
	var uses []Use
	var widths []int // in ordinary lots
	left := lotsPerSide
	add := func(u Use, width int) {
		width = min(width, left)
		uses, widths = append(uses, u), append(widths, width)
		left -= width
	}
	switch s.plan {
	case planCentre:
		add(Flats, lotsOfFlats)
		add(Shop, 1)
		if !s.north {
			add(Clinic, 2)
		}
		add(Flats, lotsOfFlats)
	case planSchool:
		add(School, lotsOfSchool)
	}
	arterial := t.streets[t.rowStreet[t.frontRow(s)]].Arterial
	for left > 0 {
		switch {
		case s.plan == planIndustry && chance(r, 0.75):
			add(Workshop, 2)
		case s.plan == planIndustry:
			add(Vacant, 1)
		case chance(r, 0.03) || arterial && chance(r, 0.10):
			add(Shop, 1)
		case chance(r, 0.07):
			add(Vacant, 1)
		default:
			add(Dwelling, 1)
		}
	}
	return t.place(r, s, uses, widths)
}

// frontRow is the row street that a side faces.
func (t *town) frontRow(s side) int {
	if s.north {
		return s.row + 1
	}
	return s.row
}

// place gives the lots of one street front their ground. A strip of half a
// metre stays between the two rows of a block, for pipes and the surveyor's
// conscience.
func (t *town) place(r *rand.Rand, s side, uses []Use, widths []int) []lot {
	q := t.block(s.col, s.row)
	street, back := 0.0, 0.496
	if s.north {
		street, back = 1.0, 0.504
	}
	cuts := make([]float64, lotsPerSide+1)
	for k := range cuts {
		cuts[k] = float64(k) / lotsPerSide
		if k > 0 && k < lotsPerSide {
			cuts[k] += between(r, -0.012, 0.012)
		}
	}
	var lots []lot
	k := 0
	for i, use := range uses {
		l := lot{col: s.col, row: s.row, north: s.north, from: cuts[k], to: cuts[k+widths[i]], use: use}
		k += widths[i]
		l.district = t.district(s.col, s.row)
		l.street = t.rowStreet[t.frontRow(s)]
		a, b := q.at(l.from, street).rounded(), q.at(l.to, street).rounded()
		c, d := q.at(l.to, back).rounded(), q.at(l.from, back).rounded()
		l.ring = []Point{a, b, c, d}
		if s.north { // keep the ring counter-clockwise
			l.ring = []Point{d, c, b, a}
		}
		l.front = a.to(b, 0.5).rounded()
		lots = append(lots, l)
	}
	return lots
}

// number gives each lot its cadastral number, by block, and its house number,
// along the street from the west: even on the north side, odd on the south.
func number(t *town, lots []lot) {
	inBlock := make(map[[2]int]int)
	type kerb struct {
		street int
		south  bool // of the street
	}
	next := make(map[kerb]int)
	along := order(len(lots))
	slices.SortStableFunc(along, func(a, b int) int {
		return cmp.Or(cmp.Compare(lots[a].col, lots[b].col), cmp.Compare(lots[a].from, lots[b].from))
	})
	for _, i := range along {
		l := &lots[i]
		k := kerb{l.street, l.north}
		next[k] += 2
		l.house = next[k]
		if k.south {
			l.house--
		}
	}
	for i := range lots {
		l := &lots[i]
		at := [2]int{l.col, l.row}
		inBlock[at]++
		// A quarter has three digits; a town with more of them shares numbers.
		block := l.row*t.cols + l.col
		l.number = fmt.Sprintf("99-999-%03d-%03d", block%quarters+1, block/quarters*100+inBlock[at])
	}
}

// balance makes the homes hold exactly the households: dwellings too many stay
// vacant, those at the edge first; homes too few become more flats.
func balance(r *rand.Rand, t *town, lots []lot, n needs) {
	type ranked struct {
		at   int
		rank float64
	}
	var dwellings []ranked
	var flats []int
	heart := t.heart()
	for i := range lots {
		switch lots[i].use {
		case Dwelling:
			dwellings = append(dwellings, ranked{i, lots[i].front.dist(heart) + between(r, 0, 900)})
			lots[i].units = 1
		case Flats:
			flats = append(flats, i)
		}
	}
	slices.SortFunc(dwellings, func(a, b ranked) int { return cmp.Compare(b.rank, a.rank) })
	for _, d := range dwellings[:max(0, len(dwellings)-n.houses)] {
		lots[d.at].use, lots[d.at].units = Vacant, 0
	}
	homeless := n.flats + max(0, n.houses-len(dwellings))
	for k, i := range flats {
		lots[i].units = homeless*(k+1)/len(flats) - homeless*k/len(flats)
	}
}
