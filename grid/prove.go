package grid

import "math"

// firstReach is how far the squared voltage at the loaded node may be at first from
// where it is looked for.
const firstReach = 2e-5

// uncertain is a quantity on the way to the source: its value where the squared
// voltage at the loaded node is looked for, its slope by that voltage, and how wrong
// both together may be as long as the voltage is within reach.
type uncertain struct{ v, d, e float64 }

// spread is how far the quantity may be from its value.
func (a uncertain) spread(reach float64) float64 { return float64(math.Abs(a.d)*reach) + a.e }

// between reports whether the quantity is certain to be from least to most.
func (a uncertain) between(least, most, reach float64) bool {
	near := a.spread(reach)
	return a.v-near >= least && a.v+near <= most
}

// over is a/u.
func (a uncertain) over(u uncertain, reach float64) uncertain {
	v := a.v / u.v
	d := (a.d - float64(v*u.d)) / u.v
	near := u.spread(reach)
	// What is left of a − (v + d·x)·u when x is within reach, by the least u.
	return uncertain{v, d, (a.e + float64(math.Abs(v)*u.e) + float64(math.Abs(d)*float64(reach*near))) / (u.v - near)}
}

// uncertainPower is active and reactive power with their slopes; each may be wrong by e.
type uncertainPower struct{ p, q, dp, dq, e float64 }

// square is p² + q².
func (s *uncertainPower) square(reach float64) uncertain {
	p, q := float64(math.Abs(s.dp)*reach)+s.e, float64(math.Abs(s.dq)*reach)+s.e
	return uncertain{float64(s.p*s.p) + float64(s.q*s.q), 2 * (float64(s.p*s.dp) + float64(s.q*s.dq)),
		2*float64((math.Abs(s.p)+math.Abs(s.q))*s.e) + float64(p*p) + float64(q*q)}
}

// join adds what hangs at a node whose solved squared voltage is u0.
func (s *uncertainPower) join(hang *drawn, u0 float64, u uncertain, reach float64) {
	m, near := u.v-u0, u.spread(reach)
	far := math.Abs(m) + near
	dp, dq := hang.dp+float64(hang.cp*m), hang.dq+float64(hang.cq*m)
	s.p += hang.p + float64((hang.dp+float64(hang.cp*m)/2)*m)
	s.q += hang.q + float64((hang.dq+float64(hang.cq*m)/2)*m)
	s.dp += float64(dp * u.d)
	s.dq += float64(dq * u.d)
	bend := max(math.Abs(hang.cp), math.Abs(hang.cq))
	s.e += float64(max(math.Abs(dp), math.Abs(dq))*u.e) + float64(bend*float64(near*near))/2 + float64(hang.r*float64(far*far))/2
}

// excess is by how much |s + (g − jb)·u|² is above limit·u.
func (s *uncertainPower) excess(u uncertain, g, b, limit, reach float64) uncertain {
	in := uncertainPower{s.p + float64(g*u.v), s.q - float64(b*u.v), s.dp + float64(g*u.d), s.dq - float64(b*u.d),
		s.e + float64(max(math.Abs(g), math.Abs(b))*u.e)}
	a := in.square(reach)
	return uncertain{a.v - float64(limit*u.v), a.d - float64(limit*u.d), a.e + float64(limit*u.e)}
}

// proven reports whether it is certain that the tree keeps every limit with extra
// power at node i, of which the search has found that limit per unit is too much. It
// walks to the source with what hangs off the way enclosed, not estimated: where, for
// any draw within the enclosures, the walk meets the source's voltage with the node's
// squared voltage within reach of where it was begun, and every limit is kept there,
// the operating point keeps them. What it cannot prove may still hold: then a solve
// decides.
func (s *study) proven(i int, watt int64, limit float64) bool {
	w := s.w
	p := float64(watt) * 1e-6
	u, reach := w.path.u+float64(w.path.du*(p-limit)), firstReach
	for range 2 {
		root, inside := s.walk(i, u, p, reach)
		if !(root.d > 0.1) {
			return false
		}
		off, wide := (s.m.rootU[s.tree]-root.v)/root.d, root.e/root.d
		if inside && math.Abs(off)+wide <= reach && w.all.hold(off, wide) {
			return true
		}
		// Again from where it is, no further than it must be.
		u += off
		if reach = 2*wide + 1e-8; !(reach < firstReach) {
			return false
		}
	}
	return false
}

// hold reports whether nothing that must not be above zero is, off from where it was
// looked at and wherever the draws are within the enclosures.
func (a *allSpace) hold(off, wide float64) bool {
	for j := range a.must {
		f := &a.must[j]
		if !(f.v+float64(f.d*off)+float64(math.Abs(f.d)*wide)+f.e <= 0) {
			return false
		}
	}
	return true
}

// walk goes from node i to the source with squared voltage u and extra power p there,
// noting what must hold, and returns the squared voltage that the source would need.
// inside reports whether every voltage was where the enclosures hold.
func (s *study) walk(i int, u, p, reach float64) (root uncertain, inside bool) {
	w := s.w
	c := &w.all.sure[i]
	must := w.all.must[:0]
	at := uncertain{u, 1, 0}
	power := uncertainPower{p: p, q: float64(p * s.lim.tan()), e: swept}
	power.join(&c.node, w.u0[i], at, reach)
	inside = at.between(c.least, c.most, reach)
	for i > 0 {
		g := &w.all.rungs[i]
		if g.limited {
			must = append(must, power.excess(at, -g.hg, -g.hb, float64(g.down*(1-slack)), reach))
		}
		l := power.square(reach)
		l = l.over(at, reach)
		at = uncertain{at.v + 2*(float64(g.r*power.p)+float64(g.x*power.q)) + float64(g.z2*l.v),
			at.d + 2*(float64(g.r*power.dp)+float64(g.x*power.dq)) + float64(g.z2*l.d),
			at.e + 2*float64((g.r+g.x)*power.e) + float64(g.z2*l.e)}
		power.p += float64(g.r * l.v)
		power.q += float64(g.x * l.v)
		power.dp += float64(g.r * l.d)
		power.dq += float64(g.x * l.d)
		power.e += float64(max(g.r, g.x) * l.e)
		if g.limited {
			must = append(must, power.excess(at, g.hg, g.hb, float64(g.top*(1-slack)), reach))
		}
		c, i = &w.all.sure[i], int(g.up)
		power.join(&c.rest, w.u0[i], at, reach)
		inside = inside && at.between(c.restLeast, c.restMost, reach)
	}
	w.all.must = must
	return at, inside
}
