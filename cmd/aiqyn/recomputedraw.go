package main

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"

	"aiqyn"
	"aiqyn/beacon"
)

// rosterAt is who could be drawn, and how loaded, when a draw was named.
type rosterAt struct {
	Barred []aiqyn.OfficerID `json:"barred"`
	Entry  int64             `json:"entry"`
	Loads  []int             `json:"loads"`
	Round  uint64            `json:"round"`
}

// laterDraw is a draw that an appeal names, or the beginning of a step in a case that
// a grant has opened: whoever has acted is barred too.
type laterDraw struct {
	seq  int // within the case, of what named it
	step aiqyn.StepID
	Draw *struct {
		Beacon  string            `json:"beacon"`
		Decided []aiqyn.OfficerID `json:"decided"`
		Roster  rosterAt          `json:"roster"`
		Ties    []string          `json:"ties"`
	} `json:"draw"`
	Step aiqyn.StepID `json:"step"`
}

// namedDraw is everything about a draw that was known before its round.
type namedDraw struct {
	rosterAt
	beacon  string
	ties    []string
	decided []aiqyn.OfficerID
}

// named finds what named the draw of a step: the last to do so before it.
func (f *caseFile) named(seq int, step aiqyn.StepID) namedDraw {
	at := f.filed.Rosters[step]
	n := namedDraw{at, f.filed.Beacon, f.filed.Ties, nil}
	n.Round = cmp.Or(at.Round, f.filed.Round) // an earlier filing's, if its draw was still to come
	for _, l := range f.later {
		if l.step == step && l.seq < seq && l.Draw != nil {
			n = namedDraw{l.Draw.Roster, l.Draw.Beacon, l.Draw.Ties, l.Draw.Decided}
		}
	}
	return n
}

// rosterData is who could be drawn, and who they are as people: keyed hashes,
// good for telling whether two are one.
type rosterData struct {
	Officers []aiqyn.OfficerID          `json:"officers"`
	Ties     map[aiqyn.OfficerID]string `json:"ties"`
}

// barred are those of the roster whom a case concerns, or who have decided on it.
func (r *rosterData) barred(ties []string, decided []aiqyn.OfficerID) (list []aiqyn.OfficerID) {
	for _, o := range r.Officers {
		if tie := r.Ties[o]; tie != "" && slices.Contains(ties, tie) || slices.Contains(decided, o) {
			list = append(list, o)
		}
	}
	return list
}

// drawnData is the private part of a draw.
type drawnData struct {
	Beacon   string          `json:"beacon"`
	Blind    bool            `json:"blind"`
	Digest   string          `json:"digest"`
	Eligible int             `json:"eligible"`
	Kept     int64           `json:"kept"`
	Officer  aiqyn.OfficerID `json:"officer"`
	Round    uint64          `json:"round"`
	Step     aiqyn.StepID    `json:"step"`
	Value    string          `json:"value"`
}

// draw draws once more from the roster that stood when the case was filed.
func (r *recomputation) draw(p *paper) {
	var was drawnData
	if err := json.Unmarshal(p.private.Data, &was); err != nil {
		r.add(p.file, err.Error())
		return
	}
	f := r.cases[p.tag]
	switch {
	case was.Kept != 0:
		r.note(p, "recompute.kept", "entry", was.Kept)
		return
	case f == nil || f.filed == nil || r.roster[f.named(number(p.seq), was.Step).Entry] == nil:
		r.note(p, "recompute.no-roster")
		return
	}
	r.Checked++
	at := f.named(number(p.seq), was.Step)
	roster := r.roster[at.Entry]
	value, err := hex.DecodeString(was.Value)
	if err != nil || len(value) != 32 || len(roster.Officers) != len(at.Loads) || was.Round != at.Round || was.Beacon != at.beacon {
		r.differs(p, "recompute.draw-other")
		return
	}
	if !slices.Equal(roster.barred(at.ties, at.decided), at.Barred) {
		r.differs(p, "recompute.draw-barred")
		return
	}
	pool := make([]beacon.Candidate, 0, len(roster.Officers))
	for i, o := range roster.Officers {
		if !slices.Contains(at.Barred, o) {
			pool = append(pool, beacon.Candidate{Officer: o, Load: at.Loads[i]})
		}
	}
	if len(at.Barred) > 0 {
		r.note(p, "recompute.barred", "n", len(at.Barred))
	}
	d := beacon.Draw{
		Beacon: was.Beacon, Round: was.Round, Value: [32]byte(value), Object: f.filed.Object,
		Service: string(f.filed.Service), Step: string(was.Step),
	}
	pick, err := d.Pick(pool)
	if err != nil {
		r.add(p.file, r.call.why(err))
		return
	}
	if pick.Officer != was.Officer || pick.Digest != was.Digest || pick.Eligible != was.Eligible || pick.Blind != was.Blind {
		r.differs(p, "recompute.draw-differs", "was", string(was.Officer), "now", string(pick.Officer))
		return
	}
	r.note(p, "recompute.draw-same", "n", pick.Eligible, "beacon", was.Beacon)
}
