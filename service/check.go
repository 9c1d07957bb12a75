package service

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/rule"
)

// checker holds the parts of one service against each other and the pack.
type checker struct {
	doc     *document
	pack    *Pack
	options Options
	s       *Service
	scope   map[string]rule.Type // what rules may read, filled as names become known
	envs    map[int]*rule.Env    // by how many names were known: scope only grows
}

func (c *checker) check() {
	s := c.s
	if !hasBody(c.pack.Bodies, s.Body) && s.Body != "" {
		c.doc.fail("body", "body %q is not among the bodies of the pack: add it to pack.yaml, under bodies", s.Body)
	}
	if _, ok := c.pack.Calendars[s.Calendar]; !ok && s.Calendar != "" {
		c.doc.fail("calendar", "calendar %q is not in the pack", s.Calendar)
	}
	if _, ok := s.Question(s.Object); !ok && s.Object != "" {
		c.doc.fail("object", "there is no question %q", s.Object)
	}
	c.names()
	c.questions()
	c.brought()
	c.overAsking()
	c.lookUps()
	c.declare(s.LookUps, nil)
	c.territory()
	c.computes()
	c.declare(nil, s.Compute)
	c.queue()
	c.auction()
	c.objects()
	if s.Fee.After == "" {
		c.price()
	}
	c.fee()
	c.steps()
	c.reasons()
	c.suspensions()
	c.outcome()
	c.carried()
	if s.Kind == aiqyn.Fact {
		c.fact()
	}
	s.env = c.env()
	s.blank = s.zeroes()
}

// names refuses two things of one name, and names that rules could not tell
// from their own.
func (c *checker) names() {
	seen := map[string]string{VarApplicant: "a variable of every rule", VarNow: "a variable of every rule"}
	claim := func(name, path, what string) {
		if other, ok := seen[name]; ok && name != "" {
			c.doc.fail(path, "%s %q has the name of %s", what, name, other)
			return
		}
		seen[name] = what
		if _, err := rule.NewEnv(map[string]rule.Type{Variable(name): rule.Int}); name != "" && err != nil {
			c.doc.fail(path, "%s %q: a rule cannot read this name", what, name)
		}
	}
	for _, q := range c.s.Ask {
		claim(q.Name, "ask."+q.Name, "question")
	}
	for _, l := range c.s.LookUps {
		claim(l.Name, "look-up."+l.Name, "look-up")
	}
	for _, k := range c.s.Compute {
		claim(k.Name, "compute."+k.Name, "computation")
	}
	for i, step := range c.s.Steps {
		for _, q := range step.Records {
			claim(q.Name, c.stepPath(i)+".records."+q.Name, "record")
		}
	}
}

func (c *checker) stepPath(i int) string { return fmt.Sprintf("steps[%d].%s", i, c.s.Steps[i].Name) }

// questions compiles the conditions of questions: each may read the answers
// before it, so that a form can be filled in from top to bottom.
func (c *checker) questions() {
	c.envs = map[int]*rule.Env{}
	c.scope = map[string]rule.Type{VarApplicant: rule.String, VarNow: rule.String}
	for i := range c.s.Ask {
		q := &c.s.Ask[i]
		c.condition("ask."+q.Name+".when", q.When, "the question is never asked")
		c.scope[Variable(q.Name)] = q.Type.RuleType()
	}
}

// declare lets rules read facts and computations.
func (c *checker) declare(facts []LookUp, computed []Compute) {
	for _, l := range facts {
		c.scope[Variable(l.Name)] = rule.Map
	}
	for _, k := range computed {
		c.scope[Variable(k.Name)] = rule.Map
	}
}

// env declares the names that are known so far. Names that rules cannot read
// have been reported and are left out.
func (c *checker) env() *rule.Env {
	if c.envs[len(c.scope)] == nil {
		c.envs[len(c.scope)] = c.newEnv()
	}
	return c.envs[len(c.scope)]
}

func (c *checker) newEnv() *rule.Env {
	env, err := rule.NewEnv(c.scope)
	if err == nil {
		return env
	}
	readable := map[string]rule.Type{}
	for _, name := range slices.Sorted(maps.Keys(c.scope)) {
		if _, err := rule.NewEnv(map[string]rule.Type{name: rule.Int}); err == nil {
			readable[name] = c.scope[name]
		}
	}
	env, _ = rule.NewEnv(readable)
	return env
}

