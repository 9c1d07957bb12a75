package service

import (
	"slices"
	"strings"

	"aiqyn"
)

// overAsking refuses a question whose answer the state has.
func (c *checker) overAsking() {
	for _, q := range c.s.Ask {
		path := "ask." + q.Name
		if reg := c.answeredBy(q); reg != "" {
			c.doc.fail(path, "register %s answers this: look it up instead of asking, or name the question by what it asks if that is something else", reg)
		}
		if (q.Type == TypeIIN || q.Type == TypeBIN) && !c.isKey(q.Name) {
			c.doc.fail(path, "the number of the applicant is known; of somebody else it is asked only to look something up")
		}
	}
}

// answeredBy names the register that makes a question needless: any register
// of the pack that lists it, or one that this service looks up anyway.
func (c *checker) answeredBy(q Question) string {
	for _, reg := range c.pack.Registers {
		for _, answer := range reg.Answers {
			sameType := string(q.Type) == answer && q.Type == TypePhone
			if q.Name == answer || strings.HasSuffix(q.Name, "-"+answer) || sameType {
				return reg.Name
			}
		}
	}
	for _, l := range c.s.LookUps {
		reg := findRegister(c.pack.Registers, l.Register)
		if reg != nil && l.Of != q.Name && slices.Contains(reg.Fields, Variable(q.Name)) {
			return reg.Name
		}
	}
	return ""
}

// isKey reports whether something is looked up by the answer.
func (c *checker) isKey(question string) bool {
	return slices.ContainsFunc(c.s.LookUps, func(l LookUp) bool { return l.Of == question })
}

func (c *checker) lookUps() {
	for _, l := range c.s.LookUps {
		path := "look-up." + l.Name
		if l.Register != "" && findRegister(c.pack.Registers, l.Register) == nil {
			c.doc.fail(path+".register", "register %q is not among the registers of the pack", l.Register)
		} else if l.Register != "" && c.options.Registers != nil && !slices.Contains(c.options.Registers, l.Register) {
			c.doc.fail(path+".register", "register %q cannot be read by this program", l.Register)
		}
		q, ok := c.s.Question(l.Of)
		switch {
		case l.Of == VarApplicant || l.Of == "":
		case !ok:
			c.doc.fail(path+".of", "there is no question %q", l.Of)
		case q.Optional || q.When != nil:
			c.doc.fail(path+".of", "question %q may go unanswered, so nothing can be looked up by it", l.Of)
		}
	}
}

// fact holds a fact service to what a fact is: it is looked up at once, and a
// person is not refused what the register says.
func (c *checker) fact() {
	for i, step := range c.s.Steps {
		if step.By != aiqyn.RoleSystem {
			c.doc.fail(c.stepPath(i)+".by", "a fact is looked up by rule, nobody decides on it")
		}
	}
	if len(c.s.Refuse) > 0 {
		c.doc.fail("refuse", "a fact cannot be refused: say in the outcome what is recorded")
	}
	if len(c.s.LookUps) == 0 {
		c.doc.fail("service", "a fact service looks something up")
	}
}
