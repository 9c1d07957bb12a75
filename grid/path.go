package grid

import "math"

// tie is how far apart two constraints must be to count as different: lines in
// series carry the same current up to rounding.
const tie = 1e-7

// pathSpace is scratch for the walk from a node to its source.
type pathSpace struct {
	cons []constraint
	bars []bar
	u    float64 // squared voltage at the node where the first limit breaks
	du   float64 // by how much it changes with the extra power there
}

// constraint is f ≤ 0 at the current estimate, with its slopes by the squared
// voltage at the node and by the extra power there.
type constraint struct {
	f, fu, fp float64
	cause     cause
}

// sensed is a quantity with its slopes by u at the node and by the extra power.
type sensed struct {
	v, du, dp float64
}

// sensedPower is a complex power with the same slopes.
type sensedPower struct {
	v, du, dp complex128
}

// limitOf estimates the extra power at node i of a solved tree, per unit, at
// which the first limit breaks. The unknowns are that power and the squared
// voltage u at the node; from them the way up to the source is computed, without
// iteration, with everything off the path replaced by its response. Newton's
// method then meets the source's voltage and the tightest limit together. It is
// an estimate, exact to some 1e-5; callers certify it. ok is false when the
// method does not settle; +Inf means that no limit tightens.
func (m *Model) limitOf(w *workspace, tree, i int, lim Limits) (p float64, v Violation, ok bool) {
	lo, _ := m.span(tree)
	sq := lim.squares()
	u, tan := w.u0[i], lim.tan()
	for range 30 {
		root := m.climb(w, lo, i, u, p, tan, sq)
		if !(root.du > 0) {
			return 0, v, false
		}
		miss := root.v - m.rootU[tree]
		step, bind := math.Inf(1), -1
		for j := range w.path.cons {
			c := &w.path.cons[j]
			// With u following p so that the source's voltage is met:
			f := c.f - float64(c.fu*(miss/root.du))
			slope := c.fp - float64(c.fu*(root.dp/root.du))
			if !(slope > 0) {
				continue
			}
			near := float64(tie * math.Abs(p+step))
			if s := -f / slope; bind < 0 || s < step-near || s <= step+near && m.nearer(lo, &c.cause, &w.path.cons[bind].cause) {
				step, bind = min(step, s), j
			}
		}
		if bind < 0 {
			return math.Inf(1), Violation{Binding: BindNone}, true
		}
		du := -(miss + float64(root.dp*step)) / root.du
		if u+du < 0.3*u { // far outside: come back gently
			shrink := -0.7 * u / du
			du *= shrink
			step *= shrink
		}
		p += step
		u += du
		if math.IsNaN(p) || math.IsNaN(u) {
			return 0, v, false
		}
		if math.Abs(step) <= 1e-8+float64(1e-8*math.Abs(p)) && math.Abs(du) < 1e-8 {
			w.path.u, w.path.du = u, -root.dp/root.du
			return p, m.nameCause(lo, &w.path.cons[bind].cause), true
		}
	}
	return 0, v, false
}

// climb walks from node i to the source with u there and p extra, collecting
// the constraints on the way, and returns the squared voltage that the source
// would need.
func (m *Model) climb(w *workspace, lo, i int, u, p, tan float64, sq [4]float64) sensed {
	w.path.cons = w.path.cons[:0]
	h, r := &m.hot, &w.resp[i]
	at := sensed{v: u, du: 1}
	s := sensedPower{v: add(r.at(u), complex(p, float64(p*tan))),
		du: sub(r.nodeG, scale(r.nodeB, 1/float64(u*u))), dp: complex(1, tan)}
	w.require(i, -1, at)
	for i > 0 {
		k := lo + i
		up := int(h.par[k]) - lo
		z := complex(h.r[k], h.x[k])
		half := complex(m.limit.hg[k], -m.limit.hb[k])
		factor := sq[m.limit.kind[k]]
		w.carry(i, s.minus(half, at), at, float64(m.limit.down[k]*factor))
		l, ldu, ldp := current(s, at)
		top := sensed{v: at.v + 2*dot(z, s.v) + float64(h.z2[k]*l),
			du: at.du + 2*dot(z, s.du) + float64(h.z2[k]*ldu),
			dp: at.dp + 2*dot(z, s.dp) + float64(h.z2[k]*ldp)}
		s.v = add(s.v, scale(z, l))
		s.du = add(s.du, scale(z, ldu))
		s.dp = add(s.dp, scale(z, ldp))
		w.carry(i, s.plus(half, top), top, float64(m.limit.up[k]*factor))
		w.require(up, i, top)
		s = s.joined(&w.resp[up], &w.resp[i], top)
		at, i = top, up
	}
	return at
}

// current is the squared current |S|²/u and its slopes.
func current(s sensedPower, u sensed) (l, du, dp float64) {
	l = norm(s.v) / u.v
	du = (2*dot(s.v, s.du) - float64(l*u.du)) / u.v
	dp = (2*dot(s.v, s.dp) - float64(l*u.dp)) / u.v
	return l, du, dp
}

func (s sensedPower) plus(y complex128, u sensed) sensedPower {
	return sensedPower{add(s.v, scale(y, u.v)), add(s.du, scale(y, u.du)), add(s.dp, scale(y, u.dp))}
}

func (s sensedPower) minus(y complex128, u sensed) sensedPower {
	return sensedPower{sub(s.v, scale(y, u.v)), sub(s.du, scale(y, u.du)), sub(s.dp, scale(y, u.dp))}
}

// joined adds what hangs on a path node besides the path.
func (s sensedPower) joined(node, child *response, u sensed) sensedPower {
	a, b, g := sub(node.nodeA, child.upA), sub(node.nodeB, child.upB), sub(node.nodeG, child.upG)
	slope := sub(g, scale(b, 1/float64(u.v*u.v)))
	return sensedPower{add(s.v, add(a, add(scale(b, 1/u.v), scale(g, u.v)))),
		add(s.du, scale(slope, u.du)), add(s.dp, scale(slope, u.dp))}
}

// carry notes a current limit of the branch above node i: |S|²/u ≤ limit.
func (w *workspace) carry(i int, s sensedPower, u sensed, limit float64) {
	if math.IsInf(limit, 1) {
		return
	}
	l, du, dp := current(s, u)
	w.path.cons = append(w.path.cons, constraint{f: l/limit - 1, fu: du / limit, fp: dp / limit,
		cause: cause{child: -1, at: int32(i), current: true}})
}

// require notes the voltage that path node i and all that hangs on it need,
// besides its child on the path.
func (w *workspace) require(i, child int, u sensed) {
	c := w.need[i].first
	if child >= 0 && c.child == int32(child) {
		c = w.need[i].second
	}
	if c.u > 0 {
		w.path.cons = append(w.path.cons, constraint{f: c.u - u.v, fu: -u.du, fp: -u.dp, cause: c})
	}
}

func (m *Model) nameBranch(k int) Violation {
	if m.limit.kind[k] == kindTrafo {
		return Violation{BindTrafo, int(m.limit.id[k])}
	}
	return Violation{BindLine, int(m.limit.id[k])}
}
