package officer

import (
	"context"
	"strings"

	"aiqyn/casework"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type inboxPage struct {
	ui.Layout
	List ui.List
}

// inboxSize is how many cases a page of the desk shows.
const inboxSize = 50

func waiting(v *visit.Visit, p casework.Page) (casework.List[casework.CaseLine], error) {
	p.Service, p.Status = show.CaseFilter(v)
	return v.Engine.Inbox(v.Context(), v.Actor(), p)
}

// Inbox lists an officer's cases, the most urgent first.
func Inbox(v *visit.Visit) error {
	list, err := waiting(v, casework.Page{After: v.Query("after"), Limit: inboxSize})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"desk"}, show.CaseFilterNames...)
	page := &inboxPage{Layout: v.Layout("web.inbox.title")}
	page.Section = "inbox"
	page.List = ui.List{
		Caption: v.T("web.inbox.title"), Dense: true, Filter: show.CaseFilterForm(v, listing),
		Columns: []ui.Column{
			{Title: v.T("web.inbox.left")}, {Title: v.T("web.cases.ref"), Head: true}, {Title: v.T("web.inbox.service")}, {Title: v.T("web.inbox.step")},
			{Title: v.T("web.inbox.object")}, {Title: v.T("web.cases.status")}, {Title: v.T("web.cases.due"), Number: true}, {Title: v.T("web.cases.filed"), Number: true},
		},
		Total: listing.Total(len(list.Items), list.Next), Files: listing.Files(), Pager: listing.Pager(list.Next), Empty: ui.Empty{Text: v.T("web.inbox.none")},
	}
	for _, line := range list.Items {
		object, state := line.Object, show.Status(v, line.Status, line.Outcome)
		if object == "" {
			object = v.T("web.inbox.sealed")
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.Left(v, line), Mark: urgency(line)}, {Text: string(line.Ref), Href: v.Href("desk", line.Ref)}, {Text: v.In(line.Title)}, {Text: v.In(line.Step)},
			{Text: object, Whole: !strings.Contains(object, " ")}, {Tag: &state}, {Text: show.When(v, line.Due)}, {Text: show.When(v, line.Filed)},
		}})
	}
	return v.Page("officer/inbox", page)
}

// InboxFile is the same list to keep.
func InboxFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		list := sheet.Sheet{Title: v.T("web.inbox.title"), Columns: show.CaseColumns(v), About: show.NewListing(v, []any{"desk"}, show.CaseFilterNames...).About(show.AsOf(v))}
		read := func(_ context.Context, p casework.Page) (casework.List[casework.CaseLine], error) {
			return waiting(v, p)
		}
		return v.Sheet("aiqyn-inbox", format, list, show.Rows(v.Context(), casework.Page{}, read, func(l casework.CaseLine) sheet.Row { return show.CaseRow(v, l) }))
	}
}

// urgency marks what is late and what is due within two days.
func urgency(line casework.CaseLine) string {
	switch {
	case line.Due.IsZero():
		return ""
	case line.DaysLeft < 0:
		return "late"
	case line.DaysLeft <= 2:
		return "soon"
	}
	return ""
}
