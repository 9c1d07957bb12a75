package grid

import (
	"encoding/json"
	"math"
	"slices"

	"aiqyn"
	"aiqyn/canonical"
)

// ConnectionPoints1 is the released computation of connection points. Its
// output never changes for the same input; a change of the method is a version 2
// beside it.
const ConnectionPoints1 = "grid.connection-points@1"

// ConnectionPoints1Input is the input of version 1. All numbers are integers:
// the JSON has no floats. Its fields, and those of what it holds, stand in the
// order of their keys, so that it is canonical (RFC 8785) as it is marshalled.
type ConnectionPoints1Input struct {
	Costs    Costs   `json:"costs"`
	Detour   int     `json:"detour_permille"`
	Limits   Limits1 `json:"limits"`
	LoadW    int64   `json:"load_w"`
	Network  string  `json:"network"`  // hash
	Reserved []Extra `json:"reserved"` // of the trees near the place, ascending by bus
	XMM      int64   `json:"x"`        // thousandths of the network's metre, 1e-9 of a degree where it is in degrees
	YMM      int64   `json:"y"`
}

// Limits1 are limits in parts per million: of the rated voltage, of the rated
// current, of one.
type Limits1 struct {
	Line        int64 `json:"line_ppm"`
	PowerFactor int64 `json:"pf_ppm"`
	Trafo       int64 `json:"trafo_ppm"`
	VMax        int64 `json:"vmax_ppm"`
	VMin        int64 `json:"vmin_ppm"`
}

// LimitsPPM writes limits as integers.
func LimitsPPM(l Limits) Limits1 {
	ppm := func(v, unit float64) int64 { return int64(math.Round(v * 1e6 / unit)) }
	return Limits1{VMin: ppm(l.VMin, 1), VMax: ppm(l.VMax, 1), Line: ppm(l.LinePct, 100), Trafo: ppm(l.TrafoPct, 100), PowerFactor: ppm(l.PowerFactor, 1)}
}

// Limits converts back to the limits of the solver.
func (l Limits1) Limits() Limits {
	return Limits{VMin: float64(l.VMin) / 1e6, VMax: float64(l.VMax) / 1e6, LinePct: float64(l.Line) / 1e4,
		TrafoPct: float64(l.Trafo) / 1e4, PowerFactor: float64(l.PowerFactor) / 1e6}
}

// The fields below are in alphabetical order of their keys: the output is
// canonical JSON (RFC 8785) as it is marshalled.
type points1Output struct {
	Best         *point1    `json:"best"`
	Certified    bool       `json:"certified"`
	Feasible     []point1   `json:"feasible"`
	LoadW        int64      `json:"load_w"`
	NearestFreeW int64      `json:"nearest_free_w"`
	Network      string     `json:"network"`
	Rejected     []rejected `json:"rejected"`
	Version      int        `json:"version"`
}

type point1 struct {
	Binding string `json:"binding"`
	Bus     int    `json:"bus"`
	Cost    int64  `json:"cost"`
	Element int    `json:"element"`
	FreeW   int64  `json:"free_w"`
	ID      string `json:"id"`
	RouteM  int64  `json:"route_m"`
}

type rejected struct {
	Because string `json:"because"`
	point1
}

// RunConnectionPoints1 computes connection points from JSON to JSON. snapshot
// returns the compiled network of a hash.
func RunConnectionPoints1(input []byte, snapshot func(hash string) (*Model, error)) ([]byte, error) {
	var in ConnectionPoints1Input
	if err := canonical.Strictly(input, &in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	m, err := snapshot(in.Network)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, aiqyn.E(aiqyn.NotFound, "grid.no-snapshot", "network", in.Network)
	}
	q, err := in.query(m)
	if err != nil {
		return nil, err
	}
	res, err := m.Points(q)
	if err != nil {
		return nil, err
	}
	return json.Marshal(in.output(res))
}

func (in *ConnectionPoints1Input) query(m *Model) (PointsQuery, error) {
	if !slices.IsSortedFunc(in.Reserved, compareExtra) {
		return PointsQuery{}, invalid("grid.unsorted-reserved")
	}
	if in.Detour < 1000 {
		return PointsQuery{}, badQuery("detour_permille", in.Detour)
	}
	unit := 1e3
	if m.place.geographic {
		unit = 1e9
	}
	return PointsQuery{X: float64(in.XMM) / unit, Y: float64(in.YMM) / unit, LoadW: in.LoadW, Reserved: in.Reserved,
		Limits: in.Limits.Limits(), Costs: in.Costs, Detour: in.Detour}, nil
}

func (in *ConnectionPoints1Input) output(res *PointsResult) *points1Output {
	out := &points1Output{Certified: res.Certified, LoadW: in.LoadW, NearestFreeW: res.NearestFreeW, Network: in.Network,
		Feasible: []point1{}, Rejected: []rejected{}, Version: 1}
	for _, p := range res.Points {
		v := point1{Binding: p.Binding, Bus: p.Bus, Cost: p.Cost, Element: p.Element, FreeW: p.FreeW, ID: p.ID, RouteM: p.RouteM}
		if p.Feasible {
			out.Feasible = append(out.Feasible, v)
		} else {
			out.Rejected = append(out.Rejected, rejected{p.Because, v})
		}
	}
	if len(out.Feasible) > 0 {
		out.Best = &out.Feasible[0]
	}
	return out
}
