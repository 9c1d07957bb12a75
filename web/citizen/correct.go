package citizen

import (
	"errors"
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type correctPage struct {
	ui.Layout
	Heading, Text, Action, Command string
	Field                          ui.Radios
	Said                           ui.Input
	Say                            ui.Textarea
}

// AskCorrection asks what is wrong in the document, and how one can tell.
func AskCorrection(v *visit.Visit) error { return correctionPage(v, http.StatusOK, nil) }

func correctionPage(v *visit.Visit, status int, fault *ui.FieldError) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if !show.Can(c, "correct") {
		return aiqyn.E(aiqyn.Conflict, "error.nothing-to-correct")
	}
	term := show.Within(v, c.Service.Correction.Step.Within[0].Term)
	page := &correctPage{
		Layout: v.Layout("web.correct.title"), Heading: v.T("web.correct.title"), Text: v.T("web.correct.text", "days", term),
		Action: v.Href("cases", c.Ref, "correct"), Command: v.NewCommand(),
		Field: ui.Radios{Name: "field", Label: v.T("web.correct.field")},
		Said:  ui.Input{Name: "said", Label: v.T("web.correct.said"), Value: v.Field("said")},
		Say:   ui.Textarea{Name: "text", Label: v.T("web.correct.say"), Value: v.Field("text"), Rows: 4},
	}
	page.Section, page.Back, page.LangForm = "cases", v.Href("cases", c.Ref), "say"
	for _, f := range c.Correctable {
		o := ui.Option{Value: f.Field, Label: show.Correctable(v, c, f.Field), Hint: v.In(f.Label), Checked: v.Field("field") == f.Field}
		if f.Register == "" {
			o.Hint = v.T("web.correct.now", "value", show.Answer(v, casework.Answer{Question: *f.Question, Value: f.Value}))
		}
		page.Field.Options = append(page.Field.Options, o)
	}
	if fault != nil {
		page.Errors = []ui.FieldError{*fault}
		switch fault.Field {
		case "field":
			page.Field.Error = fault.Text
		case "text":
			page.Say.Error = fault.Text
		}
	}
	return v.PageAs(status, "citizen/correct", page)
}

// SendCorrection asks for the correction.
func SendCorrection(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	_, err = v.Engine.Do(v.Context(), casework.AskCorrection{
		ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Field: v.Field("field"), Said: v.Field("said"), Text: v.Field("text"),
	})
	var e *aiqyn.Error
	if errors.As(err, &e) && e.Kind == aiqyn.Invalid {
		return correctionPage(v, http.StatusUnprocessableEntity, &ui.FieldError{Field: e.Field, Text: v.Texts.Error(v.Lang, err)})
	}
	if err != nil {
		return err
	}
	return v.Go("cases", v.Path("ref"))
}

// correction is a request to correct on the page of the case.
type correction struct{ Kind, Title, Text, Ground string }

func newCorrection(v *visit.Visit, c *casework.CaseView) *correction {
	r := c.Correction
	if r == nil {
		return nil
	}
	view := &correction{Kind: "plain", Title: v.T("web.correct.open"), Text: r.Text, Ground: r.Ground}
	switch r.Outcome {
	case casework.CorrectionMade:
		view.Kind, view.Title = "good", v.T("web.correct.made")
	case casework.CorrectionDeclined:
		view.Kind, view.Title = "warn", v.T("web.correct.declined")
	}
	return view
}

// mended is one value that was put right, with what rested on it.
type mended struct {
	What, Change, At, Ground string
	Affected                 []ui.Link
	Again                    ui.Link
	Ruled                    string
}

func newMended(v *visit.Visit, c *casework.CaseView) []mended {
	var list []mended
	entry := func(index int64) ui.Link {
		return ui.Link{Href: v.Href("cases", c.Ref, "receipts", index), Text: strconv.FormatInt(index, 10)}
	}
	for _, x := range c.Corrected {
		m := mended{What: show.Correctable(v, c, x.Field), At: locale.DateTime(v.Lang, x.At), Ground: x.Ground, Change: v.T("web.correct.read")}
		if x.Value != "" {
			m.Change = v.T("web.correct.from-to", "was", show.Corrected(v, c, x.Field, x.Was), "value", show.Corrected(v, c, x.Field, x.Value))
		}
		for _, index := range x.Affected {
			m.Affected = append(m.Affected, entry(index))
		}
		if x.Again != 0 {
			m.Again, m.Ruled = entry(x.Again), v.T("web.correct.again-refuse")
			if x.Grant {
				m.Ruled = v.T("web.correct.again-grant")
			}
		}
		list = append(list, m)
	}
	return list
}
