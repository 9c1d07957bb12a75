package show

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// items gathers what a version says, in the language of the page.
type items struct {
	v    *visit.Visit
	list []ui.DiffItem
}

func (i *items) add(group, id, what string, texts ...string) {
	texts = slices.DeleteFunc(texts, func(t string) bool { return t == "" })
	i.list = append(i.list, ui.DiffItem{Group: i.v.T("web.versions." + group), ID: id, What: what, Text: strings.Join(texts, " · ")})
}

// ServiceDiff is what changed in a service between two versions of the rules:
// texts, law, questions, look-ups, steps with who acts and by when, reasons to
// refuse, and the rules behind them.
func ServiceDiff(v *visit.Visit, was, now *service.Service) []ui.DiffGroup {
	return ui.Compare(serviceItems(v, was), serviceItems(v, now), v.T)
}

func serviceItems(v *visit.Visit, svc *service.Service) []ui.DiffItem {
	if svc == nil {
		return nil
	}
	i := &items{v: v}
	i.add("texts", "title", v.T("web.versions.title-of"), v.In(svc.Title))
	i.add("texts", "summary", v.T("web.versions.summary"), v.In(svc.Summary))
	i.add("texts", "document", v.T("web.versions.document"), v.In(svc.Outcome.Document))
	i.add("law", "law", v.T("web.service.law"), Law(v, svc.Law))
	i.add("law", "body", v.T("web.service.body"), Body(v, svc.Body))
	i.add("law", "fee", v.T("web.service.fee"), Fee(v, svc.Fee), v.In(svc.Fee.Note), Law(v, svc.Fee.Law))
	for _, q := range svc.Ask {
		i.question("asked", "", svc, q)
	}
	for _, l := range svc.LookUps {
		i.add("looked-up", l.Name, v.In(l.Purpose), l.Register)
	}
	for _, step := range svc.Steps {
		i.step(svc, step)
	}
	for _, r := range svc.Refuse {
		i.add("refusals", r.Name, v.In(r.Text), v.T("web.service.fix", "fix", v.In(r.Fix)), Law(v, r.Law))
		i.add("rules", r.Name, v.In(r.Text), Condition(v, svc, &r.When))
		i.list[len(i.list)-1].Named = true
	}
	for _, c := range svc.Compute {
		i.add("rules", "compute."+c.Name, v.T("web.versions.computed"), c.With)
	}
	i.grant(svc)
	return i.list
}

// question adds what is asked or recorded: how it reads, what may be answered,
// and when it is asked.
func (i *items) question(group, prefix string, svc *service.Service, q service.Question) {
	v := i.v
	var of []string
	for _, c := range q.Of {
		of = append(of, v.In(c.Label))
	}
	var limits string
	if q.Min != 0 || q.Max != 0 {
		limits = fmt.Sprintf("%d–%d", q.Min, q.Max)
	}
	when := ""
	if q.When != nil {
		when = v.T("web.service.only-if", "when", Condition(v, svc, q.When))
	}
	optional := ""
	if q.Optional {
		optional = v.T("web.versions.optional")
	}
	i.add(group, prefix+q.Name, v.In(q.Label), v.In(q.Hint), strings.Join(of, "; "), limits, when, optional, Law(v, q.Law))
}

// step adds a step: who acts, by when, what silence means, what is recorded.
func (i *items) step(svc *service.Service, step *service.Step) {
	v := i.v
	who := v.T("role." + string(step.By))
	if step.Draw {
		who += ", " + v.T("web.versions.drawn")
	}
	i.add("terms", string(step.Name), v.In(step.Title), who)
	for n, w := range step.Within {
		i.add("terms", fmt.Sprintf("%s/%d", step.Name, n), v.In(step.Title)+", "+v.T("web.service.term"), Term(v, w.Term), Condition(v, svc, w.When), Law(v, w.Law))
	}
	if step.Silence.Then != "" {
		i.add("terms", string(step.Name)+"/silence", v.In(step.Title)+", "+v.T("web.versions.silence"), Silence(v, svc, step.Silence), Law(v, step.Silence.Law))
	}
	if c := step.Contest; c != nil {
		i.add("terms", string(step.Name)+"/contest", v.In(step.Title)+", "+v.T("web.versions.contest"), Term(v, c.Within), Law(v, c.Law))
	}
	for _, q := range step.Records {
		i.question("recorded", string(step.Name)+"/", svc, q)
	}
}

