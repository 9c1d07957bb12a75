package simulate

import (
	"math"
	"math/rand/v2"

	"aiqyn"
)

// Town is the invented town's name: "clear water". There is no such place.
var Town = aiqyn.Text{KK: "Тұнықсу", RU: "Туныксу", EN: "Tunyqsu"}

// Region is the first-level unit that the town is imagined in, by KATO code.
const Region = "110000000"

// origin is the middle of the town, steppe south-west of Astana.
var origin = Point{640000, 5642000}

// District is a part of the town; its code continues the region's and is not
// in the classifier.
type District struct {
	Code  string
	Title aiqyn.Text
}

// The districts, in the order of the numbers that lots refer to.
const (
	districtCentre = iota
	districtSteppe
	districtRiver
	districtRail
)

// Districts of the town.
var Districts = []District{
	{"119910000", aiqyn.Text{KK: "Орталық", RU: "Орталык", EN: "Ortalyq"}},
	{"119920000", aiqyn.Text{KK: "Қызғалдақ", RU: "Кызгалдак", EN: "Qyzgaldaq"}},
	{"119930000", aiqyn.Text{KK: "Өзенжаға", RU: "Озенжага", EN: "Ozenzhaga"}},
	{"119940000", aiqyn.Text{KK: "Теміржол", RU: "Темиржол", EN: "Temirzhol"}},
}

// Street is one street with its centre line.
type Street struct {
	ID       int
	Name     aiqyn.Text
	Arterial bool
	Width    float64 // metres between the lots on either side
	Axis     []Point
}

// Feature is something on the map that is neither street nor parcel.
type Feature struct {
	Kind string // "river", "railway", "park"
	Line []Point
	Ring bool // Line closes on itself
}

// town is the skeleton: streets from west to east (rows), streets from south to
// north (columns), their crossings, and blocks of lots between them.
type town struct {
	cols, rows       int       // of blocks
	crossing         [][]Point // [column street][row street]
	colHalf, rowHalf []float64 // half the width of each street
	colStreet        []int     // index in streets
	rowStreet        []int
	river            int // the row of blocks that is water
	industry         int // rows of blocks below it are workshops, in the rail district
	streets          []Street
	features         []Feature
}

const (
	lotsPerSide = 12   // of a block, on each of its two street fronts
	lotWidth    = 22.0 // metres along the street
	lotDepth    = 36.0
	riverWidth  = 170.0
)

// layTown makes streets for at least the given number of blocks.
func layTown(r *rand.Rand, blocks int) *town {
	const blockWidth, blockDepth = lotsPerSide*lotWidth + 24, 2*lotDepth + 18
	cols := max(4, int(math.Round(math.Sqrt(float64(blocks)*blockDepth/blockWidth))))
	rows := max(6, (blocks+cols-1)/cols) + 1 // one is the river
	t := &town{cols: cols, rows: rows, river: rows / 2, industry: max(2, rows/6)}
	x := t.spread(cols, 3, 10, 18, &t.colHalf, func(int) float64 { return lotsPerSide * between(r, 20.5, 23.5) })
	y := t.spread(rows, 5, 8, 15, &t.rowHalf, func(j int) float64 {
		if j == t.river {
			return riverWidth
		}
		return 2 * between(r, 34, 38)
	})
	bend := newBend(r, x[cols], y[rows])
	for i := range x {
		t.crossing = append(t.crossing, nil)
		for j := range y {
			p := Point{x[i] + between(r, -2.5, 2.5), y[j] + between(r, -1.5, 1.5)}
			t.crossing[i] = append(t.crossing[i], bend.of(p).rounded())
		}
	}
	t.nameStreets()
	t.drawFeatures()
	return t
}

// spread places n+1 parallel streets with the given space between them; every
// nth is an arterial.
func (t *town) spread(n, every int, local, wide float64, half *[]float64, space func(int) float64) []float64 {
	at := make([]float64, n+1)
	for k := range at {
		w := local
		if k%every == every/2 {
			w = wide
		}
		*half = append(*half, w)
		if k > 0 {
			at[k] = at[k-1] + (*half)[k-1] + space(k-1) + w
		}
	}
	return at
}

