package grid

import (
	"slices"

	"aiqyn/canonical"
)

// Claim1 is the released computation of where an application would have its power, as it
// stands: the cheapest bus that has room beside what is reserved, and if that is taken by
// applications that were filed earlier, the cheapest that has room beside those, too. That
// is what it claims until it is decided.
const Claim1 = "grid.claim@1"

// Claimed is what an application that is not decided yet is to have: at the first of its
// buses that has room.
type Claimed struct {
	Buses []int `json:"buses"` // the one it would be granted at first
	Entry int64 `json:"entry"` // of its filing
	Watt  int64 `json:"w"`
}

// MostClaims is how many of them are looked at: the earliest. Where there are more, nothing
// is free until some of them are decided.
const MostClaims = 256

// Claim1Input is the input of version 1: that of [ConnectionPoints3Input], and what was
// claimed before on the trees that are looked at. Wide is that those are all within reach:
// so it must be where the cheapest bus is taken.
type Claim1Input struct {
	Agreed   string       `json:"agreed"`
	Claims   []Claimed    `json:"claims"` // in the order of filing
	Costs    Costs        `json:"costs"`
	Detour   int          `json:"detour_permille"`
	Limits   Limits1      `json:"limits"`
	LoadW    int64        `json:"load_w"`
	Network  string       `json:"network"`
	Owned    []OwnedTrafo `json:"owned"`
	Reserved []Extra      `json:"reserved"`
	Streets  string       `json:"streets"`
	Trees    []int        `json:"trees"` // whose claims are in it, ascending
	Wide     bool         `json:"wide"`
	XMM      int64        `json:"x"`
	YMM      int64        `json:"y"`
}

// ClaimAnswer is what the computation answers: the cheapest bus, and the cheapest beside
// those before if that is another; none if there is no room. Free is that the last is free.
// Full and Owner are told since version 2; since version 3 those stand before it that would
// be cheaper if power was freed.
type ClaimAnswer struct {
	Buses   []int `json:"buses"`
	Free    bool  `json:"free"`
	Full    bool  `json:"full,omitempty"` // no bus has room: these are where it would be connected if power was freed
	LoadW   int64 `json:"load_w"`
	Owner   []int `json:"owner,omitempty"` // would be better, and takes the consent of its transformer's owner
	Version int   `json:"version"`
}

