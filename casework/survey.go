package casework

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"

	"aiqyn/grid"
	"aiqyn/store"
)

// survey computes what is free under every transformer and on every feeder.
func (c *Capacity) survey(n *inForce, known map[int]loadKnown, reserved iter.Seq[store.Reservation]) ([]TrafoLine, []FeederLine, error) {
	held, connected := heldBy(n.model, reserved)
	s, err := surveyOf(c.surveyed.Load(), n.model, c.limits(), held, connected)
	if err != nil {
		return nil, nil, err
	}
	c.surveyed.Store(s)
	lines, feeders := s.list()
	placesOf(n.tables.Places).dress(lines, known)
	return lines, feeders, nil
}

// survey is what was computed last. A tree on which nothing has changed since, neither
// its loads nor what is held on it, has the same figures.
type survey struct {
	model           *grid.Model
	limits          grid.Limits
	held, connected [][]grid.Extra // by tree
	lines           [][]TrafoLine  // by tree, without what is known of places and loads
	feeders         [][]FeederLine // by tree
	solved          int            // trees, where those of the survey before did not hold
}

// surveyOf computes every tree that the survey before (nil: none) does not have, two at
// a time: no tree bears on another.
func surveyOf(was *survey, m *grid.Model, limits grid.Limits, held, connected [][]grid.Extra) (*survey, error) {
	s := &survey{model: m, limits: limits, held: held, connected: connected, lines: make([][]TrafoLine, m.Trees()), feeders: make([][]FeederLine, m.Trees())}
	errs, solved := make([]error, 2), make([]int, 2)
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for tree := w; tree < m.Trees() && errs[w] == nil; tree += len(errs) {
				if was.holds(s, tree) {
					s.lines[tree], s.feeders[tree] = was.lines[tree], was.feeders[tree]
					continue
				}
				errs[w] = s.compute(tree)
				solved[w]++
			}
		})
	}
	wg.Wait()
	s.solved = solved[0] + solved[1]
	return s, errors.Join(errs...)
}

// holds reports whether a survey has the figures of a tree of another.
func (s *survey) holds(next *survey, tree int) bool {
	return s != nil && s.limits == next.limits && tree < len(s.held) && slices.Equal(s.held[tree], next.held[tree]) && slices.Equal(s.connected[tree], next.connected[tree]) &&
		s.model.SameTree(next.model, tree)
}

// list is all of it in the order of publications.
func (s *survey) list() ([]TrafoLine, []FeederLine) {
	feeders := slices.Concat(s.feeders...)
	slices.SortFunc(feeders, func(a, b FeederLine) int { return a.ID - b.ID })
	return slices.Concat(s.lines...), feeders
}

// compute computes one tree.
func (s *survey) compute(tree int) error {
	m, held, connected := s.model, s.held[tree], s.connected[tree]
	now, err := m.TreeTrafos(tree, held, s.limits)
	if err != nil {
		return err
	}
	lapse := now
	if !slices.Equal(held, connected) {
		if lapse, err = m.TreeTrafos(tree, connected, s.limits); err != nil {
			return err
		}
	}
	for i, t := range now.Trafos {
		s.lines[tree] = append(s.lines[tree], TrafoLine{
			ID: t.Trafo, SnKVA: t.RatedVA / 1000, FreeW: t.FreeW, LapseW: lapse.Trafos[i].FreeW, PeakW: t.RatedVA * t.LoadPPM / 1_000_000,
			Binding: t.Binding, Element: t.Element, LoadPPM: t.LoadPPM, ReservedW: heldBelow(m, held, t.Bus), ConnectedW: heldBelow(m, connected, t.Bus),
		})
	}
	s.feeders[tree] = feedersOf(m, now, lapse, held)
	return nil
}

// trafoPlaces is what is known of transformers besides their figures, by number.
type trafoPlaces map[int]TrafoPlace

func placesOf(list []TrafoPlace) trafoPlaces {
	places := make(trafoPlaces, len(list))
	for _, p := range list {
		places[p.Trafo] = p
	}
	return places
}

// dress gives lines the names and places of their transformers, and how their loads are
// known.
func (places trafoPlaces) dress(lines []TrafoLine, known map[int]loadKnown) {
	for i := range lines {
		l := &lines[i]
		p := places[l.ID]
		l.Name, l.District, l.Lat, l.Lon, l.Owned = p.Name, p.District, p.Lat, p.Lon, p.Parcel != ""
		if l.Name == "" {
			l.Name = strconv.Itoa(l.ID)
		}
		l.Basis, l.Measured, l.Missing = p.basis(known[l.ID])
		l.ApartW, l.IdleW = known[l.ID].apart, known[l.ID].idle
	}
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
