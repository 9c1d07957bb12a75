package grid

import (
	"math"
	"slices"
	"sync"
)

// Model is a network compiled for solving: every tree contiguous, level by level
// from its source, one array per quantity. Neighbours in the arrays do not wait for
// each other while a tree is swept, as those along a feeder would. It is immutable and safe for concurrent use.
//
// Quantities are per unit on 1 MVA in a frame that absorbs every transformer:
// node k's voltage is multiplied by the product of the tap ratios between it and
// its source. Power is unchanged by that, so the whole tree solves as if there
// were no transformer in it; t2 takes squared voltages back to the bus's own.
type Model struct {
	odd        Oddities
	hot        branches // read in every sweep
	limit      ratings  // read once per solved state
	bus        []int32  // node → position in ids, −1 for the point behind a source's impedance
	ids        []int32  // bus ids, ascending, by position
	nodeOf     []int32  // position → node
	walked     []int32  // nodes in depth-first order, parents before children
	depth      []int32  // branches between a node and its source
	tree       []int32  // node → tree
	start      []int32  // tree → first node; one more entry at the end
	rootU      []float64
	vnKV       []float64   // by node
	lengthM    []int32     // by node: of its line, rounded up; 0 where it is none or nobody knows
	angle      []float64   // by node: the sum of shifts and the source's angle, degrees
	trafo      []trafoNode // by id
	trafosOf   []int32     // positions in trafo, by tree, ascending
	trafoStart []int32     // tree → first of trafosOf; one more entry at the end
	open       []openBranch
	place      index
	branches   int
	hasCI      bool
	pool       *sync.Pool
	running    *Model // the same while generation runs; nil: nothing comes on only then
	runs       []bool // tree → it has loads that come on only then; nil with running
}

// branches are the series branches, each stored at its lower node, and what
// that node draws.
type branches struct {
	par    []int32
	r, x   []float64
	z2     []float64 // r² + x²
	p, q   []float64 // constant power
	g, b   []float64 // shunt: draws g·u and −b·u
	pc, qc []float64 // constant current: draws pc·√u and qc·√u; nil when no load does
}

// ratings are what a solved state is held against, and how a branch is called.
type ratings struct {
	t2       []float64 // squared frame factor of the node
	up, down []float64 // squared rated current at the upper and lower end, +Inf when unrated
	hg, hb   []float64 // half of the branch's own shunt, at each end
	kind     []branchKind
	id       []int32 // of the branch
	order    []int32 // position of the branch in the network's list
	upIsFrom []bool  // the recorded from or hv end is the upper one
	baseUp   []float64
	baseDown []float64 // ampere per frame unit of current at each end
}

type branchKind uint8

const (
	kindLine branchKind = iota
	kindTrafo
	kindLink
	kindSource
)

func (k branchKind) String() string {
	switch k {
	case kindLine:
		return "line"
	case kindTrafo:
		return "trafo"
	case kindLink:
		return "link"
	}
	return "source"
}

// trafoNode is a closed transformer: the node of its lv bus and the one that
// stores its branch.
type trafoNode struct {
	lv, branch int32
	snVA       int64
}

// openBranch is a line or transformer that is switched off at one or both ends;
// node is where it still hangs on, −1 if nowhere.
type openBranch struct {
	id, order int32
	kind      branchKind
	node      int32
	atFrom    bool
	g, b      float64 // what it draws there, in the node's frame
	base      float64 // ampere per frame unit
}

// Compile checks a network and prepares it for solving. The order of the
// elements in n does not matter; n is not kept.
func Compile(n *Network) (*Model, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	n = n.sorted()
	b := newBuilder(n)
	if err := b.attach(); err != nil {
		return nil, err
	}
	if err := b.walk(); err != nil {
		return nil, err
	}
	b.loads()
	b.trafos()
	b.trafosByTree()
	m := b.m
	m.odd = n.oddities()
	m.place = newIndex(n, m)
	m.pool = &sync.Pool{New: func() any { return new(workspace) }}
	b.running()
	return m, nil
}

// Trees returns how many trees, that is sources, the network has.
func (m *Model) Trees() int { return len(m.start) - 1 }

// TreeOf returns the tree that feeds a bus.
func (m *Model) TreeOf(bus int) (tree int, ok bool) {
	k, ok := m.node(bus)
	if !ok {
		return 0, false
	}
	return int(m.tree[k]), true
}

// TreeBuses returns the ids of a tree's buses, ascending.
func (m *Model) TreeBuses(tree int) []int {
	lo, hi := m.span(tree)
	out := make([]int, 0, hi-lo)
	for k := lo; k < hi; k++ {
		if m.bus[k] >= 0 {
			out = append(out, m.busID(k))
		}
	}
	slices.Sort(out)
	return out
}

// Buses returns how many buses the network has.
func (m *Model) Buses() int { return len(m.ids) }

func (m *Model) span(tree int) (lo, hi int) { return int(m.start[tree]), int(m.start[tree+1]) }

func (m *Model) node(bus int) (int, bool) {
	if bus < math.MinInt32 || bus > math.MaxInt32 {
		return 0, false
	}
	i, ok := slices.BinarySearch(m.ids, int32(bus))
	if !ok {
		return 0, false
	}
	return int(m.nodeOf[i]), true
}

// busID returns the id of node k's bus, or of the bus it feeds when it is the
// point behind a source's impedance.
func (m *Model) busID(k int) int {
	if m.bus[k] < 0 {
		k++
	}
	return int(m.ids[m.bus[k]])
}
