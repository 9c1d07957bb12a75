package casework

import (
	"fmt"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/service"
)

// advance opens the next step after the one just done; "" is the filing. A
// step whose condition is not met is passed over; a step that the rules decide
// is decided at once.
func (t *turn) advance(after aiqyn.StepID) error {
	vars, err := t.e.variables(t.svc, t.rec, t.now)
	if err != nil {
		return err
	}
	if over, err := t.answered(after, vars); over || err != nil {
		return err
	}
	if err := t.aboutLot(after, vars); err != nil {
		return err
	}
	next, err := t.after(after, vars)
	if err != nil {
		return err
	}
	if pay, err := t.charge(after); pay || err != nil {
		return err
	}
	for _, step := range t.svc.Steps[next:] {
		if step.Awaits && step.Asks == nil && !t.rec.state.waitsFor(step) {
			continue
		}
		if step.When != nil {
			applies, err := step.When.Program.Eval(vars)
			if err != nil {
				return fmt.Errorf("step %s: %w", step.Name, err)
			}
			if !applies {
				continue
			}
		}
		if step.Asks != nil {
			if asks, err := t.asks(step); err != nil || !asks {
				if err != nil {
					return fmt.Errorf("step %s: %w", step.Name, err)
				}
				continue
			}
		}
		return t.open(step)
	}
	return fmt.Errorf("service %s: nothing follows step %q", t.svc.ID, after)
}

// after is where to look for the step after the one just done: behind it, or where
// it sends back to.
func (t *turn) after(done aiqyn.StepID, vars map[string]any) (int, error) {
	at := position(t.svc, done)
	if at < 0 || t.svc.Steps[at].Again == nil {
		return at + 1, nil
	}
	back := t.svc.Steps[at].Again
	holds, err := back.When.Program.Eval(vars)
	if err != nil {
		return 0, fmt.Errorf("step %s: %w", done, err)
	}
	if holds {
		return position(t.svc, back.From), nil
	}
	return at + 1, nil
}

func position(svc *service.Service, name aiqyn.StepID) int {
	return slices.IndexFunc(svc.Steps, func(s *service.Step) bool { return s.Name == name })
}

func findStep(svc *service.Service, name aiqyn.StepID) *service.Step {
	step, _ := svc.Step(name)
	return step
}

// open begins a step: its date is counted and recorded, its officer drawn as
// soon as the beacon allows. In a case that a grant has opened each step names its
// own draw: the one who looks at works that take months shall not be known before.
func (t *turn) open(step *service.Step) error {
	if t.svc.Queue != nil && step.Name == t.svc.Queue.Offer {
		return t.enter(step)
	}
	if t.svc.Auction != nil && step.Name == t.svc.Auction.Step {
		return t.enterLot(step)
	}
	if p := t.price(); p != nil && step.Name == p.Step {
		return t.chargeRest(step)
	}
	if from := t.rec.state.From; from == nil || from.Brought || !step.Draw || offered(step.Name) {
		return t.start(step, nil)
	}
	draw := t.nameDraw(step.By, t.svc.Body)
	if err := t.start(step, draw); err != nil || draw != nil {
		return err
	}
	return t.escalate(step, "no-officer")
}

func (t *turn) start(step *service.Step, draw *laterDraw) error {
	s := t.rec.state
	due, cal, err := t.due(step, t.now)
	if err != nil {
		return err
	}
	if s.StepState == StepOpen {
		t.release(s.Step)
	}
	d := &opened{Asks: step.Asks != nil, Calendar: cal, Draw: draw, Due: due, Step: step.Name}
	if step.By == aiqyn.RoleApplicant {
		d.By = step.By
	}
	t.emit(EventOpened, aiqyn.System, d, atStep(step.Name))
	t.reload(step)
	if err := t.oweAtOnce(step); err != nil {
		return err
	}
	switch step.By {
	case aiqyn.RoleSystem:
		if step.Awaits {
			return nil
		}
		return t.decideByRule(step)
	case aiqyn.RoleApplicant:
		t.tell("message.your-turn", "due", due)
		t.remind(remindTurn, due, turnReminder, "due", due)
		return nil
	}
	if k, ok := s.Kept[step.Name]; ok && s.StepState == StepDrawing {
		t.assign(&drawn{Officer: k.Officer, Step: step.Name, Kept: k.Entry})
		return nil
	}
	return t.tryDraw()
}

// due counts the date of a step that began at an instant. A step without a
// term has none.
func (t *turn) due(step *service.Step, began time.Time) (time.Time, string, error) {
	cal, err := t.e.calendar(t.svc.Calendar)
	if err != nil {
		return time.Time{}, "", err
	}
	limit, ok, err := t.e.limit(t.svc, t.rec, step, t.now)
	if err != nil || !ok {
		return time.Time{}, cal.Version(), err
	}
	due, err := t.rec.state.dueOf(cal, limit, began)
	return due.At, cal.Version(), err
}

// since is the instant that a time limit counts from. A step that was handed
// on for lack of an answer, or sent back by an appeal, gets its term from then.
func (s *State) since(limit service.Within, began time.Time) time.Time {
	if limit.Since == service.SinceFiled && s.StepState != StepEscalated && !s.handedUp() && !s.Returned && !s.Contest.raised() {
		return s.begun()
	}
	return began
}

