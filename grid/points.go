package grid

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Why a point falls away; "" when it does not. Also words of the catalogue:
// grid.because.…
const (
	BecauseCapacity = "no-capacity"       // the bus cannot take the load
	BecauseObject   = "voltage-at-object" // the voltage at the end of the new line is too low
	BecauseLosses   = "new-line-losses"   // the load fits, but not with the losses of the new line
	BecauseFar      = "too-far"           // the route is longer than the costs table allows
)

const (
	showPoints    = 5
	defaultDetour = 1300
	// defaultCandidates bounds the work for one question. A result that was cut
	// off is not certified.
	defaultCandidates = 2000
)

// PointsQuery asks where a load at a place can be connected.
type PointsQuery struct {
	X, Y          float64 // in the network's own coordinates
	LoadW         int64
	Reserved      []Extra
	Limits        Limits
	Costs         Costs
	Detour        int // route per straight line in permille; 0 means 1300
	MaxCandidates int // how many buses to solve at most; 0 means 2000
	// held, if set, is asked for the reservations of each tree that is looked
	// at, in place of Reserved.
	held func(tree int) []Extra
	// past are trees that are passed over. brief ends the search with the first point, and
	// asks neither what that can take nor about those that fall away.
	past  []int
	brief bool
}

// Point is a bus to which the place could be connected.
type Point struct {
	ID       string // the bus's id
	Bus      int
	RouteM   int64
	Cost     int64 // tiyn
	FreeW    int64 // what the bus itself can take, as in its published capacity; 0 and no Binding when it is too far
	Feasible bool
	Binding  string // what limits FreeW
	Element  int
	Because  string
}

// PointsResult holds up to five feasible points by cost, and up to five points
// that would have been cheaper, or at all, and why they fall away, by cost.
type PointsResult struct {
	Points       []Point // feasible first
	Certified    bool    // every candidate that could have been shown was solved
	Candidates   int     // how many were looked at
	NearestFreeW int64   // of the nearest candidate within reach; 0 when there is none
}

// Feasible returns the feasible points.
func (r *PointsResult) Feasible() []Point {
	n := slices.IndexFunc(r.Points, func(p Point) bool { return !p.Feasible })
	if n < 0 {
		n = len(r.Points)
	}
	return r.Points[:n]
}

// Rejected returns the points that fall away.
func (r *PointsResult) Rejected() []Point { return r.Points[len(r.Feasible()):] }

// Validate reports the first part of a query that makes no sense.
func (q *PointsQuery) Validate() error {
	for _, b := range []bound{{"x", q.X, -1e8, 1e8}, {"y", q.Y, -1e8, 1e8},
		{"load_w", float64(q.LoadW), 1, capW}, {"detour_permille", float64(q.Detour), 0, 10_000}} {
		if !(b.v >= b.lo && b.v <= b.hi) {
			return badQuery(b.field, b.v)
		}
	}
	return first(q.Limits.Validate(), q.Costs.Validate())
}

func badQuery(field string, value any) error {
	return invalid("grid.bad-query", "field", field, "value", value)
}

// Points finds the five cheapest places to connect. Buses are taken in order of
// what they would cost, so that only those that can be shown are solved; the new
// line and the object's transformer are part of the solve.
func (m *Model) Points(q PointsQuery) (*PointsResult, error) {
	if err := m.ready(&q); err != nil {
		return nil, err
	}
	s := newSearch(m, &q)
	defer s.close()
	return s.run(), nil
}

// ready checks a query and fills in what it leaves open.
func (m *Model) ready(q *PointsQuery) error {
	if q.Detour == 0 {
		q.Detour = defaultDetour
	}
	if q.MaxCandidates == 0 {
		q.MaxCandidates = defaultCandidates
	}
	if err := first(q.Validate(), m.checkExtras(q.Reserved)); err != nil {
		return err
	}
	if m.place.geographic && (math.Abs(q.X) > 180 || math.Abs(q.Y) > 90) {
		return invalid("grid.off-the-map", "x", q.X, "y", q.Y)
	}
	q.Reserved = ordered(q.Reserved)
	return nil
}

// search is one question in progress.
type search struct {
	m       *Model
	q       *PointsQuery
	x, y    int64
	offers  []*offer
	studies []*study
	waiting []candidate // sorted by cost, not yet solved
	nearest candidate   // by route
	buf     []nearby
	out     PointsResult
	no      []Point
	chosen  []candidate // of out.Points
	fallen  []candidate // of no
	keep    int         // how many of those
	enough  int         // points, and the search ends
	without []int       // transformers that are passed over, ascending
}

