package service

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/rule"

	"go.yaml.in/yaml/v3"
)

// Other lets whoever grants name another place than the best that was computed. One
// that is dearer by more than a part needs a reason of a closed list.
type Other struct {
	Of      string        // CEL value: the places there are, each with id and cost
	Program *rule.Program // of Of
	Dearer  int64         // per cent beyond the cost of the best that need a reason
	Reasons []OtherReason
	Law     aiqyn.Law
}

// OtherReason is one of the closed list of reasons for a dearer place.
type OtherReason struct {
	Name string
	Text aiqyn.Text // plain, to the applicant
	// ByApplicant is that it is the applicant's own word, given as an act of the case.
	ByApplicant bool
	// Letter is that it rests on somebody's letter, which is attached when it is given.
	Letter bool
	Law    aiqyn.Law
}

// Validity is how long a document holds under a condition.
type Validity struct {
	When *Condition
	Term deadline.Term
	Law  aiqyn.Law
}

// Place is one of the places that a grant may be given at.
type Place struct {
	ID    string
	Cost  int64 // tiyn
	Value map[string]any
}

// Reason finds one of the reasons for a dearer place.
func (o *Other) Reason(name string) (OtherReason, bool) {
	i := slices.IndexFunc(o.Reasons, func(r OtherReason) bool { return r.Name == name })
	if i < 0 {
		return OtherReason{}, false
	}
	return o.Reasons[i], true
}

// ByApplicant reports whether a dearer place may be the applicant's own wish.
func (o *Other) ByApplicant() bool {
	return slices.ContainsFunc(o.Reasons, func(r OtherReason) bool { return r.ByApplicant })
}

// ByLetter reports whether a dearer place may rest on somebody's letter.
func (o *Other) ByLetter() bool {
	return slices.ContainsFunc(o.Reasons, func(r OtherReason) bool { return r.Letter })
}

// dearer finds one of the reasons for a dearer place, where there may be one.
func (o *Outcome) dearer(name string) (OtherReason, bool) {
	if o.Other == nil {
		return OtherReason{}, false
	}
	return o.Other.Reason(name)
}

// Places lists the places that there are, by what a ruling rests on.
func (o *Other) Places(vars map[string]any) ([]Place, error) {
	v, err := o.Program.Value(vars)
	if err != nil {
		return nil, err
	}
	items, _ := v.([]any)
	list := make([]Place, 0, len(items))
	for _, item := range items {
		m, ok := item.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("a place is no document")
		}
		p := Place{Value: m}
		p.ID, _ = m["id"].(string)
		p.Cost, _ = m["cost"].(int64)
		list = append(list, p)
	}
	return list, nil
}

// Over is by how many per cent, rounded up, a cost is above that of the best.
func Over(cost, best int64) int64 {
	switch {
	case cost <= best:
		return 0
	case best <= 0:
		return 1000
	}
	return ((cost-best)*100 + best - 1) / best
}

// bestShape is what names the best place where another may be named.
var bestShape = regexp.MustCompile(`^([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\.id$`)

// Named puts another place where rules read the best: what follows a grant then reads
// the one that was named.
func (o *Outcome) Named(vars map[string]any, p Place) map[string]any {
	m := bestShape.FindStringSubmatch(o.At)
	if m == nil {
		return vars
	}
	computed, _ := vars[m[1]].(map[string]any)
	computed = maps.Clone(computed)
	if computed == nil {
		return vars
	}
	computed[m[2]] = p.Value
	vars = maps.Clone(vars)
	vars[m[1]] = computed
	return vars
}

// valid reads how long what is granted holds: one term, or several with their
// conditions, of which the last has none.
func (r *reader) valid(v value, o *Outcome) {
	if v.absent() {
		return
	}
	list := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		list = nil
		for _, item := range v.items() {
			list = append(list, item)
		}
	}
	for i, item := range list {
		t := item.fields("when", "days", "calendar", "law")
		one := Validity{When: condition(t.get("when")), Term: term(t), Law: r.needLaw(t, "how long it is valid")}
		switch last := i == len(list)-1; {
		case last && one.When != nil:
			item.fail("the last term must hold always")
		case last:
			o.Valid, o.ValidLaw = one.Term, one.Law
		case one.When == nil:
			item.fail("the terms after this one never hold")
		default:
			o.Shorter = append(o.Shorter, one)
		}
	}
}

// ValidFor is how long what is granted holds, by what the ruling rests on.
func (o *Outcome) ValidFor(vars map[string]any) (deadline.Term, error) {
	for _, one := range o.Shorter {
		holds, err := one.When.Program.Eval(vars)
		if err != nil || holds {
			return one.Term, err
		}
	}
	return o.Valid, nil
}

func (r *reader) other(v value) *Other {
	if v.absent() {
		return nil
	}
	f := v.fields("of", "dearer", "reasons", "law")
	o := &Other{Of: f.need("of").expression(), Dearer: f.need("dearer").whole(0, 1000), Law: r.needLaw(f, "naming another place")}
	for _, item := range f.need("reasons").items() {
		g := item.fields("reason", "text", "by", "letter", "law")
		of := OtherReason{Name: g.need("reason").name(), Text: r.text(g.need("text")), Law: r.needLaw(g, "a reason for a dearer place")}
		if by := g.get("by"); !by.absent() {
			if of.ByApplicant = by.says("applicant"); !of.ByApplicant {
				by.fail("it is the officer's own, or by: applicant")
			}
		}
		if letter := g.get("letter"); !letter.absent() {
			if of.Letter = letter.says("required"); !of.Letter {
				letter.fail("it is required, or not said")
			}
		}
		o.Reasons = append(o.Reasons, of)
	}
	return o
}

func (c *checker) other() {
	o := c.s.Outcome.Other
	if o == nil {
		return
	}
	c.rule("outcome.other.of", o.Of, &o.Program, c.env())
	if !bestShape.MatchString(c.s.Outcome.At) {
		c.doc.fail("outcome.at", "where another place may be named the best one is a field of a computation, with its id: points.best.id")
	}
	seen := map[string]bool{}
	for i, r := range o.Reasons {
		if seen[r.Name] {
			c.doc.fail(fmt.Sprintf("outcome.other.reasons[%d]", i), "reason %q is there already", r.Name)
		}
		seen[r.Name] = true
	}
}

// Asked is the question for how much is taken: of several that the amount reads, the
// first that is asked.
func (s *Service) Asked() (Question, bool) {
	if s.Outcome.Taken == nil {
		return Question{}, false
	}
	uses := s.Outcome.Taken.Uses()
	for _, q := range s.Ask {
		if slices.Contains(uses, Variable(q.Name)) {
			return q, true
		}
	}
	return Question{}, false
}
