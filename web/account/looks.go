package account

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type looksPage struct {
	ui.Layout
	List, Machine ui.List
}

// Looks shows a person how often their cases were shown to whom, by day, and what the
// machinery has read of them.
func Looks(v *visit.Visit) error {
	found, err := v.Engine.Looks(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	machine, err := v.Engine.MachineLooks(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"account", "looks"})
	page := &looksPage{Layout: v.Layout("web.looks.title")}
	page.Section, page.Crumbs = "account", []ui.Crumb{{Href: v.Href("account"), Text: v.T("web.account.title")}, {Href: v.Href("account", "readings"), Text: v.T("web.readings.title")}}
	day, times := ui.Column{Title: v.T("web.looks.day"), Number: true}, ui.Column{Title: v.T("web.looks.times"), Number: true}
	page.List = ui.List{
		Caption: v.T("web.looks.title"), Total: listing.Total(len(found.Items), found.Next), Pager: listing.Pager(found.Next), Empty: ui.Empty{Text: v.T("web.looks.none")},
		Columns: []ui.Column{{Title: v.T("web.readings.who"), Head: true}, {Title: v.T("web.readings.what")}, {Title: v.T("web.readings.case")}, times, day},
	}
	for _, l := range found.Items {
		when := ui.Cell{Text: locale.Date(v.Lang, l.Day), Note: v.T("web.looks.open-day")}
		if l.Index >= 0 {
			when.Href, when.Note = v.Href("ledger", l.Index), ""
		}
		who := reader(v, casework.ReadingView{Role: l.Role, Body: l.Body, Officer: l.Officer})
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: who}, {Text: v.T("look." + string(l.Kind))}, {Text: string(l.Ref), Href: v.Href("cases", l.Ref)}, {Text: locale.Number(v.Lang, l.N)}, when,
		}})
	}
	page.Machine = ui.List{
		Caption: v.T("web.looks.machine"), Empty: ui.Empty{Text: v.T("web.looks.none")}, Columns: []ui.Column{{Title: v.T("web.readings.why"), Head: true}, times, day},
	}
	for _, l := range machine {
		page.Machine.Rows = append(page.Machine.Rows, ui.Line{Cells: []ui.Cell{{Text: v.T("look." + string(l.Kind))}, {Text: locale.Number(v.Lang, l.N)}, {Text: locale.Date(v.Lang, l.Day)}}})
	}
	return v.Page("account/looks", page)
}
