package casework

import (
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/store"
)

// TestDearerPointIsFlagged: a much dearer point needs a reason of the list; with it the
// grant says so, the overseer sees it listed, what follows carries the point and its
// price, and an audit finds a flag that was left out.
func TestDearerPointIsFlagged(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	r.keepTwoPoints(120)
	ref := r.toConditions(holder, plot, 50)
	points := r.view(ref).Ruling.Points
	if len(points.Feasible) != 2 {
		t.Fatalf("%d points", len(points.Feasible))
	}
	far := points.Feasible[1]
	decide := func(point, reason string) Decide {
		return Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true, Point: point, PointReason: reason}
	}
	r.fails(decide("no-such", "route-closed"), "error.point-unknown")
	r.fails(decide(far.ID, ""), "error.point-dearer")
	r.fails(decide(far.ID, "because"), "error.point-reason")
	closed := decide(far.ID, "route-closed")
	r.fails(closed, "error.point-letter")
	closed.PointLetter = "the city says so"
	r.fails(closed, "error.evidence-file")
	closed.PointLetter = evidence.HashOf([]byte("a letter"))
	r.must(closed)
	v := r.view(ref)
	if d := v.Conditions.Dearer; d == nil || d.Best != points.Best.ID || d.Over <= 10 || d.Reason.EN == "" || v.Conditions.Point.ID != far.ID {
		t.Errorf("the applicant reads %+v of %+v", d, v.Conditions.Point)
	}
	acts, err := r.Acts(t.Context(), aiqyn.Actor{Role: aiqyn.RoleOverseer, Officer: "overseer-01"}, Page{})
	if err != nil || len(acts.Items) != 1 || acts.Items[0].Kind != EventDearer || acts.Items[0].Ref != ref {
		t.Errorf("the overseer sees %+v, %v", acts.Items, err)
	}
	carried := map[string]string{}
	for _, a := range r.view(r.following(ref)).Answers {
		carried[a.Question.Name] = a.Value
	}
	if carried["point"] != far.ID || carried["price"] == "" {
		t.Errorf("what follows carries %v", carried)
	}
	r.sound()
}

// TestBestPointRaisesNoFlag: naming the best is as good as naming none.
func TestBestPointRaisesNoFlag(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	r.keepTwoPoints(120)
	ref := r.toConditions(holder, plot, 50)
	best := r.view(ref).Ruling.Points.Best.ID
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true, Point: best})
	if v := r.view(ref); v.Conditions.Dearer != nil || v.Conditions.Point.ID != best {
		t.Errorf("%+v", v.Conditions)
	}
	r.pass(time.Second)
	r.sound()
}

// TestSilenceTakesTheBest: nobody names anything where nobody decides.
func TestSilenceTakesTheBest(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	ref := r.toConditions(holder, plot, 50)
	best := r.view(ref).Ruling.Points.Best.ID
	r.at(start.AddDate(0, 0, 20))
	if v := r.view(ref); !strings.HasPrefix(v.Conditions.Point.ID, best) || !v.Conditions.BySilence {
		t.Errorf("%+v", v.Conditions)
	}
}

// keepTwoPoints keeps the network of two points as the snapshot that rulings name.
func (r *rig) keepTwoPoints(metres float64) {
	r.t.Helper()
	n := twoPoints(metres)
	if err := r.db.PutSnapshot(r.t.Context(), store.Snapshot{Hash: n.Hash(), Kind: "network", Data: n.Encode(), Added: start}); err != nil {
		r.t.Fatal(err)
	}
}
