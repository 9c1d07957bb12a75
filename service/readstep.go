package service

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"aiqyn"
)

// byRule is what a pack writes where nobody in person acts.
const byRule = "rule"

// byBrought is what a pack writes where a step waits for what the filing has brought
// along.
const byBrought = "brought"

// byAsked is what it writes where somebody else is asked for something.
const byAsked = "asked"

// officers are the roles that may take a step.
var officers = []aiqyn.Role{aiqyn.RoleSurveyor, aiqyn.RoleEngineer, aiqyn.RoleHead}

// fileTypes are what a file may be.
var fileTypes = []string{"jpeg", "png", "pdf"}

// evidenceKinds are the pieces that a step may have to leave behind.
var evidenceKinds = []string{"place", "time", "photo", "signature", "document"}

// step reads one item of steps: a mapping with the step's name as its only key.
func (r *reader) step(v value) *Step {
	if !v.want(yaml.MappingNode, "a step") {
		return nil
	}
	if len(v.node.Content) != 2 {
		v.fail("want one step: its name, and under it what it is")
		return nil
	}
	name, body := v.node.Content[0].Value, value{v.doc, v.node.Content[1]}
	f := body.fields("title", "by", "draw", "decides", "safety", "evidence", "records", "within", "asks",
		"silence", "hearing", "when", "contest", "again", "law")
	s := &Step{
		Name: aiqyn.StepID(keyed(body, name)), Title: r.text(f.need("title")), By: by(f.need("by")),
		Awaits: f.get("by").says(byBrought, byAsked), Asks: r.asks(f.get("asks")),
		Draw: oneOf(f.get("draw"), "blind") != "", Decides: f.get("decides").yes(), Safety: f.get("safety").yes(),
		Records: r.questions(f.get("records"), false), When: condition(f.get("when")), Contest: r.contest(f.get("contest")), Again: again(f.get("again")),
		Law: r.needLaw(f, "a step"),
	}
	for _, item := range f.get("evidence").items() {
		e := evidence(item)
		if slices.ContainsFunc(s.Evidence, func(o Evidence) bool { return o.Kind == e.Kind }) {
			item.fail("evidence %q is there already", e.Kind)
		}
		s.Evidence = append(s.Evidence, e)
	}
	s.Within = r.withins(f.get("within"))
	s.Silence = r.silence(f.get("silence"))
	s.Hearing, s.Unheard = r.heard(f.get("hearing"))
	return s
}

// by reads who acts.
func by(v value) aiqyn.Role {
	role := oneOf(v, append([]aiqyn.Role{byRule, byBrought, byAsked, aiqyn.RoleApplicant}, officers...)...)
	if role == byRule || role == byBrought || role == byAsked {
		return aiqyn.RoleSystem
	}
	return role
}

// evidence reads a kind, or a mapping that says more about it.
func evidence(v value) Evidence {
	if v.node.Kind == yaml.ScalarNode {
		return Evidence{Kind: oneOf(v, evidenceKinds...), Count: 1}
	}
	f := v.fields("kind", "radius", "count", "megabytes", "megapixels", "types")
	e := Evidence{
		Kind:   oneOf(f.need("kind"), evidenceKinds...),
		Radius: int(f.get("radius").whole(1, 100_000)), Count: int(f.get("count").whole(1, 100)),
		Megabytes: int(f.get("megabytes").whole(1, 500)), Megapixels: int(f.get("megapixels").whole(1, 50)),
	}
	for _, item := range f.get("types").items() {
		e.Types = append(e.Types, oneOf(item, fileTypes...))
	}
	if (e.Megabytes > 0 || e.Megapixels > 0 || e.Types != nil) && e.Kind != "photo" && e.Kind != "document" {
		f.fail("limits belong to a photo or a document")
	}
	if e.Kind == "photo" && slices.Contains(e.Types, "pdf") {
		f.fail("a photo is jpeg or png")
	}
	if e.Radius > 0 && e.Kind != "place" {
		f.fail("a radius belongs to the place")
	}
	e.Count = max(e.Count, 1)
	return e
}

// withins reads one time limit, or a list of them.
func (r *reader) withins(v value) []Within {
	if v.absent() {
		return nil
	}
	if v.node.Kind == yaml.MappingNode {
		return []Within{r.within(v)}
	}
	var list []Within
	for _, item := range v.items() {
		list = append(list, r.within(item))
	}
	return list
}

func (r *reader) within(v value) Within {
	f := v.fields("when", "days", "calendar", "cap", "since", "law")
	w := Within{
		When: condition(f.get("when")), Term: term(f), Law: r.needLaw(f, "a time limit"),
		Since: oneOf(f.get("since"), SinceOpened, SinceFiled),
	}
	if w.Since == "" {
		w.Since = SinceOpened
	}
	return w
}

// silence reads what silence means: the word escalate, or a mapping.
func (r *reader) silence(v value) Silence {
	if v.absent() {
		return Silence{}
	}
	if v.node.Kind == yaml.ScalarNode {
		s := Silence{Then: oneOf(v, SilenceEscalates, SilenceLapses)}
		if s.Then == SilenceEscalates {
			s.To = aiqyn.RoleHead
		}
		return s
	}
	f := v.fields("then", "to", "only-if", "text", "status", "law")
	s := Silence{
		Then: oneOf(f.need("then"), SilenceEscalates, SilenceGrants), OnlyIf: condition(f.get("only-if")), Text: r.text(f.get("text")),
		To: oneOf(f.get("to"), officers...), Law: r.law(f.get("law")),
	}
	if s.To == "" {
		s.To = aiqyn.RoleHead
	}
	if s.OnlyIf == nil && s.Text != (aiqyn.Text{}) {
		f.fail("text says what only-if asks, which is not there")
	}
	status := oneOf(f.get("status"), aiqyn.Confirmed, aiqyn.Unconfirmed, aiqyn.Proposal)
	if s.Then != SilenceGrants {
		if s.OnlyIf != nil {
			f.fail("only-if belongs to a grant by silence")
		}
		return s
	}
	switch {
	case status == "":
		f.fail("a grant by silence without a status: is it law, or a proposal?")
	case s.Law.Act == "":
		f.fail("a grant by silence without a law")
	case s.Law.Status != status:
		f.fail("the status is %q here and %q in its law", status, s.Law.Status)
	}
	return s
}
