package grid

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Price is what a connection costs, part by part, in tiyn.
type Price struct {
	Cable   int64 `json:"cable"`
	Station int64 `json:"station"`
	Tap     int64 `json:"tap"`
	Upgrade int64 `json:"upgrade"` // of the network itself
}

// Total is the sum of the parts.
func (p Price) Total() int64 { return p.Cable + p.Station + p.Tap + p.Upgrade }

// StreetsQuery is a question about connection points where routes go along
// streets, and what reinforcing costs is known. Streets may be nil: every route
// is then the straight line times the detour, as it is to a bus that the streets
// do not lead to and to one that is nearer than the street.
type StreetsQuery struct {
	PointsQuery
	Streets  *StreetGraph
	Upgrades Upgrades
	Without  []int // transformers that are passed over, ascending
	Fallen   int   // how many points that fall away are kept, cheapest first; 0 means 5
}

// StreetPoint is a point with its route and its price.
type StreetPoint struct {
	Point
	Price     Price
	ByStreets bool
	Route     [][2]int64 // corners from the place to the bus, in millimetres of the network's plane, at most 64
	Reinforce *Reinforcement
}

// StreetsResult is a PointsResult with routes and prices. Upgrade is the
// cheapest point that falls away and would not if the network were reinforced:
// nil when there is none, or the table of costs does not have what it takes.
type StreetsResult struct {
	Feasible, Rejected []StreetPoint
	Certified          bool
	Candidates         int
	NearestFreeW       int64
	Upgrade            *StreetPoint
}

// PointsByStreets finds the five cheapest places to connect, as [Model.Points]
// does, by routes along streets: Dijkstra's search from the place goes no
// farther than where nothing can be cheaper any more.
func (m *Model) PointsByStreets(q StreetsQuery) (*StreetsResult, error) {
	s, err := m.streetSearch(&q)
	if err != nil {
		return nil, err
	}
	defer s.done()
	return s.run(), nil
}

// streetSearch checks a question and begins with it.
func (m *Model) streetSearch(q *StreetsQuery) (*streetSearch, error) {
	if err := m.ready(&q.PointsQuery); err != nil {
		return nil, err
	}
	if err := q.Upgrades.Validate(); err != nil {
		return nil, err
	}
	if err := q.Streets.Suit(m); err != nil {
		return nil, err
	}
	s := &streetSearch{search: newSearch(m, &q.PointsQuery), q: q, room: gathering.Get().(*gathered)}
	s.buf, s.pending, s.waiting = s.room.buf[:0], s.room.pending[:0], s.room.waiting[:0]
	s.without = q.Without
	if q.Fallen > 0 {
		s.keep = q.Fallen
	}
	if q.Streets != nil {
		s.walk = q.Streets.walkFrom(s.x, s.y)
	}
	return s, nil
}

// done gives back what the search has borrowed.
func (s *streetSearch) done() {
	s.close()
	s.room.buf, s.room.pending = s.buf, s.pending
	gathering.Put(s.room)
	if s.walk != nil {
		s.walk.done()
	}
}

// streetSearch is one question in progress. Distances are lengths of routes.
type streetSearch struct {
	*search
	q       *StreetsQuery
	walk    *walk
	pending []street // gathered, and farther along the streets than was searched
	far     []candidate
	room    *gathered
}

// gathered is room for what is gathered around a place: one search after another has it.
type gathered struct {
	buf     []nearby
	pending []street
	waiting []candidate
}

var gathering = sync.Pool{New: func() any { return new(gathered) }}

// street is a bus that suits the load and where it meets the streets.
type street struct {
	node int32
	to   snapped
}

// run widens the radius until nothing beyond it can be cheaper than what has
// been found. No route is shorter than the straight line.
func (s *streetSearch) run() *StreetsResult {
	limit := s.q.Costs.MaxRouteM * 1000
	from := int64(-1)
	for to := s.nearby(); ; to = min(2*to, limit) {
		s.reach(from, to)
		if s.solve(s.bound(to)) || to == limit {
			break
		}
		from = to
	}
	if s.q.brief {
		return s.result()
	}
	if len(s.out.Points) == 0 && len(s.no) == 0 {
		s.tooFar(limit)
	}
	if s.nearest.node >= 0 && s.nearest.route <= s.q.Costs.MaxRouteM {
		s.out.NearestFreeW = s.freeAt(s.nearest).FreeW
	}
	return s.result()
}

// nearby is the radius that a search begins with.
func (s *streetSearch) nearby() int64 {
	return min(max(2*s.m.place.cell, 100_000), s.q.Costs.MaxRouteM*1000)
}

// bound is what may be solved when no route is left out that is no longer than mm.
func (s *streetSearch) bound(mm int64) int64 {
	if mm == s.q.Costs.MaxRouteM*1000 {
		return math.MaxInt64
	}
	return s.beyond(mm) - 1 // what costs the same may still be found nearer
}

// beyond is what any route longer than mm costs at least.
func (s *streetSearch) beyond(mm int64) int64 {
	least := int64(math.MaxInt64)
	for _, o := range s.offers {
		if o != nil {
			least = min(least, o.fixed+o.cable.PerM*metres(mm+1))
		}
	}
	return least
}

// metres rounds up.
func metres(mm int64) int64 { return (mm + 999) / 1000 }

