package grid

import "math"

// rung is what a walk to the source needs of one node and the branch above it, in
// one place: what [Model.limitOf] looks up in many.
type rung struct {
	up        int32
	limited   bool
	r, x, z2  float64
	hg, hb    float64
	down, top float64    // squared current that is allowed at the lower and the upper end
	a, b, g   [2]float64 // response of what hangs on the parent besides
	needs     float64    // squared voltage that it needs there, 0: none
	cause     cause
}

// bar is a limit met on the way: f ≤ 0, with its slopes by the squared voltage at the
// loaded node and by the extra power there.
type bar struct {
	f, fu, fp float64
	at        int32 // node
	kind      barKind
}

type barKind uint8

const (
	barDown barKind = iota // current of the branch above, at its lower end
	barTop                 // and at its upper end
	barOwn                 // what the loaded node and all below it need
	barNeed                // what hangs on the parent besides needs
)

const (
	// steady is the least share of its solved squared voltage at which a node's own limit
	// must be met for limitOf to settle: no step of it goes further.
	steady = 0.65
	// settled is how small a step of Newton's method must be to be the last: what it
	// leaves is about its square.
	settled = 1e-5
	// sameLimit and otherLimit are how near two limits must be, of the load, to be met
	// together, and how far apart not to be.
	sameLimit, otherLimit = 3e-8, 3e-7
	// blurred is how far what is found may be from what limitOf finds, of the load: far
	// more than it is.
	blurred = 1e-7
)

// climbs fills the rungs of a tree from its responses and needs.
func (s *study) climbs() {
	m, w := s.m, s.w
	lo, hi := m.span(s.tree)
	n := hi - lo
	sq := s.lim.squares()
	h, l := &m.hot, &m.limit
	for i := 1; i < n; i++ {
		k := lo + i
		up := h.par[k] - int32(lo)
		g, top, own := &w.all.rungs[i], &w.resp[up], &w.resp[i]
		factor := sq[l.kind[k]]
		*g = rung{up: up, r: h.r[k], x: h.x[k], z2: h.z2[k], hg: l.hg[k], hb: l.hb[k], limited: !math.IsInf(l.up[k], 1),
			down: float64(l.down[k] * factor), top: float64(l.up[k] * factor)}
		a, b, c := sub(top.nodeA, own.upA), sub(top.nodeB, own.upB), sub(top.nodeG, own.upG)
		g.a, g.b, g.g = [2]float64{real(a), imag(a)}, [2]float64{real(b), imag(b)}, [2]float64{real(c), imag(c)}
		g.cause = w.need[up].first
		if g.cause.child == int32(i) {
			g.cause = w.need[up].second
		}
		g.needs = g.cause.u
	}
}

// found is where the first limit breaks: extra power and squared voltage there, by
// node; p is NaN where nobody has looked.
type found struct{ p, u float64 }

// allSpace is what makes the capacities of all nodes of a tree cheaper than those of
// one and another.
type allSpace struct {
	rungs []rung
	sure  []enclosure
	found []found
	must  []uncertain // of a proof: what must not be above zero
}

// askAll prepares a study to be asked about all nodes of its tree, parents before
// children.
func (s *study) askAll() {
	if s.broken != nil {
		return
	}
	if s.running != nil {
		s.running.askAll()
	}
	all := &s.w.all
	n := len(s.w.u0)
	if cap(all.rungs) < n {
		*all = allSpace{rungs: make([]rung, n), sure: make([]enclosure, n), found: make([]found, n), must: all.must}
	}
	all.rungs, all.sure, all.found = all.rungs[:n], all.sure[:n], all.found[:n]
	for i := range all.found {
		all.found[i].p = math.NaN()
	}
	s.climbs()
	s.enclose()
	s.all = true
}

// estimate is limitOf; for one node of all it is found from where its parent's limit
// was found, if that is certain to be the same once it is rounded down, with the same
// limit met first.
func (s *study) estimate(i int) (p float64, v Violation, ok bool) {
	w := s.w
	if s.all {
		if p, v, ok = s.seek(i); ok {
			w.all.found[i] = found{p, w.path.u}
			return p, v, true
		}
		w.all.found[i].p = math.NaN()
	}
	return s.m.limitOf(w, s.tree, i, s.lim)
}

