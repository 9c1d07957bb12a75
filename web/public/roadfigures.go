package public

import (
	"slices"
	"strings"

	"aiqyn/locale"
	"aiqyn/release"
	"aiqyn/service"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

type roadPage struct {
	ui.Layout
	Roads  []roadFigures
	Files  []ui.Link
	Light  []ui.Link // of whole roads; none as long as none is told
	Source ui.Source
	Empty  ui.Empty
}

// roadFigures are one road: the services that grants lead along, each with how long
// its grants took.
type roadFigures struct {
	Title string
	Whole *wholeRoad // nil: fewer than ten have ended
	List  ui.List
	Chart *ui.Chart
}

// RoadFigures shows how long each part of a road takes, by body and region, from
// releases alone.
func RoadFigures(v *visit.Visit) error {
	f, last, err := v.Engine.Figures(v.Context())
	if err != nil {
		return err
	}
	page := &roadPage{Layout: v.Layout("web.road-figures.title"), Source: wholeSource(v, f, last)}
	page.Section, page.Crumbs = "figures", []ui.Crumb{{Href: v.Href("figures"), Text: v.T("web.figures.title")}}
	if len(f.Places) == 0 {
		page.Empty = ui.Empty{Text: v.T("web.figures.none")}
		return v.Page("public/roadfigures", page)
	}
	page.Files = show.NewListing(v, []any{"figures", "road"}).Files()
	for _, road := range roads(v.Engine.Pack()) {
		figures := newRoadFigures(v, road, f.Places)
		figures.Whole = newWholeRoad(v, road[0], f.Roads)
		page.Roads = append(page.Roads, figures)
	}
	if len(f.Roads) > 0 {
		page.Light = show.NewListing(v, []any{"figures", "light"}).Files()
	}
	return v.Page("public/roadfigures", page)
}

// roads are the services that lead to others, each road from its beginning.
func roads(p *service.Pack) (list [][]*service.Service) {
	for _, svc := range p.Services {
		if road := p.Leads(svc); len(road) > 1 && road[0] == svc {
			list = append(list, road)
		}
	}
	return list
}

func newRoadFigures(v *visit.Visit, road []*service.Service, places []release.PlaceFigures) roadFigures {
	first, last := road[0], road[len(road)-1]
	out := roadFigures{Title: v.T("web.road-figures.road", "from", v.In(first.Title), "to", v.In(last.Title))}
	out.List = ui.List{Caption: out.Title, Empty: ui.Empty{Text: v.T("web.road-figures.few", "minimum", release.Minimum)}, Columns: []ui.Column{
		{Title: v.T("web.road-figures.leg"), Head: true}, {Title: v.T("web.road-figures.body")}, {Title: v.T("web.road-figures.region")},
		{Title: v.T("web.road-figures.granted"), Number: true}, {Title: v.T("web.figures.median")}, {Title: v.T("web.figures.p90")},
	}}
	bar := chart.Bar{Frame: show.Frame(v, "road-"+strings.ReplaceAll(string(first.ID), ".", "-"), v.T("web.road-figures.median-days")), Axis: v.T("web.road-figures.leg"), Whole: v.T("web.road-figures.median-days")}
	for _, leg := range road {
		for _, p := range places {
			if p.Service != string(leg.ID) {
				continue
			}
			out.List.Rows = append(out.List.Rows, legRow(v, leg, p))
			if p.Body == "" && !p.Median.More {
				bar.Bars = append(bar.Bars, chart.Item{Name: v.In(leg.Title), Whole: int64(p.Median.N)})
			}
		}
	}
	if len(bar.Bars) > 0 {
		out.Chart = &ui.Chart{Figure: bar.Draw()} // the list below says the same
	}
	return out
}

func legRow(v *visit.Visit, leg *service.Service, p release.PlaceFigures) ui.Line {
	body, region := v.T("web.road-figures.all"), ""
	if p.Body != "" {
		body, region = show.Body(v, leg.Body), regionTitle(v, p.Region)
	}
	return ui.Line{Cells: []ui.Cell{
		{Text: v.In(leg.Title)}, {Text: body}, {Text: region}, {Text: locale.Number(v.Lang, int64(p.Cases))}, {Text: within(v, p.Median)}, {Text: within(v, p.P90)},
	}}
}

// regionTitle is the name of a region of the pack; of one that is not in it the code.
func regionTitle(v *visit.Visit, code string) string {
	regions := v.Engine.Pack().Regions
	if i := slices.IndexFunc(regions, func(r service.Region) bool { return r.Code == code }); i >= 0 {
		return v.In(regions[i].Title)
	}
	return code
}

// figuresFile is a table of figures to keep: its rows as docs/figures.py prints them, the
// first of them names, and a title for each column. Names with a unit in them are days.
func figuresFile(v *visit.Visit, format sheet.Format, name string, list sheet.Sheet, titles []string, rows [][]string, src ui.Source) error {
	for i, title := range titles {
		column := sheet.Column{Name: rows[0][i], Title: v.T(title)}
		if strings.Contains(rows[0][i], "_") {
			column.Unit = v.T("ui.unit.days")
		}
		list.Columns = append(list.Columns, column)
	}
	list.About = show.NewListing(v, []any{"figures", name}).About(
		sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, src.At)}, sheet.Note{Name: v.T("ui.sheet.method"), Text: src.Method},
		sheet.Note{Name: v.T("ui.sheet.limits"), Text: src.Limits}, sheet.Note{Name: v.T("web.entry.leaf"), Text: src.Hash})
	return v.Sheet("aiqyn-"+name, format, list, func(yield func(sheet.Row, error) bool) {
		for _, row := range rows[1:] {
			if !yield(cellsOf(row), nil) {
				return
			}
		}
	})
}

// placeTitles are the columns of the file of legs by place.
var placeTitles = []string{"web.verify.service", "web.road-figures.body", "web.road-figures.region", "web.road-figures.granted", "web.figures.median", "web.figures.p90"}

// RoadFile is the same to keep, row by row what docs/figures.py --places prints.
func RoadFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		f, last, err := v.Engine.Figures(v.Context())
		if err != nil {
			return err
		}
		return figuresFile(v, format, "road", sheet.Sheet{Title: v.T("web.road-figures.title")}, placeTitles, f.PlaceRows(), figuresSource(v, f, last))
	}
}
