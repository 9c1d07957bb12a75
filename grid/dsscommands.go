package grid

import (
	"errors"
	"io/fs"
	"math"
	"strings"

	"aiqyn"
)

func (d *dss) redirect(verb, name string) {
	if d.depth == dssDeepest {
		d.fail("grid.dss-deep", "where", d.where)
		return
	}
	where := d.where
	data, err := []byte(nil), fs.ErrNotExist
	if d.open != nil {
		data, err = d.open(name)
	}
	var shown *aiqyn.Error
	switch {
	case errors.As(err, &shown):
		d.err = shown
		return
	case err != nil:
		// What is found unbalanced is told first: it would be so with the file too.
		if verb != "buscoords" && verb != "latlongcoords" && d.missing == nil {
			d.missing = invalid("grid.dss-missing-file", "file", clip([]byte(name)), "where", where)
		}
		return
	}
	if verb == "buscoords" || verb == "latlongcoords" {
		d.coords(data, verb == "latlongcoords")
		return
	}
	d.depth++
	d.file(data, name)
	if d.err == nil {
		d.finish()
	}
	d.depth--
	d.where = where
}

// coords reads the places of buses: a name, x and y in each line; latlong has
// the latitude first.
func (d *dss) coords(data []byte, latlong bool) {
	if d.bytes += len(data); d.bytes > maxBytes {
		d.err = aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", maxBytes>>20)
		return
	}
	for raw := range strings.Lines(string(data)) {
		params, ok := dssParams(strings.TrimSpace(raw))
		if !ok || len(params) < 3 {
			continue
		}
		x, okX := dssNumber(params[1].value)
		y, okY := dssNumber(params[2].value)
		if !okX || !okY {
			continue
		}
		if latlong {
			x, y = y, x
			d.n.CRS = "EPSG:4326"
		}
		d.at[strings.ToLower(params[0].value)] = [2]float64{x, y}
	}
}

func (d *dss) set(params []dssParam) {
	for _, p := range params {
		switch p.name {
		case "defaultbasefrequency", "defaultbasefreq", "basefrequency":
			hz, ok := dssNumber(p.value)
			if !ok || hz < 1 || hz > 1000 {
				d.wrong("set", p)
				return
			}
			d.hz = hz
		case "voltagebases", "voltagebase":
			list, ok := dssNumbers(p.value)
			if !ok {
				d.wrong("set", p)
				return
			}
			d.bases = list
		}
	}
}

// toggle opens and closes the ends of branches and takes elements out.
func (d *dss) toggle(verb string, params []dssParam) {
	if len(params) == 0 {
		d.fail("grid.dss-syntax", "where", d.where)
		return
	}
	name := strings.ToLower(params[0].value)
	end := 0 // both
	if len(params) > 1 {
		if v, ok := dssNumber(params[1].value); ok && (v == 1 || v == 2) {
			end = int(v)
		} else if ok || params[1].name != "" {
			d.wrong(name, params[1])
			return
		}
	}
	if len(params) > 2 { // one conductor of the three
		d.refuse(name, verb)
		return
	}
	off := verb == "open" || verb == "disable"
	class, id, _ := strings.Cut(name, ".")
	line, trafo := d.lines[id], d.trafos[id]
	switch whole := verb == "disable" || verb == "enable"; {
	case class == "line" && line != nil && whole:
		line.off = off
	case class == "transformer" && trafo != nil && whole:
		trafo.off = off
	case class == "load" && d.loads[id] != nil && whole:
		d.loads[id].off = off
	case class == "capacitor" && d.caps[id] != nil && whole:
		d.caps[id].off = off
	case class == "line" && line != nil:
		if end != 2 {
			line.open1 = off
		}
		if end == 2 {
			line.open2 = off
		}
	case class == "transformer" && trafo != nil:
		trafo.open[max(end, 1)-1] = off
	default:
		d.refuse(name, verb)
	}
}

// busOf returns the bus of a terminal and refuses one of fewer than three
// phases or with phases exchanged.
func (d *dss) busOf(element, spec string) string {
	name, nodes, cut := strings.Cut(strings.ToLower(spec), ".")
	if cut && nodes != "1.2.3" && nodes != "1.2.3.0" {
		d.refuse(element, spec)
	}
	if name == "" {
		d.refuse(element, "bus")
	}
	return name
}

func (d *dss) id(bus string) int {
	id, ok := d.bus[bus]
	if !ok {
		id = int32(len(d.names))
		d.bus[bus] = id
		d.names = append(d.names, bus)
	}
	return int(id)
}

// nearest base of the list, or the voltage itself.
func (d *dss) base(kv float64) float64 {
	best := kv
	for i, b := range d.bases {
		if i == 0 || math.Abs(b-kv) < math.Abs(best-kv) {
			best = b
		}
	}
	if math.Abs(best-kv) > 0.1*kv {
		return kv
	}
	return best
}
