package casework

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// What one bus can take tells what a single house has reserved: whoever works on cases, and
// whoever watches them, sees it; strangers see transformers.

// BusLine is one bus below a transformer, in watts as of now.
type BusLine struct {
	ID         int
	FreeW      int64 // beside what is reserved; −1 unlimited
	LapseW     int64 // if what is reserved and not yet connected lapses; −1 unlimited
	ReservedW  int64
	ConnectedW int64 // of what is reserved
	Asked      Asked // by applications that are not decided yet
	Binding    string
	Element    int
}

// BusesBelow are the buses that hang under a transformer and under no other below it,
// ascending, with both figures of each on the network in force, as of now: a process that
// does not decide tells them as of some seconds ago. It is for who sees exact figures
// though they are classified.
func (e *Engine) BusesBelow(ctx context.Context, viewer aiqyn.Actor, trafo int, p Page) (List[BusLine], error) {
	var out List[BusLine]
	if !seesExact(viewer) {
		return out, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	if e.Capacity == nil {
		return out, aiqyn.E(aiqyn.Unavailable, "error.no-network")
	}
	c := e.Capacity
	net := c.network()
	source, ok := net.model.SourceOf(trafo)
	if !ok {
		return out, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	tree, _ := net.model.TreeOf(source)
	held, connected := c.heldAndConnected(net.model)
	now, err := net.model.TreeCapacity(tree, held[tree], c.limits())
	if err != nil {
		return out, err
	}
	lapse := now
	if !slices.Equal(held[tree], connected[tree]) {
		if lapse, err = net.model.TreeCapacity(tree, connected[tree], c.limits()); err != nil {
			return out, err
		}
	}
	asked := c.askedByBus(e.Clock(), net.model, tree)
	after, _ := strconv.Atoi(p.After)
	for i, b := range now.Buses {
		if at, ok := net.model.Above(b.Bus); !ok || at != trafo || p.After != "" && b.Bus <= after {
			continue
		}
		if p.Limit > 0 && len(out.Items) == p.Limit {
			out.Next = strconv.Itoa(out.Items[p.Limit-1].ID)
			break
		}
		out.Items = append(out.Items, BusLine{ID: b.Bus, FreeW: b.FreeW, LapseW: lapse.Buses[i].FreeW, ReservedW: heldAt(held[tree], b.Bus),
			ConnectedW: heldAt(connected[tree], b.Bus), Asked: asked[b.Bus], Binding: b.Binding, Element: b.Element})
	}
	return out, nil
}

// heldAndConnected are what is reserved now, and what of that is connected, by tree.
func (c *Capacity) heldAndConnected(m *grid.Model) (held, connected [][]grid.Extra) {
	c.mu.RLock()
	list := slices.Collect(maps.Values(c.held))
	c.mu.RUnlock()
	return heldBy(m, func(yield func(store.Reservation) bool) {
		for _, r := range list {
			if !yield(r) {
				return
			}
		}
	})
}

// heldAt is what is held at a bus, of a list ascending by bus.
func heldAt(list []grid.Extra, bus int) int64 {
	i, ok := slices.BinarySearchFunc(list, bus, func(x grid.Extra, bus int) int { return x.Bus - bus })
	if !ok {
		return 0
	}
	return list[i].Watt
}

// askedByBus is what open applications ask for on a tree, by the bus at which each would be
// connected as it stands.
func (c *Capacity) askedByBus(now time.Time, m *grid.Model, tree int) map[int]Asked {
	by := make(map[int]Asked)
	c.mu.Lock()
	defer c.mu.Unlock()
	open, _ := c.orders.on(claimant{now: now}, m, []int{tree}, math.MaxInt)
	for _, a := range open {
		sum := by[a.at()]
		sum.Watt += a.Watt
		sum.Applications++
		by[a.at()] = sum
	}
	return by
}
