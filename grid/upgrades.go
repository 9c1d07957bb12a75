package grid

import (
	"math"
	"slices"
)

// Upgrades is what reinforcing a network costs, dated policy data like [Costs]
// and part of the same table. Money is in tiyn.
type Upgrades struct {
	Conductors []Conductor `json:"conductors"` // ascending by MaxV, then by A
	Trafos     []TrafoSize `json:"trafos"`     // ascending by RatedVA
}

// Recurs: every ruling has the whole table in what it was computed from.
func (Upgrades) Recurs() {}

// Conductor replaces that of a line whose rated voltage is at most MaxV volts.
type Conductor struct {
	A    int64 `json:"a"` // rated current
	MaxV int64 `json:"max_v"`
	PerM int64 `json:"per_m"`
	R    int64 `json:"r_microohm_m"`
	X    int64 `json:"x_microohm_m"`
}

// TrafoSize replaces a transformer; its impedance is on its own rating.
type TrafoSize struct {
	Cost    int64 `json:"cost"`
	R       int64 `json:"r_ppm"`
	RatedVA int64 `json:"rated_va"`
	X       int64 `json:"x_ppm"`
}

// Validate reports the first figure that makes no sense.
func (u *Upgrades) Validate() error {
	const most = 1_000_000_000_000 // tiyn
	check := func(field string, v, lo, hi int64) error {
		if v < lo || v > hi {
			return invalid("grid.bad-costs", "field", field, "value", v)
		}
		return nil
	}
	var err error
	lastV, lastA := int64(1), int64(0)
	for _, c := range u.Conductors {
		if c.MaxV > lastV {
			lastA = 0
		}
		err = first(err, check("max_v", c.MaxV, lastV, 35_000), check("a", c.A, lastA+1, 10_000), check("per_m", c.PerM, 0, most/1000),
			check("r_microohm_m", c.R, 1, 1_000_000), check("x_microohm_m", c.X, 0, 1_000_000))
		lastV, lastA = c.MaxV, c.A
	}
	lastVA := int64(0)
	for _, t := range u.Trafos {
		err = first(err, check("rated_va", t.RatedVA, lastVA+1, 2*capW), check("cost", t.Cost, 0, most),
			check("r_ppm", t.R, 1, 1_000_000), check("x_ppm", t.X, 0, 1_000_000))
		lastVA = t.RatedVA
	}
	return err
}

// Listed has empty lists in the place of absent ones, as it is published.
func (u Upgrades) Listed() Upgrades { return Upgrades{list(u.Conductors), list(u.Trafos)} }

// Reinforcement is what it takes to make a point take its load: the elements to
// be replaced, in the order in which they were found to bind.
type Reinforcement struct {
	Cost  int64              `json:"cost"`
	Steps []ReinforcedBranch `json:"steps"`
}

// ReinforcedBranch is one element and its replacement: rated current in ampere
// of a line (0: it has no recorded limit), rated power in VA of a transformer.
type ReinforcedBranch struct {
	Cost    int64  `json:"cost"`
	Element int    `json:"element"`
	Kind    string `json:"kind"` // line, trafo
	Now     int64  `json:"now"`
	Then    int64  `json:"then"`
}

// mostReinforced bounds how often the next binding element is replaced.
const mostReinforced = 8

// reinforceWith replaces what binds, again and again by the next size of the table,
// until the candidate takes the load with its new line; nil when the table ends
// before that.
func (s *search) reinforceWith(u *Upgrades, c candidate) *Reinforcement {
	st := s.study(int(s.m.tree[c.node]))
	if st.broken != nil && st.broken.Binding == BindCollapse || len(u.Conductors)+len(u.Trafos) == 0 {
		return nil
	}
	m := s.m.alone(st)
	i := int(c.node - s.m.start[st.tree])
	out := &Reinforcement{Steps: []ReinforcedBranch{}}
	replaced := map[int]int{} // node → step
	for range mostReinforced {
		k, step, because := s.reinforceOnce(m, u, c, i)
		if because == "" {
			for _, step := range out.Steps {
				out.Cost += step.Cost
			}
			return out
		}
		if k < 0 {
			return nil
		}
		if at, again := replaced[k]; again {
			out.Steps[at].Cost, out.Steps[at].Then = step.Cost, step.Then
			continue
		}
		replaced[k] = len(out.Steps)
		out.Steps = append(out.Steps, step)
	}
	return nil
}

