package grid

import (
	"math"
	"slices"
)

// Claim3 is version 2, and says of an application that can have its power where else it
// would have it if power was freed: at the cheaper buses that lack it or are spoken for,
// before the one that is free, and where none is free at the dearer ones, too. So a point
// that is freed before it is decided goes to it, and not to whoever was filed later. A bus
// without room takes nothing from anybody.
const Claim3 = "grid.claim@3"

// mostFreed is below how many transformers such a bus is claimed: of each the cheapest.
const mostFreed = 5

// RunClaim3 computes it from JSON to JSON. Its input is that of version 2.
func RunClaim3(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	return runClaim(input, snapshot, streets, (*Claim1Input).noting, (*Claim1Input).freed)
}

// Claim3Live answers like [RunClaim3], as [Model.Claim2Live] does like [RunClaim2].
func (m *Model) Claim3Live(in Claim1Input, along *StreetGraph, held func(tree int) []Extra, claims func(trees []int) ([]Claimed, []Extra)) (input, output []byte, err error) {
	return m.claimLive(in, along, held, claims, (*Claim1Input).noting, (*Claim1Input).freed)
}

// noting searches and notes which candidates have no room.
func (in *Claim1Input) noting(m *Model, along *StreetGraph) (*claimSearch, error) {
	s, err := in.searching(m, along)
	if err == nil {
		s.keep = math.MaxInt
	}
	return s, err
}

// freed adds what version 3 says more: by what the last search has noted, that beside what
// those before are to have where they have taken the cheapest bus.
func (in *Claim1Input) freed(s *claimSearch, along *StreetGraph, held func(tree int) []Extra, out *ClaimAnswer) error {
	out.Version, out.Full = 3, len(out.Buses) == 0
	if err := in.owner(s.m, along, held, out); err != nil {
		return err
	}
	var list, below []int
	for i, c := range s.fallen {
		bus, because := int(c.bus), s.no[i].Because
		if slices.Contains(out.Buses, bus) {
			list = append(list, bus)
			continue
		}
		trafo, ok := s.m.Above(bus)
		if !ok {
			trafo = -1 - int(s.m.tree[c.node]) // none
		}
		if because != BecauseCapacity && because != BecauseLosses || len(below) == mostFreed || slices.Contains(below, trafo) {
			continue
		}
		list, below = append(list, bus), append(below, trafo)
	}
	for _, bus := range out.Buses {
		if !slices.Contains(list, bus) {
			list = append(list, bus)
		}
	}
	if list != nil {
		out.Buses = list
	}
	return nil
}

// MostFallen is how many points an answer of [ConnectionPoints3] has that fall away.
const MostFallen = showPoints
