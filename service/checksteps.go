package service

import (
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/rule"
)

// steps checks each step with the names that are known when it begins.
func (c *checker) steps() {
	decided := -1
	names := map[aiqyn.StepID]bool{}
	for i, step := range c.s.Steps {
		path := c.stepPath(i)
		if names[step.Name] {
			c.doc.fail(path, "step %q is there already", step.Name)
		}
		if step.Name == StepAppeal || step.Name == StepCorrection {
			c.doc.fail(path, "every service has a step %q already: the pack says how it goes", step.Name)
		}
		if step.Name == StepPayment {
			c.doc.fail(path, "the step %q is made from fee.pay", step.Name)
		}
		names[step.Name] = true
		if decided >= 0 {
			if step.Decides {
				c.doc.fail(path+".decides", "step %q decides already", c.s.Steps[decided].Name)
			}
			c.doc.fail(path, "step %q is never reached: step %q has decided", step.Name, c.s.Steps[decided].Name)
		}
		if step.Decides && decided < 0 {
			decided = i
		}
		c.condition(path+".when", step.When, fmt.Sprintf("step %q is never reached", step.Name))
		if step.Decides && step.When != nil {
			c.doc.fail(path+".when", "the step that decides cannot be skipped")
		}
		c.limits(path, step)
		if step.Awaits {
			c.asked(path, step)
		} else if step.By == aiqyn.RoleSystem {
			c.stepByRule(path, step)
		} else if step.By == aiqyn.RoleApplicant {
			c.stepByApplicant(path, step)
		} else if step.By != "" {
			c.stepByOfficer(path, step)
		}
		for _, q := range step.Records {
			if q.When != nil {
				c.condition(path+".records."+q.Name+".when", q.When, "it is never recorded")
			}
			c.scope[Variable(q.Name)] = q.Type.RuleType()
		}
		if step.Asks != nil {
			c.condition(path+".asks.each", step.Asks.Each, "no answer is ever as it must be")
		}
		c.hearing(path, step)
		c.again(path, i)
		c.contested(path, step)
		if step.Name == c.s.Fee.After && step.Name != "" {
			c.price()
		}
	}
	if decided < 0 {
		c.doc.fail("steps", "no step decides")
	}
}

// stepByRule refuses what only a person could do or leave undone.
func (c *checker) stepByRule(path string, step *Step) {
	if step.Silence.Then != "" {
		c.doc.fail(path+".silence", "a rule decides at once and is never silent")
	}
	if step.Draw {
		c.doc.fail(path+".draw", "nobody is drawn for a step by rule")
	}
	if len(step.Evidence) > 0 || len(step.Records) > 0 {
		c.doc.fail(path, "a step by rule records nothing and leaves no evidence")
	}
	if len(step.Within) > 0 {
		c.doc.fail(path+".within", "a rule decides at once and has no time limit")
	}
}

// stepByApplicant holds what the applicant does to what only they can: nobody is
// drawn, and their silence is not the state's.
func (c *checker) stepByApplicant(path string, step *Step) {
	switch {
	case len(step.Within) == 0:
		c.doc.fail(path, "a step by the applicant needs a time limit, or what was granted would wait for good")
	case step.Silence.Then != SilenceLapses:
		c.doc.fail(path+".silence", "the applicant's silence can only let the case lapse")
	case step.Draw:
		c.doc.fail(path+".draw", "nobody is drawn for a step by the applicant")
	case step.Decides:
		c.doc.fail(path+".decides", "nobody decides in a case of their own")
	case len(step.Evidence) > 0:
		c.doc.fail(path+".evidence", "evidence is what an act of the state leaves behind")
	case c.pays(step) && len(step.Records) > 0:
		c.doc.fail(path+".records", "what is paid is all that the step asks")
	case len(step.Records) == 0 && !c.pays(step):
		c.doc.fail(path, "the step asks nothing of the applicant")
	}
}

// stepByOfficer holds a step where somebody in person acts to its clock.
func (c *checker) stepByOfficer(path string, step *Step) {
	if len(step.Within) == 0 {
		c.doc.fail(path, "a step by an officer needs a time limit")
	}
	if step.Silence.Then == "" {
		c.doc.fail(path, "a step by an officer needs to say what silence means")
	}
	if step.Silence.Then == SilenceLapses {
		c.doc.fail(path+".silence", "the state's silence cannot end what somebody waits for")
	}
	if step.Silence.Then == SilenceGrants && step.Safety {
		c.doc.fail(path+".silence", "silence cannot grant what touches safety, it can only escalate")
	}
	if step.Silence.Then == SilenceGrants && !step.Decides {
		c.doc.fail(path+".silence", "silence can grant only where a step decides")
	}
	c.condition(path+".silence.only-if", step.Silence.OnlyIf, "silence never grants")
}

