package grid

import (
	"cmp"
	"math"
	"slices"
)

// index finds buses near a place. Positions are whole millimetres, so that a
// distance is the same number on every machine.
type index struct {
	crs        string
	geographic bool
	eastMM     float64 // millimetres per unit of x
	northMM    float64
	x, y       []int64 // by node
	has        []bool
	cell       int64 // edge of a cell
	minX, minY int64
	cols, rows int64
	first      []int32 // cell → first slot
	slot       []int32 // nodes, by cell, ascending
}

// degreeMM is a degree of latitude on a sphere of the earth's mean radius.
const degreeMM = 111_195_080

func newIndex(n *Network, m *Model) index {
	ix := index{crs: n.CRS, eastMM: 1000, northMM: 1000, x: make([]int64, len(m.bus)), y: make([]int64, len(m.bus)), has: make([]bool, len(m.bus))}
	if n.CRS == "EPSG:4326" {
		ix.geographic = true
		ix.northMM = degreeMM
		ix.eastMM = degreeMM * cosine(middleLatitude(n)*(math.Pi/180))
	}
	count := 0
	for i := range n.Buses {
		b := &n.Buses[i]
		if b.X == nil || b.Y == nil {
			continue
		}
		k := m.nodeOf[i]
		ix.x[k], ix.y[k] = ix.mm(*b.X, *b.Y)
		ix.has[k] = true
		count++
	}
	if count > 0 {
		ix.fill(count)
	}
	return ix
}

// mm takes a place in the network's coordinates to millimetres.
func (ix *index) mm(x, y float64) (int64, int64) {
	return int64(math.Round(x * ix.eastMM)), int64(math.Round(y * ix.northMM))
}

func middleLatitude(n *Network) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range n.Buses {
		if y := n.Buses[i].Y; y != nil {
			lo, hi = min(lo, *y), max(hi, *y)
		}
	}
	if lo > hi {
		return 0
	}
	return (lo + hi) / 2
}

// cosine is the Taylor series, good to 1e-12 up to a right angle, in operations
// that no machine rounds differently; math.Cos may be fused.
func cosine(a float64) float64 {
	sum, term, a2 := 1.0, 1.0, float64(a*a)
	for i := 2.0; i <= 24; i += 2 {
		term = -float64(term*a2) / (i * (i - 1))
		sum += term
	}
	return sum
}

// fill sorts the buses into cells of some four each.
func (ix *index) fill(count int) {
	maxX, maxY := int64(math.MinInt64), int64(math.MinInt64)
	ix.minX, ix.minY = math.MaxInt64, math.MaxInt64
	for k, ok := range ix.has {
		if ok {
			ix.minX, maxX = min(ix.minX, ix.x[k]), max(maxX, ix.x[k])
			ix.minY, maxY = min(ix.minY, ix.y[k]), max(maxY, ix.y[k])
		}
	}
	w, h := float64(maxX-ix.minX+1), float64(maxY-ix.minY+1)
	ix.cell = int64(math.Sqrt(w*h*4/float64(count))) + 1
	ix.cell = max(ix.cell, int64(max(w, h)/float64(4*count))+1)
	ix.cols, ix.rows = (maxX-ix.minX)/ix.cell+1, (maxY-ix.minY)/ix.cell+1
	ix.first = make([]int32, ix.cols*ix.rows+1)
	for k, ok := range ix.has {
		if ok {
			ix.first[ix.cellOf(k)+1]++
		}
	}
	for i := 1; i < len(ix.first); i++ {
		ix.first[i] += ix.first[i-1]
	}
	next := slices.Clone(ix.first)
	ix.slot = make([]int32, count)
	for k, ok := range ix.has {
		if ok {
			c := ix.cellOf(k)
			ix.slot[next[c]] = int32(k)
			next[c]++
		}
	}
}

func (ix *index) cellOf(k int) int64 {
	return (ix.y[k]-ix.minY)/ix.cell*ix.cols + (ix.x[k]-ix.minX)/ix.cell
}

// nearby is a node and its distance from the place in question.
type nearby struct {
	node int32
	mm   int64
}

// within appends the nodes at a distance in (from, to] of a place, in no order.
func (ix *index) within(list []nearby, x, y, from, to int64) []nearby {
	if len(ix.slot) == 0 {
		return list
	}
	column := func(v int64) int64 { return min(max((v-ix.minX)/ix.cell, 0), ix.cols-1) }
	row := func(v int64) int64 { return min(max((v-ix.minY)/ix.cell, 0), ix.rows-1) }
	for r := row(y - to); r <= row(y+to); r++ {
		at := r * ix.cols
		for _, k := range ix.slot[ix.first[at+column(x-to)]:ix.first[at+column(x+to)+1]] {
			if d := distance(ix.x[k]-x, ix.y[k]-y); d > from && d <= to {
				list = append(list, nearby{k, d})
			}
		}
	}
	return list
}

// distance is rounded up to a whole millimetre.
func distance(dx, dy int64) int64 {
	x, y := float64(dx), float64(dy)
	return int64(math.Ceil(math.Sqrt(float64(x*x) + float64(y*y))))
}

// farthest is a distance that no bus exceeds.
func (ix *index) farthest(x, y int64) int64 {
	maxX, maxY := ix.minX+ix.cols*ix.cell, ix.minY+ix.rows*ix.cell
	return distance(max(x-ix.minX, maxX-x), max(y-ix.minY, maxY-y)) + 1
}

// TreesNear returns the trees that have a bus within metres of a place, in the
// network's own coordinates, ascending: those whose reservations matter there.
func (m *Model) TreesNear(x, y float64, metres int64) []int {
	px, py := m.place.mm(x, y)
	var trees []int
	for _, c := range m.place.within(nil, px, py, -1, metres*1000) {
		if t := int(m.tree[c.node]); !slices.Contains(trees, t) {
			trees = append(trees, t)
		}
	}
	slices.SortFunc(trees, cmp.Compare[int])
	return trees
}
