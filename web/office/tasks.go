package office

import (
	"errors"
	"net/http"

	"aiqyn"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// taskPage is one thing to do.
type taskPage struct {
	ui.Layout
	ID, Action, Command, Text, Button string
	Files, Danger                     bool
	Rows                              []ui.Row // what it is about
	More                              *ui.Link // where there is more about it; nil: nowhere
	Hidden                            []ui.Hidden
	Fields                            []ui.Field
}

// tasks are the forms of the offices by their name in the address: what each
// asks, and the command that it sends.
var tasks = map[string]struct {
	ask  func(*visit.Visit, *taskPage) error
	send func(*visit.Visit, aiqyn.CommandID) (any, error)
}{
	"erase": {askErase, sendErase}, "confirm-erasure": {askErase, sendErase}, "report": {askReport, sendReport}, "confirm-report": {askReport, sendReport},
	"publish": {askPublish, sendPublish}, "sign": {askSign, sendSign}, "enrol": {askEnrol, sendEnrol}, "remove": {askRemove, sendRemove},
	"reduce": {askReduce, sendReduce}, "confirm-reduce": {askReduce, sendReduce}, "confirm-peaks": {askConfirmPeaks, sendConfirmPeaks}, "decline-peaks": {askDeclinePeaks, sendDeclinePeaks},
	"confirm-queue": {askAnswerQueue, sendConfirmQueue}, "decline-queue": {askAnswerQueue, sendDeclineQueue},
	"confirm-tables": {askAnswerTables, sendConfirmTables}, "decline-tables": {askAnswerTables, sendDeclineTables},
	"attest": {askAttest, sendAttest}, "classify": {askClassify, sendClassify}, "confirm-class": {askConfirmClass, sendConfirmClass}, "glass": {askGlass, sendGlass}, "confirm-glass": {askOpenGlass, sendOpenGlass}, "hold": {askHold, sendHold}, "lift": {askLift, sendLift}, "open": {askOpen, nil},
}

// Ask shows the form of a task.
func Ask(id string) visit.Handler {
	return func(v *visit.Visit) error { return askTask(v, id, http.StatusOK, nil) }
}

func askTask(v *visit.Visit, id string, status int, fault *ui.FieldError) error {
	p := &taskPage{
		Layout: v.Layout("web.office." + id + ".title"), ID: id, Action: v.Href("office", id), Command: v.NewCommand(),
		Text: v.T("web.office." + id + ".text"), Button: v.T("web.office." + id + ".button"),
	}
	p.Section, p.Back, p.LangForm = "office", v.Href("office"), "task"
	if err := tasks[id].ask(v, p); err != nil {
		return err
	}
	if fault != nil {
		p.Errors = []ui.FieldError{*fault}
		for _, f := range p.Fields {
			mark(f, *fault)
		}
	}
	return v.PageAs(status, "office/task", p)
}

// mark puts a fault beside its input, if it is this one.
func mark(f ui.Field, fault ui.FieldError) {
	switch {
	case f.Input != nil && f.Input.Name == fault.Field:
		f.Input.Error = fault.Text
	case f.Textarea != nil && f.Textarea.Name == fault.Field:
		f.Textarea.Error = fault.Text
	case f.Radios != nil && f.Radios.Name == fault.Field:
		f.Radios.Error = fault.Text
	}
}

// Send sends the command of a task, and shows its form again with what was wrong.
func Send(id string) visit.Handler {
	return func(v *visit.Visit) error {
		command, err := v.Command()
		if err != nil {
			return err
		}
		c, err := tasks[id].send(v, command)
		if err == nil {
			_, err = v.Engine.Do(v.Context(), c)
		}
		var e *aiqyn.Error
		switch {
		case err == nil:
			return v.Go("office")
		case errors.As(err, &e) && e.Kind == aiqyn.Conflict:
			return askTask(v, id, http.StatusConflict, &ui.FieldError{Field: e.Field, Text: v.Texts.Error(v.Lang, err)})
		case errors.As(err, &e) && (e.Kind == aiqyn.Invalid || e.Kind == aiqyn.NotFound):
			return askTask(v, id, http.StatusUnprocessableEntity, &ui.FieldError{Field: e.Field, Text: v.Texts.Error(v.Lang, err)})
		}
		return err
	}
}

// value is what was typed, or what the address says.
func value(v *visit.Visit, name string) string {
	if v.R.Method == http.MethodPost {
		return v.Field(name)
	}
	return v.Query(name)
}

func input(v *visit.Visit, name string) ui.Field {
	return ui.Field{Input: &ui.Input{Name: name, Label: v.T("web.office." + name), Value: value(v, name), Plain: true}}
}

func area(v *visit.Visit, name string) ui.Field {
	return ui.Field{Textarea: &ui.Textarea{Name: name, Label: v.T("web.office." + name), Value: value(v, name), Rows: 3}}
}

func signature(v *visit.Visit) ui.Field {
	return ui.Field{Input: &ui.Input{
		Name: "signature", Label: v.T("web.evidence.signature"), Hint: v.T("web.evidence.signature-hint"), Value: v.Field("signature"), Plain: true,
	}}
}

func radios(v *visit.Visit, name string, values ...string) ui.Field {
	r := &ui.Radios{Name: name, Label: v.T("web.office." + name)}
	for _, one := range values {
		r.Options = append(r.Options, ui.Option{Value: one, Label: v.T("web.office." + name + "." + one), Checked: value(v, name) == one})
	}
	return ui.Field{Radios: r}
}
