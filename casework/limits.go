package casework

import (
	"fmt"

	"aiqyn/grid"
	"aiqyn/service"
)

// limitsOf are the limits that a pack has a network held to; ok is false for packs from
// before they had any.
func limitsOf(p *service.Pack) (l grid.Limits, ok bool) {
	if p == nil || p.Capacity == nil || p.Capacity.Limits == nil {
		return l, false
	}
	return LimitsBy(p.Capacity.Limits), true
}

// LimitsBy are the limits of a pack as the solver takes them.
func LimitsBy(r *service.LimitRule) grid.Limits {
	return grid.Limits{VMin: float64(r.VoltageLeast) / 100, VMax: float64(r.VoltageMost) / 100, LinePct: float64(r.Line), TrafoPct: float64(r.Trafo), PowerFactor: float64(r.PowerFactor) / 100}
}

// limits are those that the network is held to now: of the pack in force, or what the
// network was put into force with.
func (c *Capacity) limits() grid.Limits {
	if c.ruled != nil {
		if l, ok := limitsOf(c.ruled()); ok {
			return l
		}
	}
	return c.tables().Limits
}

// publishedWithin finds a publication whose limits no pack has that may have been in force
// at its entry. While there is one that has none, whoever put the network into force has
// chosen them.
func (a *auditor) publishedWithin(ev *event, said *publication) error {
	for _, p := range a.packsAt(ev) {
		if l, ok := limitsOf(p); !ok || grid.LimitsPPM(l) == said.Limits {
			return nil
		}
	}
	return fmt.Errorf("its limits are those of no pack that was in force")
}
