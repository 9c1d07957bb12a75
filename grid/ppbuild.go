package grid

import (
	"math"
)

// at returns a bus, nil when it is out of service, and names the element that
// stands at a bus that is not there.
func (p *pandapower) at(element string, id, bus int) *ppBus {
	b := p.bus[bus]
	if b == nil {
		p.s.fail(invalid("grid.missing-bus", "element", element, "id", id, "bus", bus))
		return nil
	}
	if !b.live {
		return nil
	}
	return b
}

func (p *pandapower) build() {
	p.n.Radial, p.n.BaseHz = true, p.hz
	for _, id := range p.order {
		b := p.bus[id]
		if !b.live {
			continue
		}
		bus := Bus{ID: id, VnKV: b.kv}
		if at, ok := p.places[id]; ok {
			b.x, b.y, b.placed = at[0], at[1], true
		}
		if b.placed {
			bus.X, bus.Y = &b.x, &b.y
		}
		p.n.Buses = append(p.n.Buses, bus)
	}
	p.buildSwitches()
	for i := range p.line {
		p.buildLine(&p.line[i])
	}
	for i := range p.trafo {
		p.buildTrafo(&p.trafo[i])
	}
	for i := range p.grid {
		s := &p.grid[i]
		if p.at("ext_grid", s.id, s.bus) != nil {
			p.n.Sources = append(p.n.Sources, Source{Bus: s.bus, VPU: s.v, AngleDeg: s.angle.or(0)})
		}
	}
	p.buildLoads()
}

// buildSwitches opens the ends of lines and transformers and couples buses.
func (p *pandapower) buildSwitches() {
	lines, trafos := map[int]*ppLine{}, map[int]*ppTrafo{}
	for i := range p.line {
		lines[p.line[i].id] = &p.line[i]
	}
	for i := range p.trafo {
		trafos[p.trafo[i].id] = &p.trafo[i]
	}
	for _, s := range p.swtch {
		if s.z.or(0) > 0 && s.closed {
			p.s.fail(invalid("grid.unsupported", "element", "switch (z_ohm)", "id", s.id))
			return
		}
		line, trafo := lines[s.element], trafos[s.element]
		switch {
		case s.et == "b":
			if p.at("switch", s.id, s.bus) != nil && p.at("switch", s.id, s.element) != nil {
				p.n.Links = append(p.n.Links, Link{ID: s.id, From: s.bus, To: s.element, Open: !s.closed})
			}
		case s.et == "l" && line != nil && s.bus == line.from:
			line.fromOpen = line.fromOpen || !s.closed
		case s.et == "l" && line != nil && s.bus == line.to:
			line.toOpen = line.toOpen || !s.closed
		case s.et == "t" && trafo != nil && s.bus == trafo.hv:
			trafo.hvOpen = trafo.hvOpen || !s.closed
		case s.et == "t" && trafo != nil && s.bus == trafo.lv:
			trafo.lvOpen = trafo.lvOpen || !s.closed
		default: // a switch of nothing, or of a transformer with three windings
			p.s.fail(invalid("grid.unsupported", "element", "switch", "id", s.id))
			return
		}
	}
}

func (p *pandapower) buildLine(l *ppLine) {
	from, to := p.at("line", l.id, l.from), p.at("line", l.id, l.to)
	if !l.live || from == nil || to == nil {
		return
	}
	n := l.parallel.or(1)
	line := Line{ID: l.id, From: l.from, To: l.to, ROhm: l.r * l.km / n, XOhm: l.x * l.km / n,
		BUS: 2 * math.Pi * p.hz * l.c * 1e-3 * l.km * n, GUS: l.g.or(0) * l.km * n, LengthKM: l.km,
		FromOpen: l.fromOpen, ToOpen: l.toOpen}
	if l.imax.ok {
		amps := l.imax.v * 1000 * l.df.or(1) * n
		line.IMaxA = &amps
	}
	p.n.Lines = append(p.n.Lines, line)
}

