package casework

import (
	"aiqyn/deadline"
)

// opensHearing holds the notice before a refusal to the time that the hearing of the step gives:
// by the calendar of that day, whichever it was.
func (c *caseAudit) opensHearing(ev *event, d *notified) {
	step := findStep(c.svc, d.Step)
	if step == nil || step.Hearing == nil {
		return
	}
	h := step.Hearing
	if !c.anyCalendar(func(cal *deadline.Calendar) bool {
		from, err := cal.Due(ev.at, h.Notice, nil)
		until, other := cal.Due(ev.at, h.Object, nil)
		return err == nil && other == nil && from.At.Equal(d.RefuseFrom) && until.At.Equal(d.ObjectBy)
	}) {
		c.wrong(ev.index, "opens a hearing of another length than its law gives")
	}
}

// afterHearing holds a refusal to its hearing: who is refused was told of this reason, and had
// the time to speak against it, unless a law waives that.
func (c *caseAudit) afterHearing(ev *event, d *refused) {
	step, s := findStep(c.svc, d.Step), c.rec.state
	switch {
	case step == nil || step.Hearing == nil:
	case s.Hearing == nil || s.Hearing.Reason != d.Reason:
		c.wrong(ev.index, "is a refusal without a hearing on its reason")
	case !ev.at.After(s.Hearing.RefuseFrom):
		c.wrong(ev.index, "is a refusal before its hearing was over")
	}
}
