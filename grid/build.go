package grid

import (
	"math"
	"slices"
)

// builder turns a checked, sorted network into a Model.
type builder struct {
	n    *Network
	m    *Model
	edge []edge  // closed branches
	head []int32 // bus position → first slot of its adjacency
	adj  []int32 // edge·2 + (1 when the bus is the edge's to end)
	busG []float64
	busB []float64 // shunts per bus in its own per unit
	seen []bool
	used []bool // edges
}

// edge is a closed branch between bus positions, in per unit of the to bus on
// 1 MVA behind an ideal ratio:1 at the from bus.
type edge struct {
	from, to     int32
	id, order    int32
	kind         branchKind
	r, x, g, b   float64
	metres       int32
	ratio, shift float64
	imaxFrom     float64 // squared later; per unit of each bus, +Inf when unrated
	imaxTo       float64
}

func newBuilder(n *Network) *builder {
	count := len(n.Buses)
	b := &builder{n: n, m: &Model{},
		busG: make([]float64, count), busB: make([]float64, count),
		seen: make([]bool, count), head: make([]int32, count+1)}
	b.m.ids = make([]int32, count)
	for i := range n.Buses {
		b.m.ids[i] = int32(n.Buses[i].ID)
	}
	b.m.nodeOf = make([]int32, count)
	b.reserve(count + len(n.Sources))
	return b
}

// reserve makes room for all nodes at once: a nation has a million.
func (b *builder) reserve(nodes int) {
	m, h, l := b.m, &b.m.hot, &b.m.limit
	for _, a := range []*[]float64{&h.r, &h.x, &h.z2, &h.p, &h.q, &h.g, &h.b, &l.t2, &l.up, &l.down, &l.hg, &l.hb,
		&l.baseUp, &l.baseDown, &m.vnKV, &m.angle} {
		*a = make([]float64, 0, nodes)
	}
	for _, a := range []*[]int32{&h.par, &l.id, &l.order, &m.bus, &m.depth, &m.tree, &m.lengthM} {
		*a = make([]int32, 0, nodes)
	}
	l.kind, l.upIsFrom = make([]branchKind, 0, nodes), make([]bool, 0, nodes)
}

func (b *builder) pos(bus int) int32 {
	i, _ := slices.BinarySearch(b.m.ids, int32(bus))
	return int32(i)
}

// attach collects closed branches and their adjacency, and books open ones as
// shunts of the bus they still hang on.
func (b *builder) attach() error {
	n := b.n
	for i := range n.Lines {
		b.line(&n.Lines[i], int32(i))
	}
	for i := range n.Trafos {
		b.trafo(&n.Trafos[i], int32(len(n.Lines)+i))
	}
	for i := range n.Links {
		l, order := &n.Links[i], int32(len(n.Lines)+len(n.Trafos)+i)
		if l.Open {
			b.m.open = append(b.m.open, openBranch{id: int32(l.ID), order: order, kind: kindLink, node: -1})
			continue
		}
		b.edge = append(b.edge, edge{from: b.pos(l.From), to: b.pos(l.To), id: int32(l.ID), order: order,
			kind: kindLink, ratio: 1, imaxFrom: math.Inf(1), imaxTo: math.Inf(1)})
	}
	b.m.branches = len(n.Lines) + len(n.Trafos) + len(n.Links)
	for i := range n.Shunts {
		s := &n.Shunts[i]
		k := b.pos(s.Bus)
		b.busG[k] += s.PKW / 1000
		b.busB[k] -= s.QKVAr / 1000
	}
	b.adjacency()
	return nil
}

func (b *builder) adjacency() {
	for i := range b.edge {
		b.head[b.edge[i].from+1]++
		b.head[b.edge[i].to+1]++
	}
	for i := 1; i < len(b.head); i++ {
		b.head[i] += b.head[i-1]
	}
	next := slices.Clone(b.head)
	b.adj = make([]int32, 2*len(b.edge))
	for i := range b.edge {
		e := &b.edge[i]
		b.adj[next[e.from]] = int32(2 * i)
		next[e.from]++
		b.adj[next[e.to]] = int32(2*i + 1)
		next[e.to]++
	}
	b.used = make([]bool, len(b.edge))
}

func (b *builder) line(l *Line, order int32) {
	from, to := b.pos(l.From), b.pos(l.To)
	kv := b.n.Buses[from].VnKV
	zbase := float64(kv * kv) // Ω on 1 MVA
	e := edge{from: from, to: to, id: int32(l.ID), order: order, kind: kindLine, ratio: 1, metres: int32(math.Ceil(l.LengthKM * 1000)),
		r: l.ROhm / zbase, x: l.XOhm / zbase, g: l.GUS * 1e-6 * zbase, b: l.BUS * 1e-6 * zbase,
		imaxFrom: math.Inf(1), imaxTo: math.Inf(1)}
	if l.IMaxA != nil {
		e.imaxFrom = *l.IMaxA * kv * math.Sqrt(3) / 1000
		e.imaxTo = e.imaxFrom
	}
	b.add(e, l.FromOpen, l.ToOpen)
}

