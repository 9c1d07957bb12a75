package casework

import (
	"testing"
	"time"

	"aiqyn"
)

// sleeps lets time pass in which an operator keeps timers from running.
func (r *rig) sleeps(until time.Time) {
	r.mu.Lock()
	r.now = until
	r.mu.Unlock()
}

// roundOnly begins the round of a day without ending first what is due, and settles it.
func (r *rig) roundOnly() {
	r.t.Helper()
	svc, _ := r.Pack().Service(kindergarten)
	c := &commitRound{apart: apart{cid: r.id(), actor: aiqyn.System}, svc: svc, pack: r.Pack().Hash(), day: day(r.clock(), r.Zone)}
	if _, err := r.send(r.t.Context(), c); err != nil {
		r.t.Fatal(err)
	}
	r.sleeps(r.clock().Add(RoundNotice + 10*time.Second))
	if err := r.goOnWithRounds(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// TestTheOperatorEndsNothing: an operator whose program leaves undone what a term ends
// keeps a child out of rounds, or a place for somebody. The audit names the case, and each
// round that was begun meanwhile; who was away for days and then does what is due is sound.
func TestTheOperatorEndsNothing(t *testing.T) {
	const untilStop, untilOffer = 60, 30 // days, longer than both
	stopped := func(t *testing.T) (*rig, []aiqyn.Reference) {
		r, refs := threeWait(t)
		r.reports(1, 2)
		holdRound(r)
		r.replies(0, refs[0], "no")
		r.replies(1, refs[1], "yes")
		r.must(Perform{ID: r.id(), Actor: payer(childOf(1)), Ref: refs[1], Step: "enrolment", Records: map[string]string{"first-day": "2026-09-01"}})
		if q := r.stateOf(refs[0]); q.State != QueueStopped || q.Until.After(r.clock().AddDate(0, 0, untilStop)) {
			t.Fatalf("the stop is %+v", q)
		}
		return r, refs
	}
	offered := func(t *testing.T) (*rig, []aiqyn.Reference) {
		r, refs := threeWait(t)
		holdRound(r)
		if s := r.view(refs[0]); s.Due.At.After(r.clock().AddDate(0, 0, untilOffer)) {
			t.Fatalf("the offer is until %s", s.Due.At)
		}
		return r, refs
	}
	later := func(r *rig, days int) { // the log goes on, days apart
		for range 3 {
			r.sleeps(r.clock().AddDate(0, 0, days/3))
			r.reports(1, 3)
		}
	}
	for _, test := range []struct {
		name  string
		begin func(*testing.T) (*rig, []aiqyn.Reference)
		do    func(*rig, []aiqyn.Reference)
		finds []string
	}{
		{"a stop is not ended", stopped, func(r *rig, _ []aiqyn.Reference) { later(r, 3*untilStop) }, []string{"is not ended: a stop"}},
		{"a stop is ended after the round", stopped, func(r *rig, refs []aiqyn.Reference) {
			later(r, 3*untilStop)
			r.roundOnly()
			r.pass(2 * time.Hour)
		}, []string{"a round was begun without it", "ends what was over on"}},
		{"an offer does not expire", offered, func(r *rig, refs []aiqyn.Reference) { later(r, 3*untilOffer) }, []string{"is not ended: a stop"}},
		{"an offer expires after the round", offered, func(r *rig, refs []aiqyn.Reference) {
			later(r, 3*untilOffer)
			r.roundOnly()
			r.pass(2 * time.Hour)
		}, []string{"kept a place that was its own until", "ends what was over on"}},
		{"an offer expires late, between two rounds", offered, func(r *rig, refs []aiqyn.Reference) {
			later(r, 3*untilOffer)
			r.pass(2 * time.Hour)
		}, []string{"ends what was over on"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, refs := test.begin(t)
			r.sound()
			test.do(r, refs)
			for _, what := range test.finds {
				r.auditFinds(what)
			}
		})
	}
	t.Run("a server that was away", func(t *testing.T) {
		for _, begin := range []func(*testing.T) (*rig, []aiqyn.Reference){stopped, offered} {
			r, refs := begin(t)
			r.sleeps(r.clock().AddDate(0, 0, untilStop))
			r.reports(1, 3)
			holdRound(r) // which ends first what is due
			if q := r.stateOf(refs[0]); q.State == QueueStopped || q.State == QueueOffered && q.Round == 0 {
				t.Errorf("it is still %+v", q)
			}
			r.sound()
		}
	})
}
