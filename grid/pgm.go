package grid

import (
	"math"
)

// ReadPGM reads the JSON of power-grid-model: balanced networks of nodes, lines,
// links, two-winding transformers, generic branches, sources, shunts and
// symmetric loads and generators. Anything that would change the answer and is
// not one of these is refused with its first element named; sensors are passed
// over.
func ReadPGM(data []byte) (*Network, error) {
	p := &pgm{s: newScanner(data), hz: 50, attributes: map[string][]string{}, uRated: map[int]float64{}, ids: map[int]bool{}}
	p.n.Radial, p.n.BaseHz = true, p.hz
	p.s.lax = true
	p.s.element, p.s.id = "file", ""
	p.s.object(p.top)
	p.s.end()
	if p.s.err == nil {
		p.build()
	}
	if p.s.err != nil {
		return nil, p.s.err
	}
	if err := p.n.check(); err != nil {
		return nil, err
	}
	return p.n.sorted(), nil
}

// pgm gathers the components, which may come in any order, before it builds.
type pgm struct {
	s          *scanner
	n          Network
	hz         float64
	attributes map[string][]string // component → order of values in rows
	uRated     map[int]float64     // V
	ids        map[int]bool        // every component's id, in one space
	line       []pgmLine
	trafo      []pgmTrafo
	generic    []pgmGeneric
	link       []pgmBranch
	source     []pgmSource
	load       []pgmLoad
	shunt      []pgmShunt
}

type pgmBranch struct {
	id, from, to       int
	fromStatus, toStat int
}

type pgmLine struct {
	pgmBranch
	r, x, c, tan float64
	in           maybe
}

type pgmTrafo struct {
	pgmBranch
	u1, u2, sn, uk, pk, i0, p0 float64
	clock, side                int
	pos, nom                   maybe
	low, high                  int
	size                       float64
	ukMin, ukMax, pkMin, pkMax maybe
}

type pgmGeneric struct {
	pgmBranch
	r, x, g, b, shift float64
	k, sn             maybe
}

type pgmSource struct {
	id, node, status int
	u                float64
	angle, sk, rx    maybe
}

type pgmLoad struct {
	id, node, status, kind int
	p, q                   float64
	sign                   float64
}

type pgmShunt struct {
	id, node, status int
	g, b             float64
}

func (p *pgm) top(key []byte) {
	switch string(key) {
	case "is_batch":
		batch := false
		if p.s.into(&field{name: "is_batch", to: &batch}); batch {
			p.s.fail(invalid("grid.unsupported", "element", "file", "id", "is_batch"))
		}
	case "type":
		kind := ""
		if p.s.into(&field{name: "type", to: &kind}); kind != "input" && p.s.err == nil {
			p.s.fail(invalid("grid.unsupported", "element", "file", "id", clip([]byte(kind))))
		}
	case "attributes":
		p.s.object(func(component []byte) {
			var names []string
			p.s.array(func(int) {
				name := ""
				p.s.into(&field{name: "attributes", to: &name})
				names = append(names, name)
			})
			p.attributes[string(component)] = names
		})
	case "data":
		p.s.object(func(component []byte) { p.component(string(component)) })
	default:
		p.s.skip()
	}
}

func (p *pgm) component(name string) {
	switch name {
	case "node":
		p.readNodes()
	case "line":
		p.readLines()
	case "link":
		p.readLinks()
	case "transformer":
		p.readTrafos()
	case "generic_branch":
		p.readGeneric()
	case "source":
		p.readSources()
	case "sym_load":
		p.readLoads(name, 1)
	case "sym_gen":
		p.readLoads(name, -1)
	case "shunt":
		p.readShunts()
	case "sym_voltage_sensor", "asym_voltage_sensor", "sym_power_sensor", "asym_power_sensor", "sym_current_sensor", "asym_current_sensor", "fault":
		p.s.skip()
	default:
		p.refuse(name)
	}
}

