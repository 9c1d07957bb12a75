package tile

import (
	"cmp"
	"slices"
)

const (
	// baseZoom is where lines are kept as they are; nearer tiles look into the one
	// around them, farther ones into lines that have lost what does not show there.
	baseZoom = 12
	// stepsPerSide are the places per side of a tile, as a power of two, onto which
	// the ends of lines fall in the farther zooms.
	stepsPerSide = 6
	// maxTiles is in how many tiles of a zoom one line is looked for at most; a
	// longer one is left to the farther zooms.
	maxTiles = 64
)

// Line is a straight line between two places.
type Line struct{ A, B World }

// Lines answers which lines are seen in a tile.
type Lines struct {
	zooms [baseZoom + 1]map[Address][]Line
}

// NewLines lays lines out for every zoom.
func NewLines(lines []Line) *Lines {
	s := &Lines{}
	s.zooms[baseZoom] = byTile(lines, baseZoom)
	for zoom := baseZoom - 1; zoom >= 0; zoom-- {
		lines = coarser(lines, zoom)
		s.zooms[zoom] = byTile(lines, zoom)
	}
	return s
}

// coarser moves the ends of lines onto the steps of a zoom; those that become a
// dot are gone, those that fall together are one.
func coarser(lines []Line, zoom int) []Line {
	shift := 32 - zoom - stepsPerSide
	snap := func(w World) World { return World{w.X >> shift << shift, w.Y >> shift << shift} }
	out := make([]Line, 0, len(lines))
	for _, l := range lines {
		l = Line{snap(l.A), snap(l.B)}
		if l.A == l.B {
			continue
		}
		if less(l.B, l.A) < 0 {
			l.A, l.B = l.B, l.A
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Line) int { return cmp.Or(less(a.A, b.A), less(a.B, b.B)) })
	return slices.Compact(out)
}

func less(a, b World) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) }

// byTile puts each line into every tile that its rectangle touches.
func byTile(lines []Line, zoom int) map[Address][]Line {
	tiles := make(map[Address][]Line)
	for _, l := range lines {
		nw := World{min(l.A.X, l.B.X), min(l.A.Y, l.B.Y)}.Tile(zoom)
		se := World{max(l.A.X, l.B.X), max(l.A.Y, l.B.Y)}.Tile(zoom)
		if (se.X-nw.X+1)*(se.Y-nw.Y+1) > maxTiles {
			continue
		}
		for x := nw.X; x <= se.X; x++ {
			for y := nw.Y; y <= se.Y; y++ {
				a := Address{zoom, x, y}
				tiles[a] = append(tiles[a], l)
			}
		}
	}
	return tiles
}

// Paths are the lines that a tile draws, joined where one goes on from the last,
// in its own places: at most so many lines, the longest.
func (s *Lines) Paths(a Address, most int) [][]Spot {
	from := a
	for from.Z > baseZoom {
		from = Address{from.Z - 1, from.X >> 1, from.Y >> 1}
	}
	type drawn struct{ a, b Spot }
	var list []drawn
	for _, l := range s.zooms[from.Z][from] {
		d := drawn{a.Spot(l.A), a.Spot(l.B)}
		if d.a != d.b && crosses(d.a, d.b) {
			list = append(list, d)
		}
	}
	if len(list) > most {
		long := func(d drawn) int64 {
			x, y := int64(d.b.X-d.a.X), int64(d.b.Y-d.a.Y)
			return x*x + y*y
		}
		slices.SortStableFunc(list, func(a, b drawn) int { return cmp.Compare(long(b), long(a)) })
		list = list[:most]
	}
	var paths [][]Spot
	for i, d := range list {
		if n := len(paths); i > 0 && list[i-1].b == d.a {
			paths[n-1] = append(paths[n-1], d.b)
			continue
		}
		paths = append(paths, []Spot{d.a, d.b})
	}
	return paths
}

// crosses reports whether a line's rectangle touches the tile.
func crosses(a, b Spot) bool {
	return max(a.X, b.X) >= 0 && min(a.X, b.X) <= Extent && max(a.Y, b.Y) >= 0 && min(a.Y, b.Y) <= Extent
}

// Between are the lines of a zoom that touch a rectangle: at most so many.
func (s *Lines) Between(nw, se World, zoom, most int) [][2]World {
	zoom = min(zoom, baseZoom)
	first, last := nw.Tile(zoom), se.Tile(zoom)
	taken := make(map[Line]bool)
	var out [][2]World
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			for _, l := range s.zooms[zoom][Address{zoom, x, y}] {
				if taken[l] || max(l.A.X, l.B.X) < nw.X || min(l.A.X, l.B.X) > se.X || max(l.A.Y, l.B.Y) < nw.Y || min(l.A.Y, l.B.Y) > se.Y {
					continue
				}
				if len(out) == most {
					return out
				}
				taken[l] = true
				out = append(out, [2]World{l.A, l.B})
			}
		}
	}
	return out
}
