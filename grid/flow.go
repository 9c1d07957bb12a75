package grid

import (
	"cmp"
	"math"
	"slices"

	"aiqyn"
)

// Flow is the operating point of a whole network.
type Flow struct {
	Buses    []BusFlow    // by id
	Branches []BranchFlow // lines, transformers, links, each by id
	Sweeps   int          // of the tree that needed most
}

// BusFlow is the voltage at a bus.
type BusFlow struct {
	ID    int
	VmPU  float64
	VaDeg float64
}

// BranchFlow is what a branch carries into both its ends, From and To as
// recorded (hv and lv of a transformer). LoadingPct is of the rated current at
// the end that is fuller, −1 when no rating is recorded.
type BranchFlow struct {
	ID         int
	Kind       string
	From, To   int
	PFromKW    float64
	QFromKVAr  float64
	PToKW      float64
	QToKVAr    float64
	IFromA     float64
	IToA       float64
	LoadingPct float64
}

// Flow solves the whole network with extra demand.
func (m *Model) Flow(extra []Extra, lim Limits) (*Flow, error) {
	f := new(Flow)
	if err := m.FlowInto(f, extra, lim); err != nil {
		return nil, err
	}
	return f, nil
}

// FlowInto is Flow into memory that is already there.
func (m *Model) FlowInto(f *Flow, extra []Extra, lim Limits) error {
	if err := lim.Validate(); err != nil {
		return err
	}
	if err := m.checkExtras(extra); err != nil {
		return err
	}
	var of [][]Extra
	if len(extra) > 0 {
		of = m.byTree(ordered(extra))
	}
	f.Buses = slices.Grow(f.Buses[:0], len(m.ids))[:len(m.ids)]
	f.Branches = slices.Grow(f.Branches[:0], m.branches)[:m.branches]
	f.Sweeps = 0
	w := m.borrow()
	defer m.giveBack(w)
	for tree := range m.Trees() {
		var own []Extra
		if of != nil {
			own = of[tree]
		}
		m.load(w, tree, own, lim.tan())
		m.flat(w, tree)
		sweeps, ok := m.solve(w, tree, &probe{node: -1})
		if !ok {
			lo, _ := m.span(tree)
			return aiqyn.E(aiqyn.Conflict, "grid.collapse", "bus", m.busID(lo))
		}
		f.Sweeps = max(f.Sweeps, sweeps)
		m.report(f, w, tree)
	}
	m.reportOpen(f)
	return nil
}

// report writes a solved tree's voltages and flows.
func (m *Model) report(f *Flow, w *workspace, tree int) {
	lo, hi := m.span(tree)
	angle := w.u0 // free here: nothing starts from this state
	for k := lo; k < hi; k++ {
		i := k - lo
		if k == lo {
			angle[i] = 0
		} else {
			// V(parent)·conj(V(k)) = u + z·conj(S), S the power into the lower end.
			up := int(m.hot.par[k]) - lo
			re := w.u[i] + float64(m.hot.r[k]*w.pf[i]) + float64(m.hot.x[k]*w.qf[i])
			im := float64(m.hot.x[k]*w.pf[i]) - float64(m.hot.r[k]*w.qf[i])
			angle[i] = angle[up] - math.Atan2(im, re)
		}
		if m.bus[k] >= 0 {
			f.Buses[m.bus[k]] = BusFlow{ID: m.busID(k), VmPU: math.Sqrt(w.u[i] / m.limit.t2[k]),
				VaDeg: wrap(m.angle[k] + float64(angle[i]*(180/math.Pi)))}
		}
		if m.limit.order[k] >= 0 {
			f.Branches[m.limit.order[k]] = m.branchFlow(w, lo, k)
		}
	}
}

func wrap(deg float64) float64 {
	return deg - float64(360*math.Round(deg/360))
}

// ends returns the power into a branch at its upper and lower end, its own
// shunts included, and the squared currents there.
func (m *Model) ends(w *workspace, lo, k int) (pu, qu, iu, pd, qd, id float64) {
	l, h, i := &m.limit, &m.hot, k-lo
	up := int(h.par[k]) - lo
	p, q, u, v := w.pf[i], w.qf[i], w.u[i], w.u[up]
	s2 := (float64(p*p) + float64(q*q)) / u
	pu = p + float64(h.r[k]*s2) + float64(l.hg[k]*v)
	qu = q + float64(h.x[k]*s2) - float64(l.hb[k]*v)
	pd = p - float64(l.hg[k]*u)
	qd = q + float64(l.hb[k]*u)
	iu = (float64(pu*pu) + float64(qu*qu)) / v
	id = (float64(pd*pd) + float64(qd*qd)) / u
	return pu, qu, iu, pd, qd, id
}

func (m *Model) branchFlow(w *workspace, lo, k int) BranchFlow {
	l := &m.limit
	pu, qu, iu, pd, qd, id := m.ends(w, lo, k)
	f := BranchFlow{ID: int(l.id[k]), Kind: l.kind[k].String(), From: m.busID(int(m.hot.par[k])), To: m.busID(k),
		PFromKW: pu * 1000, QFromKVAr: qu * 1000, PToKW: -pd * 1000, QToKVAr: -qd * 1000,
		IFromA: math.Sqrt(iu) * l.baseUp[k], IToA: math.Sqrt(id) * l.baseDown[k], LoadingPct: -1}
	if !math.IsInf(l.up[k], 1) {
		f.LoadingPct = 100 * math.Sqrt(max(iu/l.up[k], id/l.down[k]))
	}
	if !l.upIsFrom[k] {
		f.From, f.To = f.To, f.From
		f.PFromKW, f.PToKW = f.PToKW, f.PFromKW
		f.QFromKVAr, f.QToKVAr = f.QToKVAr, f.QFromKVAr
		f.IFromA, f.IToA = f.IToA, f.IFromA
	}
	return f
}

// reportOpen writes what branches draw that are open at one end.
func (m *Model) reportOpen(f *Flow) {
	for i := range m.open {
		o := &m.open[i]
		b := BranchFlow{ID: int(o.id), Kind: o.kind.String(), From: -1, To: -1, LoadingPct: -1}
		if o.node >= 0 {
			at := &f.Buses[m.bus[o.node]]
			u := at.VmPU * at.VmPU * m.limit.t2[o.node]
			p, q := o.g*u*1000, -o.b*u*1000
			a := math.Hypot(o.g, o.b) * math.Sqrt(u) * o.base
			if o.atFrom {
				b.From, b.PFromKW, b.QFromKVAr, b.IFromA = at.ID, p, q, a
			} else {
				b.To, b.PToKW, b.QToKVAr, b.IToA = at.ID, p, q, a
			}
		}
		f.Branches[o.order] = b
	}
}

// Bus returns the voltage at a bus.
func (f *Flow) Bus(id int) (BusFlow, bool) {
	i, ok := slices.BinarySearchFunc(f.Buses, id, func(b BusFlow, id int) int { return cmp.Compare(b.ID, id) })
	if !ok {
		return BusFlow{}, false
	}
	return f.Buses[i], true
}
