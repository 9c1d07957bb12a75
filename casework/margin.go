package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/store"
)

// What was published as free binds whoever would say that there is none. Whether
// there was room is asked of every network that was published in a window before
// the filing and since, with what is reserved today: a grant takes from the
// margin, a later measurement does not, unless two people have signed that it
// does, on the evidence of two meters.

// shownPower is a network whose free power was published: the newest publication
// that did, and since when that network was in force.
type shownPower struct {
	network string
	day     string
	entry   int64
	at      time.Time
	since   time.Time // of the first publication of it in a row
	began   int64     // entry of that
	hash    string    // of the publication
}

// reduced says that from an entry on the margin of a transformer that was
// published before it no longer binds.
type reduced struct {
	trafo int
	entry int64
}

// shown is what was published, and what of it was withdrawn.
type shownMargin struct {
	last       int64 // id of the newest publication that was read
	runs       []shownPower
	all        []shownPower // each publication by itself
	reductions []reduced
	settled    []settledAt  // what has become part of the measured load
	unknown    map[int]bool // transformers whose load nobody knows, as last published
}

// reductionMark is the place of the reductions among the marks of the trees.
const reductionMark = -2

// heldMark is that of everything that is held: a network that was published before may
// have its trees cut otherwise than the one in force.
const heldMark = -3

// readShown brings what is known of publications up to the database. It is read
// anew where it has something that the database has not.
func (c *Capacity) readShown(ctx context.Context, e *Engine) error {
	last, ok, err := e.Store.LastPublication(ctx)
	if err != nil {
		return err
	}
	c.mu.RLock()
	was := c.shown
	c.mu.RUnlock()
	next := shownMargin{last: was.last, runs: was.runs, all: slices.Clip(was.all), unknown: was.unknown}
	if !ok || last.ID < was.last {
		next = shownMargin{}
	}
	if ok && last.ID != next.last {
		for p, err := range e.Store.PublicationsAfter(ctx, next.last) {
			if err != nil {
				return err
			}
			next.add(shownPower{network: p.Network, day: p.Day, entry: p.Entry, at: p.At, hash: p.Hash})
			next.last = p.ID
		}
		if next.unknown, err = e.unknownOf(ctx, last); err != nil {
			return err
		}
	}
	if next.settled, err = e.readSettled(ctx); err != nil {
		return err
	}
	if next.reductions, err = e.readReductions(ctx); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown = next
	return nil
}

// add adds a publication to what nobody else reads.
func (s *shownMargin) add(p shownPower) {
	s.runs, s.all = s.with(p), append(s.all, p)
}

// with adds a publication; days on end with one network are one.
func (s *shownMargin) with(p shownPower) []shownPower {
	p.since, p.began = p.at, p.entry
	if n := len(s.runs); n > 0 && s.runs[n-1].network == p.network {
		p.since, p.began = s.runs[n-1].since, s.runs[n-1].began
		return append(s.runs[:n-1:n-1], p)
	}
	return append(s.runs[:len(s.runs):len(s.runs)], p)
}

// unknownOf lists the transformers whose load nobody knows.
func (e *Engine) unknownOf(ctx context.Context, pub store.Publication) (map[int]bool, error) {
	rows, err := e.Store.CapacityLines(ctx, pub.ID, "", "", -1, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	lines := make([]TrafoLine, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Line, &lines[i]); err != nil {
			return nil, err
		}
	}
	return unknownAmong(lines), nil
}

func unknownAmong(lines []TrafoLine) map[int]bool {
	unknown := make(map[int]bool)
	for _, l := range lines {
		if l.Basis == basisUnknown {
			unknown[l.ID] = true
		}
	}
	return unknown
}

// markShown notes what a publication has shown, and returns how to take it back.
func (c *Capacity) markShown(p shownPower, unknown map[int]bool) (undo func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.shown
	c.shown = shownMargin{last: p.entry + 1, runs: was.with(p), all: append(slices.Clip(was.all), p), reductions: was.reductions, settled: was.settled, unknown: unknown}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.shown = was
	}
}

// markReduced notes a reduction, and returns how to take it back.
func (c *Capacity) markReduced(r reduced) (undo func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.shown
	c.shown.reductions = append(was.reductions[:len(was.reductions):len(was.reductions)], r)
	c.marks[reductionMark]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.shown = was
		c.marks[reductionMark]--
	}
}

// windowOf is the instant from which what was published binds for a case.
func windowOf(filed time.Time, days int, zone *time.Location) (time.Time, string) {
	first := deadline.DateOf(filed.In(zone)).AddDays(-days)
	return first.Start(zone), first.String()
}

// networks are those that were published from an instant on, besides the one in
// force, each with what was withdrawn of it since, in the order of their entries;
// entries from before on are not there yet. From version 3 of the computation on the one
// that was in force at that instant is among them: it bound until the next was published.
func (s *shownMargin) networks(version int, from time.Time, now string, before int64) []grid.MarginNetwork {
	newest, first := make(map[string]shownPower), from
	if version > 2 {
		for _, p := range s.runs {
			if p.since.Before(from) && p.began < before {
				first = p.at
			}
		}
		if from.Before(first) {
			first = from
		}
	}
	for _, p := range s.runs {
		if !p.at.Before(first) && p.entry < before && p.network != now {
			newest[p.network] = p
		}
	}
	list := make([]grid.MarginNetwork, 0, len(newest))
	for _, p := range newest {
		n := grid.MarginNetwork{Day: p.day, Entry: p.entry, Network: p.network, Settled: s.settledSince(p.entry, before), Without: []int{}}
		for _, r := range s.reductions {
			if r.entry > p.entry && r.entry < before && !slices.Contains(n.Without, r.trafo) {
				n.Without = append(n.Without, r.trafo)
			}
		}
		slices.Sort(n.Without)
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b grid.MarginNetwork) int { return cmp.Compare(a.Entry, b.Entry) })
	return list
}

