package office

import (
	"net/url"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// tablesWaiting are tables of the network that an operator has brought, and that wait for
// an overseer.
func tablesWaiting(v *visit.Visit, p *officePage) error {
	list, err := v.Engine.TablesWait(v.Context(), v.Actor())
	for _, t := range list {
		w := waiting{Rows: broughtTables(v, t)[:5]}
		if !t.Own {
			query := "?" + url.Values{"entry": {strconv.FormatInt(t.Entry, 10)}}.Encode()
			w.Href, w.Text = v.Href("office", "confirm-tables")+query, v.T("web.office.confirm-tables.title")
			w.Other = &ui.Link{Href: v.Href("office", "decline-tables") + query, Text: v.T("web.office.decline-tables.title")}
		}
		p.Waiting = append(p.Waiting, w)
	}
	return err
}

// broughtTables tell what an operator has brought; first what an overseer looks at first.
func broughtTables(v *visit.Visit, t casework.TablesWaiting) []ui.Row {
	rows := show.TablesRows(v, t.TablesView)
	by := ui.Row{Key: v.T("web.tables.brought-by"), Value: string(t.By)}
	// when, by whom, why, in which words, what changes; then the rest
	return append([]ui.Row{rows[0], by, rows[2], rows[3], rows[4]}, rows[5:]...)
}

// askAnswerTables is for both answers: it shows what is answered.
func askAnswerTables(v *visit.Visit, p *taskPage) error {
	entry := value(v, "entry")
	list, err := v.Engine.TablesWait(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	for _, t := range list {
		if strconv.FormatInt(t.Entry, 10) == entry {
			p.Rows = broughtTables(v, t)
			p.More = &ui.Link{Href: v.Href("capacity-tables", t.Entry), Text: v.T("web.tables.difference")}
		}
	}
	if p.Rows == nil && v.R.Method != "POST" {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	p.Danger, p.Hidden, p.Fields = true, []ui.Hidden{{Name: "entry", Value: entry}}, []ui.Field{area(v, "ground")}
	return nil
}

func sendConfirmTables(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.ConfirmTables{ID: id, Actor: v.Actor(), Entry: entry, Ground: v.Field("ground")}, err
}

func sendDeclineTables(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.DeclineTables{ID: id, Actor: v.Actor(), Entry: entry, Ground: v.Field("ground")}, err
}
