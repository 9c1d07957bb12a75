package account

import (
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// programsPage is where a program is told of one's cases, and what it was told.
type programsPage struct {
	ui.Layout
	Hook    []ui.Row // as it stands, none: no program is told
	Secret  string   // shown this once
	Tried   bool
	Action  string
	URL     *ui.Input
	Events  ui.Radios
	Docs    string
	Told    ui.List
	Trials  string // address of the form that tries
	Endings string // of the one that ends it
}

// Programs shows where a program is told of one's cases.
func Programs(v *visit.Visit) error {
	return showPrograms(v, http.StatusOK, &programsPage{Tried: v.Query("tried") != ""}, casework.Hook{URL: v.Field("url"), Events: casework.HookEvents(v.Field("events"))}, nil)
}

// showPrograms shows the page as somebody has filled it in.
func showPrograms(v *visit.Visit, status int, page *programsPage, typed casework.Hook, faults []ui.FieldError) error {
	page.Layout = v.Layout("web.programs.title")
	page.Section, page.Errors, page.LangForm, page.Path = "account", faults, "program", "account/programs"
	page.Crumbs = []ui.Crumb{{Href: v.Href("account"), Text: v.T("web.account.title")}}
	page.Action, page.Trials, page.Endings = v.Href("account", "programs"), v.Href("account", "programs", "try"), v.Href("account", "programs", "end")
	page.Docs = v.Href("docs", "webhooks")
	hook, err := v.Engine.Webhook(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	if hook.URL != "" {
		page.Hook = []ui.Row{
			{Key: v.T("web.programs.address"), Value: hook.URL}, {Key: v.T("web.programs.events"), Value: v.T("web.programs.events." + string(hook.Events))},
		}
	}
	page.URL = &ui.Input{
		Name: "url", Label: v.T("web.programs.address"), Hint: v.T("web.programs.address-hint"), Value: typed.URL, Error: faultOf(faults, "url"),
		Type: "url", Mode: "url", Autocomplete: "off", Plain: true,
	}
	page.Events = ui.Radios{Name: "events", Label: v.T("web.programs.events"), Error: faultOf(faults, "events")}
	for _, e := range []casework.HookEvents{casework.HookAll, casework.HookDecisions} {
		page.Events.Options = append(page.Events.Options, ui.Option{
			Value: string(e), Label: v.T("web.programs.events." + string(e)), Hint: v.T("web.programs.events-hint." + string(e)),
			Checked: e == typed.Events || typed.Events == "" && e == casework.HookAll,
		})
	}
	if err := page.told(v); err != nil {
		return err
	}
	return v.PageAs(status, "account/programs", page)
}

// told lists what the program was told, and how it fared.
func (page *programsPage) told(v *visit.Visit) error {
	list, err := v.Engine.Told(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"account", "programs"})
	page.Told = ui.List{
		Caption: v.T("web.programs.told"), Total: listing.Total(len(list.Items), list.Next), Pager: listing.Pager(list.Next), Empty: ui.Empty{Text: v.T("web.programs.none-told")},
		Columns: []ui.Column{{Title: v.T("web.letters.what"), Head: true}, {Title: v.T("web.letters.when"), Number: true}, {Title: v.T("web.programs.tries"), Number: true}, {Title: v.T("web.letters.state")}},
	}
	for _, m := range list.Items {
		page.Told.Rows = append(page.Told.Rows, toldRow(v, m))
	}
	return nil
}

func toldRow(v *visit.Visit, m casework.Message) ui.Line {
	what := ui.Cell{Text: v.T("event." + string(m.Told))}
	if m.Ref != "" && v.May(access.ActionViewOwnCase) {
		what.Href, what.Note = v.Href("cases", m.Ref), string(m.Ref)
	}
	state := show.LetterState(v, m)
	how := ui.Cell{Tag: &state}
	if m.Failure != "" && m.State != "delivered" {
		how.Note = v.T("web.programs.failure." + m.Failure)
	}
	return ui.Line{Cells: []ui.Cell{what, {Text: locale.DateTime(v.Lang, m.At)}, {Text: strconv.Itoa(m.Tries)}, how}}
}

// SetProgram has a program told from now on, and shows its secret this once.
func SetProgram(v *visit.Visit) error {
	hook := casework.Hook{URL: v.Field("url"), Events: casework.HookEvents(v.Field("events"))}
	if hook.URL == "" {
		return programFault(v, hook, aiqyn.E(aiqyn.Invalid, "error.webhook-address").On("url"))
	}
	secret, err := v.Engine.SetWebhook(v.Context(), v.Actor(), hook)
	if err != nil {
		return programFault(v, hook, err)
	}
	return showPrograms(v, http.StatusOK, &programsPage{Secret: secret}, casework.Hook{}, nil)
}

func programFault(v *visit.Visit, hook casework.Hook, err error) error {
	return v.Mend(err, func(fault string) error {
		field := fieldOf(err)
		if field != "events" {
			field = "url"
		}
		return showPrograms(v, http.StatusUnprocessableEntity, new(programsPage), hook, []ui.FieldError{{Field: field, Text: fault}})
	})
}

// TryProgram tells the program something that is about no case.
func TryProgram(v *visit.Visit) error {
	if err := v.Engine.TryWebhook(v.Context(), v.Actor()); err != nil {
		return v.Mend(err, func(fault string) error {
			return showPrograms(v, http.StatusUnprocessableEntity, new(programsPage), casework.Hook{}, []ui.FieldError{{Text: fault}})
		})
	}
	return v.Redirect(v.Href("account", "programs") + "?tried=1")
}

// EndProgram has no program told any more.
func EndProgram(v *visit.Visit) error {
	if _, err := v.Engine.SetWebhook(v.Context(), v.Actor(), casework.Hook{}); err != nil {
		return err
	}
	return v.Go("account", "programs")
}
