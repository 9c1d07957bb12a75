package casework

import (
	"slices"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
)

var utilityHead = aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-01", Body: "utility"}

// TestCorrectionOfAFact: a fact is read again, never typed; as long as the
// register says what it said, nothing is corrected; and what rested on it is
// listed and ruled again.
func TestCorrectionOfAFact(t *testing.T) {
	r := newRig(t)
	ref := r.granted(holder, plot, 150)
	ask := AskCorrection{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref, Field: "rights", Text: "Үлесім жартысы ғана."}
	r.must(ask)
	v := r.view(ref)
	if v.Status != StatusCorrection || v.Outcome != aiqyn.Granted || v.Correction.Entry != r.entryOf(ref, EventLookedUp) {
		t.Fatalf("%s %s %+v", v.Status, v.Outcome, v.Correction)
	}
	list, err := r.Inbox(t.Context(), utilityHead, Page{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Ref != ref || list.Items[0].Due.IsZero() {
		t.Fatalf("the head's inbox: %+v, %v", list, err)
	}
	correct := func(a aiqyn.Actor) error {
		_, err := r.Do(t.Context(), Correct{ID: r.id(), Actor: a, Ref: ref, Entry: v.Correction.Entry, Field: "rights", Ground: "Тізілім түзетілді."})
		return err
	}
	if err := correct(utilityHead); keyOf(err) != "error.correct-same" {
		t.Errorf("corrected to what the register says anyway: %v", err)
	}
	if err := correct(aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-02", Body: "appeals-council"}); aiqyn.KindOf(err) != aiqyn.Forbidden {
		t.Errorf("the head of another body corrects: %v", err)
	}
	r.register(registry.RightRegister, plot, registry.Right{Parcel: plot, Holders: []registry.Holder{{Person: stranger, Share: "1/1"}}})
	if err := correct(utilityHead); err != nil {
		t.Fatal(err)
	}
	v = r.view(ref)
	last := v.Corrected[len(v.Corrected)-1]
	if v.Status != StatusClosed || v.Outcome != aiqyn.Granted || v.Correction.Outcome != CorrectionMade || len(last.Affected) != 2 || last.Again == 0 || last.Grant {
		t.Errorf("%s %s %+v %+v", v.Status, v.Outcome, v.Correction, last)
	}
	first, again := v.Rulings[0], v.Rulings[len(v.Rulings)-1]
	right := func(r RulingStands) string {
		i := slices.IndexFunc(r.Facts, func(f FactView) bool { return f.Name == "rights" })
		return string(r.Facts[i].Value)
	}
	if len(v.Rulings) != 2 || !first.Grant || again.Grant || again.Entry != last.Again || !strings.Contains(right(first), string(holder)) || !strings.Contains(right(again), string(stranger)) {
		t.Errorf("the rulings stand on other facts than were known: %+v, %+v", first, again)
	}
	if watched, err := r.Case(t.Context(), aiqyn.Actor{Role: aiqyn.RoleAuditor, Officer: "auditor-01"}, ref); err != nil || watched.Rulings != nil {
		t.Errorf("who sees no people is shown what rulings stand on: %v, %v", watched, err)
	}
	r.checkSound()
}

// TestWhoAsksForACorrection, of what, and when.
func TestWhoAsksForACorrection(t *testing.T) {
	r := newRig(t)
	open := r.file(holder, "99-999-002-001", 5)
	ref := r.granted(holder, plot, 150)
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	for _, c := range []struct {
		name string
		ask  AskCorrection
		want string
	}{
		{"a stranger", AskCorrection{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: ref, Field: "rights", Text: "x"}, "error.not-found"},
		{"one's own answer", AskCorrection{Actor: me, Ref: ref, Field: "load", Text: "x"}, "error.answer-choice"},
		{"nothing there is", AskCorrection{Actor: me, Ref: ref, Field: "survey.colour", Text: "x"}, "error.answer-choice"},
		{"without a word", AskCorrection{Actor: me, Ref: ref, Field: "rights"}, "error.answer-required"},
		{"before anything is given", AskCorrection{Actor: me, Ref: open, Field: "rights", Text: "x"}, "error.nothing-to-correct"},
	} {
		c.ask.ID = r.id()
		if _, err := r.Do(t.Context(), c.ask); keyOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	ask := AskCorrection{ID: r.id(), Actor: me, Ref: ref, Field: "survey.measured-load", Said: "5", Text: "x"}
	r.must(ask)
	ask.ID = r.id()
	if _, err := r.Do(t.Context(), ask); keyOf(err) != "error.nothing-to-correct" {
		t.Errorf("a second request beside the first: %v", err)
	}
	decline := DeclineCorrection{ID: r.id(), Actor: utilityHead, Ref: ref}
	if _, err := r.Do(t.Context(), decline); keyOf(err) != "error.answer-required" {
		t.Errorf("declined without a ground: %v", err)
	}
	decline.ID, decline.Ground, decline.Actor = r.id(), "x", aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: "engineer-01", Body: "utility"}
	if _, err := r.Do(t.Context(), decline); keyOf(err) != "error.not-drawn" {
		t.Errorf("declined by an engineer: %v", err)
	}
	// What was granted still lapses on its day, request or no request.
	r.pass(400 * 24 * time.Hour)
	decline.ID, decline.Actor = r.id(), aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "head-02", Body: "appeals-council"}
	r.must(decline)
	r.pass(time.Second)
	if v := r.view(ref); v.Outcome != aiqyn.Lapsed {
		t.Errorf("after its day: %s", v.Outcome)
	}
	r.checkSound()
}
