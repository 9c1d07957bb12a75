package public

import (
	"context"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type feedersPage struct {
	ui.Layout
	List   ui.List
	Source ui.Source
}

// feederName is what a feeder is called: by its number, as nobody names them.
func feederName(v *visit.Visit, f *casework.FeederLine) string {
	return v.T("web.feeder.short", "id", strconv.Itoa(f.ID))
}

// substation is what a feeder leaves; empty where that is a source of the network.
func substation(g *casework.GridView, f *casework.FeederLine) string {
	if l, ok := g.Line(f.Substation); ok && f.Substation != 0 {
		return show.TrafoName(l)
	}
	return ""
}

// Feeders lists the free power of the lines that leave substations.
func Feeders(v *visit.Visit) error {
	g, err := v.Engine.GridFor(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	list, err := g.FeederPage(casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	page := &feedersPage{Layout: v.Layout("web.feeder.title"), Source: source(v, g.Publication)}
	page.Section, page.Notice, page.Crumbs = "capacity", secrecyNotice(v, g), capacityCrumbs(v)
	listing := show.NewListing(v, []any{"feeders"})
	page.List = ui.List{
		Caption: v.T("web.feeder.caption", "at", locale.DateTime(v.Lang, g.At)), Total: v.T("ui.list.all", "n", len(g.Feeders)), Files: listing.Files(), Pager: listing.Pager(list.Next),
		Empty: ui.Empty{Text: v.T("web.feeder.none")},
		Columns: []ui.Column{
			{Title: v.T("web.feeder.column"), Head: true}, {Title: v.T("web.capacity.free"), Number: true}, {Title: v.T("web.capacity.lapse"), Number: true},
			{Title: v.T("web.feeder.load"), Number: true}, {Title: v.T("web.capacity.binding")}, {Title: v.T("web.feeder.trafos"), Number: true},
		},
	}
	page.List.Files = append(page.List.Files, ui.Link{Href: v.Href("feeders.geojson"), Text: "GeoJSON"})
	for i := range list.Items {
		f := &list.Items[i]
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: feederName(v, f), Href: v.Href("feeders", f.ID), Note: substation(g, f)}, {Text: show.Watts(v, f.FreeW)}, {Text: show.Watts(v, f.LapseW)},
			{Text: feederLoad(v, f)}, {Text: feederBinding(v, f)}, {Text: locale.Number(v.Lang, int64(f.Trafos))},
		}})
	}
	return v.Page("public/feeders", page)
}

// feederLoad is how full the line is, in percent of its rated current.
func feederLoad(v *visit.Visit, f *casework.FeederLine) string {
	if f.LoadPPM < 0 {
		return ""
	}
	return v.T("web.feeder.percent", "n", locale.Number(v.Lang, f.LoadPPM/10_000))
}

func feederBinding(v *visit.Visit, f *casework.FeederLine) string {
	t := newTrafo(v, casework.TrafoLine{FreeW: f.FreeW, LapseW: f.LapseW, Binding: f.Binding, Element: f.Element})
	return t.Binding
}

// FeedersFile is the whole list as a file.
func FeedersFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		g, err := v.Engine.GridFor(v.Context(), v.Actor())
		if err != nil {
			return err
		}
		kw, degree, src := v.T("ui.unit.kw"), v.T("ui.unit.degrees"), source(v, g.Publication)
		list := sheet.Sheet{Title: v.T("web.feeder.title"), Columns: []sheet.Column{
			{Name: "id", Title: v.T("web.feeder.line")}, {Name: "substation", Title: v.T("web.feeder.substation")}, {Name: "free_kw", Title: v.T("web.capacity.free"), Unit: kw},
			{Name: "free_if_reservations_lapse_kw", Title: v.T("web.capacity.lapse"), Unit: kw}, {Name: "reserved_kw", Title: v.T("web.capacity.reserved"), Unit: kw},
			{Name: "load_percent", Title: v.T("web.feeder.load")}, {Name: "limited_by", Title: v.T("web.capacity.binding")}, {Name: "transformers", Title: v.T("web.feeder.trafos")},
			{Name: "lat", Title: v.T("web.capacity.lat"), Unit: degree}, {Name: "lon", Title: v.T("web.capacity.lon"), Unit: degree},
			{Name: "to_lat", Title: v.T("web.feeder.to-lat"), Unit: degree}, {Name: "to_lon", Title: v.T("web.feeder.to-lon"), Unit: degree},
			{Name: "published", Title: v.T("web.capacity.published")}, {Name: "publication_sha256", Title: v.T("web.entry.leaf")},
		}}
		list.About = show.NewListing(v, []any{"feeders"}).About(sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, src.At)},
			sheet.Note{Name: v.T("ui.sheet.method"), Text: v.T("web.feeder.lede")}, sheet.Note{Name: v.T("ui.sheet.limits"), Text: src.Limits}, sheet.Note{Name: v.T("web.entry.leaf"), Text: src.Hash})
		read := func(_ context.Context, p casework.Page) (casework.List[casework.FeederLine], error) {
			return g.FeederPage(p)
		}
		return v.Sheet("aiqyn-feeders", format, list, show.Rows(v.Context(), casework.Page{}, read, func(f casework.FeederLine) sheet.Row {
			var load any
			if f.LoadPPM >= 0 {
				load = float64(f.LoadPPM/1000) / 10
			}
			return sheet.Row{int64(f.ID), substation(g, &f), kilowatts(f.FreeW), kilowatts(f.LapseW), kilowatts(f.ReservedW), load, f.Binding, int64(f.Trafos),
				degrees(f.Lat), degrees(f.Lon), degrees(f.ToLat), degrees(f.ToLon), g.Day, g.Hash}
		}))
	}
}

