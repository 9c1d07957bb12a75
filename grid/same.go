package grid

import (
	"math"
	"slices"
)

// SameTree reports whether two models have the same tree at a position, to the last bit
// of what is computed from it: then every figure of the one is that of the other. What it
// is asked of are networks of successive days, most of whose trees no meter has changed.
func (m *Model) SameTree(of *Model, tree int) bool {
	if m == of {
		return true
	}
	if tree >= m.Trees() || tree >= of.Trees() {
		return false
	}
	lo, hi := m.span(tree)
	if a, b := of.span(tree); a != lo || b != hi || math.Float64bits(m.rootU[tree]) != math.Float64bits(of.rootU[tree]) {
		return false
	}
	if m.isRunning(tree) != of.isRunning(tree) || m.isRunning(tree) && !m.running.sameBranches(of.running, lo, hi) {
		return false
	}
	return m.sameBranches(of, lo, hi) && m.sameRatings(of, lo, hi) && m.samePlaces(of, lo, hi) && m.sameTrafos(of, tree)
}

func (m *Model) sameBranches(of *Model, lo, hi int) bool {
	a, b := &m.hot, &of.hot
	if !slices.Equal(a.par[lo:hi], b.par[lo:hi]) || (a.pc == nil) != (b.pc == nil) || a.pc != nil && !(sameFloats(a.pc[lo:hi], b.pc[lo:hi]) && sameFloats(a.qc[lo:hi], b.qc[lo:hi])) {
		return false
	}
	for _, of := range [][2][]float64{{a.r, b.r}, {a.x, b.x}, {a.z2, b.z2}, {a.p, b.p}, {a.q, b.q}, {a.g, b.g}, {a.b, b.b}} {
		if !sameFloats(of[0][lo:hi], of[1][lo:hi]) {
			return false
		}
	}
	return true
}

func (m *Model) sameRatings(of *Model, lo, hi int) bool {
	a, b := &m.limit, &of.limit
	for _, of := range [][2][]float64{{a.t2, b.t2}, {a.up, b.up}, {a.down, b.down}, {a.hg, b.hg}, {a.hb, b.hb}, {a.baseUp, b.baseUp}, {a.baseDown, b.baseDown}, {m.vnKV, of.vnKV}} {
		if !sameFloats(of[0][lo:hi], of[1][lo:hi]) {
			return false
		}
	}
	return slices.Equal(a.kind[lo:hi], b.kind[lo:hi]) && slices.Equal(a.id[lo:hi], b.id[lo:hi])
}

// samePlaces compares which buses the nodes are, where they lie, and on what earth.
func (m *Model) samePlaces(of *Model, lo, hi int) bool {
	if m.place.crs != of.place.crs || m.place.eastMM != of.place.eastMM {
		return false
	}
	for k := lo; k < hi; k++ {
		if (m.bus[k] < 0) != (of.bus[k] < 0) || m.bus[k] >= 0 && m.busID(k) != of.busID(k) {
			return false
		}
	}
	a, b := &m.place, &of.place
	return slices.Equal(a.has[lo:hi], b.has[lo:hi]) && slices.Equal(a.x[lo:hi], b.x[lo:hi]) && slices.Equal(a.y[lo:hi], b.y[lo:hi])
}

func (m *Model) sameTrafos(of *Model, tree int) bool {
	list := func(m *Model) []int32 { return m.trafosOf[m.trafoStart[tree]:m.trafoStart[tree+1]] }
	return slices.EqualFunc(list(m), list(of), func(i, j int32) bool { return m.trafo[i] == of.trafo[j] })
}

func sameFloats(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}
