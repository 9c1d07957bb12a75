package grid

import (
	"math"
	"slices"
	"sync"
)

// snapMM is how far a place or a bus may lie from a street to be reached by it.
const snapMM = 250_000

// StreetGraph is streets compiled for looking up and for ways. It is immutable
// and safe for concurrent use.
type StreetGraph struct {
	crs        string
	node       [][2]int64
	edge       [][2]int32
	head       []int32 // node → first slot of its neighbours
	next       []neighbour
	part       []int32 // node → connected part of the graph
	minX, minY int64
	cell       int64
	cols, rows int64
	first      []int32 // cell → first slot
	slot       []int32 // edges, by cell, ascending
	pool       sync.Pool
	buses      busSnaps
}

// busSnaps is where buses meet the streets. They stand where they stand in search after
// search, and there are no more of them than the networks have.
type busSnaps struct {
	mu    sync.RWMutex
	known map[[2]int64]snapped
}

// snapBus is snap for the place of a bus.
func (g *StreetGraph) snapBus(x, y int64) snapped {
	at := [2]int64{x, y}
	g.buses.mu.RLock()
	s, ok := g.buses.known[at]
	g.buses.mu.RUnlock()
	if ok {
		return s
	}
	s = g.snap(x, y)
	g.buses.mu.Lock()
	defer g.buses.mu.Unlock()
	if g.buses.known == nil {
		g.buses.known = make(map[[2]int64]snapped)
	}
	g.buses.known[at] = s
	return s
}

type neighbour struct {
	node int32
	mm   int64
}

// CompileStreets checks streets and prepares them for searching.
func CompileStreets(s *Streets) (*StreetGraph, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	s = s.sorted()
	g := &StreetGraph{crs: s.CRS, node: s.Nodes, edge: s.Edges, head: make([]int32, len(s.Nodes)+1)}
	for _, e := range g.edge {
		g.head[e[0]+1]++
		g.head[e[1]+1]++
	}
	for i := 1; i < len(g.head); i++ {
		g.head[i] += g.head[i-1]
	}
	at := slices.Clone(g.head)
	g.next = make([]neighbour, 2*len(g.edge))
	for _, e := range g.edge {
		mm := g.length(e)
		g.next[at[e[0]]], g.next[at[e[1]]] = neighbour{e[1], mm}, neighbour{e[0], mm}
		at[e[0]]++
		at[e[1]]++
	}
	g.join()
	if len(g.edge) > 0 {
		g.fill()
	}
	g.pool.New = func() any { return new(walk) }
	return g, nil
}

func (g *StreetGraph) length(e [2]int32) int64 {
	a, b := g.node[e[0]], g.node[e[1]]
	return distance(b[0]-a[0], b[1]-a[1])
}

// join numbers the connected parts.
func (g *StreetGraph) join() {
	g.part = make([]int32, len(g.node))
	for i := range g.part {
		g.part[i] = -1
	}
	var stack []int32
	for i := range g.node {
		if g.part[i] >= 0 {
			continue
		}
		stack = append(stack[:0], int32(i))
		g.part[i] = int32(i)
		for len(stack) > 0 {
			k := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, n := range g.next[g.head[k]:g.head[k+1]] {
				if g.part[n.node] < 0 {
					g.part[n.node] = int32(i)
					stack = append(stack, n.node)
				}
			}
		}
	}
}