// reinforceOnce replaces what binds a candidate in a model of its tree alone by the next
// size; k is −1 where nothing helps, because is "" where nothing binds.
func (s *search) reinforceOnce(m *Model, u *Upgrades, c candidate, i int) (k int, step ReinforcedBranch, because string) {
	now := m.study(m.borrow(), 0, nil, s.q.Limits)
	defer now.close()
	if now.broken != nil && now.broken.Binding == BindCollapse {
		return -1, step, BecauseCapacity
	}
	state := now
	v, because := s.judge(state, c, i)
	if because == "" && now.running != nil {
		state = now.running
		v, because = s.judge(state, c, i)
	}
	if because == "" || because == BecauseObject { // the new line itself is too long: nothing here shortens it
		return -1, step, because
	}
	k, step, ok := m.replace(state.w, v, u)
	if !ok {
		return -1, step, because
	}
	return k, step, because
}

// judge tries a candidate on a state of its tree, and names the limit that is
// broken the most where it falls away for one of the network's.
func (s *search) judge(st *study, c candidate, i int) (Violation, string) {
	if st.broken != nil {
		return *st.broken, BecauseCapacity
	}
	pr := s.line(c)
	pr.node = i
	copy(st.w.u, st.w.u0)
	if _, ok := st.m.solve(st.w, st.tree, &pr); ok {
		if !st.m.holds(st.w, st.tree, st.lim) {
			_, v := st.m.strain(st.w, st.tree, st.lim)
			return v, BecauseLosses
		}
		if vmin := s.q.Limits.VMin; pr.object < float64(vmin*vmin)*s.m.limit.t2[c.node] {
			return Violation{}, BecauseObject
		}
		return Violation{}, ""
	}
	// Without an operating point nothing is strained; what binds first is known.
	free := st.own(i)
	copy(st.w.u, st.w.u0)
	st.m.solve(st.w, st.tree, &probe{node: -1})
	if free.FreeW >= s.q.LoadW {
		return Violation{}, BecauseObject
	}
	return Violation{free.Binding, free.Element}, BecauseCapacity
}

// alone copies one tree out of a model, with what is reserved on it among its
// loads, so that its branches can be replaced.
func (m *Model) alone(st *study) *Model {
	lo, hi := m.span(st.tree)
	h, l := &m.hot, &m.limit
	f := func(a []float64) []float64 {
		if a == nil {
			return nil
		}
		return slices.Clone(a[lo:hi])
	}
	out := &Model{bus: m.bus[lo:hi], ids: m.ids, depth: m.depth[lo:hi], start: []int32{0, int32(hi - lo)}, rootU: m.rootU[st.tree : st.tree+1],
		vnKV: m.vnKV[lo:hi], lengthM: m.lengthM[lo:hi], hasCI: m.hasCI, pool: m.pool}
	out.hot = branches{par: slices.Clone(h.par[lo:hi]), r: f(h.r), x: f(h.x), z2: f(h.z2), p: slices.Clone(st.w.p), q: slices.Clone(st.w.q),
		g: f(h.g), b: f(h.b), pc: f(h.pc), qc: f(h.qc)}
	for i := range out.hot.par {
		out.hot.par[i] -= int32(lo)
	}
	out.limit = ratings{t2: l.t2[lo:hi], up: f(l.up), down: f(l.down), hg: f(l.hg), hb: f(l.hb), kind: l.kind[lo:hi], id: l.id[lo:hi], upIsFrom: l.upIsFrom[lo:hi]}
	for _, t := range m.trafo {
		if int(t.branch) > lo && int(t.branch) < hi {
			out.trafo = append(out.trafo, trafoNode{t.lv - int32(lo), t.branch - int32(lo), t.snVA})
		}
	}
	if st.running != nil {
		out.running, out.runs = m.running.alone(st.running), []bool{true}
	}
	return out
}

// replace puts the next size of the table in the place of what binds: of the
// branch itself, or for a voltage of the branch on the way to it that it drops
// most along. It returns the branch's node.
func (m *Model) replace(w *workspace, v Violation, u *Upgrades) (k int, step ReinforcedBranch, ok bool) {
	if v.Binding == BindVoltage {
		at := 1
		for at < len(m.bus) && m.busID(at) != v.Element {
			at++
		}
		k, most := 0, 0.0
		for ; at > 0 && at < len(m.bus); at = int(m.hot.par[at]) {
			drop := (w.u[m.hot.par[at]] - w.u[at])
			if _, ok := m.nextSize(at, u); ok && drop > most {
				k, most = at, drop
			}
		}
		if k == 0 {
			return 0, step, false
		}
		return m.put(k, u)
	}
	kind := kindLine
	if v.Binding == BindTrafo {
		kind = kindTrafo
	}
	for k := 1; k < len(m.bus); k++ {
		if m.limit.kind[k] == kind && int(m.limit.id[k]) == v.Element {
			return m.put(k, u)
		}
	}
	return 0, step, false
}

