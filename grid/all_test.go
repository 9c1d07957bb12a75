package grid

import (
	"math"
	"math/rand/v2"
	"testing"
)

// harshModel is a network that a search may find hard, with its limits: of varied loads,
// some with long thin lines, much cable, leaky lines or loads that give reactive power,
// within limits wide and narrow.
func harshModel(t *testing.T, seed uint64) (*Model, Limits) {
	n, r := variedNetwork(seed), rand.New(rand.NewPCG(seed, 9))
	if seed%5 == 0 {
		n = randomNetwork(seed, 1, 1+int(seed%7), 40)
		for i := range n.Loads {
			n.Loads[i].PKW *= 0.3
			n.Loads[i].QKVAr *= 0.3
		}
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		if seed%4 == 1 {
			l.BUS *= 200 * r.Float64()
		}
		if seed%7 == 2 {
			l.ROhm *= 3
			l.XOhm *= 2
		}
		if seed%11 == 3 {
			l.GUS = 1000 * r.Float64()
		}
	}
	if seed%6 == 1 {
		for i := range n.Loads {
			n.Loads[i].QKVAr *= -2 * r.Float64()
		}
	}
	m, err := Compile(n)
	if err != nil {
		t.Fatal(err)
	}
	return m, Limits{VMin: []float64{0.9, 0.95, 0.8, 0.85, 0.6}[seed%5], VMax: []float64{1.1, 1.06, 1.2}[seed%3],
		LinePct: []float64{100, 70, 150}[seed%3], TrafoPct: []float64{100, 150, 80, 200}[seed/3%4], PowerFactor: []float64{0.95, 1, 0.6}[seed/2%3]}
}

// TestAllAtOnce: the capacities of all buses of a tree are those that estimates of one
// bus after the other and a solve of the whole tree for each give, to the watt and with
// the same binding element; on the reference networks, with what is reserved there, and
// on invented ones.
func TestAllAtOnce(t *testing.T) {
	for seed := range uint64(120) {
		m, lim := harshModel(t, seed)
		sameOneByOne(t, m, nil, lim)
		ids := m.TreeBuses(0)
		sameOneByOne(t, m, []Extra{{ids[len(ids)/2], 2300}, {ids[len(ids)-1], 700}}, lim)
	}
	lim := DefaultLimits()
	for _, name := range refNames(t) {
		m := refModel(t, name)
		if name == "composite_10k" {
			if !underRace {
				sameOneByOne(t, m, nil, lim)
			}
			continue
		}
		sameOneByOne(t, m, nil, lim)
		if refTable(t, name+".hc_after_reserved.csv") != nil {
			sameOneByOne(t, m, refReserved(t, name), lim)
		}
	}
}

func sameOneByOne(t *testing.T, m *Model, reserved []Extra, lim Limits) {
	t.Helper()
	w := m.borrow()
	defer m.giveBack(w)
	of := m.byTree(reserved)
	for tree := range m.Trees() {
		all, err := m.TreeCapacity(tree, of[tree], lim)
		if err != nil {
			t.Fatal(err)
		}
		q := m.study(w, tree, ordered(of[tree]), lim)
		differ := 0
		for _, b := range all.Buses {
			k, _ := m.node(b.Bus)
			if want := q.capacity(k - int(m.start[tree])); want != b.Capacity {
				if differ++; differ < 4 {
					t.Errorf("bus %d: %+v together, %+v alone", b.Bus, b.Capacity, want)
				}
			}
		}
	}
}

// TestProofsHold: what is proven to keep every limit does, by a solve of the whole tree;
// the tries are at the limit and around it, where a proof that is a little too bold is
// wrong. Most of what holds is proven, else nothing would be shown here.
func TestProofsHold(t *testing.T) {
	var n proofs
	for seed := range uint64(90) {
		m, lim := harshModel(t, seed)
		w := m.borrow()
		for tree := range m.Trees() {
			if q := m.study(w, tree, nil, lim); q.broken == nil {
				q.askAll()
				for i := range w.u0 {
					n.hold(t, q, i)
				}
			}
		}
	}
	t.Logf("%d of %d that hold are proven", n.shown, n.tried)
	if n.tried < 5000 || n.shown*10 < n.tried*8 {
		t.Errorf("only %d of %d that hold are proven", n.shown, n.tried)
	}
}

