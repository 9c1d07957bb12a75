package casework

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// The twelve points of DESIGN.md, "Life of a case, and what must never be
// false". Each test would fail if its point were false.

// answer is what one command of several got.
type answer struct {
	Result
	err error
}

// plug is a command that keeps the sequencer until it is pulled.
type plug struct {
	apart
	began, free chan struct{}
	pulled      sync.Once
}

func (p *plug) decide(*turn) error {
	close(p.began)
	<-p.free
	return nil
}

func (p *plug) pull() { p.pulled.Do(func() { close(p.free) }) }

// oneBatch has the engine decide commands in one batch, in this order.
func (r *rig) oneBatch(cmds ...any) []answer {
	r.t.Helper()
	plug := &plug{began: make(chan struct{}), free: make(chan struct{})}
	first := &request{cmd: plug, reply: make(chan reply, 1)}
	r.queue <- first
	<-plug.began // the next ones gather
	defer plug.pull()
	requests := make([]*request, len(cmds))
	for i, cmd := range cmds {
		c, err := r.commandOf(cmd)
		if err == nil {
			err = c.prepare(r.t.Context(), r.Engine)
		}
		if err != nil {
			r.t.Fatalf("%T: %v", cmd, err)
		}
		requests[i] = &request{cmd: c, reply: make(chan reply, 1)}
		r.queue <- requests[i]
	}
	plug.pull()
	<-first.reply
	answers := make([]answer, len(cmds))
	for i, q := range requests {
		a := <-q.reply
		answers[i] = answer{a.result, a.err}
	}
	return answers
}

// entries opens the whole log.
func (r *rig) entries() []*event {
	r.t.Helper()
	keys := map[int64]*caseKey{0: r.keys.system}
	var list []*event
	for row, err := range r.db.Entries(r.t.Context(), 0, r.size()) {
		if err != nil {
			r.t.Fatal(err)
		}
		if keys[row.Case] == nil {
			rows, err := r.db.CasesByNo(r.t.Context(), []int64{row.Case})
			if err != nil || len(rows) != 1 {
				r.t.Fatalf("case %d: %v", row.Case, err)
			}
			if keys[row.Case], err = r.keys.unwrap(rows[0].Key); err != nil {
				r.t.Fatal(err)
			}
		}
		ev, err := r.decodeEntry(*row, keys[row.Case])
		if err != nil {
			r.t.Fatal(err)
		}
		list = append(list, ev)
	}
	return list
}

func count(events []*event, kind EventKind) int {
	n := 0
	for _, ev := range events {
		if ev.kind == kind {
			n++
		}
	}
	return n
}

func same(a, b Result) bool { return a.Ref == b.Ref && a.First == b.First && a.Last == b.Last }