// nextSize is the position in the table of the next larger size than a branch's.
func (m *Model) nextSize(k int, u *Upgrades) (int, bool) {
	switch m.limit.kind[k] {
	case kindTrafo:
		i := slices.IndexFunc(u.Trafos, func(t TrafoSize) bool { return t.RatedVA > m.ratedVA(k) })
		return i, i >= 0
	case kindLine:
		if m.lengthM[k] <= 0 {
			return 0, false
		}
		volts, amps := int64(math.Round(m.vnKV[k]*1000)), m.ratedA(k)
		ohm := m.hot.r[k] / m.limit.t2[k] * m.vnKV[k] * m.vnKV[k] / float64(m.lengthM[k]) * 1e6
		level := slices.IndexFunc(u.Conductors, func(c Conductor) bool { return c.MaxV >= volts })
		if level < 0 {
			return 0, false
		}
		for i := level; i < len(u.Conductors) && u.Conductors[i].MaxV == u.Conductors[level].MaxV; i++ {
			if c := u.Conductors[i]; float64(c.R) < ohm && c.A > amps {
				return i, true
			}
		}
	}
	return 0, false
}

// ratedA is a line's rated current, 0 when none is recorded.
func (m *Model) ratedA(k int) int64 {
	if math.IsInf(m.limit.up[k], 1) {
		return 0
	}
	return int64(math.Round(math.Sqrt(m.limit.up[k]*m.limit.t2[k]) * 1000 / (math.Sqrt(3) * m.vnKV[k])))
}

// ratedVA is a transformer's rated power, as its rated current on the low
// voltage bus's own rated voltage tells.
func (m *Model) ratedVA(k int) int64 {
	i := slices.IndexFunc(m.trafo, func(t trafoNode) bool { return int(t.branch) == k })
	return m.trafo[i].snVA
}

// put replaces branch k by the next size. What a transformer draws without load
// grows with its rating; the charging of a line stays.
func (m *Model) put(k int, u *Upgrades) (int, ReinforcedBranch, bool) {
	i, ok := m.nextSize(k, u)
	if !ok {
		return 0, ReinforcedBranch{}, false
	}
	h, l, t2 := &m.hot, &m.limit, m.limit.t2[k]
	step := ReinforcedBranch{Element: int(l.id[k]), Kind: l.kind[k].String()}
	if l.kind[k] == kindLine {
		c := &u.Conductors[i]
		metre, zbase := float64(m.lengthM[k]), float64(m.vnKV[k]*m.vnKV[k])
		h.r[k], h.x[k] = float64(c.R)*1e-6*metre/zbase*t2, float64(c.X)*1e-6*metre/zbase*t2
		step.Now, step.Then, step.Cost = m.ratedA(k), c.A, c.PerM*int64(m.lengthM[k])
		rated := float64(c.A) * m.vnKV[k] * math.Sqrt(3) / 1000
		l.up[k] = float64(rated*rated) / t2
		l.down[k] = l.up[k]
	} else {
		t := &u.Trafos[i]
		step.Now, step.Then, step.Cost = m.ratedVA(k), t.RatedVA, t.Cost
		was, is := float64(step.Now), float64(t.RatedVA)
		toEnd := l.up[k]
		if l.upIsFrom[k] {
			toEnd = l.down[k]
		}
		// toEnd is (rating · bus voltage ÷ its own rated voltage)², in the frame:
		// through it the impedance finds its way to the bus's per unit.
		own := float64(was*was) * 1e-12 / toEnd
		h.r[k], h.x[k] = float64(t.R)/is*own, float64(t.X)/is*own
		more := is/was - 1
		up := h.par[k]
		for _, at := range []int32{int32(k), up} {
			h.g[at] += float64(l.hg[k] * more)
			h.b[at] += float64(l.hb[k] * more)
		}
		l.hg[k] *= is / was
		l.hb[k] *= is / was
		l.up[k] *= float64(is * is / (was * was))
		l.down[k] *= float64(is * is / (was * was))
		m.trafo[slices.IndexFunc(m.trafo, func(t trafoNode) bool { return int(t.branch) == k })].snVA = t.RatedVA
	}
	h.z2[k] = float64(h.r[k]*h.r[k]) + float64(h.x[k]*h.x[k])
	if m.running != nil {
		m.running.put(k, u)
	}
	return k, step, true
}