// RunClaim1 computes it from JSON to JSON.
func RunClaim1(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	in := new(Claim1Input)
	if err := canonical.Strictly(input, in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	m, along, err := in.ready(snapshot, streets)
	if err != nil {
		return nil, err
	}
	s, err := in.searching(m, along)
	if err != nil {
		return nil, err
	}
	defer s.done()
	return canonical.AppendMarshal(nil, in.answer(s, m.heldBy(in.Reserved), nil))
}

// ready finds what an input names, and reports the first part of it that makes no sense.
func (in *Claim1Input) ready(snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) (*Model, *StreetGraph, error) {
	if !slices.IsSortedFunc(in.Owned, func(a, b OwnedTrafo) int { return a.Trafo - b.Trafo }) {
		return nil, nil, invalid("grid.bad-input")
	}
	if !slices.IsSortedFunc(in.Reserved, compareExtra) {
		return nil, nil, invalid("grid.unsorted-reserved")
	}
	m, along, err := foundOf(in.Network, in.Streets, snapshot, streets)
	if err == nil {
		err = m.checkExtras(in.Reserved)
	}
	if err == nil {
		err = checkClaims(in.Claims)
	}
	return m, along, err
}

// checkClaims reports the first claim that makes no sense.
func checkClaims(claims []Claimed) error {
	if len(claims) > MostClaims {
		return invalid("grid.bad-input")
	}
	for _, c := range claims {
		if c.Watt < 1 || c.Watt > capW {
			return badQuery("w", c.Watt)
		}
	}
	return nil
}

// heldBy has what is reserved at hand by tree.
func (m *Model) heldBy(reserved []Extra) func(tree int) []Extra {
	byTree := make(map[int][]Extra)
	for _, x := range reserved {
		if tree, ok := m.TreeOf(x.Bus); ok {
			byTree[tree] = append(byTree[tree], x)
		}
	}
	return func(tree int) []Extra { return byTree[tree] }
}

// claimSearch looks for the cheapest bus beside one thing and another: what lies around
// the place, and what it would cost, is gathered once.
type claimSearch struct {
	*streetSearch
	to  int64       // how far has been gathered; 0: nothing yet
	all []candidate // by cost
}

// searching begins to look for where a load may be connected.
func (in *Claim1Input) searching(m *Model, along *StreetGraph) (*claimSearch, error) {
	one := ConnectionPoints2Input{Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, XMM: in.XMM, YMM: in.YMM}
	q, err := one.query(m, along)
	if err != nil {
		return nil, err
	}
	q.brief = true
	q.Without = (&ConnectionPoints3Input{Agreed: in.Agreed, Owned: in.Owned}).without()
	s, err := m.streetSearch(&q)
	if err != nil {
		return nil, err
	}
	return &claimSearch{streetSearch: s}, nil
}

// cheapest is the cheapest bus that has room beside what is held, −1 if none has, and
// whether no other is cheaper, with room or without.
func (s *claimSearch) cheapest(held func(tree int) []Extra) (bus int, least bool) {
	s.close()
	s.studies, s.chosen, s.no, s.fallen, s.out, s.q.held = nil, nil, nil, nil, PointsResult{Certified: true}, held
	if s.to == 0 {
		s.widen()
	}
	for s.waiting = slices.Clone(s.all); !s.solve(s.bound(s.to)) && s.to < s.q.Costs.MaxRouteM*1000; {
		s.widen()
	}
	if len(s.chosen) == 0 {
		return -1, false
	}
	return s.out.Points[0].Bus, s.out.Candidates == 1
}

// widen gathers what lies farther, and has it wait with what has not been solved.
func (s *claimSearch) widen() {
	left, from := s.waiting, s.to
	if s.to = min(2*from, s.q.Costs.MaxRouteM*1000); from == 0 {
		from, s.to = -1, s.nearby()
	}
	s.waiting = nil
	s.reach(from, s.to)
	s.all = append(s.all, s.waiting...)
	s.waiting = append(s.waiting, left...)
	slices.SortFunc(s.all, byCost)
	slices.SortFunc(s.waiting, byCost)
}

// answer tells what is claimed. Where the cheapest bus of all has room even with each claim
// at all of its buses, it has it beside what is reserved and wherever they go. Rest is as in
// [Claim2Input].
func (in *Claim1Input) answer(s *claimSearch, held func(tree int) []Extra, rest []Extra) *ClaimAnswer {
	stand := standing{m: s.m, lim: in.Limits.Limits(), trees: in.Trees, claims: in.Claims, rest: rest, held: held}
	first, least := s.cheapest(func(tree int) []Extra { return beside(held(tree), stand.every(tree)) })
	out := &ClaimAnswer{Buses: []int{}, LoadW: in.LoadW, Version: 1}
	if least {
		out.Buses, out.Free = append(out.Buses, first), true
		return out
	}
	if first, _ = s.cheapest(held); first < 0 {
		return out
	}
	out.Buses = append(out.Buses, first)
	if out.Free = stand.free(first, in.LoadW); out.Free || !in.Wide {
		return out
	}
	second, _ := s.cheapest(func(tree int) []Extra { return beside(held(tree), stand.spoken(tree)) })
	if second < 0 {
		return out
	}
	if out.Free = true; second != first {
		out.Buses = append(out.Buses, second)
	}
	return out
}

// Claim1Live answers like [RunClaim1] and returns, beside the output, the complete input
// that reproduces it: in is given without what is reserved and claimed, which held and
// claims answer of trees.
func (m *Model) Claim1Live(in Claim1Input, along *StreetGraph, held func(tree int) []Extra, claims func(trees []int) []Claimed) (input, output []byte, err error) {
	noting, reserved := eachTreeOnce(held)
	in.Owned = list(in.Owned)
	s, err := in.searching(m, along)
	if err != nil {
		return nil, nil, err
	}
	defer s.done()
	out, _ := in.looking(s, noting, func(trees []int) ([]Claimed, []Extra) { return claims(trees), nil })
	in.Reserved = reserved()
	return bothInOrder(&in, out)
}

// eachTreeOnce asks what is held of each tree once, and tells what of that there is.
func eachTreeOnce(held func(tree int) []Extra) (noting func(tree int) []Extra, reserved func() []Extra) {
	byTree := make(map[int][]Extra)
	noting = func(tree int) []Extra {
		list, known := byTree[tree]
		if !known {
			list = held(tree)
			byTree[tree] = list
		}
		return list
	}
	return noting, func() []Extra {
		all := []Extra{}
		for _, list := range byTree {
			all = append(all, list...)
		}
		slices.SortFunc(all, compareExtra)
		return all
	}
}

// bothInOrder writes an input and its output.
func bothInOrder[I, O any](in *I, out *O) (input, output []byte, err error) {
	if input, err = inOrder(in); err != nil {
		return nil, nil, err
	}
	output, err = canonical.AppendMarshal(nil, out)
	return input, output, err
}

// looking answers, and finds on its way which trees are to be looked at: that of the
// cheapest bus with room, and all if it is taken. Rest is what is claimed there by more
// than are looked at one by one.
func (in *Claim1Input) looking(s *claimSearch, held func(tree int) []Extra, claims func(trees []int) ([]Claimed, []Extra)) (out *ClaimAnswer, rest []Extra) {
	m := s.m
	look := func(trees []int) {
		in.Trees = trees
		in.Claims, rest = claims(trees)
	}
	in.Trees, in.Claims = []int{}, []Claimed{}
	first, least := s.cheapest(func(tree int) []Extra {
		look([]int{tree})
		return beside(held(tree), (&standing{m: m, trees: in.Trees, claims: in.Claims, rest: rest}).every(tree))
	})
	if least {
		return &ClaimAnswer{Buses: []int{first}, Free: true, LoadW: in.LoadW, Version: 1}, rest
	}
	first, _ = s.cheapest(held)
	in.Trees, in.Claims, rest = []int{}, []Claimed{}, nil
	if tree, ok := m.TreeOf(first); ok && first >= 0 {
		look([]int{tree})
	}
	if out = in.answer(s, held, rest); len(out.Buses) == 0 || out.Free {
		return out, rest
	}
	look(list(m.TreesNear(float64(in.XMM)/1000, float64(in.YMM)/1000, in.Costs.MaxRouteM)))
	in.Wide = true
	return in.answer(s, held, rest), rest
}

// standing are claims on some trees of a network, and what is reserved there.
type standing struct {
	m      *Model
	lim    Limits
	trees  []int // that are looked at, ascending
	claims []Claimed
	rest   []Extra // claimed by more than are placed one by one, at all of their buses, ascending
	held   func(tree int) []Extra

	at    map[int][]Extra // placed, by tree, ascending by bus
	spoke []SpokenFor     // the same, in the order of filing
}

// free reports whether a load keeps every limit at a bus beside what is reserved and what
// is claimed. If it does with each claim at all of its buses, it does wherever they go;
// else they are placed, one after the other.
func (s *standing) free(bus int, watt int64) bool {
	tree, ok := s.m.TreeOf(bus)
	if !ok {
		return false
	}
	all := s.every(tree)
	if len(all) == 0 {
		return true // which the search has shown
	}
	load := []Extra{{Bus: bus, Watt: watt}}
	return s.holds(tree, beside(all, load)) || s.holds(tree, beside(s.spoken(tree), load))
}

// every has each claim at all of its buses on a tree, if it is one that is looked at.
func (s *standing) every(tree int) (all []Extra) {
	if _, looked := slices.BinarySearch(s.trees, tree); !looked {
		return nil
	}
	for _, c := range s.claims {
		for _, b := range c.Buses {
			if t, ok := s.m.TreeOf(b); ok && t == tree {
				all = append(all, Extra{Bus: b, Watt: c.Watt})
			}
		}
	}
	return append(all, s.restOn(tree)...)
}

// restOn is the rest on one tree.
func (s *standing) restOn(tree int) (list []Extra) {
	for _, x := range s.rest {
		if t, ok := s.m.TreeOf(x.Bus); ok && t == tree {
			list = append(list, x)
		}
	}
	return list
}

// spoken is what is spoken for on a tree that is looked at: by the earliest where they are
// placed, and by the rest wherever they may be.
func (s *standing) spoken(tree int) []Extra {
	at := s.placed()[tree]
	if _, looked := slices.BinarySearch(s.trees, tree); !looked {
		return at
	}
	return beside(at, s.restOn(tree))
}

// holds reports whether a tree keeps every limit with what is reserved on it and more.
func (s *standing) holds(tree int, more []Extra) bool {
	w := s.m.borrow()
	defer s.m.giveBack(w)
	extra := beside(s.held(tree), more)
	return s.m.baseState(w, tree, extra, s.lim) == nil && (!s.m.isRunning(tree) || s.m.running.baseState(w, tree, extra, s.lim) == nil)
}

// placed has each claim, in the order of filing, take the first of its buses that has room
// beside those before it. One that has room at none takes nothing from anybody.
func (s *standing) placed() map[int][]Extra {
	if s.at != nil {
		return s.at
	}
	s.at = make(map[int][]Extra)
	for _, c := range s.claims {
		for _, b := range c.Buses {
			tree, ok := s.m.TreeOf(b)
			if _, looked := slices.BinarySearch(s.trees, tree); !ok || !looked {
				continue
			}
			if with := beside(s.at[tree], []Extra{{Bus: b, Watt: c.Watt}}); s.holds(tree, with) {
				s.at[tree] = with
				s.spoke = append(s.spoke, SpokenFor{Bus: b, Entry: c.Entry, Watt: c.Watt})
				break
			}
		}
	}
	return s.at
}
