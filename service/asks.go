package service

import (
	"slices"

	"aiqyn"
)

// Asks is somebody else who is asked in a step: a case of another service is opened
// for them, with its own clock, when the step begins. So what needs their consent has
// it recorded from their own hand, and the applicant carries nothing between them.
//
// What the step records is what they answer there, by the same names; nothing, if they
// do not answer in time. Who they are a rule says, over what the other service looks
// up: it stands in their case, and nowhere in this one.
//
// Several may be asked, each in a case of their own. Then each answer must be as Each
// says: the first that is not is what the step records, and it is over; if all are, the
// last is; and who says nothing leaves the step without a record.
type Asks struct {
	Follow
	When *Condition // with computations; nil: always
	Whom *Condition // text or list of texts: whom to ask; none: nobody. Its program is of the other service
	Each *Condition // over the records of the step: what each of several must say; nil: only one can be asked
}

// MaxAsked is how many people one step may ask at most.
const MaxAsked = 50

func (r *reader) asks(v value) *Asks {
	if v.absent() {
		return nil
	}
	f := v.fields("service", "when", "whom", "each", "carry", "law")
	a := &Asks{
		Follow: Follow{Service: aiqyn.ServiceID(f.need("service").dotted()), Law: r.needLaw(f, "whom a step asks")},
		When:   condition(f.get("when")), Whom: condition(f.need("whom")), Each: condition(f.get("each")),
	}
	for name, item := range f.get("carry").entries() {
		a.Carry = append(a.Carry, Carry{Question: keyed(item, name), Expr: item.expression()})
	}
	return a
}

// says reports whether a value is one of some words.
func (v value) says(words ...string) bool {
	return v.node != nil && slices.Contains(words, v.node.Value)
}

// asked compiles what a step asks, and holds the step to what it can be.
func (c *checker) asked(path string, step *Step) {
	a := step.Asks
	if a == nil {
		c.awaits(path, step)
		return
	}
	switch {
	case len(step.Within) == 0:
		c.doc.fail(path, "a step that asks needs a time limit, or somebody would wait for good")
	case step.Silence.Then != "":
		c.doc.fail(path+".silence", "when the time is over the case goes on without an answer")
	case step.Decides || step.Draw || len(step.Evidence) > 0:
		c.doc.fail(path, "nobody acts in a step that waits")
	case len(step.Records) == 0:
		c.doc.fail(path+".records", "nothing of the answer is kept: why ask")
	}
	c.condition(path+".asks.when", a.When, "nobody is ever asked")
	for i := range a.Carry {
		k := &a.Carry[i]
		c.rule(path+".asks.carry."+k.Question, k.Expr, &k.Program, c.env())
	}
}

// askings holds whom a service asks against the services that it opens for them.
func (p *parser) askings(s *Service, doc *document) {
	for i, step := range s.Steps {
		if step.Asks == nil {
			continue
		}
		path := (&checker{s: s}).stepPath(i) + ".asks"
		next := p.opens(s, doc, path, &step.Asks.Follow)
		if next == nil {
			continue
		}
		switch {
		case !next.OnlyFollows:
			doc.fail(path, "anybody could apply for %s: mark it only-follows", next.ID)
		case next.Follow != nil || len(next.Bring) > 0 || next.Outcome.Reserves != "":
			doc.fail(path, "%s is an answer and leads to nothing", next.ID)
		case next.Steps[0].By != aiqyn.RoleApplicant || slices.ContainsFunc(next.Steps, func(s *Step) bool { return s.Draw || s.Asks != nil }):
			doc.fail(path, "%s must be answered by whom it asks, and by nobody else", next.ID)
		}
		if next.env != nil {
			(&checker{doc: doc, pack: p.pack, options: p.options, s: next}).rule(path+".whom", step.Asks.Whom.Expr, &step.Asks.Whom.Program, next.env)
		}
		next.Answer = true
		p.answers(step, next, doc, path)
	}
}

// answers holds what a step keeps of an answer against what is answered.
func (p *parser) answers(step *Step, next *Service, doc *document, path string) {
	for _, q := range step.Records {
		said, ok := findQuestion(next.Ask, q.Name)
		for _, theirs := range next.Steps {
			if r, found := findQuestion(theirs.Records, q.Name); found {
				said, ok = r, true
			}
		}
		switch {
		case !ok:
			doc.fail(path, "%s neither asks nor records %q", next.ID, q.Name)
		case said.Type.RuleType() != q.Type.RuleType():
			doc.fail(path, "%q is a %s in %s and a %s here", q.Name, said.Type, next.ID, q.Type)
		}
	}
}

// AskedIn is the step in which a case of another service is opened for somebody else, if there is one.
func (s *Service) AskedIn(next aiqyn.ServiceID) (*Step, bool) {
	i := slices.IndexFunc(s.Steps, func(step *Step) bool { return step.Asks != nil && step.Asks.Service == next })
	if i < 0 {
		return nil, false
	}
	return s.Steps[i], true
}

// People are whom to ask, by what the other service has looked up, ascending and each
// once; nobody, if it names nobody, or more than can be asked.
func (a *Asks) People(vars map[string]any) ([]aiqyn.PersonID, error) {
	v, err := a.Whom.Program.Value(vars)
	if err != nil {
		return nil, err
	}
	list, several := v.([]any)
	if !several {
		list = []any{v}
	}
	var people []aiqyn.PersonID
	for _, one := range list {
		who, _ := one.(string)
		if who == "" {
			return nil, nil // one of them is unknown: then not all can be asked
		}
		people = append(people, aiqyn.PersonID(who))
	}
	slices.Sort(people)
	people = slices.Compact(people)
	if len(people) > MaxAsked || len(people) > 1 && a.Each == nil {
		return nil, nil
	}
	return people, nil
}

// Holds reports whether an answer, as the step would record it, is as each of several
// must be. Blank are the variables of the service.
func (a *Asks) Holds(blank, records map[string]any) (bool, error) {
	if a.Each == nil {
		return true, nil
	}
	for name, v := range records {
		blank[Variable(name)] = v
	}
	return a.Each.Program.Eval(blank)
}
