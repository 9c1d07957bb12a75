package casework

import (
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
)

// shorter is the test's table of costs by which nobody is connected who is not beside.
func shorter() *grid.Costs {
	costs := testCosts
	costs.MaxRouteM = 20
	return &costs
}

// TestAPublicationBindsByItsOwnTables: power was published by a table that reaches a
// parcel; by one that came into force since nothing reaches it. What was published binds
// as it was. By version 3, which asked by the tables of today, the refusal was true, and
// rulings by it stand.
func TestAPublicationBindsByItsOwnTables(t *testing.T) {
	for _, version := range []string{grid.PublishedMargin3, grid.PublishedMargin4} {
		lies := false
		r := newRig(t, asksElse(grid.PublishedMargin4, func(in map[string]any) {
			if lies {
				in["tables"].([]any)[0].(map[string]any)["costs"].(map[string]any)["max_route_m"] = 20
			}
		}))
		r.shut()
		r.files = r.edited("energy.connection/service.yaml", grid.PublishedMargin4, version)
		r.open()
		r.adopts()
		r.publishPower()
		r.pass(24 * time.Hour)
		r.confirmed(r.bring(func(b *BringTables) { b.Reason, b.Costs = ReasonPrices, shorter() }))
		r.publishPower()
		ref := r.toConditions(holder, plot, 50)
		err := r.refuse(ref)
		if version == grid.PublishedMargin3 {
			if err != nil {
				t.Errorf("by version 3: %v", err)
			}
			r.wantClean()
			continue
		}
		answersKey(t, err, "error.reason-not-true")
		r.wantClean()
		lies = true
		r.rules(ref, "no-capacity")
		r.finds("what they were made with, are not those that the log announces")
		lies = false
		second := r.toConditions(holder, "99-999-002-001", 50)
		r.must(Decide{ID: r.id(), Actor: r.officer(second), Ref: second, Step: "conditions", Grant: true})
		r.skip(33 * 24 * time.Hour)
		r.publishPower()
		if err := r.refuse(r.toConditions(holder, "99-999-002-002", 60)); err != nil {
			t.Errorf("a window later: %v", err)
		}
	}
}

// TestSourcesBindAsPublished: two sources had room by what was published. A reading that
// fills one of them since takes nothing back: who asks for two sources is not refused for
// want of the second, until a window has passed. A ruling that leaves it out is found.
func TestSourcesBindAsPublished(t *testing.T) {
	refuse := func(r *rig, ref aiqyn.Reference) error {
		_, err := r.Do(t.Context(), Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "one-source"})
		return err
	}
	lies := false
	r := onRow(t, true, asksElse(grid.IndependentSources4, func(in map[string]any) {
		if lies {
			in["networks"], in["tables"] = []any{}, []any{}
		}
	}))
	r.publishPower()
	r.pass(time.Hour)
	day := start.Format(time.DateOnly)
	r.measure("trafo,day,peak_kw,meter\n6," + day + ",390,M-6\n7," + day + ",390,M-7\n")
	r.publishPower()
	ref := r.secondCategory()
	answersKey(t, refuse(r, ref), "error.reason-not-true")
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	r.wantClean()
	r.skip(33 * 24 * time.Hour)
	r.measure("trafo,day,peak_kw,meter\n6," + r.clock().Format(time.DateOnly) + ",390,M-6\n7," + r.clock().Format(time.DateOnly) + ",390,M-7\n")
	r.publishPower()
	cmd := r.filing(holder, "99-999-002-001", 50)
	cmd.Answers["category"] = "II"
	later := r.must(cmd).Ref
	r.pass(10 * time.Second)
	r.survey(later)
	r.pass(10 * time.Second)
	if err := refuse(r, later); err != nil {
		t.Errorf("a window later: %v", err)
	}
	r.wantClean()

	r = onRow(t, true, asksElse(grid.IndependentSources4, func(in map[string]any) { in["networks"], in["tables"] = []any{}, []any{} }))
	r.publishPower()
	r.pass(time.Hour)
	r.measure("trafo,day,peak_kw,meter\n6," + day + ",390,M-6\n7," + day + ",390,M-7\n")
	r.publishPower()
	r.rules(r.secondCategory(), "one-source")
	r.finds("are not those that the log announces")
}