// grant adds what a grant gives: how long it holds, where else it may be given,
// and what opens with it.
func (i *items) grant(svc *service.Service) {
	v, out := i.v, svc.Outcome
	if out.Valid.Days > 0 {
		i.add("grant", "valid", v.T("web.versions.valid"), Term(v, out.Valid), Law(v, out.ValidLaw))
	}
	for n, shorter := range out.Shorter {
		i.add("grant", fmt.Sprintf("valid/%d", n), v.T("web.versions.valid"), Term(v, shorter.Term), v.T("web.service.only-if", "when", Condition(v, svc, shorter.When)), Law(v, shorter.Law))
	}
	if p := out.Precedence; p != nil {
		for n, one := range p.Terms {
			only := ""
			if one.When != nil {
				only = v.T("web.service.only-if", "when", Condition(v, svc, one.When))
			}
			i.add("grant", fmt.Sprintf("precedence/%d", n), v.T("web.versions.precedence"), Term(v, one.Term), only, Law(v, one.Law))
		}
	}
	if other := out.Other; other != nil {
		reasons := make([]string, len(other.Reasons))
		for n, r := range other.Reasons {
			reasons[n] = v.In(r.Text)
		}
		i.add("grant", "other", v.T("web.versions.other"), v.T("web.versions.dearer", "percent", other.Dearer), strings.Join(reasons, "; "), Law(v, other.Law))
	}
	if svc.Follow != nil {
		i.add("grant", "follow", v.T("web.service.follows"), serviceTitle(v, svc.Follow.Service), Law(v, svc.Follow.Law))
	}
	for _, b := range svc.Bring {
		when := ""
		if b.When != nil {
			when = v.T("web.service.only-if", "when", Condition(v, svc, b.When))
		}
		i.add("grant", "bring/"+string(b.Service), v.T("web.versions.brought"), serviceTitle(v, b.Service), when, Law(v, b.Law))
	}
}

// serviceTitle is the title of a service that a version of another names.
func serviceTitle(v *visit.Visit, id aiqyn.ServiceID) string {
	if svc, ok := v.Engine.Pack().Service(id); ok {
		return v.In(svc.Title)
	}
	return string(id)
}

// RulingDiff is what changed between the last two rulings of a case: what they
// rest on, which reasons were true, and how they came out. It is nil if a correction
// was not what had the case ruled again: the ruling after a hearing follows another
// one too, and nothing was put right in between.
func RulingDiff(v *visit.Visit, c *casework.CaseView) *ui.Diff {
	n := len(c.Rulings)
	if n < 2 {
		return nil
	}
	was, now := c.Rulings[n-2], c.Rulings[n-1]
	if !slices.ContainsFunc(c.Corrected, func(put casework.CorrectedView) bool { return put.Again == now.Entry }) {
		return nil
	}
	return &ui.Diff{
		Caption: v.T("web.reruled.title"), Was: v.T("web.reruled.entry", "n", was.Entry), Now: v.T("web.reruled.entry", "n", now.Entry),
		Groups: ui.Compare(rulingItems(v, was), rulingItems(v, now), v.T), Empty: ui.Empty{Text: v.T("web.reruled.same")},
	}
}

func rulingItems(v *visit.Visit, r casework.RulingStands) []ui.DiffItem {
	i := &items{v: v}
	outcome := map[bool]aiqyn.Outcome{true: aiqyn.Granted, false: aiqyn.Refused}[r.Grant]
	i.add("result", "result", v.T("web.versions.result"), v.T("outcome."+string(outcome)))
	if r.Points != nil && r.Points.Best != nil {
		i.add("result", "point", v.T("web.document.point"), r.Points.Best.ID)
	}
	for _, a := range r.Answers {
		i.add("asked", a.Question.Name, v.In(a.Question.Label), Answer(v, a))
	}
	for _, a := range r.Records {
		i.add("recorded", a.Question.Name, v.In(a.Question.Label), Answer(v, a))
	}
	for _, f := range r.Facts {
		document, err := Document(f.Value)
		if err != nil {
			i.add("looked-up", f.Name, v.In(f.Purpose), string(f.Value))
		}
		for _, name := range slices.Sorted(maps.Keys(document)) {
			i.add("looked-up", f.Name+"."+name, v.In(f.Purpose)+": "+FactField(v, name), FactOf(v, name, document[name]))
		}
	}
	for _, reason := range r.Reasons {
		is := map[bool]string{true: v.T("web.desk.true"), false: v.T("web.desk.false")}[reason.True]
		i.add("refusals", reason.Reason.Name, v.In(reason.Reason.Text), is)
	}
	return i.list
}
