package grid

import (
	"bytes"
	"slices"
)

const (
	maxBytes  = 256 << 20
	maxID     = 1<<31 - 1
	maxLoadKW = 10_000_000
)

// Read reads a network in one of the three JSON formats, told apart by its first
// telling key.
// Every error is an *aiqyn.Error that names the element at fault.
func Read(data []byte) (*Network, error) {
	s := newScanner(data)
	format := ""
	s.object(func(key []byte) {
		switch {
		case format != "":
		case bytes.Equal(key, []byte("data")), bytes.Equal(key, []byte("attributes")), bytes.Equal(key, []byte("is_batch")):
			format = "pgm"
		case slices.Contains(ppKeys, string(key)):
			format = "pandapower"
		case bytes.Equal(key, []byte("buses")), bytes.Equal(key, []byte("sources")), bytes.Equal(key, []byte("radial")), bytes.Equal(key, []byte("lines")):
			format = "plain"
		default:
			s.skip()
			return
		}
		s.pos = len(s.data) // enough is known; what is left is read by the format's own reader
	})
	switch {
	case format == "pgm":
		return ReadPGM(data)
	case format == "pandapower":
		return ReadPandapower(data)
	case format == "plain":
		return ReadPlain(data)
	case s.err != nil:
		return nil, s.err
	}
	return nil, invalid("grid.unknown-format")
}

// ppKeys tell pandapower's JSON: the wrapping of its later versions, or a table.
var ppKeys = []string{"_object", "_class", "_module", "bus", "line", "trafo", "ext_grid", "load", "bus_geodata", "std_types"}

