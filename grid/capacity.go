package grid

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"aiqyn"
)

const (
	// unitW is what a published capacity is rounded down to.
	unitW = 100
	// capW is where the search ends: a node that can take this much is not
	// limited by its distribution network.
	capW = 50_000_000
)

// Capacity is the largest extra load that one bus can take, everything else
// unchanged, in watts, rounded down to 0.1 kW and certified by a solve of the
// whole tree. −1 means that nothing binds up to 50 MW. Binding and Element say
// which limit is met first: a bus for voltage, a branch otherwise.
type Capacity struct {
	FreeW   int64  `json:"free_w"`
	Binding string `json:"binding"`
	Element int    `json:"element"`
}

// BusCapacity is the capacity of one bus.
type BusCapacity struct {
	Bus int `json:"bus"`
	Capacity
}

// TrafoCapacity is what a transformer's lv busbar can still take, and how full
// the transformer is before that.
type TrafoCapacity struct {
	Trafo   int   `json:"trafo"`
	Bus     int   `json:"bus"` // its lv busbar
	RatedVA int64 `json:"rated_va"`
	LoadPPM int64 `json:"load_ppm"` // of the rated current, reservations included
	Capacity
}

// TreeCapacity is the capacity of every bus and transformer of one tree.
// Capacities are one at a time: they do not add up.
type TreeCapacity struct {
	Tree   int
	Buses  []BusCapacity   // by bus
	Trafos []TrafoCapacity // by transformer
	// Feeders are by line; TreeTrafos alone computes them.
	Feeders []FeederCapacity `json:",omitempty"`
	// BaseViolation is the worst broken limit before anything is added; all
	// capacities of the tree are then 0.
	BaseViolation *Violation
}

// TreeCapacity computes the capacity of all of a tree's buses and transformers
// with the reservations in place; those in other trees have no bearing on it. Each
// is what a solve of the whole tree certifies, but most are proven without one.
func (m *Model) TreeCapacity(tree int, reserved []Extra, lim Limits) (*TreeCapacity, error) {
	if tree < 0 || tree >= m.Trees() {
		return nil, invalid("grid.unknown-tree", "tree", tree)
	}
	w, err := m.prepare(reserved, lim)
	if err != nil {
		return nil, err
	}
	q := m.study(w, tree, ordered(reserved), lim)
	defer q.close()
	q.askAll()
	out := q.trafos()
	lo, hi := m.span(tree)
	for k := lo; k < hi; k++ {
		if m.bus[k] >= 0 {
			out.Buses = append(out.Buses, BusCapacity{m.busID(k), q.capacity(k - lo)})
		}
	}
	slices.SortFunc(out.Buses, func(a, b BusCapacity) int { return cmp.Compare(a.Bus, b.Bus) })
	for i := range out.Trafos {
		t := &out.Trafos[i]
		at, _ := slices.BinarySearchFunc(out.Buses, t.Bus, func(b BusCapacity, id int) int { return cmp.Compare(b.Bus, id) })
		t.Capacity = out.Buses[at].Capacity
	}
	return out, nil
}

// TreeTrafos is TreeCapacity without the buses and with the feeders: what is published
// every day, for a fraction of the work.
func (m *Model) TreeTrafos(tree int, reserved []Extra, lim Limits) (*TreeCapacity, error) {
	if tree < 0 || tree >= m.Trees() {
		return nil, invalid("grid.unknown-tree", "tree", tree)
	}
	w, err := m.prepare(reserved, lim)
	if err != nil {
		return nil, err
	}
	q := m.study(w, tree, ordered(reserved), lim)
	defer q.close()
	out := q.trafos()
	out.Feeders = q.feeders()
	for i := range out.Trafos {
		t := &out.Trafos[i]
		k, _ := m.node(t.Bus)
		t.Capacity = q.capacity(k - int(m.start[tree]))
	}
	for i := range out.Feeders {
		f := &out.Feeders[i]
		k, _ := m.node(f.Bus)
		f.Capacity = q.capacity(k - int(m.start[tree]))
	}
	return out, nil
}

// trafos lists the tree's transformers and how full they are.
func (q *study) trafos() *TreeCapacity {
	m, out := q.m, &TreeCapacity{Tree: q.tree, BaseViolation: q.broken}
	for _, i := range m.trafosOf[m.trafoStart[q.tree]:m.trafoStart[q.tree+1]] {
		t := &m.trafo[i]
		out.Trafos = append(out.Trafos, TrafoCapacity{Trafo: int(m.limit.id[t.branch]), Bus: m.busID(int(t.lv)),
			RatedVA: t.snVA, LoadPPM: q.load(int(t.branch))})
	}
	return out
}

