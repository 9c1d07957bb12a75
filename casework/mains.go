package casework

import (
	"cmp"
	"slices"

	"aiqyn/grid"
	"aiqyn/secrecy"
	"aiqyn/tile"
)

// Main is one line above a kilovolt on the map.
type Main struct {
	tile.Line
	VA int64 // rated power; 0: unknown
}

// Corridor stands for the lines from one square of the map to another in place of
// these: at least K of them, from the middle of one to that of the other, with what
// they are rated for together in a band.
type Corridor struct {
	From, To               tile.Address
	Lat, Lon, ToLat, ToLon float64
	Count                  secrecy.Band
	Rated                  *secrecy.Band // volt-amperes; nil: unknown, or closed
}

// mainsShown are the lines as they may be shown: each where it is, or as corridors,
// or not at all. Lines end where transformers stand, so they are no more exact than
// those.
func mainsShown(x Exact, p secrecy.Policy) ([]Main, []Corridor) {
	class := p.Of(secrecy.Lines, secrecy.Place)
	if class == secrecy.Exact && placesOpen(p) {
		return x.Mains, nil
	}
	for _, layer := range []secrecy.Layer{secrecy.Transformers, secrecy.Substations} {
		if class == secrecy.Closed || p.Of(layer, secrecy.Place) == secrecy.Closed {
			return nil, nil
		}
	}
	return nil, corridors(x.general().Mains)
}

// Lines are merged by squares of the map that never move, the finest some three
// kilometres wide at 50°; what is too little there is merged by the next larger ones.
const (
	finestCorridor   = 13
	coarsestCorridor = 6
)

// squares are those in which a line begins and ends, the smaller first.
type squares struct{ a, b tile.Address }

func squaresOf(m Main, zoom int) squares {
	a, b := m.A.Tile(zoom), m.B.Tile(zoom)
	if compareCells(b, a) < 0 {
		a, b = b, a
	}
	return squares{a, b}
}

// corridors merges lines by the squares that their ends lie in. What lies within one
// is not told, nor are fewer than K lines between two.
func corridors(mains []Main) []Corridor {
	largest := int64(0)
	for i := range mains {
		largest = max(largest, mains[i].VA)
	}
	var list []Corridor
	left := mains
	for zoom := finestCorridor; zoom >= coarsestCorridor; zoom-- {
		by := make(map[squares][]Main)
		for _, m := range left {
			if at := squaresOf(m, zoom); at.a != at.b {
				by[at] = append(by[at], m)
			}
		}
		left = nil
		for at, members := range by {
			if len(members) < secrecy.K {
				left = append(left, members...)
				continue
			}
			list = append(list, newCorridor(at, members, largest))
		}
	}
	slices.SortFunc(list, func(a, b Corridor) int { return cmp.Or(compareCells(a.From, b.From), compareCells(a.To, b.To)) })
	return list
}

// newCorridor is what is shown of lines between two squares.
func newCorridor(at squares, members []Main, largest int64) Corridor {
	c := Corridor{From: at.a, To: at.b, Count: secrecy.CountBand(len(members))}
	c.Lon, c.Lat = secrecy.Cell{Address: at.a}.Middle().Degrees()
	c.ToLon, c.ToLat = secrecy.Cell{Address: at.b}.Middle().Degrees()
	sum := int64(0)
	for _, m := range members {
		sum += m.VA
	}
	if largest > 0 {
		band := secrecy.BandOf(sum, secrecy.Width(largest))
		c.Rated = &band
	}
	return c
}

func compareCells(a, b tile.Address) int {
	return cmp.Or(cmp.Compare(a.Z, b.Z), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y))
}

// mainsDrawn are the lines that tiles draw: exact ones, or corridors.
func mainsDrawn(s Shown) *tile.Lines {
	lines := make([]tile.Line, 0, len(s.Mains)+len(s.Corridors))
	for _, m := range s.Mains {
		lines = append(lines, m.Line)
	}
	for _, c := range s.Corridors {
		lines = append(lines, tile.Line{A: tile.At(c.Lon, c.Lat), B: tile.At(c.ToLon, c.ToLat)})
	}
	if len(lines) == 0 {
		return nil
	}
	return tile.NewLines(lines)
}

// mains are the lines above a kilovolt; none where the network does not lie on the
// earth.
func (e *Engine) mains() []Main {
	if e.Capacity == nil {
		return nil
	}
	return mainsOf(e.Capacity.tables().Model)
}

func mainsOf(m *grid.Model) []Main {
	var lines []Main
	for _, w := range m.Wires(mainsKV) {
		lon1, lat1, ok1 := m.Degrees(w.X1, w.Y1)
		lon2, lat2, ok2 := m.Degrees(w.X2, w.Y2)
		if ok1 && ok2 {
			lines = append(lines, Main{tile.Line{A: tile.At(lon1, lat1), B: tile.At(lon2, lat2)}, w.RatedVA})
		}
	}
	return lines
}
