package casework

import (
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/grid"
)

const secondPlot = "99-999-002-001"

// twoForOne is two applications for the last 200 kW, of which there is room for one.
func twoForOne(t testing.TB, opts ...rigOption) (r *rig, first, second aiqyn.Reference) {
	t.Helper()
	r = orderedRig(t, opts...)
	r.keepPower()
	r.publishPower()
	first = r.file(holder, plot, 250)
	r.pass(time.Minute)
	second = r.file(holder, secondPlot, 250)
	for _, ref := range []aiqyn.Reference{first, second} {
		r.pass(10 * time.Second)
		r.survey(ref)
	}
	r.pass(10 * time.Second)
	return r, first, second
}

// granting grants a case by its engineer.
func (r *rig) granting(ref aiqyn.Reference) Decide {
	return Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true}
}

// TestTheLastPowerGoesInTheOrderOfFiling: an engineer who decides the later application
// first can neither grant nor refuse it; once the earlier one has the power there is one
// grant and one refusal that is true.
func TestTheLastPowerGoesInTheOrderOfFiling(t *testing.T) {
	r, first, second := twoForOne(t)
	_, err := r.Do(t.Context(), r.granting(second))
	wantKey(t, err, "error.stands-behind")
	if e, _ := asError(err); !strings.Contains(e.Error(), string(first)) {
		t.Errorf("it does not name the one before: %v", e)
	}
	if err := r.refuse(second); err == nil {
		t.Error("it is refused while it only waits")
	}
	r.must(r.granting(first))
	if _, err := r.Do(t.Context(), r.granting(second)); err == nil {
		t.Fatal("the last power was given twice")
	}
	for range 2 {
		if err := r.refuse(second); err != nil {
			t.Fatal(err)
		}
		r.pass(4 * 24 * time.Hour)
	}
	if v := r.view(second); v.Outcome != aiqyn.Refused {
		t.Errorf("the later one came to %q", v.Outcome)
	}
	r.wantClean()
}

// TestBothAreDecidedAtOnce: in one batch the earlier one gets it, whichever command is
// carried out first.
func TestBothAreDecidedAtOnce(t *testing.T) {
	r, first, second := twoForOne(t)
	decide := []Decide{r.granting(second), r.granting(first)}
	atOnce(2, func(i int) (Result, error) { return r.Do(t.Context(), decide[i]) })
	if v := r.view(first); v.Outcome != aiqyn.Granted {
		t.Errorf("the earlier one came to %q", v.Outcome)
	}
	if v := r.view(second); v.Outcome == aiqyn.Granted {
		t.Error("the last power was given twice")
	}
	r.wantClean()
}

// TestWhoFitsBesideDoesNotWait: where there is room for both nobody waits for anybody,
// and where somebody before withdraws nobody does any longer.
func TestWhoFitsBesideDoesNotWait(t *testing.T) {
	r := orderedRig(t)
	r.keepPower()
	first := r.file(holder, plot, 250)
	r.pass(time.Minute)
	beside, second := r.toConditions(holder, secondPlot, 100), aiqyn.Reference("")
	r.must(r.granting(beside))
	second = r.toConditions(holder, "99-999-002-002", 200)
	r.fails(r.granting(second), "error.stands-behind")
	if v := r.view(second); len(v.Ruling.Earlier) != 1 || v.Ruling.Earlier[0].Ref != first || v.Ruling.Earlier[0].Until.IsZero() {
		t.Errorf("its engineer is shown %+v", v.Ruling.Earlier)
	}
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	if v, err := r.Case(t.Context(), me, second); err != nil || len(v.Ruling.Earlier) != 1 || v.Ruling.Earlier[0].Ref != "" || v.Ruling.Earlier[0].Filed.IsZero() {
		t.Errorf("who applied is shown %+v, %v", v.Ruling.Earlier, err)
	}
	r.must(Withdraw{ID: r.id(), Actor: me, Ref: first})
	r.must(r.granting(second))
	r.wantClean()
	r.reopen()
	r.wantClean()
	r.erasesOf("energy.connection", first)
	r.wantClean()
}

// TestSilenceWaitsItsTurn: the day of the later one passes first. It waits, is told so
// once, and gets what is left as soon as the one before is decided: here that is nothing,
// and somebody above must say so; where the one before withdraws, all of it.
func TestSilenceWaitsItsTurn(t *testing.T) {
	for _, withdraws := range []bool{false, true} {
		r := orderedRig(t)
		r.keepPower()
		first := r.toConditions(holder, plot, 250)
		second := r.toConditions(holder, secondPlot, 180)
		r.pass(8 * 24 * time.Hour) // five working days
		r.pass(time.Hour)
		r.reopen() // who stands before whom is read again
		waiting := r.view(second)
		if waiting.Outcome != "" || waiting.Behind.IsZero() {
			t.Fatalf("its day has passed: %q, %+v", waiting.Outcome, waiting.Behind)
		}
		r.wantClean()
		if withdraws {
			r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: first})
			r.pass(time.Hour)
			if v := r.view(second); v.Outcome != aiqyn.Granted || !v.Conditions.BySilence {
				t.Errorf("the one before has withdrawn: %q", v.Outcome)
			}
			r.wantClean()
			r.forgedAs("of another ruling", 2, each(func(d *stoodBehind) { d.Ruling-- }), "no ruling before it would grant")
			r.forgedAs("of another day", 2, each(func(d *stoodBehind) { d.Due = d.Due.Add(time.Hour) }), "before its day has passed")
			r.forgedAs("by somebody", 2, func(list []*event) []*event {
				for _, ev := range list {
					if ev.kind == EventStoodBehind {
						ev.actor = aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}
					}
				}
				return list
			}, "somebody has the case wait")
			continue
		}
		r.pass(8 * 24 * time.Hour)
		r.pass(time.Hour)
		if v := r.view(first); v.Outcome != aiqyn.Granted || !v.Conditions.BySilence {
			t.Errorf("the earlier one came to %q", v.Outcome)
		}
		if v := r.view(second); v.Outcome != "" || !v.Behind.IsZero() || v.StepState != StepEscalated {
			t.Errorf("the later one came to %q, %+v", v.Outcome, v.StepState)
		}
		r.wantClean()
	}
}

