package service

import (
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
)

// Precedence has what is scarce go in the order of filing: an application that was filed
// earlier and is not decided yet stands before later ones, for some days at most.
type Precedence struct {
	Of    string     // computation of what is free beside those before
	Claim string     // computation of what an application claims, as it is filed
	Terms []Validity // for how long, from its filing: the first whose rule holds; the last has none
}

// Lasts is for how long an application stands before later ones, by its own facts.
func (p *Precedence) Lasts(vars map[string]any) (deadline.Term, error) {
	for _, one := range p.Terms {
		if one.When == nil {
			return one.Term, nil
		}
		holds, err := one.When.Program.Eval(vars)
		if err != nil || holds {
			return one.Term, err
		}
	}
	return deadline.Term{}, fmt.Errorf("no term of the precedence holds")
}

func (r *reader) precedence(v value) *Precedence {
	if v.absent() {
		return nil
	}
	f := v.fields("of", "claim", "for")
	p := &Precedence{Of: f.need("of").name(), Claim: f.need("claim").name()}
	var items []value
	for _, item := range f.need("for").items() {
		items = append(items, item)
	}
	for i, item := range items {
		t := item.fields("when", "days", "calendar", "law")
		one := Validity{When: condition(t.get("when")), Term: term(t), Law: r.needLaw(t, "how long it stands before others")}
		if last := i == len(items)-1; last != (one.When == nil) {
			item.fail("of several terms the last, and no other, holds always")
		}
		if one.Term.Unit != deadline.CalendarDays {
			item.fail("a standing is counted in calendar days, which no holiday moves")
		}
		p.Terms = append(p.Terms, one)
	}
	return p
}

func (c *checker) precedence() {
	p := c.s.Outcome.Precedence
	if p == nil {
		return
	}
	if c.s.Outcome.Reserves == "" {
		c.doc.fail("outcome.precedence", "precedence belongs to a grant that reserves something")
	}
	for field, name := range map[string]string{"of": p.Of, "claim": p.Claim} {
		if !slices.ContainsFunc(c.s.Compute, func(of Compute) bool { return of.Name == name }) {
			c.doc.fail("outcome.precedence."+field, "there is no computation %q", name)
		}
	}
	for i, one := range p.Terms {
		if one.When != nil {
			c.condition(fmt.Sprintf("outcome.precedence.for[%d].when", i), one.When, "the term never holds")
		}
	}
	for _, step := range c.s.Steps {
		if step.Decides && step.By == aiqyn.RoleSystem {
			c.doc.fail("outcome.precedence", "step %q is decided at once, and cannot wait for those before", step.Name)
		}
	}
}
