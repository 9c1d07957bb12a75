package service

import (
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/rule"
)

// Follow is what a grant leads to: a case of another service, which it opens by
// itself for the same applicant. So a permission is not the end of a road on
// which somebody still waits.
type Follow struct {
	Service aiqyn.ServiceID
	Carry   []Carry // in the order of the file
	Law     aiqyn.Law
}

// Carry answers one question of the service that follows. Rules of its grant may
// be read, computations among them; what gives an empty text or 0 for a question
// that may be left empty leaves it empty.
type Carry struct {
	Question string
	Expr     string
	Program  *rule.Program
}

// Contest lets the applicant contest what an officer has recorded: once, and within a
// term. Then somebody else, drawn blind, records it again, and that counts.
type Contest struct {
	Within deadline.Term // after the record
	Law    aiqyn.Law
}

// Again sends a case back to an earlier step while a rule holds: what was found
// wanting is mended and looked at once more.
type Again struct {
	From aiqyn.StepID
	When *Condition
}

func (r *reader) follow(v value) *Follow {
	if v.absent() {
		return nil
	}
	f := v.fields("service", "carry", "law")
	next := &Follow{Service: aiqyn.ServiceID(f.need("service").dotted()), Law: r.needLaw(f, "what follows")}
	for name, item := range f.get("carry").entries() {
		next.Carry = append(next.Carry, Carry{Question: keyed(item, name), Expr: item.expression()})
	}
	return next
}

func (r *reader) contest(v value) *Contest {
	if v.absent() {
		return nil
	}
	f := v.fields("within", "law")
	return &Contest{Within: term(f.need("within").fields("days", "calendar")), Law: r.needLaw(f, "contesting a record")}
}

func again(v value) *Again {
	if v.absent() {
		return nil
	}
	f := v.fields("from", "when")
	return &Again{From: aiqyn.StepID(f.need("from").name()), When: condition(f.need("when"))}
}

// contested holds a step that may be contested to what another could do again.
func (c *checker) contested(path string, step *Step) {
	if step.Contest == nil {
		return
	}
	switch {
	case step.Decides:
		c.doc.fail(path+".contest", "a decision is appealed against, not contested")
	case !step.Draw || len(step.Records) == 0:
		c.doc.fail(path+".contest", "only what a drawn officer has recorded can be recorded by another")
	}
}

// again holds a step that may send back to one before it.
func (c *checker) again(path string, i int) {
	step := c.s.Steps[i]
	a := step.Again
	if a == nil {
		return
	}
	at := position(c.s, a.From)
	switch {
	case step.Decides:
		c.doc.fail(path+".again", "the step that decides ends the case: an earlier one sends back")
	case at < 0 || at > i:
		c.doc.fail(path+".again.from", "there is no step %q before this one", a.From)
	case step.By == aiqyn.RoleSystem || c.s.Steps[at].By == aiqyn.RoleSystem:
		c.doc.fail(path+".again", "a rule says the same again: only people can mend something")
	}
	c.condition(path+".again.when", a.When, "nothing is ever sent back")
}

func position(s *Service, name aiqyn.StepID) int {
	return slices.IndexFunc(s.Steps, func(step *Step) bool { return step.Name == name })
}

// carried compiles what is carried on, with all that a grant rests on.
func (c *checker) carried() {
	if c.s.Follow == nil {
		return
	}
	for i := range c.s.Follow.Carry {
		k := &c.s.Follow.Carry[i]
		c.rule("follow.carry."+k.Question, k.Expr, &k.Program, c.env())
	}
}

// follows holds services against those that follow them, once all are read.
func (p *parser) follows() {
	for _, s := range p.pack.Services {
		if s.Follow != nil {
			p.follow(s, p.documents[s.ID])
		}
		p.brings(s, p.documents[s.ID])
		p.askings(s, p.documents[s.ID])
	}
	for _, s := range p.pack.Services {
		led := func(o *Service) bool {
			_, asked := o.AskedIn(s.ID)
			return asked || o.Follow != nil && o.Follow.Service == s.ID
		}
		if s.OnlyFollows && !slices.ContainsFunc(p.pack.Services, led) {
			p.documents[s.ID].fail("only-follows", "no service leads to this one: nobody could ever get it")
		}
	}
}