// Capacity computes every tree, one after the other. Callers that want several
// cores call TreeCapacity themselves: no tree's answer depends on another.
func (m *Model) Capacity(reserved []Extra, lim Limits) ([]*TreeCapacity, error) {
	if err := m.checkExtras(reserved); err != nil {
		return nil, err
	}
	out, of := make([]*TreeCapacity, m.Trees()), m.byTree(reserved)
	for tree := range out {
		var err error
		if out[tree], err = m.TreeCapacity(tree, of[tree], lim); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CapacityOnCores is Capacity on every core that the process may use. Trees are
// taken in order by whoever is free; no tree's answer depends on another, so the
// answers are the same on one core and on many.
func (m *Model) CapacityOnCores(reserved []Extra, lim Limits) ([]*TreeCapacity, error) {
	if err := first(lim.Validate(), m.checkExtras(reserved)); err != nil {
		return nil, err
	}
	out, errs, of := make([]*TreeCapacity, m.Trees()), make([]error, m.Trees()), m.byTree(reserved)
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), m.Trees()) {
		group.Go(func() {
			for tree := int(next.Add(1)) - 1; tree < len(out); tree = int(next.Add(1)) - 1 {
				out[tree], errs[tree] = m.TreeCapacity(tree, of[tree], lim)
			}
		})
	}
	group.Wait()
	if err := first(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// BusCapacity computes one bus. It equals that bus's entry of TreeCapacity.
func (m *Model) BusCapacity(bus int, reserved []Extra, lim Limits) (Capacity, error) {
	k, ok := m.node(bus)
	if !ok {
		return Capacity{}, aiqyn.E(aiqyn.NotFound, "grid.unknown-bus", "bus", bus)
	}
	w, err := m.prepare(reserved, lim)
	if err != nil {
		return Capacity{}, err
	}
	tree := int(m.tree[k])
	q := m.study(w, tree, ordered(reserved), lim)
	defer q.close()
	return q.capacity(k - int(m.start[tree])), nil
}

// Verify solves the tree of each extra and returns the first broken limit, nil
// when all hold: the joint check of several grants.
func (m *Model) Verify(extra []Extra, lim Limits) (*Violation, error) {
	w, err := m.prepare(extra, lim)
	if err != nil {
		return nil, err
	}
	defer m.giveBack(w)
	for tree, own := range m.byTree(extra) {
		if len(own) == 0 {
			continue
		}
		if v := m.baseState(w, tree, ordered(own), lim); v != nil {
			return v, nil
		}
		if m.isRunning(tree) {
			if v := m.running.baseState(w, tree, ordered(own), lim); v != nil {
				return v, nil
			}
		}
	}
	return nil, nil
}

// byTree sorts extras out by tree, keeping their order.
func (m *Model) byTree(extra []Extra) [][]Extra {
	out := make([][]Extra, m.Trees())
	for _, e := range extra {
		tree, _ := m.TreeOf(e.Bus)
		out[tree] = append(out[tree], e)
	}
	return out
}

func (m *Model) prepare(extra []Extra, lim Limits) (*workspace, error) {
	if err := lim.Validate(); err != nil {
		return nil, err
	}
	if err := m.checkExtras(extra); err != nil {
		return nil, err
	}
	return m.borrow(), nil
}

// baseState solves a tree as it is and returns its worst broken limit, if any.
func (m *Model) baseState(w *workspace, tree int, extra []Extra, lim Limits) *Violation {
	if !m.base(w, tree, extra, lim) {
		lo, _ := m.span(tree)
		return &Violation{BindCollapse, m.busID(lo)}
	}
	if m.holds(w, tree, lim) {
		return nil
	}
	_, v := m.strain(w, tree, lim)
	return &v
}

// study is one tree in its base state, ready to be asked about its nodes.
type study struct {
	m      *Model
	w      *workspace
	tree   int
	lim    Limits
	broken *Violation // of its base state, or of that while generation runs
	itself *Violation // of its base state alone
	strain float64    // of the base state
	all    bool       // every node is asked about: see askAll
	// running is the tree while generation runs, whose limits count as well; nil: nothing
	// generates on it that is not always there.
	running *study
}

func (m *Model) study(w *workspace, tree int, reserved []Extra, lim Limits) *study {
	q := m.briefly(w, tree, reserved, lim)
	for of := q; of != nil; of = of.running {
		if of.itself == nil {
			of.strain, _ = of.m.strain(of.w, tree, lim)
			of.m.respond(of.w, tree, lim)
		}
	}
	return q
}

// briefly is study for who asks whether nodes take a load, and of none how much.
func (m *Model) briefly(w *workspace, tree int, reserved []Extra, lim Limits) *study {
	q := &study{m: m, w: w, tree: tree, lim: lim}
	q.itself = m.baseState(w, tree, reserved, lim)
	q.broken = q.itself
	if m.isRunning(tree) {
		if q.running = m.running.briefly(m.borrow(), tree, reserved, lim); q.broken == nil {
			q.broken = q.running.broken
		}
	}
	return q
}

// close gives back what the study has borrowed.
func (q *study) close() {
	q.m.giveBack(q.w)
	if q.running != nil {
		q.running.close()
	}
}

// load is how full a branch is in the state that the workspace holds, or while
// generation runs if it is fuller then; −1 when there is none.
func (q *study) load(k int) int64 {
	if q.broken != nil && q.broken.Binding == BindCollapse {
		return -1
	}
	lo, _ := q.m.span(q.tree)
	_, _, iu, _, _, id := q.m.ends(q.w, lo, k)
	ppm := int64(math.Ceil(1e6 * math.Sqrt(max(iu/q.m.limit.up[k], id/q.m.limit.down[k]))))
	if q.running != nil {
		ppm = max(ppm, q.running.load(k))
	}
	return ppm
}

// capacity is what node i can take both with and without what generates.
func (q *study) capacity(i int) Capacity {
	c := q.own(i)
	if q.running != nil {
		if with := q.running.own(i); with.FreeW >= 0 && (c.FreeW < 0 || with.FreeW < c.FreeW) {
			return with
		}
	}
	return c
}

// own estimates the capacity of node i in the study's own state and certifies it; of all
// nodes, by a proof where there is one, which a solve would confirm.
func (q *study) own(i int) Capacity {
	if q.broken != nil {
		return Capacity{0, BindBase, q.broken.Element}
	}
	p, v, ok := q.estimate(i)
	if ok && p*1e6 < capW {
		try := max(0, int64(p*1e6/unitW)*unitW)
		for range 4 {
			if try == 0 {
				return Capacity{try, v.Binding, v.Element}
			}
			if q.all && q.proven(i, try, p) {
				return Capacity{try, v.Binding, v.Element}
			}
			found := q.certify(i, try)
			if found == kept {
				return Capacity{try, v.Binding, v.Element}
			}
			if found == collapsed {
				break
			}
			g, _ := q.m.strain(q.w, q.tree, q.lim)
			less := float64(try) * (g - 1) / (g - q.strain)
			if !(less >= 0) {
				break
			}
			try = max(0, int64((float64(try)-less)/unitW)*unitW)
			if less < unitW {
				try = max(0, try-unitW)
			}
		}
	}
	return q.bisect(i)
}

type verdict int

const (
	kept verdict = iota
	brokenLimit
	collapsed
)

// certify solves the whole tree with extra load at node i.
func (q *study) certify(i int, watt int64) verdict {
	p := float64(watt) * 1e-6
	copy(q.w.u, q.w.u0)
	if _, ok := q.m.solve(q.w, q.tree, &probe{node: i, p: p, q: float64(p * q.lim.tan())}); !ok {
		return collapsed
	}
	if !q.m.holds(q.w, q.tree, q.lim) {
		return brokenLimit
	}
	return kept
}

// bisect finds the capacity of node i by full solves alone, where the estimate
// does not settle or nothing binds.
func (q *study) bisect(i int) Capacity {
	if q.certify(i, capW) == kept {
		return Capacity{-1, BindNone, 0}
	}
	good, bad := int64(0), int64(capW)
	for bad-good > unitW {
		mid := (good + bad) / 2 / unitW * unitW
		if q.certify(i, mid) == kept {
			good = mid
		} else {
			bad = mid
		}
	}
	if q.certify(i, bad) == collapsed {
		return Capacity{good, BindCollapse, q.m.busID(int(q.m.start[q.tree]) + i)}
	}
	_, v := q.m.strain(q.w, q.tree, q.lim)
	return Capacity{good, v.Binding, v.Element}
}
