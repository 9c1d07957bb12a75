package grid

import (
	"reflect"
	"slices"
)

// Costs is what connecting costs, dated policy data: the room has no figures of
// its own. Money is in tiyn. It is also the published rule of which bus suits a
// load: the first level whose voltage is not below the bus's, if it has a cable
// for that load and, where stations are listed, a station.
type Costs struct {
	From      string  `json:"from"`        // first day in force, 2006-01-02
	Levels    []Level `json:"levels"`      // ascending by MaxV
	MaxRouteM int64   `json:"max_route_m"` // beyond is too far
	Source    string  `json:"source"`
}

// Recurs: every ruling has the whole table in what it was computed from.
func (Costs) Recurs() {}

// Level is a range of rated voltages.
type Level struct {
	Cables   []Cable   `json:"cables"`
	MaxV     int64     `json:"max_v"`
	Stations []Station `json:"stations,omitempty"` // where the object needs its own transformer
	Tap      int64     `json:"tap"`                // making the connection at the bus
}

// Cable is laid from the bus to the object for loads up to MaxW.
type Cable struct {
	MaxW int64 `json:"max_w"`
	PerM int64 `json:"per_m"`
	R    int64 `json:"r_microohm_m"`
	X    int64 `json:"x_microohm_m"`
}

// Station is a new transformer at the object; its impedance is on its own rating.
type Station struct {
	Cost    int64 `json:"cost"`
	MaxW    int64 `json:"max_w"`
	R       int64 `json:"r_ppm"`
	RatedVA int64 `json:"rated_va"`
	X       int64 `json:"x_ppm"`
}

// Validate reports the first figure that makes no sense.
func (c *Costs) Validate() error {
	const most = 1_000_000_000_000 // tiyn
	if len(c.Levels) == 0 {
		return invalid("grid.bad-costs", "field", "levels", "value", 0)
	}
	check := func(field string, v, lo, hi int64) error {
		if v < lo || v > hi {
			return invalid("grid.bad-costs", "field", field, "value", v)
		}
		return nil
	}
	err := check("max_route_m", c.MaxRouteM, 1, 100_000)
	lastV := int64(0)
	for i := range c.Levels {
		l := &c.Levels[i]
		err = first(err, check("max_v", l.MaxV, lastV+1, 35_000), check("tap", l.Tap, 0, most))
		lastV = l.MaxV
		lastW := int64(0)
		for _, k := range l.Cables {
			err = first(err, check("max_w", k.MaxW, lastW+1, capW), check("per_m", k.PerM, 0, most/1000),
				check("r_microohm_m", k.R, 0, 1_000_000), check("x_microohm_m", k.X, 0, 1_000_000))
			lastW = k.MaxW
		}
		lastW = 0
		for _, s := range l.Stations {
			err = first(err, check("max_w", s.MaxW, lastW+1, capW), check("cost", s.Cost, 0, most), check("rated_va", s.RatedVA, 1, 2*capW),
				check("r_ppm", s.R, 0, 1_000_000), check("x_ppm", s.X, 0, 1_000_000))
			lastW = s.MaxW
		}
	}
	return err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Between keeps what connects at rated voltages above one and up to another, in volts:
// the other levels are there, and nothing is laid at them.
func (c Costs) Between(above, upTo int64) Costs {
	c.Levels = slices.Clone(c.Levels)
	for i := range c.Levels {
		if l := &c.Levels[i]; l.MaxV <= above || l.MaxV > upTo {
			l.Cables = nil
		}
	}
	return c
}

// Within reports whether these are the costs of a table, but for what is laid at
// some of its levels.
func (c Costs) Within(table Costs) bool {
	if len(c.Levels) != len(table.Levels) {
		return false
	}
	table.Levels = slices.Clone(table.Levels)
	for i := range c.Levels {
		if len(c.Levels[i].Cables) == 0 {
			table.Levels[i].Cables = c.Levels[i].Cables
		}
	}
	return reflect.DeepEqual(c, table)
}

// Reach names the levels at which something is laid, by bit.
func (c Costs) Reach() (bits uint64) {
	for i := range c.Levels {
		if len(c.Levels[i].Cables) > 0 {
			bits |= 1 << (i % 64)
		}
	}
	return bits
}

// offer is what a level asks for one load.
type offer struct {
	cable   Cable
	fixed   int64 // tap and station
	station Station
}

// offers returns, for each level, its offer for a load; nil where it has none.
func (c *Costs) offers(watt int64) []*offer {
	out := make([]*offer, len(c.Levels))
	for i := range c.Levels {
		l := &c.Levels[i]
		o := &offer{fixed: l.Tap}
		found := false
		for _, k := range l.Cables {
			if k.MaxW >= watt {
				o.cable, found = k, true
				break
			}
		}
		if found && len(l.Stations) > 0 {
			found = false
			for _, s := range l.Stations {
				if s.MaxW >= watt {
					o.station, found = s, true
					o.fixed += s.Cost
					break
				}
			}
		}
		if found {
			out[i] = o
		}
	}
	return out
}

// level returns the position of the level of a rated voltage, −1 above all.
func (c *Costs) level(kv float64) int {
	for i := range c.Levels {
		if kv*1000 <= float64(c.Levels[i].MaxV) {
			return i
		}
	}
	return -1
}
