package casework

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"

	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/service"
)

// The network that an act has put into force, or with which the engine was opened where
// none has, is the one that was surveyed. What
// meters have counted since brings its loads to what is drawn: each publication
// makes such a network, and from its entry on that is the one in force, for
// every case. Both have a hash, by which rulings name them for good.

// inForce is a network that capacity is computed on.
type inForce struct {
	model  *grid.Model
	hash   string
	tables *Tables // with the network as it was surveyed
}

// asSurveyed is the network of some tables.
func (t *Tables) asSurveyed() *inForce { return &inForce{t.Model, t.Hash, t} }

// of reports whether a network is that of some tables, and of the same act.
func (n *inForce) of(t *Tables) bool { return n.tables.Hash == t.Hash && n.tables.act == t.act }

// networkMark is the place of the network itself among the marks of its trees:
// whatever was computed on another is stale.
const networkMark = -1

// network returns the network in force.
func (c *Capacity) network() *inForce {
	if n := c.now.Load(); n != nil {
		return n
	}
	return c.Tables.asSurveyed()
}

// tables are those in force.
func (c *Capacity) tables() *Tables { return c.network().tables }

// use puts a network into force and returns the one that was. The books are
// kept by tree, so they are made again.
func (c *Capacity) use(n *inForce) (was *inForce) {
	was = c.network()
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.held
	c.moving()
	c.now.Store(n)
	c.clear()
	for _, r := range held {
		c.add(r, 1)
	}
	c.held = held
	return was
}

// markOf is the mark of a network, and of the act that put what belongs to it into force.
func (c *Capacity) markOf(n *inForce) uint64 {
	return maphash.Comparable(c.seed, struct {
		hash string
		act  int64
	}{n.hash, n.tables.act})
}

// lastPublishedOn finds the network that was published last if it rests on that of some
// tables, else that one as it was surveyed.
func (e *Engine) lastPublishedOn(ctx context.Context, t *Tables) (*inForce, error) {
	last, ok, err := e.Store.LastPublication(ctx)
	if err != nil || !ok {
		return t.asSurveyed(), err
	}
	return e.publishedOn(t, last.Base, last.Network)
}

// publishedOn is lastPublishedOn by the networks that a publication names.
func (e *Engine) publishedOn(t *Tables, base, network string) (*inForce, error) {
	if base != t.Hash || network == t.Hash {
		return t.asSurveyed(), nil
	}
	if now := e.Capacity.network(); now.hash == network {
		return &inForce{now.model, now.hash, t}, nil
	}
	m, err := e.model(network)
	return &inForce{m, network, t}, err
}

// model is the network of a hash, compiled.
func (e *Engine) model(hash string) (*grid.Model, error) {
	v, err := e.snapshots(hash)
	if err != nil {
		return nil, err
	}
	m, ok := v.(*grid.Model)
	if !ok {
		return nil, fmt.Errorf("snapshot %s is no network", hash)
	}
	return m, nil
}

// Basis is how the load of a transformer is known.
const (
	basisMeasured  = "measured"
	basisEstimated = "estimated"
	basisUnknown   = "unknown"
)

// loadKnown is what is known of a transformer's load on a day.
type loadKnown struct {
	basis   string
	watt    int64
	day     string // of the newest reading, or of the estimate
	missing int    // of the days in which there must be a reading, those without
	days    int    // of those whose highest reading is the load, those with one
	apart   int64  // by how much it feeds less at once than those below it by themselves
	idle    int64  // what generates directly below it and is not counted on
}

// capacityRule is how the pack in force has free capacity known. A pack from
// before packs said so takes every reading for current.
func (e *Engine) capacityRule() service.CapacityRule { return ruleOf(e.packs.current()) }

func ruleOf(p *service.Pack) service.CapacityRule {
	if p.Capacity != nil {
		return *p.Capacity
	}
	return service.CapacityRule{Measured: 366, Peak: 366, AgreePct: 10}
}

// loads is what is known of the load of each transformer on a day, by what
// entries below before have taken in.
func (e *Engine) loads(ctx context.Context, day string, rule peakRule, before int64) (map[int]loadKnown, error) {
	to, err := deadline.ParseDate(day)
	if err != nil {
		return nil, err
	}
	known := make(map[int]loadKnown)
	estimates, err := e.Store.Estimates(ctx, day, before)
	if err != nil {
		return nil, err
	}
	for _, m := range estimates {
		known[int(m.Trafo)] = loadKnown{basis: basisEstimated, watt: m.Watt, day: m.Day}
	}
	peaks, err := e.Store.Measured(ctx, to.AddDays(1-rule.Peak).String(), day, before)
	if err != nil {
		return nil, err
	}
	current, err := e.Store.Measured(ctx, to.AddDays(1-rule.Measured).String(), day, before)
	if err != nil {
		return nil, err
	}
	for _, m := range peaks {
		for len(current) > 0 && current[0].Trafo < m.Trafo {
			current = current[1:]
		}
		if len(current) > 0 && current[0].Trafo == m.Trafo {
			known[int(m.Trafo)] = loadKnown{basis: basisMeasured, watt: m.Watt, day: m.Last, missing: rule.Measured - int(current[0].Days), days: int(m.Days)}
		}
	}
	return known, nil
}