func (p *parser) follow(s *Service, doc *document) {
	next := p.leads(s, doc, "follow", s.Follow)
	if next == nil {
		return
	}
	for seen := next; seen.Follow != nil; {
		if seen.Follow.Service == s.ID {
			doc.fail("follow.service", "the road comes back to where it began")
			return
		}
		var ok bool
		if seen, ok = p.pack.Service(seen.Follow.Service); !ok || seen == next {
			break
		}
	}
}

// leads holds a service against another of which it opens a case, at a path of its
// file; nil if there is no such service.
func (p *parser) leads(s *Service, doc *document, path string, to *Follow) *Service {
	next := p.opens(s, doc, path, to)
	if next == nil {
		return nil
	}
	for _, l := range next.LookUps {
		if !slices.ContainsFunc(s.LookUps, func(o LookUp) bool { return o.Name == l.Name && o.Register == l.Register }) {
			doc.fail(path, "%s looks up %q in %s, which was not read: look it up here under the same name", next.ID, l.Name, l.Register)
		}
	}
	return next
}

// opens holds a service against another of which it opens a case, but for what that
// one looks up.
func (p *parser) opens(s *Service, doc *document, path string, to *Follow) *Service {
	next, ok := p.pack.Service(to.Service)
	if !ok {
		doc.fail(path+".service", "there is no service %q", to.Service)
		return nil
	}
	switch {
	case next.Kind == aiqyn.Fact:
		doc.fail(path+".service", "a fact is looked up when somebody asks, it follows from nothing")
	case next.MustBeSigned(SignFiling):
		doc.fail(path+".service", "the filing of %s must be signed, and nobody files what follows", next.ID)
	case next.Sensitive != s.Sensitive:
		doc.fail(path+".service", "one of %s and %s is sensitive and the other would tell of it", s.ID, next.ID)
	}
	for _, k := range to.Carry {
		if _, ok := next.Question(k.Question); !ok {
			doc.fail(path+".carry."+k.Question, "%s asks no %q", next.ID, k.Question)
		}
	}
	for _, q := range next.Ask {
		carried := slices.ContainsFunc(to.Carry, func(k Carry) bool { return k.Question == q.Name })
		if !carried && !q.Optional {
			doc.fail(path, "%s asks %q, which nothing answers: carry it", next.ID, q.Name)
		}
	}
	return next
}

// Leads lists the services from the one that a road begins with to its end, this
// one among them; of several that lead here, the first by name.
func (p *Pack) Leads(s *Service) []*Service {
	list := []*Service{s}
	for len(list) < len(p.Services) {
		i := slices.IndexFunc(p.Services, func(o *Service) bool { return o.Follow != nil && o.Follow.Service == list[0].ID })
		if i < 0 {
			break
		}
		list = slices.Insert(list, 0, p.Services[i])
	}
	for last := s; last.Follow != nil && len(list) < len(p.Services); {
		next, ok := p.Service(last.Follow.Service)
		if !ok {
			break
		}
		list, last = append(list, next), next
	}
	return list
}

// carriedText is what a value is as an answer; "" where there is none.
func carriedText(v any) string {
	switch v := v.(type) {
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case string:
		return v
	case int64:
		return fmt.Sprint(v)
	}
	return ""
}

// Answers gives the answers that a grant carries on, as typed.
func (f *Follow) Answers(vars map[string]any) (map[string]string, error) {
	answers := make(map[string]string, len(f.Carry))
	for _, k := range f.Carry {
		v, err := k.Program.Value(vars)
		if err != nil {
			return nil, fmt.Errorf("carry %s: %w", k.Question, err)
		}
		if text := carriedText(v); text != "" {
			answers[k.Question] = text
		}
	}
	return answers, nil
}