// pointsFound is what the margin reads of the connection points before it.
type pointsFound struct {
	Best     json.RawMessage `json:"best"`
	Network  string          `json:"network"`
	Rejected []struct {
		Because string `json:"because"`
		Bus     int    `json:"bus"`
	} `json:"rejected"`
	Without []int `json:"without"` // whose owner has not agreed
}

// passOver leaves transformers out of what was published: what was shown as free below
// them binds nobody whose they are not.
func passOver(list []grid.MarginNetwork, trafos []int) []grid.MarginNetwork {
	for i := range list {
		all := slices.Concat(list[i].Without, trafos)
		slices.Sort(all)
		list[i].Without = append([]int{}, slices.Compact(all)...)
	}
	return list
}

// BindPublishedMargin gathers the input of grid.published-margin@1 from the place,
// the load and the connection points: those on the network in force suffice if
// there is one with room.
func BindPublishedMargin(b *Binding) error { return bindMargin(b, 1) }

// BindPublishedMargin2 does so for grid.published-margin@2.
func BindPublishedMargin2(b *Binding) error { return bindMargin(b, 2) }

// BindPublishedMargin3 does so for grid.published-margin@3.
func BindPublishedMargin3(b *Binding) error { return bindMargin(b, 3) }

// BindPublishedMargin4 does so for grid.published-margin@4.
func BindPublishedMargin4(b *Binding) error { return bindMargin(b, 4) }

// pointsBefore is what a search before this computation has found.
func (b *Binding) pointsBefore() (found pointsFound, ok bool) {
	if b.before != nil {
		found, err := b.before.found()
		return found, err == nil
	}
	text, ok := b.Texts["points"]
	if !ok {
		return found, false
	}
	err := canonical.Unmarshal(text, &found)
	return found, err == nil
}

func bindMargin(b *Binding, version int) error {
	c := b.Capacity
	if c == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	x, y, load, known := b.wanted()
	found, ok := b.pointsBefore()
	if !known || !ok {
		return nil
	}
	if version > 3 {
		return b.margin4(&found, thousandths(x), thousandths(y), load*1000)
	}
	from, since := windowOf(b.Filed, b.Window, b.Zone)
	is := c.tables()
	in := grid.PublishedMargin1Input{
		Costs: is.Costs, Detour: is.Detour, Limits: grid.LimitsPPM(c.limits()), LoadW: load * 1000, Now: found.Best, Since: since,
		Streets: is.Streets.Hash, Upgrades: is.Upgrades.Listed(), XMM: thousandths(x), YMM: thousandths(y),
	}
	model := b.model
	b.Stamp = make(Stamp)
	var err error
	if len(found.Best) == 0 || string(found.Best) == "null" {
		c.mu.RLock()
		shown := c.shown
		b.Stamp[reductionMark], b.Stamp[heldMark] = c.marks[reductionMark], c.marks[heldMark]
		c.mu.RUnlock()
		in.Networks = passOver(shown.networks(version, from, found.Network, math.MaxInt64), found.Without)
		if in.Unknown, err = b.unmeasured(&found, shown.unknown, model); err != nil {
			return err
		}
	}
	b.Input, b.Output, err = grid.PublishedMarginLive(version, in, c.heldOn, model, is.Streets.Graph)
	return err
}

// unmeasured are the transformers within reach of a place without room whose load nobody
// knows: what they can bear is not proven.
func (b *Binding) unmeasured(found *pointsFound, unknown map[int]bool, model func(hash string) (*grid.Model, error)) ([]int, error) {
	if len(unknown) == 0 {
		return nil, nil
	}
	list := trafosAbove(b.Capacity.network().model, found)
	if b.before != nil {
		around, err := trafosAround(b.before.in, found, model)
		if err != nil {
			return nil, err
		}
		list = around
	}
	return slices.DeleteFunc(list, func(trafo int) bool { return !unknown[trafo] }), nil
}

// trafosAround are the transformers that a search without a point is about, ascending,
// the nearest if they are many: those above the points that it names, and all others
// within reach that are the utility's.
func trafosAround(search []byte, found *pointsFound, model func(hash string) (*grid.Model, error)) ([]int, error) {
	m, err := model(found.Network)
	if err != nil {
		return nil, err
	}
	sites, err := grid.SitesAround(search, model)
	list := trafosAbove(m, found)
	for _, s := range sites {
		if !slices.Contains(list, s.Trafo) && !slices.Contains(found.Without, s.Trafo) {
			list = append(list, s.Trafo)
		}
	}
	slices.Sort(list)
	return list, err
}

// trafosAbove are the transformers above points without room, ascending.
func trafosAbove(m *grid.Model, found *pointsFound) []int {
	var list []int
	for _, p := range found.Rejected {
		if trafo, ok := m.Above(p.Bus); ok && p.Because != grid.BecauseFar && !slices.Contains(list, trafo) {
			list = append(list, trafo)
		}
	}
	slices.Sort(list)
	return list
}

// heldOn lists what is held on one tree of a network, by bus.
func (c *Capacity) heldOn(m *grid.Model, tree int) []grid.Extra {
	c.mu.RLock()
	defer c.mu.RUnlock()
	held, _ := heldBy(m, maps.Values(c.held))
	return held[tree]
}
