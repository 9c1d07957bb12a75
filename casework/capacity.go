package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
	"aiqyn/service"
	"aiqyn/store"
)

// shareCapacity is the name of the share that grants of power take from.
const shareCapacity = "grid.capacity"

// Capacity is the share "grid.capacity": the network in force and what has
// been granted on it. Readers bind their computations to it with a stamp; a
// grant moves the stamps of the trees it touches, another network all of them.
type Capacity struct {
	// Tables are those that it is opened with: of a log from before acts put tables into
	// force. What is in force now is [Capacity.tables].
	Tables

	mu       sync.RWMutex
	held     map[int64]store.Reservation // by case
	byTree   map[int]map[int64]int64     // tree → bus → watts
	marks    map[int]uint64              // tree → hash of what is held on it
	seed     maphash.Seed
	now      atomic.Pointer[inForce] // nil: the network as it was surveyed
	came     []cameIntoForce         // by acts, in the order of the log
	shown    shownMargin             // what was published
	orders   orders                  // who stands before whom
	at       booksAt                 // the position of the log that held and orders are of
	surveyed atomic.Pointer[survey]  // nil: nothing was

	ruled   func() *service.Pack // in force; set before anybody reads
	answers answers
	ground  ground

	madeWith sync.Map // publications of free power by their entry: what they were made with
}

// load reads which network is in force, and what is held on it.
func (c *Capacity) load(ctx context.Context, e *Engine) error {
	tables, came, err := e.tablesNow(ctx)
	if err != nil {
		return err
	}
	now, err := e.lastPublishedOn(ctx, tables)
	if err != nil {
		return err
	}
	if err := c.readShown(ctx, e); err != nil {
		return err
	}
	list, err := e.Store.Reservations(ctx, shareCapacity)
	if err != nil {
		return err
	}
	if err := c.keepsReserved(ctx, e, tables, list); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = booksAt{loads: c.at.loads + 1}
	c.came = came
	c.now.Store(now)
	c.clear()
	for _, r := range list {
		c.add(r, 1)
		c.held[r.Case] = r
	}
	return nil
}

// clear empties the books.
func (c *Capacity) clear() {
	c.held = make(map[int64]store.Reservation)
	c.byTree = make(map[int]map[int64]int64)
	c.marks = make(map[int]uint64)
	if c.seed == (maphash.Seed{}) {
		c.seed = maphash.MakeSeed()
	}
	c.marks[networkMark] = c.markOf(c.network())
	c.marks[reductionMark] = uint64(len(c.shown.reductions))
}

// add books a reservation (sign 1) or takes it off the books (−1).
func (c *Capacity) add(r store.Reservation, sign int64) {
	tree, ok := c.network().model.TreeOf(int(r.Place))
	if !ok {
		return // the bus is gone from the network; the publication reports it
	}
	if c.byTree[tree] == nil {
		c.byTree[tree] = make(map[int64]int64)
	}
	was := c.byTree[tree][r.Place]
	is := was + sign*r.Amount
	c.byTree[tree][r.Place] = is
	if is == 0 {
		delete(c.byTree[tree], r.Place)
	}
	change := c.mark(r.Place, is) - c.mark(r.Place, was)
	c.marks[tree] += change
	c.marks[heldMark] += change
}

// mark is one bus's part of its tree's mark. The mark of a tree is their sum:
// it tells what is held and not how it came about, so that what was computed
// before a grant holds again once the grant is given back. The seed is the
// process's own: nobody can choose what to ask for so that two sums agree.
func (c *Capacity) mark(bus, watts int64) uint64 {
	if watts == 0 {
		return 0
	}
	return maphash.Comparable(c.seed, [2]int64{bus, watts})
}

// holds reports whether a case holds something of the share that it has not come to
// use yet.
func (e *Engine) holds(no int64) bool {
	c := e.Capacity
	if c == nil {
		return false
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	r, ok := c.held[no]
	return ok && !r.Expires.IsZero()
}

// fresh reports whether nothing has changed on the trees that a stamp names.
func (c *Capacity) fresh(s Stamp) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.isFresh(s)
}

