package grid

import "math"

const (
	// slack is by how much of itself a limit must be kept to be called proven: far
	// more than sweeps leave wrong, far less than 0.1 kW changes.
	slack = 1e-8
	// swept is how far, per unit, a solved state may be from the true one.
	swept = 1e-9
	// upward is how far above the solved state an enclosure holds: more than firstReach.
	upward = 2e-4
)

// around is a real interval: centre and radius.
type around struct{ c, r float64 }

func (a around) plus(b around) around  { return around{a.c + b.c, a.r + b.r} }
func (a around) minus(b around) around { return around{a.c - b.c, a.r + b.r} }
func (a around) by(f float64) around   { return around{float64(a.c * f), math.Abs(float64(a.r * f))} }
func (a around) times(b around) around {
	return around{float64(a.c * b.c), float64(math.Abs(a.c)*b.r) + float64(a.r*math.Abs(b.c)) + float64(a.r*b.r)}
}

// inverse is 1/a of an interval above zero.
func (a around) inverse() around {
	d := float64((a.c - a.r) * (a.c + a.r))
	return around{a.c / d, a.r / d}
}

// drawn encloses the power that a part of a tree draws when the squared voltage u
// at its top is from least to most:
//
//	p + dp·(u−u0) + ½·c·(u−u0)², c within cp ± r, and so for q.
type drawn struct {
	p, q, dp, dq, cp, cq, r float64
}

func (d *drawn) add(o *drawn) {
	d.p += o.p
	d.q += o.q
	d.dp += o.dp
	d.dq += o.dq
	d.cp += o.cp
	d.cq += o.cq
	d.r += o.r
}

func (d *drawn) take(o *drawn) {
	d.p -= o.p
	d.q -= o.q
	d.dp -= o.dp
	d.dq -= o.dq
	d.cp -= o.cp
	d.cq -= o.cq
	d.r = math.Abs(d.r-o.r) + 1e-15
}

// ranges are value and slope over an interval of u.
func (d *drawn) ranges(u0 float64, u around) (p, q, dp, dq around) {
	m, far := u.c-u0, math.Abs(u.c-u0)+u.r
	curve := float64(d.r * far)
	dp = around{d.dp + float64(d.cp*m), float64(math.Abs(d.cp)*u.r) + curve}
	dq = around{d.dq + float64(d.cq*m), float64(math.Abs(d.cq)*u.r) + curve}
	curve *= far / 2
	p = around{d.p + float64((d.dp+float64(d.cp*m/2))*m), float64((math.Abs(dp.c)+float64(math.Abs(d.cp)*u.r/2))*u.r) + curve}
	q = around{d.q + float64((d.dq+float64(d.cq*m/2))*m), float64((math.Abs(dq.c)+float64(math.Abs(d.cq)*u.r/2))*u.r) + curve}
	return p, q, dp, dq
}

// at is the power at one u, each part to within e.
func (d *drawn) at(u0, u float64) (p, q, e float64) {
	m := u - u0
	half := float64(m*m) / 2
	return d.p + float64(d.dp*m) + float64(d.cp*half), d.q + float64(d.dq*m) + float64(d.cq*half), float64(d.r * half)
}

// enclosure is what is certain of a node's subtree: node is what is drawn at and below
// it, up what its branch draws from its parent, rest what the parent draws besides.
// node holds, and no limit below is broken, while the node's squared voltage is from
// least to most; rest while its parent's is from restLeast to restMost.
type enclosure struct {
	node, up, rest      drawn
	least, most         float64
	restLeast, restMost float64
	// What least and most are without the child that asks for the most, firstBy and
	// mostBy: −1 the node itself.
	second, mostNext float64
	firstBy, mostBy  int32
}

// asks takes note of where a child's enclosure holds, by the squared voltage here.
func (c *enclosure) asks(child int32, least, most float64) {
	if least > c.least {
		c.second, c.least, c.firstBy = c.least, least, child
	} else {
		c.second = max(c.second, least)
	}
	if most < c.most {
		c.mostNext, c.most, c.mostBy = c.most, most, child
	} else {
		c.mostNext = min(c.mostNext, most)
	}
}

