package simulate

import (
	"math"

	"aiqyn/grid"
)

// A network from a file gets places in the town: its own, shifted and scaled to
// fit, or those of a tree drawn around what feeds it and moved on to the
// streets. Either way it does not lie there, and its CRS is emptied to say so;
// lengths and impedances stay those of the file.
const (
	fitMargin    = 0.96  // of the town's extent
	branchRadius = 220.0 // metres that a tree without places may reach out
	layerStep    = 30.0  // metres between its layers
)

// layOut places a network from a file and makes it the world's.
func (w *World) layOut(n *grid.Network, t *town) {
	w.Network = n
	if !t.holds(n) {
		l := newLayout(n, t)
		l.fit()
		l.rootWhole()
		l.grow()
		l.write()
		n.CRS, w.Schematic = "", true
	}
	w.describeFile(t)
}

// holds reports whether a network lies in the town already, as one does that
// was written by an earlier run.
func (t *town) holds(n *grid.Network) bool {
	box := t.extent()
	for i := range n.Buses {
		b := &n.Buses[i]
		if b.X == nil || b.Y == nil || !box.around(Point{*b.X, *b.Y}, 500) {
			return false
		}
	}
	return n.CRS == CRS
}

// box is an upright rectangle.
type box struct{ low, high Point }

func emptyBox() box {
	inf := math.Inf(1)
	return box{Point{inf, inf}, Point{-inf, -inf}}
}

func (b *box) add(p Point) {
	b.low = Point{math.Min(b.low.X, p.X), math.Min(b.low.Y, p.Y)}
	b.high = Point{math.Max(b.high.X, p.X), math.Max(b.high.Y, p.Y)}
}

func (b box) around(p Point, margin float64) bool {
	return p.X >= b.low.X-margin && p.X <= b.high.X+margin && p.Y >= b.low.Y-margin && p.Y <= b.high.Y+margin
}

func (b box) middle() Point { return b.low.to(b.high, 0.5) }
func (b box) size() Point   { return b.high.sub(b.low) }

func (t *town) extent() box {
	b := emptyBox()
	for _, street := range t.crossing {
		for _, p := range street {
			b.add(p)
		}
	}
	return b
}

// layout is a network being placed; buses are known by their index.
type layout struct {
	n      *grid.Network
	t      *town
	at     []Point
	placed []bool
	next   [][]int32 // neighbours over branches
	index  map[int]int32
}

func newLayout(n *grid.Network, t *town) *layout {
	l := &layout{n: n, t: t, at: make([]Point, len(n.Buses)), placed: make([]bool, len(n.Buses)),
		next: make([][]int32, len(n.Buses)), index: make(map[int]int32, len(n.Buses))}
	for i := range n.Buses {
		l.index[n.Buses[i].ID] = int32(i)
	}
	for i := range n.Lines {
		l.join(n.Lines[i].From, n.Lines[i].To)
	}
	for i := range n.Trafos {
		l.join(n.Trafos[i].HV, n.Trafos[i].LV)
	}
	for i := range n.Links {
		l.join(n.Links[i].From, n.Links[i].To)
	}
	return l
}

func (l *layout) join(a, b int) {
	i, j := l.index[a], l.index[b]
	l.next[i], l.next[j] = append(l.next[i], j), append(l.next[j], i)
}

// fit takes the file's own coordinates and brings them into the town by one
// shift and one scale, so that the drawing keeps its shape.
func (l *layout) fit() {
	from := emptyBox()
	for i := range l.n.Buses {
		if b := &l.n.Buses[i]; b.X != nil && b.Y != nil {
			l.at[i], l.placed[i] = Point{*b.X, *b.Y}, true
			from.add(l.at[i])
		}
	}
	if from.low.X > from.high.X {
		return
	}
	squeeze := 1.0 // a degree of longitude is shorter than one of latitude
	if l.n.CRS == "EPSG:4326" {
		squeeze = math.Cos(from.middle().Y * math.Pi / 180)
	}
	to := l.t.extent()
	scale := fitMargin * math.Min(to.size().X/(from.size().X*squeeze), to.size().Y/from.size().Y)
	if math.IsInf(scale, 1) || math.IsNaN(scale) {
		scale = 0 // all in one point
	}
	for i := range l.at {
		if l.placed[i] {
			d := l.at[i].sub(from.middle())
			l.at[i] = to.middle().add(Point{d.X * squeeze * scale, d.Y * scale})
		}
	}
}

// rootWhole places the sources of trees that have no coordinates at all, evenly over
// the town, and what lies above the first placed bus of the others on that bus.
func (l *layout) rootWhole() {
	var bare []int32
	for _, s := range l.n.Sources {
		root := l.index[s.Bus]
		if at, found := l.firstPlaced(root); found {
			if !l.placed[root] {
				l.at[root], l.placed[root] = at, true
			}
			continue
		}
		bare = append(bare, root)
	}
	to := l.t.extent()
	across := int(math.Ceil(math.Sqrt(float64(len(bare)))))
	for k, root := range bare {
		down := (len(bare) + across - 1) / across
		u, v := (float64(k%across)+0.5)/float64(across), (float64(k/across)+0.5)/float64(down)
		l.at[root] = l.t.onStreet(to.low.add(Point{to.size().X * u, to.size().Y * v}))
		l.placed[root] = true
	}
}

// firstPlaced walks a tree until it meets a bus that has a place.
func (l *layout) firstPlaced(root int32) (Point, bool) {
	seen := map[int32]bool{root: true}
	for queue := []int32{root}; len(queue) > 0; queue = queue[1:] {
		if l.placed[queue[0]] {
			return l.at[queue[0]], true
		}
		for _, b := range l.next[queue[0]] {
			if !seen[b] {
				seen[b] = true
				queue = append(queue, b)
			}
		}
	}
	return Point{}, false
}

// write puts the places into the network.
func (l *layout) write() {
	for i := range l.n.Buses {
		p := l.at[i].rounded()
		l.n.Buses[i].X, l.n.Buses[i].Y = &p.X, &p.Y
	}
}

// onStreet is the nearest point of a street's centre line.
func (t *town) onStreet(p Point) Point {
	best, way := p, math.Inf(1)
	for i := range t.streets {
		axis := t.streets[i].Axis
		for k := 1; k < len(axis); k++ {
			along := axis[k].sub(axis[k-1])
			d := p.sub(axis[k-1])
			u := (d.X*along.X + d.Y*along.Y) / (along.X*along.X + along.Y*along.Y)
			q := axis[k-1].to(axis[k], math.Max(0, math.Min(1, u)))
			if dist := p.dist(q); dist < way {
				best, way = q, dist
			}
		}
	}
	return best
}
