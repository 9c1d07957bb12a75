package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/grid"
	"aiqyn/locale"
	"aiqyn/secrecy"
	"aiqyn/store"
)

// publishCapacity is the daily publication: free power of every transformer,
// now and if what is reserved lapses, as one entry of the log. The network that
// the figures are of, with its loads as measured, is in force from that entry.
type publishCapacity struct {
	apart
	said       publication
	data       []byte
	hash       string
	public     []byte         // what the public sees of it; nil: all of it
	policy     secrecy.Policy // by which
	classed    int64          // newest act about classes that was seen
	tables     *Tables        // in force when it was prepared
	network    *inForce
	was        *publication // the one before
	from       PublishedDay
	fromDay    string // on which that was written
	after      int64  // id of the publication before; 0: there was none
	difference []byte // to the one before; nil: there was none
	books      lookAtBooks
	encoded    []byte          // the network as it is published, if it is not yet among the snapshots
	connected  []connectedLoad // before the day, by case
	leave      []connectedLoad // of those, what is part of the measured load now
}

// PublishCapacity computes and publishes the free power of every transformer
// as of now. It is a snapshot: grants after it count against the network at
// once, and show in the next.
func (e *Engine) PublishCapacity(ctx context.Context) (Result, error) {
	now := e.Clock()
	return e.publishCapacity(ctx, day(now, e.Zone), now.UTC().Format(timeFormat))
}

// publishCapacityOf publishes for a day, once: what is free now stands for a day
// that passed while nobody served.
func (e *Engine) publishCapacityOf(ctx context.Context, d deadline.Date) (Result, error) {
	return e.publishCapacity(ctx, d.String(), d.String())
}

// publishTables publishes as of now, once, where tables have come into force since the
// last publication: until then computations stand on their network as it was surveyed,
// without its readings and with whatever generates.
func (e *Engine) publishTables(ctx context.Context) error {
	act := e.Capacity.tables().act
	if act == 0 {
		return nil
	}
	last, _, err := e.Store.LastPublication(ctx)
	if err != nil || last.Entry >= act { // acts are counted from 1
		return err
	}
	_, err = e.publishCapacity(ctx, day(e.Clock(), e.Zone), "tables/"+strconv.FormatInt(act, 10))
	return err
}

