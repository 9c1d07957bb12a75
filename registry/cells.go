package registry

import "slices"

// Where parcels lie is kept as cells: squares that are halved twelve or more times from
// one that holds any plane. Each cell has a number under which those within it are one
// stretch, so that all of a square is found by one range and what is larger by its own
// few numbers; nothing is ever scanned.
//
// A parcel is put into the cells of its own size that its rectangle touches: four at most.
const (
	cellLevels = 21 // the smallest is 32 m wide
	planeSide  = 2 * most
)

// cell is the number of the square at a column and row of a level.
func cell(level int, column, row uint32) int64 {
	code := spread(column) | spread(row)<<1
	return (code<<1 | 1) << (2 * (cellLevels - level))
}

// spread puts a zero before each bit.
func spread(v uint32) int64 {
	n := int64(v)
	n = (n | n<<16) & 0x0000ffff0000ffff
	n = (n | n<<8) & 0x00ff00ff00ff00ff
	n = (n | n<<4) & 0x0f0f0f0f0f0f0f0f
	n = (n | n<<2) & 0x3333333333333333
	return (n | n<<1) & 0x5555555555555555
}

// level is the smallest size of cells of which a box touches four at most.
func (b Box) level() int {
	level, side := cellLevels, float64(int64(planeSide)>>cellLevels)
	for ; level > 0 && max(b.X1-b.X0, b.Y1-b.Y0) > side; level-- {
		side *= 2
	}
	return level
}

// each calls on the squares of a level that the box touches.
func (b Box) each(level int, on func(column, row uint32)) {
	side := float64(int64(planeSide) >> level)
	at := func(v float64) uint32 { return uint32((v + most) / side) }
	for column := at(b.X0); column <= at(b.X1); column++ {
		for row := at(b.Y0); row <= at(b.Y1); row++ {
			on(column, row)
		}
	}
}

// Cells are the numbers under which a parcel is found by its place; none if it lies
// nowhere.
func (p *Plot) Cells() []int64 {
	box := p.Box()
	if !box.valid() {
		return nil
	}
	var list []int64
	level := box.level()
	box.each(level, func(column, row uint32) { list = append(list, cell(level, column, row)) })
	return list
}

// CellsOf says where a document of a register lies; nil where it has no place.
func CellsOf(doc any) []int64 {
	switch p := doc.(type) {
	case *Parcel:
		return p.Plot().Cells()
	case Parcel:
		return p.Plot().Cells()
	}
	return nil
}

// Stretches are the ranges of numbers, both ends included, under which everything that
// may touch the box is found; those of one number are the larger squares around it.
func (b Box) Stretches() [][2]int64 {
	var list [][2]int64
	level := b.level()
	b.each(level, func(column, row uint32) {
		at := cell(level, column, row)
		within := int64(1)<<(2*(cellLevels-level)) - 1
		list = append(list, [2]int64{at - within, at + within})
		for up := 1; up <= level; up++ {
			around := cell(level-up, column>>up, row>>up)
			list = append(list, [2]int64{around, around})
		}
	})
	slices.SortFunc(list, func(a, b [2]int64) int { return int(min(max(a[0]-b[0], -1), 1)) })
	return slices.Compact(list)
}
