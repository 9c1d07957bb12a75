package casework

import (
	"aiqyn"
	"aiqyn/service"
)

// notify opens the hearing before a refusal. If the hearing would end after
// the deadline it is too late to refuse.
func (t *turn) notify(step *service.Step, reason, note string, actor aiqyn.Actor) error {
	cal, err := t.e.calendar(t.svc.Calendar)
	if err != nil {
		return err
	}
	n := &notified{Note: note, Reason: reason, Step: step.Name}
	if step.Hearing != nil {
		from, err := cal.Due(t.now, step.Hearing.Notice, nil)
		if err != nil {
			return err
		}
		object, err := cal.Due(t.now, step.Hearing.Object, nil)
		if err != nil {
			return err
		}
		n.RefuseFrom, n.ObjectBy = from.At, object.At
	}
	if due := t.rec.state.Due; !due.IsZero() && n.RefuseFrom.After(due) {
		return aiqyn.E(aiqyn.Conflict, "error.hearing-too-late", "due", day(due, t.e.Zone))
	}
	t.emit(EventNotified, actor, n, atStep(step.Name), withReason(reason))
	t.tell("message.notified", "object-by", n.ObjectBy)
	t.remind(remindObject, n.ObjectBy, objectReminder, "object-by", n.ObjectBy)
	return nil
}

// concludeHearing ends a hearing that the rules opened: unheard objections go
// to a person, otherwise the reason is tried once more.
func (t *turn) concludeHearing(step *service.Step) error {
	s := t.rec.state
	if s.Objection != "" {
		return t.escalate(step, "objection")
	}
	ev, err := t.assess(nil)
	if err != nil {
		return err
	}
	if r, ok := ev.reason(s.Hearing.Reason); ok && r.True {
		return t.refuse(ev, step, s.Hearing.Reason, "", aiqyn.System)
	}
	if ev.grant {
		ruling := t.rule(ev, aiqyn.System, step.Name)
		return t.grant(ev, ruling, aiqyn.System, step, false)
	}
	return t.escalate(step, "reason-true")
}

func (v *viewing) hearing() *HearingView {
	s := v.rec.state
	if s.Hearing == nil {
		return nil
	}
	reason, _ := v.svc.Reason(s.Hearing.Reason)
	out := &HearingView{
		Reason: reason, Noticed: s.Noticed, ObjectBy: s.Hearing.ObjectBy, RefuseNot: s.Hearing.RefuseFrom,
		Objection: s.Objection, Objected: s.Objected,
	}
	if step := findStep(v.svc, s.Hearing.Step); step != nil && step.Hearing != nil {
		out.Text, out.Law = step.Hearing.Text, step.Hearing.Law
	}
	return out
}