// refuse names the first element of a component that we cannot solve.
func (p *pgm) refuse(name string) {
	id := 0
	p.rows(name, []field{{name: "id", to: &id, need: true}}, func() {}, func() {
		p.s.fail(invalid("grid.unsupported", "element", name, "id", id))
	})
}

func (p *pgm) rows(name string, fs []field, reset, keep func()) {
	p.s.rows(name, fs, p.attributes[name], reset, func() {
		if id, ok := fs[0].to.(*int); ok {
			if p.ids[*id] {
				p.s.fail(invalid("grid.repeated-id", "element", name, "id", *id))
				return
			}
			p.ids[*id] = true
		}
		keep()
	})
}

// branchFields are the first fields of every branch; a missing status is closed.
func branchFields(b *pgmBranch) []field {
	return []field{{name: "id", to: &b.id, need: true}, {name: "from_node", to: &b.from, need: true}, {name: "to_node", to: &b.to, need: true},
		{name: "from_status", to: &b.fromStatus}, {name: "to_status", to: &b.toStat}}
}

func closed(b *pgmBranch) { *b = pgmBranch{fromStatus: 1, toStat: 1} }

func (p *pgm) readNodes() {
	var id int
	var u float64
	p.rows("node", []field{{name: "id", to: &id, need: true}, {name: "u_rated", to: &u, need: true}},
		func() {}, func() {
			p.uRated[id] = u
			p.n.Buses = append(p.n.Buses, Bus{ID: id, VnKV: u / 1000})
		})
}

func (p *pgm) readLines() {
	var e pgmLine
	p.rows("line", append(branchFields(&e.pgmBranch), field{name: "r1", to: &e.r, need: true}, field{name: "x1", to: &e.x, need: true},
		field{name: "c1", to: &e.c, need: true}, field{name: "tan1", to: &e.tan, need: true}, field{name: "i_n", to: &e.in, null: true}),
		func() { e = pgmLine{}; closed(&e.pgmBranch) }, func() { p.line = append(p.line, e) })
}

func (p *pgm) readLinks() {
	var e pgmBranch
	p.rows("link", branchFields(&e), func() { closed(&e) }, func() { p.link = append(p.link, e) })
}

func (p *pgm) readTrafos() {
	var e pgmTrafo
	p.rows("transformer", append(branchFields(&e.pgmBranch),
		field{name: "u1", to: &e.u1, need: true}, field{name: "u2", to: &e.u2, need: true}, field{name: "sn", to: &e.sn, need: true},
		field{name: "uk", to: &e.uk, need: true}, field{name: "pk", to: &e.pk, need: true}, field{name: "i0", to: &e.i0, need: true}, field{name: "p0", to: &e.p0, need: true},
		field{name: "clock", to: &e.clock, need: true}, field{name: "tap_side", to: &e.side},
		field{name: "tap_pos", to: &e.pos, null: true}, field{name: "tap_nom", to: &e.nom, null: true},
		field{name: "tap_min", to: &e.low}, field{name: "tap_max", to: &e.high}, field{name: "tap_size", to: &e.size},
		field{name: "uk_min", to: &e.ukMin, null: true}, field{name: "uk_max", to: &e.ukMax, null: true},
		field{name: "pk_min", to: &e.pkMin, null: true}, field{name: "pk_max", to: &e.pkMax, null: true}),
		func() { e = pgmTrafo{}; closed(&e.pgmBranch) }, func() { p.trafo = append(p.trafo, e) })
}

func (p *pgm) readGeneric() {
	var e pgmGeneric
	p.rows("generic_branch", append(branchFields(&e.pgmBranch), field{name: "r1", to: &e.r, need: true}, field{name: "x1", to: &e.x, need: true},
		field{name: "g1", to: &e.g}, field{name: "b1", to: &e.b}, field{name: "shift", to: &e.shift},
		field{name: "k", to: &e.k, null: true}, field{name: "sn", to: &e.sn, null: true}),
		func() { e = pgmGeneric{}; closed(&e.pgmBranch) }, func() { p.generic = append(p.generic, e) })
}

