package grid

import (
	"cmp"
	"math"

	"aiqyn"
)

// Extra is demand on top of the network's own: a reservation or a question, at
// the power factor of the limits. Bus is the network's own id.
type Extra struct {
	Bus  int   `json:"bus"`
	Watt int64 `json:"w"`
}

func compareExtra(a, b Extra) int {
	return cmp.Or(cmp.Compare(a.Bus, b.Bus), cmp.Compare(a.Watt, b.Watt))
}

// Limits are what the network must hold: dated policy, never a constant of the
// computation. Voltages are per unit of the bus's rated voltage.
type Limits struct {
	VMin, VMax        float64
	LinePct, TrafoPct float64 // of the rated current
	PowerFactor       float64 // of extra demand, lagging
}

// DefaultLimits are those of GOST 32144-2013 and EN 50160 (±10 % of the rated
// voltage), all of every rated current, and power factor 0.95.
func DefaultLimits() Limits {
	return Limits{VMin: 0.90, VMax: 1.10, LinePct: 100, TrafoPct: 100, PowerFactor: 0.95}
}

// Validate reports the first limit that makes no sense.
func (l Limits) Validate() error {
	ranges := []struct {
		name      string
		v, lo, hi float64
	}{
		{"vmin", l.VMin, 0.5, 1}, {"vmax", l.VMax, 1, 1.5},
		{"line_pct", l.LinePct, 1, 200}, {"trafo_pct", l.TrafoPct, 1, 200},
		{"power_factor", l.PowerFactor, 0.5, 1},
	}
	for _, r := range ranges {
		if !(r.v >= r.lo && r.v <= r.hi) {
			return invalid("grid.bad-limit", "name", r.name, "value", r.v)
		}
	}
	return nil
}

// tan is reactive per active power of extra demand.
func (l Limits) tan() float64 {
	return math.Sqrt(1-float64(l.PowerFactor*l.PowerFactor)) / l.PowerFactor
}

// squares returns the factors by which squared rated currents are multiplied,
// by kind of branch.
func (l Limits) squares() [4]float64 {
	line, trafo := l.LinePct/100, l.TrafoPct/100
	return [4]float64{kindLine: float64(line * line), kindTrafo: float64(trafo * trafo), kindLink: 1, kindSource: 1}
}

// checkExtras refuses demand at unknown buses and absurd amounts.
func (m *Model) checkExtras(extra []Extra) error {
	for _, e := range extra {
		if _, ok := m.node(e.Bus); !ok {
			return invalid("grid.unknown-bus", "bus", e.Bus)
		}
		if e.Watt < -maxLoadKW*1000 || e.Watt > maxLoadKW*1000 {
			return invalid("grid.bad-value", "element", "reserved", "id", e.Bus, "field", "w", "value", e.Watt)
		}
	}
	return nil
}

func invalid(key string, args ...any) *aiqyn.Error { return aiqyn.E(aiqyn.Invalid, key, args...) }