// condition compiles a rule and refuses one that never holds, saying what
// follows from that.
func (c *checker) condition(path string, cond *Condition, never string) {
	if cond == nil || cond.Expr == "" {
		return
	}
	p, err := c.env().Compile(cond.Expr)
	if err != nil {
		c.doc.fail(path, "rule: %v", err)
		return
	}
	cond.Program = p
	c.fieldsOf(path, p)
	c.optionsOf(path, p)
	holds, constant := constantly(p)
	switch {
	case constant && !holds:
		c.doc.fail(path, "%s: the rule is always false", never)
	case constant:
		c.doc.fail(path, "the rule is always true: leave it out, or say what it depends on")
	}
}

// rule compiles an expression with any value.
func (c *checker) rule(path, expr string, into **rule.Program, env *rule.Env) {
	if expr == "" {
		return
	}
	p, err := env.CompileValue(expr)
	if err != nil {
		c.doc.fail(path, "rule: %v", err)
		return
	}
	*into = p
	c.fieldsOf(path, p)
	c.optionsOf(path, p)
	if v, err := p.Value(c.s.Blank()); path == "fee.amount" && err == nil {
		if _, whole := v.(int64); !whole {
			c.doc.fail(path, "a fee is a whole number of tiyn")
		}
	}
}

// price compiles the official price: by what is known when it is paid.
func (c *checker) price() { c.rule("fee.amount", c.s.Fee.Amount, &c.s.Fee.Program, c.env()) }

// fee holds what is said about paying to the amount: a price needs a way to pay
// it, and nothing is paid where there is none.
func (c *checker) fee() {
	f := &c.s.Fee
	switch {
	case f.Amount != "" && !f.FreeOfCharge() && f.Pay == nil:
		c.doc.overtaken("fee", "there is something to pay, and nothing says by when: pay is missing")
	case f.FreeOfCharge() && (f.Pay != nil || f.Refunds != nil):
		c.doc.fail("fee", "the service is free: there is nothing to pay and nothing to give back")
	}
	if at := position(c.s, f.After); f.After != "" && (at < 0 || c.s.Steps[at].Decides || c.s.Steps[at].By == aiqyn.RoleSystem) {
		c.doc.fail("fee.pay.after", "there is no step %q that somebody does before the decision", f.After)
	}
	if amount, err := strconv.ParseInt(f.Amount, 10, 64); err == nil && amount < 0 {
		c.doc.fail("fee.amount", "a fee is not below nothing")
	}
	for i, r := range f.Refunds {
		path := fmt.Sprintf("fee.refund[%d]", i)
		if r.After == aiqyn.Lapsed {
			c.refundOfBid(path, r)
			continue
		}
		if r.After != aiqyn.Refused && r.Reasons != nil {
			c.doc.fail(path+".reasons", "reasons belong to a refund after refused")
		}
		if r.After == aiqyn.Refused && len(r.Reasons) == 0 {
			c.doc.fail(path, "after which reasons to refuse does the fee go back? reasons is missing")
		}
		for _, name := range r.Reasons {
			if _, ok := c.s.Reason(name); !ok {
				c.doc.fail(path+".reasons", "there is no reason %q", name)
			}
		}
	}
}

// constantly reports whether a condition has the same value whatever the
// facts: whether it has one when there are none.
func constantly(p *rule.Program) (holds, constant bool) {
	holds, err := p.Eval(map[string]any{})
	return holds, err == nil
}

// fieldsOf refuses a field that the document of the register does not have.
func (c *checker) fieldsOf(path string, p *rule.Program) {
	for _, use := range p.Uses() {
		name, field, ok := strings.Cut(use, ".")
		if !ok {
			continue
		}
		for _, l := range c.s.LookUps {
			reg := findRegister(c.pack.Registers, l.Register)
			if Variable(l.Name) != name || reg == nil || slices.Contains(reg.Fields, field) {
				continue
			}
			c.doc.fail(path, "register %s has no field %q, it has %s", reg.Name, field, strings.Join(reg.Fields, ", "))
		}
	}
}

// optionsOf refuses an answer that is compared with what cannot be chosen: it
// would never be that. An empty text stands for no answer.
func (c *checker) optionsOf(path string, p *rule.Program) {
	for _, with := range p.Compared() {
		for _, q := range c.s.asked() {
			if q.Type != TypeChoice || Variable(q.Name) != with.Variable || with.Text == "" {
				continue
			}
			values := make([]string, len(q.Of))
			for i, option := range q.Of {
				values[i] = option.Value
			}
			if !slices.Contains(values, with.Text) {
				c.doc.overtaken(path, "the question %s has no option %q, it has %s", q.Name, with.Text, strings.Join(values, ", "))
			}
		}
	}
}