// limits checks the time limits of a step: the first that holds counts, and
// one of them must hold always.
func (c *checker) limits(path string, step *Step) {
	last := len(step.Within) - 1
	for i, w := range step.Within {
		at := path + ".within"
		if c.doc.lines[fmt.Sprintf("%s[%d]", at, i)] > 0 {
			at = fmt.Sprintf("%s[%d]", at, i)
		}
		c.condition(at+".when", w.When, "the time limit never holds")
		switch {
		case w.When == nil && i < last:
			c.doc.fail(at, "the time limits after this one never hold")
		case w.When != nil && i == last:
			c.doc.fail(at, "the last time limit must hold always")
		}
		c.cap(at, step, w.Term)
	}
}

// cap keeps a clock that can be stopped from standing still for good.
func (c *checker) cap(path string, step *Step, t deadline.Term) {
	stops := !step.Awaits && slices.ContainsFunc(c.s.Suspend, func(r SuspendReason) bool {
		return len(r.Steps) == 0 || slices.Contains(r.Steps, step.Name)
	})
	switch {
	case stops && t.Cap == 0:
		c.doc.fail(path, "the clock of this step can be stopped, and nothing says for how long: cap is missing")
	case !stops && t.Cap > 0:
		c.doc.fail(path+".cap", "there is no reason for which the clock of this step may be stopped")
	}
}

func (c *checker) reasons() {
	seen := map[string]bool{}
	for i := range c.s.Refuse {
		r, path := &c.s.Refuse[i], fmt.Sprintf("refuse[%d]", i)
		if seen[r.Name] {
			c.doc.fail(path, "reason %q is there already", r.Name)
		}
		seen[r.Name] = true
		c.condition(path+".when", &r.When, "the reason can never be used")
		if r.Proof != "" && !slices.ContainsFunc(c.s.Compute, func(k Compute) bool { return k.Name == r.Proof }) {
			c.doc.fail(path+".proof", "there is no computation %q", r.Proof)
		}
		if r.About != "" && r.About != AboutPlace && r.About != AboutConsent {
			c.doc.fail(path+".about", "a reason is about the place, a consent there, or about nothing in particular: %q", r.About)
		}
	}
}

func (c *checker) suspensions() {
	seen := map[string]bool{}
	for i, r := range c.s.Suspend {
		path := fmt.Sprintf("suspend[%d]", i)
		if seen[r.Name] {
			c.doc.fail(path, "reason %q is there already", r.Name)
		}
		seen[r.Name] = true
		for _, id := range r.Steps {
			if step, ok := c.s.Step(id); !ok {
				c.doc.fail(path+".steps", "there is no step %q", id)
			} else if step.By == aiqyn.RoleSystem {
				c.doc.fail(path+".steps", "step %q is decided at once, its clock cannot be stopped", id)
			}
		}
	}
}

// outcome checks what a grant takes from where, and what the document says.
func (c *checker) outcome() {
	o := &c.s.Outcome
	c.rule("outcome.at", o.At, &o.AtProgram, c.env())
	c.other()
	c.precedence()
	for i, one := range o.Shorter {
		c.condition(fmt.Sprintf("outcome.valid[%d].when", i), one.When, "the term never holds")
	}
	c.rule("outcome.amount", o.Amount, &o.Taken, c.env())
	q, known := c.s.Question(o.Amount)
	switch {
	case o.Reserves == "" && (o.Amount != "" || o.At != ""):
		c.doc.fail("outcome", "amount and at belong to a grant that reserves something")
	case o.Reserves != "" && (o.Amount == "" || o.At == ""):
		c.doc.fail("outcome.reserves", "a grant that reserves needs amount and at")
	case o.Amount != "" && nameShape.MatchString(o.Amount) && (!known || q.Type.RuleType() != rule.Int || q.Optional || q.When != nil):
		c.doc.fail("outcome.amount", "there is no question %q that always gives a number", o.Amount)
	}
	last := len(o.Says) - 1
	for i, s := range o.Says {
		path := fmt.Sprintf("outcome.says[%d]", i)
		c.condition(path+".when", s.When, "the document never says this")
		switch {
		case s.When == nil && i < last:
			c.doc.fail(path, "the statements after this one never hold")
		case s.When != nil && i == last:
			c.doc.fail(path, "the last statement must hold always")
		}
	}
}
