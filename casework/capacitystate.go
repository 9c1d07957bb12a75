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
// from published files alone: which network was in force and by which tables and packs,
// what was classified, and of each transformer what was published last, whether that
// still bound, and what was reserved below it then.
type CapacityState struct {
	Base      string         `json:"base"` // in force, as it was surveyed
	Day       string         `json:"day"`  // of the publication
	Network   string         `json:"network"`
	Position  int64          `json:"position"`
	Published PublishedDay   `json:"published"` // the newest publication below the position
	Trafos    []TrafoAt      `json:"trafos"`
	Since     []CapacityMove `json:"since"` // what has moved from there on
	// Of is the network that the figures of the publication are of, where another was in
	// force by then.
	Of string `json:"of,omitempty"`
	// InForce is nil where the difference is from before they named it: then Base and Network
	// are those of the publication. It is of the newest day that the acts name.
	InForce *GridInForce `json:"in_force,omitempty"`
	// KnownFrom is the first position at which it is known what was in force, where it is not
	// at this one; 0 if at none.
	KnownFrom int64     `json:"known_from,omitempty"`
	Acts      []GridAct `json:"acts,omitempty"` // from the publication on
}

// TrafoAt is one transformer of it.
type TrafoAt struct {
	ConnectedW int64  `json:"connected_w"`
	FreeW      int64  `json:"free_w"` // as published; −1 no limit
	Name       string `json:"name"`
	ReservedW  int64  `json:"reserved_w"` // below it alone, and not below the next
	Trafo      int    `json:"trafo"`
	// Withdrawn is the entry by which what was published of it binds nobody any more.
	Withdrawn int64 `json:"withdrawn,omitempty"`
	// Unpublished says that it has come with a network of which nothing was published yet.
	Unpublished bool `json:"unpublished,omitempty"`
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
		for _, a := range d.Acts {
			if a.Entry >= base.From.Position && a.Entry < position {
				s.Acts = append(s.Acts, a)
			}
		}
		if position <= d.Position {
			break
		}
	}
	s.inForce(base, p, knownFrom(follows))
	s.trafos(p)
	return s, nil
}

// knownFrom is the first position at which differences say what was in force, 0 if none does.
func knownFrom(follows map[string]*CapacityDifference) (first int64) {
	for _, d := range follows {
		if at := d.From.Entry + 1; d.InForce != nil && (first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// inForce has what acts have put into force since the publication bear on its network.
func (s *CapacityState) inForce(base *CapacityDifference, p *publication, known int64) {
	if base.InForce == nil {
		s.Acts, s.KnownFrom = nil, known
		return
	}
	is := base.InForce.after(s.Acts)
	s.InForce = &is
	if surveyed, network, ok := is.network(p); ok {
		s.Base, s.Network = surveyed, network
	}
	if s.Base != p.Base {
		s.Of = p.Network
	}
}

// trafos lists the transformers of a publication, with what has moved since and what of
// it was withdrawn.
func (s *CapacityState) trafos(p *publication) {
	own := make(map[int]*TrafoAt, len(p.Trafos))
	for _, l := range p.Trafos {
		own[l.ID] = &TrafoAt{FreeW: l.FreeW, Name: l.Name, Trafo: l.ID}
		if s.InForce != nil {
			own[l.ID].Withdrawn = s.InForce.withdrawn(l.ID, s.Published.Entry)
		}
	}
	for _, h := range p.Reserved {
		if t := own[h.Trafo]; t != nil {
			t.ReservedW, t.ConnectedW = h.Watt, h.ConnectedW
		}
	}
	for _, m := range s.Since {
		t := own[m.Trafo]
		if t == nil {
			t = &TrafoAt{Trafo: m.Trafo, Unpublished: true}
			own[m.Trafo] = t
		}
		t.ReservedW += m.W
		t.ConnectedW += m.ConnectedW
	}
	for _, t := range own {
		s.Trafos = append(s.Trafos, *t)
	}
	slices.SortFunc(s.Trafos, func(a, b TrafoAt) int { return cmp.Compare(a.Trafo, b.Trafo) })
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
