package grid

import (
	"math"
	"slices"
)

// running makes the model of the network while generation runs, where anything of its
// loads comes on only then. It differs from the other by what nodes draw, and shares all
// else with it.
func (b *builder) running() {
	m := b.m
	for i := range b.n.Loads {
		l := &b.n.Loads[i]
		if l.When == "" {
			continue
		}
		if m.running == nil {
			m.running, m.runs = m.drawingElse(), make([]bool, m.Trees())
		}
		k := m.nodeOf[b.pos(l.Bus)]
		m.running.hot.book(l, int(k), m.limit.t2[k])
		m.runs[m.tree[k]] = true
	}
}

// drawingElse is a copy of the model in which nodes may draw something else.
func (m *Model) drawingElse() *Model {
	out := *m
	h := &out.hot
	for _, list := range []*[]float64{&h.p, &h.q, &h.g, &h.b, &h.pc, &h.qc} {
		*list = slices.Clone(*list)
	}
	return &out
}

// book adds a load to what a node draws, in its frame.
func (h *branches) book(l *Load, k int, t2 float64) {
	p, q := l.PKW/1000, l.QKVAr/1000
	switch l.Kind {
	case ConstImpedance:
		h.g[k] += p / t2
		h.b[k] -= q / t2
	case ConstCurrent:
		t := math.Sqrt(t2)
		h.pc[k] += p / t
		h.qc[k] += q / t
	default:
		h.p[k] += p
		h.q[k] += q
	}
}

// isRunning reports whether a tree has loads that are there only while generation runs.
func (m *Model) isRunning(tree int) bool { return m.runs != nil && m.runs[tree] }

// WhileGenerating is how many loads are there only while generation runs.
func (n *Network) WhileGenerating() (some int) {
	for i := range n.Loads {
		if n.Loads[i].When != "" {
			some++
		}
	}
	return some
}
