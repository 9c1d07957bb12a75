package grid

import (
	"encoding/json"
	"slices"

	"aiqyn/canonical"
)

// Precedence1 is the released computation of whether a load fits beside what
// applications that were filed earlier, and are not decided yet, are to have: the last
// power goes in the order of filing and not in that of rulings. Each of them has its
// cheapest point spoken for, beside those before it; a point of the case is free if the
// load keeps every limit there with all that is reserved and all that is spoken for.
const Precedence1 = "grid.precedence@1"

// MostSpoken is how many applications are looked at that stand before one: the earliest.
// Where there are more, nothing is free until some of them are decided.
const MostSpoken = 64

// SpokenFor is power that an application filed earlier is to have where it has its
// cheapest point.
type SpokenFor struct {
	Bus   int   `json:"bus"`
	Entry int64 `json:"entry"` // of its filing
	Watt  int64 `json:"w"`
}

// PrecedenceNetwork is a network on which the case has points, and what is asked of it:
// the one in force, or else those published before on which there was room.
type PrecedenceNetwork struct {
	Costs   Costs       `json:"costs"`
	Detour  int         `json:"detour_permille"`
	Limits  Limits1     `json:"limits"`
	Network string      `json:"network"`           // hash
	Settled []Extra     `json:"settled,omitempty"` // as in [MarginNetwork]
	Spoken  []SpokenFor `json:"spoken"`            // in the order of filing
	Streets string      `json:"streets"`           // hash; empty: there are none
	// Withdrawn are transformers whose published margin no longer binds anybody.
	Withdrawn []int `json:"withdrawn"`
	Without   []int `json:"without"` // transformers that are passed over for the case, ascending
}

// Precedence1Input is the input of version 1.
type Precedence1Input struct {
	LoadW    int64               `json:"load_w"`
	More     bool                `json:"more"`     // more applications stand before than are looked at
	Networks []PrecedenceNetwork `json:"networks"` // none where nobody stands before
	Points   []int               `json:"points"`   // buses at which the case has room, ascending
	Reserved []Extra             `json:"reserved"`
	XMM      int64               `json:"x"`
	YMM      int64               `json:"y"`
}

// Precedence is what the computation answers.
type Precedence struct {
	Before  []SpokenFor `json:"before"`          // that stand against points which are not free
	Claim   []int       `json:"claim,omitempty"` // buses that the case claims from now on; since version 2
	Free    []int       `json:"free"`            // points at which the load has room beside those before, ascending
	LoadW   int64       `json:"load_w,omitempty"`
	More    bool        `json:"more"`
	Version int         `json:"version"`
}

// RunPrecedence1 computes it from JSON to JSON.
func RunPrecedence1(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	in := new(Precedence1Input)
	if err := canonical.Strictly(input, in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	out, err := in.Answer(snapshot, streets)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// check reports the first part of an input that makes no sense.
func (in *Precedence1Input) check() error {
	if !slices.IsSortedFunc(in.Reserved, compareExtra) || !slices.IsSorted(in.Points) {
		return invalid("grid.unsorted-reserved")
	}
	for i := range in.Networks {
		n := &in.Networks[i]
		if !slices.IsSortedFunc(n.Settled, compareExtra) || !slices.IsSorted(n.Without) {
			return invalid("grid.unsorted-reserved")
		}
		if len(n.Spoken) > MostSpoken {
			return invalid("grid.bad-input")
		}
		for _, s := range n.Spoken {
			if s.Watt < 1 || s.Watt > capW {
				return badQuery("w", s.Watt)
			}
		}
	}
	return nil
}

// Answer computes it.
func (in *Precedence1Input) Answer(snapshot func(string) (*Model, error), streets func(string) (*StreetGraph, error)) (*Precedence, error) {
	out := &Precedence{Before: []SpokenFor{}, Free: []int{}, More: in.More, Version: 1}
	if err := in.check(); err != nil {
		return nil, err
	}
	if len(in.Networks) == 0 && !in.More { // nobody stands before
		out.Free = append(out.Free, in.Points...)
		return out, nil
	}
	var against [][]SpokenFor // by network, of trees of points that are not free there
	for i := range in.Networks {
		n := &in.Networks[i]
		free, stands, err := in.freeOn(n, snapshot, streets)
		if err != nil {
			return nil, err
		}
		out.Free = append(out.Free, free...)
		against = append(against, stands)
	}
	if in.More {
		out.Free = []int{}
	}
	slices.Sort(out.Free)
	out.Free = slices.Compact(out.Free)
	if len(out.Free) == len(in.Points) {
		return out, nil
	}
	for _, stands := range against {
		for _, s := range stands {
			if !slices.ContainsFunc(out.Before, func(b SpokenFor) bool { return b.Entry == s.Entry }) {
				out.Before = append(out.Before, s)
			}
		}
	}
	return out, nil
}

// freeOn lists the points that are free on one network, and what is spoken for on the
// trees of the others.
func (in *Precedence1Input) freeOn(n *PrecedenceNetwork, snapshot func(string) (*Model, error), streets func(string) (*StreetGraph, error)) (free []int, stands []SpokenFor, err error) {
	m, along, err := foundOf(n.Network, n.Streets, snapshot, streets)
	if err != nil {
		return nil, nil, err
	}
	taken := make(map[int]bool) // trees on which something is spoken for
	for _, s := range n.Spoken {
		if tree, ok := m.TreeOf(s.Bus); ok {
			taken[tree] = true
		}
	}
	var tight []int
	for _, bus := range in.Points {
		if tree, ok := m.TreeOf(bus); !ok {
			continue
		} else if !in.More && !taken[tree] {
			free = append(free, bus)
		} else {
			tight = append(tight, bus)
		}
	}
	if len(tight) == 0 {
		return free, nil, nil
	}
	one := ConnectionPoints2Input{Costs: n.Costs, Detour: n.Detour, Limits: n.Limits, LoadW: in.LoadW, Upgrades: Upgrades{}.Listed(), XMM: in.XMM, YMM: in.YMM}
	q, err := one.query(m, along)
	if err != nil {
		return nil, nil, err
	}
	q.Without, q.Reserved = n.Without, n.onTop(m, in.Reserved)
	res, err := m.PointsByStreets(q)
	if err != nil {
		return nil, nil, err
	}
	left := make(map[int]bool)
	for _, bus := range tight {
		if slices.ContainsFunc(res.Feasible, func(p StreetPoint) bool { return p.Bus == bus }) {
			free = append(free, bus)
		} else if tree, ok := m.TreeOf(bus); ok {
			left[tree] = true
		}
	}
	for _, s := range n.Spoken {
		if tree, ok := m.TreeOf(s.Bus); ok && (left[tree] || in.More) {
			stands = append(stands, s)
		}
	}
	return free, stands, nil
}

// onTop is all that is not free on a network, ascending by bus: reserved, settled since
// it was published, and spoken for. What has no bus there is nothing there.
func (n *PrecedenceNetwork) onTop(m *Model, reserved []Extra) []Extra {
	spoken := make([]Extra, len(n.Spoken))
	for i, s := range n.Spoken {
		spoken[i] = Extra{Bus: s.Bus, Watt: s.Watt}
	}
	slices.SortStableFunc(spoken, compareExtra)
	all := slices.Clone(beside(beside(reserved, n.Settled), spoken))
	return slices.DeleteFunc(all, func(x Extra) bool {
		_, ok := m.node(x.Bus)
		return !ok
	})
}
