package grid

import (
	"math"
	"strings"
)

// dssProperty takes one property's value; it returns false for a value that
// makes no sense.
type dssProperty func(v string) bool

// define makes or edits one element.
func (d *dss) define(verb, object string, params []dssParam) {
	class, name, _ := strings.Cut(object, ".")
	full := class + "." + name
	switch class {
	case "circuit", "vsource":
		if class == "circuit" {
			d.n.Name, name, d.circuit = name, "source", true
		}
		s := known(d.source, name, verb, func(string) *dssSource { return &dssSource{kv: 115, pu: 1, mva: 2000, xr: 4, bus: "sourcebus"} })
		if d.defineSource(full, s, params); verb == "new" {
			d.ordSource = append(d.ordSource, s)
		}
	case "linecode":
		d.defineLine(full, known(d.code, name, verb, newDSSLine), params, true)
	case "line":
		l := known(d.lines, name, verb, newDSSLine)
		if d.defineLine(full, l, params, false); verb == "new" {
			d.ordLine = append(d.ordLine, l)
		}
	case "xfmrcode":
		d.defineTrafo(full, known(d.xfmr, name, verb, newDSSTrafo), params, true)
	case "transformer":
		t := known(d.trafos, name, verb, newDSSTrafo)
		if d.defineTrafo(full, t, params, false); verb == "new" {
			d.ordTrafo = append(d.ordTrafo, t)
		}
	case "load":
		l := known(d.loads, name, verb, func(n string) *dssLoad { return &dssLoad{name: n, kw: 10, pf: 0.88, byPF: true, model: 1} })
		if d.defineLoad(full, l, params); verb == "new" {
			d.ordLoad = append(d.ordLoad, l)
		}
	case "capacitor":
		c := known(d.caps, name, verb, func(n string) *dssCap { return &dssCap{name: n, kvar: 1200} })
		if d.defineCap(full, c, params); verb == "new" {
			d.ordCap = append(d.ordCap, c)
		}
	default:
		if !dssIgnored[class] {
			d.refuse(full, class)
		}
	}
}

// dssIgnored are classes that measure, show or describe, and carry no current
// in the state that is solved.
var dssIgnored = dssSet("monitor", "energymeter", "sensor", "loadshape", "growthshape", "tshape", "priceshape", "xycurve", "spectrum",
	"tcc_curve", "wiredata", "cndata", "tsdata", "linegeometry", "linespacing", "fuse", "recloser", "relay")

// known returns an element by name, a new one for "new" and for a name that is
// not known yet.
func known[T any](all map[string]*T, name, verb string, make func(name string) *T) *T {
	if e := all[name]; e != nil && verb == "edit" {
		return e
	}
	e := make(name)
	all[name] = e
	return e
}

func newDSSLine(name string) *dssLine {
	return &dssLine{name: name, length: 1, r: 0.058, x: 0.1206, c: 3.4}
}

func newDSSTrafo(name string) *dssTrafo {
	return &dssTrafo{name: name, kv: [2]float64{12.47, 12.47}, kva: [2]float64{1000, 1000}, r: [2]float64{0.2, 0.2},
		tap: [2]float64{1, 1}, wye: [2]bool{true, true}, xhl: 7}
}

// apply gives every property to who takes it; passed are those of no bearing.
func (d *dss) apply(element string, params []dssParam, takes map[string]dssProperty, passed map[string]bool) {
	for _, p := range params {
		if d.err != nil {
			return
		}
		take := takes[p.name]
		switch {
		case p.name == "":
			d.fail("grid.dss-positional", "element", clip([]byte(element)), "value", clip([]byte(p.value)), "where", d.where)
		case take != nil:
			if !take(p.value) && d.err == nil {
				d.wrong(element, p)
			}
		case !passed[p.name]:
			d.refuse(element, p.name)
		}
	}
}

func into(to *float64) dssProperty {
	return func(v string) (ok bool) {
		*to, ok = dssNumber(v)
		return ok
	}
}

func positive(to *float64) dssProperty {
	return func(v string) (ok bool) {
		*to, ok = dssNumber(v)
		return ok && *to > 0
	}
}

// three demands a three-phase element.
func (d *dss) three(element string) dssProperty {
	return func(v string) bool {
		n, ok := dssNumber(v)
		if ok && n != 3 {
			d.refuse(element, "phases="+v)
		}
		return ok
	}
}

func (d *dss) enabled(off *bool) dssProperty {
	return func(v string) bool {
		yes, ok := dssTruth(v)
		*off = !yes
		return ok
	}
}