type feederPage struct {
	ui.Layout
	Rows   []ui.Row
	Chart  *ui.Chart
	List   ui.List
	Source ui.Source
}

// oneFeeder is the feeder that the address names.
func oneFeeder(v *visit.Visit) (f casework.FeederLine, g *casework.GridView, err error) {
	id, err := strconv.Atoi(v.Path("line"))
	if err != nil {
		return f, nil, aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	if g, err = v.Engine.GridFor(v.Context(), v.Actor()); err != nil {
		return f, nil, err
	}
	f, ok := g.Feeder(id)
	if !ok {
		err = aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return f, g, err
}

// Feeder shows one, and what was published of it day by day.
func Feeder(v *visit.Visit) error {
	f, g, err := oneFeeder(v)
	if err != nil {
		return err
	}
	days, err := v.Engine.FeederHistory(v.Context(), v.Actor(), f.ID, casework.Page{After: v.Query("after"), Limit: historyDays})
	if err != nil {
		return err
	}
	page := &feederPage{Layout: v.Titled(feederName(v, &f)), Source: source(v, g.Publication)}
	page.Section = "capacity"
	page.Crumbs = append(capacityCrumbs(v), ui.Crumb{Href: v.Href("feeders"), Text: v.T("web.feeder.title")})
	page.Rows = []ui.Row{
		{Key: v.T("web.capacity.free"), Value: show.Watts(v, f.FreeW), Note: v.T("web.feeder.where")}, {Key: v.T("web.capacity.lapse"), Value: show.Watts(v, f.LapseW), Note: v.T("web.capacity.lapse-note")},
		{Key: v.T("web.capacity.reserved"), Value: show.Watts(v, f.ReservedW)}, {Key: v.T("web.feeder.load"), Value: feederLoad(v, &f)},
		{Key: v.T("web.capacity.binding"), Value: feederBinding(v, &f)}, {Key: v.T("web.feeder.trafos"), Value: locale.Number(v.Lang, int64(f.Trafos))},
	}
	if name := substation(g, &f); name != "" {
		page.Rows = append(page.Rows, ui.Row{Key: v.T("web.feeder.substation"), Value: name})
	}
	course := make([]casework.TrafoDay, len(days.Items))
	listing := show.NewListing(v, []any{"feeders", f.ID, "history"})
	page.List = ui.List{
		Caption: v.T("web.history.title"), Empty: ui.Empty{Text: v.T("web.history.none")}, Pager: listing.Pager(days.Next), Files: listing.Files(), Total: listing.Total(len(days.Items), days.Next),
		Columns: []ui.Column{{Title: v.T("web.capacity.published"), Head: true}, {Title: v.T("web.capacity.free"), Number: true}, {Title: v.T("web.capacity.reserved"), Number: true}, {Title: v.T("web.peaks.entry"), Number: true}},
	}
	for i, d := range days.Items {
		course[i] = casework.TrafoDay{Publication: d.Publication, Line: casework.TrafoLine{FreeW: d.Line.FreeW, ReservedW: d.Line.ReservedW}}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: dayText(v, d.Day)}, {Text: show.Watts(v, d.Line.FreeW)}, {Text: show.Watts(v, d.Line.ReservedW)}, {Text: strconv.FormatInt(d.Entry, 10), Href: v.Href("ledger", d.Entry)},
		}})
	}
	page.Chart = show.FreeOverTime(v, course)
	return v.Page("public/feeder", page)
}

// FeederFile is the whole history of a feeder as a file.
func FeederFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		f, g, err := oneFeeder(v)
		if err != nil {
			return err
		}
		kw := v.T("ui.unit.kw")
		list := sheet.Sheet{Title: feederName(v, &f), Columns: []sheet.Column{
			{Name: "day", Title: v.T("web.capacity.published")}, {Name: "free_kw", Title: v.T("web.capacity.free"), Unit: kw}, {Name: "free_if_reservations_lapse_kw", Title: v.T("web.capacity.lapse"), Unit: kw},
			{Name: "reserved_kw", Title: v.T("web.capacity.reserved"), Unit: kw}, {Name: "entry", Title: v.T("web.peaks.entry")}, {Name: "publication_sha256", Title: v.T("web.entry.leaf")},
		}}
		list.About = show.NewListing(v, []any{"feeders", f.ID, "history"}).About(sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, g.At)})
		read := func(ctx context.Context, p casework.Page) (casework.List[casework.FeederDay], error) {
			return v.Engine.FeederHistory(ctx, v.Actor(), f.ID, p)
		}
		return v.Sheet("aiqyn-feeder-"+strconv.Itoa(f.ID), format, list, show.Rows(v.Context(), casework.Page{}, read, func(d casework.FeederDay) sheet.Row {
			return sheet.Row{d.Day, kilowatts(d.Line.FreeW), kilowatts(d.Line.LapseW), kilowatts(d.Line.ReservedW), d.Entry, d.Hash}
		}))
	}
}