func (e *Engine) publishCapacity(ctx context.Context, day, id string) (Result, error) {
	if e.Capacity == nil {
		return Result{}, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	p := &publishCapacity{apart: apart{cid: aiqyn.CommandID("capacity/" + id), actor: aiqyn.System}, said: publication{Day: day}}
	return e.carryOut(ctx, p)
}

// prepare computes what the day's publication says.
func (p *publishCapacity) prepare(ctx context.Context, e *Engine) error {
	c, rule := e.Capacity, e.capacityRule()
	p.tables = c.tables()
	p.books.actor = aiqyn.System
	if _, err := e.send(ctx, &p.books); err != nil {
		return err
	}
	p.said = publication{Base: p.tables.Hash, Day: p.said.Day, Limits: grid.LimitsPPM(c.limits()), Loads: grid.MeasuredLoads3, Rule: peakRule{rule.Measured, rule.Peak, rule.Settled}, Position: p.books.position}
	if odd := p.tables.Model.Oddities(); !odd.None() {
		p.said.Odd = &odd
	}
	if err := p.before(ctx, e); err != nil {
		return err
	}
	known, err := p.measure(ctx, e)
	if err != nil {
		return err
	}
	if p.said.Trafos, p.said.Feeders, err = c.survey(p.network, known, p.reserved()); err != nil {
		return err
	}
	p.said.Reserved = reservedBy(p.reserved(), p.tables.Model)
	if err := p.classes(ctx, e); err != nil {
		return err
	}
	if p.data, err = json.Marshal(p.said); err != nil {
		return err
	}
	p.hash = hexSum(p.data)
	if err := p.compare(ctx, e); err != nil {
		return err
	}
	return p.withhold(ctx, e)
}

// measure makes the network of the publication: that which was surveyed, with
// its loads as they are known on the day.
func (p *publishCapacity) measure(ctx context.Context, e *Engine) (map[int]loadKnown, error) {
	c, base := e.Capacity, p.tables
	last, err := e.Store.LastMeasurement(ctx)
	if err != nil {
		return nil, err
	}
	p.said.Measured = last
	known, err := e.loads(ctx, p.said.Day, p.said.Rule, last+1)
	if err != nil {
		return nil, err
	}
	p.connected = e.connectedBefore(p.said.Day, slices.Values(p.books.held))
	stay, leave := settling(p.connected, known, p.said.Day, p.said.Rule)
	p.leave, p.said.Connected, p.said.Settled = leave, joinedOf(stay), joinedOf(leave)
	if err := e.lessConnected(ctx, known, p.said.Connected, p.said.Day, p.said.Rule, last+1); err != nil {
		return nil, err
	}
	if now := c.network(); p.was != nil && now.hash == p.was.Network && now.of(base) {
		if peaks := peaksOf(base.Model.Nameplates(), known); p.said.unchanged(p.was, peaks) {
			p.network, p.encoded, p.said.Peaks, p.said.Network, p.said.Apart, p.said.Idle = now, nil, peaks, now.hash, p.was.Apart, p.was.Idle
			knownApart(known, p.said.Apart, p.said.Idle)
			return known, nil
		}
	}
	is, err := e.metered(ctx, base.Hash, known, p.said.Limits.Limits(), p.said.Loads)
	if err != nil {
		return nil, err
	}
	p.network, p.encoded, p.said.Peaks, p.said.Apart, p.said.Idle = base.asSurveyed(), nil, is.peaks, is.apart, is.idle
	knownApart(known, p.said.Apart, p.said.Idle)
	if n := is.network; n != nil {
		hash := n.Hash()
		if now := c.network(); now.hash == hash && now.of(base) {
			p.network = now
		} else if hash != base.Hash {
			m, err := grid.Compile(n)
			if err != nil {
				return nil, err
			}
			p.network = &inForce{m, hash, base}
			if p.encoded, err = e.changedOf(n, hash, base.Hash, p.was); err != nil {
				return nil, err
			}
		}
	}
	p.said.Network = p.network.hash
	return known, nil
}

// reserved is what the publication has as reserved: without what is part of the
// measured load from now on.
func (p *publishCapacity) reserved() iter.Seq[store.Reservation] {
	return func(yield func(store.Reservation) bool) {
		leave := p.leave // by case, like the books
		for _, r := range p.books.held {
			if len(leave) > 0 && leave[0].Case == r.Case {
				leave = leave[1:]
			} else if !yield(r) {
				return
			}
		}
	}
}

// decide writes the publication with its entry.
func (p *publishCapacity) decide(t *turn) error {
	if done, err := p.once(t); done || err != nil {
		return err
	}
	c := t.e.Capacity
	if c.shown.last != p.after || !c.network().of(p.tables) || t.s.classed > p.classed || !slices.Equal(p.connected, t.e.connectedNow(p.said.Day)) {
		return errStale
	}
	t.settle(p.said.Day, p.leave)
	d := &capacityPublished{Base: p.said.Base, Day: p.said.Day, Hash: p.hash, Network: p.said.Network, Trafos: len(p.said.Trafos)}
	if p.public != nil {
		d.Public = hexSum(p.public)
		t.snapshots = append(t.snapshots, store.Snapshot{Hash: d.Public, Kind: capacityKind, Data: p.public, Added: t.now})
	}
	if p.difference != nil {
		d.Difference = hexSum(p.difference)
		t.snapshots = append(t.snapshots, store.Snapshot{Hash: d.Difference, Kind: d.differenceKind(), Data: p.difference, Added: t.now})
	}
	ev := t.emitSystem(EventCapacity, p.actor, d)
	pub, err := publicationOf(ev, p.data, p.difference)
	if err != nil {
		return err
	}
	t.capacity = pub
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: p.hash, Kind: d.kind(), Data: p.data, Added: t.now})
	if p.encoded != nil {
		t.snapshots = append(t.snapshots, store.Snapshot{Hash: p.network.hash, Kind: networkKind, Data: p.encoded, Added: t.now})
	}
	t.undo = append(t.undo, c.markShown(shownPower{network: p.said.Network, day: p.said.Day, entry: ev.index, at: t.now, hash: p.hash}, unknownAmong(p.said.Trafos)))
	if p.network.hash != c.network().hash {
		was := c.use(p.network)
		t.undo = append(t.undo, func() { c.use(was) })
	}
	p.finish(t)
	return nil
}