// begin is where the search at node i begins.
func (s *study) begin(i int) (p, u float64) {
	w := s.w
	if i == 0 {
		return 0, w.u0[i]
	}
	g := &w.all.rungs[i]
	up := w.all.found[g.up]
	if math.IsNaN(up.p) || up.p < 0 {
		return 0, w.u0[i]
	}
	r, u0 := &w.resp[i], w.u0[i]
	draws := r.at(u0)
	u = up.u - 2*(float64(g.r*(real(draws)+up.p))+float64(g.x*(imag(draws)+float64(up.p*s.lim.tan()))))
	if !(u > 0.6*u0) {
		return 0, u0
	}
	return up.p, u
}

// tame reports whether limitOf settles at a node, as far as can be said beforehand:
// what it does not settle is found by bisection, and must be here too. It may not where
// the node has no limit of its own nearby to hold its steps, nor where something seems
// to need more than the source's voltage, of which rounding decides what it makes.
func (s *study) tame(i int) bool {
	m, w, k := s.m, s.w, int(s.m.start[s.tree])+i
	return m.bus[k] >= 0 && float64(s.lim.VMin*s.lim.VMin)*m.limit.t2[k] >= steady*w.u0[i] && w.need[0].first.u < m.rootU[s.tree]
}

// seek looks for the first limit from where the parent's was found, by fewer and cheaper
// steps than limitOf. It reports false where what is left of error might show in the
// rounded capacity or in the limit that is named.
func (s *study) seek(i int) (p float64, v Violation, ok bool) {
	m, w := s.m, s.w
	if !s.tame(i) {
		return 0, v, false
	}
	p, u := s.begin(i)
	tan, rootU := s.lim.tan(), m.rootU[s.tree]
	for range 8 {
		root := w.ascend(i, u, p, tan)
		if !(root.du > 0) {
			return 0, v, false
		}
		miss, ratio := (root.v-rootU)/root.du, root.dp/root.du
		step, bind := math.Inf(1), -1
		for j := range w.path.bars {
			c := &w.path.bars[j]
			slope := c.fp - float64(c.fu*ratio)
			if f := c.f - float64(c.fu*miss); slope > 0 && -f < float64(step*slope) {
				step, bind = -f/slope, j
			}
		}
		if bind < 0 {
			return 0, v, false
		}
		du := -miss - float64(ratio*step)
		if u+du < 0.3*u {
			return 0, v, false
		}
		p += step
		u += du
		if !(math.Abs(step) <= float64(settled*math.Abs(p)) && math.Abs(du) <= settled) {
			if math.IsNaN(p) || math.IsNaN(u) {
				return 0, v, false
			}
			continue
		}
		v, ok = s.met(p, step, miss, ratio)
		w.path.u, w.path.du = u, -ratio
		e := float64(blurred*math.Abs(p)) + 1e-9
		return p, v, ok && p > 0 && int64((p-e)*1e6/unitW) == int64((p+e)*1e6/unitW) && (p+e)*1e6 < capW
	}
	return 0, v, false
}

// met names the limit that is met first after the last step; of those met together
// the nearest to the source. It reports false where another is neither together with
// it nor apart.
func (s *study) met(p, step, miss, ratio float64) (v Violation, ok bool) {
	m, w, lo := s.m, s.w, int(s.m.start[s.tree])
	same, other := step+float64(sameLimit*math.Abs(p)), step+float64(otherLimit*math.Abs(p))
	first, close := cause{at: -1}, cause{at: -1}
	for j := range w.path.bars {
		c := &w.path.bars[j]
		slope := c.fp - float64(c.fu*ratio)
		f := c.f - float64(c.fu*miss)
		switch {
		case !(slope > 0) || -f > float64(other*slope):
		case -f <= float64(same*slope):
			if by := w.causeOf(c); first.at < 0 || m.nearer(lo, &by, &first) {
				first = by
			}
		default: // both ends of one branch, perhaps
			by := w.causeOf(c)
			if close.at >= 0 && (close.at != by.at || close.current != by.current) {
				return v, false
			}
			close = by
		}
	}
	if first.at < 0 || close.at >= 0 && (close.at != first.at || close.current != first.current) {
		return v, false
	}
	return m.nameCause(lo, &first), true
}

