package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
)

// A cheaper point that becomes free, as those live it who are still waiting for an answer,
// and those who have one.

// nearAndFar is a town with a near point and one that is farther, and power for one
// application at each; those who hold it are granted, at the near one first.
func nearAndFar(t *testing.T, hold int) (r *rig, holds []aiqyn.Reference) {
	t.Helper()
	r = newRig(t, func(c *Config) { c.Capacity = secondPoint(t, 120) })
	r.keepPower()
	r.keep(twoPoints(120))
	for i := range hold {
		ref := r.toConditions(holder, []string{"99-999-002-003", "99-999-002-004"}[i], 250)
		r.grantedAt(ref, 2+i)
		holds = append(holds, ref)
	}
	return r, holds
}

// claims holds what an open application claims.
func (r *rig) claims(ref aiqyn.Reference, buses ...int) {
	r.t.Helper()
	r.Capacity.mu.RLock()
	defer r.Capacity.mu.RUnlock()
	for _, a := range r.Capacity.orders.byCase {
		if a.ref == ref {
			if !slices.Equal(a.Buses, buses) {
				r.t.Errorf("it claims %v, not %v", a.Buses, buses)
			}
			return
		}
	}
	r.t.Errorf("it claims nothing, not %v", buses)
}

// inOrder has whoever filed later wait for the nearer point, and both be granted.
func (r *rig) inOrder(first, second aiqyn.Reference) {
	r.t.Helper()
	r.standsBehind(second, first)
	r.reopen()
	r.standsBehind(second, first)
	r.grantedAt(first, 2)
	r.grantedAt(second, 3)
	r.wantClean()
	r.whole()
	r.wantClean()
}

// TestANearerPointFreedWhileSomebodyWaits: the near point is full when somebody files, and
// freed before they are decided. It is theirs, and not of whoever filed later.
func TestANearerPointFreedWhileSomebodyWaits(t *testing.T) {
	r, holds := nearAndFar(t, 1)
	first := r.file(holder, plot, 250)
	r.claims(first, 2, 3)
	r.givesBack(holds[0])
	r.pass(time.Minute)
	second := r.file(holder, secondPlot, 250)
	r.surveysAll(second, first)
	r.inOrder(first, second)
}

// TestWhoClaimsTheNearerPointHoldsNobodyUp: while it is full, whoever fits there fits.
func TestWhoClaimsTheNearerPointHoldsNobodyUp(t *testing.T) {
	r, _ := nearAndFar(t, 1)
	first := r.file(holder, plot, 250)
	small := r.toConditions(holder, secondPlot, 20)
	r.grantedAt(small, 2)
	r.surveysAll(first)
	r.grantedAt(first, 3)
	r.wantClean()
}

// TestAPointSpokenForThatIsFreed: all points are spoken for when somebody files, and whoever
// was before them at the farther one withdraws. It is theirs next.
func TestAPointSpokenForThatIsFreed(t *testing.T) {
	r, _ := nearAndFar(t, 0)
	near := r.file(holder, "99-999-002-003", 250)
	far := r.file(holder, "99-999-002-004", 250)
	first := r.file(holder, plot, 250)
	r.claims(first, 2, 3)
	r.givesBack(far)
	second := r.file(holder, secondPlot, 250)
	r.surveysAll(second, near, first)
	r.standsBehind(second, near)
	r.grantedAt(near, 2)
	r.standsBehind(second, first)
	r.grantedAt(first, 3)
	if err := r.refuse(second); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	r.wantClean()
	r.whole()
	r.wantClean()
}

// TestANearerPointFreedInAHearing: whoever is heard for want of power, of whom first the
// farther point is freed and then the near one, has the near one.
func TestANearerPointFreedInAHearing(t *testing.T) {
	r, holds := nearAndFar(t, 2)
	first := r.toConditions(holder, plot, 250)
	if err := r.refuse(first); err != nil {
		t.Fatal(err)
	}
	r.claims(first, 2, 3)
	r.givesBack(holds[1])
	second := r.toConditions(holder, secondPlot, 250)
	r.standsBehind(second, first)
	r.givesBack(holds[0])
	r.inOrder(first, second)
}

// TestANearerPointFreedInAnAppeal: the same of whoever appeals while there is room at the
// farther point alone.
func TestANearerPointFreedInAnAppeal(t *testing.T) {
	r, holds := nearAndFar(t, 2)
	first := r.toConditions(holder, plot, 250)
	engineer := r.officer(first)
	for range 2 {
		r.must(Decide{ID: r.id(), Actor: engineer, Ref: first, Step: "conditions", Reason: "no-capacity"})
		r.heard(first)
	}
	r.givesBack(holds[1])
	r.must(Appeal{ID: r.id(), Actor: theHolder, Ref: first, Text: "Тексеріңіз."})
	r.claims(first, 2, 3)
	r.givesBack(holds[0])
	second := r.file(holder, secondPlot, 250)
	r.surveysAll(second)
	r.standsBehind(second, first)
	r.must(r.decision(first, AppealReturned))
	r.pass(10 * time.Second)
	r.inOrder(first, second)
}

// TestANearerPointFreedAfterAGrant: whoever was granted has an answer, and waits no more:
// the near point is of whoever waits. Who would rather have it files anew, after them.
func TestANearerPointFreedAfterAGrant(t *testing.T) {
	r, holds := nearAndFar(t, 1)
	first := r.toConditions(holder, plot, 250)
	r.grantedAt(first, 3)
	r.givesBack(holds[0])
	second := r.file(holder, secondPlot, 250)
	r.givesBack(first)
	anew := r.file(holder, plot, 250)
	r.claims(anew, 2, 3)
	r.surveysAll(anew, second)
	r.inOrder(second, anew)
}

// TestANearerPointFreedAfterARuling: the day of somebody has passed, and they wait for who
// was before them at the farther point. The near one, freed meanwhile, is theirs.
func TestANearerPointFreedAfterARuling(t *testing.T) {
	r, _ := nearAndFar(t, 0)
	r.grantedAt(r.toConditions(holder, "99-999-002-003", 200), 2)
	holds := r.toConditions(holder, "99-999-002-004", 180)
	r.grantedAt(holds, 2)
	frozen := r.toConditions(holder, "99-999-002-005", 250)
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: frozen, Ground: "court"})
	first := r.toConditions(holder, plot, 160)
	r.at(r.view(first).Due.At.Add(time.Minute))
	if v := r.view(first); v.Outcome != "" || v.Behind.IsZero() {
		t.Fatalf("its day has passed: %q, %v", v.Outcome, v.Behind)
	}
	r.claims(first, 2, 3)
	r.wantClean()
	second := r.toConditions(holder, secondPlot, 160)
	r.givesBack(holds)
	r.standsBehind(second, first)
	r.pass(11 * time.Minute)
	if v := r.view(first); v.Outcome != aiqyn.Granted || v.Ruling.Points.Best.Bus != 2 {
		t.Errorf("it came to %q at %+v", v.Outcome, v.Ruling.Points.Best)
	}
	r.wantClean()
}