func TestPoint01Command(t *testing.T) {
	t.Run("a retry gets the first answer, also after a restart", func(t *testing.T) {
		r := newRig(t)
		type done struct {
			cmd    any
			answer Result
		}
		var all []done
		do := func(cmd any) Result {
			all = append(all, done{cmd, r.must(cmd)})
			return all[len(all)-1].answer
		}
		do(Roster{ID: "c1", Actor: aiqyn.Actor{Role: aiqyn.RoleRegistrar, Officer: "registrar-01"}, Role: "surveyor", Body: "utility",
			Officers: []aiqyn.OfficerID{"surveyor-01"}}) // c1 is the log's first command: seed sent it
		ref := do(r.filing(holder, plot, 150)).Ref
		r.pass(10 * time.Second)
		do(r.surveyOf(ref))
		r.pass(10 * time.Second)
		do(Suspend{ID: r.id(), Actor: r.officer(ref), Ref: ref, Reason: "register-down"})
		do(Resume{ID: r.id(), Actor: r.officer(ref), Ref: ref})
		do(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
		do(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Ref: ref})
		do(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"})
		if all[0].answer.First != 0 || !all[0].answer.Again {
			t.Errorf("the log's first command again: %+v", all[0].answer)
		}
		size := r.size()
		for range 2 {
			for _, d := range all {
				again := r.must(d.cmd)
				if !again.Again || !same(again, d.answer) {
					t.Errorf("%T again: %+v, first %+v", d.cmd, again, d.answer)
				}
			}
			r.reopen()
		}
		if r.size() != size {
			t.Errorf("retries made the log grow from %d to %d", size, r.size())
		}
	})
	t.Run("sent many times at once it is one command", func(t *testing.T) {
		r := newRig(t)
		for _, cmd := range []any{r.filing(holder, plot, 10), Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"}} {
			before := r.size()
			answers := make([]answer, 64)
			var wg sync.WaitGroup
			for i := range answers {
				wg.Go(func() { answers[i].Result, answers[i].err = r.Do(t.Context(), cmd) })
			}
			wg.Wait()
			firsts := 0
			for _, a := range answers {
				if a.err != nil || !same(a.Result, answers[0].Result) {
					t.Fatalf("%T: %+v, %v beside %+v", cmd, a.Result, a.err, answers[0].Result)
				}
				firsts += btoi(!a.Again)
			}
			if grown := r.size() - before; firsts != 1 || grown != answers[0].Last-answers[0].First+1 {
				t.Errorf("%T was carried out %d times, the log grew by %d", cmd, firsts, grown)
			}
		}
		counts, err := r.Demands(t.Context())
		if err != nil || len(counts) != 1 || counts[0].Count != 1 {
			t.Errorf("demands %v, %v", counts, err)
		}
	})
	t.Run("in one batch, and in the batch behind the one being written", func(t *testing.T) {
		r := newRig(t)
		cmd := Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"}
		answers := r.oneBatch(cmd, cmd)
		if answers[0].err != nil || answers[1].err != nil || !answers[1].Again || !same(answers[0].Result, answers[1].Result) {
			t.Errorf("%+v", answers)
		}
	})
	t.Run("a refused attempt is refused again, and a date that passed on the way is nobody's command", func(t *testing.T) {
		r := newRig(t)
		ref := r.toConditions(holder, plot, 150)
		lie := Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-right"}
		for range 2 {
			if _, err := r.Do(t.Context(), lie); keyOf(err) != "error.reason-not-true" {
				t.Errorf("an untrue refusal: %v", err)
			}
		}
		late := Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Reason: "no-capacity"}
		r.mu.Lock()
		r.now = r.now.AddDate(0, 0, 20) // and nobody has looked at the timers
		r.mu.Unlock()
		for range 2 {
			if _, err := r.Do(t.Context(), late); keyOf(err) != "error.case-closed" {
				t.Errorf("a refusal after the date: %v", err)
			}
		}
		slow := r.file(holder, "99-999-002-001", 5)
		r.pass(10 * time.Second)
		r.setClock(r.clock().AddDate(0, 0, 9)) // the survey is overdue
		leave := Withdraw{ID: r.id(), Actor: applicant, Ref: slow}
		first := r.must(leave)
		if again := r.must(leave); !same(first, again) || first.First != r.entryOf(slow, EventWithdrawn) || first.Last != first.First {
			t.Errorf("withdrawn %+v, again %+v, entry %d", first, again, r.entryOf(slow, EventWithdrawn))
		}
		events := r.entries()
		if count(events, EventRefusalRejected) != 1 || count(events, EventGranted) != 1 || count(events, EventRefused) != 0 {
			t.Errorf("events %v", kinds(r.view(ref)))
		}
	})
}

