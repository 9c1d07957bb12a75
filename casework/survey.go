package casework

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"

	"aiqyn/grid"
	"aiqyn/store"
)

// survey computes every tree, two at a time: no tree bears on another.
func (c *Capacity) survey(n *inForce, known map[int]loadKnown, reserved iter.Seq[store.Reservation]) ([]TrafoLine, []FeederLine, error) {
	m := n.model
	places := make(map[int]TrafoPlace, len(c.Places))
	for _, p := range c.Places {
		places[p.Trafo] = p
	}
	held, connected := heldBy(m, reserved)
	was, limits := c.surveyed.Load(), c.limits()
	byTree, feeders := make([][]TrafoLine, m.Trees()), make([][]FeederLine, m.Trees())
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for tree := w; tree < len(byTree) && errs[w] == nil; tree += len(errs) {
				if was.holds(n.hash, limits, tree, held[tree], connected[tree]) {
					byTree[tree], feeders[tree] = c.again(was.lines[tree], places, known), was.feeders[tree]
					continue
				}
				byTree[tree], feeders[tree], errs[w] = c.surveyTree(m, limits, tree, held[tree], connected[tree], places, known)
			}
		})
	}
	wg.Wait()
	var lines []TrafoLine
	for _, tree := range byTree {
		lines = append(lines, tree...)
	}
	for _, err := range errs {
		if err != nil {
			return nil, nil, err
		}
	}
	c.surveyed.Store(&survey{n.hash, limits, held, connected, byTree, feeders})
	all := slices.Concat(feeders...)
	slices.SortFunc(all, func(a, b FeederLine) int { return a.ID - b.ID })
	return lines, all, nil
}

// survey is what was computed last. A tree on which nothing has changed since, on the
// same network, has the same figures.
type survey struct {
	network         string
	limits          grid.Limits
	held, connected [][]grid.Extra // by tree
	lines           [][]TrafoLine  // by tree
	feeders         [][]FeederLine // by tree
}

// holds reports whether a survey has the figures of a tree.
func (s *survey) holds(network string, limits grid.Limits, tree int, held, connected []grid.Extra) bool {
	return s != nil && s.network == network && s.limits == limits && slices.Equal(s.held[tree], held) && slices.Equal(s.connected[tree], connected)
}

// again are lines of before, with what is known of their loads now.
func (c *Capacity) again(lines []TrafoLine, places map[int]TrafoPlace, known map[int]loadKnown) []TrafoLine {
	lines = slices.Clone(lines)
	for i := range lines {
		l := &lines[i]
		l.Basis, l.Measured, l.Missing = places[l.ID].basis(known[l.ID])
		l.ApartW = known[l.ID].apart
	}
	return lines
}

func (c *Capacity) surveyTree(m *grid.Model, limits grid.Limits, tree int, held, connected []grid.Extra, places map[int]TrafoPlace, known map[int]loadKnown) ([]TrafoLine, []FeederLine, error) {
	now, err := m.TreeTrafos(tree, held, limits)
	if err != nil {
		return nil, nil, err
	}
	lapse := now
	if !slices.Equal(held, connected) {
		if lapse, err = m.TreeTrafos(tree, connected, limits); err != nil {
			return nil, nil, err
		}
	}
	var lines []TrafoLine
	for i, t := range now.Trafos {
		p := places[t.Trafo]
		line := TrafoLine{
			ID: t.Trafo, Name: p.Name, District: p.District, SnKVA: t.RatedVA / 1000, FreeW: t.FreeW, LapseW: lapse.Trafos[i].FreeW,
			PeakW: t.RatedVA * t.LoadPPM / 1_000_000, Binding: t.Binding, Element: t.Element, Lat: p.Lat, Lon: p.Lon, LoadPPM: t.LoadPPM, Owned: p.Parcel != "",
		}
		if line.Name == "" {
			line.Name = strconv.Itoa(t.Trafo)
		}
		line.Basis, line.Measured, line.Missing = p.basis(known[t.Trafo])
		line.ApartW = known[t.Trafo].apart
		line.ReservedW, line.ConnectedW = heldBelow(m, held, t.Bus), heldBelow(m, connected, t.Bus)
		lines = append(lines, line)
	}
	return lines, c.feedersOf(m, now, lapse, held), nil
}

// basis is how a transformer's load is known: by its meter, by a figure that the
// utility stands by, in a table of its own or as the network says, or not at all.
func (p TrafoPlace) basis(k loadKnown) (basis, day string, missing int) {
	if k.basis != "" {
		return k.basis, k.day, k.missing
	}
	if p.Basis == basisEstimated {
		return basisEstimated, p.Measured, 0
	}
	return basisUnknown, "", 0
}

// heldBy lists what is held on each tree of a network, by bus, and of that what is
// connected.
func heldBy(m *grid.Model, reserved iter.Seq[store.Reservation]) (held, connected [][]grid.Extra) {
	all, drawn := make(onTrees, m.Trees()), make(onTrees, m.Trees())
	for r := range reserved {
		tree, ok := m.TreeOf(int(r.Place))
		if !ok {
			continue
		}
		all.add(tree, r)
		if !r.Connected.IsZero() {
			drawn.add(tree, r)
		}
	}
	return all.lists(), drawn.lists()
}

// onTrees sums up what is held by tree and bus.
type onTrees []map[int]int64

func (s onTrees) add(tree int, r store.Reservation) {
	if s[tree] == nil {
		s[tree] = make(map[int]int64)
	}
	s[tree][int(r.Place)] += r.Amount
}

// lists are the sums of each tree, ascending by bus.
func (s onTrees) lists() [][]grid.Extra {
	lists := make([][]grid.Extra, len(s))
	for tree, sum := range s {
		for _, bus := range slices.Sorted(maps.Keys(sum)) {
			lists[tree] = append(lists[tree], grid.Extra{Bus: bus, Watt: sum[bus]})
		}
	}
	return lists
}

// heldBelow sums what is reserved on the buses that a transformer feeds.
func heldBelow(m *grid.Model, held []grid.Extra, busbar int) int64 {
	var sum int64
	for _, h := range held {
		if m.Feeds(busbar, h.Bus) {
			sum += h.Watt
		}
	}
	return sum
}
