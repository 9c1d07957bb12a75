// Package reader has the pages of a clerk of another body, who needs a fact that the
// state has: they ask the person whether they may read it, and read it once. Nobody may
// be asked for a paper that says it.
package reader

import (
	"embed"
	"errors"
	"net/http"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/sign"
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
	Way             ui.Radios // in which the person agrees, or has
	// Next asks for what one of the ways needs, and for nothing else: a code that the
	// person tells, or which document they have shown.
	Next    *next
	Waiting []waiting
}

// next is the one question that is left, about a person and a fact that are named.
type next struct {
	Do, Button       string
	Person, Register string
	Rows             []ui.Row
	Code             *ui.Input
	Document         *ui.Radios
}

// ways are those in which a person agrees; the last reads what they have agreed to.
var ways = []string{"sms", "here", "card", "witness", "read"}

// waiting is a consent in person that a second clerk has to confirm.
type waiting struct {
	Rows             []ui.Row
	ID, Command, Say string // Say: why the visitor cannot
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
	p.Way = ui.Radios{Name: "do", Label: v.T("web.facts.way")}
	for _, way := range ways {
		p.Way.Options = append(p.Way.Options, ui.Option{Value: way, Label: v.T("web.facts.do-" + way), Hint: v.T("web.facts.hint-" + way), Checked: v.Field("do") == way && done == ""})
	}
	if p.Next = asksNext(v, done, fault); p.Next == nil {
		if p.Waiting, err = atCounter(v); err != nil {
			return err
		}
	}
	if fault != nil {
		p.Errors = []ui.FieldError{*fault}
		switch fault.Field {
		case "document":
			p.Next.Document.Error = fault.Text
		case "to":
			p.Person.Error = fault.Text
		case "register":
			p.Fact.Error = fault.Text
		case "do":
			p.Way.Error = fault.Text
		case "code":
			p.Next.Code.Error = fault.Text
		}
	}
	return v.PageAs(status, "reader/facts", p)
}

// asksNext is what is left to be asked; nil if the person and the fact are.
func asksNext(v *visit.Visit, done string, fault *ui.FieldError) *next {
	n := &next{Person: v.Field("to"), Register: v.Field("register")}
	n.Rows = []ui.Row{{Key: v.T("web.facts.person"), Value: n.Person}, {Key: v.T("web.facts.fact"), Value: show.Register(v, n.Register)}}
	at := ""
	if fault != nil {
		at = fault.Field
	}
	switch do := v.Field("do"); {
	case do == "here" && done != "" || at == "code":
		n.Do, n.Button = "code", v.T("web.facts.do-code")
		n.Code = &ui.Input{Name: "code", Label: v.T("web.facts.code"), Hint: v.T("web.facts.code-hint"), Mode: "numeric", Width: "10", Plain: true}
	case do == "witness" && done == "" && (fault == nil || at == "document"):
		n.Do, n.Button = "witness", v.T("web.facts.do-agree")
		n.Document = &ui.Radios{Name: "document", Label: v.T("web.facts.document"), Hint: v.T("web.facts.document-hint")}
		for _, d := range casework.PersonDocuments {
			n.Document.Options = append(n.Document.Options, ui.Option{Value: string(d), Label: v.T("document." + string(d)), Checked: v.Field("document") == string(d)})
		}
	default:
		return nil
	}
	return n
}

// atCounter lists the consents that wait for a second clerk.
func atCounter(v *visit.Visit) (list []waiting, err error) {
	found, err := v.Engine.Witnessed(v.Context(), v.Actor())
	if aiqyn.KindOf(err) == aiqyn.Forbidden { // a program, which is nobody in person
		return nil, nil
	}
	for _, w := range found {
		one := waiting{ID: w.ID, Command: v.NewCommand(), Rows: []ui.Row{
			{Key: v.T("web.facts.waiting-person"), Value: string(w.Person)}, {Key: v.T("web.facts.fact"), Value: show.Register(v, w.Register)},
			{Key: v.T("web.facts.document"), Value: v.T("document." + string(w.Document))},
			{Key: v.T("web.facts.waiting-by"), Value: string(w.By), Note: locale.DateTime(v.Lang, w.Asked)},
		}}
		if w.Mine {
			one.Say = v.T("web.facts.waiting-mine")
		}
		list = append(list, one)
	}
	return list, err
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
	if v.Field("do") == "second" {
		return second(v)
	}
	if c.Register == "" {
		return wrong("register", "error.answer-required")
	}
	switch v.Field("do") {
	case "":
		return wrong("do", "error.answer-required")
	case "witness":
		if v.Field("asked") == "" { // which document is asked next
			return ask(v, http.StatusOK, "", nil)
		}
		return witness(v, c)
	case "card":
		return byCard(v, id, c)
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

// witness takes the word of the first clerk that somebody in person agrees.
func witness(v *visit.Visit, c casework.Consenting) error {
	err := v.Engine.WitnessConsent(v.Context(), v.Actor(), c, casework.PersonDocument(v.Field("document")))
	if err == nil {
		return ask(v, http.StatusOK, v.T("web.facts.witnessed"), nil)
	}
	var e *aiqyn.Error
	if errors.As(err, &e) && e.Kind == aiqyn.Invalid {
		field := "to"
		if e.Field == "document" {
			field = e.Field
		}
		return ask(v, http.StatusUnprocessableEntity, "", &ui.FieldError{Field: field, Text: v.Texts.Error(v.Lang, err)})
	}
	return err
}

// second takes the word of the second.
func second(v *visit.Visit) error {
	if _, err := v.Engine.CountersignConsent(v.Context(), v.Actor(), v.Field("id")); err != nil {
		return err
	}
	return ask(v, http.StatusOK, v.T("web.facts.seconded"), nil)
}

// byCard has the person sign their consent with their own card, here at the counter.
func byCard(v *visit.Visit, id aiqyn.CommandID, c casework.Consenting) error {
	filing, err := v.Engine.ConsentFiling(v.Actor(), c)
	if aiqyn.KindOf(err) == aiqyn.Invalid {
		return ask(v, http.StatusUnprocessableEntity, "", &ui.FieldError{Field: "to", Text: v.T("error.iin-wrong")})
	} else if err != nil {
		return err
	}
	act := sign.Act{Command: filing, Action: v.Href("facts"), Back: v.Href("facts"), Required: true, Another: true}
	cms, done, err := sign.Under(v, act)
	if done || err != nil {
		return err
	}
	if err = v.Engine.ConsentByCard(v.Context(), v.Actor(), id, c, cms); sign.Fault(err) {
		return sign.Ask(v, act, v.Texts.Error(v.Lang, err))
	} else if err != nil {
		return err
	}
	return ask(v, http.StatusOK, v.T("web.facts.seconded"), nil)
}
