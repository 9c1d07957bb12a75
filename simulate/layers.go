package simulate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"aiqyn"
)

// branch is a part of a network without places of its own: a tree hanging on
// one bus that has a place.
type branch struct {
	anchor int32
	bus    []int32 // in breadth-first order; parents before children
	parent []int32 // index in bus, -1 for those at the anchor
	depth  []int
	leaves []int
}

// grow places every bus that has none, as a radial tree in layers around the
// bus that it hangs on. Anchors are taken in the order of the file.
func (l *layout) grow() {
	anchors := make([]int32, 0, len(l.placed))
	for i, ok := range l.placed {
		if ok {
			anchors = append(anchors, int32(i))
		}
	}
	reach := branchRadius
	if whole := len(anchors); whole <= len(l.n.Sources) {
		size := l.t.extent().size()
		reach = 0.46 * math.Min(size.X, size.Y) / math.Ceil(math.Sqrt(float64(max(1, whole))))
	}
	for _, a := range anchors {
		if b := l.hanging(a); len(b.bus) > 0 {
			l.radiate(b, reach)
		}
	}
	for i, ok := range l.placed { // fed by nothing: the computation will refuse it
		if !ok {
			l.at[i] = l.t.heart()
		}
	}
}

// hanging collects the unplaced tree at an anchor.
func (l *layout) hanging(anchor int32) branch {
	b := branch{anchor: anchor}
	visit := func(from int32, parent, depth int) {
		for _, to := range l.next[from] {
			if !l.placed[to] {
				l.placed[to] = true
				b.bus, b.parent = append(b.bus, to), append(b.parent, int32(parent))
				b.depth = append(b.depth, depth)
			}
		}
	}
	visit(anchor, -1, 1)
	for k := 0; k < len(b.bus); k++ {
		visit(b.bus[k], k, b.depth[k]+1)
	}
	b.leaves = make([]int, len(b.bus))
	for k := len(b.bus) - 1; k >= 0; k-- {
		b.leaves[k] = max(1, b.leaves[k])
		if p := b.parent[k]; p >= 0 {
			b.leaves[p] += b.leaves[k]
		}
	}
	return b
}

// radiate gives each bus a sector as wide as it has leaves and a radius by its
// layer, and then the nearest street.
func (l *layout) radiate(b branch, reach float64) {
	step := math.Min(layerStep, reach/float64(slices.Max(b.depth)))
	if reach > branchRadius {
		step = reach / float64(slices.Max(b.depth))
	}
	var total int
	for k, p := range b.parent {
		if p < 0 {
			total += b.leaves[k]
		}
	}
	start := make([]float64, len(b.bus)) // where the next child's sector begins
	width := 2 * math.Pi / float64(total)
	turn := 0.4 // off the axes, so that a lone line is not drawn along a grid line
	middle := l.at[b.anchor]
	for k := range b.bus {
		at := &turn
		if p := b.parent[k]; p >= 0 {
			at = &start[p]
		}
		start[k] = *at
		sector := width * float64(b.leaves[k])
		*at += sector
		sin, cos := math.Sincos(start[k] + sector/2)
		r := step * float64(b.depth[k])
		l.at[b.bus[k]] = l.t.onStreet(middle.add(Point{r * cos, r * sin}))
	}
}

// describeFile tells what is known about the transformers of a file: nothing
// but their place.
func (w *World) describeFile(t *town) {
	at := make(map[int]int, len(w.Network.Buses))
	for i := range w.Network.Buses {
		at[w.Network.Buses[i].ID] = i
	}
	place := func(bus int) Point {
		b := &w.Network.Buses[at[bus]]
		return Point{*b.X, *b.Y}
	}
	w.Trafos, w.Stations = nil, nil
	for _, tr := range w.Network.Trafos {
		p := place(tr.LV)
		x := Transformer{ID: tr.ID, Name: tr.Name, Bus: tr.LV, District: t.districtAt(p), Basis: Unknown, X: p.X, Y: p.Y}
		if x.Name == "" {
			x.Name = fmt.Sprintf("ТП-%d", tr.ID)
		}
		x.Lon, x.Lat = degrees(p)
		w.Trafos = append(w.Trafos, x)
	}
	for i, s := range w.Network.Sources {
		p := place(s.Bus)
		st := Station{Name: fmt.Sprintf("ПС-%d", i+1), Kind: "substation", X: p.X, Y: p.Y, Feeders: 1}
		st.Lon, st.Lat = degrees(p)
		w.Stations = append(w.Stations, st)
	}
}

// districtAt is the district of the nearest crossing.
func (t *town) districtAt(p Point) aiqyn.Text {
	type spot struct {
		col, row int
		way      float64
	}
	var spots []spot
	for i, street := range t.crossing {
		for j, q := range street {
			spots = append(spots, spot{i, j, p.dist(q)})
		}
	}
	near := slices.MinFunc(spots, func(a, b spot) int { return cmp.Compare(a.way, b.way) })
	return Districts[t.district(min(near.col, t.cols-1), min(near.row, t.rows-1))].Title
}
