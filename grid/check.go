package grid

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// bound is one number of an element and the range in which it can be meant.
// A value outside it is most likely in another unit than its key says.
type bound struct {
	field     string
	v, lo, hi float64
}

func within(element string, id int, bounds ...bound) error {
	for _, b := range bounds {
		if !(b.v >= b.lo && b.v <= b.hi) {
			return invalid("grid.bad-value", "element", element, "id", id, "field", b.field, "value", b.v)
		}
	}
	return nil
}

// check reports the first thing that keeps n from being a radial network with
// numbers that make sense. Loops and islands are found when it is compiled.
func (n *Network) check() error {
	if !knownCRS(n.CRS) {
		return invalid("grid.unknown-crs", "crs", n.CRS)
	}
	if len(n.Buses) == 0 {
		return invalid("grid.empty")
	}
	if len(n.Sources) == 0 {
		return invalid("grid.no-source")
	}
	bus, err := n.checkBuses()
	if err != nil {
		return err
	}
	for _, f := range []func(map[int]float64) error{n.checkSources, n.checkLines, n.checkTrafos, n.checkLinks, n.checkShunts, n.checkLoads} {
		if err := f(bus); err != nil {
			return err
		}
	}
	return nil
}

// knownCRS tells whether we can measure metres in a coordinate system: WGS 84
// in degrees; UTM on WGS 84, Gauss-Krüger on Pulkovo 1942 and 1995, both in
// metres; or none, for a schematic.
func knownCRS(crs string) bool {
	if crs == "" || crs == "EPSG:4326" {
		return true
	}
	number, ok := strings.CutPrefix(crs, "EPSG:")
	code, err := strconv.Atoi(number)
	if !ok || err != nil || strconv.Itoa(code) != number {
		return false
	}
	for _, r := range [][2]int{{32601, 32660}, {32701, 32760}, {28402, 28432}, {20004, 20032}} {
		if code >= r[0] && code <= r[1] {
			return true
		}
	}
	return false
}

func (n *Network) checkBuses() (map[int]float64, error) {
	const farthest = 1e8 // in any unit of place
	vn := make(map[int]float64, len(n.Buses))
	for i := range n.Buses {
		b := &n.Buses[i]
		bounds := []bound{{"id", float64(b.ID), 0, maxID}, {"vn_kv", b.VnKV, 0.05, 1500}}
		if b.X != nil && b.Y != nil {
			bounds = append(bounds, bound{"x", *b.X, -farthest, farthest}, bound{"y", *b.Y, -farthest, farthest})
		}
		if err := within("bus", b.ID, bounds...); err != nil {
			return nil, err
		}
		if _, twice := vn[b.ID]; twice {
			return nil, invalid("grid.repeated-id", "element", "bus", "id", b.ID)
		}
		vn[b.ID] = b.VnKV
	}
	return vn, nil
}

