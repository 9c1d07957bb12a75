package grid

import (
	"math"
	"slices"
)

// maxRouteCorners bounds a route that is handed out for drawing.
const maxRouteCorners = 64

// walk is Dijkstra's search from one place along the streets, as far as it was
// asked to go. Of two ways of the same length that by the lower node counts.
type walk struct {
	g       *StreetGraph
	x, y    int64
	from    snapped
	dist    []int64 // from the place, the way to the street included; farther than reached: not final
	via     []int32 // the node before; −1: the place's own street
	touched []int32
	heap    []reached
	radius  int64 // every node up to here is final
}

type reached struct {
	mm   int64
	node int32
}

func (a reached) before(b reached) bool { return a.mm < b.mm || a.mm == b.mm && a.node < b.node }

const unreached = math.MaxInt64

// walkFrom begins a search; end it with done.
func (g *StreetGraph) walkFrom(x, y int64) *walk {
	w := g.pool.Get().(*walk)
	if w.g == nil {
		w.g, w.dist, w.via = g, make([]int64, len(g.node)), make([]int32, len(g.node))
		for i := range w.dist {
			w.dist[i] = unreached
		}
	}
	w.begin(x, y)
	return w
}

func (w *walk) begin(x, y int64) {
	g := w.g
	w.x, w.y, w.from, w.radius = x, y, g.snap(x, y), -1
	if w.from.edge >= 0 {
		for i, k := range g.edge[w.from.edge] {
			w.offer(k, w.from.off+w.from.ends[i], -1)
		}
	}
}

func (w *walk) done() {
	w.forget()
	w.g.pool.Put(w)
}

func (w *walk) forget() {
	for _, k := range w.touched {
		w.dist[k] = unreached
	}
	w.touched, w.heap = w.touched[:0], w.heap[:0]
}

func (w *walk) offer(k int32, mm int64, via int32) {
	switch {
	case mm < w.dist[k]:
		if w.dist[k] == unreached {
			w.touched = append(w.touched, k)
		}
		w.dist[k], w.via[k] = mm, via
		w.push(reached{mm, k})
	case mm == w.dist[k] && via < w.via[k]:
		w.via[k] = via
	}
}

// to goes on until every node is final whose way is no longer than radius.
func (w *walk) to(radius int64) {
	for len(w.heap) > 0 && w.heap[0].mm <= radius {
		r := w.pop()
		if r.mm > w.dist[r.node] {
			continue // there was a shorter way
		}
		for _, n := range w.g.next[w.g.head[r.node]:w.g.head[r.node+1]] {
			w.offer(n.node, r.mm+n.mm, r.node)
		}
	}
	w.radius = max(w.radius, radius)
}

// reaches reports whether the streets lead to where a bus meets them at all.
func (w *walk) reaches(to snapped) bool {
	return w.from.edge >= 0 && to.edge >= 0 && w.g.part[w.g.edge[w.from.edge][0]] == w.g.part[w.g.edge[to.edge][0]]
}

// route is the length of the way to where a bus meets the street and on to it;
// it is final if it is no longer than the radius gone so far. end is the end of
// the bus's edge by which it goes, −1 along the place's own.
func (w *walk) route(to snapped) (mm int64, end int) {
	if to.edge == w.from.edge {
		return w.from.off + distance(to.at[0]-w.from.at[0], to.at[1]-w.from.at[1]) + to.off, -1
	}
	mm = unreached
	for i, k := range w.g.edge[to.edge] {
		if d := w.dist[k]; d != unreached && d+to.ends[i]+to.off < mm {
			mm, end = d+to.ends[i]+to.off, i
		}
	}
	return mm, end
}

// line is the route's corners, from the place to the bus.
func (w *walk) line(to snapped, end int, x, y int64) [][2]int64 {
	back := [][2]int64{{x, y}, to.at}
	if end >= 0 {
		for k := w.g.edge[to.edge][end]; k >= 0; k = w.via[k] {
			back = append(back, w.g.node[k])
		}
	}
	back = append(back, w.from.at, [2]int64{w.x, w.y})
	slices.Reverse(back)
	return corners(back)
}

// corners leaves out what is the same point twice, and every other corner where
// there are too many to draw. The first and the last stay.
func corners(line [][2]int64) [][2]int64 {
	line = slices.Compact(line)
	for len(line) > maxRouteCorners {
		kept := line[:1:1]
		for i := 2; i < len(line)-1; i += 2 {
			kept = append(kept, line[i])
		}
		line = append(kept, line[len(line)-1])
	}
	return line
}

func (w *walk) push(r reached) {
	w.heap = append(w.heap, r)
	i := len(w.heap) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !w.heap[i].before(w.heap[up]) {
			break
		}
		w.heap[i], w.heap[up] = w.heap[up], w.heap[i]
		i = up
	}
}

func (w *walk) pop() reached {
	top, last := w.heap[0], len(w.heap)-1
	w.heap[0] = w.heap[last]
	w.heap = w.heap[:last]
	for i := 0; ; {
		least := 2*i + 1
		if least >= last {
			break
		}
		if least+1 < last && w.heap[least+1].before(w.heap[least]) {
			least++
		}
		if !w.heap[least].before(w.heap[i]) {
			break
		}
		w.heap[i], w.heap[least] = w.heap[least], w.heap[i]
		i = least
	}
	return top
}