// candidate is a bus that suits the load, and what it would cost.
type candidate struct {
	node        int32
	bus         int32
	level       int32
	cost, route int64
}

func byCost(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.route, b.route), cmp.Compare(a.bus, b.bus))
}

func newSearch(m *Model, q *PointsQuery) *search {
	s := &search{m: m, q: q, offers: q.Costs.offers(q.LoadW), nearest: candidate{node: -1}, keep: showPoints, enough: showPoints}
	if q.brief {
		s.keep, s.enough = 0, 1
	}
	s.x, s.y = m.place.mm(q.X, q.Y)
	s.out.Certified = true
	return s
}

func (s *search) close() {
	for _, st := range s.studies {
		st.close()
	}
}

// run widens the circle around the place until nothing outside it can be
// cheaper than what has been found.
func (s *search) run() *PointsResult {
	limit := min(s.straight(s.q.Costs.MaxRouteM), s.m.place.farthest(s.x, s.y))
	from := int64(-1)
	for to := min(max(2*s.m.place.cell, 1000), limit); ; to = min(2*to, limit) {
		s.gather(from, to)
		bound := int64(math.MaxInt64)
		if to < limit {
			bound = s.atLeast(to)
		}
		if s.solve(bound) || to == limit {
			break
		}
		from = to
	}
	if len(s.out.Points) == 0 && len(s.no) == 0 {
		s.tooFar(limit)
	}
	if s.nearest.node >= 0 && s.nearest.route <= s.q.Costs.MaxRouteM {
		s.out.NearestFreeW = s.freeAt(s.nearest).FreeW
	}
	s.out.Points = append(s.out.Points, s.no...)
	return &s.out
}

// route is the length of the new line in metres, rounded up.
func (s *search) route(mm int64) int64 {
	return (mm*int64(s.q.Detour) + 999_999) / 1_000_000
}

// straight is the farthest distance in millimetres whose route is metres long.
func (s *search) straight(metres int64) int64 { return metres * 1_000_000 / int64(s.q.Detour) }

// atLeast is what any bus farther than mm costs at least.
func (s *search) atLeast(mm int64) int64 {
	least := int64(math.MaxInt64)
	for _, o := range s.offers {
		if o != nil {
			least = min(least, o.fixed+o.cable.PerM*s.route(mm))
		}
	}
	return least
}

// gather adds the suitable buses at a distance in (from, to].
func (s *search) gather(from, to int64) {
	m := s.m
	s.buf = m.place.within(s.buf[:0], s.x, s.y, from, to)
	for _, near := range s.buf {
		k := near.node
		if !s.suits(k) {
			continue
		}
		level := s.q.Costs.level(m.vnKV[k])
		o, route := s.offers[level], s.route(near.mm)
		c := candidate{node: k, bus: m.ids[m.bus[k]], level: int32(level), route: route, cost: o.fixed + o.cable.PerM*route}
		s.waiting = append(s.waiting, c)
		if s.nearest.node < 0 || c.route < s.nearest.route || c.route == s.nearest.route && byCost(c, s.nearest) < 0 {
			s.nearest = c
		}
	}
	slices.SortFunc(s.waiting, byCost)
}

// suits reports whether the load may be connected to a bus at all.
func (s *search) suits(k int32) bool {
	m := s.m
	level := s.q.Costs.level(m.vnKV[k])
	return level >= 0 && s.offers[level] != nil && m.bus[k] >= 0 && m.depth[k] > 0 && m.limit.kind[k] != kindSource &&
		!slices.Contains(s.q.past, int(m.tree[k])) && !s.passes(k)
}

// passes reports whether a bus hangs under a transformer that is passed over.
func (s *search) passes(k int32) bool {
	if len(s.without) == 0 {
		return false
	}
	trafo, ok := s.m.Above(s.m.busID(int(k)))
	if !ok {
		return false
	}
	_, yes := slices.BinarySearch(s.without, trafo)
	return yes
}

// solve takes the waiting candidates that cost no more than bound, and reports
// whether the question is answered.
func (s *search) solve(bound int64) bool {
	for i, c := range s.waiting {
		if c.cost > bound {
			s.waiting = s.waiting[i:]
			return false
		}
		if s.out.Candidates == s.q.MaxCandidates {
			s.out.Certified = false
			return true
		}
		s.out.Candidates++
		because := s.try(c)
		switch {
		case because == "":
			s.out.Points, s.chosen = append(s.out.Points, s.point(c, because)), append(s.chosen, c)
			if len(s.out.Points) == s.enough {
				return true
			}
		case len(s.no) < s.keep:
			s.no, s.fallen = append(s.no, s.point(c, because)), append(s.fallen, c)
		}
	}
	s.waiting = s.waiting[:0]
	return false
}