// isFresh is fresh for whoever holds the lock.
func (c *Capacity) isFresh(s Stamp) bool {
	for tree, v := range s {
		if c.marks[tree] != v {
			return false
		}
	}
	return true
}

// reserved lists what is held on a tree, by bus, and the tree's mark.
func (c *Capacity) reserved(tree int) ([]grid.Extra, uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := make([]grid.Extra, 0, len(c.byTree[tree]))
	for bus, w := range c.byTree[tree] {
		list = append(list, grid.Extra{Bus: int(bus), Watt: w})
	}
	slices.SortFunc(list, func(a, b grid.Extra) int { return a.Bus - b.Bus })
	return list, c.marks[tree]
}

// BindConnectionPoints gathers the input of grid.connection-points@1: the
// place from the cadastre, the load from the application, and what is held on
// every tree that the search looks at.
func BindConnectionPoints(b *Binding) error {
	return bindPoints(b, 1, func(n *inForce, q grid.LivePoints) ([]byte, []byte, error) {
		return n.model.ConnectionPoints1Live(q)
	})
}

// BindConnectionPoints2 does so for grid.connection-points@2, with the streets
// and what reinforcing costs.
func BindConnectionPoints2(b *Binding) error {
	return bindPoints(b, 2, func(n *inForce, q grid.LivePoints) ([]byte, []byte, error) {
		return n.model.ConnectionPoints2Live(q, n.tables.Streets, n.tables.Upgrades)
	})
}

// BindConnectionPoints3 does so for grid.connection-points@3, with the transformers that
// are not the utility's and the one whose owner has agreed: the record "consent" says
// so, of the substation that the record "substation" names.
func BindConnectionPoints3(b *Binding) error {
	return bindPoints(b, 3, func(n *inForce, q grid.LivePoints) ([]byte, []byte, error) {
		return n.model.ConnectionPoints3Live(q, n.tables.Streets, n.tables.Upgrades, n.tables.owned(), b.agreed())
	})
}

// agreed is the substation whose owner has agreed, "" if none has.
func (b *Binding) agreed() string {
	if b.Values["consent"] != "yes" {
		return ""
	}
	parcel, _ := b.Values["substation"].(string)
	return parcel
}

// wanted is where a load is to be connected and how many kilowatts; not ok when
// either is not known.
func (b *Binding) wanted() (x, y float64, load int64, ok bool) {
	place, _ := b.Values["place"].(map[string]any)
	x, okX := degrees(place["x"])
	y, okY := degrees(place["y"])
	load = b.added()
	return x, y, load, okX && okY && load > 0
}

