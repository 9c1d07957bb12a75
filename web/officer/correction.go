package officer

import (
	"slices"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// correctionForm is where a request to correct is answered.
type correctionForm struct {
	Action, What, Said, Text string
	Answer                   ui.Radios
	Value                    *ui.Field // of a record; a fact is read again
	Ground                   ui.Textarea
}

// said is what the applicant says the value should be; "" if they do not say.
func said(v *visit.Visit, c *casework.CaseView) string {
	if c.Correction.Said == "" {
		return ""
	}
	return show.Corrected(v, c, c.Correction.Field, c.Correction.Said)
}

func newCorrectionForm(v *visit.Visit, c *casework.CaseView, faults []ui.FieldError) *correctionForm {
	if !show.Can(c, "answer-correction") || c.Correction == nil {
		return nil
	}
	f := &correctionForm{
		Action: v.Href("desk", c.Ref, "correction"), What: show.Correctable(v, c, c.Correction.Field), Said: said(v, c), Text: c.Correction.Text,
		Answer: ui.Radios{Name: "answer", Label: v.T("web.desk.correction-answer"), Error: faultOf(faults, "answer"), Options: []ui.Option{
			{Value: "correct", Label: v.T("web.desk.correction-do"), Checked: v.Field("answer") == "correct"},
			{Value: "decline", Label: v.T("web.desk.correction-decline"), Checked: v.Field("answer") == "decline"},
		}},
		Ground: ui.Textarea{
			Name: "ground", Label: v.T("web.desk.appeal-ground"), Hint: v.T("web.desk.appeal-ground-hint"), Rows: 4,
			Value: v.Field("ground"), Error: faultOf(faults, "ground"),
		},
	}
	i := slices.IndexFunc(c.Correctable, func(x casework.CorrectableView) bool { return x.Field == c.Correction.Field })
	if i >= 0 && c.Correctable[i].Question != nil {
		q := *c.Correctable[i].Question
		q.Label, q.Optional = text(v, "web.desk.correction-value"), false
		value := typed(v, q)
		if value == "" {
			value = c.Correction.Said
		}
		field := show.Field(v, q, value, faultOf(faults, q.Name), false)
		f.Value = &field
	} else {
		f.Answer.Options[0].Hint = v.T("web.desk.correction-read")
	}
	return f
}

// text is a text of the catalogue where one of a pack is wanted.
func text(v *visit.Visit, key string) aiqyn.Text {
	return aiqyn.Text{KK: v.Texts.Text(aiqyn.Kazakh, key, nil), RU: v.Texts.Text(aiqyn.Russian, key, nil), EN: v.Texts.Text(aiqyn.English, key, nil)}
}

// AnswerCorrection corrects, or says why nothing is.
func AnswerCorrection(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	ref := aiqyn.Reference(v.Path("ref"))
	switch v.Field("answer") {
	case "decline":
		return do(v, casework.DeclineCorrection{ID: id, Actor: v.Actor(), Ref: ref, Ground: v.Field("ground")})
	case "correct":
	default:
		return page(v, 422, []ui.FieldError{{Field: "answer", Text: v.T("error.answer-choice")}})
	}
	c, err := v.Engine.Case(v.Context(), v.Actor(), ref)
	if err != nil {
		return err
	}
	if c.Correction == nil {
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-correct")
	}
	command := casework.Correct{ID: id, Actor: v.Actor(), Ref: ref, Entry: c.Correction.Entry, Field: c.Correction.Field, Ground: v.Field("ground")}
	for _, f := range c.Correctable {
		if f.Field == command.Field && f.Question != nil {
			command.Value = show.Typed(v, *f.Question)
		}
	}
	return do(v, command)
}