// fill sorts the edges into cells. No cell is smaller than an eighth of the
// longest edge, so that each edge is in few of them.
func (g *StreetGraph) fill() {
	g.minX, g.minY = math.MaxInt64, math.MaxInt64
	maxX, maxY, longest := int64(math.MinInt64), int64(math.MinInt64), int64(0)
	for _, e := range g.edge {
		longest = max(longest, g.length(e))
		for _, k := range e {
			n := g.node[k]
			g.minX, g.minY, maxX, maxY = min(g.minX, n[0]), min(g.minY, n[1]), max(maxX, n[0]), max(maxY, n[1])
		}
	}
	w, h, count := float64(maxX-g.minX+1), float64(maxY-g.minY+1), float64(len(g.edge))
	g.cell = max(int64(math.Sqrt(w*h/count)), int64(max(w, h)/count), longest/8) + 1
	g.cols, g.rows = (maxX-g.minX)/g.cell+1, (maxY-g.minY)/g.cell+1
	g.first = make([]int32, g.cols*g.rows+1)
	g.eachCell(func(cell int64, _ int32) { g.first[cell+1]++ })
	for i := 1; i < len(g.first); i++ {
		g.first[i] += g.first[i-1]
	}
	next := slices.Clone(g.first)
	g.slot = make([]int32, g.first[len(g.first)-1])
	g.eachCell(func(cell int64, edge int32) {
		g.slot[next[cell]] = edge
		next[cell]++
	})
}

// eachCell calls f for every cell that the box around an edge touches.
func (g *StreetGraph) eachCell(f func(cell int64, edge int32)) {
	for i, e := range g.edge {
		a, b := g.node[e[0]], g.node[e[1]]
		for r := (min(a[1], b[1]) - g.minY) / g.cell; r <= (max(a[1], b[1])-g.minY)/g.cell; r++ {
			for c := (min(a[0], b[0]) - g.minX) / g.cell; c <= (max(a[0], b[0])-g.minX)/g.cell; c++ {
				f(r*g.cols+c, int32(i))
			}
		}
	}
}

// snapped is where a place meets the nearest street: on which edge, where, how
// far from the place, and how far from the edge's ends.
type snapped struct {
	edge int32 // −1: no street is near enough
	at   [2]int64
	off  int64
	ends [2]int64
}

// snap finds the nearest point of a street; of equally near ones that of the
// edge that comes first.
func (g *StreetGraph) snap(x, y int64) snapped {
	best := snapped{edge: -1}
	if len(g.slot) == 0 {
		return best
	}
	for reach := int64(snapMM / 8); ; reach = min(2*reach, snapMM) {
		g.nearest(x, y, reach, &best)
		if best.edge >= 0 && best.off <= reach || reach == snapMM {
			break
		}
	}
	if best.edge < 0 || best.off > snapMM {
		return snapped{edge: -1}
	}
	for i, k := range g.edge[best.edge] {
		best.ends[i] = distance(g.node[k][0]-best.at[0], g.node[k][1]-best.at[1])
	}
	return best
}

func (g *StreetGraph) nearest(x, y, reach int64, best *snapped) {
	column := func(v int64) int64 { return min(max((v-g.minX)/g.cell, 0), g.cols-1) }
	row := func(v int64) int64 { return min(max((v-g.minY)/g.cell, 0), g.rows-1) }
	for r := row(y - reach); r <= row(y+reach); r++ {
		at := r * g.cols
		for _, i := range g.slot[g.first[at+column(x-reach)]:g.first[at+column(x+reach)+1]] {
			p := g.foot(i, x, y)
			off := distance(p[0]-x, p[1]-y)
			if best.edge < 0 || off < best.off || off == best.off && i < best.edge {
				*best = snapped{edge: i, at: p, off: off}
			}
		}
	}
}

// foot is the point of an edge that is nearest to a place, in whole millimetres.
func (g *StreetGraph) foot(edge int32, x, y int64) [2]int64 {
	a, b := g.node[g.edge[edge][0]], g.node[g.edge[edge][1]]
	dx, dy := float64(b[0]-a[0]), float64(b[1]-a[1])
	px, py := float64(x-a[0]), float64(y-a[1])
	t := (float64(px*dx) + float64(py*dy)) / (float64(dx*dx) + float64(dy*dy))
	t = min(max(t, 0), 1)
	return [2]int64{a[0] + int64(math.Round(t*dx)), a[1] + int64(math.Round(t*dy))}
}