// try solves the tree with the load at the end of a new line from the bus.
func (s *search) try(c candidate) (because string) {
	st := s.study(int(s.m.tree[c.node]))
	i := int(c.node - s.m.start[st.tree])
	if st.broken != nil {
		return BecauseCapacity
	}
	if because = s.tryOn(st, c, i); because == "" && st.running != nil {
		because = s.tryOn(st.running, c, i)
	}
	return because
}

// tryOn solves one state of it.
func (s *search) tryOn(st *study, c candidate, i int) (because string) {
	m := st.m
	pr := s.line(c)
	pr.node = i
	copy(st.w.u, st.w.u0)
	_, ok := m.solve(st.w, st.tree, &pr)
	if ok && m.holds(st.w, st.tree, st.lim) {
		vmin := s.q.Limits.VMin
		if pr.object < float64(vmin*vmin)*m.limit.t2[c.node] {
			return BecauseObject
		}
		return ""
	}
	switch {
	case st.certify(i, s.q.LoadW) != kept:
		return BecauseCapacity
	case !ok:
		return BecauseObject
	}
	return BecauseLosses
}

// line is the load at the end of the new line and the object's transformer.
func (s *search) line(c candidate) probe {
	o, kv, t2 := s.offers[c.level], s.m.vnKV[c.node], s.m.limit.t2[c.node]
	p := float64(s.q.LoadW) * 1e-6
	zbase := float64(kv * kv)
	length := float64(c.route) * 1e-6
	pr := probe{p: p, q: float64(p * s.q.Limits.tan()),
		r: float64(o.cable.R) * length / zbase, x: float64(o.cable.X) * length / zbase}
	if o.station.RatedVA > 0 {
		pr.r += float64(o.station.R) / float64(o.station.RatedVA)
		pr.x += float64(o.station.X) / float64(o.station.RatedVA)
	}
	pr.r *= t2
	pr.x *= t2
	pr.object = s.m.rootU[s.m.tree[c.node]] // stays when the line has no impedance: the bus's own limit decides
	return pr
}

func (s *search) point(c candidate, because string) Point {
	var free Capacity
	if because != BecauseFar && !s.q.brief { // that far the reservations are not known
		free = s.freeAt(c)
	}
	if because == "" && free.FreeW >= 0 && !s.q.brief {
		// The solve with the new line has just shown that the bus takes the load.
		free.FreeW = max(free.FreeW, s.q.LoadW/unitW*unitW)
	}
	return Point{ID: strconv.Itoa(int(c.bus)), Bus: int(c.bus), RouteM: c.route, Cost: c.cost,
		FreeW: free.FreeW, Feasible: because == "", Binding: free.Binding, Element: free.Element, Because: because}
}

func (s *search) freeAt(c candidate) Capacity {
	st := s.study(int(s.m.tree[c.node]))
	return st.capacity(int(c.node - s.m.start[st.tree]))
}

func (s *search) study(tree int) *study {
	for _, st := range s.studies {
		if st.tree == tree {
			return st
		}
	}
	reserved := s.q.Reserved
	if s.q.held != nil {
		reserved = s.q.held(tree)
	}
	study := s.m.study
	if s.q.brief {
		study = s.m.briefly
	}
	st := study(s.m.borrow(), tree, reserved, s.q.Limits)
	s.studies = append(s.studies, st)
	return st
}

// tooFar names the nearest buses beyond the longest route, up to ten times as
// far, when there is none within it.
func (s *search) tooFar(limit int64) {
	most := min(s.m.place.farthest(s.x, s.y), 10*limit)
	for from, to := limit, 2*limit; from < most; from, to = to, 2*to {
		s.gather(from, min(to, most))
		if len(s.waiting) >= showPoints || to >= most {
			break
		}
	}
	slices.SortFunc(s.waiting, func(a, b candidate) int { return cmp.Or(cmp.Compare(a.route, b.route), byCost(a, b)) })
	for _, c := range s.waiting[:min(len(s.waiting), showPoints)] {
		s.no = append(s.no, s.point(c, BecauseFar))
	}
}
