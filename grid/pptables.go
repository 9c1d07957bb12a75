package grid

func (p *pandapower) readBuses() {
	var b ppBus
	var geo maybeText
	p.table("bus", []field{{name: "vn_kv", to: &b.kv, need: true}, {name: "in_service", to: &b.live}, {name: "geo", to: &geo, null: true}},
		func() { b, geo = ppBus{live: true}, maybeText{} }, func(id int) {
			kept := b
			kept.id = id
			if geo.ok {
				kept.x, kept.y, kept.placed = pointOf(geo.v)
			}
			p.bus[id] = &kept
			p.order = append(p.order, id)
		})
}

// pointOf reads the GeoJSON point in which pandapower 3 keeps a bus's place.
func pointOf(text string) (x, y float64, ok bool) {
	s := newScanner([]byte(text))
	s.lax = true
	var at []float64
	s.object(func(key []byte) {
		if string(key) != "coordinates" || s.peek() != '[' {
			s.skip()
			return
		}
		s.array(func(int) {
			v := 0.0
			s.into(&field{name: "coordinates", to: &v})
			at = append(at, v)
		})
	})
	if s.err != nil || len(at) < 2 {
		return 0, 0, false
	}
	return at[0], at[1], true
}

func (p *pandapower) readPlaces() {
	p.places = map[int][2]float64{}
	var x, y maybe
	p.table("bus_geodata", []field{{name: "x", to: &x, null: true}, {name: "y", to: &y, null: true}},
		func() { x, y = maybe{}, maybe{} }, func(id int) {
			if x.ok && y.ok {
				p.places[id] = [2]float64{x.v, y.v}
			}
		})
}

func (p *pandapower) readLines() {
	var e ppLine
	p.table("line", []field{{name: "from_bus", to: &e.from, need: true}, {name: "to_bus", to: &e.to, need: true},
		{name: "length_km", to: &e.km, need: true}, {name: "r_ohm_per_km", to: &e.r, need: true}, {name: "x_ohm_per_km", to: &e.x, need: true},
		{name: "c_nf_per_km", to: &e.c, need: true}, {name: "g_us_per_km", to: &e.g, null: true}, {name: "max_i_ka", to: &e.imax, null: true},
		{name: "df", to: &e.df, null: true}, {name: "parallel", to: &e.parallel, null: true}, {name: "in_service", to: &e.live}},
		func() { e = ppLine{live: true} }, func(id int) { e.id = id; p.line = append(p.line, e) })
}

func (p *pandapower) readTrafos() {
	var e ppTrafo
	var side, changer maybeText
	p.table("trafo", []field{{name: "hv_bus", to: &e.hv, need: true}, {name: "lv_bus", to: &e.lv, need: true},
		{name: "sn_mva", to: &e.sn, need: true}, {name: "vn_hv_kv", to: &e.vnHV, need: true}, {name: "vn_lv_kv", to: &e.vnLV, need: true},
		{name: "vk_percent", to: &e.vk, need: true}, {name: "vkr_percent", to: &e.vkr, need: true},
		{name: "pfe_kw", to: &e.pfe, need: true}, {name: "i0_percent", to: &e.i0, need: true}, {name: "shift_degree", to: &e.shift, null: true},
		{name: "tap_side", to: &side, null: true}, {name: "tap_neutral", to: &e.neutral, null: true}, {name: "tap_pos", to: &e.pos, null: true},
		{name: "tap_step_percent", to: &e.step, null: true}, {name: "tap_step_degree", to: &e.stepDeg, null: true},
		{name: "tap_phase_shifter", to: &e.shifter, null: true}, {name: "tap_changer_type", to: &changer, null: true},
		{name: "tap_dependency_table", to: &e.table, null: true},
		{name: "parallel", to: &e.parallel, null: true}, {name: "df", to: &e.df, null: true}, {name: "in_service", to: &e.live}},
		func() { e, side, changer = ppTrafo{live: true}, maybeText{}, maybeText{} }, func(id int) {
			e.id, e.side, e.changer = id, side.v, changer.v
			p.trafo = append(p.trafo, e)
		})
}

func (p *pandapower) readSwitches() {
	var e ppSwitch
	p.table("switch", []field{{name: "bus", to: &e.bus, need: true}, {name: "element", to: &e.element, need: true},
		{name: "et", to: &e.et, need: true}, {name: "closed", to: &e.closed, need: true}, {name: "z_ohm", to: &e.z, null: true}},
		func() { e = ppSwitch{} }, func(id int) { e.id = id; p.swtch = append(p.swtch, e) })
}

func (p *pandapower) readSources(name string) {
	var e ppSource
	p.table(name, []field{{name: "bus", to: &e.bus, need: true}, {name: "vm_pu", to: &e.v, need: true}, {name: "va_degree", to: &e.angle, null: true},
		{name: "slack", to: &e.slack, null: true}, {name: "in_service", to: &e.live}},
		func() { e = ppSource{live: true} }, func(id int) {
			e.id = id
			switch {
			case !e.live:
			case name == "ext_grid" || e.slack:
				p.grid = append(p.grid, e)
			default: // holds its voltage by reactive power
				p.s.fail(invalid("grid.unsupported", "element", name, "id", id))
			}
		})
}

func (p *pandapower) readLoads(name string, sign float64) {
	var e ppLoad
	p.table(name, []field{{name: "bus", to: &e.bus, need: true}, {name: "p_mw", to: &e.p, need: true}, {name: "q_mvar", to: &e.q, need: true},
		{name: "scaling", to: &e.scaling, null: true}, {name: "in_service", to: &e.live},
		{name: "const_z_percent", to: &e.z, null: true}, {name: "const_i_percent", to: &e.i, null: true},
		{name: "const_z_p_percent", to: &e.zp, null: true}, {name: "const_z_q_percent", to: &e.zq, null: true},
		{name: "const_i_p_percent", to: &e.ip, null: true}, {name: "const_i_q_percent", to: &e.iq, null: true}},
		func() { e = ppLoad{kind: name, sign: sign, live: true} }, func(id int) { e.id = id; p.load = append(p.load, e) })
}

func (p *pandapower) readShunts() {
	var e ppShunt
	p.table("shunt", []field{{name: "bus", to: &e.bus, need: true}, {name: "p_mw", to: &e.p, need: true}, {name: "q_mvar", to: &e.q, need: true},
		{name: "vn_kv", to: &e.kv, null: true}, {name: "step", to: &e.step, null: true}, {name: "in_service", to: &e.live}},
		func() { e = ppShunt{live: true} }, func(id int) { e.id = id; p.shunt = append(p.shunt, e) })
}

func (p *pandapower) readWards() {
	var e ppWard
	p.table("ward", []field{{name: "bus", to: &e.bus, need: true}, {name: "ps_mw", to: &e.ps, need: true}, {name: "qs_mvar", to: &e.qs, need: true},
		{name: "pz_mw", to: &e.pz, need: true}, {name: "qz_mvar", to: &e.qz, need: true}, {name: "in_service", to: &e.live}},
		func() { e = ppWard{live: true} }, func(id int) { e.id = id; p.ward = append(p.ward, e) })
}
