// Package reader has the pages of a clerk of another body, who needs a fact that the
// state has: they ask the person whether they may read it, and read it once. Nobody may
// be asked for a paper that says it.
package reader

import (
	"embed"
	"net/http"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Files are the pages' templates.
//
//go:embed *.html
var Files embed.FS

// facts is the page on which a person and a fact are named.
type facts struct {
	ui.Layout
	Action, Command string
	Nothing         string // why the body may ask for nothing
	Done            string // what has come of the last form
	Person          ui.Input
	Fact            ui.Radios
	Code            *ui.Input // that the person tells; nil: nobody was asked at the counter
}

// read is the page that shows a fact.
type read struct {
	ui.Layout
	Rows []ui.Row
	Says string
}

// Facts is the page.
func Facts(v *visit.Visit) error { return ask(v, http.StatusOK, "", nil) }

// ask shows the form; what was typed stays, the code does not.
func ask(v *visit.Visit, status int, done string, fault *ui.FieldError) error {
	may, err := v.Engine.MayAsk(v.Actor())
	if err != nil {
		return err
	}
	p := &facts{Layout: v.Layout("web.facts.title"), Action: v.Href("facts"), Command: v.NewCommand(), Done: done}
	p.Section = "facts"
	if len(may) == 0 {
		p.Nothing = v.T("web.facts.nothing")
		return v.PageAs(status, "reader/facts", p)
	}
	p.Person = ui.Input{Name: "to", Label: v.T("web.facts.person"), Hint: v.T("web.facts.person-hint"), Value: v.Field("to"), Mode: "numeric", Width: "20", Plain: true}
	p.Fact = ui.Radios{Name: "register", Label: v.T("web.facts.fact")}
	chosen := v.Field("register")
	for _, c := range may {
		p.Fact.Options = append(p.Fact.Options, ui.Option{
			Value: c.Register, Label: v.In(c.Service.Title), Hint: v.T("web.facts.as", "body", v.In(c.Reader)), Checked: c.Register == chosen || len(may) == 1,
		})
	}
	if do := v.Field("do"); do == "here" && done != "" || do == "code" {
		p.Code = &ui.Input{Name: "code", Label: v.T("web.facts.code"), Hint: v.T("web.facts.code-hint"), Mode: "numeric", Width: "10", Plain: true}
	}
	if fault != nil {
		p.Errors = []ui.FieldError{*fault}
		switch fault.Field {
		case "to":
			p.Person.Error = fault.Text
		case "register":
			p.Fact.Error = fault.Text
		case "code":
			p.Code.Error = fault.Text
		}
	}
	return v.PageAs(status, "reader/facts", p)
}

// Send asks, takes the code of a person at the counter, or reads, as the form says.
func Send(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	c := casework.Consenting{Person: aiqyn.PersonID(v.Field("to")), Register: v.Field("register"), Here: v.Field("do") == "here"}
	wrong := func(field, key string) error {
		return ask(v, http.StatusUnprocessableEntity, "", &ui.FieldError{Field: field, Text: v.T(key)})
	}
	if c.Register == "" {
		return wrong("register", "error.answer-required")
	}
	switch v.Field("do") {
	case "sms", "here":
		if err := v.Engine.AskConsent(v.Context(), v.Actor(), c); aiqyn.KindOf(err) == aiqyn.Invalid {
			return wrong("to", "error.iin-wrong")
		} else if err != nil {
			return err
		}
		return ask(v, http.StatusOK, v.T("web.facts.asked-"+v.Field("do")), nil)
	case "code":
		if err := v.Engine.ConsentHere(v.Context(), v.Actor(), c, v.Field("code")); aiqyn.KindOf(err) == aiqyn.Invalid {
			return wrong("code", "error.consent-code")
		} else if err != nil {
			return err
		}
	}
	return shown(v, id, c)
}

// shown reads a fact and shows it. Nobody is told whether there is no such person, no
// consent, or one that is used up.
func shown(v *visit.Visit, id aiqyn.CommandID, c casework.Consenting) error {
	got, err := v.Engine.Do(v.Context(), casework.ReadFact{ID: id, Actor: v.Actor(), Person: c.Person, Register: c.Register})
	if aiqyn.KindOf(err) == aiqyn.Forbidden {
		return ask(v, http.StatusUnprocessableEntity, "", &ui.FieldError{Field: "to", Text: v.T("web.facts.no-consent")})
	}
	if err != nil {
		return err
	}
	f := got.Fact
	if f == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	page := &read{Layout: v.Layout("web.facts.read"), Says: v.T("web.facts.once")}
	page.Section, page.Back = "facts", v.Href("facts")
	if page.Rows, err = show.FactRows(v, f.Value); err != nil {
		return err
	}
	if len(page.Rows) == 0 {
		page.Rows = []ui.Row{{Key: show.Register(v, f.Register), Value: v.T("web.facts.not-recorded")}}
	}
	page.Rows = append(page.Rows, ui.Row{Key: v.T("web.facts.source"), Value: show.Register(v, f.Register), Note: v.In(f.Purpose)},
		ui.Row{Key: v.T("web.facts.at"), Value: locale.DateTime(v.Lang, f.At)})
	return v.Page("reader/read", page)
}
