package public

import (
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/release"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

type figuresPage struct {
	ui.Layout
	Facts    []ui.Fact
	Services []serviceFigures
	Refusals ui.List
	Funnel   *ui.Chart
	Files    []ui.Link
	Source   ui.Source
	Empty    ui.Empty
}

// serviceFigures are one service: how long its answers took, how they ended.
type serviceFigures struct {
	Title string
	Facts []ui.Fact
	Chart *ui.Chart
}

// Figures shows how services answered, from releases alone.
func Figures(v *visit.Visit) error {
	f, last, err := v.Engine.Figures(v.Context())
	if err != nil {
		return err
	}
	page := &figuresPage{Layout: v.Layout("web.figures.title"), Source: figuresSource(v, f, last)}
	page.Section = "figures"
	if last.Hash == "" {
		page.Empty = ui.Empty{Text: v.T("web.figures.none")}
		return v.Page("public/figures", page)
	}
	page.Files = show.NewListing(v, []any{"figures"}).Files()
	page.Facts = []ui.Fact{
		{Name: v.T("web.figures.days"), Value: ui.Day(v.Lang, f.From) + " – " + ui.Day(v.Lang, f.To)},
		{Name: v.T("web.figures.closed"), Value: v.T("web.figures.closed-of", "n", f.Closed, "size", f.Size)},
	}
	for _, s := range f.Services {
		page.Services = append(page.Services, newServiceFigures(v, s))
	}
	page.Refusals = refusals(v, f.Services)
	page.Funnel = show.Refusals(v, shares(v, f.Services))
	return v.Page("public/figures", page)
}

func newServiceFigures(v *visit.Visit, s release.ServiceFigures) serviceFigures {
	out := serviceFigures{Title: serviceTitle(v, s.Service), Facts: []ui.Fact{
		{Name: v.T("web.figures.cases"), Value: locale.Number(v.Lang, int64(s.Cases))},
		{Name: v.T("web.figures.median"), Value: within(v, s.Median)},
		{Name: v.T("web.figures.p90"), Value: within(v, s.P90)},
	}}
	bar := chart.Bar{Frame: show.Frame(v, "outcomes-"+strings.ReplaceAll(s.Service, ".", "-"), out.Title), Axis: v.T("web.figures.outcome"),
		Whole: v.T("web.figures.cases"), Part: v.T("web.figures.proven"), Shares: v.T("web.figures.part")}
	for _, o := range byOutcome(s.Outcomes) {
		bar.Bars = append(bar.Bars, chart.Item{Name: v.T("outcome." + o.Outcome), Whole: int64(o.Cases), Part: int64(o.Proven)})
	}
	out.Chart = ui.NewChart(bar.Draw())
	return out
}

// shares are the refusals of each service among its cases.
func shares(v *visit.Visit, services []release.ServiceFigures) []chart.Unit {
	var units []chart.Unit
	for _, s := range services {
		u := chart.Unit{Name: serviceTitle(v, s.Service), N: s.Cases}
		for _, o := range s.Outcomes {
			if o.Outcome == string(aiqyn.Refused) {
				u.Events += o.Cases
			}
		}
		units = append(units, u)
	}
	return units
}

// byOutcome adds up what differs by reason alone.
func byOutcome(list []release.OutcomeFigure) []release.OutcomeFigure {
	var sums []release.OutcomeFigure
	at := make(map[string]int)
	for _, o := range list {
		i, ok := at[o.Outcome]
		if !ok {
			i = len(sums)
			at[o.Outcome] = i
			sums = append(sums, release.OutcomeFigure{Outcome: o.Outcome})
		}
		sums[i].Cases += o.Cases
		sums[i].Proven += o.Proven
	}
	return sums
}

// refusals lists why it was refused, service by service.
func refusals(v *visit.Visit, services []release.ServiceFigures) ui.List {
	list := ui.List{Caption: v.T("web.figures.refusals"), Empty: ui.Empty{Text: v.T("web.figures.no-refusals")}, Columns: []ui.Column{
		{Title: v.T("web.figures.reason"), Head: true}, {Title: v.T("web.verify.service")}, {Title: v.T("web.figures.cases"), Number: true},
	}}
	for _, s := range services {
		for _, o := range s.Outcomes {
			if o.Outcome != string(aiqyn.Refused) {
				continue
			}
			text, law := reasonText(v, s.Service, o.Reason)
			list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: text, Law: law}, {Text: serviceTitle(v, s.Service)}, {Text: locale.Number(v.Lang, int64(o.Cases))}}})
		}
	}
	return list
}

// reasonText is a reason as the pack in force says it; of one that is no longer
// in it the name is left.
func reasonText(v *visit.Visit, service, reason string) (text, law string) {
	if svc, ok := v.Engine.Pack().Service(aiqyn.ServiceID(service)); ok {
		for _, r := range svc.Refuse {
			if r.Name == reason {
				return v.In(r.Text), show.Law(v, r.Law)
			}
		}
	}
	return reason, ""
}

