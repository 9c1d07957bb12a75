package casework

import (
	"encoding/hex"
	"slices"

	"aiqyn"
	"aiqyn/beacon"
)

// drawn draws again from the roster and the loads that the filing names.
func (c *caseAudit) drawn(ev *event, d *drawn) {
	s := c.rec.state
	if d.Kept != 0 {
		if k := s.Kept[d.Step]; k.Officer != d.Officer || k.Entry != d.Kept {
			c.wrong(ev.index, "keeps a draw that the filing does not name")
		}
		return
	}
	at := s.Rosters[d.Step]
	r := c.rosters[at.Entry]
	if r == nil {
		r = new(rostered)
	}
	value, err := hex.DecodeString(d.Value)
	if err != nil || len(value) != 32 || len(r.Officers) != len(at.Loads) || at.Entry >= s.namedAt(d.Step) || d.Round != s.roundOf(d.Step) {
		c.wrong(ev.index, "the draw does not rest on what the filing names")
		return
	}
	c.drawnBy(ev, d, d.Step)
	ties, decided := s.apartFrom(d.Step)
	if !slices.Equal(at.Barred, (roster{officers: r.Officers, ties: r.Ties}).barred(ties, decided)) {
		c.wrong(ev.index, "the draw does not bar those whom the case concerns")
		return
	}
	pool := make([]beacon.Candidate, 0, len(r.Officers))
	for i, o := range r.Officers {
		if !slices.Contains(at.Barred, o) {
			pool = append(pool, beacon.Candidate{Officer: o, Load: at.Loads[i]})
		}
	}
	draw := beacon.Draw{Beacon: s.beaconOf(d.Step), Round: d.Round, Value: [32]byte(value), Object: s.Object, Service: string(s.Service), Step: string(d.Step)}
	pick, err := draw.Pick(pool)
	if err != nil || pick.Officer != d.Officer || pick.Digest != d.Digest {
		c.wrong(ev.index, "the draw gives another officer")
	}
}

// later holds a draw that an appeal names against the case: it bars everybody
// who has decided before, and whom the case concerns.
func (c *caseAudit) later(ev *event, step aiqyn.StepID, d *laterDraw) {
	if d == nil {
		return
	}
	s := c.rec.state
	c.namesDraw(ev, d.Beacon, d.Roster.Round)
	c.namesLoads(ev, d.Roster, namedLoads{})
	stranger := func(tie string) bool { return !slices.Contains(d.Ties, tie) }
	if !slices.Equal(d.Decided, s.deciders()) || slices.ContainsFunc(s.Ties, stranger) || d.Roster.Entry >= ev.index {
		c.wrong(ev.index, "the draw of %q does not bar those who have decided before", step)
	}
}
