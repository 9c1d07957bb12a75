package casework

import (
	"crypto/ed25519"
	"fmt"

	"aiqyn"
	"aiqyn/evidence"
	"aiqyn/service"
)

// acts holds whoever acts on a step to who may: whoever was drawn, or a step was handed
// up to, while it is open; and what they leave behind to what the step demands.
func (c *caseAudit) acts(ev *event) {
	c.standing(ev)
	if c.svc == nil {
		return
	}
	s := c.rec.state
	switch d := ev.data.(type) {
	case *performed:
		c.onStep(ev, d.Step, false)
		c.complete(ev, d)
	case *ruled:
		if ev.actor.Role != aiqyn.RoleSystem && !c.annulling(ev, d.Step) {
			c.onStep(ev, d.Step, true)
		}
	case *granted:
		if !c.annulling(ev, d.Step) {
			c.onStep(ev, d.Step, true)
		}
		c.annuls = ""
	case *glass:
		c.opensGlass(ev, d)
	case *notified:
		c.opensHearing(ev, d)
	case *refused:
		c.onStep(ev, d.Step, true)
		c.afterHearing(ev, d)
	case *appealDecided:
		if s.Appeal == nil || s.Appeal.Body == "" {
			return // from before appeals were a step
		}
		c.onStep(ev, service.StepAppeal, true)
		if d.Outcome == AppealAnnulled {
			c.annuls = ev.actor.Officer
		}
	}
}

// annulling reports whether an entry grants what an appeal has just annulled the refusal
// of, by whoever decided on it.
func (c *caseAudit) annulling(ev *event, step aiqyn.StepID) bool {
	return c.annuls != "" && c.annuls == ev.actor.Officer && c.rec.state.Step == "" && step == deciding(c.svc).Name
}

// onStep holds an act on a step to the case before it. The system decides where the
// rules do, and grants where nobody has answered in time.
func (c *caseAudit) onStep(ev *event, name aiqyn.StepID, decides bool) {
	s, step := c.rec.state, findStep(c.svc, name)
	switch {
	case s.Step != name || s.Held || s.standing():
		c.wrong(ev.index, "acts on a step that is not open")
	case ev.actor.Role == aiqyn.RoleSystem:
		if !decides || step == nil || step.By != aiqyn.RoleSystem && !c.unanswered(ev) {
			c.wrong(ev.index, "is the system's, where somebody has to act")
		}
	case !mayAct(c.rec, ev.actor):
		c.wrong(ev.index, "is by somebody else than whose step it is")
	case step != nil && !offered(name) && step.Decides != decides:
		c.wrong(ev.index, "is an act that the step does not have")
	}
}

// unanswered reports whether the system may grant on a step that is somebody's: the entry
// before says that nobody has answered or, in logs from before there was one, the grant,
// and the term is over.
func (c *caseAudit) unanswered(ev *event) bool {
	d, ok := ev.data.(*granted)
	due := c.rec.state.Due
	return c.silent || ok && d.BySilence && !c.notes() && !due.IsZero() && ev.at.After(due)
}

// complete holds the evidence that was left behind to what the step demands.
func (c *caseAudit) complete(ev *event, d *performed) {
	step := findStep(c.svc, d.Step)
	if step == nil || len(step.Evidence) == 0 && d.Bundle == nil {
		return
	}
	err := fmt.Errorf("there is none")
	if d.Bundle != nil {
		err = c.e.demanded(c.svc, c.rec, step, ev, d.Bundle)
	}
	if err != nil {
		c.wrong(ev.index, "the evidence is not what the step demands: %v", err)
	}
}

// demanded checks a bundle of evidence that an entry has recorded in a case before it.
func (e *Engine) demanded(svc *service.Service, rec *record, step *service.Step, ev *event, b *evidence.Bundle) error {
	where, err := siteOf(svc, rec)
	if err != nil {
		return err
	}
	s, key := rec.state, e.keys.officer(ev.actor.Officer)
	return evidence.Check(requirements(step), *b, evidence.Context{
		Object: s.Object, Step: step.Name, By: ev.actor.Officer, Previous: s.Bundle, Where: where,
		From: s.Filed.Add(-clockSlack), To: ev.at.Add(clockSlack), Key: key.Public().(ed25519.PublicKey), Own: key,
	})
}