// ReadPlain reads the plain JSON of published snapshots.
func ReadPlain(data []byte) (*Network, error) {
	s := newScanner(data)
	s.element, s.id = "file", ""
	n := new(Network)
	var seen = map[string]bool{}
	n.Radial = true
	s.object(func(key []byte) {
		name := string(key)
		if seen[name] {
			s.fail(invalid("grid.repeated-field", "element", "file", "id", "", "field", clip(key)))
			return
		}
		seen[name] = true
		n.readKey(s, name)
	})
	s.end()
	if s.err != nil {
		return nil, s.err
	}
	for _, name := range []string{"sources", "buses", "lines", "trafos", "loads"} {
		if !seen[name] {
			return nil, invalid("grid.missing-field", "element", "file", "id", "", "field", name)
		}
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	return n.sorted(), nil
}

func (n *Network) readKey(s *scanner, name string) {
	switch name {
	case "name":
		s.into(&field{name: name, to: &n.Name})
	case "crs":
		s.into(&field{name: name, to: &n.CRS})
	case "base_hz":
		s.into(&field{name: name, to: &n.BaseHz})
	case "radial":
		s.into(&field{name: name, to: &n.Radial})
	case "sources":
		n.readSources(s)
	case "buses":
		n.readBuses(s)
	case "lines":
		n.readLines(s)
	case "trafos":
		n.readTrafos(s)
	case "links":
		n.readLinks(s)
	case "shunts":
		n.readShunts(s)
	case "loads":
		n.readLoads(s)
	default:
		s.fail(invalid("grid.unknown-field", "element", "file", "id", "", "field", clip([]byte(name))))
	}
}

func (n *Network) readSources(s *scanner) {
	var e Source
	s.list("source", []field{
		{name: "bus", to: &e.Bus, need: true}, {name: "v_pu", to: &e.VPU, need: true},
		{name: "angle_deg", to: &e.AngleDeg}, {name: "sk_mva", to: &e.SkMVA}, {name: "rx_ratio", to: &e.RXRatio},
	}, func() { e = Source{} }, func() { n.Sources = append(n.Sources, e) })
}

func (n *Network) readBuses(s *scanner) {
	var e Bus
	var x, y maybe
	s.list("bus", []field{
		{name: "id", to: &e.ID, need: true}, {name: "vn_kv", to: &e.VnKV, need: true},
		{name: "src", to: passed{}}, {name: "x", to: &x, null: true}, {name: "y", to: &y, null: true},
		{name: "name", to: &e.Name},
	}, func() { e, x, y = Bus{}, maybe{}, maybe{} }, func() {
		if x.ok != y.ok {
			s.fail(invalid("grid.half-place", "bus", e.ID))
		}
		e.X, e.Y = x.pointer(), y.pointer()
		n.Buses = append(n.Buses, e)
	})
}

func (n *Network) readLines(s *scanner) {
	var e Line
	var imax maybe
	s.list("line", []field{
		{name: "id", to: &e.ID, need: true}, {name: "from", to: &e.From, need: true}, {name: "to", to: &e.To, need: true},
		{name: "r_ohm", to: &e.ROhm, need: true}, {name: "x_ohm", to: &e.XOhm, need: true}, {name: "b_us", to: &e.BUS, need: true},
		{name: "length_km", to: &e.LengthKM, null: true}, {name: "imax_a", to: &imax, null: true},
		{name: "g_us", to: &e.GUS}, {name: "from_open", to: &e.FromOpen}, {name: "to_open", to: &e.ToOpen},
	}, func() { e, imax = Line{}, maybe{} }, func() {
		e.IMaxA = imax.pointer()
		n.Lines = append(n.Lines, e)
	})
}

func (n *Network) readTrafos(s *scanner) {
	var e Trafo
	model := []field{
		{name: "r_pu", to: &e.Model.RPU, need: true}, {name: "x_pu", to: &e.Model.XPU, need: true},
		{name: "g_pu", to: &e.Model.GPU, need: true}, {name: "b_pu", to: &e.Model.BPU, need: true},
		{name: "ratio", to: &e.Model.Ratio, need: true}, {name: "shift_deg", to: &e.Model.ShiftDeg, need: true},
	}
	s.list("trafo", []field{
		{name: "id", to: &e.ID, need: true}, {name: "hv", to: &e.HV, need: true}, {name: "lv", to: &e.LV, need: true},
		{name: "sn_kva", to: &e.SnKVA, need: true}, {name: "vn_hv_kv", to: &e.VnHVKV, need: true}, {name: "vn_lv_kv", to: &e.VnLVKV, need: true},
		{name: "vk_pct", to: &e.VkPct, null: true}, {name: "vkr_pct", to: &e.VkrPct, null: true},
		{name: "pfe_kw", to: &e.PfeKW, null: true}, {name: "i0_pct", to: &e.I0Pct, null: true},
		{name: "tap_pos", to: &e.TapPos, null: true}, {name: "tap_step_pct", to: &e.TapStepPct, null: true},
		{name: "tap_side", to: &e.TapSide, null: true}, {name: "tap_neutral", to: &e.TapNeutral, null: true},
		{name: "model_1mva", to: model, need: true}, {name: "name", to: &e.Name},
		{name: "hv_open", to: &e.HVOpen}, {name: "lv_open", to: &e.LVOpen},
	}, func() { e = Trafo{} }, func() { n.Trafos = append(n.Trafos, e) })
}

func (n *Network) readLinks(s *scanner) {
	var e Link
	s.list("link", []field{
		{name: "id", to: &e.ID, need: true}, {name: "from", to: &e.From, need: true}, {name: "to", to: &e.To, need: true},
		{name: "open", to: &e.Open},
	}, func() { e = Link{} }, func() { n.Links = append(n.Links, e) })
}

func (n *Network) readShunts(s *scanner) {
	var e Shunt
	s.list("shunt", []field{
		{name: "id", to: &e.ID, need: true}, {name: "bus", to: &e.Bus, need: true},
		{name: "p_kw", to: &e.PKW, need: true}, {name: "q_kvar", to: &e.QKVAr, need: true},
	}, func() { e = Shunt{} }, func() { n.Shunts = append(n.Shunts, e) })
}

func (n *Network) readLoads(s *scanner) {
	var e Load
	s.list("load", []field{
		{name: "bus", to: &e.Bus, need: true}, {name: "p_kw", to: &e.PKW, need: true}, {name: "q_kvar", to: &e.QKVAr, need: true},
		{name: "kind", to: &e.Kind}, {name: "when", to: &e.When},
	}, func() { e = Load{} }, func() { n.Loads = append(n.Loads, e) })
}