// without is where the node's enclosure holds without that child's.
func (c *enclosure) without(child int32) (least, most float64) {
	least, most = c.least, c.most
	if c.firstBy == child {
		least = c.second
	}
	if c.mostBy == child {
		most = c.mostNext
	}
	return least, most
}

// enclose fills the enclosures of the solved tree, leaves first.
func (s *study) enclose() {
	m, w := s.m, s.w
	lo, hi := m.span(s.tree)
	n := hi - lo
	sq, sure := s.lim.squares(), w.all.sure[:n]
	for i := range sure {
		m.encloseOwn(w, lo, i, s.lim)
	}
	for i := n - 1; i > 0; i-- {
		k := lo + i
		up := int(m.hot.par[k]) - lo
		least, most := m.encloseBranch(w, k, i, up, sq[m.limit.kind[k]])
		sure[up].node.add(&sure[i].up)
		sure[up].asks(int32(i), least, most)
	}
	for i := 1; i < n; i++ {
		c, top := &sure[i], &sure[int(m.hot.par[lo+i])-lo]
		c.rest = top.node
		c.rest.take(&c.up)
		c.restLeast, c.restMost = top.without(int32(i))
	}
}

// encloseOwn begins a node's enclosure with what it draws and needs itself.
func (m *Model) encloseOwn(w *workspace, lo, i int, lim Limits) {
	k, u := lo+i, w.u0[i]
	c := &w.all.sure[i]
	*c = enclosure{least: 0.3 * u, most: u + upward, firstBy: -1, mostBy: -1}
	if m.bus[k] >= 0 {
		t2 := m.limit.t2[k]
		c.least = float64(float64(lim.VMin*lim.VMin)*t2) * (1 + slack)
		c.most = min(c.most, float64(float64(lim.VMax*lim.VMax)*t2)*(1-slack))
	}
	c.second, c.mostNext = c.least, c.most
	g, b := m.hot.g[k], m.hot.b[k]
	c.node = drawn{p: w.p[i] + float64(g*u), q: w.q[i] - float64(b*u), dp: g, dq: -b}
	if m.hot.pc == nil {
		return
	}
	pc, qc, v := m.hot.pc[k], m.hot.qc[k], math.Sqrt(u)
	c.node.p += float64(pc * v)
	c.node.q += float64(qc * v)
	c.node.dp += pc / (2 * v)
	c.node.dq += qc / (2 * v)
	// √u bends by −¼·u^(−3/2), most at the least u.
	steep, flat := -1/(4*float64(c.least*math.Sqrt(c.least))), -1/(4*float64(c.most*math.Sqrt(c.most)))
	mid, half := (steep+flat)/2, math.Abs(steep-flat)/2
	c.node.cp += float64(pc * mid)
	c.node.cq += float64(qc * mid)
	c.node.r += float64(max(math.Abs(pc), math.Abs(qc)) * half)
}

// encloseBranch takes a node's enclosure through the branch above it and returns
// between which squared voltages at the parent it holds; least is +Inf where nothing
// can be said.
func (m *Model) encloseBranch(w *workspace, k, i, up int, factor float64) (least, most float64) {
	c, l := &w.all.sure[i], &m.limit
	u0, top := w.u0[i], w.u0[up]
	r, x, z2 := m.hot.r[k], m.hot.x[k], m.hot.z2[k]
	hg, hb := l.hg[k], l.hb[k]
	most = c.most
	least = c.node.keeps(u0, c.least, most, -hg, -hb, float64(l.down[k]*factor))
	sound := least < u0 && u0 < most
	if !sound {
		least, most = u0, u0
	}
	if !c.lift(u0, least, most, r, x, z2) || !sound {
		c.up.cp, c.up.cq, c.up.r = 0, 0, 0
		return math.Inf(1), math.Inf(-1)
	}
	above, e := c.node.above(u0, least, r, x, z2)
	least = above + e
	above, e = c.node.above(u0, most, r, x, z2)
	most = above - e
	if least = c.up.keeps(top, least, most, hg, hb, float64(l.up[k]*factor)); !(least < top && top < most) {
		return math.Inf(1), math.Inf(-1)
	}
	return least, most
}

