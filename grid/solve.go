package grid

import (
	"math"
	"slices"
)

const (
	// flowTol is the largest change of a squared voltage in the last sweep. A
	// sweep multiplies the error by about the square of the voltage drop, so
	// what is left is far below 1e-10.
	flowTol = 1e-10
	// maxSweeps is reached only next to voltage collapse; not converging counts
	// as collapse, which errs to the safe side.
	maxSweeps = 250
	// collapseU is a squared voltage (frame, relative to the source) below which
	// no distribution network has an operating point.
	collapseU = 0.01
)

// workspace holds one tree's state while it is solved. Arrays are indexed by
// node − the tree's first node.
type workspace struct {
	u    []float64 // squared voltage in the frame
	pf   []float64 // power into the node from its branch; draw while sweeping
	qf   []float64
	drop []float64 // u of the parent − u
	inv  []float64 // 1/u
	p, q []float64 // constant power with reservations
	u0   []float64 // solved state that others start from
	resp []response
	need []need
	path pathSpace
	all  allSpace
}

// grow sizes the workspace for a tree of n nodes.
func (w *workspace) grow(n int) {
	if cap(w.u) < n {
		back := make([]float64, 8*n)
		cut := func(i int) []float64 { return back[i*n : (i+1)*n : (i+1)*n] }
		w.u, w.pf, w.qf, w.drop, w.p, w.q, w.u0, w.inv = cut(0), cut(1), cut(2), cut(3), cut(4), cut(5), cut(6), cut(7)
	}
	w.u, w.pf, w.qf, w.drop = w.u[:n], w.pf[:n], w.qf[:n], w.drop[:n]
	w.p, w.q, w.u0, w.inv = w.p[:n], w.q[:n], w.u0[:n], w.inv[:n]
}

func (m *Model) borrow() *workspace    { return m.pool.Get().(*workspace) }
func (m *Model) giveBack(w *workspace) { m.pool.Put(w) }

// probe is extra demand at one node of the tree under test: s at the node
// itself, or, when z is set, at the end of a new line from it.
type probe struct {
	node   int // relative to the tree's first; −1: none
	p, q   float64
	r, x   float64
	object float64 // out: squared voltage at the end of the new line, 0 when it cannot carry s
}

// load sets the demand of a tree: the network's own and the extras.
func (m *Model) load(w *workspace, tree int, extra []Extra, tan float64) {
	lo, hi := m.span(tree)
	w.grow(hi - lo)
	copy(w.p, m.hot.p[lo:hi])
	copy(w.q, m.hot.q[lo:hi])
	for _, e := range extra {
		k, ok := m.node(e.Bus)
		if !ok || k < lo || k >= hi {
			continue
		}
		p := float64(float64(e.Watt) * 1e-6)
		w.p[k-lo] += p
		w.q[k-lo] += float64(p * tan)
	}
}

// solve finds the operating point of a tree from the state in w.u and leaves it
// there, with the flows into every node in w.pf and w.qf. It works on squared
// voltages and branch powers: what one sweep leaves wrong is second order in
// the drop, and no angle is needed. Products are rounded before they are added,
// so that no machine fuses them into another result.
func (m *Model) solve(w *workspace, tree int, pr *probe) (sweeps int, ok bool) {
	lo, hi := m.span(tree)
	t := m.cut(lo, hi)
	w.u[0] = m.rootU[tree]
	floor := collapseU * m.rootU[tree]
	m.draw(w, t, pr)
	for sweeps = 1; sweeps <= maxSweeps; sweeps++ {
		t.backward(w)
		worst, least := t.forward(w)
		if !(least > floor) {
			return sweeps, false
		}
		if pr.node >= 0 || t.pc != nil {
			if !m.drawExtra(w, t, pr) {
				return sweeps, false
			}
		}
		if worst < flowTol {
			t.backward(w)
			// Whatever overflowed below has reached the source's power.
			return sweeps, math.Abs(w.pf[0]) < math.MaxFloat64
		}
	}
	return sweeps, false
}

// SweepBytes is how many bytes one sweep of the whole network reads and writes:
// what bounds the time of a power flow from below on a given machine.
func (m *Model) SweepBytes() int {
	const backward = 4 + 4*8 + 2*16 + 8       // par; r, x, z2, 1/u; the powers above, read and written; drop
	const forward = 4 + 4*8 + 16 + 8 + 8 + 16 // par; p, q, g, b; u, read and written; drop; 1/u; draws
	return len(m.hot.par) * (backward + forward)
}

// treeView is the hot part of one tree, its parents relative to its first node.
type treeView struct {
	branches
	lo int
}

func (m *Model) cut(lo, hi int) treeView {
	h := &m.hot
	v := treeView{lo: lo, branches: branches{par: h.par[lo:hi], r: h.r[lo:hi], x: h.x[lo:hi], z2: h.z2[lo:hi],
		p: h.p[lo:hi], q: h.q[lo:hi], g: h.g[lo:hi], b: h.b[lo:hi]}}
	if h.pc != nil {
		v.pc, v.qc = h.pc[lo:hi], h.qc[lo:hi]
	}
	return v
}

