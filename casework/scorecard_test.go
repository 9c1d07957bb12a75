package casework

import "testing"

// The scorecard counts what the log has: grants, grants at a dearer point, and how
// transformers are known; once a publication.
func TestScorecard(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	r.keepTwoPoints(120)
	ctx := t.Context()
	ref := r.toConditions(holder, plot, 50)
	far := r.view(ref).Ruling.Points.Feasible[1]
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true, Point: far.ID, PointReason: "route-closed"})
	if _, err := r.PublishCapacity(ctx); err != nil {
		t.Fatal(err)
	}
	card, err := r.Scorecard(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if card.Granted != 1 || card.Dearer != 1 || card.Refused != 0 || card.Rejected != 0 {
		t.Errorf("%+v", card)
	}
	if n := card.Measured + card.Estimated + card.Unknown; n == 0 || n != int64(card.Count) {
		t.Errorf("%d transformers of %d", n, card.Count)
	}
	if again, err := r.Scorecard(ctx); err != nil || again != card {
		t.Errorf("again %+v, %v", again, err)
	}
}