func (p *pgm) readSources() {
	var e pgmSource
	p.rows("source", []field{{name: "id", to: &e.id, need: true}, {name: "node", to: &e.node, need: true}, {name: "status", to: &e.status},
		{name: "u_ref", to: &e.u, need: true}, {name: "u_ref_angle", to: &e.angle, null: true},
		{name: "sk", to: &e.sk, null: true}, {name: "rx_ratio", to: &e.rx, null: true}},
		func() { e = pgmSource{status: 1} }, func() { p.source = append(p.source, e) })
}

func (p *pgm) readLoads(name string, sign float64) {
	var e pgmLoad
	p.rows(name, []field{{name: "id", to: &e.id, need: true}, {name: "node", to: &e.node, need: true}, {name: "status", to: &e.status},
		{name: "type", to: &e.kind, need: true}, {name: "p_specified", to: &e.p, need: true}, {name: "q_specified", to: &e.q, need: true}},
		func() { e = pgmLoad{status: 1, sign: sign} }, func() { p.load = append(p.load, e) })
}

func (p *pgm) readShunts() {
	var e pgmShunt
	p.rows("shunt", []field{{name: "id", to: &e.id, need: true}, {name: "node", to: &e.node, need: true}, {name: "status", to: &e.status},
		{name: "g1", to: &e.g, need: true}, {name: "b1", to: &e.b, need: true}},
		func() { e = pgmShunt{status: 1} }, func() { p.shunt = append(p.shunt, e) })
}

// rated returns a node's rated voltage in volts, and names the element that
// stands at a node that is not there.
func (p *pgm) rated(element string, id, node int) float64 {
	u, ok := p.uRated[node]
	if !ok {
		p.s.fail(invalid("grid.missing-bus", "element", element, "id", id, "bus", node))
		return 1
	}
	return u
}

const pgmBase = 1e6 // VA, three-phase

func (p *pgm) build() {
	for i := range p.line {
		p.buildLine(&p.line[i])
	}
	for i := range p.link {
		l := &p.link[i]
		p.n.Links = append(p.n.Links, Link{ID: l.id, From: l.from, To: l.to, Open: l.fromStatus == 0 || l.toStat == 0})
	}
	for i := range p.trafo {
		p.buildTrafo(&p.trafo[i])
	}
	for i := range p.generic {
		p.buildGeneric(&p.generic[i])
	}
	for _, s := range p.source {
		if s.status == 0 {
			continue
		}
		p.rated("source", s.id, s.node)
		p.n.Sources = append(p.n.Sources, Source{Bus: s.node, VPU: s.u, AngleDeg: s.angle.or(0) * 180 / math.Pi,
			SkMVA: s.sk.or(1e10) / 1e6, RXRatio: s.rx.or(0.1)})
	}
	p.buildLoads()
}

func (p *pgm) buildLine(l *pgmLine) {
	b := 2 * math.Pi * p.hz * l.c * 1e6
	p.rated("line", l.id, l.from)
	line := Line{ID: l.id, From: l.from, To: l.to, ROhm: l.r, XOhm: l.x, BUS: b, GUS: b * l.tan,
		FromOpen: l.fromStatus == 0, ToOpen: l.toStat == 0}
	if l.in.ok {
		line.IMaxA = l.in.pointer()
	}
	p.n.Lines = append(p.n.Lines, line)
}