func bindPoints(b *Binding, version int, search func(*inForce, grid.LivePoints) (in, out []byte, err error)) error {
	c := b.Capacity
	if c == nil {
		return aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	x, y, load, ok := b.wanted()
	if !ok {
		return nil
	}
	net := c.network()
	for _, costs := range b.prices(net.tables) {
		asked := question{version, thousandths(x), thousandths(y), load * 1000, costs.Reach(), b.agreed(), c.limits()}
		if err := b.findPoints(asked, net, costs, search); err != nil || FoundPoint(b.Output) {
			return err
		}
	}
	return nil
}

// findPoints searches by one table of costs, or remembers what came of it.
func (b *Binding) findPoints(asked question, net *inForce, costs grid.Costs, search func(*inForce, grid.LivePoints) (in, out []byte, err error)) error {
	c := b.Capacity
	if was, ok := c.answers.find(asked); ok && c.fresh(was.stamp) {
		b.Input, b.Output, b.Stamp, b.search = was.in, was.out, was.stamp, was
		return nil
	}
	b.Stamp = Stamp{networkMark: c.markOf(net)}
	q := grid.LivePoints{
		Network: net.hash, XMM: asked.x, YMM: asked.y, LoadW: asked.watt, Limits: asked.limits, Costs: costs, Detour: net.tables.Detour,
		Held: func(tree int) []grid.Extra {
			list, mark := c.reserved(tree)
			b.Stamp[tree] = mark
			return list
		},
	}
	var err error
	if b.Input, b.Output, err = search(net, q); err != nil {
		return err
	}
	if b.search, err = newSearched(b.Input, b.Output, b.Stamp); err != nil {
		return err
	}
	c.answers.keep(asked, b.search)
	return nil
}

// added is the load that comes on the network, in kilowatts: what a computation before
// has found it to be, or else what is asked for less what is said to be drawn already,
// which the network carries. It is one at least: that nothing is added is for a rule to
// say.
func (b *Binding) added() int64 {
	if found, ok := b.Values["added"].(map[string]any); ok {
		if kw, ok := found["kw"].(int64); ok {
			return kw
		}
	}
	load, _ := b.Values["load"].(int64)
	existing, _ := b.Values["existing-load"].(int64)
	if load <= 0 || existing <= 0 {
		return load
	}
	return max(load-existing, 1)
}

// thousandths is a coordinate in metres as whole millimetres.
func thousandths(metres float64) int64 { return int64(math.Round(metres * 1000)) }

// bestOf is the best point of the last computation that has one, nil if none has.
func bestOf(list []computed) json.RawMessage {
	for i := len(list) - 1; i >= 0; i-- {
		var points struct {
			Best json.RawMessage `json:"best"`
		}
		if canonical.Unmarshal(list[i].Out, &points) == nil && len(points.Best) > 0 && string(points.Best) != "null" {
			return points.Best
		}
	}
	return nil
}

// reserve takes what a grant gives from the share.
func (t *turn) reserve(ev *evaluation, g *granted) error {
	out := t.svc.Outcome
	var best struct {
		Bus int64 `json:"bus"`
	}
	if g.Point = ev.place; g.Point == nil {
		g.Point = bestOf(ev.computed)
	}
	if g.Point == nil {
		return aiqyn.E(aiqyn.Conflict, "error.no-capacity-left")
	}
	if err := canonical.Unmarshal(g.Point, &best); err != nil {
		return fmt.Errorf("point: %w", err)
	}
	taken, err := out.Taken.Value(ev.vars)
	if err != nil {
		return fmt.Errorf("amount of %s: %w", t.svc.ID, err)
	}
	kw, _ := taken.(int64)
	if kw <= 0 {
		return aiqyn.E(aiqyn.Conflict, "error.no-capacity-left")
	}
	g.Share, g.Amount, g.Place = out.Reserves, kw*1000, best.Bus
	t.hold(store.Reservation{
		Case: t.rec.state.No, Share: out.Reserves, Place: g.Place, Amount: g.Amount, Granted: t.now, Expires: g.ValidTo,
	})
	return nil
}

// hold books a reservation for this turn's case.
func (t *turn) hold(r store.Reservation) {
	t.reservations = append(t.reservations, r)
	c := t.e.Capacity
	c.mu.Lock()
	c.moving()
	c.add(r, 1)
	c.held[r.Case] = r
	c.mu.Unlock()
	t.undo = append(t.undo, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.add(r, -1)
		delete(c.held, r.Case)
	})
}

// unreserve gives back what the case holds.
func (t *turn) unreserve() {
	c := t.e.Capacity
	if c == nil {
		return
	}
	c.mu.Lock()
	r, ok := c.held[t.rec.state.No]
	if ok {
		c.moving()
		c.add(r, -1)
		delete(c.held, r.Case)
	}
	c.mu.Unlock()
	if !ok {
		return
	}
	gone := r
	gone.Amount = 0
	t.reservations = append(t.reservations, gone)
	t.undo = append(t.undo, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.add(r, 1)
		c.held[r.Case] = r
	})
}
