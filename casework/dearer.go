package casework

import (
	"encoding/json"
	"slices"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/service"
)

// Whoever signs conditions may know what the computation does not: that a pole will
// be moved, or that a street is closed. So they may name another of the points that
// can carry the load. What that costs the applicant is shown to them; what costs much
// more than the best needs a reason of the pack's closed list, and is flagged by an
// entry of its own, which overseers see listed.

// dearer flags a grant at a place that is much dearer than the best.
type dearer struct {
	Best     string `json:"best"`
	BestCost int64  `json:"best_cost"` // tiyn
	Cost     int64  `json:"cost"`
	// File is the letter that the reason rests on, where files are kept; Letter names it,
	// also where its fingerprint alone is recorded.
	File   *keptFile `json:"file,omitempty"`
	Letter string    `json:"letter,omitempty"`
	Over   int64     `json:"over"` // per cent, rounded up
	Point  string    `json:"point"`
	Reason string    `json:"reason"`
}

// named gives the evaluation under which a grant is given: with another place where
// one is named, and the flag that it raises, if it does.
func (t *turn) named(ev *evaluation, d *decide) (*evaluation, *dearer, error) {
	if d.Point == "" {
		return ev, nil, nil
	}
	o := t.svc.Outcome.Other
	if o == nil {
		return nil, nil, aiqyn.E(aiqyn.Invalid, "error.point-unknown").On("point")
	}
	place, flag, err := placeNamed(t.svc, ev.vars, d.Point)
	if err != nil {
		return nil, nil, err
	}
	if place == nil {
		return nil, nil, aiqyn.E(aiqyn.Invalid, "error.point-unknown").On("point")
	}
	if flag.Over > o.Dearer {
		if d.PointReason == "" {
			return nil, nil, aiqyn.E(aiqyn.Conflict, "error.point-dearer", "n", int(flag.Over), "most", int(o.Dearer)).On("point-reason")
		}
		reason, ok := o.Reason(d.PointReason)
		switch {
		case !ok:
			return nil, nil, aiqyn.E(aiqyn.Invalid, "error.point-reason").On("point-reason")
		case reason.ByApplicant && t.rec.state.Chosen != d.Point:
			return nil, nil, aiqyn.E(aiqyn.Conflict, "error.point-not-chosen").On("point-reason")
		}
		flag.Reason = d.PointReason
		if reason.Letter {
			if err := d.attach(flag); err != nil {
				return nil, nil, err
			}
		}
	} else {
		flag = nil
	}
	chosen := *ev
	chosen.vars = t.svc.Outcome.Named(ev.vars, *place)
	if chosen.place, err = json.Marshal(place.Value); err != nil {
		return nil, nil, err
	}
	return &chosen, flag, nil
}

// placeNamed finds a place among those there are, and what it is beside the best;
// nil if it is not among them.
func placeNamed(svc *service.Service, vars map[string]any, id string) (*service.Place, *dearer, error) {
	places, err := svc.Outcome.Other.Places(vars)
	if err != nil {
		return nil, nil, err
	}
	v, err := svc.Outcome.AtProgram.Value(vars)
	if err != nil {
		return nil, nil, err
	}
	best, _ := v.(string)
	find := func(id string) int { return slices.IndexFunc(places, func(p service.Place) bool { return p.ID == id }) }
	at, first := find(id), find(best)
	if at < 0 || first < 0 {
		return nil, nil, nil
	}
	p, b := places[at], places[first]
	return &p, &dearer{Best: b.ID, BestCost: b.Cost, Cost: p.Cost, Over: service.Over(p.Cost, b.Cost), Point: p.ID}, nil
}

// taken holds the place of a grant against its ruling: one of those there were, the
// best, or flagged by the entry before if it is much dearer than that.
func (c *caseAudit) taken(ev *event, d *granted) {
	flag := c.flag
	c.flag = nil
	if c.svc == nil || c.svc.Outcome.Other == nil || d.Share == "" || c.ruled == nil {
		return
	}
	var point struct {
		ID string `json:"id"`
	}
	if canonical.Unmarshal(d.Point, &point) != nil {
		c.wrong(ev.index, "the place of the grant cannot be read")
		return
	}
	place, want, err := placeNamed(c.svc, c.ruled, point.ID)
	if err != nil || place == nil {
		c.wrong(ev.index, "the grant takes from a place that its ruling does not name")
		return
	}
	if want.Over <= c.svc.Outcome.Other.Dearer {
		want = nil
	}
	if flag != nil && want != nil {
		reason, listed := c.svc.Outcome.Other.Reason(flag.Reason)
		if reason.ByApplicant && c.rec.state.Chosen != point.ID {
			c.wrong(ev.index, "the applicant is said to have chosen the place, and no entry of theirs says so")
		}
		want.Reason = flag.Reason
		c.lettered(ev, flag, reason)
		want.Letter, want.File = flag.Letter, flag.File
		if listed && *flag == *want {
			c.ruled = c.svc.Outcome.Named(c.ruled, *place)
			return
		}
	}
	if flag != nil || want != nil {
		c.wrong(ev.index, "the grant takes from a dearer place than the best, and is not flagged as it is")
	}
	c.ruled = c.svc.Outcome.Named(c.ruled, *place)
}