// peaksOf are the loads that the network is brought to, ascending.
func peaksOf(plates []grid.Nameplate, known map[int]loadKnown) []grid.Peak {
	peaks := []grid.Peak{}
	for _, p := range plates {
		if k, ok := known[p.Trafo]; ok {
			peaks = append(peaks, grid.Peak{Trafo: p.Trafo, Watt: k.watt})
		}
	}
	return peaks
}

// base reads the network that was surveyed.
func (e *Engine) base(ctx context.Context, hash string) (*grid.Network, error) {
	data, err := e.Store.Snapshot(ctx, hash)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fmt.Errorf("network %s is not here", hash)
	}
	return grid.Read(data)
}

// unchanged reports whether the loads of a publication are those of the one before,
// so that its network is the same.
func (p *publication) unchanged(was *publication, peaks []grid.Peak) bool {
	return was != nil && was.Base == p.Base && was.Loads == p.Loads && was.Limits == p.Limits && slices.Equal(was.Peaks, peaks)
}

// metered is a surveyed network as what is known of its loads makes it.
type measuredNetwork struct {
	network *grid.Network // nil: the surveyed one
	peaks   []grid.Peak
	apart   []grid.Apart
	idle    []grid.Idle
}

// metered brings a surveyed network to what is known of its loads, in the way that is
// named. Where nothing is known and nothing generates, it is that very network.
func (e *Engine) metered(ctx context.Context, hash string, known map[int]loadKnown, lim grid.Limits, loads string) (is measuredNetwork, err error) {
	is.peaks = []grid.Peak{}
	m, err := e.model(hash)
	if err != nil {
		return is, err
	}
	idles := loads == grid.MeasuredLoads3 && m.Oddities().GeneratingN > 0
	if len(known) == 0 && !idles {
		return is, nil
	}
	base, err := e.base(ctx, hash)
	if err != nil {
		return is, err
	}
	is.peaks = peaksOf(m.Nameplates(), known)
	switch loads {
	case "": // publications from before said nothing
		is.network, err = base.Measured(m, is.peaks, lim)
	case grid.MeasuredLoads2:
		is.network, is.apart, err = base.MeasuredTogether(m, is.peaks, lim)
	case grid.MeasuredLoads3:
		is.network, is.apart, is.idle, err = base.MeasuredIdle(m, is.peaks, lim)
	default:
		err = fmt.Errorf("loads are brought to what was measured by %q, which is not here", loads)
	}
	return is, err
}

// knownApart adds to what is known of loads which transformers have fed less at once than
// those below them by themselves, and what generates below each.
func knownApart(known map[int]loadKnown, apart []grid.Apart, idle []grid.Idle) {
	for _, a := range apart {
		k := known[a.Trafo]
		k.apart = a.Watt
		known[a.Trafo] = k
	}
	for _, g := range idle {
		k := known[g.Trafo]
		k.idle = g.Watt
		known[g.Trafo] = k
	}
}

// publication is what a day's publication says, as it is kept under its hash.
type publication struct {
	// Apart are the transformers that have fed less at once than those below them have
	// read, each by itself.
	Apart     []grid.Apart `json:"apart,omitempty"`
	Base      string       `json:"base"`
	Connected []joined     `json:"connected"` // before the day, and on top of the peaks
	Day       string       `json:"day"`
	Feeders   []FeederLine `json:"feeders,omitempty"` // publications from before have none
	// Idle is what generates by the survey and was not counted on, by the transformer that
	// it hangs on; none by versions of Loads that did.
	Idle     []grid.Idle  `json:"idle,omitempty"`
	Limits   grid.Limits1 `json:"limits"`
	Loads    string       `json:"loads,omitempty"` // by which loads were brought to the peaks; publications from before have none
	Measured int64        `json:"measured"`        // newest entry whose measurements count; −1: none
	Network  string       `json:"network"`
	// Odd is what of the surveyed network nobody should overlook; publications from before
	// say nothing.
	Odd      *grid.Oddities `json:"odd,omitempty"`
	Peaks    []grid.Peak    `json:"peaks"`    // that bring the base to the network
	Position int64          `json:"position"` // as of how many entries
	// Reserved is what is reserved by the transformer whose own it is.
	Reserved []reservedBelow `json:"reserved"`
	Rule     peakRule        `json:"rule"`
	Settled  []joined        `json:"settled,omitempty"` // part of the peaks from this day on
	Trafos   []TrafoLine     `json:"trafos"`
	Salt     string          `json:"salt,omitempty"` // of one that is withheld: see [keyring.withheldSalt]
}

// peakRule is what the pack in force said of measurements.
type peakRule struct {
	Measured int `json:"measured"`
	Peak     int `json:"peak"`
	Settled  int `json:"settled,omitempty"`
}
