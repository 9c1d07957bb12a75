package public

import (
	"context"
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type busesPage struct {
	ui.Layout
	List ui.List
}

// Buses lists the buses below a transformer with both figures of each, as of now.
func Buses(v *visit.Visit) error {
	id, line, _, err := oneTrafo(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.BusesBelow(v.Context(), v.Actor(), id, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	name := show.TrafoName(line)
	page := &busesPage{Layout: v.Titled(v.T("web.buses.of", "name", name))}
	page.Section = "capacity"
	page.Crumbs = append(capacityCrumbs(v), ui.Crumb{Href: v.Href("capacity", id), Text: name})
	listing := show.NewListing(v, []any{"capacity", id, "buses"})
	page.List = ui.List{
		Caption: v.T("web.buses.title"), Pager: listing.Pager(list.Next), Files: listing.Files(), Total: listing.Total(len(list.Items), list.Next), Empty: ui.Empty{Text: v.T("web.buses.none")},
		Columns: []ui.Column{
			{Title: v.T("web.buses.bus"), Head: true}, {Title: v.T("web.buses.free"), Number: true}, {Title: v.T("web.capacity.lapse"), Number: true},
			{Title: v.T("web.capacity.reserved"), Number: true}, {Title: v.T("web.capacity.asked"), Number: true}, {Title: v.T("web.capacity.binding")},
		},
	}
	for _, b := range list.Items {
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: strconv.Itoa(b.ID)}, {Text: show.Watts(v, b.FreeW)}, {Text: show.Watts(v, b.LapseW)}, {Text: show.Watts(v, b.ReservedW)}, {Text: askedText(v, b.Asked)},
			{Text: show.Limit(v, b.Binding), Note: elementText(v, b)},
		}})
	}
	return v.Page("public/buses", page)
}

// elementText names what limits a bus.
func elementText(v *visit.Visit, b casework.BusLine) string {
	if b.Element == 0 {
		return ""
	}
	return v.T("web.buses.element", "id", strconv.Itoa(b.Element))
}

// askedText is what open applications ask for; nothing where none does.
func askedText(v *visit.Visit, a casework.Asked) string {
	if a.Applications == 0 {
		return "–"
	}
	return v.T("web.capacity.asked-sum", "power", show.Watts(v, a.Watt), "n", a.Applications)
}

// BusesFile is the whole of it as a file.
func BusesFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		id, line, _, err := oneTrafo(v)
		if err != nil {
			return err
		}
		kw := v.T("ui.unit.kw")
		list := sheet.Sheet{Title: v.T("web.buses.of", "name", show.TrafoName(line)), Columns: []sheet.Column{
			{Name: "bus", Title: v.T("web.buses.bus")}, {Name: "free_kw", Title: v.T("web.buses.free"), Unit: kw}, {Name: "free_if_reservations_lapse_kw", Title: v.T("web.capacity.lapse"), Unit: kw},
			{Name: "reserved_kw", Title: v.T("web.capacity.reserved"), Unit: kw}, {Name: "connected_kw", Title: v.T("web.capacity.connected"), Unit: kw},
			{Name: "asked_now_kw", Title: v.T("web.capacity.asked"), Unit: kw}, {Name: "asked_now_applications", Title: v.T("web.capacity.asked-applications")},
			{Name: "limited_by", Title: v.T("web.capacity.binding")}, {Name: "element", Title: v.T("web.buses.limiting")},
		}}
		list.About = show.NewListing(v, []any{"capacity", id, "buses"}).About(sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, v.Now())})
		read := func(ctx context.Context, p casework.Page) (casework.List[casework.BusLine], error) {
			return v.Engine.BusesBelow(ctx, v.Actor(), id, p)
		}
		return v.Sheet("aiqyn-buses-"+strconv.Itoa(id), format, list, show.Rows(v.Context(), casework.Page{}, read, func(b casework.BusLine) sheet.Row {
			return sheet.Row{int64(b.ID), kilowatts(b.FreeW), kilowatts(b.LapseW), kilowatts(b.ReservedW), kilowatts(b.ConnectedW), kilowatts(b.Asked.Watt), int64(b.Asked.Applications), b.Binding, elementOf(b)}
		}))
	}
}

// elementOf is what limits a bus; nothing where nothing does.
func elementOf(b casework.BusLine) any {
	if b.Binding == "" || b.Element == 0 {
		return nil
	}
	return int64(b.Element)
}
