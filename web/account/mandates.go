package account

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// mandateRow is a mandate as a card shows it.
type mandateRow struct {
	Entry                     int64
	Who, What, Until, History string
	State                     ui.Tag
	Accept, End               string // what the buttons say; empty: there are none
	Accepting, Ending         string // the commands that they send
}

// affairRow is one in whose affairs somebody may act.
type affairRow struct{ Acting, Name, Why string }

type mandatesPage struct {
	ui.Layout
	Affairs []affairRow
	BIN     ui.Input
	Sides   []mandateSide
	May     bool // may give, take up and end
	Command string
	Next    string
}

// mandateSide is what one was given, or what one has given.
type mandateSide struct {
	ID, Title, None, More string // More is the address of what follows
	Rows                  []mandateRow
}

// Mandates shows for whom one may act, and whom one lets act for oneself.
func Mandates(v *visit.Visit) error { return showMandates(v, http.StatusOK, nil) }

func showMandates(v *visit.Visit, status int, fault *ui.FieldError) error {
	page := &mandatesPage{
		Layout: v.Layout("web.mandates.title"), May: v.May(access.ActionMandate), Command: v.NewCommand(), Next: v.Next(""),
		BIN: ui.Input{Name: "bin", Label: v.T("web.acting.bin"), Hint: v.T("web.acting.bin-hint"), Value: v.Field("bin"), Mode: "numeric", Width: "20", Plain: true},
	}
	page.Section, page.Path = "account", "account/mandates"
	page.Crumbs = []ui.Crumb{{Href: v.Href("account"), Text: v.T("web.account.title")}}
	if fault != nil {
		page.Errors = []ui.FieldError{*fault}
		if fault.Field == "bin" {
			page.BIN.Error = fault.Text
		}
	}
	affairs, err := v.Engine.Affairs(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	for _, a := range affairs {
		row := affairRow{Acting: a.Acting, Name: a.Name, Why: v.T("web.acting.child")}
		if !a.Child {
			row.Why = v.T("web.acting.mandate", "services", services(v, a.Of), "until", lastDay(v, a.Until))
		}
		page.Affairs = append(page.Affairs, row)
	}
	for _, name := range []string{"held", "given"} {
		side, err := newMandateSide(v, name)
		if err != nil {
			return err
		}
		page.Sides = append(page.Sides, side)
	}
	return v.PageAs(status, "account/mandates", page)
}

// newMandateSide is one side; its name is also what the address calls its page.
func newMandateSide(v *visit.Visit, name string) (mandateSide, error) {
	side := mandateSide{ID: name, Title: v.T("web.mandates." + name), None: v.T("web.mandates.none-" + name)}
	list, err := v.Engine.Mandates(v.Context(), v.Actor(), name == "held", casework.Page{After: v.Query(name)})
	for _, m := range list.Items {
		side.Rows = append(side.Rows, newMandateRow(v, m))
	}
	if list.Next != "" {
		side.More = v.Href("account", "mandates") + "?" + url.Values{name: {list.Next}}.Encode()
	}
	return side, err
}

// mandateTags are the kinds of tag of the states.
var mandateTags = map[casework.MandateState]string{
	casework.MandateOffered: "todo", casework.MandateInForce: "good", casework.MandateOver: "plain",
}

func newMandateRow(v *visit.Visit, m casework.MandateView) mandateRow {
	row := mandateRow{
		Entry: m.Entry, Who: m.Other, What: services(v, m.Services), Until: v.T("web.mandate.until", "date", lastDay(v, m.Until)),
		Accepting: v.NewCommand(), Ending: v.NewCommand(),
		State: ui.Tag{Kind: mandateTags[m.State], Text: v.T("web.mandate.state." + string(m.State))},
	}
	history := []string{v.T("web.mandate.given", "at", locale.DateTime(v.Lang, m.Given))}
	if !m.Accepted.IsZero() {
		history = append(history, v.T("web.mandate.accepted", "at", locale.DateTime(v.Lang, m.Accepted)))
	}
	if !m.Ended.IsZero() {
		ended := v.T("event."+string(m.Ending)) + ": " + locale.DateTime(v.Lang, m.Ended)
		if m.EndedBy != "" {
			ended += " (" + v.T("web.mandate.by."+string(m.EndedBy)) + ")"
		}
		history = append(history, ended)
	}
	row.History = strings.Join(history, " · ")
	switch {
	case m.State == casework.MandateOver || !v.May(access.ActionMandate):
	case m.State == casework.MandateOffered && !m.Mine:
		row.Accept, row.End = v.T("web.mandate.accept"), v.T("web.mandate.decline")
	case m.State == casework.MandateOffered:
		row.End = v.T("web.mandate.withdraw")
	default:
		row.End = v.T("web.mandate.end")
	}
	return row
}

// services names what a mandate is for.
func services(v *visit.Visit, ids []aiqyn.ServiceID) string {
	if len(ids) == 0 {
		return v.T("web.mandate.all")
	}
	var names []string
	for _, id := range ids {
		name := string(id)
		if svc, ok := v.Engine.Pack().Service(id); ok {
			name = v.In(svc.Title)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// lastDay is the last day of what ends at an instant.
func lastDay(v *visit.Visit, end time.Time) string { return locale.Date(v.Lang, end.Add(-time.Second)) }

// ActFor has the visitor act for whom they have chosen, or for themselves again: a
// button says whom, and the form of a company has its number instead.
func ActFor(v *visit.Visit) error {
	acting := v.Field("for")
	if !v.R.PostForm.Has("for") {
		bin := strings.ReplaceAll(v.Field("bin"), " ", "")
		if bin == "" {
			return showMandates(v, http.StatusUnprocessableEntity, &ui.FieldError{Field: "bin", Text: v.T("web.acting.bin-empty")})
		}
		acting = casework.OfCompany(bin)
	}
	id := aiqyn.CommandID(v.NewCommand())
	if given, err := v.Command(); err == nil {
		id = given
	}
	s, err := v.Engine.ActFor(v.Context(), v.Token(), id, acting)
	switch kind := aiqyn.KindOf(err); {
	case kind == aiqyn.Forbidden || kind == aiqyn.Invalid:
		fault := &ui.FieldError{Text: v.Texts.Error(v.Lang, err)}
		if v.Field("bin") != "" {
			fault.Field = "bin"
		}
		return showMandates(v, http.StatusUnprocessableEntity, fault)
	case err != nil:
		return err
	}
	v.Who = s
	return v.Redirect(v.Next(v.Href("cases")))
}

type newMandatePage struct {
	ui.Layout
	Action, Command string
	To              ui.Input
	Services        ui.Radios
	Until           ui.DateInput
}

// untilQuestion reads the last day as packs read dates.
var untilQuestion = service.Question{Name: "until", Type: service.TypeDate}

// allServices is how the form says that a mandate is for everything.
const allServices = "all"

// NewMandate asks whom one lets act, in what and until when.
func NewMandate(v *visit.Visit) error { return askMandate(v, http.StatusOK, nil) }

func askMandate(v *visit.Visit, status int, fault *ui.FieldError) error {
	until, chosen := show.Typed(v, untilQuestion), v.Field("services")
	if v.R.Method == http.MethodGet {
		until, chosen = "", allServices
	}
	page := &newMandatePage{Layout: v.Layout("web.mandate.new"), Action: v.Href("account", "mandates", "new"), Command: v.NewCommand()}
	page.Section, page.Back, page.LangForm = "account", v.Href("account", "mandates"), "mandate"
	page.To = ui.Input{Name: "to", Label: v.T("web.mandate.to"), Hint: v.T("web.mandate.to-hint"), Value: v.Field("to"), Mode: "numeric", Width: "20", Plain: true}
	page.Services = ui.Radios{Name: "services", Label: v.T("web.mandate.services")}
	page.Services.Options = []ui.Option{{Value: allServices, Label: v.T("web.mandate.every"), Checked: chosen == allServices}}
	for _, svc := range v.Engine.Pack().Services {
		page.Services.Options = append(page.Services.Options, ui.Option{Value: string(svc.ID), Label: v.In(svc.Title), Checked: chosen == string(svc.ID)})
	}
	page.Until = *show.Field(v, untilQuestion, until, "", false).Date
	page.Until.Label, page.Until.Hint = v.T("web.mandate.last-day"), v.T("web.mandate.last-day-hint")
	if fault != nil {
		page.Errors = []ui.FieldError{*fault}
		switch fault.Field {
		case "to":
			page.To.Error = fault.Text
		case "services":
			page.Services.Error = fault.Text
		case "until":
			page.Until.Error, page.Errors[0].Field = fault.Text, "until-day"
		}
	}
	return v.PageAs(status, "account/mandate", page)
}

// GiveMandate gives one. Whoever it is for, and whether there is such a person, the
// answer is the same.
func GiveMandate(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	give := casework.GiveMandate{ID: id, Actor: v.Actor(), To: v.Field("to")}
	switch chosen := v.Field("services"); chosen {
	case allServices:
	case "":
		return askMandate(v, http.StatusUnprocessableEntity, &ui.FieldError{Field: "services", Text: v.T("error.answer-required")})
	default:
		give.Services = []aiqyn.ServiceID{aiqyn.ServiceID(chosen)}
	}
	if give.Until, err = deadline.ParseDate(show.Typed(v, untilQuestion)); err != nil {
		return askMandate(v, http.StatusUnprocessableEntity, &ui.FieldError{Field: "until", Text: v.T("error.answer-type")})
	}
	if _, err := v.Engine.Do(v.Context(), give); err != nil {
		return v.Mend(err, func(fault string) error {
			return askMandate(v, http.StatusUnprocessableEntity, mandateFault(err, fault))
		})
	}
	return v.Go("account", "mandates")
}

// mandateFault puts what is wrong beside the field it is about.
func mandateFault(err error, text string) *ui.FieldError {
	f := &ui.FieldError{Text: text}
	var e *aiqyn.Error
	if errors.As(err, &e) {
		f.Field = e.Field
	}
	return f
}

// AcceptMandate takes one up.
func AcceptMandate(v *visit.Visit) error {
	return onMandate(v, func(id aiqyn.CommandID, entry int64) any {
		return casework.AcceptMandate{ID: id, Actor: v.Actor(), Mandate: entry}
	})
}

// EndMandate ends one, takes back an offer, or declines it.
func EndMandate(v *visit.Visit) error {
	return onMandate(v, func(id aiqyn.CommandID, entry int64) any {
		return casework.EndMandate{ID: id, Actor: v.Actor(), Mandate: entry}
	})
}

func onMandate(v *visit.Visit, command func(aiqyn.CommandID, int64) any) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	entry, err := strconv.ParseInt(v.Field("mandate"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.mandate-none").Because(err)
	}
	if _, err := v.Engine.Do(v.Context(), command(id, entry)); err != nil {
		return err
	}
	return v.Go("account", "mandates")
}