func (d *dss) defineSource(element string, s *dssSource, params []dssParam) {
	d.apply(element, params, map[string]dssProperty{
		"basekv": positive(&s.kv), "pu": positive(&s.pu), "angle": into(&s.angle), "phases": d.three(element),
		"bus1":   func(v string) bool { s.bus = d.busOf(element, v); return true },
		"mvasc3": func(v string) bool { s.ohms = false; return positive(&s.mva)(v) },
		"isc3": func(v string) bool {
			s.ohms = false
			amps, ok := dssNumber(v)
			s.mva = amps * s.kv * math.Sqrt(3) / 1000
			return ok && amps > 0
		},
		"x1r1": positive(&s.xr),
		"r1":   func(v string) bool { s.ohms = true; return into(&s.r1)(v) },
		"x1":   func(v string) bool { s.ohms = true; return into(&s.x1)(v) },
	}, dssSourcePassed)
}

var (
	dssSourcePassed = dssSet("r0", "x0", "mvasc1", "isc1", "x0r0", "frequency", "basefreq", "spectrum", "scantype", "sequence", "enabled")
	dssLinePassed   = dssSet("r0", "x0", "c0", "b0", "emergamps", "faultrate", "pctperm", "repair", "rg", "xg", "rho", "neutral", "kron",
		"seasons", "ratings", "linetype", "earthmodel", "tscables", "cncables")
	dssTrafoPassed = dssSet("sub", "subname", "bank", "normhkva", "emerghkva", "thermal", "n", "m", "flrise", "hsrise", "maxtap", "mintap",
		"numtaps", "rneut", "xneut", "ppm_antifloat", "basefreq", "faultrate", "pctperm", "repair", "core", "rdcohms", "seasons", "ratings",
		"xht", "xlt", "normamps", "emergamps")
	dssLoadPassed = dssSet("conn", "vminpu", "vmaxpu", "vlowpu", "vminnorm", "vminemerg", "yearly", "daily", "duty", "growth", "status", "class",
		"spectrum", "xfkva", "allocationfactor", "numcust", "%mean", "%stddev", "rneut", "xneut", "cvrwatts", "cvrvars", "cvrcurve", "kwh",
		"kwhdays", "cfactor", "basefreq", "%seriesrl", "relweight", "puxharm", "xrharm")
	dssCapPassed = dssSet("conn", "emergamps", "normamps", "faultrate", "pctperm", "repair", "basefreq", "numsteps")
)

func (d *dss) defineLine(element string, l *dssLine, params []dssParam, code bool) {
	impedance := func(to *float64, scale float64) dssProperty {
		return func(v string) bool {
			f, ok := dssNumber(v)
			*to, l.given = f*scale, true
			return ok
		}
	}
	matrix := func(to *float64) dssProperty {
		return func(v string) bool {
			f, ok := dssPositive(v)
			*to, l.given = f, true
			l.unbalanced = l.unbalanced || !ok
			if !ok && !code {
				d.refuse(element, "matrix")
			}
			return true
		}
	}
	takes := map[string]dssProperty{
		"r1": impedance(&l.r, 1), "x1": impedance(&l.x, 1), "c1": impedance(&l.c, 1), "b1": impedance(&l.c, 1000/(2*math.Pi*d.hz)),
		"rmatrix": matrix(&l.r), "xmatrix": matrix(&l.x), "cmatrix": matrix(&l.c),
		"basefreq": func(v string) (ok bool) { l.freq.v, ok = dssNumber(v); l.freq.ok = ok; return ok && l.freq.v > 0 },
		"normamps": func(v string) (ok bool) { l.amps.v, ok = dssNumber(v); l.amps.ok = ok; return ok && l.amps.v > 0 },
		"units": func(v string) bool {
			l.units = strings.ToLower(v)
			return l.units == "none" || dssMetres[l.units] > 0
		},
	}
	if code {
		takes["nphases"] = func(v string) bool {
			n, ok := dssNumber(v)
			l.unbalanced = l.unbalanced || n != 3
			return ok
		}
	} else {
		takes["bus1"] = func(v string) bool { l.bus1 = d.busOf(element, v); d.id(l.bus1); return true }
		takes["bus2"] = func(v string) bool { l.bus2 = d.busOf(element, v); d.id(l.bus2); return true }
		takes["phases"] = d.three(element)
		takes["length"] = positive(&l.length)
		takes["enabled"] = d.enabled(&l.off)
		takes["linecode"] = func(v string) bool { l.code, l.given = strings.ToLower(v), false; return v != "" }
		takes["switch"] = func(v string) bool {
			yes, ok := dssTruth(v)
			if yes { // as OpenDSS has it
				l.r, l.x, l.c, l.length, l.given, l.units = 1, 1, 1.1, 0.001, true, "none"
			}
			return ok
		}
	}
	d.apply(element, params, takes, dssLinePassed)
	if !code && d.err == nil && (l.bus1 == "" || l.bus2 == "") {
		d.fail("grid.missing-field", "element", clip([]byte(element)), "id", "", "field", "bus1, bus2")
	}
}

// dssSet is a set of words.
func dssSet(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