func (n *Network) checkSources(bus map[int]float64) error {
	seen := make(map[int]bool, len(n.Sources))
	for i := range n.Sources {
		s := &n.Sources[i]
		if err := knownBus("source", s.Bus, bus, s.Bus); err != nil {
			return err
		}
		if seen[s.Bus] {
			return invalid("grid.two-sources", "bus", s.Bus)
		}
		seen[s.Bus] = true
		if err := within("source", s.Bus, bound{"v_pu", s.VPU, 0.5, 1.5}, bound{"angle_deg", s.AngleDeg, -360, 360},
			bound{"sk_mva", s.SkMVA, 0, 1e30}, bound{"rx_ratio", s.RXRatio, 0, 100}); err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) checkLines(bus map[int]float64) error {
	seen := make(map[int]bool, len(n.Lines))
	for i := range n.Lines {
		l := &n.Lines[i]
		if err := branchEnds("line", l.ID, seen, bus, l.From, l.To); err != nil {
			return err
		}
		imax := 1.0
		if l.IMaxA != nil {
			imax = *l.IMaxA
		}
		if err := within("line", l.ID, bound{"r_ohm", l.ROhm, 0, 1e5}, bound{"x_ohm", l.XOhm, 0, 1e5}, bound{"b_us", l.BUS, 0, 1e8},
			bound{"g_us", l.GUS, 0, 1e8}, bound{"length_km", l.LengthKM, 0, 1e5}, bound{"imax_a", imax, 1e-3, 1e6}); err != nil {
			return err
		}
		if l.ROhm == 0 && l.XOhm == 0 {
			return invalid("grid.zero-impedance", "element", "line", "id", l.ID)
		}
		if math.Abs(bus[l.From]-bus[l.To]) > 1e-6*bus[l.From] {
			return invalid("grid.voltage-mismatch", "element", "line", "id", l.ID, "from_kv", bus[l.From], "to_kv", bus[l.To])
		}
	}
	return nil
}

func (n *Network) checkTrafos(bus map[int]float64) error {
	seen := make(map[int]bool, len(n.Trafos))
	for i := range n.Trafos {
		t := &n.Trafos[i]
		if err := branchEnds("trafo", t.ID, seen, bus, t.HV, t.LV); err != nil {
			return err
		}
		md := &t.Model
		if err := within("trafo", t.ID, bound{"sn_kva", t.SnKVA, 0.1, 1e7}, bound{"vn_hv_kv", t.VnHVKV, 0.05, 1500}, bound{"vn_lv_kv", t.VnLVKV, 0.05, 1500},
			bound{"vk_pct", t.VkPct, 0, 100}, bound{"vkr_pct", t.VkrPct, 0, 100}, bound{"pfe_kw", t.PfeKW, 0, 1e5}, bound{"i0_pct", t.I0Pct, 0, 100},
			bound{"tap_step_pct", t.TapStepPct, -50, 50},
			bound{"r_pu", md.RPU, 0, 1e5}, bound{"x_pu", md.XPU, 0, 1e5}, bound{"g_pu", md.GPU, 0, 1e5}, bound{"b_pu", md.BPU, -1e5, 1e5},
			bound{"ratio", md.Ratio, 0.5, 2}, bound{"shift_deg", md.ShiftDeg, -720, 720}); err != nil {
			return err
		}
		if md.RPU == 0 && md.XPU == 0 {
			return invalid("grid.zero-impedance", "element", "trafo", "id", t.ID)
		}
		if err := ratedNear(t, bus); err != nil {
			return err
		}
	}
	return nil
}

// ratedNear refuses a transformer whose rated voltages have nothing to do with
// its buses: its ends are swapped, or one of the two is in volts.
func ratedNear(t *Trafo, bus map[int]float64) error {
	for _, end := range []struct {
		field  string
		vn, at float64
	}{{"vn_hv_kv", t.VnHVKV, bus[t.HV]}, {"vn_lv_kv", t.VnLVKV, bus[t.LV]}} {
		if end.vn < end.at/2 || end.vn > end.at*2 {
			return invalid("grid.bad-value", "element", "trafo", "id", t.ID, "field", end.field, "value", end.vn)
		}
	}
	return nil
}

func (n *Network) checkLinks(bus map[int]float64) error {
	seen := make(map[int]bool, len(n.Links))
	for i := range n.Links {
		l := &n.Links[i]
		if err := branchEnds("link", l.ID, seen, bus, l.From, l.To); err != nil {
			return err
		}
		if math.Abs(bus[l.From]-bus[l.To]) > 1e-6*bus[l.From] {
			return invalid("grid.voltage-mismatch", "element", "link", "id", l.ID, "from_kv", bus[l.From], "to_kv", bus[l.To])
		}
	}
	return nil
}

func (n *Network) checkShunts(bus map[int]float64) error {
	for i := range n.Shunts {
		s := &n.Shunts[i]
		if err := knownBus("shunt", s.ID, bus, s.Bus); err != nil {
			return err
		}
		if err := within("shunt", s.ID, bound{"p_kw", s.PKW, 0, maxLoadKW}, bound{"q_kvar", s.QKVAr, -maxLoadKW, maxLoadKW}); err != nil {
			return err
		}
	}
	return nil
}

func (n *Network) checkLoads(bus map[int]float64) error {
	for i := range n.Loads {
		l := &n.Loads[i]
		if err := knownBus("load", l.Bus, bus, l.Bus); err != nil {
			return err
		}
		if err := within("load", l.Bus, bound{"p_kw", l.PKW, -maxLoadKW, maxLoadKW}, bound{"q_kvar", l.QKVAr, -maxLoadKW, maxLoadKW}); err != nil {
			return err
		}
		switch l.Kind {
		case ConstPower, ConstImpedance, ConstCurrent:
		default:
			return invalid("grid.bad-type", "element", "load", "id", l.Bus, "field", "kind")
		}
		if l.When != "" && l.When != WhenGenerating {
			return invalid("grid.bad-type", "element", "load", "id", l.Bus, "field", "when")
		}
	}
	return nil
}

func knownBus(element string, id int, bus map[int]float64, at int) error {
	if _, ok := bus[at]; !ok {
		return invalid("grid.missing-bus", "element", element, "id", id, "bus", at)
	}
	return nil
}

func branchEnds(element string, id int, seen map[int]bool, bus map[int]float64, from, to int) error {
	if id < 0 || id > maxID {
		return invalid("grid.bad-value", "element", element, "id", id, "field", "id", "value", id)
	}
	if seen[id] {
		return invalid("grid.repeated-id", "element", element, "id", id)
	}
	seen[id] = true
	for _, b := range []int{from, to} {
		if err := knownBus(element, id, bus, b); err != nil {
			return err
		}
	}
	if from == to {
		return invalid("grid.self-loop", "element", element, "id", id, "bus", from)
	}
	return nil
}

// sorted returns n with every list in ascending order of id, which is n itself
// when it is so already. All results depend on this order only.
func (n *Network) sorted() *Network {
	out := *n
	out.Radial = true
	out.Sources = order(n.Sources, func(a, b Source) int { return cmp.Compare(a.Bus, b.Bus) })
	out.Buses = order(n.Buses, func(a, b Bus) int { return cmp.Compare(a.ID, b.ID) })
	out.Lines = order(n.Lines, func(a, b Line) int { return cmp.Compare(a.ID, b.ID) })
	out.Trafos = order(n.Trafos, func(a, b Trafo) int { return cmp.Compare(a.ID, b.ID) })
	out.Links = order(n.Links, func(a, b Link) int { return cmp.Compare(a.ID, b.ID) })
	out.Shunts = order(n.Shunts, func(a, b Shunt) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Bus, b.Bus), cmp.Compare(a.PKW, b.PKW), cmp.Compare(a.QKVAr, b.QKVAr))
	})
	out.Loads = order(n.Loads, func(a, b Load) int {
		return cmp.Or(cmp.Compare(a.Bus, b.Bus), cmp.Compare(a.When, b.When), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.PKW, b.PKW), cmp.Compare(a.QKVAr, b.QKVAr))
	})
	return &out
}

func order[T any](list []T, less func(a, b T) int) []T {
	if slices.IsSortedFunc(list, less) {
		return list
	}
	list = slices.Clone(list)
	slices.SortFunc(list, less)
	return list
}