// draw sets pf and qf to what each node draws at the voltages in w.u.
func (m *Model) draw(w *workspace, t treeView, pr *probe) {
	for k := range w.u {
		u := w.u[k]
		w.pf[k] = w.p[k] + float64(t.g[k]*u)
		w.qf[k] = w.q[k] - float64(t.b[k]*u)
		w.inv[k] = 1 / u
	}
	if pr.node >= 0 || t.pc != nil {
		m.drawExtra(w, t, pr)
	}
}

// drawExtra adds what draw and forward leave out of their loops: loads of
// constant current and the probe.
func (m *Model) drawExtra(w *workspace, t treeView, pr *probe) bool {
	if t.pc != nil {
		for k, u := range w.u {
			v := math.Sqrt(u)
			w.pf[k] += float64(t.pc[k] * v)
			w.qf[k] += float64(t.qc[k] * v)
		}
	}
	if pr.node < 0 {
		return true
	}
	p, q := pr.p, pr.q
	if pr.r != 0 || pr.x != 0 {
		l, end := endOfLine(w.u[pr.node], pr)
		if end == 0 {
			return false
		}
		pr.object = end
		p += float64(pr.r * l)
		q += float64(pr.x * l)
	}
	w.pf[pr.node] += p
	w.qf[pr.node] += q
	return true
}

// endOfLine solves one line with a constant power at its end exactly: the
// squared current in it and the squared voltage there, 0 when there is none.
func endOfLine(u float64, pr *probe) (l, end float64) {
	s2 := float64(pr.p*pr.p) + float64(pr.q*pr.q)
	h := float64(u/2) - float64(pr.r*pr.p) - float64(pr.x*pr.q)
	d := float64(h*h) - float64((float64(pr.r*pr.r)+float64(pr.x*pr.x))*s2)
	if h <= 0 || d < 0 {
		return 0, 0
	}
	end = h + math.Sqrt(d)
	return s2 / end, end
}

// backward adds the power of every branch to its parent, losses included, and
// notes how far the voltage drops along it.
func (t *treeView) backward(w *workspace) {
	n := len(t.par)
	par, r, x, z2 := t.par[:n], t.r[:n], t.x[:n], t.z2[:n]
	inv, pf, qf, drop := w.inv[:n], w.pf[:n], w.qf[:n], w.drop[:n]
	first := int32(t.lo)
	for k := n - 1; k > 0; k-- {
		p, q := pf[k], qf[k]
		// Along a feeder each step waits for the one before, so as little as
		// possible may depend on p and q: r/u and x/u do not.
		s2 := float64(p*p) + float64(q*q)
		rk, xk, iu := r[k], x[k], inv[k]
		up := par[k] - first
		pf[up] += p + float64(float64(rk*iu)*s2)
		qf[up] += q + float64(float64(xk*iu)*s2)
		s := float64(rk*p) + float64(xk*q)
		drop[k] = float64(s+s) + float64(float64(z2[k]*iu)*s2)
	}
}

// forward moves every voltage to its parent's less the drop and resets the
// draws. It returns the largest change and the least squared voltage.
func (t *treeView) forward(w *workspace) (worst, least float64) {
	n := len(t.par)
	par, g, b := t.par[:n], t.g[:n], t.b[:n]
	u, inv, pf, qf, drop := w.u[:n], w.inv[:n], w.pf[:n], w.qf[:n], w.drop[:n]
	p, q := w.p[:n], w.q[:n]
	first := int32(t.lo)
	least = u[0]
	pf[0] = p[0] + float64(g[0]*u[0])
	qf[0] = q[0] - float64(b[0]*u[0])
	for k := 1; k < n; k++ {
		v := u[par[k]-first] - drop[k]
		if d := math.Abs(v - u[k]); d > worst {
			worst = d
		}
		if v < least {
			least = v
		}
		u[k] = v
		inv[k] = 1 / v
		pf[k] = p[k] + float64(g[k]*v)
		qf[k] = q[k] - float64(b[k]*v)
	}
	return worst, least
}

// flat starts a tree at its source's voltage.
func (m *Model) flat(w *workspace, tree int) {
	for k := range w.u {
		w.u[k] = m.rootU[tree]
	}
}

// base solves a tree with its extras and keeps the state as the start of others.
func (m *Model) base(w *workspace, tree int, extra []Extra, lim Limits) bool {
	m.load(w, tree, extra, lim.tan())
	m.flat(w, tree)
	_, ok := m.solve(w, tree, &probe{node: -1})
	copy(w.u0, w.u)
	return ok
}

// clone of the extras in ascending order of bus: the order in which demands are
// added must not depend on how they were listed.
func ordered(extra []Extra) []Extra {
	if slices.IsSortedFunc(extra, compareExtra) {
		return extra
	}
	extra = slices.Clone(extra)
	slices.SortFunc(extra, compareExtra)
	return extra
}
