package casework

import (
	"encoding/json"
)

// MarginView is what grid.published-margin answers: whether there was room by
// what was published since a day, in the order of the publications.
type MarginView struct {
	Best     *PointView  `json:"best"`
	Days     []MarginDay `json:"days"`
	Feasible bool        `json:"feasible"`
	Since    string      `json:"since"`
	Unknown  []int       `json:"unknown"` // transformers that the utility must measure first
}

// MarginDay is one network that was published: its newest publication.
type MarginDay struct {
	Day          string `json:"day"`
	Entry        int64  `json:"entry"`
	Feasible     bool   `json:"feasible"`
	NearestFreeW int64  `json:"nearest_free_w"`
}

// tell adds what was computed.
func (r *RulingView) tell(list []computed) {
	for _, c := range list {
		r.With = append(r.With, c.With)
		if p := pointsOf(c.Out); p != nil && ofSearch(c.With) {
			r.Points = p
		}
		m := new(MarginView)
		if ofMargin(c.With) && json.Unmarshal(c.Out, m) == nil && (len(m.Days) > 0 || len(m.Unknown) > 0) {
			r.Margin = m
		}
	}
}

func pointsOf(out json.RawMessage) *PointsView {
	p := new(PointsView)
	if json.Unmarshal(out, p) != nil || p.Network == "" {
		return nil
	}
	return p
}

// ReinforceView is what it would take to make a point take its load.
type ReinforceView struct {
	Cost  int64 `json:"cost"` // tiyn
	Steps []struct {
		Cost    int64  `json:"cost"`
		Element int    `json:"element"`
		Kind    string `json:"kind"` // line, trafo
		Now     int64  `json:"now"`  // ampere, VA
		Then    int64  `json:"then"`
	} `json:"steps"`
}
