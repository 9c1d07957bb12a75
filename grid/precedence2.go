package grid

import (
	"slices"

	"aiqyn/canonical"
)

// Precedence2 is version 1 with each application before at the buses that it has claimed,
// by [Claim1] or by its last ruling: what is spoken for is kept as reservations are, tree by
// tree, and not placed again for each ruling.
const Precedence2 = "grid.precedence@2"

// Precedence2Network is a network on which the case has points.
type Precedence2Network struct {
	Limits  Limits1 `json:"limits"`
	Network string  `json:"network"`           // hash
	Settled []Extra `json:"settled,omitempty"` // as in [MarginNetwork]
	Trees   []int   `json:"trees"`             // of points on which something is claimed, ascending
}

// Precedence2Input is the input of version 2.
type Precedence2Input struct {
	Claims   []Claimed            `json:"claims"` // on those trees, in the order of filing
	LoadW    int64                `json:"load_w"`
	More     bool                 `json:"more"`     // there are more than are looked at
	Networks []Precedence2Network `json:"networks"` // none where nothing is claimed
	Points   []int                `json:"points"`   // buses at which the case has room, the cheapest first
	Reserved []Extra              `json:"reserved"`
}

// RunPrecedence2 computes it from JSON to JSON.
func RunPrecedence2(input []byte, snapshot func(hash string) (*Model, error)) ([]byte, error) {
	return runPrecedence(input, (*Precedence2Input).Answer, snapshot)
}

// runPrecedence computes either version from JSON to JSON.
func runPrecedence[I any](input []byte, answer func(in *I, snapshot func(string) (*Model, error)) (*Precedence, error), snapshot func(hash string) (*Model, error)) ([]byte, error) {
	in := new(I)
	if err := canonical.Strictly(input, in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	out, err := answer(in, snapshot)
	if err != nil {
		return nil, err
	}
	return canonical.AppendMarshal(nil, out)
}

// check reports the first part of an input that makes no sense.
func (in *Precedence2Input) check() error {
	if in.LoadW < 1 || in.LoadW > capW {
		return badQuery("load_w", in.LoadW)
	}
	if err := checkClaims(in.Claims); err != nil {
		return err
	}
	sorted := slices.IsSortedFunc(in.Reserved, compareExtra)
	for _, x := range in.Reserved {
		if x.Watt < -maxLoadKW*1000 || x.Watt > maxLoadKW*1000 {
			return badQuery("w", x.Watt)
		}
	}
	for _, n := range in.Networks {
		sorted = sorted && slices.IsSortedFunc(n.Settled, compareExtra) && slices.IsSorted(n.Trees)
	}
	if !sorted {
		return invalid("grid.unsorted-reserved")
	}
	return nil
}

// Answer computes it. What the case claims from now on are its points up to the first that
// is free.
func (in *Precedence2Input) Answer(snapshot func(string) (*Model, error)) (*Precedence, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := &Precedence{Before: []SpokenFor{}, Claim: []int{}, Free: []int{}, LoadW: in.LoadW, More: in.More, Version: 2}
	if len(in.Networks) == 0 && !in.More {
		out.Free = append(out.Free, in.Points...)
	}
	for i := range in.Networks {
		if err := in.on(&in.Networks[i], nil, snapshot, out); err != nil {
			return nil, err
		}
	}
	out.claims(in.Points)
	if in.More {
		out.Free = []int{}
	}
	if len(out.Free) == len(in.Points) {
		out.Before = []SpokenFor{}
	}
	return out, nil
}

// claims has a case claim its points up to the first that is free.
func (p *Precedence) claims(points []int) {
	for _, bus := range points {
		p.Claim = append(p.Claim, bus)
		if slices.Contains(p.Free, bus) {
			break
		}
	}
	slices.Sort(p.Free)
	p.Free = slices.Compact(p.Free)
}

// on adds the points that are free on one network, and what stands before the others.
// Rest is as in [Precedence3Input].
func (in *Precedence2Input) on(n *Precedence2Network, rest []Extra, snapshot func(string) (*Model, error), out *Precedence) error {
	m, _, err := foundOf(n.Network, "", snapshot, nil)
	if err != nil {
		return err
	}
	s := standing{m: m, lim: n.Limits.Limits(), trees: n.Trees, claims: in.Claims, rest: rest, held: m.heldBy(beside(in.Reserved, n.Settled))}
	if err := s.lim.Validate(); err != nil {
		return err
	}
	taken := make(map[int]bool) // trees of points that are not free
	for _, bus := range in.Points {
		if tree, ok := m.TreeOf(bus); s.free(bus, in.LoadW) {
			out.Free = append(out.Free, bus)
		} else {
			taken[tree] = taken[tree] || ok
		}
	}
	if len(taken) == 0 && !in.More {
		return nil
	}
	s.placed()
	for _, x := range s.spoke {
		tree, _ := m.TreeOf(x.Bus)
		if (taken[tree] || in.More) && !slices.ContainsFunc(out.Before, func(b SpokenFor) bool { return b.Entry == x.Entry }) {
			out.Before = append(out.Before, x)
		}
	}
	return nil
}

// Precedence2Live answers like [RunPrecedence2] and returns, beside the output, the input.
func Precedence2Live(in *Precedence2Input, snapshot func(string) (*Model, error)) (input, output []byte, err error) {
	out, err := in.Answer(snapshot)
	if err != nil {
		return nil, nil, err
	}
	return bothInOrder(in, out)
}
