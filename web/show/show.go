// Package show turns what the engine answers into components of package ui, in
// the reader's language: laws, terms, clocks, timelines, answers, points.
package show

import (
	"cmp"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Law cites a rule, and says when it is not confirmed or only our proposal.
func Law(v *visit.Visit, law aiqyn.Law) string {
	if law.Act == "" {
		if law.Status == aiqyn.Proposal {
			return v.T("law.proposal")
		}
		return ""
	}
	text := v.In(law.Title)
	if text == "" {
		text = actTitle(v, law.Act)
	}
	if law.Article != "" {
		text = v.T("web.law.article", "act", text, "article", law.Article)
	}
	switch law.Status {
	case aiqyn.Unconfirmed:
		text += " – " + v.T("law.unconfirmed")
	case aiqyn.Proposal:
		text += " – " + v.T("law.proposal")
	}
	return text
}

func actTitle(v *visit.Visit, id string) string {
	for _, act := range v.Engine.Pack().Acts {
		if act.ID == id {
			return v.In(act.Title)
		}
	}
	return id
}

// Body is the name of a body: of the pack, or of those who watch and keep the service, whom no
// pack names.
func Body(v *visit.Visit, id aiqyn.BodyID) string {
	for _, b := range v.Engine.Pack().Bodies {
		if b.ID == id {
			return v.In(b.Title)
		}
	}
	if key := "body." + string(id); v.Texts.Has(key) {
		return v.T(key)
	}
	return string(id)
}

// Register is the name of a register of the pack.
func Register(v *visit.Visit, name string) string {
	for _, r := range v.Engine.Pack().Registers {
		if r.Name == name {
			return v.In(r.Title)
		}
	}
	return name
}

// Correctable is what a document calls the field that was corrected.
func Correctable(v *visit.Visit, c *casework.CaseView, field string) string {
	for _, f := range c.Correctable {
		switch {
		case f.Field == field && f.Register != "":
			return Register(v, f.Register)
		case f.Field == field:
			return v.In(f.Label)
		}
	}
	return field
}

// Corrected is a value of what may be corrected, with its unit.
func Corrected(v *visit.Visit, c *casework.CaseView, field, value string) string {
	for _, f := range c.Correctable {
		if f.Field == field && f.Question != nil {
			return Answer(v, casework.Answer{Question: *f.Question, Value: value})
		}
	}
	return value
}

// Service finds a service of the pack in force.
func Service(v *visit.Visit, id string) (*service.Service, error) {
	svc, ok := v.Engine.Pack().Service(aiqyn.ServiceID(id))
	if !ok {
		return nil, aiqyn.E(aiqyn.NotFound, "error.web-no-service")
	}
	return svc, nil
}

// Rule is something that is so, and the law that has it so.
type Rule struct{ Text, Law string }

// Silence says what it means if nobody answers in time: of a grant, in which case
// alone, in the words of the pack or of the rule.
func Silence(v *visit.Visit, svc *service.Service, s service.Silence) string {
	said := v.T("web.service.silence." + string(s.Then))
	if s.OnlyIf == nil {
		return said
	}
	when := cmp.Or(v.In(s.Text), Condition(v, svc, s.OnlyIf))
	return said + " " + v.T("web.service.silence.only-if", "when", when)
}

// Term is "5 working days".
func Term(v *visit.Visit, t deadline.Term) string {
	return v.T("days."+unit(t.Unit), "n", t.Days)
}

// Within is a term after "within": «5 рабочих дней».
func Within(v *visit.Visit, t deadline.Term) string {
	return v.T("days."+unit(t.Unit)+".term", "n", t.Days)
}

// Price is an official price in tiyn; of none, that it is free.
func Price(v *visit.Visit, tiyn int64) string {
	if tiyn == 0 {
		return v.T("web.free")
	}
	return locale.Money(v.Lang, tiyn)
}

// Fee is the price as it can be told before anything is asked.
func Fee(v *visit.Visit, f service.Fee) string {
	if tiyn, err := strconv.ParseInt(strings.TrimSpace(f.Amount), 10, 64); err == nil {
		return Price(v, tiyn)
	}
	return v.T("web.fee.depends")
}

// Answer is one answer as a person reads it.
func Answer(v *visit.Visit, a casework.Answer) string {
	switch {
	case !a.Label.IsZero():
		return v.In(a.Label)
	case a.Value == "":
		return "–"
	case a.Question.Type == service.TypeYesNo:
		return YesNo(v, a.Value == "yes" || a.Value == "true")
	case a.Question.Type == service.TypeKilowatt:
		if kw, err := strconv.ParseInt(a.Value, 10, 64); err == nil {
			return locale.Kilowatt(v.Lang, kw*1000)
		}
	case a.Question.Type == service.TypeDate:
		if d, err := deadline.ParseDate(a.Value); err == nil {
			return ui.Day(v.Lang, d)
		}
	case a.Question.Type == service.TypeChoice || a.Question.Type == service.TypeInstitution:
		for _, c := range a.Question.Of {
			if c.Value == a.Value {
				return v.In(c.Label)
			}
		}
	}
	return a.Value
}

// YesNo is the word for it.
func YesNo(v *visit.Visit, yes bool) string {
	if yes {
		return v.T("web.yes")
	}
	return v.T("web.no")
}

// Answers lists answers as rows of a summary.
func Answers(v *visit.Visit, answers []casework.Answer) []ui.Row {
	var rows []ui.Row
	for _, a := range answers {
		rows = append(rows, ui.Row{Key: v.In(a.Question.Label), Value: Answer(v, a)})
	}
	return rows
}

// Status is the tag of a case in a list.
func Status(v *visit.Visit, s casework.Status, o aiqyn.Outcome) ui.Tag {
	if s == casework.StatusClosed && o != "" {
		kinds := map[aiqyn.Outcome]string{aiqyn.Granted: "good", aiqyn.Refused: "bad", aiqyn.Annulled: "bad"}
		return ui.Tag{Kind: kinds[o], Text: v.T("outcome." + string(o))}
	}
	kinds := map[casework.Status]string{
		casework.StatusOpen: "todo", casework.StatusSuspended: "warn", casework.StatusHearing: "warn", casework.StatusAppeal: "warn", casework.StatusCorrection: "warn", casework.StatusPayment: "warn",
	}
	return ui.Tag{Kind: kinds[s], Text: v.T("web.status." + string(s))}
}

// StatusOf is Status of a case, which may be one in which somebody is only asked: then
// nothing is granted or lost in it.
func StatusOf(v *visit.Visit, answer bool, s casework.Status, o aiqyn.Outcome) ui.Tag {
	if answer && s == casework.StatusClosed {
		return *answerTag(v, o)
	}
	return Status(v, s, o)
}

// answerTag says whether somebody who was asked has answered.
func answerTag(v *visit.Visit, o aiqyn.Outcome) *ui.Tag {
	if o == aiqyn.Granted {
		return &ui.Tag{Text: v.T("web.along.answered"), Kind: "good"}
	}
	return &ui.Tag{Text: v.T("web.along.no-answer")}
}

// Proven is the tag that says how strongly something is proven: recorded, or
// witnessed by how many of how many, or that the witnesses are late.
func Proven(v *visit.Visit, s casework.Standing) ui.Tag {
	switch {
	case s.Level == ledger.Witnessed && s.Of > 0:
		return ui.Tag{Kind: "good", Text: v.T("witness.by", "by", s.By, "of", s.Of, "needed", s.Needed)}
	case s.Level == ledger.Witnessed:
		return ui.Tag{Kind: "good", Text: v.T("web.level.witnessed")}
	case s.Late:
		return ui.Tag{Kind: "warn", Text: v.T("witness.late")}
	case s.Needed > 0:
		return ui.Tag{Kind: "todo", Text: v.T("witness.awaited", "of", s.Of, "needed", s.Needed)}
	}
	return ui.Tag{Kind: "todo", Text: v.T("web.level.recorded")}
}

// Watts is an amount of power that may be without limit.
func Watts(v *visit.Visit, w int64) string {
	if w == casework.Withheld {
		return v.T("web.secrecy.withheld")
	}
	if w < 0 {
		return v.T("web.unlimited")
	}
	return locale.Kilowatt(v.Lang, w)
}

// VoltAmperes is an apparent power that may be withheld.
func VoltAmperes(v *visit.Visit, va int64) string {
	if va == casework.Withheld {
		return v.T("web.secrecy.withheld")
	}
	return locale.KilovoltAmpere(v.Lang, va)
}
