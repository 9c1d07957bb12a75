package public

import (
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// brought lists the queues of former systems that were brought; nil if there is none.
func brought(v *visit.Visit, svc *service.Service) (*ui.List, error) {
	all, err := v.Engine.Brought(v.Context(), svc.ID)
	if len(all) == 0 {
		return nil, err
	}
	l := &ui.List{
		Caption: v.T("web.places.brought"),
		Columns: []ui.Column{{Title: v.T("web.places.brought-source"), Head: true}, {Title: v.T("web.places.brought-state")}, {Title: v.T("web.places.brought-rows"), Number: true},
			{Title: v.T("web.places.brought-before"), Number: true}, {Title: v.T("web.places.brought-file")}, {Title: v.T("web.document.entry"), Number: true}},
	}
	for _, b := range all {
		dates, before := v.T("web.places.brought-dates")+": "+v.T("web.places.brought-unsaid"), ui.Cell{Text: v.T("web.places.brought-unsaid")}
		if !b.Alone {
			dates = show.When(v, b.Earliest) + " – " + show.When(v, b.Latest)
			before = ui.Cell{Text: locale.Number(v.Lang, b.Before), Note: v.T("web.places.brought-behind", "n", locale.Number(v.Lang, b.Behind))}
		}
		state := ui.Cell{Tag: broughtTag(v, b)}
		if b.Answer != 0 {
			state.Note = v.T("web.places.brought-answer", "entry", b.Answer)
		}
		l.Rows = append(l.Rows, ui.Line{Cells: []ui.Cell{
			{Text: b.Source, Note: locale.DateTime(v.Lang, b.At)}, state, {Text: locale.Number(v.Lang, b.Rows), Note: dates},
			before, {Text: b.File, Code: true}, {Text: strconv.FormatInt(b.Entry, 10), Href: v.Href("ledger", b.Entry)},
		}})
	}
	return l, nil
}

func broughtTag(v *visit.Visit, b casework.BroughtView) *ui.Tag {
	kind := map[casework.TableState]string{casework.TableWaits: "todo", casework.TableConfirmed: "good", casework.TableDeclined: "bad"}[b.State]
	return &ui.Tag{Kind: kind, Text: v.T("web.places.brought-is." + string(b.State))}
}