// buildTrafo follows pandapower's own definition: the tap moves the rated
// voltage of its side, and the impedances are those at the moved voltage.
func (p *pandapower) buildTrafo(t *ppTrafo) {
	hv, lv := p.at("trafo", t.id, t.hv), p.at("trafo", t.id, t.lv)
	if !t.live || hv == nil || lv == nil {
		return
	}
	if t.table || t.changer == "Tabular" {
		p.s.fail(invalid("grid.unsupported", "element", "trafo (tap table)", "id", t.id))
		return
	}
	vnHV, vnLV, shift := t.tapped()
	n := t.parallel.or(1)
	model := plate{snMVA: t.sn, vnHV: vnHV, vnLV: vnLV, vk: t.vk, vkr: t.vkr, pfeKW: t.pfe, i0: t.i0, shift: shift, parallel: n}.model(hv.kv, lv.kv)
	p.n.Trafos = append(p.n.Trafos, Trafo{ID: t.id, HV: t.hv, LV: t.lv, SnKVA: t.sn * 1000 * n * t.df.or(1), VnHVKV: t.vnHV, VnLVKV: t.vnLV,
		VkPct: t.vk, VkrPct: t.vkr, PfeKW: t.pfe * n, I0Pct: t.i0, TapPos: int(t.pos.or(0)), TapStepPct: t.step.or(0), TapSide: t.side,
		TapNeutral: int(t.neutral.or(0)),
		Model:      model, HVOpen: t.hvOpen, LVOpen: t.lvOpen})
}

// tapped returns the rated voltages and the shift at the tap's position.
func (t *ppTrafo) tapped() (vnHV, vnLV, shift float64) {
	vnHV, vnLV, shift = t.vnHV, t.vnLV, t.shift.or(0)
	side, direction := &vnHV, 1.0
	switch {
	case t.side == "lv":
		side, direction = &vnLV, -1
	case t.side != "hv":
		return vnHV, vnLV, shift
	}
	if !t.pos.ok {
		return vnHV, vnLV, shift
	}
	steps := t.pos.v - t.neutral.or(0)
	if t.shifter || t.changer == "Ideal" {
		if t.stepDeg.or(0) != 0 {
			return vnHV, vnLV, shift + direction*steps*t.stepDeg.v
		}
		return vnHV, vnLV, shift + direction*2*math.Asin(steps*t.step.or(0)/200)*180/math.Pi
	}
	u, du, angle := *side, *side*steps*t.step.or(0)/100, t.stepDeg.or(0)*math.Pi/180
	along, across := u+float64(du*math.Cos(angle)), du*math.Sin(angle)
	*side = math.Hypot(along, across)
	return vnHV, vnLV, shift + math.Atan(direction*across/along)*180/math.Pi
}

func (p *pandapower) buildLoads() {
	for i := range p.load {
		l := &p.load[i]
		if p.at(l.kind, l.id, l.bus) == nil || !l.live {
			continue
		}
		pkw, qkw := l.sign*l.p*l.scaling.or(1)*1000, l.sign*l.q*l.scaling.or(1)*1000
		zp, zq := l.zp.or(l.z.or(0))/100, l.zq.or(l.z.or(0))/100
		ip, iq := l.ip.or(l.i.or(0))/100, l.iq.or(l.i.or(0))/100
		p.part(l.bus, ConstImpedance, pkw*zp, qkw*zq)
		p.part(l.bus, ConstCurrent, pkw*ip, qkw*iq)
		if zp+ip != 1 || zq+iq != 1 {
			p.part(l.bus, ConstPower, pkw*(1-zp-ip), qkw*(1-zq-iq))
		}
	}
	for _, w := range p.ward {
		if p.at("ward", w.id, w.bus) != nil && w.live {
			p.part(w.bus, ConstPower, w.ps*1000, w.qs*1000)
			p.part(w.bus, ConstImpedance, w.pz*1000, w.qz*1000)
		}
	}
	for _, s := range p.shunt {
		b := p.at("shunt", s.id, s.bus)
		if b == nil || !s.live {
			continue
		}
		k := b.kv / s.kv.or(b.kv)
		k *= k * s.step.or(1) * 1000
		p.n.Shunts = append(p.n.Shunts, Shunt{ID: s.id, Bus: s.bus, PKW: s.p * k, QKVAr: s.q * k})
	}
}

// part books what one kind of a load draws, unless it is nothing.
func (p *pandapower) part(bus int, kind string, pkw, qkvar float64) {
	if pkw != 0 || qkvar != 0 {
		p.n.Loads = append(p.n.Loads, Load{Bus: bus, PKW: pkw, QKVAr: qkvar, Kind: kind})
	}
}
