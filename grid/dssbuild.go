package grid

import (
	"cmp"
	"math"
)

// build turns the circuit into a network. A bus has the voltage of the winding
// or source that feeds it, or the voltage base nearest to that.
func (d *dss) build() {
	if !d.circuit {
		d.fail("grid.dss-no-circuit")
		return
	}
	for _, l := range d.ordLine {
		if d.useCode(l); d.err != nil {
			return
		}
	}
	if d.missing != nil {
		d.err = d.missing
		return
	}
	for _, s := range d.ordSource {
		d.id(s.bus)
	}
	for _, l := range d.ordLoad {
		d.id(l.bus)
	}
	for _, c := range d.ordCap {
		d.id(c.bus)
	}
	kv := d.voltages()
	d.n.Radial, d.n.BaseHz = true, d.hz
	for i, name := range d.names {
		if kv[i] == 0 {
			d.fail("grid.island", "bus", clip([]byte(name)))
			return
		}
		b := Bus{ID: i, VnKV: kv[i], Name: name}
		if at, ok := d.at[name]; ok {
			b.X, b.Y = &at[0], &at[1]
		}
		d.n.Buses = append(d.n.Buses, b)
	}
	for _, s := range d.ordSource {
		d.buildSource(s, kv)
	}
	for i, l := range d.ordLine {
		d.buildLine(i, l)
	}
	for i, t := range d.ordTrafo {
		d.buildTrafo(i, t, kv)
	}
	for _, l := range d.ordLoad {
		d.buildLoad(l, kv[d.id(l.bus)])
	}
	for i, c := range d.ordCap {
		if !c.off {
			k := kv[d.id(c.bus)]
			k /= cmp.Or(c.kv, k)
			d.n.Shunts = append(d.n.Shunts, Shunt{ID: i, Bus: d.id(c.bus), QKVAr: -c.kvar * k * k})
		}
	}
}

// useCode gives a line the impedance of its code.
func (d *dss) useCode(l *dssLine) {
	element := "line." + l.name
	if l.code != "" && !l.given {
		code := d.code[l.code]
		switch {
		case code == nil && d.missing != nil:
			return // it may stand in the file that is missing
		case code == nil:
			d.refuse(element, "linecode="+l.code)
			return
		case code.unbalanced:
			d.refuse(element, "linecode="+l.code)
			return
		}
		l.r, l.x, l.c, l.codeUnits = code.r, code.x, code.c, code.units
		if code.freq.ok {
			l.x *= d.hz / code.freq.v
		}
		if !l.amps.ok {
			l.amps = code.amps
		}
		// Each in its own unit of length, where both have one.
		if a, b := dssMetres[l.units], dssMetres[l.codeUnits]; a > 0 && b > 0 {
			l.length *= a / b
			l.units = l.codeUnits
		} else if b > 0 {
			l.units = l.codeUnits
		}
	} else if l.freq.ok {
		l.x *= d.hz / l.freq.v
	}
}

// voltages walks from the source over everything that is not out of service.
func (d *dss) voltages() []float64 {
	type hop struct {
		to int
		kv float64 // 0: the same
	}
	next := make(map[int][]hop)
	for _, l := range d.ordLine {
		if !l.off {
			a, b := d.id(l.bus1), d.id(l.bus2)
			next[a], next[b] = append(next[a], hop{b, 0}), append(next[b], hop{a, 0})
		}
	}
	for _, t := range d.ordTrafo {
		if !t.off {
			a, b := d.id(t.bus[0]), d.id(t.bus[1])
			next[a], next[b] = append(next[a], hop{b, t.kv[1]}), append(next[b], hop{a, t.kv[0]})
		}
	}
	kv := make([]float64, len(d.names))
	var queue []int
	for _, s := range d.ordSource {
		start := d.id(s.bus)
		kv[start] = d.base(s.kv)
		queue = append(queue, start)
	}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, h := range next[queue[0]] {
			if kv[h.to] != 0 {
				continue
			}
			if kv[h.to] = kv[queue[0]]; h.kv != 0 {
				kv[h.to] = d.base(h.kv)
			}
			queue = append(queue, h.to)
		}
	}
	return kv
}

