package public

import (
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type queuesPage struct {
	ui.Layout
	List   ui.List
	Source ui.Source
}

// Queues lists everything that is waited for: how much there is, is free, how many wait,
// and for how long as many would.
func Queues(v *visit.Visit) error {
	page := &queuesPage{Layout: v.Layout("web.queues.title"), Source: live(v, "queues")}
	page.Section, page.Crumbs = "services", []ui.Crumb{{Href: v.Href("services"), Text: v.T("web.services.title")}}
	page.List = ui.List{
		Caption: v.T("web.queues.caption"), Empty: ui.Empty{Text: v.T("web.queues.none")}, Files: show.NewListing(v, []any{"places"}).Files(),
		Columns: []ui.Column{{Title: v.T("web.queues.service"), Head: true}, {Title: v.T("web.queues.givers"), Number: true}, {Title: v.T("web.places.places"), Number: true},
			{Title: v.T("web.places.free"), Number: true}, {Title: v.T("web.places.waiting"), Number: true}, {Title: v.T("web.queues.wait"), Number: true}, {Title: v.T("web.queues.last")}, {Title: v.T("web.queues.order")}},
	}
	for _, q := range v.Engine.Queues() {
		svc, ok := v.Engine.Pack().Service(q.Service)
		if !ok {
			continue
		}
		last := ui.Cell{Text: v.T("web.queues.no-round")}
		if q.Last != "" {
			last = ui.Cell{Text: show.DayText(v, q.Last), Href: v.Href("places", q.Service, "rounds", q.Last)}
		}
		note := ""
		if q.Timed {
			note = v.T("web.queues.timed")
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: v.In(svc.Title), Note: note, Href: v.Href("places", q.Service)}, {Text: strconv.Itoa(q.Givers)}, {Text: locale.Number(v.Lang, int64(q.Places))},
			{Text: locale.Number(v.Lang, int64(q.Free))}, {Text: locale.Number(v.Lang, int64(q.Waiting)), Note: unproven(v, q.Unproven)}, wait(v, q), last, order(v, q),
		}})
	}
	return v.Page("public/queues", page)
}

// order says whether everybody who was given a place before an earlier date had a reason.
func order(v *visit.Visit, q casework.QueueLine) ui.Cell {
	verdict := verdictOn(v, v.Engine.Inverted(q.Service))
	if verdict.Kind == "bad" {
		return ui.Cell{Tag: &verdict}
	}
	return ui.Cell{Text: verdict.Text, Href: v.Href("places", q.Service, "inversions")}
}

// wait says for how many weeks as many are waited for, and by what that is reckoned.
func wait(v *visit.Visit, q casework.QueueLine) ui.Cell {
	switch {
	case q.Waiting == 0:
		return ui.Cell{Text: v.T("web.queues.nobody")}
	case q.Given == 0:
		return ui.Cell{Text: v.T("web.queues.unknown")}
	}
	return ui.Cell{Text: v.T("web.queues.weeks", "n", q.Wait()), Note: v.T("web.queues.pace", "given", locale.Number(v.Lang, int64(q.Given)), "weeks", q.Weeks)}
}