func serviceTitle(v *visit.Visit, id string) string {
	if svc, ok := v.Engine.Pack().Service(aiqyn.ServiceID(id)); ok {
		return v.In(svc.Title)
	}
	return id
}

// within is a number of days that was not exceeded, as far as it is known.
func within(v *visit.Visit, d release.Days) string {
	switch {
	case d.More && d.N < 0:
		return v.T("web.figures.unknown")
	case d.More:
		return v.T("web.figures.longer", "n", d.N)
	case d.N == 0:
		return v.T("web.figures.same-day")
	}
	return v.T("web.service.up-to", "term", v.T("days.calendar.term", "n", d.N))
}

func figuresSource(v *visit.Visit, f release.Figures, last casework.ReleaseView) ui.Source {
	s := ui.Source{At: last.At, Method: v.T("web.figures.method", "minimum", release.Minimum), Limits: v.T("web.figures.limits", "minimum", release.Minimum), Hash: last.Hash}
	if last.Hash != "" {
		s.Entry = v.Href("ledger", last.Entry)
	}
	return s
}

// FiguresFile is the same to keep, row by row what docs/figures.py prints.
func FiguresFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		f, last, err := v.Engine.Figures(v.Context())
		if err != nil {
			return err
		}
		rows := f.Rows()
		list := sheet.Sheet{Title: v.T("web.figures.title")}
		days := v.T("ui.unit.days")
		for i, name := range rows[0] {
			titles := []string{"web.verify.service", "web.figures.outcome", "web.figures.reason", "web.figures.cases", "web.figures.proven", "web.figures.median", "web.figures.p90"}
			column := sheet.Column{Name: name, Title: v.T(titles[i])}
			if i >= 5 {
				column.Unit = days
			}
			list.Columns = append(list.Columns, column)
		}
		src := figuresSource(v, f, last)
		list.About = show.NewListing(v, []any{"figures"}).About(
			sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, src.At)}, sheet.Note{Name: v.T("ui.sheet.method"), Text: src.Method},
			sheet.Note{Name: v.T("ui.sheet.limits"), Text: src.Limits}, sheet.Note{Name: v.T("web.entry.leaf"), Text: src.Hash})
		return v.Sheet("aiqyn-figures", format, list, func(yield func(sheet.Row, error) bool) {
			for _, row := range rows[1:] {
				if !yield(cellsOf(row), nil) {
					return
				}
			}
		})
	}
}

// cellsOf are the cells of a row, numbers as numbers.
func cellsOf(row []string) sheet.Row {
	var cells sheet.Row
	for _, text := range row {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			cells = append(cells, n)
		} else {
			cells = append(cells, text)
		}
	}
	return cells
}

type releasesPage struct {
	ui.Layout
	List  ui.List
	Index ui.Source
	Named bool // there is an index
}

// Releases lists what was released, and where everything published lies.
func Releases(v *visit.Visit) error {
	list, err := v.Engine.Releases(v.Context(), casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	index, err := v.Engine.PublishedIndex(v.Context())
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"releases"})
	page := &releasesPage{Layout: v.Layout("web.releases.title"), Named: index.Hash != ""}
	page.Section = "figures"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("figures"), Text: v.T("web.figures.title")}}
	page.Index = ui.Source{At: index.At, Method: v.T("web.releases.index"), Limits: v.T("web.releases.index-text"), Entry: v.Href("ledger", index.Entry), Hash: index.Hash}
	page.List = ui.List{
		Caption: page.Title, Total: listing.Total(len(list.Items), list.Next), Pager: listing.Pager(list.Next), Empty: ui.Empty{Text: v.T("web.figures.none")},
		Columns: []ui.Column{{Title: v.T("web.figures.days"), Head: true}, {Title: v.T("web.releases.opened"), Number: true}, {Title: v.T("web.releases.closed"), Number: true},
			{Title: v.T("web.releases.entry"), Number: true}, {Title: v.T("web.releases.file")}},
	}
	for _, r := range list.Items {
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: daysText(v, r)}, {Text: locale.Number(v.Lang, r.Opened)}, {Text: locale.Number(v.Lang, r.Closed)},
			{Text: strconv.FormatInt(r.Entry, 10), Href: v.Href("ledger", r.Entry)}, {Text: r.Hash, Href: "/published/releases/" + r.Hash + ".json", Code: true},
		}})
	}
	return v.Page("public/releases", page)
}

func daysText(v *visit.Visit, r casework.ReleaseView) string {
	if r.From == r.To {
		return dayText(v, r.From)
	}
	return dayText(v, r.From) + " – " + dayText(v, r.To)
}

func dayText(v *visit.Visit, day string) string {
	d, err := deadline.ParseDate(day)
	if err != nil {
		return day
	}
	return ui.Day(v.Lang, d)
}
