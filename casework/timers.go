package casework

import (
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// fireTimers does what the passing of time has brought about, before anybody
// may act on the case. It is called for every command about a case, and by
// the engine itself when a case's time has come.
func (t *turn) fireTimers() error {
	for range 16 { // each pass moves the case on; more than a few would be a loop in the pack
		before := t.rec.state.Seq
		if err := t.fireOne(); err != nil {
			return err
		}
		if t.rec.state.Seq == before {
			return nil
		}
	}
	return fmt.Errorf("case %d: timers do not come to rest", t.rec.state.No)
}

func (t *turn) fireOne() error {
	s := t.rec.state
	switch {
	case s.Held && t.holdIsOver():
		return t.unhold(aiqyn.System, "")
	case s.Step == "":
		if at := s.lapses(); !at.IsZero() && t.now.After(at) {
			t.unreserve()
			t.emit(EventLapsed, aiqyn.System, &lapsed{Share: s.Grant.Share}, withOutcome(aiqyn.Lapsed))
			t.tell("message.lapsed")
		}
		return nil
	case s.standing(): // held or not: a hold stretches no suspension beyond its cap
		return t.capSuspension()
	case s.Held:
		return nil
	}
	if s.owing() {
		return t.lapseUnpaid()
	}
	if s.StepState == StepWaiting && s.Queue == nil {
		return nil // a bid waits for its lot
	}
	if s.StepState == StepWaiting {
		return t.endWait()
	}
	step := findStep(t.svc, s.Step)
	if s.StepState == StepDrawing {
		if err := t.tryDraw(); err != nil {
			return err
		}
	}
	switch {
	case step.Awaits && !s.waitsFor(step):
		return t.advance(step.Name)
	case s.StepState == StepHearing && step.By == aiqyn.RoleSystem && t.now.After(s.Hearing.RefuseFrom):
		return t.concludeHearing(step)
	case !s.Due.IsZero() && t.now.After(s.Due):
		return t.silence(step)
	}
	return nil
}

// lapses is until when what was reserved is held; zero if it is not, or for good.
func (s *State) lapses() time.Time {
	switch {
	case s.Outcome != aiqyn.Granted || s.Grant == nil || s.Grant.Share == "":
		return time.Time{}
	case s.Unused:
		return s.Granted
	case s.Used:
		return time.Time{}
	}
	return s.Grant.ValidTo
}

// silence is what a missed deadline means: a grant where the pack says so and
// no reason to refuse is true, otherwise somebody above must answer.
func (t *turn) silence(step *service.Step) error {
	s := t.rec.state
	if s.Theirs && s.Queue != nil {
		return t.stopOffers(EventOfferExpired, service.AfterExpired, aiqyn.System)
	}
	if s.Theirs {
		t.emit(EventLapsed, aiqyn.System, &lapsed{}, atStep(step.Name), withOutcome(aiqyn.Lapsed))
		t.tell("message.undone")
		return nil
	}
	if step.Awaits {
		return t.advance(step.Name)
	}
	if !step.Decides || step.Safety || step.Silence.Then != service.SilenceGrants || s.StepState == StepEscalated {
		return t.escalate(step, "silence")
	}
	ev, err := t.assess(nil)
	if err != nil {
		return err
	}
	t.owe(ev.computed)
	if !ev.grant {
		return t.escalate(step, "reason-true")
	}
	if c := step.Silence.OnlyIf; c != nil {
		certain, err := c.Program.Eval(ev.vars)
		if err != nil {
			return fmt.Errorf("silence of %s: %w", step.Name, err)
		}
		if !certain {
			return t.escalate(step, "uncertain")
		}
	}
	if t.waits(ev) {
		return nil
	}
	t.emit(EventSilent, aiqyn.System, &silent{Due: s.Due, Step: step.Name}, atStep(step.Name))
	ruling := t.rule(ev, aiqyn.System, step.Name)
	return t.grant(ev, ruling, aiqyn.System, step, true)
}

// capSuspension starts the clock again once it has stood as long as it may.
func (t *turn) capSuspension() error {
	end, err := t.e.suspensionEnd(t.svc, t.rec, t.now)
	if err != nil || end.IsZero() || !t.now.After(end) {
		return err
	}
	return t.resume(aiqyn.System)
}

// suspensionEnd is when a running suspension has used up what is left of the
// step's cap. Only whole days stop a clock, so the day it began on is not one.
func (e *Engine) suspensionEnd(svc *service.Service, rec *record, now time.Time) (time.Time, error) {
	s := rec.state
	limit, ok, err := e.limit(svc, rec, findStep(svc, s.Step), now)
	if err != nil || !ok {
		return time.Time{}, err
	}
	cal, err := e.calendar(svc.Calendar)
	if err != nil {
		return time.Time{}, err
	}
	n := len(s.Suspensions) - 1
	from := s.Suspensions[n].From
	left, err := pauseLeft(cal, limit, s, s.pauses()[:n])
	if err != nil || left <= 0 {
		return from, err
	}
	day := deadline.DateOf(from.In(cal.Zone))
	for left > 0 {
		day = day.AddDays(1)
		counts, err := countsAs(cal, limit.Term.Unit, day)
		if err != nil {
			return time.Time{}, err
		}
		if counts {
			left--
		}
	}
	return day.End(cal.Zone), nil
}

// pauseLeft is how many days the open step may still stand: its cap, less what
// the suspensions that are over have moved its date by.
func pauseLeft(cal *deadline.Calendar, limit service.Within, s *State, over []deadline.Suspension) (int, error) {
	start := s.since(limit, s.Opened)
	moved, err := cal.Due(start, limit.Term, over)
	if err != nil {
		return 0, err
	}
	term := limit.Term
	for term.Cap = 0; term.Cap < limit.Term.Cap; term.Cap++ {
		due, err := cal.Due(start, term, over)
		if err != nil {
			return 0, err
		}
		if due.At.Equal(moved.At) {
			break
		}
	}
	return limit.Term.Cap - term.Cap, nil
}

// resume starts the clock and counts the date again.
func (t *turn) resume(actor aiqyn.Actor) error {
	s := t.rec.state
	s.Suspensions[len(s.Suspensions)-1].To = t.now
	due, _, err := t.due(findStep(t.svc, s.Step), s.Opened)
	if err != nil {
		return err
	}
	t.emit(EventResumed, actor, &resumed{Due: due})
	t.tell("message.resumed", "due", due)
	return nil
}

// drawRetry is how long to wait before asking again for a round that is due.
const drawRetry = 500 * time.Millisecond

// nextWake tells when the engine must look at a case again by itself.
func (e *Engine) nextWake(s *State, svc *service.Service, now time.Time) time.Time {
	if !s.Held {
		return e.nextMove(s, svc, now)
	}
	// Held: it ends by itself; until then only what a hold does not stop comes about.
	wake := s.hold().wake()
	if s.Step == "" || s.standing() {
		wake = sooner(wake, e.nextMove(s, svc, now))
	}
	return wake
}

// nextMove is nextWake of a case that is not held.
func (e *Engine) nextMove(s *State, svc *service.Service, now time.Time) time.Time {
	switch {
	case s.Step == "":
		if at := s.lapses(); !at.IsZero() {
			return at.Add(time.Microsecond)
		}
		return time.Time{}
	case s.standing():
		end, err := e.suspensionEnd(svc, &record{state: s}, now)
		if err != nil || end.IsZero() {
			return now.Add(time.Hour) // no case may be forgotten
		}
		return later(end.Add(time.Microsecond), now.Add(drawRetry))
	case s.owing() && now.After(s.Due): // the provider is asked first
		return now.Add(payOpen)
	case s.StepState == StepDrawing:
		if due := e.Beacon.Time(s.roundOf(s.Step)); due.After(now) {
			return due
		}
		return now.Add(drawRetry)
	}
	if s.Asking {
		return s.Opened
	}
	wake := s.Due
	if s.Behind != nil && now.After(s.Due) {
		wake = now.Add(behindRetry)
	}
	if s.StepState == StepWaiting && s.Queue != nil {
		wake = s.Queue.Until
	}
	if s.StepState == StepHearing && s.Hearing != nil {
		if step := findStep(svc, s.Step); step.By == aiqyn.RoleSystem {
			wake = s.Hearing.RefuseFrom
		}
	}
	if wake.IsZero() {
		return wake
	}
	return wake.Add(time.Microsecond)
}

// sooner is the earlier of two instants; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