// bend turns the drawing board's right angles into a town that grew: rotated,
// with streets that swing a little.
type bend struct {
	middle       Point
	sin, cos     float64
	phase, swing Point
}

func newBend(r *rand.Rand, width, height float64) bend {
	sin, cos := math.Sincos(between(r, 0.10, 0.20))
	return bend{
		middle: Point{width / 2, height / 2}, sin: sin, cos: cos,
		phase: Point{between(r, 0, 6), between(r, 0, 6)},
		swing: Point{between(r, 25, 40), between(r, 20, 30)},
	}
}

func (b bend) of(p Point) Point {
	p = p.sub(b.middle)
	p = p.add(Point{b.swing.X * math.Sin(p.Y/700+b.phase.X), b.swing.Y * math.Sin(p.X/600+b.phase.Y)})
	return origin.add(Point{p.X*b.cos - p.Y*b.sin, p.X*b.sin + p.Y*b.cos})
}

// nameStreets makes the streets, from the middle outwards so that the best
// known names are in the centre.
func (t *town) nameStreets() {
	var names streetNamer
	t.colStreet, t.rowStreet = make([]int, t.cols+1), make([]int, t.rows+1)
	add := func(half float64, arterial bool, axis []Point) int {
		id := len(t.streets)
		t.streets = append(t.streets, Street{id, names.next(arterial), arterial, 2 * half, axis})
		return id
	}
	for _, j := range outwards(t.rows + 1) {
		axis := make([]Point, 0, t.cols+1)
		for i := range t.crossing {
			axis = append(axis, t.crossing[i][j])
		}
		t.rowStreet[j] = add(t.rowHalf[j], t.rowHalf[j] > 10, axis)
	}
	for _, i := range outwards(t.cols + 1) {
		t.colStreet[i] = add(t.colHalf[i], t.colHalf[i] > 12, t.crossing[i])
	}
}

// outwards lists 0..n-1 beginning in the middle.
func outwards(n int) []int {
	order := make([]int, 0, n)
	for d := 0; len(order) < n; d++ {
		if n/2+d < n {
			order = append(order, n/2+d)
		}
		if d > 0 && n/2-d >= 0 {
			order = append(order, n/2-d)
		}
	}
	return order
}

// drawFeatures adds the river between its two embankments, and the railway
// along the southern edge.
func (t *town) drawFeatures() {
	var south, north, rail []Point
	for i := range t.crossing {
		away := t.crossing[i][0].sub(t.crossing[i][1])
		rail = append(rail, t.crossing[i][0].add(away.scale(60/math.Hypot(away.X, away.Y))).rounded())
		low, high := t.crossing[i][t.river], t.crossing[i][t.river+1]
		south = append(south, low.to(high, 0.15).rounded())
		north = append(north, low.to(high, 0.85).rounded())
	}
	for i := len(north) - 1; i >= 0; i-- {
		south = append(south, north[i])
	}
	t.features = append(t.features, Feature{Kind: "river", Line: south, Ring: true}, Feature{Kind: "railway", Line: rail})
}

// district of a block.
func (t *town) district(col, row int) int {
	west := col < (t.cols+1)/2
	switch {
	case row > t.river && west:
		return districtCentre
	case row > t.river:
		return districtSteppe
	case west:
		return districtRail
	}
	return districtRiver
}

// industrial reports whether a block is for workshops.
func (t *town) industrial(col, row int) bool {
	return row < t.industry && t.district(col, row) == districtRail
}

// block is the buildable land between four streets.
func (t *town) block(col, row int) quad {
	corners := quad{t.crossing[col][row], t.crossing[col+1][row], t.crossing[col+1][row+1], t.crossing[col][row+1]}
	return corners.inset([4]float64{t.rowHalf[row], t.colHalf[col+1], t.rowHalf[row+1], t.colHalf[col]})
}

// heart is where the town is densest.
func (t *town) heart() Point {
	return t.crossing[t.cols/3][min(t.rows, t.river+1+(t.rows-t.river)/3)]
}
