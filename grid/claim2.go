package grid

import (
	"slices"

	"aiqyn/canonical"
)

// Claim2 is version 1, and says two things more of an application that cannot have its
// power yet. Where no bus has room it claims the buses at which it would be connected: power
// that is freed before it is decided goes to it, and not to whoever was filed later. And
// where a bus below somebody's own transformer would be better, it claims that, too, until
// the owner has answered: whose owner answers first must not matter.
const Claim2 = "grid.claim@2"

// mostFull is how many buses are claimed where none has room: the cheapest.
const mostFull = 3

// MostRestW is as much as is said to be claimed at one bus by the rest: no network has more.
const MostRestW = maxLoadKW * 1000

// Claim2Input is the input of version 2.
type Claim2Input struct {
	Agreed   string       `json:"agreed"`
	Claims   []Claimed    `json:"claims"` // in the order of filing, the earliest
	Costs    Costs        `json:"costs"`
	Detour   int          `json:"detour_permille"`
	Limits   Limits1      `json:"limits"`
	LoadW    int64        `json:"load_w"`
	Network  string       `json:"network"`
	Owned    []OwnedTrafo `json:"owned"`
	Reserved []Extra      `json:"reserved"`
	Rest     []Extra      `json:"rest"` // what those claim who are more than [MostClaims], at all of their buses, ascending
	Streets  string       `json:"streets"`
	Trees    []int        `json:"trees"` // whose claims are in it, ascending
	Wide     bool         `json:"wide"`
	XMM      int64        `json:"x"`
	YMM      int64        `json:"y"`
}

// first is the input as version 1 has it.
func (in *Claim2Input) first() *Claim1Input {
	return &Claim1Input{Agreed: in.Agreed, Claims: in.Claims, Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW,
		Network: in.Network, Owned: in.Owned, Reserved: in.Reserved, Streets: in.Streets, Trees: in.Trees, Wide: in.Wide, XMM: in.XMM, YMM: in.YMM}
}

// RunClaim2 computes it from JSON to JSON.
func RunClaim2(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	return runClaim(input, snapshot, streets, (*Claim1Input).searching, (*Claim1Input).beyond)
}

// claimSearcher begins the search of a version, and claimFurther adds what it says more than
// version 1.
type (
	claimSearcher func(in *Claim1Input, m *Model, along *StreetGraph) (*claimSearch, error)
	claimFurther  func(in *Claim1Input, s *claimSearch, along *StreetGraph, held func(tree int) []Extra, out *ClaimAnswer) error
)

