package casework

import (
	"slices"
	"testing"

	"aiqyn"
)

// TestTheWishIsTheApplicants: an engineer cannot say for them that they want a dearer
// point; they say so themselves, as an act of their case, and of a point that there is.
// The audit finds a wish that nobody has, and one that somebody else has uttered.
func TestTheWishIsTheApplicants(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	r.keepTwoPoints(120)
	ref := r.toConditions(holder, plot, 50)
	far := r.view(ref).Ruling.Points.Feasible[1]
	decide := func() Decide {
		return Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true, Point: far.ID, PointReason: "applicant-wish"}
	}
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	choose := func(who aiqyn.Actor, point string) ChoosePoint {
		return ChoosePoint{ID: r.id(), Actor: who, Ref: ref, Point: point}
	}
	r.fails(decide(), "error.point-not-chosen")
	r.fails(choose(aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, far.ID), "error.not-found")
	r.fails(choose(r.officer(ref), far.ID), "error.not-found")
	r.fails(choose(me, "no-such"), "error.point-unknown")
	if v, err := r.Case(t.Context(), me, ref); err != nil || !slices.Contains(v.Can, "point") {
		t.Errorf("they may choose, and read %v, %v", v.Can, err)
	}
	r.must(choose(me, far.ID))
	r.must(decide())
	if v := r.view(ref); v.Conditions.Point.ID != far.ID || v.Conditions.Dearer == nil {
		t.Errorf("granted at %+v", v.Conditions)
	}
	r.fails(choose(me, far.ID), "error.case-closed")
	r.wantClean()
	r.forgedAs("a wish of nobody", 1, func(list []*event) []*event {
		return slices.DeleteFunc(slices.Clone(list), func(ev *event) bool { return ev.kind == EventPointChosen })
	}, "no entry of theirs says so")
	r.forgedAs("another wish", 1, each(func(d *pointChosen) { d.Point = "else" }), "no entry of theirs says so")
	r.forgedAs("a point that was not shown", 1, each(func(d *pointChosen) { d.Point = "else" }), "not among those there were")
	r.forgedAs("of another ruling", 1, each(func(d *pointChosen) { d.Ruling-- }), "no ruling before it says which there were")
	r.forgedAs("the wish of somebody else", 1, func(list []*event) []*event {
		for _, ev := range list {
			if ev.kind == EventPointChosen {
				ev.actor = aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}
			}
		}
		return list
	}, "by somebody else than who applies")
	r.sound()
}