// proofs counts the capacities that hold and those of them that are proven.
type proofs struct{ tried, shown int }

func (n *proofs) hold(t *testing.T, q *study, i int) {
	p, _, ok := q.estimate(i)
	if !ok || p*1e6 >= capW {
		return
	}
	at, top := q.w.path, int64(p*1e6)
	published := top / unitW * unitW
	for _, watt := range []int64{published, top / 2, top - 1, top, top + 1, top + 3, top + 10, top + 30, top + unitW, top + top/1000, 2 * top} {
		if watt <= 0 {
			continue
		}
		q.w.path.u, q.w.path.du = at.u, at.du
		proven, holds := q.proven(i, watt, p), q.certify(i, watt) == kept
		if proven && !holds {
			t.Errorf("tree %d node %d: %d W are proven and break a limit", q.tree, i, watt)
		}
		if holds && watt == published {
			n.tried++
			if proven {
				n.shown++
			}
		}
	}
}

// TestEnclosuresHold: with load anywhere in a tree, what every other part of it draws is
// where its enclosure says, and while the voltage there is within the enclosure, nothing
// in it breaks a limit.
func TestEnclosuresHold(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	compared := 0
	for seed := range uint64(40) {
		m, lim := harshModel(t, seed)
		w := m.borrow()
		for tree := range m.Trees() {
			q := m.study(w, tree, nil, lim)
			if q.broken != nil {
				continue
			}
			q.askAll()
			for range 40 {
				i := r.IntN(len(w.u0))
				p, _, ok := q.estimate(i)
				if !ok || math.IsInf(p, 0) {
					continue
				}
				if q.certify(i, int64(p*1e6*(0.1+1.1*r.Float64()))) == collapsed {
					continue
				}
				compared += q.heldEnclosures(t, i)
			}
		}
	}
	if compared < 50_000 {
		t.Errorf("only %d parts of trees were compared", compared)
	}
}

// heldEnclosures compares the state with load at node i with the enclosures of all that
// is not on the way from there to the source.
func (s *study) heldEnclosures(t *testing.T, i int) (compared int) {
	m, w, lo := s.m, s.w, int(s.m.start[s.tree])
	way := map[int]bool{}
	for at := i; ; at = int(m.hot.par[lo+at]) - lo {
		way[at] = true
		if at == 0 {
			break
		}
	}
	bad := m.brokenBelow(w, s.tree, s.lim)
	for k := range w.u0 {
		c := &w.all.sure[k]
		if way[k] || !(w.u[k] >= c.least && w.u[k] <= c.most) {
			continue
		}
		compared++
		p, q, e := c.node.at(w.u0[k], w.u[k])
		if e += 2 * swept; math.Abs(p-w.pf[k]) > e || math.Abs(q-w.qf[k]) > e {
			t.Errorf("node %d with load at %d draws %v, %v; enclosed by %v, %v ± %v", k, i, w.pf[k], w.qf[k], p, q, e)
		}
		if bad[k] {
			t.Errorf("below node %d with load at %d a limit is broken, though its voltage is within its enclosure", k, i)
		}
	}
	return compared
}

// brokenBelow tells of each node whether a limit is broken at it or below it; that of
// the branch above it is not below it.
func (m *Model) brokenBelow(w *workspace, tree int, lim Limits) []bool {
	lo, hi := m.span(tree)
	sq, bad := lim.squares(), make([]bool, hi-lo)
	for k := hi - 1; k >= lo; k-- {
		if m.bus[k] >= 0 {
			v := math.Sqrt(w.u[k-lo] / m.limit.t2[k])
			bad[k-lo] = bad[k-lo] || v < lim.VMin || v > lim.VMax
		}
		if k == lo {
			break
		}
		_, _, iu, _, _, id := m.ends(w, lo, k)
		f := sq[m.limit.kind[k]]
		if up := int(m.hot.par[k]) - lo; bad[k-lo] || iu > float64(m.limit.up[k]*f) || id > float64(m.limit.down[k]*f) {
			bad[up] = true
		}
	}
	return bad
}
