package casework

import (
	"slices"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

// on is a day of a test's calendar.
func on(t testing.TB, text string) deadline.Date {
	t.Helper()
	d, err := deadline.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An overseer holds a case over its date: nothing is granted meanwhile, the
// hold ends by itself, and the date has moved by the days it was held.
func TestHoldEndsByItselfAndMovesTheDate(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	if due := r.due(ref); due != "2026-06-08" {
		t.Fatalf("due %s", due)
	}
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: ref, Ground: "order 5", Until: on(t, "2026-06-05")}) // on Monday the 1st
	v := r.view(ref)
	if v.Hold == nil || v.Hold.Ground != "order 5" || deadline.DateOf(v.Hold.Until.In(almaty(t, "2026-06-01 10:00").Location())) != on(t, "2026-06-05") {
		t.Fatalf("the hold is shown as %+v", v.Hold)
	}
	if due := r.due(ref); due != "2026-06-12" { // four whole days: the 2nd to the 5th
		t.Errorf("held until the 5th, due %s", due)
	}
	if !slices.ContainsFunc(v.Due.Why, func(w deadline.Reason) bool { return w.Args["reason"] == ReasonHeld }) {
		t.Errorf("the date does not say why it moved: %v", v.Due.Why)
	}
	r.at(almaty(t, "2026-06-05 23:59"))
	if v := r.view(ref); !v.Held {
		t.Errorf("ended before its last day: %v", kinds(v))
	}
	r.at(almaty(t, "2026-06-06 00:01"))
	if v := r.view(ref); v.Held || v.Events[len(v.Events)-1].Kind != EventUnheld || v.Events[len(v.Events)-1].Role != aiqyn.RoleSystem {
		t.Errorf("did not end by itself: %v", kinds(v))
	}
	r.at(almaty(t, "2026-06-12 23:00"))
	if v := r.view(ref); v.Outcome != "" {
		t.Errorf("%s before the date", v.Outcome)
	}
	r.at(almaty(t, "2026-06-13 00:01"))
	if v := r.view(ref); v.Outcome != aiqyn.Granted || !v.Conditions.BySilence {
		t.Errorf("after the moved date: %v", kinds(v))
	}
	r.checkSound()
}

// One hold after another: together they hold a case no longer than the cap, and
// whoever waits gets an answer.
func TestHoldsCannotBeChained(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	again := func() string {
		_, err := r.Do(t.Context(), Hold{ID: r.id(), Actor: overseer, Ref: ref, Ground: "x"})
		return keyOf(err)
	}
	held := 0
	for day := 0; day < 60 && r.view(ref).Outcome == ""; day++ {
		switch got := again(); got {
		case "":
			held++
		case "error.case-held", "error.hold-used-up":
		default:
			t.Fatalf("day %d: %s", day, got)
		}
		r.pass(24 * time.Hour)
	}
	v := r.view(ref)
	if v.Outcome != aiqyn.Granted || held != 2 { // two of five working days each
		t.Fatalf("%d holds, %q: %v", held, v.Outcome, kinds(v))
	}
	if last := on(t, "2026-06-23"); v.Conditions.At.After(last.End(r.Zone)) { // five days of term and ten of holds, at the most
		t.Errorf("granted on %v", v.Conditions.At)
	}
	// Nobody waits any more: it may be held again, and longer.
	if got := again(); got != "" {
		t.Errorf("a closed case: %s", got)
	}
	r.checkSound()
}

func TestHoldIsRefused(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	for _, c := range []struct {
		want string
		hold Hold
	}{
		{"error.forbidden", Hold{Actor: head, Ground: "x"}},
		{"error.answer-required", Hold{Actor: overseer}},
		{"error.hold-until", Hold{Actor: overseer, Ground: "x", Until: on(t, "2026-06-01")}},
		{"error.hold-until", Hold{Actor: overseer, Ground: "x", Until: on(t, "2026-06-09")}},
		{"error.not-held", Hold{Actor: overseer, Lift: true}},
	} {
		c.hold.ID, c.hold.Ref = r.id(), ref
		if _, err := r.Do(t.Context(), c.hold); keyOf(err) != c.want {
			t.Errorf("%+v: %v, want %s", c.hold, err, c.want)
		}
	}
}

// A suspension that stands when a hold begins still ends at its own cap, and a
// day under both counts once.
func TestHoldOverASuspension(t *testing.T) {
	r := newRig(t)
	ref := r.toConditions(holder, plot, 150)
	r.must(Suspend{ID: r.id(), Actor: r.officer(ref), Ref: ref, Reason: "register-down"})
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: ref, Ground: "x", Until: on(t, "2026-06-08")})
	r.at(almaty(t, "2026-06-09 00:01"))
	v := r.view(ref)
	if v.Held || v.Suspended != "" {
		t.Fatalf("held %v, suspended %q: %v", v.Held, v.Suspended, kinds(v))
	}
	if due := r.due(ref); due != "2026-06-15" { // five days, 2nd to 8th, once
		t.Errorf("due %s", due)
	}
	r.checkSound()
}

// A hold that was recorded before holds had an end stays until it is lifted.
func TestHoldFromBeforeHoldsHadAnEnd(t *testing.T) {
	ev := &event{kind: EventHeld, at: start}
	if err := decodePrivate([]byte(`{"actor":{"role":"overseer"},"data":{"ground":"old"}}`), ev); err != nil {
		t.Fatal(err)
	}
	s := &State{Step: "conditions", Due: start.AddDate(0, 0, 7)}
	s.apply(ev)
	e := new(Engine)
	if !s.heldForGood() || !e.nextWake(s, nil, start).IsZero() || s.Due != start.AddDate(0, 0, 7) {
		t.Errorf("%+v", s)
	}
}