func (d *dss) buildSource(s *dssSource, kv []float64) {
	bus := d.id(s.bus)
	source := Source{Bus: bus, VPU: s.pu * s.kv / kv[bus], AngleDeg: s.angle, SkMVA: s.mva, RXRatio: 1 / s.xr}
	if s.ohms {
		source.SkMVA, source.RXRatio = 0, 0
		if z := math.Hypot(s.r1, s.x1); z > 0 {
			source.SkMVA = s.kv * s.kv / z
			source.RXRatio = s.r1 / max(s.x1, 1e-2*z)
		}
	}
	d.n.Sources = append(d.n.Sources, source)
}

func (d *dss) buildLine(i int, l *dssLine) {
	if l.off {
		return
	}
	line := Line{ID: i, From: d.id(l.bus1), To: d.id(l.bus2), ROhm: l.r * l.length, XOhm: l.x * l.length,
		BUS: 2 * math.Pi * d.hz * l.c * l.length * 1e-3, LengthKM: l.length * dssMetres[l.units] / 1000, FromOpen: l.open1, ToOpen: l.open2}
	if l.amps.ok {
		line.IMaxA = l.amps.pointer()
	}
	d.n.Lines = append(d.n.Lines, line)
}

// buildTrafo has impedances on the rating of the first winding and the no-load branch at
// the second, as OpenDSS; where that is open it stays split between the windings.
// The lower voltage lags by 30 degrees where one side is a delta, or leads with
// leadlag=lead.
func (d *dss) buildTrafo(i int, t *dssTrafo, kv []float64) {
	if t.off {
		return
	}
	hv, lv := d.id(t.bus[0]), d.id(t.bus[1])
	v1, v2 := t.kv[0]*t.tap[0], t.kv[1]*t.tap[1]
	mva := t.kva[0] / 1000
	zbase := v2 / kv[lv]
	zbase *= zbase
	shift := 0.0
	if t.wye[0] != t.wye[1] {
		if shift = 30; t.euro {
			shift = -30
		}
		if t.kv[0] < t.kv[1] {
			shift = -shift
		}
	}
	loss := (t.r[0] + t.r[1]) / 100
	g, b := t.noLoad/100*mva/zbase, -t.imag/100*mva/zbase
	if !t.open[1] && (g != 0 || b != 0) {
		d.n.Shunts = append(d.n.Shunts, Shunt{ID: len(d.ordCap) + i, Bus: lv, PKW: g * 1000, QKVAr: -b * 1000})
		g, b = 0, 0
	}
	d.n.Trafos = append(d.n.Trafos, Trafo{ID: i, Name: t.name, HV: hv, LV: lv, SnKVA: t.kva[0], VnHVKV: t.kv[0], VnLVKV: t.kv[1],
		VkPct: math.Hypot(t.xhl, loss*100), VkrPct: loss * 100, PfeKW: t.noLoad / 100 * t.kva[0], I0Pct: math.Hypot(t.imag, t.noLoad),
		Model: TrafoModel{RPU: loss / mva * zbase, XPU: t.xhl / 100 / mva * zbase, GPU: g, BPU: b,
			Ratio: v1 / v2 / (kv[hv] / kv[lv]), ShiftDeg: shift},
		HVOpen: t.open[0], LVOpen: t.open[1]})
}

func (d *dss) buildLoad(l *dssLoad, base float64) {
	if l.off {
		return
	}
	kw, kvar := l.kw, l.kvar
	if l.kva.ok && l.byPF {
		kw = l.kva.v * math.Abs(l.pf)
	}
	if l.byPF {
		kvar = math.Copysign(math.Abs(kw)*math.Sqrt(max(1/(l.pf*l.pf)-1, 0)), kw*l.pf)
	}
	// What a load draws by its model is meant at its own rated voltage.
	if k := base / cmp.Or(l.kv, base); l.model == 2 {
		kw, kvar = kw*k*k, kvar*k*k
	} else if l.model == 5 {
		kw, kvar = kw*k, kvar*k
	}
	kind := map[int]string{1: ConstPower, 2: ConstImpedance, 5: ConstCurrent}[l.model]
	d.n.Loads = append(d.n.Loads, Load{Bus: d.id(l.bus), PKW: kw, QKVAr: kvar, Kind: kind})
}
