package service

import (
	"fmt"
	"slices"

	"aiqyn"
	"aiqyn/rule"
)

// Sibling puts who has a brother or sister at an institution before others of their
// class there, and there alone.
type Sibling struct {
	Text    aiqyn.Text
	At      string        // CEL value: a list of institutions, from registers
	Program *rule.Program // of At
	Law     aiqyn.Law
}

// PlaceReserve keeps a share of the places of every group for whom a rule names.
type PlaceReserve struct {
	Name    string
	Text    aiqyn.Text
	When    *Condition // over registers
	Percent int        // of the places of a group, rounded down
	Soft    bool       // a seat that no member asks for goes to others
	Law     aiqyn.Law
}

// mostSiblings is how many institutions a register may name for one person.
const mostSiblings = 32

// Keeps is how many of a group's places are kept.
func (r PlaceReserve) Keeps(places int64) int { return int(places * int64(r.Percent) / 100) }

// reservesOf are the reserves that somebody belongs to.
func (q *Queue) reservesOf(vars map[string]any) (list []string, err error) {
	for _, k := range q.Reserves {
		holds, err := k.When.Program.Eval(vars)
		if err != nil {
			return nil, fmt.Errorf("reserve %s: %w", k.Name, err)
		}
		if holds {
			list = append(list, k.Name)
		}
	}
	return list, nil
}

// siblingsOf are the institutions where somebody has a brother or sister, by number,
// each once.
func (q *Queue) siblingsOf(vars map[string]any) (list []string, err error) {
	if q.Sibling == nil {
		return nil, nil
	}
	v, err := q.Sibling.Program.Value(vars)
	if err != nil {
		return nil, fmt.Errorf("sibling: %w", err)
	}
	named, ok := v.([]any)
	if !ok || len(named) > mostSiblings {
		return nil, fmt.Errorf("sibling: %v is no list of at most %d institutions", v, mostSiblings)
	}
	for _, one := range named {
		name, ok := one.(string)
		if !ok || !IsInstitution(name) {
			return nil, fmt.Errorf("sibling: %v is no institution", one)
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// Precedences are the orders in which seats can be filled.
const (
	reservesFirst = "reserves-first"
	openFirst     = "open-first"
)

// kept reads what of a queue keeps seats, and who has a brother or sister where.
func (r *reader) kept(q *Queue, f fields) {
	if s := f.get("sibling"); !s.absent() {
		one := s.fields("at", "text", "law")
		q.Sibling = &Sibling{At: one.need("at").expression(), Text: r.text(one.need("text")), Law: r.needLaw(one, "priority of brothers and sisters")}
	}
	for _, item := range f.get("reserves").items() {
		q.Reserves = append(q.Reserves, r.placeReserve(item))
	}
	switch p := f.get("precedence"); {
	case len(q.Reserves) > 0:
		q.OpenFirst = oneOf(f.need("precedence"), reservesFirst, openFirst) == openFirst
	case !p.absent():
		p.fail("no seat is kept, and all are filled alike")
	}
}

func (r *reader) placeReserve(v value) PlaceReserve {
	f := v.fields("reserve", "text", "when", "percent", "soft", "law")
	return PlaceReserve{
		Name: f.need("reserve").name(), Text: r.text(f.need("text")), When: condition(f.need("when")), Percent: int(f.need("percent").whole(1, 100)),
		Soft: f.need("soft").yes(), Law: r.needLaw(f, "a reserve"),
	}
}

// kept compiles who has a brother or sister where, and for whom seats are kept: both
// follow from registers, never from a paper or from what somebody types.
func (c *checker) kept(q *Queue) {
	if slices.Contains(q.Order, "sibling") != (q.Sibling != nil) {
		c.doc.fail("queue.sibling", "a brother or sister ranks nobody unless the order has it, and the order has none without saying where they are")
	}
	if q.Sibling != nil {
		if c.rule("queue.sibling.at", q.Sibling.At, &q.Sibling.Program, c.env()); q.Sibling.Program != nil {
			c.fromRegisters("queue.sibling.at", q.Sibling.Program)
		}
	}
	seen, percent := map[string]bool{}, 0
	for i := range q.Reserves {
		k, path := &q.Reserves[i], fmt.Sprintf("queue.reserves[%d]", i)
		if c.condition(path+".when", k.When, "no seat is kept for anybody"); k.When != nil && k.When.Program != nil {
			c.fromRegisters(path+".when", k.When.Program)
		}
		if seen[k.Name] {
			c.doc.fail(path, "reserve %q is there already", k.Name)
		}
		seen[k.Name] = true
		percent += k.Percent
	}
	if percent > 100 {
		c.doc.fail("queue.reserves", "%d percent of the places are kept", percent)
	}
	if len(q.Reserves) > 8 {
		c.doc.fail("queue.reserves", "8 reserves are the most")
	}
	switch needs := q.Sibling != nil || len(q.Reserves) > 0; {
	case needs && q.Round != RoundAccepting:
		c.doc.fail("queue.round", "brothers and sisters and kept seats are for a round of kind %s only", RoundAccepting)
	case len(q.Reserves) > 0 && (q.Slots != nil || len(q.Quotas) > 0):
		c.doc.fail("queue.reserves", "seats are kept neither of slots nor beside quotas")
	}
}

// fromRegisters holds a rule to what registers say: it reads one at least, and nothing
// that anybody types.
func (c *checker) fromRegisters(path string, p *rule.Program) {
	register := false
	for _, use := range p.Uses() {
		if head := headOf(use); !c.lookedUp(head) {
			c.doc.fail(path, "it follows from registers, and %q is none", use)
		} else if head != VarNow {
			register = true
		}
	}
	if !register {
		c.doc.fail(path, "it reads no register")
	}
}
