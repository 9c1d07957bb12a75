package grid

import (
	"math"
	"strings"
)

func (d *dss) defineTrafo(element string, t *dssTrafo, params []dssParam, code bool) {
	takes := map[string]dssProperty{
		"phases": d.three(element),
		"windings": func(v string) bool {
			n, ok := dssNumber(v)
			if ok && n != 2 {
				d.refuse(element, "windings="+v)
			}
			return ok
		},
		"xhl": positive(&t.xhl), "x12": positive(&t.xhl),
		"%noloadloss": into(&t.noLoad), "%imag": into(&t.imag),
		"%loadloss": func(v string) bool { f, ok := dssNumber(v); t.r = [2]float64{f / 2, f / 2}; return ok },
		"leadlag": func(v string) bool {
			v = strings.ToLower(v)
			t.euro = v == "lead" || v == "euro"
			return t.euro || v == "lag" || v == "ansi"
		},
		"enabled":  d.enabled(&t.off),
		"xfmrcode": func(v string) bool { return t.as(d.xfmr[strings.ToLower(v)], false) },
		"like":     func(v string) bool { return t.as(d.trafos[strings.ToLower(v)], true) },
	}
	d.windings(element, t, takes)
	d.apply(element, params, takes, dssTrafoPassed)
	if !code && d.err == nil && (t.bus[0] == "" || t.bus[1] == "") {
		d.fail("grid.missing-field", "element", clip([]byte(element)), "id", "", "field", "buses")
	}
}

// as makes t what another is, with its own name; where it stands too, if asked.
func (t *dssTrafo) as(other *dssTrafo, place bool) bool {
	if other == nil || other == t {
		return false
	}
	own := *t
	*t = *other
	if t.name = own.name; !place {
		t.bus, t.off = own.bus, own.off
	}
	return true
}

// windings adds what is given for each winding: one at a time after wdg, or in
// an array of both.
func (d *dss) windings(element string, t *dssTrafo, takes map[string]dssProperty) {
	takes["wdg"] = func(v string) bool { n, ok := dssNumber(v); t.winding = int(n) - 1; return ok && (n == 1 || n == 2) }
	for name, to := range map[string]*[2]float64{"kv": &t.kv, "kva": &t.kva, "%r": &t.r, "tap": &t.tap} {
		takes[name] = func(v string) (ok bool) { to[t.winding], ok = dssNumber(v); return ok }
		takes[name+"s"] = func(v string) bool {
			list, ok := dssNumbers(v)
			if !ok || len(list) != 2 {
				return false
			}
			*to = [2]float64{list[0], list[1]}
			return true
		}
	}
	for name, to := range map[string]func(i int, v string) bool{
		"conn": t.connect,
		"bus": func(i int, v string) bool {
			if t.bus[i] = d.busOf(element, v); d.err == nil {
				d.id(t.bus[i])
			}
			return true
		},
	} {
		takes[name] = func(v string) bool { return to(t.winding, v) }
		many := map[string]string{"conn": "conns", "bus": "buses"}[name]
		takes[many] = func(v string) bool {
			list := dssList(v)
			return len(list) == 2 && to(0, list[0]) && (d.err != nil || to(1, list[1]))
		}
	}
}

func (t *dssTrafo) connect(i int, v string) bool {
	switch v = strings.ToLower(v); {
	case strings.HasPrefix(v, "w") || v == "y" || v == "ln":
		t.wye[i] = true
	case strings.HasPrefix(v, "d") || v == "ll":
		t.wye[i] = false
	default:
		return false
	}
	return true
}

func (d *dss) defineLoad(element string, l *dssLoad, params []dssParam) {
	d.apply(element, params, map[string]dssProperty{
		"bus1":   func(v string) bool { l.bus = d.busOf(element, v); return true },
		"phases": d.three(element),
		"kw":     into(&l.kw),
		"kv":     positive(&l.kv),
		"pf":     func(v string) bool { l.byPF = true; return into(&l.pf)(v) && l.pf != 0 && math.Abs(l.pf) <= 1 },
		"kvar":   func(v string) bool { l.byPF = false; return into(&l.kvar)(v) },
		"kva":    func(v string) (ok bool) { l.kva.v, ok = dssNumber(v); l.kva.ok = ok; return ok },
		"model": func(v string) bool {
			n, ok := dssNumber(v)
			l.model = int(n)
			if ok && n != 1 && n != 2 && n != 5 {
				d.refuse(element, "model="+v)
			}
			return ok
		},
		"enabled": d.enabled(&l.off),
	}, dssLoadPassed)
	if d.err == nil && l.bus == "" {
		d.fail("grid.missing-field", "element", clip([]byte(element)), "id", "", "field", "bus1")
	}
}

func (d *dss) defineCap(element string, c *dssCap, params []dssParam) {
	d.apply(element, params, map[string]dssProperty{
		"bus1": func(v string) bool { c.bus = d.busOf(element, v); return true },
		"bus2": func(v string) bool {
			if _, nodes, _ := strings.Cut(v, "."); nodes != "0.0.0" { // not to earth: in series
				d.refuse(element, "bus2")
			}
			return true
		},
		"phases": d.three(element),
		"kv":     positive(&c.kv),
		"kvar": func(v string) bool {
			list, ok := dssNumbers(v)
			c.kvar = 0
			for _, f := range list {
				c.kvar += f
			}
			return ok
		},
		"states": func(v string) bool {
			on := strings.ReplaceAll(strings.ReplaceAll(dssBare(v), "1", ""), " ", "")
			if strings.ReplaceAll(on, ",", "") != "" {
				d.refuse(element, "states")
			}
			return true
		},
		"enabled": d.enabled(&c.off),
	}, dssCapPassed)
	if d.err == nil && c.bus == "" {
		d.fail("grid.missing-field", "element", clip([]byte(element)), "id", "", "field", "bus1")
	}
}