// publicationOf is what pages list of a publication: ev announces it, data is
// what it announces.
func publicationOf(ev *event, data, difference []byte) (*store.Publication, error) {
	var said struct {
		Feeders []json.RawMessage `json:"feeders"`
		Trafos  []json.RawMessage `json:"trafos"`
	}
	if err := json.Unmarshal(data, &said); err != nil {
		return nil, err
	}
	changed, err := changesOf(difference)
	if err != nil {
		return nil, err
	}
	d := ev.data.(*capacityPublished)
	pub := &store.Publication{ID: ev.index + 1, At: ev.at, Day: d.Day, Base: d.Base, Network: d.Network, Hash: d.Hash, Entry: ev.index, N: int64(len(said.Trafos))}
	for _, line := range said.Trafos {
		var l TrafoLine
		if err := json.Unmarshal(line, &l); err != nil {
			return nil, err
		}
		pub.Lines = append(pub.Lines, store.CapacityLine{
			Trafo: int64(l.ID), Name: l.Name, Search: fold(l.Name), District: l.District.RU, Line: line, Why: changed[l.ID],
		})
	}
	for _, line := range said.Feeders {
		var f struct{ ID int }
		if err := json.Unmarshal(line, &f); err != nil {
			return nil, err
		}
		pub.Lines = append(pub.Lines, store.CapacityLine{Trafo: feederKey(f.ID), Line: line})
	}
	// A network may name its transformers in any order; the list has that of their
	// numbers, by which an audit compares it.
	slices.SortFunc(pub.Lines, func(a, b store.CapacityLine) int { return cmp.Compare(a.Trafo, b.Trafo) })
	return pub, nil
}

// changesOf are what a difference says of each transformer, as JSON.
func changesOf(difference []byte) (map[int][]byte, error) {
	if difference == nil {
		return nil, nil
	}
	var said struct {
		Trafos []json.RawMessage `json:"trafos"`
	}
	if err := json.Unmarshal(difference, &said); err != nil {
		return nil, err
	}
	by := make(map[int][]byte, len(said.Trafos))
	for _, text := range said.Trafos {
		var of struct {
			Trafo int `json:"trafo"`
		}
		if err := json.Unmarshal(text, &of); err != nil {
			return nil, err
		}
		by[of.Trafo] = text
	}
	return by, nil
}

// fold makes a name findable whatever its case and spaces.
func fold(s string) string { return strings.ToLower(locale.NFC(strings.Join(strings.Fields(s), " "))) }

func published1(p store.Publication) Publication {
	return Publication{At: p.At, Day: p.Day, Network: p.Network, Hash: p.Hash, Entry: p.Entry, Count: int(p.N)}
}

// CapacityNow computes what one bus can take at this moment, reservations
// counted: the figure that a grant would be held against.
func (e *Engine) CapacityNow(bus int) (grid.Capacity, error) {
	c := e.Capacity
	if c == nil {
		return grid.Capacity{}, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	m := c.network().model
	tree, ok := m.TreeOf(bus)
	if !ok {
		return grid.Capacity{}, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	held, _ := c.reserved(tree)
	return m.BusCapacity(bus, held, c.limits())
}

// Districts lists the districts of the published transformers, for choosing.
func (e *Engine) Districts() []aiqyn.Text {
	if e.Capacity == nil {
		return nil
	}
	var list []aiqyn.Text
	seen := make(map[string]bool)
	for _, p := range e.Capacity.tables().Places {
		if !seen[p.District.RU] {
			seen[p.District.RU] = true
			list = append(list, p.District)
		}
	}
	return list
}
