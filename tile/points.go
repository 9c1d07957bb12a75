package tile

import (
	"cmp"
	"slices"
)

// Cells per side of a tile, as a power of two: of each cell at most one feature
// is drawn. From detailZoom on a cell is a metre or two wide, where that is not
// too many some twenty metres.
const (
	cellsPerSide = 4
	detailZoom   = 16
	detailLevel  = 24
	crowdLevel   = 21
)

// Point is something that has a place and an amount. Item is what the caller
// knows it by; an Amount below zero has no limit and adds nothing to a sum.
type Point struct {
	World
	Item   int32
	Amount int64
	Roomy  bool // counted apart in a cell
}

// Cell is what a tile draws at one place: one point, or several as one. It lies
// in the middle of its points.
type Cell struct {
	World
	Sum    int64 // of the amounts that have a limit
	Best   int32 // the item with the largest amount, of equals the first
	Roomy  int32
	most   int64
	code   uint64
	lo, hi int32 // its points, in order of the curve
}

// Count is how many points it stands for.
func (c Cell) Count() int { return int(c.hi - c.lo) }

// Points answers what is seen of many points at any zoom.
type Points struct {
	sorted []Point
	levels [detailLevel + 1][]Cell // by level; empty where no zoom asks for it
}

// NewPoints adds points up for every zoom.
func NewPoints(points []Point) *Points {
	type coded struct {
		Point
		code uint64
	}
	list := make([]coded, len(points))
	for i, p := range points {
		list[i] = coded{p, curve(p.X, p.Y) >> (2 * (32 - detailLevel))}
	}
	slices.SortFunc(list, func(a, b coded) int { return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.Item, b.Item)) })
	s := &Points{sorted: make([]Point, len(list))}
	finest := make([]Cell, 0, len(list))
	for i, p := range list {
		s.sorted[i] = p.Point
		c := Cell{World: p.World, Best: p.Item, most: p.Amount, code: p.code, lo: int32(i), hi: int32(i) + 1}
		if p.Amount > 0 {
			c.Sum = p.Amount
		}
		if p.Roomy {
			c.Roomy = 1
		}
		finest = append(finest, c)
	}
	s.levels[detailLevel] = joined(finest, 0)
	from := s.levels[detailLevel]
	was := detailLevel
	for level := crowdLevel; level >= 0; level-- {
		from = joined(from, 2*(was-level))
		s.levels[level], was = from, level
	}
	return s
}

// joined adds up cells that fall together when their codes lose so many bits.
func joined(cells []Cell, bits int) []Cell {
	var out []Cell
	for i := 0; i < len(cells); {
		c := cells[i]
		c.code >>= bits
		n := int64(c.Count())
		x, y := int64(c.X)*n, int64(c.Y)*n
		for i++; i < len(cells) && cells[i].code>>bits == c.code; i++ {
			d := cells[i]
			n = int64(d.Count())
			x, y = x+int64(d.X)*n, y+int64(d.Y)*n
			c.Roomy, c.Sum, c.hi = c.Roomy+d.Roomy, c.Sum+d.Sum, d.hi
			if larger(d.most, c.most) {
				c.most, c.Best = d.most, d.Best
			}
		}
		c.World = World{uint32(x / int64(c.Count())), uint32(y / int64(c.Count()))}
		out = append(out, c)
	}
	return out
}

// larger reports whether an amount is more than another; one without limit is
// more than any.
func larger(a, b int64) bool { return b >= 0 && (a < 0 || a > b) }

// Cells are what a tile draws, in order of the curve: at most so many.
func (s *Points) Cells(a Address, most int) []Cell {
	level := a.Z + cellsPerSide
	if a.Z >= detailZoom {
		if cells := s.seen(a, detailLevel); len(cells) <= most {
			return cells
		}
		level = crowdLevel
	}
	for ; ; level-- {
		if cells := s.seen(a, max(level, a.Z)); len(cells) <= most || level <= a.Z {
			return cells[:min(len(cells), most)]
		}
	}
}

// seen are the cells of a level that lie in a tile.
func (s *Points) seen(a Address, level int) []Cell {
	cells := s.levels[level]
	from, to := a.stretch(level)
	at := func(c Cell, code uint64) int { return cmp.Compare(c.code, code) }
	lo, _ := slices.BinarySearchFunc(cells, from, at)
	hi, _ := slices.BinarySearchFunc(cells, to, at)
	return cells[lo:hi]
}

// In are the points of a cell.
func (s *Points) In(c Cell) []Point { return s.sorted[c.lo:c.hi] }

// Bounds are the corners of all points, north-west and south-east.
func (s *Points) Bounds() (nw, se World) {
	nw = World{whole - 1, whole - 1}
	for _, p := range s.sorted {
		nw = World{min(nw.X, p.X), min(nw.Y, p.Y)}
		se = World{max(se.X, p.X), max(se.Y, p.Y)}
	}
	return nw, se
}
