package grid

import (
	"strings"

	"aiqyn"
)

// ReadOpenDSS reads a circuit in the language of OpenDSS, as far as it is
// balanced and radial: a circuit (its source), line codes, lines, two-winding
// transformers and their codes, loads of the models 1 (power), 2 (impedance)
// and 5 (current), shunt capacitors; new, edit, ~, redirect, set, buscoords,
// open, close, disable and enable; arrays and arithmetic in brackets. Monitors,
// meters, load shapes and what only shows results are passed over.
//
// All of three phases have one impedance, or the file is refused with the first
// element named that is unbalanced or that would change the answer and is not
// one of these. Loads keep their model at every voltage (OpenDSS turns them into
// impedances below vminpu), a transformer's no-load branch is split between its
// windings, and a line without normamps has no limit.
//
// open returns the files that the circuit redirects to, by the name that it
// gives them; nil allows none.
func ReadOpenDSS(data []byte, open func(name string) ([]byte, error)) (*Network, error) {
	d := &dss{open: open, hz: 60, source: map[string]*dssSource{}, code: map[string]*dssLine{}, xfmr: map[string]*dssTrafo{}, bus: map[string]int32{},
		lines: map[string]*dssLine{}, trafos: map[string]*dssTrafo{}, loads: map[string]*dssLoad{}, caps: map[string]*dssCap{}, at: map[string][2]float64{}}
	d.file(data, "")
	if d.err == nil {
		d.finish()
	}
	if d.err == nil {
		d.build()
	}
	if d.err != nil {
		return nil, d.err
	}
	if err := d.n.check(); err != nil {
		return nil, err
	}
	return d.n.sorted(), nil
}

const (
	dssDeepest = 8       // redirects within redirects
	dssLongest = 1 << 20 // bytes of one command with its continuations
)

// dss is a circuit while its commands are read.
type dss struct {
	open    func(name string) ([]byte, error)
	err     *aiqyn.Error
	missing *aiqyn.Error // a file that a redirect names and that is not there
	n       Network
	hz      float64
	bytes   int
	depth   int
	where   string // file and line, for errors

	began     string     // where the element stands that waits
	pending   []dssParam // the properties of the element that ~ continues
	verb      string
	object    string
	size      int
	circuit   bool
	source    map[string]*dssSource
	ordSource []*dssSource
	bases     []float64
	code      map[string]*dssLine
	xfmr      map[string]*dssTrafo
	lines     map[string]*dssLine
	trafos    map[string]*dssTrafo
	loads     map[string]*dssLoad
	caps      map[string]*dssCap
	ordLine   []*dssLine
	ordTrafo  []*dssTrafo
	ordLoad   []*dssLoad
	ordCap    []*dssCap
	bus       map[string]int32 // name → id, in the order of their coming
	names     []string
	at        map[string][2]float64
}

type dssSource struct {
	kv, pu, angle float64
	mva, xr       float64
	r1, x1        float64
	ohms          bool
	bus           string
}

type dssLine struct {
	name              string
	bus1, bus2, code  string
	length            float64
	units, codeUnits  string
	r, x, c           float64 // ohm, ohm, nanofarad per unit of length
	given             bool    // own impedance
	amps              maybe
	freq              maybe
	unbalanced        bool
	off, open1, open2 bool
}

type dssTrafo struct {
	name         string
	bus          [2]string
	kv, kva      [2]float64
	r, tap       [2]float64
	wye          [2]bool
	xhl          float64
	noLoad, imag float64
	euro         bool
	winding      int
	off          bool
	open         [2]bool
}

type dssLoad struct {
	name, bus    string
	kw, pf, kvar float64
	kv           float64
	kva          maybe
	byPF         bool
	model        int
	off          bool
}

type dssCap struct {
	name, bus string
	kvar, kv  float64
	off       bool
}

func (d *dss) fail(key string, args ...any) {
	if d.err == nil {
		d.err = invalid(key, args...)
	}
}

// refuse names the element that cannot be solved.
func (d *dss) refuse(element, why string) {
	d.fail("grid.dss-unsupported", "element", clip([]byte(element)), "why", clip([]byte(why)), "where", d.where)
}