// buildTrafo follows power-grid-model's own definition: the tap moves the rated
// voltage of its side, and the short-circuit figures where they are given at the
// ends of the range.
func (p *pgm) buildTrafo(t *pgmTrafo) {
	uFrom, uTo := p.rated("transformer", t.id, t.from), p.rated("transformer", t.id, t.to)
	nom := t.nom.or(0)
	pos := t.pos.or(nom)
	lo, hi := float64(min(t.low, t.high)), float64(max(t.low, t.high))
	pos = min(max(pos, lo), hi)
	step := (pos - nom) * t.size
	if t.high <= t.low {
		step = -step
	}
	u1, u2 := t.u1, t.u2
	if t.side == 0 {
		u1 += step
	} else {
		u2 += step
	}
	uk := t.between(pos, nom, t.uk, t.ukMin, t.ukMax)
	pk := t.between(pos, nom, t.pk, t.pkMin, t.pkMax)
	zbase := uTo * uTo / pgmBase
	z, r := uk*u2*u2/t.sn, pk*u2*u2/(t.sn*t.sn)
	x := math.Sqrt(max(float64(z*z)-float64(r*r), 0))
	y, g := t.i0*t.sn/(u2*u2), t.p0/(u2*u2)
	b := -math.Sqrt(max(float64(y*y)-float64(g*g), 0))
	p.n.Trafos = append(p.n.Trafos, Trafo{ID: t.id, HV: t.from, LV: t.to, SnKVA: t.sn / 1000, VnHVKV: t.u1 / 1000, VnLVKV: t.u2 / 1000,
		VkPct: uk * 100, VkrPct: pk / t.sn * 100, PfeKW: t.p0 / 1000, I0Pct: t.i0 * 100, TapPos: int(pos), TapNeutral: int(nom),
		Model: TrafoModel{RPU: r / zbase, XPU: x / zbase, GPU: g * zbase, BPU: b * zbase,
			Ratio: u1 / u2 / (uFrom / uTo), ShiftDeg: 30 * float64(t.clock)},
		HVOpen: t.fromStatus == 0, LVOpen: t.toStat == 0})
}

// between interpolates a figure given at the middle and perhaps at the ends of
// the tap range.
func (t *pgmTrafo) between(pos, nom, v float64, vMin, vMax maybe) float64 {
	end, at := float64(t.low), vMin
	if high := float64(t.high); pos >= min(nom, high) && pos <= max(nom, high) {
		end, at = high, vMax
	}
	if end == nom || !at.ok {
		return v
	}
	return v + float64((pos-nom)/(end-nom)*(at.v-v))
}

func (p *pgm) buildGeneric(g *pgmGeneric) {
	uFrom, uTo := p.rated("generic_branch", g.id, g.from), p.rated("generic_branch", g.id, g.to)
	zbase := uTo * uTo / pgmBase
	p.n.Trafos = append(p.n.Trafos, Trafo{ID: g.id, HV: g.from, LV: g.to, SnKVA: g.sn.or(1e10) / 1000, VnHVKV: uFrom / 1000, VnLVKV: uTo / 1000,
		Model:  TrafoModel{RPU: g.r / zbase, XPU: g.x / zbase, GPU: g.g * zbase, BPU: g.b * zbase, Ratio: g.k.or(1), ShiftDeg: g.shift * 180 / math.Pi},
		HVOpen: g.fromStatus == 0, LVOpen: g.toStat == 0})
}

func (p *pgm) buildLoads() {
	kinds := []string{ConstPower, ConstImpedance, ConstCurrent}
	for _, l := range p.load {
		p.rated("load", l.id, l.node)
		if l.kind < 0 || l.kind >= len(kinds) {
			p.s.fail(invalid("grid.unsupported", "element", "load type", "id", l.id))
			return
		}
		if l.status != 0 {
			p.n.Loads = append(p.n.Loads, Load{Bus: l.node, PKW: l.sign * l.p / 1000, QKVAr: l.sign * l.q / 1000, Kind: kinds[l.kind]})
		}
	}
	for _, s := range p.shunt {
		u := p.rated("shunt", s.id, s.node)
		if s.status != 0 {
			p.n.Shunts = append(p.n.Shunts, Shunt{ID: s.id, Bus: s.node, PKW: s.g * u * u / 1000, QKVAr: -s.b * u * u / 1000})
		}
	}
}
