package service

import (
	"slices"

	"aiqyn"
)

// Bring is another service that one application asks for along with its own: the
// filing opens a case of it for the same applicant, in the same transaction, with
// its own officers and clocks. So nobody collects what one body needs from others.
type Bring struct {
	Follow
	When *Condition // over the answers; nil: always
}

func (r *reader) brought(v value) Bring {
	f := v.fields("service", "when", "carry", "law")
	b := Bring{Follow: Follow{Service: aiqyn.ServiceID(f.need("service").dotted()), Law: r.needLaw(f, "what is brought along")}, When: condition(f.get("when"))}
	for name, item := range f.get("carry").entries() {
		b.Carry = append(b.Carry, Carry{Question: keyed(item, name), Expr: item.expression()})
	}
	return b
}

// brought compiles what is brought along: it may read the answers and nothing that is
// found out afterwards, so that anybody can tell from them what must have been opened.
func (c *checker) brought() {
	for i := range c.s.Bring {
		b := &c.s.Bring[i]
		path := "bring[" + string(b.Service) + "]"
		c.condition(path+".when", b.When, "it is never brought along")
		for j := range b.Carry {
			k := &b.Carry[j]
			c.rule(path+".carry."+k.Question, k.Expr, &k.Program, c.env())
		}
		if slices.ContainsFunc(c.s.Bring[:i], func(o Bring) bool { return o.Service == b.Service }) {
			c.doc.fail(path, "it is brought along already")
		}
	}
}

// awaits holds a step that waits to what there is to wait for, and to an end.
func (c *checker) awaits(path string, step *Step) {
	switch {
	case len(c.s.Bring) == 0:
		c.doc.fail(path+".by", "there is nothing to wait for: the filing brings nothing along")
	case len(step.Within) == 0:
		c.doc.fail(path, "a step that waits needs a time limit, or somebody would wait for good")
	case step.Silence.Then != "":
		c.doc.fail(path+".silence", "when the time is over the case goes on with what has been decided")
	case step.Decides || step.Draw || len(step.Evidence) > 0 || len(step.Records) > 0:
		c.doc.fail(path, "nobody acts in a step that waits")
	}
}

// brings holds what is brought along against the services that it opens.
func (p *parser) brings(s *Service, doc *document) {
	for i := range s.Bring {
		b := &s.Bring[i]
		path := "bring[" + string(b.Service) + "]"
		next := p.leads(s, doc, path, &b.Follow)
		switch {
		case next == nil:
		case next.OnlyFollows:
			doc.fail(path, "nobody applies for %s, a grant opens it", next.ID)
		case len(next.Bring) > 0:
			doc.fail(path, "%s brings others along itself", next.ID)
		case len(next.Steps) > 0 && next.Steps[0].By == aiqyn.RoleSystem:
			doc.fail(path, "%s is decided at once: look it up instead", next.ID)
		}
	}
}

// Wanted are those that answers ask for: vars are the answers as rules read them.
func (s *Service) Wanted(vars map[string]any) ([]*Bring, error) {
	var list []*Bring
	for i := range s.Bring {
		b := &s.Bring[i]
		if b.When != nil {
			holds, err := b.When.Program.Eval(vars)
			if err != nil {
				return nil, err
			}
			if !holds {
				continue
			}
		}
		list = append(list, b)
	}
	return list, nil
}
