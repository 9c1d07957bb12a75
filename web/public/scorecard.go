package public

import (
	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/release"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

type scorecardPage struct {
	ui.Layout
	List     ui.List
	Basis    *ui.Chart
	Refusals ui.List
	Source   ui.Source
}

// Scorecard shows how the utility keeps its terms and its word, each figure with
// what it is made of.
func Scorecard(v *visit.Visit) error {
	card, err := v.Engine.Scorecard(v.Context())
	if err != nil {
		return err
	}
	page := &scorecardPage{Layout: v.Layout("web.score.title"), Source: source(v, card.Publication)}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	page.List = ui.List{Caption: v.T("web.score.title"), Columns: []ui.Column{
		{Title: v.T("web.score.what"), Head: true}, {Title: v.T("web.score.n"), Number: true}, {Title: v.T("web.score.formula")}, {Title: v.T("web.score.source")},
	}}
	row := func(name string, text string) {
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{{Text: v.T("web.score." + name)}, {Text: text}, {Text: v.T("web.score." + name + ".formula")}, {Text: v.T("web.score." + name + ".source")}}})
	}
	row("granted", atLeast(v, card.Granted))
	row("refused", atLeast(v, card.Refused))
	row("kept", share(v, card))
	row("escalated", atLeast(v, card.Escalated))
	row("rejected", atLeast(v, card.Rejected))
	row("dearer", atLeast(v, card.Dearer))
	row("measured", locale.Number(v.Lang, card.Measured))
	row("estimated", locale.Number(v.Lang, card.Estimated))
	row("unknown", locale.Number(v.Lang, card.Unknown))
	page.Basis = basisChart(v, card)
	figures, _, err := v.Engine.Figures(v.Context())
	if err != nil {
		return err
	}
	var own []release.ServiceFigures
	for _, s := range figures.Services {
		if aiqyn.ServiceID(s.Service) == card.Service.ID {
			own = append(own, s)
		}
	}
	page.Refusals = refusals(v, own)
	return v.Page("public/scorecard", page)
}

// atLeast is a count of cases; a small one is not told.
func atLeast(v *visit.Visit, n int64) string {
	if n > 0 && n < casework.MinCount {
		return v.T("web.score.few", "n", casework.MinCount)
	}
	return locale.Number(v.Lang, n)
}

// share is the part of the ended cases of which no step was handed up.
func share(v *visit.Visit, c casework.Scorecard) string {
	ended := c.Granted + c.Refused
	if ended < casework.MinCount {
		return v.T("web.score.few", "n", casework.MinCount)
	}
	return locale.Number(v.Lang, int64(percent(max(ended-c.Escalated, 0), ended))) + " %"
}

func basisChart(v *visit.Visit, c casework.Scorecard) *ui.Chart {
	bar := chart.Bar{Frame: show.Frame(v, "basis", v.T("web.score.basis")), Axis: v.T("web.capacity.basis"), Whole: v.T("web.atlas.count")}
	for _, b := range []struct {
		name string
		n    int64
	}{{"measured", c.Measured}, {"estimated", c.Estimated}, {"unknown", c.Unknown}} {
		bar.Bars = append(bar.Bars, chart.Item{Name: v.T("web.basis." + b.name), Whole: b.n})
	}
	return ui.NewChart(bar.Draw())
}
