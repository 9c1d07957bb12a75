package public

import (
	"context"
	"time"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

// CapacityFile is the whole list as a file, or with a day in the address all that was
// published on it.
func CapacityFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		_, publication, err := fileTransformers(v, casework.Page{Limit: 1})
		if err != nil {
			return err
		}
		src := source(v, publication)
		kw := v.T("ui.unit.kw")
		list := sheet.Sheet{Title: v.T("web.capacity.title"), Columns: []sheet.Column{
			{Name: "id", Title: v.T("web.capacity.id")}, {Name: "name", Title: v.T("web.capacity.transformer")}, {Name: "district", Title: v.T("web.capacity.district")},
			{Name: "rated_kva", Title: v.T("web.capacity.rated"), Unit: v.T("ui.unit.kva")}, {Name: "free_kw", Title: v.T("web.capacity.free"), Unit: kw},
			{Name: "free_if_reservations_lapse_kw", Title: v.T("web.capacity.lapse"), Unit: kw}, {Name: "reserved_kw", Title: v.T("web.capacity.reserved"), Unit: kw},
			{Name: "connected_kw", Title: v.T("web.capacity.connected"), Unit: kw},
			{Name: "peak_kva", Title: v.T("web.capacity.peak"), Unit: v.T("ui.unit.kva")}, {Name: "limited_by", Title: v.T("web.capacity.binding")},
			{Name: "basis", Title: v.T("web.capacity.basis")}, {Name: "measured", Title: v.T("web.capacity.measured-on")},
			{Name: "lat", Title: v.T("web.capacity.lat"), Unit: v.T("ui.unit.degrees")}, {Name: "lon", Title: v.T("web.capacity.lon"), Unit: v.T("ui.unit.degrees")},
			{Name: "published", Title: v.T("web.capacity.published")}, {Name: "publication_sha256", Title: v.T("web.entry.leaf")},
			{Name: "asked_now_kw", Title: v.T("web.capacity.asked"), Unit: kw}, {Name: "asked_now_applications", Title: v.T("web.capacity.asked-applications")}, {Name: "asked_at", Title: v.T("web.capacity.asked-when")},
		}}
		asked, at, err := askedOfFile(v)
		if err != nil {
			return err
		}
		list.About = show.NewListing(v, []any{"capacity"}, trafoFilter...).About(
			sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, src.At)}, sheet.Note{Name: v.T("ui.sheet.method"), Text: src.Method},
			sheet.Note{Name: v.T("ui.sheet.limits"), Text: src.Limits}, sheet.Note{Name: v.T("web.entry.leaf"), Text: src.Hash})
		read := func(_ context.Context, p casework.Page) (casework.List[casework.TrafoLine], error) {
			list, _, err := fileTransformers(v, p)
			return list, err
		}
		name := "aiqyn-free-capacity"
		if v.Query("day") != "" {
			name += "-" + publication.Day
		}
		return v.Sheet(name, format, list, show.Rows(v.Context(), casework.Page{}, read, func(l casework.TrafoLine) sheet.Row {
			return sheet.Row{int64(l.ID), l.Name, v.In(l.District), shown(l.SnKVA), kilowatts(l.FreeW), kilowatts(l.LapseW), kilowatts(l.ReservedW), kilowatts(l.ConnectedW),
				kilowatts(l.PeakW), l.Binding, l.Basis, l.Measured, degrees(l.Lat), degrees(l.Lon), publication.Day, publication.Hash,
				askedOf(asked, l.ID, func(a casework.Asked) any { return kilowatts(a.Watt) }), askedOf(asked, l.ID, func(a casework.Asked) any { return int64(a.Applications) }), askedOf(asked, l.ID, func(casework.Asked) any { return at })}
		}))
	}
}

// askedOfFile is what open applications ask for now: a file of a day of the past tells
// nothing of that.
func askedOfFile(v *visit.Visit) (map[int]casework.Asked, time.Time, error) {
	if v.Query("day") != "" {
		return nil, time.Time{}, nil
	}
	return v.Engine.AskedNow(v.Context(), v.Actor())
}

// askedOf is one figure of a transformer; none where nothing is told.
func askedOf(asked map[int]casework.Asked, id int, figure func(casework.Asked) any) any {
	if asked == nil {
		return nil
	}
	return figure(asked[id])
}
