package citizen

import (
	"errors"
	"net/http"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/sign"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type stepPage struct {
	ui.Layout
	Case    *casework.CaseView
	Clock   *ui.Clock
	Law     string
	Action  string
	Command string
	Fields  []ui.Field
	About   []ui.Row // what somebody is asked about, who has applied for nothing
}

// AskStep is the form of a step that the applicant takes themselves.
func AskStep(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	return askStep(v, c, http.StatusOK, nil)
}

func askStep(v *visit.Visit, c *casework.CaseView, status int, fault *ui.FieldError) error {
	if !show.Can(c, "take-step") {
		return aiqyn.E(aiqyn.Conflict, "error.step-not-open")
	}
	page := &stepPage{
		Layout: v.Titled(v.In(c.Step.Title)), Case: c, Clock: show.Clock(v, c), Law: show.Law(v, c.Step.Law),
		Action: v.Href("cases", c.Ref, "step"), Command: v.NewCommand(),
	}
	if c.Service.Answer {
		page.About = show.Answers(v, c.Answers)
	}
	page.Section = "cases"
	page.Crumbs = []ui.Crumb{{Href: v.Href("cases"), Text: v.T("web.cases.title")}, {Href: v.Href("cases", c.Ref), Text: string(c.Ref)}}
	if fault != nil {
		page.Errors = []ui.FieldError{*fault}
	}
	for _, q := range c.Step.Records {
		text := ""
		if fault != nil && fault.Field == q.Name {
			text = fault.Text
		}
		page.Fields = append(page.Fields, show.Field(v, show.OnlyIf(v, c.Service, q), stepTyped(v, q), text, false))
	}
	return v.PageAs(status, "citizen/step", page)
}

func stepTyped(v *visit.Visit, q service.Question) string {
	if v.R.Method != http.MethodPost {
		return ""
	}
	return show.Typed(v, q)
}

// TakeStep does what the form says.
func TakeStep(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	c, err := find(v)
	if err != nil {
		return err
	}
	if !show.Can(c, "take-step") {
		return aiqyn.E(aiqyn.Conflict, "error.step-not-open")
	}
	records := map[string]string{}
	for _, q := range c.Step.Records {
		if value := show.Typed(v, q); value != "" {
			records[q.Name] = value
		}
	}
	command := casework.Perform{ID: id, Actor: v.Actor(), Ref: c.Ref, Step: c.Step.Name, Records: records}
	act := sign.Act{
		Command: command, Action: v.Href("cases", c.Ref, "step"), Back: v.Href("cases", c.Ref), Required: c.Service.MustBeSigned(string(c.Step.Name)),
	}
	var done bool
	if command.CMS, done, err = sign.Under(v, act); done || err != nil {
		return err
	}
	_, err = v.Engine.Do(v.Context(), command)
	var e *aiqyn.Error
	switch {
	case err == nil:
		return v.Go("cases", c.Ref)
	case sign.Fault(err):
		return sign.Ask(v, act, v.Texts.Error(v.Lang, err))
	case errors.As(err, &e) && e.Kind == aiqyn.Invalid:
		return askStep(v, c, http.StatusUnprocessableEntity, &ui.FieldError{Field: e.Field, Text: v.Texts.Error(v.Lang, err)})
	}
	return err
}