// TestNobodyWaitsForEver: a case that is frozen stands before others no longer than its
// pack says.
func TestNobodyWaitsForEver(t *testing.T) {
	r, first, second := twoForOne(t)
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: first, Ground: "court"})
	r.pass(20 * 24 * time.Hour)
	if v := r.view(second); v.Outcome != "" {
		t.Fatalf("the earlier one is frozen: %q", v.Outcome)
	}
	r.pass(16 * 24 * time.Hour)
	r.pass(time.Hour)
	if v := r.view(second); v.Outcome != aiqyn.Granted {
		t.Errorf("after thirty-five days: %q", v.Outcome)
	}
	r.wantClean()
}

// TestTheAuditOfPrecedence: an office that leaves out who stands before a friend, or has
// them ask for less, or has somebody wait for nobody, is found.
func TestTheAuditOfPrecedence(t *testing.T) {
	network := func(in map[string]any) map[string]any { return in["networks"].([]any)[0].(map[string]any) }
	for name, c := range map[string]struct {
		change func(in map[string]any)
		finds  string
	}{
		"nobody is asked about": {func(in map[string]any) { in["networks"] = []any{} }, "asks other networks who stands before it"},
		"nobody has spoken":     {func(in map[string]any) { network(in)["spoken"] = []any{} }, "jumps the queue"},
		"they ask for less":     {func(in map[string]any) { network(in)["spoken"].([]any)[0].(map[string]any)["w"] = 1000 }, "or ask for something else, than the log"},
		"another load":          {func(in map[string]any) { in["load_w"] = 1000 }, "it is of another place or load"},
		"wider limits":          {func(in map[string]any) { network(in)["limits"].(map[string]any)["trafo_ppm"] = 1_900_000 }, "asks other networks who stands before it"},
	} {
		t.Run(name, func(t *testing.T) {
			lies := false
			r, _, second := twoForOne(t, asksElse(grid.Precedence1, func(in map[string]any) {
				if lies && len(in["networks"].([]any)) > 0 {
					c.change(in)
				}
			}))
			lies = true
			r.must(r.granting(second))
			r.finds(c.finds)
		})
	}
	lies := false
	r := orderedRig(t, asksElse(grid.Precedence1, func(in map[string]any) {
		if lies {
			in["more"] = true
		}
	}))
	r.keepPower()
	ref := r.toConditions(holder, plot, 50)
	lies = true
	r.must(r.granting(ref)) // nobody is named, and nobody can be waited for
	r.finds("another number of applications stand before it")
	r = orderedRig(t)
	r.keepPower()
	ref = r.toConditions(holder, plot, 50)
	r.must(r.granting(ref))
	r.forgedAs("who stands before is not asked", 1, each(func(d *ruled) { d.Computed = d.Computed[:len(d.Computed)-1] }), "leaves out precedence")
}

// orderedRig is a rig whose pack gives power in the order of filing.
func orderedRig(t testing.TB, opts ...rigOption) *rig {
	t.Helper()
	r := newRig(t, opts...)
	r.shut()
	const name = "energy.connection/service.yaml"
	r.files = r.edited(name, "  # All sources within reach, whichever", inOrderComputed+"  # All sources within reach, whichever")
	r.files = r.edited(name, "  # Nobody shall dig ten", inOrderGiven+"  # Nobody shall dig ten")
	r.open()
	return r
}

const (
	inOrderComputed = `  # Who filed earlier and waits for an answer stands before: which of the points are free
  # beside what those before are to have.
  precedence: {with: grid.precedence@1, from: [place, load, added, category, phases, voltage, consent, substation, points, margin]}
`
	inOrderGiven = `  # The last power goes in the order of filing and not in that of decisions. How long an
  # undecided application stands before later ones is its term with its longest stops, and
  # some days for holidays: nobody waits for longer, whoever sits on the one before.
  precedence:
    of: precedence
    for:
      - when: load <= 200
        days: 21
        calendar: calendar
        law: {act: V1500010403, from: 2026-11-01, status: proposal}
      - when: load <= 1000
        days: 35
        calendar: calendar
        law: {act: V1500010403, from: 2026-11-01, status: proposal}
      - days: 49
        calendar: calendar
        law: {act: V1500010403, from: 2026-11-01, status: proposal}
`
)
