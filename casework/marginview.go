package casework

import (
	"context"
	"encoding/json"

	"aiqyn/canonical"
	"aiqyn/grid"
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

// SourcesView is what grid.independent-sources answers: how many sources have room, and,
// where the network in force has fewer than two, how many each network had that was
// published since a day.
type SourcesView struct {
	Days    []SourcesDay `json:"days"`
	Since   string       `json:"since"`
	Sources int          `json:"sources"`
}

// SourcesDay is one network that was published: its newest publication.
type SourcesDay struct {
	Day     string `json:"day"`
	Entry   int64  `json:"entry"`
	Sources int    `json:"sources"`
}

// sourcesIn finds it among what was computed, nil where no day was asked.
func sourcesIn(list []computed) *SourcesView {
	for i := range list {
		if d := new(SourcesView); list[i].With == grid.IndependentSources4 && canonical.Unmarshal(list[i].Out, d) == nil && len(d.Days) > 0 {
			return d
		}
	}
	return nil
}

// AddedView is what grid.added-load answers, in kilowatts: what comes on the network is
// what is asked for less what is drawn already, by what was measured on site.
type AddedView struct {
	Differs  bool  `json:"differs"` // less was measured than the applicant says
	Existing int64 `json:"existing"`
	KW       int64 `json:"kw"`
	Measured int64 `json:"measured"`
	Said     int64 `json:"said"`
}

// addedIn finds it among what was computed, nil if it is not there.
func addedIn(list []computed) *AddedView {
	for i := range list {
		if a := new(AddedView); list[i].With == grid.AddedLoad1 && canonical.Unmarshal(list[i].Out, a) == nil {
			return a
		}
	}
	return nil
}

// tell adds what was computed.
func (v *viewing) tell(r *RulingView, list []computed) {
	r.Added, r.Sources = addedIn(list), sourcesIn(list)
	for _, c := range list {
		r.With = append(r.With, c.With)
		if p := pointsOf(c.Out); p != nil && ofSearch(c.With) {
			r.Points = p
		}
		m := new(MarginView)
		if ofMargin(c.With) && canonical.Unmarshal(c.Out, m) == nil && (len(m.Days) > 0 || len(m.Unknown) > 0) {
			r.Margin = m
		}
	}
	r.Earlier = v.earlier(list)
	r.Ahead = v.ahead(list, len(r.Earlier))
	if !v.tellNoRoom(r, list) {
		v.tellAbove(r, list)
	}
}

// AboveView is the transformer that feeds a point, on the network and by the books that
// the answer rests on: what it says of load and reservations anybody may add up again
// from the recorded input.
type AboveView struct {
	Trafo     int
	Name      string
	RatedVA   int64
	LoadW     int64 // of all that it feeds, as measured, estimated or surveyed
	ReservedW int64 // of all that it feeds
}

// LimitView is what an element may bear: at most, and of a voltage at least.
type LimitView struct {
	Least, Most int64
	Unit        string // V, A, VA
}

// tellAbove does so for rulings from before they said it themselves. A
// network that is not here any more leaves them out.
func (v *viewing) tellAbove(r *RulingView, list []computed) {
	search := searchIn(list)
	if r.Points == nil || r.Points.Best != nil || search == nil || v.e.Capacity == nil {
		return
	}
	if policy, err := v.e.policy(context.Background()); err != nil || !policy.Open() && !seesExact(v.viewer) {
		return
	}
	ground, err := search.ground()
	if err != nil {
		return
	}
	m, err := v.e.modelFor(ground.Network)
	if err != nil {
		return
	}
	for i := range r.Points.Rejected {
		p := &r.Points.Rejected[i]
		trafo, ok := m.Above(p.Bus)
		if !ok || p.Because == grid.BecauseFar { // that far nothing was computed
			continue
		}
		below := m.Below(trafo, ground.Reserved)
		p.Above = &AboveView{Trafo: trafo, Name: v.e.Capacity.trafoName(trafo), RatedVA: below.RatedVA, LoadW: below.LoadW, ReservedW: below.ReservedW}
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
