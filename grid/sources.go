package grid

import (
	"encoding/json"
	"slices"
)

// IndependentSources1 counts the sources of the network that feed connection points.
const IndependentSources1 = "grid.independent-sources@1"

type sources1Input struct {
	Points struct {
		Feasible []struct {
			Bus int `json:"bus"`
		} `json:"feasible"`
		Network string `json:"network"`
	} `json:"points"`
}

// The fields are in the order of their keys: the output is canonical JSON.
type sources1Output struct {
	Sources int   `json:"sources"`
	Trees   []int `json:"trees"` // one a source, ascending
	Version int   `json:"version"`
}

// RunIndependentSources1 tells how many sources feed the feasible points of a search:
// two points of one source fail together. It counts sources as the network has them;
// two sources that hang on one line beyond its edge are two here. snapshot returns the
// compiled network of a hash.
func RunIndependentSources1(input []byte, snapshot func(hash string) (*Model, error)) ([]byte, error) {
	var in sources1Input
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	out := sources1Output{Trees: []int{}, Version: 1}
	if len(in.Points.Feasible) > 0 {
		m, err := snapshot(in.Points.Network)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, invalid("grid.bad-input")
		}
		for _, p := range in.Points.Feasible {
			if tree, ok := m.TreeOf(p.Bus); ok {
				out.Trees = append(out.Trees, tree)
			}
		}
		slices.Sort(out.Trees)
		out.Trees = slices.Compact(out.Trees)
	}
	out.Sources = len(out.Trees)
	return json.Marshal(out)
}

// IndependentSources2 counts the sources that can feed a load at a place: of each within
// reach its cheapest point, wherever that stands among all. Version 1 knew of the five
// cheapest points alone, of which all may hang on one source.
const IndependentSources2 = "grid.independent-sources@2"

// mostSources is as far as version 2 counts.
const mostSources = 5

// sources2Output is what version 2 answers. It is not certified where some source has
// more buses than a search looks at.
type sources2Output struct {
	Certified bool           `json:"certified"`
	LoadW     int64          `json:"load_w"`
	Network   string         `json:"network"`
	Points    []sourcePoint2 `json:"points"` // one a source, the cheapest first
	Sources   int            `json:"sources"`
	Trees     []int          `json:"trees"` // ascending
	Version   int            `json:"version"`
}

type sourcePoint2 struct {
	Bus    int    `json:"bus"`
	Cost   int64  `json:"cost"`
	ID     string `json:"id"`
	RouteM int64  `json:"route_m"`
	Tree   int    `json:"tree"`
}

// RunIndependentSources2 counts from JSON to JSON. Its input is that of
// [RunConnectionPoints3]. Two sources that hang on one line beyond the edge of the
// network are two here, as in version 1.
func RunIndependentSources2(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	in, m, along, err := readPoints3(input, snapshot, streets)
	if err != nil {
		return nil, err
	}
	out, err := in.sources(m, along, nil)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// sources looks for the cheapest point, and then again without the source that it is of.
func (in *ConnectionPoints3Input) sources(m *Model, along *StreetGraph, held func(tree int) []Extra) (*sources2Output, error) {
	q, err := in.second().query(m, along)
	if err != nil {
		return nil, err
	}
	q.held, q.brief, q.Without = held, true, in.without()
	out := &sources2Output{Certified: true, LoadW: in.LoadW, Network: in.Network, Points: []sourcePoint2{}, Trees: []int{}, Version: 2}
	for len(out.Points) < mostSources {
		q.past = out.Trees
		res, err := m.PointsByStreets(q)
		if err != nil {
			return nil, err
		}
		out.Certified = out.Certified && res.Certified
		if len(res.Feasible) == 0 {
			break
		}
		p := &res.Feasible[0]
		tree, _ := m.TreeOf(p.Bus)
		out.Points = append(out.Points, sourcePoint2{Bus: p.Bus, Cost: p.Cost, ID: p.ID, RouteM: p.RouteM, Tree: tree})
		out.Trees = append(out.Trees, tree)
	}
	slices.Sort(out.Trees)
	out.Sources = len(out.Trees)
	return out, nil
}

// IndependentSources2Live answers like [RunIndependentSources2] and returns, beside the
// output, the complete input that reproduces it anywhere.
func (m *Model) IndependentSources2Live(q LivePoints, along StreetsSnapshot, upgrades Upgrades, owned []OwnedTrafo, agreed string) (input, output []byte, err error) {
	in := points3Of(q, along, upgrades, owned, agreed)
	return in.live(q, func(held func(int) []Extra) (any, error) { return in.sources(m, along.Graph, held) })
}
