package grid

import "math"

// response tells, around a solved state, how much power a subtree draws when
// the squared voltage u at its top changes:
//
//	S(u) = a + b/u + g·u
//
// a is the part of constant power, b/u losses and g·u shunts; value and slope
// at the solved state are exact. node is that of the whole subtree of a node,
// up that of its branch as the parent sees it.
type response struct {
	nodeA, nodeB, nodeG complex128
	upA, upB, upG       complex128
}

func (r *response) at(u float64) complex128 {
	return add(r.nodeA, add(scale(r.nodeB, 1/u), scale(r.nodeG, u)))
}

// need is the least squared voltage at a node at which nothing below it breaks
// a limit: the most demanding cause, and the runner-up among the other children.
type need struct {
	first, second cause
}

// cause is what needs that voltage: the voltage of node at or, with current
// set, the current in its branch; child is the way there, −1 the node itself.
type cause struct {
	u         float64
	child, at int32
	current   bool
}

// nearer orders causes that demand the same: the nearest to the source first,
// then the lowest id.
func (m *Model) nearer(lo int, a, b *cause) bool {
	ka, kb := lo+int(a.at), lo+int(b.at)
	if m.depth[ka] != m.depth[kb] {
		return m.depth[ka] < m.depth[kb]
	}
	return m.nameCause(lo, a).Element < m.nameCause(lo, b).Element
}

func (m *Model) nameCause(lo int, c *cause) Violation {
	k := lo + int(c.at)
	if c.current {
		return m.nameBranch(k)
	}
	return Violation{BindVoltage, m.busID(k)}
}

// complex128 products may be fused on some machines; these are not.
func scale(c complex128, f float64) complex128 {
	return complex(float64(real(c)*f), float64(imag(c)*f))
}
func add(a, b complex128) complex128 { return complex(real(a)+real(b), imag(a)+imag(b)) }
func sub(a, b complex128) complex128 { return complex(real(a)-real(b), imag(a)-imag(b)) }
func norm(c complex128) float64 {
	return float64(real(c)*real(c)) + float64(imag(c)*imag(c))
}

func inverse(c complex128) complex128 {
	n := norm(c)
	return complex(real(c)/n, -imag(c)/n)
}

// dot returns Re(a·conj(b)).
func dot(a, b complex128) float64 {
	return float64(real(a)*real(b)) + float64(imag(a)*imag(b))
}

// respond fills the responses and needs of a solved tree, leaves first.
func (m *Model) respond(w *workspace, tree int, lim Limits) {
	lo, hi := m.span(tree)
	n := hi - lo
	if cap(w.resp) < n {
		w.resp, w.need = make([]response, n), make([]need, n)
	}
	w.resp, w.need = w.resp[:n], w.need[:n]
	h, v2, sq := &m.hot, float64(lim.VMin*lim.VMin), lim.squares()
	for i := range n {
		k := lo + i
		r := &w.resp[i]
		*r = response{nodeA: complex(w.p[i], w.q[i]), nodeG: complex(h.g[k], -h.b[k])}
		if h.pc != nil { // c·√u, value and slope by a + g·u
			v := math.Sqrt(w.u[i])
			r.nodeA = add(r.nodeA, scale(complex(h.pc[k], h.qc[k]), v/2))
			r.nodeG = add(r.nodeG, scale(complex(h.pc[k], h.qc[k]), 1/(2*v)))
		}
		own := float64(v2 * m.limit.t2[k])
		if m.bus[k] < 0 {
			own = 0
		}
		w.need[i] = need{first: cause{u: own, child: -1, at: int32(i)}, second: cause{child: -1, at: int32(i)}}
	}
	for i := n - 1; i > 0; i-- {
		k := lo + i
		up := int(h.par[k]) - lo
		m.lift(w, k, i, up)
		m.demand(w, k, i, up, sq[m.limit.kind[k]])
		top := &w.resp[up]
		top.nodeA = add(top.nodeA, w.resp[i].upA)
		top.nodeB = add(top.nodeB, w.resp[i].upB)
		top.nodeG = add(top.nodeG, w.resp[i].upG)
	}
}

// lift takes a node's response through the branch above it.
func (m *Model) lift(w *workspace, k, i, up int) {
	r := &w.resp[i]
	u, top := w.u[i], w.u[up]
	z := complex(m.hot.r[k], m.hot.x[k])
	s := complex(w.pf[i], w.qf[i])
	ds := sub(r.nodeG, scale(r.nodeB, 1/float64(u*u)))
	l := norm(s) / u
	dl := (2*dot(s, ds) - l) / u
	dtop := 1 + 2*dot(z, ds) + float64(m.hot.z2[k]*dl)
	sup := add(s, scale(z, l))
	dsup := scale(add(ds, scale(z, dl)), 1/dtop)
	r.upG = scale(r.nodeG, u/top)
	r.upB = scale(sub(r.upG, dsup), float64(top*top))
	r.upA = sub(sub(sup, scale(r.upB, 1/top)), scale(r.upG, top))
}

// demand takes what a node and the branch above it need to its parent.
func (m *Model) demand(w *workspace, k, i, up int, factor float64) {
	r := &w.resp[i]
	c := w.need[i].first
	c.child = int32(i)
	if limit := float64(m.limit.down[k] * factor); !math.IsInf(limit, 1) {
		if u := m.leastForCurrent(w, k, i, limit); u > c.u*(1+tie) {
			c.u, c.at, c.current = u, int32(i), true
		}
	}
	if c.u == 0 {
		return
	}
	s := r.at(c.u)
	z := complex(m.hot.r[k], m.hot.x[k])
	c.u += 2*dot(z, s) + float64(m.hot.z2[k]*norm(s))/c.u
	n := &w.need[up]
	switch {
	case c.u > n.first.u*(1+tie), c.u >= n.first.u*(1-tie) && m.nearer(k-i, &c, &n.first):
		n.second, n.first = n.first, c
	case c.u > n.second.u:
		n.second = c
	}
}

// leastForCurrent is the squared voltage at node i at which the current in its
// branch reaches its limit, by the subtree's response; 0 when that is too far
// below the solved state to matter.
func (m *Model) leastForCurrent(w *workspace, k, i int, limit float64) float64 {
	r := &w.resp[i]
	half := complex(m.limit.hg[k], -m.limit.hb[k])
	u := w.u[i]
	if norm(sub(r.at(u), scale(half, u))) < 0.4*float64(limit*u) {
		return 0
	}
	for range 4 {
		u = norm(sub(r.at(u), scale(half, u))) / limit
		if u <= 0 {
			return 0
		}
	}
	return u
}
