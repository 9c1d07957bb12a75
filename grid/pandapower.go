package grid

// ReadPandapower reads the JSON that pandapower (2.0 and later) writes with
// to_json: a table per kind of element. Accepted are buses, lines, two-winding
// transformers, switches, external grids, loads, static generators, storage,
// wards and shunts. Anything in service that would change the answer and is not
// one of these is refused with its first element named; tables of results,
// costs, measurements and controllers are passed over.
//
// Transformers are solved with the pi equivalent (trafo_model="pi" in
// pandapower, whose default is "t"; the two differ by a hundredth of the
// no-load current's voltage drop). What is out of service is left out, with
// all that hangs on a bus out of service.
func ReadPandapower(data []byte) (*Network, error) {
	p := &pandapower{s: newScanner(data), hz: 50, bus: map[int]*ppBus{}, seen: map[string]bool{}}
	p.s.lax = true
	p.s.element, p.s.id = "file", ""
	p.s.object(p.top)
	p.s.end()
	if p.s.err == nil && !p.seen["bus"] {
		p.s.fail(invalid("grid.missing-field", "element", "file", "id", "", "field", "bus"))
	}
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

// pandapower gathers the tables, which may come in any order, before it builds.
type pandapower struct {
	s      *scanner
	n      Network
	hz     float64
	seen   map[string]bool
	bus    map[int]*ppBus
	order  []int // of buses, as they came
	line   []ppLine
	trafo  []ppTrafo
	swtch  []ppSwitch
	grid   []ppSource
	load   []ppLoad
	shunt  []ppShunt
	ward   []ppWard
	places map[int][2]float64
}

type ppBus struct {
	id     int
	kv     float64
	live   bool
	placed bool
	x, y   float64
}

type ppLine struct {
	id, from, to     int
	km, r, x, c      float64
	g, parallel, df  maybe
	imax             maybe
	live             bool
	fromOpen, toOpen bool
}

type ppTrafo struct {
	id, hv, lv                int
	sn, vnHV, vnLV, vk, vkr   float64
	pfe, i0                   float64
	shift, neutral, pos, step maybe
	stepDeg, parallel, df     maybe
	side, changer             string
	shifter, live, table      bool
	hvOpen, lvOpen            bool
}

type ppSwitch struct {
	id, bus, element int
	et               string
	closed           bool
	z                maybe
}

type ppSource struct {
	id, bus     int
	v           float64
	angle       maybe
	live, slack bool
}

type ppLoad struct {
	kind                 string
	id, bus              int
	p, q, sign           float64
	scaling              maybe
	z, i, zp, zq, ip, iq maybe
	live                 bool
}

type ppShunt struct {
	id, bus  int
	p, q     float64
	kv, step maybe
	live     bool
}

type ppWard struct {
	id, bus        int
	ps, qs, pz, qz float64
	live           bool
}

// ppRefused are tables whose rows would change the answer and that we cannot
// solve, when the row is in service.
var ppRefused = map[string]bool{
	"trafo3w": true, "xward": true, "impedance": true, "dcline": true, "motor": true, "svc": true, "ssc": true, "tcsc": true,
	"vsc": true, "vsc_stacked": true, "vsc_bipolar": true, "b2b_vsc": true, "asymmetric_load": true, "asymmetric_sgen": true,
	"line_dc": true, "bus_dc": true, "load_dc": true, "source_dc": true,
}

func (p *pandapower) top(key []byte) {
	name := string(key)
	if p.seen[name] {
		p.s.fail(invalid("grid.repeated-field", "element", "file", "id", "", "field", clip(key)))
		return
	}
	p.seen[name] = true
	switch name {
	case "_object":
		if p.s.peek() == '{' { // the tables, one level down
			p.s.object(p.top)
			return
		}
		p.s.wrong(name)
	case "f_hz":
		p.s.into(&field{name: name, to: &p.hz})
	case "name":
		p.s.into(&field{name: name, to: &p.n.Name, null: true})
	case "bus":
		p.readBuses()
	case "bus_geodata":
		p.readPlaces()
	case "line":
		p.readLines()
	case "trafo":
		p.readTrafos()
	case "switch":
		p.readSwitches()
	case "ext_grid", "gen":
		p.readSources(name)
	case "load":
		p.readLoads(name, 1)
	case "sgen":
		p.readLoads(name, -1)
	case "storage":
		p.readLoads(name, 1)
	case "shunt":
		p.readShunts()
	case "ward":
		p.readWards()
	default:
		if ppRefused[name] {
			p.refuse(name)
			return
		}
		p.s.skip()
	}
}

// refuse names the first element in service of a table that we cannot solve.
func (p *pandapower) refuse(name string) {
	live := true
	p.table(name, []field{{name: "in_service", to: &live}}, func() { live = true }, func(id int) {
		if live {
			p.s.fail(invalid("grid.unsupported", "element", name, "id", id))
		}
	})
}

// table reads a pandas DataFrame: JSON in a string, "split" into columns, index
// and rows.
func (p *pandapower) table(name string, fs []field, reset func(), keep func(id int)) {
	if p.s.err != nil {
		return
	}
	if p.s.peek() != '{' {
		p.s.element, p.s.id = name, ""
		p.s.wrong("_object")
		return
	}
	found := false
	p.s.object(func(key []byte) {
		if string(key) != "_object" || p.s.peek() != '"' {
			p.s.skip()
			return
		}
		found = true
		p.frame(name, p.s.text(), fs, reset, keep)
	})
	if p.s.err == nil && !found {
		p.s.fail(invalid("grid.missing-field", "element", name, "id", "", "field", "_object"))
	}
}

func (p *pandapower) frame(name, text string, fs []field, reset func(), keep func(id int)) {
	var columns []string
	var index []int
	s := newScanner([]byte(text))
	s.lax, s.element, s.id = true, name, ""
	s.object(func(key []byte) {
		switch string(key) {
		case "columns":
			s.array(func(int) {
				column := ""
				s.into(&field{name: "columns", to: &column})
				columns = append(columns, column)
			})
			p.columns(s, name, columns)
		case "index":
			s.array(func(int) {
				id := 0
				s.into(&field{name: "index", to: &id})
				index = append(index, id)
			})
		case "data":
			s.array(func(i int) {
				if i >= len(index) || columns == nil {
					s.wrong("index")
					return
				}
				s.element, s.id = name, index[i]
				reset()
				s.row(fs, columns)
				if s.err == nil {
					keep(index[i])
				}
				if p.s.err != nil && s.err == nil {
					s.err = p.s.err
				}
			})
		default:
			s.skip()
		}
	})
	s.end()
	if s.err != nil {
		p.s.fail(s.err)
	}
	seen := make(map[int]bool, len(index))
	for _, id := range index {
		if seen[id] {
			p.s.fail(invalid("grid.repeated-id", "element", name, "id", id))
			return
		}
		seen[id] = true
	}
}

// columns refuses a table with a column twice, and one in the kilowatt of
// pandapower 1: the same names would be read as a thousand times the power.
func (p *pandapower) columns(s *scanner, name string, columns []string) {
	seen := make(map[string]bool, len(columns))
	for _, c := range columns {
		if seen[c] {
			s.fail(invalid("grid.repeated-field", "element", name, "id", "", "field", c))
		}
		seen[c] = true
		if c == "p_kw" || c == "sn_kva" || c == "vsc_percent" {
			s.fail(invalid("grid.old-pandapower", "element", name, "field", c))
		}
	}
}