func (b *builder) trafo(t *Trafo, order int32) {
	hv, lv := b.pos(t.HV), b.pos(t.LV)
	sn := t.SnKVA / 1000
	e := edge{from: hv, to: lv, id: int32(t.ID), order: order, kind: kindTrafo,
		r: t.Model.RPU, x: t.Model.XPU, g: t.Model.GPU, b: t.Model.BPU,
		ratio: t.Model.Ratio, shift: t.Model.ShiftDeg,
		imaxFrom: sn * b.n.Buses[hv].VnKV / t.VnHVKV, imaxTo: sn * b.n.Buses[lv].VnKV / t.VnLVKV}
	b.add(e, t.HVOpen, t.LVOpen)
}

func (b *builder) add(e edge, fromOpen, toOpen bool) {
	if !fromOpen && !toOpen {
		b.edge = append(b.edge, e)
		return
	}
	o := openBranch{id: e.id, order: e.order, kind: e.kind, node: -1}
	if fromOpen != toOpen {
		// One half of the shunt at the closed end, the other behind the series impedance.
		y := complex(float64(e.g/2), float64(e.b/2))
		total := y
		if y != 0 {
			total = add(y, inverse(add(complex(e.r, e.x), inverse(y))))
		}
		o.atFrom = toOpen
		o.node = e.to
		if o.atFrom {
			o.node = e.from
			total = scale(total, 1/float64(e.ratio*e.ratio))
		}
		o.g, o.b = real(total), imag(total)
		b.busG[o.node] += o.g
		b.busB[o.node] += o.b
	}
	b.m.open = append(b.m.open, o)
}

// walk numbers the nodes of every tree in depth-first preorder, without recursion:
// a line of a million nodes is one tree of that depth.
func (b *builder) walk() error {
	for i := range b.n.Sources {
		s := &b.n.Sources[i]
		if b.seen[b.pos(s.Bus)] {
			return invalid("grid.two-sources", "bus", s.Bus)
		}
		if err := b.grow(s); err != nil {
			return err
		}
	}
	b.m.start = append(b.m.start, int32(len(b.m.hot.par)))
	for i, ok := range b.seen {
		if !ok {
			return invalid("grid.island", "bus", b.n.Buses[i].ID)
		}
	}
	b.level()
	b.settleOpen()
	return nil
}

type visit struct {
	bus, par int32
	edge     int32 // ·2 + (1 when entered at its to end), −1 at a root
}

func (b *builder) grow(s *Source) error {
	m := b.m
	m.start = append(m.start, int32(len(m.hot.par)))
	m.rootU = append(m.rootU, float64(s.VPU*s.VPU))
	root := b.pos(s.Bus)
	par := int32(-1)
	if s.SkMVA > 0 {
		z := 1 / s.SkMVA
		x := z / math.Sqrt(1+float64(s.RXRatio*s.RXRatio))
		b.push(root, -1, nil, false, s.AngleDeg)
		par = int32(len(m.hot.par)) - 1
		m.bus[par] = -1
		b.push(root, par, &edge{kind: kindSource, id: int32(s.Bus), order: -1, r: float64(x * s.RXRatio), x: x, ratio: 1,
			imaxFrom: math.Inf(1), imaxTo: math.Inf(1)}, true, 0)
	} else {
		b.push(root, -1, nil, false, s.AngleDeg)
	}
	b.seen[root] = true
	stack := b.children(nil, root, int32(len(m.hot.par))-1)
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		e := &b.edge[v.edge/2]
		if b.used[v.edge/2] {
			continue
		}
		if b.seen[v.bus] {
			return invalid("grid.loop", "kind", e.kind.String(), "id", int(e.id), "from", b.n.Buses[e.from].ID, "to", b.n.Buses[e.to].ID)
		}
		b.used[v.edge/2], b.seen[v.bus] = true, true
		b.push(v.bus, v.par, e, v.edge%2 == 0, 0)
		stack = b.children(stack, v.bus, int32(len(m.hot.par))-1)
	}
	return nil
}

// children pushes the unused branches of a bus, last first, so that the lowest
// is walked first.
func (b *builder) children(stack []visit, bus, node int32) []visit {
	for i := b.head[bus+1] - 1; i >= b.head[bus]; i-- {
		a := b.adj[i]
		if b.used[a/2] {
			continue
		}
		e := &b.edge[a/2]
		far := e.to
		if a%2 == 1 {
			far = e.from
		}
		stack = append(stack, visit{bus: far, par: node, edge: a})
	}
	return stack
}