// wrong names a property whose value makes no sense.
func (d *dss) wrong(element string, p dssParam) {
	d.fail("grid.dss-value", "element", clip([]byte(element)), "field", clip([]byte(p.name)), "value", clip([]byte(p.value)), "where", d.where)
}

// file reads the commands of one file.
func (d *dss) file(data []byte, name string) {
	d.bytes += len(data)
	if d.bytes > maxBytes {
		if d.err == nil {
			d.err = aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", maxBytes>>20)
		}
		return
	}
	text := strings.ReplaceAll(string(data), "\x00", " ") // published circuits have them between commands
	comment := false
	line := 0
	for raw := range strings.Lines(text) {
		line++
		d.where = dssPlace(name, line)
		s := strings.TrimSpace(raw)
		switch {
		case comment:
			comment = !strings.Contains(s, "*/")
			continue
		case strings.HasPrefix(s, "/*"):
			comment = !strings.Contains(s, "*/")
			continue
		}
		if d.command(s); d.err != nil {
			return
		}
	}
}

// finish carries out the element that waits for its continuation.
func (d *dss) finish() {
	if d.verb == "" {
		return
	}
	verb, object, params := d.verb, d.object, d.pending
	d.verb, d.object, d.pending, d.size = "", "", nil, 0
	now := d.where
	d.where = d.began
	d.define(verb, object, params)
	d.where = now
}

// command carries out one line.
func (d *dss) command(s string) {
	if strings.HasPrefix(s, "~") {
		d.more(s[1:])
		return
	}
	params, ok := dssParams(s)
	if !ok {
		d.fail("grid.dss-syntax", "where", d.where)
		return
	}
	if len(params) == 0 {
		return
	}
	first := params[0]
	if first.name != "" { // Class.Name.property=value and the like
		d.fail("grid.dss-command", "command", clip([]byte(first.name)), "where", d.where)
		return
	}
	verb := strings.ToLower(first.value)
	if verb == "more" || verb == "m" {
		d.more(strings.TrimSpace(s[len(first.value):]))
		return
	}
	if d.finish(); d.err != nil {
		return
	}
	rest := params[1:]
	switch verb {
	case "new", "edit":
		if len(rest) == 0 || rest[0].name != "" && rest[0].name != "object" {
			d.fail("grid.dss-syntax", "where", d.where)
			return
		}
		d.verb, d.object, d.pending, d.size = verb, strings.ToLower(rest[0].value), rest[1:], len(s)
		d.began = d.where
	case "redirect", "compile", "buscoords", "latlongcoords":
		if len(rest) > 0 {
			d.redirect(verb, rest[0].value)
		}
	case "set":
		d.set(rest)
	case "open", "close", "disable", "enable":
		d.toggle(verb, rest)
	case "batchedit", "setkvbase", "closedi", "varvalues", "addbusmarker", "vary", "reduce", "allocateloads", "rephase", "distribute", "uuids", "remove", "cd":
		d.fail("grid.dss-command", "command", verb, "where", d.where)
	default:
		if !dssPassed[verb] {
			d.fail("grid.dss-command", "command", clip([]byte(first.value)), "where", d.where)
		}
	}
}

// dssPassed are commands that do not change the circuit.
var dssPassed = dssSet("clear", "clearall", "solve", "calcvoltagebases", "calcv", "makebuslist", "show", "plot", "export", "visualize", "summary",
	"reset", "sample", "help", "about", "?", "get", "select", "dump", "save", "init", "fileedit", "interpolate", "currents", "voltages",
	"powers", "losses", "totals", "doscmd", "guids", "nodediff", "quit", "var", "cktlosses", "phaselosses", "estimate", "relcalc")

func (d *dss) more(s string) {
	params, ok := dssParams(s)
	d.size += len(s)
	switch {
	case !ok || d.verb == "":
		d.fail("grid.dss-syntax", "where", d.where)
	case d.size > dssLongest:
		d.err = aiqyn.E(aiqyn.TooLarge, "grid.too-large", "limit_mib", dssLongest>>20)
	default:
		d.pending = append(d.pending, params...)
	}
}
