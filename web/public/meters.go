package public

import (
	"strconv"

	"aiqyn/casework"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// maxMetersShown is how many meters of a transformer its page shows: it has one or two,
// and the interface lists them all.
const maxMetersShown = 100

// metersOf lists the meters that were registered at a transformer.
func metersOf(v *visit.Visit, id int) (ui.List, error) {
	all, err := v.Engine.Meters(v.Context(), v.Actor(), id, casework.Page{Limit: maxMetersShown})
	if err != nil {
		return ui.List{}, err
	}
	list := ui.List{
		Caption: v.T("web.meters.of"), Empty: ui.Empty{Text: v.T("web.meters.nothing")},
		Columns: []ui.Column{{Title: v.T("web.peaks.meter"), Head: true}, {Title: v.T("web.meters.since")}, {Title: v.T("web.peaks.entry"), Number: true}},
	}
	for _, m := range all.Items {
		since := ui.Cell{Text: dayText(v, m.Since)}
		if m.Gone >= 0 {
			since.Note = v.T("web.meters.gone")
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: m.Meter}, since, {Text: strconv.FormatInt(m.Entry, 10), Href: v.Href("ledger", m.Entry)}}})
	}
	return list, nil
}