// limit finds the time limit of a step that holds on this case's answers.
func (e *Engine) limit(svc *service.Service, rec *record, step *service.Step, now time.Time) (service.Within, bool, error) {
	if len(step.Within) == 0 {
		return service.Within{}, false, nil
	}
	vars, err := e.variables(svc, rec, now)
	if err != nil {
		return service.Within{}, false, err
	}
	for _, w := range step.Within {
		if w.When == nil {
			return w, true, nil
		}
		holds, err := w.When.Program.Eval(vars)
		if err != nil {
			return service.Within{}, false, fmt.Errorf("step %s: %w", step.Name, err)
		}
		if holds {
			return w, true, nil
		}
	}
	return service.Within{}, false, fmt.Errorf("step %s: no time limit holds", step.Name)
}

// decideByRule lets the rules decide a step at once: a grant is final, a
// reason to refuse opens the hearing like any other.
func (t *turn) decideByRule(step *service.Step) error {
	ev, err := t.assess(nil)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(ev.reasons, func(r ReasonView) bool { return r.True })
	if !ev.grant && step.Unheard != nil {
		return t.refuse(ev, step, ev.reasons[i].Reason.Name, "", aiqyn.System)
	}
	ruling := t.rule(ev, aiqyn.System, step.Name)
	if ev.grant {
		return t.grant(ev, ruling, aiqyn.System, step, false)
	}
	return t.notify(step, ev.reasons[i].Reason.Name, "", aiqyn.System)
}

// grant gives what the service gives, and takes it from the share at once.
func (t *turn) grant(ev *evaluation, ruling *event, actor aiqyn.Actor, step *service.Step, bySilence bool) error {
	out := t.svc.Outcome
	if err := t.inTurn(ev); err != nil {
		return err
	}
	g := &granted{BySilence: bySilence, Ruling: ruling.index, Step: step.Name}
	valid, err := out.ValidFor(ev.vars)
	if err != nil {
		return err
	}
	if valid.Days > 0 {
		cal, err := t.e.calendar(t.svc.Calendar)
		if err != nil {
			return err
		}
		due, err := cal.Due(t.now, valid, nil)
		if err != nil {
			return err
		}
		g.ValidTo = due.At
	}
	if out.Reserves != "" {
		if err := t.reserve(ev, g); err != nil {
			return err
		}
	}
	if err := t.follow(ev, g); err != nil {
		return err
	}
	if g.Share != "" {
		if g.At, err = t.e.sitesOfGrant(ev.computed, g.Place); err != nil {
			return err
		}
	}
	g.Attached = t.rec.state.attachments()
	holder := t.rec.state.holder()
	given := t.emit(EventGranted, actor, g, atStep(step.Name), withOutcome(aiqyn.Granted))
	t.unload(holder)
	if g.Share != "" {
		if err := t.grantContradicts(given, ev); err != nil {
			return err
		}
	}
	key := "message.granted"
	if from := t.rec.state.From; from != nil && from.Asked {
		key = "message.said"
	}
	if bySilence {
		key = "message.granted-by-silence"
	}
	t.tell(key)
	if g.Share != "" {
		t.remind(remindLapse, g.ValidTo, lapseReminder, "valid-to", g.ValidTo)
	}
	return t.contractOnLot()
}

// refuse ends the case; the reason was tried on the facts a moment ago.
func (t *turn) refuse(ev *evaluation, step *service.Step, reason, note string, actor aiqyn.Actor) error {
	sites, err := t.e.sitesOfRefusal(ev.computed, t.svc, reason)
	if err != nil {
		return err
	}
	ruling := t.rule(ev, actor, step.Name)
	holder := t.rec.state.holder()
	document, err := refusalSays(t.rec.state.Ref, t.svc, reason, ruling.index, ruling.data.(*ruled)).documents(RefusalForm)
	if err != nil {
		return err
	}
	given := t.emit(EventRefused, actor, &refused{At: sites, Document: document, Note: note, Reason: reason, Ruling: ruling.index, Step: step.Name},
		atStep(step.Name), withOutcome(aiqyn.Refused), withReason(reason))
	t.unload(holder)
	t.refusalStands(given, ev)
	t.tell("message.refused")
	t.giveBack(aiqyn.Refused, reason)
	return nil
}

// escalate hands a step to somebody above, with the step's own term again.
func (t *turn) escalate(step *service.Step, why string) error {
	to := step.Silence.To
	if to == "" {
		to = aiqyn.RoleHead
	}
	holder := t.rec.state.holder()
	was := t.rec.state.StepState
	t.rec.state.StepState = StepEscalated // its term counts anew
	due, _, err := t.due(step, t.now)
	t.rec.state.StepState = was
	if err != nil {
		return err
	}
	t.emit(EventEscalated, aiqyn.System, &escalated{Due: due, Step: step.Name, To: to, Why: why}, atStep(step.Name), withReason(why))
	t.unload(holder)
	t.tell("message.escalated")
	return nil
}
