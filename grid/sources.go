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
