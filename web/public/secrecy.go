package public

import (
	"fmt"
	"strconv"

	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/secrecy"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type secrecyPage struct {
	ui.Layout
	How                     string
	InForce, Waiting, Ended *ui.List
}

// Secrecy tells what of the network is classified, on what ground, until when.
func Secrecy(v *visit.Visit) error {
	s, err := v.Engine.Secrecy(v.Context())
	if err != nil {
		return err
	}
	page := &secrecyPage{Layout: v.Layout("web.secrecy.title"), How: v.T("web.secrecy.how", "k", secrecy.K)}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	page.InForce = classList(v, "in-force", s.InForce)
	if len(s.Waiting) > 0 {
		page.Waiting = classList(v, "waiting", s.Waiting)
	}
	if len(s.Ended) > 0 {
		page.Ended = classList(v, "ended", s.Ended)
	}
	return v.Page("public/secrecy", page)
}

func classList(v *visit.Visit, name string, list []casework.ClassView) *ui.List {
	out := &ui.List{Caption: v.T("web.secrecy." + name), Empty: ui.Empty{Text: v.T("web.secrecy.none")}, Columns: []ui.Column{
		{Title: v.T("web.secrecy.what"), Head: true}, {Title: v.T("web.secrecy.class")}, {Title: v.T("web.secrecy.ground")}, {Title: v.T("web.secrecy.item")},
		{Title: v.T("web.secrecy.roadmap")}, {Title: v.T("web.secrecy.until")}, {Title: v.T("web.secrecy.reviewer")}, {Title: v.T("web.secrecy.entry"), Number: true},
	}}
	for _, c := range list {
		until := ""
		if !c.Until.IsZero() {
			until = ui.Day(v.Lang, c.Until)
		}
		out.Rows = append(out.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.Subject(v, c.Subject)}, {Text: v.T("web.secrecy.class." + string(c.Class))}, {Text: c.Ground, Note: show.GroundOf(v, c.Classification)}, {Text: c.Item}, {Text: c.Roadmap}, {Text: until},
			{Text: string(c.Reviewer)}, {Text: strconv.FormatInt(c.Entry, 10), Href: v.Href("ledger", c.Entry), Note: locale.DateTime(v.Lang, c.At)},
		}})
	}
	return out
}

// secrecyNotice says on a page of the network that a part of it is classified, or
// that the visitor sees what others do not; nil where nothing is.
func secrecyNotice(v *visit.Visit, g *casework.GridView) *ui.Notice {
	s, err := v.Engine.Secrecy(v.Context())
	switch {
	case err != nil || len(s.InForce) == 0:
		return nil
	case g.Policy.Open():
		return &ui.Notice{Kind: "warn", Title: v.T("web.secrecy.title"), Text: v.T("web.secrecy.exact")}
	}
	return &ui.Notice{Title: v.T("web.secrecy.title"), Text: v.T("web.secrecy.banner")}
}

// asOf is the heading of what is generalised, with the day of which it is.
func asOf(v *visit.Visit, g *casework.GridView, key string) string {
	day, err := deadline.ParseDate(g.AsOf)
	if err != nil {
		return v.T(key)
	}
	return v.T(key) + ", " + v.T("web.secrecy.as-of", "date", ui.Day(v.Lang, day))
}

// areas are the figures of cells; nil where nothing is generalised.
func areas(v *visit.Visit, g *casework.GridView) *ui.List {
	if len(g.Areas) == 0 {
		return nil
	}
	list := &ui.List{Caption: asOf(v, g, "web.secrecy.areas"), Columns: []ui.Column{
		{Title: v.T("web.secrecy.cell"), Head: true}, {Title: v.T("web.atlas.count"), Number: true}, {Title: v.T("web.capacity.free"), Unit: v.T("ui.unit.kw"), Number: true},
		{Title: v.T("web.capacity.rated"), Unit: v.T("ui.unit.kva"), Number: true}, {Title: v.T("web.capacity.peak"), Unit: v.T("ui.unit.kva"), Number: true},
	}}
	for _, a := range g.Areas[:min(len(g.Areas), mapRows)] {
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: fmt.Sprintf("%.2f, %.2f", a.Lon, a.Lat)}, {Text: v.T("web.secrecy.band", "from", locale.Number(v.Lang, a.Count.From), "to", locale.Number(v.Lang, a.Count.To-1))},
			thousands(v, a.Free), thousands(v, a.Rated), thousands(v, a.Peak),
		}})
	}
	return list
}