func (w *workspace) causeOf(b *bar) cause {
	switch b.kind {
	case barOwn:
		return w.need[b.at].first
	case barNeed:
		return w.all.rungs[b.at].cause
	}
	return cause{child: -1, at: b.at, current: true}
}

// ascend is climb on the rungs.
func (w *workspace) ascend(i int, u, p, tan float64) sensed {
	bars := w.path.bars[:0]
	r := &w.resp[i]
	iu := 1 / u
	s := r.at(u)
	slope := sub(r.nodeG, scale(r.nodeB, float64(iu*iu)))
	sp, sq := real(s)+p, imag(s)+float64(p*tan)
	pu, qu := real(slope), imag(slope)
	pp, qp := 1.0, tan
	uu, up := 1.0, 0.0
	if c := w.need[i].first.u; c > 0 {
		bars = append(bars, bar{f: c - u, fu: -1, at: int32(i), kind: barOwn})
	}
	for i > 0 {
		g := &w.all.rungs[i]
		if g.limited {
			a, b := sp-float64(g.hg*u), sq+float64(g.hb*u)
			au, bu := pu-float64(g.hg*uu), qu+float64(g.hb*uu)
			ap, bp := pp-float64(g.hg*up), qp+float64(g.hb*up)
			bars = append(bars, bar{f: float64(a*a) + float64(b*b) - float64(g.down*u),
				fu: 2*(float64(a*au)+float64(b*bu)) - float64(g.down*uu),
				fp: 2*(float64(a*ap)+float64(b*bp)) - float64(g.down*up), at: int32(i), kind: barDown})
		}
		l := float64((float64(sp*sp) + float64(sq*sq)) * iu)
		lu := float64((2*(float64(sp*pu)+float64(sq*qu)) - float64(l*uu)) * iu)
		lp := float64((2*(float64(sp*pp)+float64(sq*qp)) - float64(l*up)) * iu)
		u += 2*(float64(g.r*sp)+float64(g.x*sq)) + float64(g.z2*l)
		uu += 2*(float64(g.r*pu)+float64(g.x*qu)) + float64(g.z2*lu)
		up += 2*(float64(g.r*pp)+float64(g.x*qp)) + float64(g.z2*lp)
		sp, sq = sp+float64(g.r*l), sq+float64(g.x*l)
		pu, qu = pu+float64(g.r*lu), qu+float64(g.x*lu)
		pp, qp = pp+float64(g.r*lp), qp+float64(g.x*lp)
		if g.limited {
			a, b := sp+float64(g.hg*u), sq-float64(g.hb*u)
			au, bu := pu+float64(g.hg*uu), qu-float64(g.hb*uu)
			ap, bp := pp+float64(g.hg*up), qp-float64(g.hb*up)
			bars = append(bars, bar{f: float64(a*a) + float64(b*b) - float64(g.top*u),
				fu: 2*(float64(a*au)+float64(b*bu)) - float64(g.top*uu),
				fp: 2*(float64(a*ap)+float64(b*bp)) - float64(g.top*up), at: int32(i), kind: barTop})
		}
		if g.needs > 0 {
			bars = append(bars, bar{f: g.needs - u, fu: -uu, fp: -up, at: int32(i), kind: barNeed})
		}
		iu = 1 / u
		sp += g.a[0] + float64(g.b[0]*iu) + float64(g.g[0]*u)
		sq += g.a[1] + float64(g.b[1]*iu) + float64(g.g[1]*u)
		i2 := float64(iu * iu)
		dp, dq := g.g[0]-float64(g.b[0]*i2), g.g[1]-float64(g.b[1]*i2)
		pu, qu = pu+float64(dp*uu), qu+float64(dq*uu)
		pp, qp = pp+float64(dp*up), qp+float64(dq*up)
		i = int(g.up)
	}
	w.path.bars = bars
	return sensed{v: u, du: uu, dp: up}
}
