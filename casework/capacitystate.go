package casework

import (
	"cmp"
	"encoding/json"
	"iter"
	"maps"
	"slices"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/store"
)

// CapacityState is what anybody can know of the network at a position of the log,
// from published files alone: which network was in force, and of each transformer
// what was published last and what was reserved below it then.
type CapacityState struct {
	Base      string         `json:"base"`
	Day       string         `json:"day"`
	Network   string         `json:"network"`
	Position  int64          `json:"position"`
	Published PublishedDay   `json:"published"` // the newest publication below the position
	Trafos    []TrafoAt      `json:"trafos"`
	Since     []CapacityMove `json:"since"` // what has moved from there on
}

// TrafoAt is one transformer of it.
type TrafoAt struct {
	ConnectedW int64  `json:"connected_w"`
	FreeW      int64  `json:"free_w"` // as published; −1 no limit
	Name       string `json:"name"`
	ReservedW  int64  `json:"reserved_w"` // below it alone, and not below the next
	Trafo      int    `json:"trafo"`
}

// StateAt makes the state of the network again at a position of the log from
// differences, as they are published, and the publication that the newest of them
// below the position begins with; read finds that by its hash. What it reads is held
// against the hash, and the differences must follow one another without a gap.
func StateAt(position int64, differences [][]byte, read func(hash string) ([]byte, error)) (*CapacityState, error) {
	follows := make(map[string]*CapacityDifference, len(differences)) // by the publication that it begins with
	var base *CapacityDifference
	for _, data := range differences {
		d := new(CapacityDifference)
		if err := json.Unmarshal(data, d); err != nil {
			return nil, aiqyn.E(aiqyn.Invalid, "error.published-file", "hash", hexSum(data)).Because(err)
		}
		if follows[d.From.Hash] = d; d.From.Entry < position && (base == nil || d.From.Entry > base.From.Entry) {
			base = d
		}
	}
	if base == nil {
		return nil, aiqyn.E(aiqyn.NotFound, "error.no-state", "position", position)
	}
	p, err := readPublication(base.From.Hash, read)
	if err != nil {
		return nil, err
	}
	s := &CapacityState{Base: p.Base, Day: p.Day, Network: p.Network, Position: position, Published: base.From, Since: []CapacityMove{}}
	for d, left := base, len(follows); ; d, left = follows[d.To], left-1 {
		if d == nil || left == 0 { // or they follow one another in a circle
			return nil, aiqyn.E(aiqyn.NotFound, "error.no-state", "position", position)
		}
		for _, m := range d.Moves {
			if m.Entry >= base.From.Position && m.Entry < position && m.Cause != CauseSettled {
				s.Since = append(s.Since, m)
			}
		}
		if position <= d.Position {
			break
		}
	}
	own := make(map[int]*TrafoAt, len(p.Trafos))
	for _, l := range p.Trafos {
		own[l.ID] = &TrafoAt{FreeW: l.FreeW, Name: l.Name, Trafo: l.ID}
	}
	for _, h := range p.Reserved {
		if t := own[h.Trafo]; t != nil {
			t.ReservedW, t.ConnectedW = h.Watt, h.ConnectedW
		}
	}
	for _, m := range s.Since {
		if t := own[m.Trafo]; t != nil {
			t.ReservedW += m.W
			t.ConnectedW += m.ConnectedW
		}
	}
	for _, t := range own {
		s.Trafos = append(s.Trafos, *t)
	}
	slices.SortFunc(s.Trafos, func(a, b TrafoAt) int { return cmp.Compare(a.Trafo, b.Trafo) })
	return s, nil
}

// reservedBelow is what is reserved below a transformer alone, and not below the next
// one under it.
type reservedBelow struct {
	ConnectedW int64 `json:"connected_w,omitempty"`
	Trafo      int   `json:"trafo"`
	Watt       int64 `json:"w"`
}

// reservedBy sums reservations up by the transformer that is nearest above.
func reservedBy(held iter.Seq[store.Reservation], m *grid.Model) []reservedBelow {
	by := make(map[int]reservedBelow)
	for r := range held {
		if trafo, ok := m.Above(int(r.Place)); ok {
			sum := by[trafo]
			sum.Trafo = trafo
			sum.Watt += r.Amount
			if !r.Connected.IsZero() {
				sum.ConnectedW += r.Amount
			}
			by[trafo] = sum
		}
	}
	return slices.SortedFunc(maps.Values(by), func(a, b reservedBelow) int { return cmp.Compare(a.Trafo, b.Trafo) })
}

// readPublication reads a publication that is named by its hash.
func readPublication(hash string, read func(string) ([]byte, error)) (*publication, error) {
	data, err := read(hash)
	if err != nil {
		return nil, err
	}
	p := new(publication)
	if err := json.Unmarshal(data, p); err != nil || hexSum(data) != hash {
		return nil, aiqyn.E(aiqyn.Invalid, "error.published-file", "hash", hash).Because(err)
	}
	return p, nil
}
