package public

import (
	"encoding/json"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type tablesPage struct {
	ui.Layout
	List    ui.List
	Waiting *ui.List // nil: nothing waits
}

// Tables lists what came into force of the tables that power and prices are computed
// from, and what waits.
func Tables(v *visit.Visit) error {
	list, err := v.Engine.TablesHistory(v.Context(), casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	asked, err := v.Engine.TablesAsked(v.Context())
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"capacity-tables"})
	page := &tablesPage{Layout: v.Layout("web.tables.title"), List: tablesList(v, "web.tables.history", list.Items)}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	page.List.Pager, page.List.Total = listing.Pager(list.Next), listing.Total(len(list.Items), list.Next)
	if len(asked) > 0 {
		waiting := tablesList(v, "web.tables.waiting", asked)
		page.Waiting = &waiting
	}
	return v.Page("public/tables", page)
}

func tablesList(v *visit.Visit, caption string, acts []casework.TablesView) ui.List {
	list := ui.List{Caption: v.T(caption), Empty: ui.Empty{Text: v.T("web.tables.none")}, Columns: []ui.Column{
		{Title: v.T("web.tables.when"), Head: true}, {Title: v.T("web.tables.reason")}, {Title: v.T("web.tables.by")}, {Title: v.T("web.tables.changed")}, {Title: v.T("web.tables.entry"), Number: true},
	}}
	for _, t := range acts {
		words := t.Words
		if t.Reason == casework.ReasonFirst {
			words = ""
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: locale.DateTime(v.Lang, t.At), Href: v.Href("capacity-tables", t.Entry)}, {Text: v.T("web.tables.reason-" + string(t.Reason)), Note: words},
			{Text: show.TablesBy(v, t)}, {Text: show.TablesChanged(v, t), Note: show.TablesLargest(v, t)}, {Text: strconv.FormatInt(t.Entry, 10), Href: v.Href("ledger", t.Entry)},
		}})
	}
	return list
}

type tablesActPage struct {
	ui.Layout
	Rows   []ui.Row
	Links  []ui.Link
	Files  []ui.Link // that are published
	List   *ui.List  // nil: nothing has changed, or it is not shown
	Listed string    // that not all is listed; "" if it is
	Hidden string    // that it is not shown; "" if it is
}

// TablesAct shows one act: what it names, and the difference to those before.
func TablesAct(v *visit.Visit) error {
	entry, err := strconv.ParseInt(v.Path("index"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	d, err := v.Engine.TablesChange(v.Context(), v.Actor(), entry, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	title := "web.tables.of"
	if d.State != casework.TablesCame {
		title = "web.tables.of-asked"
	}
	page := &tablesActPage{Layout: v.Titled(v.T(title, "entry", entry)), Rows: show.TablesRows(v, d.TablesView), Files: show.TablesFiles(v, d.TablesView)}
	page.Section = "capacity"
	page.Crumbs = append(capacityCrumbs(v), ui.Crumb{Href: v.Href("capacity-tables"), Text: v.T("web.tables.title")})
	page.Links = []ui.Link{{Href: v.Href("ledger", entry), Text: v.T("web.tables.entry")}}
	if d.Asked >= 0 {
		page.Links = append(page.Links, ui.Link{Href: v.Href("ledger", d.Asked), Text: v.T("web.tables.asked")})
	}
	if d.Was >= 0 {
		page.Links = append(page.Links, ui.Link{Href: v.Href("capacity-tables", d.Was), Text: v.T("web.tables.was")})
	}
	if d.Withheld {
		page.Hidden = v.T("web.tables.withheld")
	}
	if d.Change != "" {
		page.List = changeList(v, entry, d)
	}
	if d.Listed < d.Total {
		page.Listed = v.T("web.tables.listed", "listed", d.Listed, "total", d.Total)
	}
	return v.Page("public/tables-act", page)
}

func changeList(v *visit.Visit, entry int64, d casework.TablesDetail) *ui.List {
	listing := show.NewListing(v, []any{"capacity-tables", entry})
	list := &ui.List{Caption: v.T("web.tables.difference"), Pager: listing.Pager(d.Next), Total: v.T("ui.list.all", "n", d.Total), Columns: []ui.Column{
		{Title: v.T("web.tables.element"), Head: true}, {Title: v.T("web.tables.what")}, {Title: v.T("web.tables.fields")},
	}}
	for _, e := range d.Elements {
		name := v.T("web.tables.element-" + e.Element)
		if e.ID != 0 {
			name += " " + strconv.Itoa(e.ID)
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: name}, {Text: v.T(whatOf(e))}, {Text: fieldsOf(e), Code: true}}})
	}
	return list
}

func whatOf(e casework.ElementChange) string {
	if e.What == casework.ElementChanged {
		return "web.tables.what-changed"
	}
	return "web.tables." + e.What
}

// fieldsOf are the fields of an element as they stand in the published files.
func fieldsOf(e casework.ElementChange) string {
	list := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		list[i] = f.Field + ": " + valueOf(f.Was) + " → " + valueOf(f.Is)
	}
	return strings.Join(list, "; ")
}

func valueOf(text json.RawMessage) string {
	if string(text) == "null" {
		return "–"
	}
	return string(text)
}
