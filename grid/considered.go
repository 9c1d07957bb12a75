package grid

import (
	"slices"
	"strconv"
)

// Besides [BecauseCapacity] and its like, why a bus within reach is not among the points
// that are shown. Also words of the catalogue: grid.because.…
const (
	BecauseDearer = "dearer"  // it was not solved: it costs more than points that are shown
	BecauseOwned  = "consent" // it hangs under a transformer whose owner has not agreed
)

// Considered is every bus within reach of a place whose voltage has a cable for the load,
// and what came of each: beside the few points that a search shows.
type Considered struct {
	All     int            // as many as the list has
	Shown   int            // of those, points that have room and are shown
	Because map[string]int // the others, by why they are not
	List    []Point        // cheapest first
}

// consideredPoints solves no more buses than a search does.
func consideredPoints(m *Model, q StreetsQuery) (*Considered, error) {
	without := q.Without
	q.Without = nil
	if err := m.ready(&q.PointsQuery); err != nil {
		return nil, err
	}
	if err := q.Streets.Suit(m); err != nil {
		return nil, err
	}
	s := &streetSearch{search: newSearch(m, &q.PointsQuery), q: &q}
	defer s.close()
	if q.Streets != nil {
		s.walk = q.Streets.walkFrom(s.x, s.y)
		defer s.walk.done()
	}
	s.reach(-1, s.q.Costs.MaxRouteM*1000)
	s.without = without
	out := &Considered{All: len(s.waiting), Because: make(map[string]int)}
	for _, c := range s.waiting {
		because := s.considered(c, out)
		p := Point{ID: strconv.Itoa(int(c.bus)), Bus: int(c.bus), RouteM: c.route, Cost: c.cost, Because: because}
		if because != BecauseDearer && because != BecauseOwned {
			p = s.point(c, because)
		}
		if because == "" {
			out.Shown++
		} else {
			out.Because[because]++
		}
		out.List = append(out.List, p)
	}
	return out, nil
}

// considered is why a bus is not shown, "" if it is: as the search, which takes the
// cheapest first, solves no more than so many and ends with the last that it shows.
func (s *streetSearch) considered(c candidate, out *Considered) string {
	switch {
	case s.passes(c.node):
		return BecauseOwned
	case out.Shown == s.enough || s.out.Candidates == s.q.MaxCandidates:
		return BecauseDearer
	}
	s.out.Candidates++
	return s.try(c)
}

// ConsideredPoints says of the input of grid.connection-points@3 what its search has
// considered. What is reserved is known of the trees that it has looked at, and no other
// is solved.
func ConsideredPoints(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) (*Considered, error) {
	in, m, along, err := readPoints3(input, snapshot, streets)
	if err != nil {
		return nil, err
	}
	q, err := in.second().query(m, along)
	if err != nil {
		return nil, err
	}
	q.Without = in.without()
	return consideredPoints(m, q)
}

// Page is a part of the list of one reason, all of it where that is empty, after a bus;
// 0 begins.
func (c *Considered) Page(because string, after, limit int) (list []Point, more bool) {
	begins := 1 + slices.IndexFunc(c.List, func(p Point) bool { return p.Bus == after })
	for _, p := range c.List[begins:] {
		switch {
		case because != "" && p.Because != because:
		case len(list) == limit:
			return list, true
		default:
			list = append(list, p)
		}
	}
	return list, false
}

// Reasons are those that there are, the most frequent first.
func (c *Considered) Reasons() []string {
	var list []string
	for _, r := range []string{BecauseCapacity, BecauseObject, BecauseLosses, BecauseOwned, BecauseDearer} {
		if c.Because[r] > 0 {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b string) int { return c.Because[b] - c.Because[a] })
	return list
}