// reach prices the suitable buses whose route is no longer than to and that
// were not within from.
func (s *streetSearch) reach(from, to int64) {
	m := s.m
	s.buf = m.place.within(s.buf[:0], s.x, s.y, from, to)
	slices.SortFunc(s.buf, func(a, b nearby) int { return cmp.Compare(a.node, b.node) })
	for _, near := range s.buf {
		if !s.suits(near.node) {
			continue
		}
		c, by := s.bus(near.node)
		if !by {
			s.wait(c, s.route(near.mm)*1000)
			continue
		}
		s.pending = append(s.pending, c)
	}
	if s.walk == nil {
		slices.SortFunc(s.waiting, byCost)
		return
	}
	s.walk.to(to)
	left := s.pending[:0]
	for _, c := range s.pending {
		if mm, _ := s.walk.route(c.to); mm <= to {
			s.wait(c, mm)
		} else {
			left = append(left, c)
		}
	}
	s.pending = left
	slices.SortFunc(s.waiting, byCost)
	if s.room != nil {
		s.room.waiting = s.waiting
	}
}

// bus is where a bus meets the streets, and whether the route goes by them: not
// where they do not lead, nor to a bus that is nearer than the street itself.
func (s *streetSearch) bus(node int32) (c street, by bool) {
	c = street{node: node, to: snapped{edge: -1}}
	if s.walk == nil {
		return c, false
	}
	x, y := s.m.place.x[node], s.m.place.y[node]
	c.to = s.walk.g.snapBus(x, y)
	return c, s.walk.reaches(c.to) && s.route(distance(x-s.x, y-s.y))*1000 > s.walk.from.off+c.to.off
}

// wait prices a bus and puts it among those that are to be solved.
func (s *streetSearch) wait(bus street, mm int64) {
	level := s.q.Costs.level(s.m.vnKV[bus.node])
	o, route := s.offers[level], metres(mm)
	c := candidate{node: bus.node, bus: s.m.ids[s.m.bus[bus.node]], level: int32(level), route: route, cost: o.fixed + o.cable.PerM*route}
	if s.nearest.node < 0 || c.route < s.nearest.route || c.route == s.nearest.route && byCost(c, s.nearest) < 0 {
		s.nearest = c
	}
	if route > s.q.Costs.MaxRouteM {
		s.far = append(s.far, c)
		return
	}
	s.waiting = append(s.waiting, c)
}

// tooFar names the nearest buses beyond the longest route, up to ten times as
// far, when there is none within it.
func (s *streetSearch) tooFar(limit int64) {
	most := max(limit, min(s.m.place.farthest(s.x, s.y), 10*limit))
	within := func(to int64) int {
		n := 0
		for _, c := range s.far {
			if c.route*1000 <= to {
				n++
			}
		}
		return n
	}
	for from, to := limit, min(2*limit, most); from < most && within(from) < showPoints; from, to = to, min(2*to, most) {
		s.reach(from, to)
	}
	slices.SortFunc(s.far, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.route, b.route), byCost(a, b)) })
	for _, c := range s.far[:min(len(s.far), showPoints)] {
		s.no, s.fallen = append(s.no, s.point(c, BecauseFar)), append(s.fallen, c)
	}
}

// result adds routes and prices, and what reinforcing would cost.
func (s *streetSearch) result() *StreetsResult {
	out := &StreetsResult{Certified: s.out.Certified, Candidates: s.out.Candidates, NearestFreeW: s.out.NearestFreeW}
	for i, c := range s.chosen {
		out.Feasible = append(out.Feasible, s.drawn(c, s.out.Points[i]))
	}
	for i, c := range s.fallen {
		p := s.drawn(c, s.no[i])
		if p.Because == BecauseCapacity || p.Because == BecauseLosses {
			p.Reinforce = s.reinforceWith(&s.q.Upgrades, c)
		}
		out.Rejected = append(out.Rejected, p)
	}
	if best := out.Reinforcements(1); len(best) > 0 {
		out.Upgrade = &best[0]
	}
	return out
}

// Reinforcements are the cheapest ways to have what falls away, no more than so
// many: what it would take here. Costs are those of the connection and of the
// network's reinforcement.
func (r *StreetsResult) Reinforcements(most int) []StreetPoint {
	var out []StreetPoint
	for _, p := range r.Rejected {
		if p.Reinforce != nil {
			p.Price.Upgrade = p.Reinforce.Cost
			p.Cost = p.Price.Total()
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b StreetPoint) int { return cmp.Compare(a.Cost, b.Cost) })
	return out[:min(most, len(out))]
}

// drawn is a point with its price and its route.
func (s *streetSearch) drawn(c candidate, p Point) StreetPoint {
	o := s.offers[c.level]
	out := StreetPoint{Point: p, Price: Price{Cable: o.cable.PerM * c.route, Station: o.station.Cost, Tap: o.fixed - o.station.Cost}}
	x, y := s.m.place.x[c.node], s.m.place.y[c.node]
	if at, by := s.bus(c.node); by {
		_, end := s.walk.route(at.to)
		out.Route, out.ByStreets = s.walk.line(at.to, end, x, y), true
		return out
	}
	out.Route = corners([][2]int64{{s.x, s.y}, {x, y}})
	return out
}

// Suit reports whether streets lie in the coordinates of a network; no streets do.
func (g *StreetGraph) Suit(m *Model) error {
	if g != nil && g.crs != m.place.crs {
		return invalid("grid.streets-elsewhere", "streets", g.crs, "network", m.place.crs)
	}
	return nil
}
