package public

import (
	"slices"

	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// trafoRows are the figures of a transformer; asked is what open applications ask for below
// it, nil where it is not told.
func trafoRows(v *visit.Visit, t *trafo, line casework.TrafoLine, asked *casework.Asked) []ui.Row {
	rows := []ui.Row{
		{Key: v.T("web.capacity.free"), Value: t.Free},
		{Key: v.T("web.capacity.lapse"), Value: t.Lapse, Note: v.T("web.capacity.lapse-note")},
		{Key: v.T("web.capacity.rated"), Value: rated(v, line) + " " + v.T("web.kva")},
		{Key: v.T("web.capacity.peak"), Value: show.VoltAmperes(v, line.PeakW)},
		{Key: v.T("web.capacity.reserved"), Value: show.Watts(v, line.ReservedW)},
		{Key: v.T("web.capacity.binding"), Value: t.Binding},
		{Key: v.T("web.capacity.basis"), Value: t.Basis.Text, Note: measured(v, line)},
		{Key: v.T("web.capacity.district"), Value: v.In(line.District)},
	}
	if asked != nil {
		rows = slices.Insert(rows, 5, ui.Row{Key: v.T("web.capacity.asked"), Note: v.T("web.capacity.asked-note"),
			Value: v.T("web.capacity.asked-sum", "power", show.Watts(v, asked.Watt), "n", asked.Applications)})
	}
	if line.ConnectedW > 0 {
		rows = slices.Insert(rows, 5, ui.Row{Key: v.T("web.capacity.connected"), Value: show.Watts(v, line.ConnectedW), Note: v.T("web.capacity.connected-note")})
	}
	if line.ApartW > 0 {
		rows = append(rows, ui.Row{Key: v.T("web.capacity.apart"), Value: show.Watts(v, line.ApartW), Note: v.T("web.capacity.apart-note")})
	}
	if line.IdleW > 0 {
		rows = append(rows, ui.Row{Key: v.T("web.capacity.idle"), Value: show.Watts(v, line.IdleW), Note: v.T("web.capacity.idle-note")})
	}
	if line.Owned {
		rows = append(rows, ui.Row{Key: v.T("web.capacity.owned"), Value: v.T("web.capacity.owned-yes"), Note: v.T("web.capacity.owned-note")})
	}
	return rows
}
