package office

import (
	"net/url"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// queuesWaiting are former queues that an operator has brought, and that wait for an
// overseer.
func queuesWaiting(v *visit.Visit, p *officePage) error {
	list, err := v.Engine.BroughtWaits(v.Context(), v.Actor())
	for _, b := range list {
		w := waiting{Rows: broughtRows(v, b)}
		if !b.Own {
			query := "?" + url.Values{"entry": {strconv.FormatInt(b.Entry, 10)}}.Encode()
			w.Href, w.Text = v.Href("office", "confirm-queue")+query, v.T("web.office.confirm-queue.title")
			w.Other = &ui.Link{Href: v.Href("office", "decline-queue") + query, Text: v.T("web.office.decline-queue.title")}
		}
		p.Waiting = append(p.Waiting, w)
	}
	return err
}

// broughtRows tell what an operator has brought, and what it would do to those who wait.
func broughtRows(v *visit.Visit, b casework.BroughtWaiting) []ui.Row {
	number := func(n int64) string { return locale.Number(v.Lang, n) }
	unsaid := v.T("web.places.brought-unsaid")
	dates := ui.Row{Key: v.T("web.places.brought-dates"), Value: unsaid, Note: v.T("web.places.brought-alone")}
	before := ui.Row{Key: v.T("web.places.brought-before"), Value: unsaid}
	if !b.Alone {
		dates.Value, dates.Note = show.When(v, b.Earliest)+" – "+show.When(v, b.Latest), ""
		before.Value, before.Note = number(b.Before), v.T("web.places.brought-behind", "n", number(b.Behind))
	}
	return []ui.Row{
		{Key: v.T("web.places.brought-source"), Value: b.Source, Note: serviceName(v, string(b.Service))},
		{Key: v.T("web.places.brought-rows"), Value: number(b.Rows)},
		dates, before,
		{Key: v.T("web.places.brought-file"), Value: b.File},
		{Key: v.T("web.office.brought-by"), Value: string(b.By), Note: locale.DateTime(v.Lang, b.At)},
		{Key: v.T("web.document.entry"), Value: strconv.FormatInt(b.Entry, 10)},
	}
}

// askAnswerQueue is for both answers: it shows what is answered.
func askAnswerQueue(v *visit.Visit, p *taskPage) error {
	entry := value(v, "entry")
	list, err := v.Engine.BroughtWaits(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	for _, b := range list {
		if strconv.FormatInt(b.Entry, 10) == entry {
			p.Rows = broughtRows(v, b)
		}
	}
	if p.Rows == nil && v.R.Method != "POST" {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	p.Danger, p.Hidden, p.Fields = true, []ui.Hidden{{Name: "entry", Value: entry}}, []ui.Field{area(v, "ground")}
	return nil
}

func sendConfirmQueue(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.ConfirmQueue{ID: id, Actor: v.Actor(), Entry: entry, Ground: v.Field("ground")}, err
}

func sendDeclineQueue(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.DeclineQueue{ID: id, Actor: v.Actor(), Entry: entry, Ground: v.Field("ground")}, err
}
