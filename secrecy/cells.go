package secrecy

import (
	"cmp"
	"slices"

	"aiqyn/tile"
)

// K is how many assets a cell has at least.
const K = 5

// The finest cells are those of this zoom, some three kilometres wide at 50°.
const finest = 13

// Band is a figure's interval: at least From, less than To.
type Band struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// widths are those that bands may have, for figures in watts or volt-amperes.
var widths = []int64{1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 1_000_000_000}

// Width is how wide bands are where no figure of one asset exceeds largest: wider
// than that, so that a band does not tell whether the asset is there.
func Width(largest int64) int64 {
	for _, w := range widths {
		if w > largest {
			return w
		}
	}
	return 2 * largest
}

// BandOf is the band of a sum.
func BandOf(sum, width int64) Band {
	from := max(sum, 0) / width * width
	return Band{from, from + width}
}

// CountBand is the band of how many: so wide that one more or less shows only
// where a band ends.
func CountBand(n int) Band {
	from := int64(n) / K * K
	return Band{from, from + K}
}

// Cell is a square of the map, or what is left of it, with at least K assets.
type Cell struct {
	tile.Address
	Members []int // as the assets were given, ascending
}

// Middle is the middle of the cell, where everything generalised stands.
func (c Cell) Middle() tile.World {
	half := func(n int) uint32 { return uint32((uint64(2*n) + 1) << (31 - c.Z)) }
	return tile.World{X: half(c.X), Y: half(c.Y)}
}

// Cells divides assets: a square is cut in four, again and again; quarters with
// fewer than K stay together as what is left of the square, with some of the
// largest quarter if they are too few even so. There is one division only: no two of
// them can be held against each other. Fewer than K assets in all make no cell.
func Cells(places []tile.World) []Cell {
	if len(places) < K {
		return nil
	}
	members := make([]int, len(places))
	for i := range members {
		members[i] = i
	}
	var cells []Cell
	divide(places, Cell{Members: members}, &cells)
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Z, b.Z), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
	})
	return cells
}

func divide(places []tile.World, c Cell, cells *[]Cell) {
	if c.Z == finest || len(c.Members) < 2*K {
		*cells = append(*cells, c)
		return
	}
	var quarters []Cell
	left := Cell{Address: c.Address}
	for _, q := range c.quarters(places) {
		if len(q.Members) < K {
			left.Members = append(left.Members, q.Members...)
		} else {
			quarters = append(quarters, q)
		}
	}
	slices.SortStableFunc(quarters, func(a, b Cell) int { return cmp.Compare(len(a.Members), len(b.Members)) })
	if n := len(left.Members); n > 0 && n < K {
		large := &quarters[len(quarters)-1]
		if spare := K - n; len(large.Members)-spare >= K {
			left.Members, large.Members = append(left.Members, large.Members[:spare]...), large.Members[spare:]
		} else { // small, all of them
			left.Members, quarters = append(left.Members, quarters[0].Members...), quarters[1:]
		}
	}
	if len(left.Members) > 0 {
		slices.Sort(left.Members)
		*cells = append(*cells, left)
	}
	for _, q := range quarters {
		divide(places, q, cells)
	}
}

func (c Cell) quarters(places []tile.World) (q [4]Cell) {
	for i := range q {
		q[i].Address = tile.Address{Z: c.Z + 1, X: 2*c.X + i&1, Y: 2*c.Y + i>>1}
	}
	for _, m := range c.Members {
		a := places[m].Tile(c.Z + 1)
		into := &q[a.X&1+a.Y&1*2]
		into.Members = append(into.Members, m)
	}
	return q
}
