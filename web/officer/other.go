package officer

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// letterName is the input of the letter that a reason rests on.
const letterName = "point-letter"

// otherForm lets whoever decides name another point than the best.
type otherForm struct {
	Text    string
	Points  ui.Select
	Reasons ui.Radios
	Letter  *ui.Upload
	Open    bool
}

// newOther is nil where there is no other point, or none may be named.
func newOther(v *visit.Visit, c *casework.CaseView, faults []ui.FieldError) *otherForm {
	o := c.Service.Outcome.Other
	if o == nil || c.Ruling == nil || c.Ruling.Points == nil || c.Ruling.Points.Best == nil || len(c.Ruling.Points.Feasible) < 2 {
		return nil
	}
	best := c.Ruling.Points.Best
	form := &otherForm{
		Text:   v.T("web.other.text", "n", int(o.Dearer)),
		Points: ui.Select{Name: "point", Label: v.T("web.other.point"), Options: []ui.Option{{Label: v.T("web.other.best", "point", best.ID)}}},
		Reasons: ui.Radios{Name: "point-reason", Label: v.T("web.other.reason"), Hint: v.T("web.other.reason-hint"),
			Error: faultOf(faults, "point-reason")},
	}
	if of := casework.LetterFor(c.Service, c.Step); of != nil {
		form.Letter = upload(v, c, *of, letterName, v.T("web.other.letter"), faultOf(faults, letterName))
	}
	form.Open = form.Reasons.Error != "" || faultOf(faults, "point") != "" || faultOf(faults, letterName) != ""
	for _, p := range c.Ruling.Points.Feasible {
		if p.ID == best.ID {
			continue
		}
		form.Points.Options = append(form.Points.Options, ui.Option{Value: p.ID, Checked: v.R.PostFormValue("point") == p.ID,
			Label: v.T("web.other.dearer", "point", p.ID, "sum", locale.Money(v.Lang, p.Cost), "n", int(service.Over(p.Cost, best.Cost)))})
	}
	for _, r := range o.Reasons {
		label := v.In(r.Text)
		if r.Letter {
			label = v.T("web.other.needs-letter", "reason", label)
		}
		form.Reasons.Options = append(form.Reasons.Options, ui.Option{Value: r.Name, Label: label, Checked: v.R.PostFormValue("point-reason") == r.Name})
	}
	return form
}
