package public

import (
	"slices"
	"strings"
	"time"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/release"
	"aiqyn/service"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

// wholeRoad is how long whole roads were, from the first application to the end of
// what follows, and whom they waited for.
type wholeRoad struct {
	Facts     []ui.Fact
	Chart     *ui.Chart
	Waits     ui.List
	Months    ui.List
	Districts ui.List
}

// newWholeRoad shows what releases say of roads that begin with a service; nil if no
// ten have ended.
func newWholeRoad(v *visit.Visit, first *service.Service, all []release.RoadFigures) *wholeRoad {
	at := slices.IndexFunc(all, func(f release.RoadFigures) bool { return f.Service == string(first.ID) && f.Whole() })
	if at < 0 {
		return nil
	}
	f := &all[at]
	w := &wholeRoad{Facts: []ui.Fact{
		{Name: v.T("web.road-whole.ended"), Value: locale.Number(v.Lang, int64(f.Cases))},
		{Name: v.T("web.road-whole.median"), Value: within(v, f.Median)},
		{Name: v.T("web.road-whole.p90"), Value: within(v, f.P90)},
		{Name: v.T("web.road-whole.running"), Value: v.T("web.road-whole.at-least", "n", f.Running)},
		{Name: v.T("web.road-whole.still"), Value: within(v, f.Still)},
	}}
	w.Chart = lengths(v, first, f)
	w.Waits = waitsList(v, f)
	w.Months = roadsBy(v, "web.road-whole.month", all, func(g *release.RoadFigures) string {
		if g.Service != f.Service || g.Month == "" {
			return ""
		}
		m, err := time.Parse("2006-01", g.Month)
		if err != nil {
			return g.Month
		}
		return locale.Month(v.Lang, m.Year(), m.Month())
	})
	w.Districts = roadsBy(v, "web.road-whole.district", all, func(g *release.RoadFigures) string {
		if g.Service != f.Service || g.District == "" {
			return ""
		}
		return placeTitle(v, g.Region, g.District)
	})
	return w
}

// lengths draws how many roads certainly took no longer than so many days.
func lengths(v *visit.Visit, first *service.Service, f *release.RoadFigures) *ui.Chart {
	bar := chart.Bar{Frame: show.Frame(v, "lengths-"+strings.ReplaceAll(string(first.ID), ".", "-"), v.T("web.road-whole.lengths")),
		Axis: v.T("web.road-whole.up-to"), Whole: v.T("web.road-whole.certainly")}
	for _, w := range f.Within {
		bar.Bars = append(bar.Bars, chart.Item{Name: v.T("web.road.days", "n", w.Days), Whole: int64(w.Cases)})
	}
	bar.Bars = append(bar.Bars, chart.Item{Name: v.T("web.road-whole.any"), Whole: int64(f.Cases)})
	return ui.NewChart(bar.Draw())
}

// waitsList is whom a road waited for, in the mean.
func waitsList(v *visit.Visit, f *release.RoadFigures) ui.List {
	list := ui.List{Caption: v.T("web.road-whole.waits"), Columns: []ui.Column{
		{Title: v.T("web.road-whole.for"), Head: true}, {Title: v.T("web.road-whole.mean-days"), Number: true},
	}}
	for _, row := range []struct {
		key  string
		days int
	}{
		{"applicant", f.Waits.Applicant}, {"body", f.Waits.Body}, {"others", f.Waits.Others}, {"state", f.Waits.State}, {"all", f.Waits.Sum()}, {"working", f.Working},
	} {
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: v.T("web.road-whole." + row.key)}, {Text: locale.Decimal(v.Lang, float64(f.Mean(row.days))/10, 1)}}})
	}
	return list
}

// roadsBy lists what is told apart by something; name is "" of what is not in it.
func roadsBy(v *visit.Visit, title string, all []release.RoadFigures, name func(*release.RoadFigures) string) ui.List {
	list := ui.List{Caption: v.T(title + "s"), Empty: ui.Empty{Text: v.T("web.road-figures.few", "minimum", release.Minimum)}, Columns: []ui.Column{
		{Title: v.T(title), Head: true}, {Title: v.T("web.road-whole.ended"), Number: true}, {Title: v.T("web.road-whole.median")}, {Title: v.T("web.road-whole.p90")},
		{Title: v.T("web.road-whole.mean-applicant"), Number: true}, {Title: v.T("web.road-whole.mean-body"), Number: true},
	}}
	mean := func(f *release.RoadFigures, days int) string {
		return locale.Decimal(v.Lang, float64(f.Mean(days))/10, 1)
	}
	for i := range all {
		f := &all[i]
		if text := name(f); text != "" {
			list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: text}, {Text: locale.Number(v.Lang, int64(f.Cases))}, {Text: within(v, f.Median)}, {Text: within(v, f.P90)},
				{Text: mean(f, f.Waits.Applicant)}, {Text: mean(f, f.Waits.Body)}}})
		}
	}
	return list
}

// placeTitle is the name of a district of the pack; of one that is not in it the code.
func placeTitle(v *visit.Visit, region, district string) string {
	for _, r := range v.Engine.Pack().Regions {
		if i := slices.IndexFunc(r.Districts, func(d service.Region) bool { return d.Code == district }); r.Code == region && i >= 0 {
			return v.In(r.Districts[i].Title)
		}
	}
	return district
}

// wholeSource is that of all figures, with how roads are counted.
func wholeSource(v *visit.Visit, f release.Figures, last casework.ReleaseView) ui.Source {
	s := figuresSource(v, f, last)
	s.Method = v.T("web.road-whole.method", "minimum", release.Minimum)
	s.Limits = v.T("web.road-whole.limits", "minimum", release.Minimum)
	return s
}

// roadTitles are the columns of the file of whole roads.
var roadTitles = []string{"web.verify.service", "web.road-whole.month", "web.road-figures.region", "web.road-whole.district", "web.road-whole.ended", "web.road-whole.median",
	"web.road-whole.p90", "web.road-whole.all", "web.road-whole.working", "web.road-whole.applicant", "web.road-whole.body", "web.road-whole.others", "web.road-whole.state",
	"web.road-whole.running", "web.road-whole.still"}

// LightFile is what is told of whole roads to keep, row by row what
// docs/figures.py --roads prints.
func LightFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		f, last, err := v.Engine.Figures(v.Context())
		if err != nil {
			return err
		}
		return figuresFile(v, format, "light", sheet.Sheet{Title: v.T("web.road-whole.title")}, roadTitles, f.RoadRows(), wholeSource(v, f, last))
	}
}
