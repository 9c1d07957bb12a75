package casework

import (
	"encoding/json"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/rule"
	"aiqyn/service"
)

// coverer covers what a text or a document says of people.
type coverer struct {
	all       bool     // every number, telephone and address of e-mail, and names
	strangers []string // numbers that are covered whole, whoever looks
	own       []string // with strangers: numbers whose holder is seen in the clear
	names     []string // stems of the words that people are called by, folded
}

// text is a text with whatever tells of people in it covered.
func (c *coverer) text(s string) string {
	for _, n := range c.strangers {
		s = strings.ReplaceAll(s, n, access.Mask("", n))
	}
	if c.all {
		s = covered(s)
	}
	return s
}

// document is a document of a register with whatever names a person covered.
func (c *coverer) document(raw json.RawMessage) json.RawMessage {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	out, err := json.Marshal(c.value("", v))
	if err != nil {
		return nil
	}
	return out
}

func (c *coverer) value(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if last, ok := v["last"].(string); ok && name == "name" {
			first, _ := v["first"].(string)
			return access.Mask(access.Name, last+" "+first)
		}
		if c.isOwn(v) {
			return v
		}
		for k, item := range v {
			v[k] = c.value(k, item)
		}
		return v
	case []any:
		for i, item := range v {
			v[i] = c.value(name, item)
		}
		return v
	case string:
		switch name {
		case "phone":
			return access.Mask(access.Phone, v)
		case "born", "house", "flat":
			return access.Mask("", v)
		}
		return c.text(v)
	}
	return v
}

// isOwn reports whether an object tells of the viewer: it has their number.
func (c *coverer) isOwn(object map[string]any) bool {
	for _, item := range object {
		if s, ok := item.(string); ok && slices.Contains(c.own, s) {
			return true
		}
	}
	return false
}

// trace covers what a rule met on its way.
func (c *coverer) trace(t rule.Trace) rule.Trace {
	t.Expr = c.text(t.Expr)
	t.Steps = slices.Clone(t.Steps)
	for i := range t.Steps {
		t.Steps[i].Value = c.text(t.Steps[i].Value)
	}
	return t
}

// cover covers everything in a view that is not for its viewer: from whoever does not
// see all, who the people are; from whoever filed it, the numbers of others.
func (v *viewing) cover(out *CaseView) {
	c := coverer{all: v.sight < seesAll}
	if !c.all {
		if c.strangers = v.strangers(); len(c.strangers) == 0 {
			return
		}
		s := v.rec.state
		for _, p := range []aiqyn.PersonID{s.Applicant, s.Agent, v.viewer.Person} {
			if p != "" {
				c.own = append(c.own, string(p))
			}
		}
	}
	v.coverFacts(&c, out)
	if out.Ruling == nil {
		return
	}
	for i, r := range out.Ruling.Reasons {
		out.Ruling.Reasons[i].Trace = c.trace(r.Trace)
	}
}

// strangers are the numbers of others that a case has which the viewer has filed.
func (v *viewing) strangers() []string {
	if !v.rec.filedBy(v.viewer) {
		return nil
	}
	x := v.e.strangers(v.rec.state, v.viewer)
	for _, ev := range v.events {
		x.take(ev)
	}
	return x.numbers
}

// coverFacts covers what registers say and what was answered.
func (v *viewing) coverFacts(c *coverer, out *CaseView) {
	x := v.e.strangers(v.rec.state, v.viewer)
	for i, f := range out.Facts {
		if c.all || len(x.in(v.rec.state.Facts[f.Name])) > 0 {
			out.Facts[i].Value = c.document(f.Value)
		}
	}
	for i := range out.Corrected {
		out.Corrected[i].Was, out.Corrected[i].Value = c.text(out.Corrected[i].Was), c.text(out.Corrected[i].Value)
	}
	if c.all {
		for i, a := range out.Answers {
			switch a.Question.Type {
			case service.TypeIIN, service.TypeBIN, service.TypePhone:
				out.Answers[i].Value = covered(a.Value)
			}
		}
	}
}
