package citizen

import (
	"context"

	"aiqyn/casework"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type casesPage struct {
	ui.Layout
	List ui.List
}

func mine(v *visit.Visit, p casework.Page) (casework.List[casework.CaseLine], error) {
	p.Service, p.Status = show.CaseFilter(v)
	return v.Engine.Mine(v.Context(), v.Actor(), p)
}

// Cases lists a person's own applications, newest first.
func Cases(v *visit.Visit) error {
	list, err := mine(v, casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"cases"}, show.CaseFilterNames...)
	page := &casesPage{Layout: v.Layout("web.cases.title")}
	page.Section = "cases"
	page.List = ui.List{
		Caption: v.T("web.cases.title"),
		Columns: []ui.Column{
			{Title: v.T("web.cases.ref"), Head: true}, {Title: v.T("web.cases.filed"), Number: true}, {Title: v.T("web.cases.status")}, {Title: v.T("web.cases.due"), Number: true},
		},
		Total: listing.Total(len(list.Items), list.Next), Files: listing.Files(), Pager: listing.Pager(list.Next),
		Empty: ui.Empty{Text: v.T("web.cases.none"), Action: &ui.Link{Href: v.Href("services"), Text: v.T("web.cases.find")}},
	}
	if listing.Plain() != "" || len(list.Items) > 3 {
		page.List.Filter = show.CaseFilterForm(v, listing)
	}
	for _, line := range list.Items {
		state := show.StatusOf(v, line.Answer, line.Status, line.Outcome)
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: string(line.Ref), Href: v.Href("cases", line.Ref), Note: v.In(line.Title)}, {Text: show.When(v, line.Filed)}, {Tag: &state},
			{Text: show.When(v, line.Due), Note: show.Left(v, line)},
		}})
	}
	return v.Page("citizen/cases", page)
}

// CasesFile is the same list to keep.
func CasesFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		list := sheet.Sheet{Title: v.T("web.cases.title"), Columns: show.CaseColumns(v), About: show.NewListing(v, []any{"cases"}, show.CaseFilterNames...).About(show.AsOf(v))}
		read := func(_ context.Context, p casework.Page) (casework.List[casework.CaseLine], error) { return mine(v, p) }
		return v.Sheet("aiqyn-applications", format, list, show.Rows(v.Context(), casework.Page{}, read, func(l casework.CaseLine) sheet.Row { return show.CaseRow(v, l) }))
	}
}