// above is the squared voltage at the parent when it is u at the node, to within e.
func (d *drawn) above(u0, u, r, x, z2 float64) (v, e float64) {
	p, q, off := d.at(u0, u)
	v = u + 2*(float64(r*p)+float64(x*q)) + float64(z2*(float64(p*p)+float64(q*q)))/u
	return v, 2*float64((r+x)*off) + float64(2*z2*float64((math.Abs(p)+math.Abs(q)+off)*off))/u + 1e-13
}

// lift encloses as a function of the parent's squared voltage what a branch with
// this node below it draws. It reports whether the one voltage rises with the other.
func (c *enclosure) lift(u0, least, most, r, x, z2 float64) bool {
	d := &c.node
	l := (float64(d.p*d.p) + float64(d.q*d.q)) / u0
	l1 := (2*(float64(d.p*d.dp)+float64(d.q*d.dq)) - l) / u0
	rise := 1 + 2*(float64(r*d.dp)+float64(x*d.dq)) + float64(z2*l1)
	c.up = drawn{p: d.p + float64(r*l), q: d.q + float64(x*l), dp: (d.dp + float64(r*l1)) / rise, dq: (d.dq + float64(x*l1)) / rise}

	u := around{(least + most) / 2, (most - least) / 2}
	p, q, dp, dq := d.ranges(u0, u)
	hp, hq, iu := around{d.cp, d.r}, around{d.cq, d.r}, u.inverse()
	loss := p.times(p).plus(q.times(q)).times(iu)
	loss1 := p.times(dp).plus(q.times(dq)).by(2).minus(loss).times(iu)
	loss2 := dp.times(dp).plus(dq.times(dq)).plus(p.times(hp)).plus(q.times(hq)).minus(loss1).by(2).times(iu)
	v1 := dp.by(r).plus(dq.by(x)).by(2).plus(loss1.by(z2))
	v1.c++
	if !(v1.c-v1.r > 0.5) {
		return false
	}
	v2 := hp.by(r).plus(hq.by(x)).by(2).plus(loss2.by(z2))
	iv := v1.inverse()
	gp, gq := dp.plus(loss1.by(r)).times(iv), dq.plus(loss1.by(x)).times(iv)
	iv = iv.times(iv)
	hp = hp.plus(loss2.by(r)).minus(gp.times(v2)).times(iv)
	hq = hq.plus(loss2.by(x)).minus(gq.times(v2)).times(iv)
	c.up.cp, c.up.cq, c.up.r = hp.c, hq.c, max(hp.r, hq.r)
	return true
}

// keeps raises least until a current limit is kept from there to most:
// |d + (g − jb)·u|² ≤ limit·u. It is +Inf when that cannot be shown.
func (d *drawn) keeps(u0, least, most, g, b, limit float64) float64 {
	if math.IsInf(limit, 1) || !(least < most) {
		return least
	}
	limit *= 1 - slack
	e := *d // with its own shunt
	e.p += float64(g * u0)
	e.q -= float64(b * u0)
	e.dp += g
	e.dq -= b
	over := func(u float64) float64 {
		p, q, r := e.at(u0, u)
		return float64(p*p) + float64(q*q) + float64(2*(math.Abs(p)+math.Abs(q)+r)*r) - float64(limit*u)
	}
	u := around{(least + most) / 2, (most - least) / 2}
	p, q, dp, dq := e.ranges(u0, u)
	if sum := p.times(p).plus(q.times(q)); sum.c+sum.r <= float64(limit*least) {
		return least
	}
	slope := p.times(dp).plus(q.times(dq)).by(2)
	flat, steep := slope.c+slope.r-limit, slope.c-slope.r-limit
	if !(flat < 0) || over(most) > 0 {
		return math.Inf(1)
	}
	// The current falls as the voltage rises, by no less than flat and no more than
	// steep: steps by steep bring it near, one by flat is always enough.
	for range 2 {
		if f := over(least); f > 0 {
			least -= f / steep
		}
	}
	if f := over(least); f > 0 {
		least -= f / flat
	}
	return least
}
