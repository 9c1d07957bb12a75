package grid

import (
	"cmp"
	"math"
	"slices"
)

// push appends a node and the branch above it, taking both into the frame of
// its source. down tells that the branch is entered at its from end.
func (b *builder) push(bus, par int32, e *edge, down bool, angle float64) {
	m := b.m
	k := int32(len(m.hot.par))
	t2, depth := 1.0, int32(0)
	if par < 0 {
		e = &edge{kind: kindSource, id: int32(b.n.Buses[bus].ID), order: -1, imaxFrom: math.Inf(1), imaxTo: math.Inf(1)}
		par = k
	} else {
		t2, depth = m.limit.t2[par], m.depth[par]+1
		angle += m.angle[par]
		ratio2 := float64(e.ratio * e.ratio)
		if down {
			t2 *= ratio2
			angle -= e.shift
		} else {
			t2 /= ratio2
			angle += e.shift
		}
	}
	// The series impedance and shunt are on the to side of the ideal ratio, so
	// they take the frame of the to bus; both ends see the same half shunt there.
	fromT2, toT2 := t2, t2
	switch {
	case par == k:
	case down:
		fromT2 = m.limit.t2[par]
	default:
		toT2 = m.limit.t2[par]
	}
	r, x := e.r*toT2, e.x*toT2
	imaxFrom, imaxTo := e.imaxFrom*e.imaxFrom/fromT2, e.imaxTo*e.imaxTo/toT2
	kvFrom, kvTo := b.n.Buses[e.from].VnKV, b.n.Buses[e.to].VnKV
	ampFrom, ampTo := 1000/(math.Sqrt(3)*kvFrom)*math.Sqrt(fromT2), 1000/(math.Sqrt(3)*kvTo)*math.Sqrt(toT2)
	hg, hb := e.g/2/toT2, e.b/2/toT2
	if !down {
		imaxFrom, imaxTo, ampFrom, ampTo = imaxTo, imaxFrom, ampTo, ampFrom
	}
	h, l := &m.hot, &m.limit
	h.par = append(h.par, par)
	h.r, h.x = append(h.r, r), append(h.x, x)
	h.z2 = append(h.z2, float64(r*r)+float64(x*x))
	h.p, h.q = append(h.p, 0), append(h.q, 0)
	h.g, h.b = append(h.g, hg), append(h.b, hb)
	if par != k {
		h.g[par] += hg
		h.b[par] += hb
	}
	l.t2 = append(l.t2, t2)
	l.up, l.down = append(l.up, imaxFrom), append(l.down, imaxTo)
	l.hg, l.hb = append(l.hg, hg), append(l.hb, hb)
	l.kind, l.id, l.order = append(l.kind, e.kind), append(l.id, e.id), append(l.order, e.order)
	l.upIsFrom = append(l.upIsFrom, down)
	l.baseUp, l.baseDown = append(l.baseUp, ampFrom), append(l.baseDown, ampTo)
	m.bus, m.depth = append(m.bus, bus), append(m.depth, depth)
	m.tree = append(m.tree, int32(len(m.start)-1))
	m.lengthM = append(m.lengthM, e.metres)
	m.vnKV = append(m.vnKV, b.n.Buses[bus].VnKV)
	m.angle = append(m.angle, angle)
	m.nodeOf[bus] = k
}

// settleOpen takes open branches to the node they hang on.
func (b *builder) settleOpen() {
	m := b.m
	for i := range m.open {
		o := &m.open[i]
		if o.node < 0 {
			continue
		}
		k := m.nodeOf[o.node]
		t2 := m.limit.t2[k]
		o.g /= t2
		o.b /= t2
		o.base = 1000 / (math.Sqrt(3) * m.vnKV[k]) * math.Sqrt(t2)
		o.node = k
	}
}

// loads books what the buses draw, in the frame of their nodes.
func (b *builder) loads() {
	m, h := b.m, &b.m.hot
	for i := range b.n.Loads {
		if b.n.Loads[i].Kind == ConstCurrent {
			m.hasCI = true
			h.pc, h.qc = make([]float64, len(h.par)), make([]float64, len(h.par))
			break
		}
	}
	for i := range b.n.Loads {
		l := &b.n.Loads[i]
		if l.When != "" {
			continue
		}
		at := b.pos(l.Bus)
		if l.Kind == ConstImpedance { // with the shunts of its bus
			b.busG[at] += l.PKW / 1000
			b.busB[at] -= l.QKVAr / 1000
			continue
		}
		k := m.nodeOf[at]
		h.book(l, int(k), m.limit.t2[k])
	}
	for at, k := range m.nodeOf {
		h.g[k] += b.busG[at] / m.limit.t2[k]
		h.b[k] += b.busB[at] / m.limit.t2[k]
	}
}

// trafos lists the closed transformers.
func (b *builder) trafos() {
	m := b.m
	for k := range m.hot.par {
		if m.limit.kind[k] != kindTrafo {
			continue
		}
		t := &b.n.Trafos[int(m.limit.order[k])-len(b.n.Lines)]
		m.trafo = append(m.trafo, trafoNode{lv: m.nodeOf[b.pos(t.LV)], branch: int32(k), snVA: int64(math.Round(t.SnKVA * 1000))})
	}
	slices.SortFunc(m.trafo, func(a, b trafoNode) int { return cmp.Compare(m.limit.id[a.branch], m.limit.id[b.branch]) })
}

// trafosByTree sorts the transformers out by tree: a nation has many of both.
func (b *builder) trafosByTree() {
	m := b.m
	m.trafoStart = make([]int32, m.Trees()+1)
	for i := range m.trafo {
		m.trafoStart[m.tree[m.trafo[i].branch]+1]++
	}
	for i := 1; i < len(m.trafoStart); i++ {
		m.trafoStart[i] += m.trafoStart[i-1]
	}
	next := slices.Clone(m.trafoStart)
	m.trafosOf = make([]int32, len(m.trafo))
	for i := range m.trafo {
		tree := m.tree[m.trafo[i].branch]
		m.trafosOf[next[tree]] = int32(i)
		next[tree]++
	}
}
