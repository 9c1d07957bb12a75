package grid

import (
	"encoding/json"
	"slices"
)

// IndependentSources3 counts sources as version 2 does, and says beside that of which
// transformers within reach nobody knows the load, on trees that it has not counted:
// as long as there is one, that there is one source alone is not proven.
const IndependentSources3 = "grid.independent-sources@3"

// sources3Output is what version 3 answers.
type sources3Output struct {
	Certified bool           `json:"certified"`
	LoadW     int64          `json:"load_w"`
	Network   string         `json:"network"`
	Points    []sourcePoint2 `json:"points"` // one a source, the cheapest first
	Sources   int            `json:"sources"`
	Trees     []int          `json:"trees"`   // ascending
	Unknown   []int          `json:"unknown"` // where there are fewer than two, ascending
	Version   int            `json:"version"`
}

// RunIndependentSources3 counts from JSON to JSON. Its input is that of version 2 with
// the transformers, ascending, whose load nobody knows (unknown).
func RunIndependentSources3(input []byte, snapshot func(hash string) (*Model, error), streets func(hash string) (*StreetGraph, error)) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(input, &fields); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	var unknown []int
	if err := json.Unmarshal(fields["unknown"], &unknown); err != nil || !slices.IsSorted(unknown) {
		return nil, invalid("grid.bad-input").Because(err)
	}
	delete(fields, "unknown")
	second, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	out, err := RunIndependentSources2(second, snapshot, streets)
	if err != nil {
		return nil, err
	}
	var of struct {
		Network string `json:"network"`
	}
	if err := json.Unmarshal(second, &of); err != nil {
		return nil, invalid("grid.bad-input").Because(err)
	}
	m, err := snapshot(of.Network)
	if err != nil {
		return nil, err
	}
	return m.thirdOf(out, unknown)
}

// IndependentSources3From makes input and output of version 3 of those of version 2:
// around lists the transformers within reach whose load nobody knows.
func (m *Model) IndependentSources3From(input, output []byte, around []int) (in, out []byte, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(input, &fields); err != nil {
		return nil, nil, invalid("grid.bad-input").Because(err)
	}
	if fields["unknown"], err = json.Marshal(list(around)); err != nil {
		return nil, nil, err
	}
	if in, err = inOrder(fields); err != nil {
		return nil, nil, err
	}
	out, err = m.thirdOf(output, around)
	return in, out, err
}

// thirdOf adds what nobody knows to an output of version 2.
func (m *Model) thirdOf(output []byte, unknown []int) ([]byte, error) {
	out := sources3Output{}
	if err := json.Unmarshal(output, &out); err != nil {
		return nil, err
	}
	out.Version, out.Unknown = 3, []int{}
	if out.Sources < 2 {
		for _, trafo := range unknown {
			if _, there := m.trafoAt(trafo); there && !slices.Contains(out.Trees, m.treeOfTrafo(trafo)) {
				out.Unknown = append(out.Unknown, trafo)
			}
		}
	}
	return json.Marshal(out)
}
