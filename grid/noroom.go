package grid

import (
	"encoding/json"
	"slices"

	"aiqyn/canonical"
)

// NoRoom1 is the released computation of what it rests on that no connection point has
// room: of each of the nearest the element that binds with its limit, the transformer
// that feeds it with what it carries and what is reserved below it, and what reinforcing
// would cost. It decides nothing: it makes plain what the search before it was asked and
// has answered, so that whoever is refused holds the figures and not only their source.
const NoRoom1 = "grid.no-room@1"

// noRoom1Input is what of a search, of its question and its answer, the figures are of.
type noRoom1Input struct {
	Limits   Limits1      `json:"limits"`
	LoadW    int64        `json:"load_w"`
	Network  string       `json:"network"`
	Points   []noRoomFall `json:"points"`
	Reserved []Extra      `json:"reserved"`
}

// noRoomFall is a point that falls away, as the search has it.
type noRoomFall struct {
	Because   string         `json:"because"`
	Binding   string         `json:"binding"`
	Bus       int            `json:"bus"`
	Element   int            `json:"element"`
	FreeW     int64          `json:"free_w"`
	ID        string         `json:"id"`
	Reinforce *Reinforcement `json:"reinforce"`
	RouteM    int64          `json:"route_m"`
}

// NoRoomPoint is what stands against one point.
type NoRoomPoint struct {
	Above     *NoRoomAbove   `json:"above"` // nil: none feeds it, or it is too far to ask
	Because   string         `json:"because"`
	Binding   string         `json:"binding"`
	Element   int            `json:"element"`
	FreeW     int64          `json:"free_w"`
	ID        string         `json:"id"`
	Limit     *NoRoomLimit   `json:"limit"` // nil: nothing with a rating binds
	Reinforce *Reinforcement `json:"reinforce"`
	RouteM    int64          `json:"route_m"`
}

// NoRoomAbove is the transformer that feeds a point: what it carries by the network, and
// what is reserved below it, both of all that it feeds.
type NoRoomAbove struct {
	LoadW     int64 `json:"load_w"`
	RatedVA   int64 `json:"rated_va"`
	ReservedW int64 `json:"reserved_w"`
	Trafo     int   `json:"trafo"`
}

// NoRoomLimit is what an element may bear: at most, and of a voltage at least, in volts,
// ampere or VA.
type NoRoomLimit struct {
	Least int64  `json:"least"`
	Most  int64  `json:"most"`
	Unit  string `json:"unit"` // V, A, VA
}

// NoRoom is what the computation answers.
type NoRoom struct {
	LoadW   int64         `json:"load_w"`
	Network string        `json:"network"`
	Points  []NoRoomPoint `json:"points"`
	Version int           `json:"version"`
}

// NoRoom1InputOf is the input that belongs to a search, by its question and its answer;
// nil where some point has room.
func NoRoom1InputOf(question, answer []byte) ([]byte, error) {
	var found struct {
		Best     json.RawMessage `json:"best"`
		LoadW    int64           `json:"load_w"`
		Rejected []noRoomFall    `json:"rejected"`
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	if len(found.Best) > 0 && string(found.Best) != "null" {
		return nil, nil
	}
	g, err := ReadGround(question)
	if err != nil {
		return nil, err
	}
	return canonical.Encode(&noRoom1Input{Limits: g.Limits, LoadW: found.LoadW, Network: g.Network, Points: list(found.Rejected), Reserved: list(g.Reserved)})
}

// RunNoRoom1 computes it from JSON to JSON.
func RunNoRoom1(input []byte, snapshot func(hash string) (*Model, error)) ([]byte, error) {
	in := new(noRoom1Input)
	if err := canonical.Strictly(input, in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	m, _, err := foundOf(in.Network, "", snapshot, nil)
	if err != nil {
		return nil, err
	}
	if err := in.Limits.Limits().Validate(); err != nil {
		return nil, err
	}
	if err := m.checkExtras(in.Reserved); err != nil {
		return nil, err
	}
	out := NoRoom{LoadW: in.LoadW, Network: in.Network, Points: []NoRoomPoint{}, Version: 1}
	for _, p := range in.Points {
		said := NoRoomPoint{Because: p.Because, Binding: p.Binding, Element: p.Element, FreeW: p.FreeW, ID: p.ID, Reinforce: p.Reinforce, RouteM: p.RouteM}
		if p.Because != BecauseFar { // that far nothing was computed
			said.Limit = m.mostOf(p.Bus, Violation{p.Binding, p.Element}, in.Limits)
			if trafo, ok := m.Above(p.Bus); ok {
				fed := m.Below(trafo, in.Reserved)
				said.Above = &NoRoomAbove{LoadW: fed.LoadW, RatedVA: fed.RatedVA, ReservedW: fed.ReservedW, Trafo: trafo}
			}
		}
		out.Points = append(out.Points, said)
	}
	return json.Marshal(out)
}

// mostOf is what the element may bear that binds a bus: nil where nothing does that has
// a rating.
func (m *Model) mostOf(bus int, v Violation, l Limits1) *NoRoomLimit {
	share := func(of, ppm int64) int64 { return of * ppm / 1_000_000 }
	switch v.Binding {
	case BindVoltage:
		if volts, ok := m.RatedV(v.Element); ok {
			return &NoRoomLimit{Least: share(volts, l.VMin), Most: share(volts, l.VMax), Unit: "V"}
		}
	case BindTrafo:
		if i, ok := m.trafoAt(v.Element); ok {
			return &NoRoomLimit{Most: share(m.trafo[i].snVA, l.Trafo), Unit: "VA"}
		}
	case BindLine:
		tree, ok := m.TreeOf(bus)
		if !ok {
			return nil
		}
		lo, hi := m.span(tree)
		at := slices.IndexFunc(m.limit.id[lo:hi], func(id int32) bool { return int(id) == v.Element })
		for ; at >= 0 && at < hi-lo; at++ { // a line and a transformer may have one number
			if k := lo + at; int(m.limit.id[k]) == v.Element && m.limit.kind[k] == kindLine {
				return &NoRoomLimit{Most: share(m.ratedA(k), l.Line), Unit: "A"}
			}
		}
	}
	return nil
}
