package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
)

// TestTheAuditOfLoads: whoever writes down loads that are not those of the desks chooses
// who is drawn, also where the draw then follows from them.
func TestTheAuditOfLoads(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	r.file(holder, plot, 5)
	r.pass(10 * time.Second)
	r.wantClean()
	was := make(map[aiqyn.OfficerID]int)
	for o, n := range r.seq.loads {
		was[o] = n
	}
	officers := r.seq.rosters[rosterKey{aiqyn.RoleSurveyor, "utility"}].officers
	for _, o := range officers {
		r.seq.loads[o] = 50
	}
	for _, o := range officers[:3] { // a draw is among three at least
		r.seq.loads[o] = 0
	}
	ref := r.file(holder, "99-999-002-001", 5)
	r.pass(10 * time.Second)
	if got := r.officer(ref).Officer; !slices.Contains(officers[:3], got) {
		t.Fatalf("%s was drawn", got)
	}
	r.seq.loads = was
	r.finds("the loads that the draw rests on are not those of the officers' desks")
}

// TestTheAuditOfWhatDrawsRestOn: each part of what a filing names for its draws.
func TestTheAuditOfWhatDrawsRestOn(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	first := r.toConditions(holder, plot, 5)
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: first})
	r.pass(time.Hour)
	r.toConditions(holder, plot, 5) // the same officers again
	r.toConditions(holder, "99-999-002-001", 5)
	r.wantClean()
	rosters := func(change func(at *rosterAtFiling)) func([]*event) []*event {
		return each(func(d *filed) {
			all := make(map[aiqyn.StepID]rosterAtFiling)
			for step, at := range d.Rosters {
				at.Loads = slices.Clone(at.Loads)
				change(&at)
				all[step] = at
			}
			d.Rosters = all
		})
	}
	engineers := r.seq.rosters[rosterKey{aiqyn.RoleEngineer, "utility"}]
	const kept, others = "keeps a draw that was not made", "are not those of the officers' desks"
	for name, c := range map[string]struct {
		no     int64
		change func([]*event) []*event
		finds  string
	}{
		"fifty on each desk":      {3, rosters(func(at *rosterAtFiling) { at.Loads[0] = 50 }), others},
		"loads of nobody before":  {3, rosters(func(at *rosterAtFiling) { at.Round = 7 }), "keeps the loads of an earlier case that has not named them"},
		"a roster that is none":   {3, rosters(func(at *rosterAtFiling) { at.Entry = 1 << 20 }), "names a roster that is none"},
		"another step's roster":   {3, rosters(func(at *rosterAtFiling) { at.Entry, at.Loads = engineers.entry, make([]int, len(engineers.officers)) }), "names the roster of somebody else's step"},
		"somebody never drawn":    {2, each(func(d *filed) { k := d.Kept["survey"]; k.Officer = "surveyor-99"; d.Kept["survey"] = k }), kept},
		"drawn by another entry":  {2, each(func(d *filed) { k := d.Kept["survey"]; k.Entry--; d.Kept["survey"] = k }), kept},
		"drawn for another thing": {2, each(func(d *filed) { d.Object = "99-999-002-009" }), kept},
	} {
		problems := r.replayedWith(3, map[int64]func([]*event) []*event{c.no: c.change})
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.What, c.finds) }) {
			t.Errorf("%s: found %v, not %q", name, problems, c.finds)
		}
	}
}