// runClaim computes a version from JSON to JSON.
func runClaim(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error), search claimSearcher, further claimFurther) ([]byte, error) {
	in := new(Claim2Input)
	if err := canonical.Strictly(input, in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	one := in.first()
	m, along, err := one.ready(snapshot, streets)
	if err != nil {
		return nil, err
	}
	if err := checkRest(in.Rest); err != nil {
		return nil, err
	}
	held := m.heldBy(in.Reserved)
	s, err := search(one, m, along)
	if err != nil {
		return nil, err
	}
	defer s.done()
	out := one.answer(s, held, in.Rest)
	if err := further(one, s, along, held, out); err != nil {
		return nil, err
	}
	return canonical.AppendMarshal(nil, out)
}

// checkRest reports the first part of a rest that makes no sense.
func checkRest(rest []Extra) error {
	for i, x := range rest {
		if x.Watt < 1 || x.Watt > MostRestW {
			return badQuery("w", x.Watt)
		}
		if i > 0 && rest[i-1].Bus >= x.Bus {
			return invalid("grid.unsorted-reserved")
		}
	}
	return nil
}

// brief searches for the first point that has room beside what is held, past some
// transformers, and keeps so many of those that fall away.
func (in *Claim1Input) brief(m *Model, along *StreetGraph, without []int, fallen int, held func(tree int) []Extra) (*StreetsResult, error) {
	one := ConnectionPoints2Input{Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, XMM: in.XMM, YMM: in.YMM}
	q, err := one.query(m, along)
	if err != nil {
		return nil, err
	}
	q.brief, q.held, q.Without, q.Fallen = true, held, without, fallen
	return m.PointsByStreets(q)
}

// beyond adds what version 2 says more.
func (in *Claim1Input) beyond(s *claimSearch, along *StreetGraph, held func(tree int) []Extra, out *ClaimAnswer) error {
	out.Version = 2
	if err := in.owner(s.m, along, held, out); err != nil {
		return err
	}
	if len(out.Buses) > 0 {
		return nil
	}
	out.Full = true
	found, err := in.brief(s.m, along, in.past(), showPoints, held)
	if err != nil {
		return err
	}
	for _, p := range found.Rejected {
		if (p.Because == BecauseCapacity || p.Because == BecauseLosses) && len(out.Buses) < mostFull {
			out.Buses = append(out.Buses, p.Bus)
		}
	}
	return nil
}

// past are the transformers that are passed over: nobody who has agreed owns them.
func (in *Claim1Input) past() []int {
	return (&ConnectionPoints3Input{Agreed: in.Agreed, Owned: in.Owned}).without()
}

// owner adds the bus that would be better than all, and takes somebody's consent.
func (in *Claim1Input) owner(m *Model, along *StreetGraph, held func(tree int) []Extra, out *ClaimAnswer) error {
	without := in.past()
	if len(without) == 0 {
		return nil
	}
	all, err := in.brief(m, along, nil, 0, held)
	if err != nil {
		return err
	}
	if len(all.Feasible) > 0 {
		bus := all.Feasible[0].Bus
		if trafo, ok := m.Above(bus); ok && slices.Contains(without, trafo) {
			out.Owner = append(out.Owner, bus)
		}
	}
	return nil
}

// Claim2Live answers like [RunClaim2] and returns, beside the output, the complete input
// that reproduces it: in is given without what is reserved and claimed, which held and
// claims answer of trees.
func (m *Model) Claim2Live(in Claim1Input, along *StreetGraph, held func(tree int) []Extra, claims func(trees []int) ([]Claimed, []Extra)) (input, output []byte, err error) {
	return m.claimLive(in, along, held, claims, (*Claim1Input).searching, (*Claim1Input).beyond)
}

// claimLive is that of a version.
func (m *Model) claimLive(in Claim1Input, along *StreetGraph, held func(tree int) []Extra, claims func(trees []int) ([]Claimed, []Extra), search claimSearcher, further claimFurther) (input, output []byte, err error) {
	noting, reserved := eachTreeOnce(held)
	in.Owned = list(in.Owned)
	s, err := search(&in, m, along)
	if err != nil {
		return nil, nil, err
	}
	defer s.done()
	out, rest := in.looking(s, noting, claims)
	if err := further(&in, s, along, noting, out); err != nil {
		return nil, nil, err
	}
	return bothInOrder(&Claim2Input{Agreed: in.Agreed, Claims: in.Claims, Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW,
		Network: in.Network, Owned: in.Owned, Reserved: reserved(), Rest: list(rest), Streets: in.Streets, Trees: in.Trees, Wide: in.Wide, XMM: in.XMM, YMM: in.YMM}, out)
}

// HoldsAll reports whether a load keeps every limit at a bus beside what is reserved on its
// tree, and what is claimed there wherever that comes to be.
func (m *Model) HoldsAll(bus int, watt int64, reserved []Extra, claims []Claimed, rest []Extra, lim Limits) bool {
	tree, ok := m.TreeOf(bus)
	if !ok {
		return false
	}
	s := standing{m: m, lim: lim, trees: []int{tree}, claims: claims, rest: rest, held: func(int) []Extra { return reserved }}
	return s.holds(tree, beside(s.every(tree), []Extra{{Bus: bus, Watt: watt}}))
}
