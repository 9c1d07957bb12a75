package grid

import (
	"bytes"
	"encoding/json"
	"slices"

	"aiqyn/canonical"
)

// ConnectionPoints2 is the released computation of connection points with routes
// along streets, prices by part and what reinforcing would cost. It stands beside
// version 1 and is as immutable.
const ConnectionPoints2 = "grid.connection-points@2"

// ConnectionPoints2Input is the input of version 2: that of version 1, the
// streets that routes follow and the prices of reinforcing. All numbers are
// integers, and fields stand in the order of their keys.
type ConnectionPoints2Input struct {
	Costs    Costs    `json:"costs"`
	Detour   int      `json:"detour_permille"` // where streets do not lead
	Limits   Limits1  `json:"limits"`
	LoadW    int64    `json:"load_w"`
	Network  string   `json:"network"` // hash
	Reserved []Extra  `json:"reserved"`
	Streets  string   `json:"streets"` // hash; empty: there are none
	Upgrades Upgrades `json:"upgrades"`
	XMM      int64    `json:"x"`
	YMM      int64    `json:"y"`
}

type points2Output struct {
	Best         *point2  `json:"best"`
	Certified    bool     `json:"certified"`
	Feasible     []point2 `json:"feasible"`
	LoadW        int64    `json:"load_w"`
	NearestFreeW int64    `json:"nearest_free_w"`
	Network      string   `json:"network"`
	Rejected     []fallen `json:"rejected"`
	Streets      string   `json:"streets"`
	Upgrade      *point2  `json:"upgrade"`
	Version      int      `json:"version"`
}

type point2 struct {
	Binding   string         `json:"binding"`
	Bus       int            `json:"bus"`
	By        string         `json:"by"` // streets, straight
	Cost      int64          `json:"cost"`
	Element   int            `json:"element"`
	FreeW     int64          `json:"free_w"`
	ID        string         `json:"id"`
	Needs     string         `json:"needs,omitempty"` // upgrade
	Price     Price          `json:"price"`
	Reinforce *Reinforcement `json:"reinforce,omitempty"`
	Route     [][2]int64     `json:"route"`
	RouteM    int64          `json:"route_m"`
}

type fallen struct {
	Because string `json:"because"`
	point2
}

// RunConnectionPoints2 computes connection points from JSON to JSON. snapshot
// returns the compiled network of a hash, streets the compiled streets.
func RunConnectionPoints2(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	var in ConnectionPoints2Input
	if err := canonical.Strictly(input, &in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	m, along, err := foundOf(in.Network, in.Streets, snapshot, streets)
	if err != nil {
		return nil, err
	}
	q, err := in.query(m, along)
	if err != nil {
		return nil, err
	}
	res, err := m.PointsByStreets(q)
	if err != nil {
		return nil, err
	}
	return canonical.Marshal(in.output(res))
}

func (in *ConnectionPoints2Input) query(m *Model, along *StreetGraph) (StreetsQuery, error) {
	one := ConnectionPoints1Input{Costs: in.Costs, Detour: in.Detour, Limits: in.Limits, LoadW: in.LoadW, Reserved: in.Reserved, XMM: in.XMM, YMM: in.YMM}
	q, err := one.query(m)
	return StreetsQuery{PointsQuery: q, Streets: along, Upgrades: in.Upgrades}, err
}

func (in *ConnectionPoints2Input) output(res *StreetsResult) *points2Output {
	out := &points2Output{Certified: res.Certified, LoadW: in.LoadW, NearestFreeW: res.NearestFreeW, Network: in.Network, Streets: in.Streets,
		Feasible: []point2{}, Rejected: []fallen{}, Version: 2}
	for i := range res.Feasible {
		out.Feasible = append(out.Feasible, newPoint2(&res.Feasible[i]))
	}
	for i := range res.Rejected {
		out.Rejected = append(out.Rejected, fallen{res.Rejected[i].Because, newPoint2(&res.Rejected[i])})
	}
	if len(out.Feasible) > 0 {
		out.Best = &out.Feasible[0]
	}
	if res.Upgrade != nil {
		up := newPoint2(res.Upgrade)
		up.Needs = "upgrade"
		out.Upgrade = &up
	}
	return out
}

func newPoint2(p *StreetPoint) point2 {
	out := point2{Binding: p.Binding, Bus: p.Bus, By: "straight", Cost: p.Cost, Element: p.Element, FreeW: p.FreeW, ID: p.ID,
		Price: p.Price, Reinforce: p.Reinforce, Route: p.Route, RouteM: p.RouteM}
	if p.ByStreets {
		out.By = "streets"
	}
	return out
}

// StreetsSnapshot names the streets that a live question follows.
type StreetsSnapshot struct {
	Hash  string
	Graph *StreetGraph
}

// ConnectionPoints2Live answers like [RunConnectionPoints2] and returns, beside
// the output, the complete input that reproduces it anywhere.
func (m *Model) ConnectionPoints2Live(q LivePoints, along StreetsSnapshot, upgrades Upgrades) (input, output []byte, err error) {
	in := ConnectionPoints2Input{Network: q.Network, XMM: q.XMM, YMM: q.YMM, LoadW: q.LoadW, Reserved: []Extra{}, Limits: LimitsPPM(q.Limits),
		Costs: q.Costs, Detour: q.Detour, Streets: along.Hash, Upgrades: upgrades.Listed()}
	query, err := in.query(m, along.Graph)
	if err != nil {
		return nil, nil, err
	}
	query.held = func(tree int) []Extra {
		held := q.Held(tree)
		in.Reserved = append(in.Reserved, held...)
		return held
	}
	res, err := m.PointsByStreets(query)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(in.Reserved, compareExtra)
	if input, err = inOrder(&in); err != nil {
		return nil, nil, err
	}
	output, err = canonical.Marshal(in.output(res))
	return input, output, err
}

// inOrder marshals what stands in the order of its keys; RFC 8785 escapes no
// letter that need not be.
func inOrder(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