// thousands is a band in kilowatts.
func thousands(v *visit.Visit, b *secrecy.Band) ui.Cell {
	if b == nil {
		return ui.Cell{}
	}
	return ui.Cell{Text: v.T("web.secrecy.band", "from", locale.Number(v.Lang, b.From/1000), "to", locale.Number(v.Lang, b.To/1000))}
}

// corridors lists what is shown in place of lines; nil where they are exact or closed.
func corridors(v *visit.Visit, g *casework.GridView) *ui.List {
	if len(g.Corridors) == 0 {
		return nil
	}
	list := &ui.List{Caption: asOf(v, g, "web.secrecy.corridors"), Columns: []ui.Column{
		{Title: v.T("web.secrecy.from-cell"), Head: true}, {Title: v.T("web.secrecy.to-cell")}, {Title: v.T("web.secrecy.lines"), Number: true}, {Title: v.T("web.capacity.rated"), Unit: v.T("ui.unit.kva"), Number: true},
	}}
	list.Files = []ui.Link{{Href: v.Href("capacity", "lines.csv"), Text: "CSV"}, {Href: v.Href("capacity", "lines.geojson"), Text: "GeoJSON"}}
	for _, c := range g.Corridors[:min(len(g.Corridors), mapRows)] {
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: fmt.Sprintf("%.2f, %.2f", c.Lon, c.Lat)}, {Text: fmt.Sprintf("%.2f, %.2f", c.ToLon, c.ToLat)},
			{Text: v.T("web.secrecy.band", "from", locale.Number(v.Lang, c.Count.From), "to", locale.Number(v.Lang, c.Count.To-1))}, thousands(v, c.Rated),
		}})
	}
	return list
}

// CorridorsFile is what is shown in place of lines, as a file.
func CorridorsFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		g, err := v.Engine.GridFor(v.Context(), v.Actor())
		if err != nil {
			return err
		}
		kva, degree := v.T("ui.unit.kva"), v.T("ui.unit.degrees")
		list := sheet.Sheet{Title: v.T("web.secrecy.corridors"), Columns: []sheet.Column{
			{Name: "lat", Title: v.T("web.capacity.lat"), Unit: degree}, {Name: "lon", Title: v.T("web.capacity.lon"), Unit: degree},
			{Name: "to_lat", Title: v.T("web.feeder.to-lat"), Unit: degree}, {Name: "to_lon", Title: v.T("web.feeder.to-lon"), Unit: degree},
			{Name: "lines_least", Title: v.T("web.secrecy.lines")}, {Name: "rated_least_kva", Title: v.T("web.capacity.rated"), Unit: kva}, {Name: "published", Title: v.T("web.capacity.published")},
		}}
		list.About = show.NewListing(v, []any{"capacity", "lines"}).About(sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, g.At)})
		return v.Sheet("aiqyn-lines", format, list, func(yield func(sheet.Row, error) bool) {
			for _, c := range g.Corridors {
				var rated any
				if c.Rated != nil {
					rated = float64(c.Rated.From) / 1000
				}
				if !yield(sheet.Row{c.Lat, c.Lon, c.ToLat, c.ToLon, c.Count.From, rated, g.Day}, nil) {
					return
				}
			}
		})
	}
}

// capacityMap is the map of the list: of a network that lies nowhere on the earth
// as it is drawn, of any other as far as the visitor may see it.
func capacityMap(v *visit.Visit, g *casework.GridView) *ui.Map {
	if g.Policy.Open() {
		return show.CapacityMap(v, g.Lines, v.Query("district"), v.Query("name"), "#transformers")
	}
	seen := g.See(g.Whole(v.Query("district"), v.Query("name")))
	if len(seen.Groups) == 0 {
		return nil
	}
	m := show.GridMap(v, seen, nil, true, func(nearer casework.Window) string { return mapHref(v, nearer) })
	m.Twin.Href = "#transformers"
	return m
}
