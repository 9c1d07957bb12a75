package casework

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// Another survey of the network must carry what is reserved: a transformer that it
// lacks would take the reservations below it off the books, and the power would be
// granted twice. Such a network is not brought into force. What it lacks is named with
// what is reserved there, for the utility to add or for those cases to be ruled again.

// CheckNetwork holds a network that would take the place of the one in force to what
// is reserved: an *aiqyn.Error names what it would lose.
func (e *Engine) CheckNetwork(next *grid.Model) error {
	c := e.Capacity
	if c == nil {
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.strands(c.tables().Model, next, maps.Values(c.held))
}

// keepsReserved holds the network that the engine is opened with to what is reserved
// on the one that was published last; with nothing published, to the places alone.
func (c *Capacity) keepsReserved(ctx context.Context, e *Engine, is *Tables, held []store.Reservation) error {
	if len(held) == 0 {
		return nil
	}
	last, ok, err := e.Store.LastPublication(ctx)
	if err != nil {
		return err
	}
	if ok && last.Base == is.Hash {
		return nil
	}
	if !ok || last.Base == "" {
		return c.strands(nil, is.Model, slices.Values(held)) // nothing says what fed them before
	}
	was, err := e.model(last.Base)
	if err != nil {
		return err
	}
	return c.strands(was, is.Model, slices.Values(held))
}

// stranded is what is reserved where another network has nothing.
type stranded struct{ cases, watt int64 }

// strands says which transformers with reservations a network loses, or which buses
// that no transformer feeds. Where nothing is known of what was, it is the buses that
// the other does not have.
func (c *Capacity) strands(was, is *grid.Model, held iter.Seq[store.Reservation]) error {
	trafos, buses := make(map[int]stranded), make(map[int]stranded)
	for r := range held {
		bus := int(r.Place)
		trafo, below := 0, false
		if was != nil {
			trafo, below = was.Above(bus)
		}
		if _, there := is.TreeOf(bus); r.Amount == 0 || there && (!below || is.Feeding(trafo)) {
			continue
		}
		if below {
			trafos[trafo] = trafos[trafo].with(r)
		} else {
			buses[bus] = buses[bus].with(r)
		}
	}
	switch {
	case len(trafos) > 0:
		return aiqyn.E(aiqyn.Conflict, "error.network-loses-trafos", "n", len(trafos), "list", namedStranded(trafos, c.trafoName))
	case len(buses) > 0:
		return aiqyn.E(aiqyn.Conflict, "error.network-loses-buses", "n", len(buses), "list", namedStranded(buses, strconv.Itoa))
	}
	return nil
}

func (s stranded) with(r store.Reservation) stranded { return stranded{s.cases + 1, s.watt + r.Amount} }

// metersLost says which transformers another network loses at which meters stand, lost nil
// if none, and which entry registered any last. What such a meter read would be of nothing, and of another transformer if its
// number was ever given again: so the register says first where the meter is now.
func (e *Engine) metersLost(ctx context.Context, next *grid.Model) (newest int64, lost, err error) {
	if newest, err = e.Store.LastRegistered(ctx); err != nil || newest < 0 {
		return newest, nil, err
	}
	standing, err := e.Store.MetersStanding(ctx)
	if err != nil {
		return newest, nil, err
	}
	was, is := ratedOf(e.Capacity.tables().Model), ratedOf(next)
	var list []string
	n := 0
	for _, m := range standing {
		if !loses(was, is, int(m.Trafo)) {
			continue
		}
		if n++; n <= maxStranded {
			list = append(list, fmt.Sprintf("%s (%d)", e.Capacity.trafoName(int(m.Trafo)), m.N))
		}
	}
	switch {
	case n == 0:
		return newest, nil, nil
	case n > maxStranded:
		list = append(list, "…")
	}
	return newest, aiqyn.E(aiqyn.Conflict, "error.network-loses-meters", "n", n, "list", strings.Join(list, "; ")), nil
}

// loses reports whether a transformer is in the one network and not in the other.
func loses(was, is map[int]int64, trafo int) bool {
	_, there := was[trafo]
	_, stays := is[trafo]
	return there && !stays
}

// maxStranded is how many are named.
const maxStranded = 20

// namedStranded lists elements with the kilowatts that are reserved there and, in
// brackets, by how many cases.
func namedStranded(lost map[int]stranded, name func(int) string) string {
	var list []string
	for i, id := range slices.Sorted(maps.Keys(lost)) {
		if i == maxStranded {
			list = append(list, "…")
			break
		}
		list = append(list, fmt.Sprintf("%s: %s (%d)", name(id), strconv.FormatFloat(float64(lost[id].watt)/1000, 'f', -1, 64), lost[id].cases))
	}
	return strings.Join(list, "; ")
}

// trafoName is a transformer's number, and its name where it has one.
func (c *Capacity) trafoName(id int) string {
	places := c.tables().Places
	i := slices.IndexFunc(places, func(p TrafoPlace) bool { return p.Trafo == id && p.Name != "" })
	if i < 0 {
		return strconv.Itoa(id)
	}
	return strconv.Itoa(id) + " " + places[i].Name
}
