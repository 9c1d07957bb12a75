package casework

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/canonical"
	"aiqyn/grid"
)

const secondPlot = "99-999-002-001"

// twoForOne is two applications for the last 200 kW, of which there is room for one.
func twoForOne(t testing.TB, opts ...rigOption) (r *rig, first, second aiqyn.Reference) {
	t.Helper()
	r = newRig(t, opts...)
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
	if all := r.askedBelowAll(); all.Applications != 2 || all.Watt <= 0 {
		t.Errorf("below all transformers %+v is asked for", all)
	}
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
	if all := r.askedBelowAll(); all != (Asked{}) {
		t.Errorf("%+v is asked for when nobody asks", all)
	}
	r.wantClean()
}

// askedBelowAll is what is asked for below each transformer, together.
func (r *rig) askedBelowAll() (all Asked) {
	r.t.Helper()
	for _, p := range r.Capacity.network().model.Nameplates() {
		is, err := r.AskedBelow(r.t.Context(), aiqyn.Actor{}, p.Trafo)
		if err != nil || is == nil {
			r.t.Fatal(is, err)
		}
		all.Watt += is.Watt
		all.Applications += is.Applications
	}
	return all
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
	r := newRig(t)
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
		r := newRig(t)
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
// them claim less or elsewhere, or has somebody wait for nobody, is found.
func TestTheAuditOfPrecedence(t *testing.T) {
	network := func(in map[string]any) map[string]any { return in["networks"].([]any)[0].(map[string]any) }
	claim := func(in map[string]any) map[string]any { return in["claims"].([]any)[0].(map[string]any) }
	lies := func(map[string]any) {}
	r, _, second := twoForOne(t, asksElse(grid.Precedence3, func(in map[string]any) {
		if len(in["networks"].([]any)) > 0 {
			lies(in)
		}
	}))
	grants := r.granting(second)
	before := r.backup()
	for name, c := range map[string]struct {
		change func(in map[string]any)
		finds  string
	}{
		"nobody has claimed":   {func(in map[string]any) { in["claims"] = []any{} }, "jumps the queue"},
		"nobody is looked for": {func(in map[string]any) { in["claims"], in["networks"] = []any{}, []any{} }, "jumps the queue"},
		"no tree is looked at": {func(in map[string]any) { network(in)["trees"] = []any{} }, "does not look where applications filed earlier"},
		"they claim less":      {func(in map[string]any) { claim(in)["w"] = 1000 }, "or claim something else, than the log"},
		"they claim elsewhere": {func(in map[string]any) { claim(in)["buses"] = []any{99} }, "or claim something else, than the log"},
		"less is reserved":     {func(in map[string]any) { in["reserved"] = []any{map[string]any{"bus": 2, "w": -150_000}} }, "the log 0 W"},
		"another load":         {func(in map[string]any) { in["load_w"] = 1000 }, "it is of another load"},
		"another point":        {func(in map[string]any) { in["points"] = []any{1} }, "its points are not those that were found"},
		"wider limits":         {func(in map[string]any) { network(in)["limits"].(map[string]any)["trafo_ppm"] = 1_900_000 }, "asks other networks"},
	} {
		lies = c.change
		_, err := r.Do(t.Context(), grants)
		if err != nil {
			t.Fatal(name, err)
		}
		r.finds(c.finds)
		r.restore(before)
		r.open()
	}
}

// TestTheAuditOfClaims: what an application claims as it is filed is held to the case, to
// the log and to its computation; one that claims nothing, or too early, is found.
func TestTheAuditOfClaims(t *testing.T) {
	r, _, _ := twoForOne(t)
	r.wantClean()
	altered := func(change func(in map[string]any)) func([]*event) []*event {
		return each(func(d *lookedUp) {
			if len(d.Claim) == 0 {
				return
			}
			list := slices.Clone(d.Claim)
			x := &list[0]
			var in map[string]any
			dec := json.NewDecoder(bytes.NewReader(x.In))
			dec.UseNumber()
			if err := dec.Decode(&in); err != nil {
				t.Fatal(err)
			}
			change(in)
			x.In, _ = canonical.Encode(in)
			x.Out, _ = r.Computations[x.With].Run(x.In, r.snapshots)
			d.Claim = list
		})
	}
	r.forgedAs("it claims nothing", 2, each(func(d *lookedUp) { d.Claim = nil }), "does not say what is claimed")
	r.forgedAs("another answer", 2, each(func(d *lookedUp) {
		d.Claim = slices.Clone(d.Claim)
		d.Claim[0].Out = bytes.Replace(d.Claim[0].Out, []byte(`"buses":[2]`), []byte(`"buses":[1]`), 1)
	}), "answers otherwise")
	r.forgedAs("another load", 2, altered(func(in map[string]any) { in["load_w"] = 1000 }), "the load is not what is asked for")
	r.forgedAs("another place", 2, altered(func(in map[string]any) { in["x"] = 1 }), "the place is not that of the case")
	r.forgedAs("wider limits", 2, altered(func(in map[string]any) { in["limits"].(map[string]any)["trafo_ppm"] = 1_900_000 }), "limits are those of no pack")
	r.forgedAs("other streets", 2, altered(func(in map[string]any) { in["detour_permille"] = 9000 }), "the detour is not")
	r.forgedAs("an owner has agreed", 2, altered(func(in map[string]any) { in["agreed"] = "99" }), "another owner has agreed")
	r.forgedAs("a dearer table", 2, altered(func(in map[string]any) { in["costs"].(map[string]any)["max_route_m"] = 900 }), "prices that were not published")
	r.forgedAs("it has not looked for another", 2, altered(func(in map[string]any) { in["wide"] = false }), "has not looked for another")
	r.forgedAs("of another state of the log", 2, each(func(d *lookedUp) { d.AsOf += 100 }), "by another state of the log")
	alone, _, _ := twoForOne(t, asksElse(grid.Claim3, func(in map[string]any) {
		in["claims"], in["trees"], in["rest"], in["wide"] = []any{}, []any{}, []any{}, false
	}))
	alone.finds("jumps the queue")
	r.forgedAs("twice", 2, each(func(d *lookedUp) { d.Claim = append(slices.Clip(d.Claim), d.Claim...) }), "by which nothing is claimed")
}

// TestWhatWasPublishedGoesInTheOrderOfFiling: where the network in force has no room and
// what was published binds, that is claimed, and goes to who filed first as well.
func TestWhatWasPublishedGoesInTheOrderOfFiling(t *testing.T) {
	r := filled(t)
	first := r.file(holder, plot, 250)
	second := r.toConditions(holder, secondPlot, 250)
	r.fails(r.granting(second), "error.stands-behind")
	r.reopen()
	r.fails(r.granting(second), "error.stands-behind")
	r.survey(first)
	r.pass(10 * time.Second)
	r.must(r.granting(first))
	if err := r.refuse(second); err != nil {
		t.Errorf("a true refusal: %v", err)
	}
	r.wantClean()
}

// TestWhoIsRefusedAnywayClaimsNothing: whoever has no right to the parcel stands before
// nobody.
func TestWhoIsRefusedAnywayClaimsNothing(t *testing.T) {
	r := newRig(t)
	r.keepPower()
	r.file(stranger, plot, 250)
	r.pass(time.Minute)
	second := r.toConditions(holder, secondPlot, 250)
	r.must(r.granting(second))
	r.wantClean()
}