func TestPoint02DecideInLogOrder(t *testing.T) {
	t.Run("two officers, two applicants, the last kilowatts, one batch", func(t *testing.T) {
		var batches [][]store.Entry
		r := newRig(t, func(c *Config) {
			c.Observe = func(list []store.Batch) {
				for i := range list {
					batches = append(batches, list[i].Entries)
				}
			}
		})
		one, two := r.toConditions(holder, plot, 250), r.toConditions(holder, "99-999-002-001", 250)
		grant := func(ref aiqyn.Reference) Decide {
			return Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true}
		}
		answers := r.oneBatch(grant(one), grant(two))
		if answers[0].err != nil || keyOf(answers[1].err) != "error.reason-true-cannot-grant" {
			t.Fatalf("grants: %v, %v", answers[0].err, answers[1].err)
		}
		last := batches[len(batches)-1]
		if !slices.ContainsFunc(last, func(e store.Entry) bool { return e.Index == answers[0].Last }) {
			t.Errorf("another batch came after that of the grants: %+v", last)
		}
		if free := r.free(); free < 140_000 || free > 155_000 {
			t.Errorf("%d W are left of 400 kW after one grant of 250", free)
		}
	})
	t.Run("what is true depends on who comes first", func(t *testing.T) {
		for _, grantFirst := range []bool{true, false} {
			r := newRig(t)
			one, two := r.toConditions(holder, plot, 250), r.toConditions(holder, "99-999-002-001", 250)
			cmds := []any{
				Decide{ID: r.id(), Actor: r.officer(one), Ref: one, Step: "conditions", Grant: true},
				Decide{ID: r.id(), Actor: r.officer(two), Ref: two, Step: "conditions", Reason: "no-capacity"},
			}
			want := ""
			refusal := 1
			if !grantFirst {
				slices.Reverse(cmds)
				want, refusal = "error.reason-not-true", 0
			}
			answers := r.oneBatch(cmds...)
			if keyOf(answers[refusal].err) != want || answers[1-refusal].err != nil {
				t.Errorf("grant first %v: %v, %v", grantFirst, answers[0].err, answers[1].err)
			}
		}
	})
	t.Run("two officers on one step", func(t *testing.T) {
		r := newRig(t)
		ref := r.toConditions(holder, plot, 250)
		drawn := r.officer(ref)
		other := drawn
		for other.Officer == drawn.Officer {
			other.Officer = aiqyn.OfficerID(fmt.Sprintf("engineer-%02d", 1+len(other.Officer)%6))
			if other.Officer == drawn.Officer {
				other.Officer = "engineer-02"
			}
		}
		answers := r.oneBatch(
			Decide{ID: r.id(), Actor: other, Ref: ref, Step: "conditions", Grant: true},
			Decide{ID: r.id(), Actor: drawn, Ref: ref, Step: "conditions", Grant: true},
			Decide{ID: r.id(), Actor: drawn, Ref: ref, Step: "conditions", Grant: true},
		)
		if keyOf(answers[0].err) != "error.not-drawn" || answers[1].err != nil || keyOf(answers[2].err) != "error.case-closed" {
			t.Errorf("%v, %v, %v", answers[0].err, answers[1].err, answers[2].err)
		}
	})
	t.Run("a refusal after its deadline cannot exist", testNoLateRefusal)
	t.Run("log time is monotone though the clock is not", testMonotone)
}

// testNoLateRefusal tries a true refusal, duly heard, in the last microsecond
// of the term and in the first one after it.
func testNoLateRefusal(t *testing.T) {
	for _, late := range []time.Duration{-time.Microsecond, 0, time.Microsecond, time.Hour} {
		r := newRig(t)
		ref := r.toConditions(stranger, plot, 150)
		refuse := func() Decide {
			return Decide{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: r.drawnTo(ref, "conditions"), Body: "utility"},
				Ref: ref, Step: "conditions", Reason: "no-right"}
		}
		r.must(refuse())
		due := r.view(ref).Due.At
		cmd := refuse()
		r.mu.Lock()
		r.now = due.Add(late) // nobody has looked at the timers
		r.mu.Unlock()
		_, err := r.Do(t.Context(), cmd)
		v := r.view(ref)
		if late <= 0 && (err != nil || v.Outcome != aiqyn.Refused) {
			t.Errorf("%v: %v, %v", late, err, kinds(v))
		}
		if late > 0 && (keyOf(err) != "error.not-drawn" || slices.Contains(kinds(v), EventRefused) || v.StepState != StepEscalated) {
			t.Errorf("%v after the deadline: %v, %v", late, err, kinds(v))
		}
	}
}

// drawnTo is who was drawn for a step of a case.
func (r *rig) drawnTo(ref aiqyn.Reference, step aiqyn.StepID) aiqyn.OfficerID {
	r.t.Helper()
	for _, ev := range r.view(ref).Events {
		if ev.Kind == EventDrawn && ev.Step.Name == step {
			return aiqyn.OfficerID(ev.Officer)
		}
	}
	r.t.Fatalf("%s: nobody was drawn for %s", ref, step)
	return ""
}

func testMonotone(t *testing.T) {
	r := newRig(t)
	jitter := []time.Duration{time.Second, -900 * time.Millisecond, 0, -time.Millisecond, time.Microsecond, 0}
	for i := range 60 {
		r.mu.Lock()
		r.now = r.now.Add(jitter[i%len(jitter)])
		r.mu.Unlock()
		r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"})
	}
	var last time.Time
	for _, ev := range r.entries() {
		if !ev.at.After(last) {
			t.Errorf("entry %d at %v, the one before at %v", ev.index, ev.at, last)
		}
		last = ev.at
	}
	size := r.size()
	r.mu.Lock()
	r.now = r.now.Add(-time.Minute)
	r.mu.Unlock()
	_, err := r.Do(t.Context(), Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"})
	if keyOf(err) != "error.clock-back" || r.size() != size {
		t.Errorf("with the clock a minute back: %v, log of %d after %d", err, r.size(), size)
	}
}
