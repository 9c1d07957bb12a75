package public

import (
	"strconv"
	"strings"

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
	Odd      []string // what of the network nobody should overlook
	Refusals ui.List
	Of       string // whose
	Limits   string
	Others   []ui.Link // scorecards of other utilities
	Source   ui.Source
}

// Scorecard shows how the utility keeps its terms and its word, each figure with
// what it is made of.
func Scorecard(v *visit.Visit) error {
	card, err := v.Engine.Scorecard(v.Context(), aiqyn.ServiceID(v.Query("service")))
	if err != nil {
		return err
	}
	page := &scorecardPage{Layout: v.Layout("web.score.title"), Source: source(v, card.Publication)}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	page.List = ui.List{Caption: v.T("web.score.title"), Files: show.NewListing(v, []any{"capacity", "scorecard"}, "service").Files(), Columns: []ui.Column{
		{Title: v.T("web.score.what"), Head: true}, {Title: v.T("web.score.n"), Number: true}, {Title: v.T("web.score.formula")}, {Title: v.T("web.score.source")},
	}}
	row := func(name string, text string) {
		formula := v.T("web.score." + name + ".formula")
		if kind, ok := countedKinds[name]; ok {
			formula = v.T("web.score.with-entry", "entry", v.T("event."+string(kind)))
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{{Text: v.T("web.score." + name)}, {Text: text}, {Text: formula}, {Text: v.T("web.score." + name + ".source")}}})
	}
	row("granted", inTens(v, card.Granted))
	row("refused", inTens(v, card.Refused))
	row("kept", share(v, card))
	row("escalated", inTens(v, card.Escalated))
	row("rejected", inTens(v, card.Rejected))
	row("silent", inTens(v, card.Silent))
	if card.Network {
		row("flips", inTens(v, card.Flips))
		row("dearer", inTens(v, card.Dearer))
		row("measured", locale.Number(v.Lang, card.Measured))
		row("estimated", locale.Number(v.Lang, card.Estimated))
		row("unknown", locale.Number(v.Lang, card.Unknown))
		row("withdrawn", locale.Number(v.Lang, card.Withdrawn))
		row("owed", locale.Number(v.Lang, card.Owed))
		row("overdue", locale.Number(v.Lang, card.Overdue))
		page.link(v.T("web.score.withdrawn"), v.Href("capacity", "withdrawn"))
		page.link(v.T("web.score.owed"), v.Href("capacity", "owed"))
		page.Odd = odd(v, card)
		page.Basis = basisChart(v, card)
	}
	page.Limits = v.T("web.score.limits", "n", casework.MinCount, "day", ui.Day(v.Lang, card.Until))
	page.Of = show.Body(v, card.Service.Body) + " – " + v.In(card.Service.Title)
	for _, svc := range card.Others {
		if svc.ID != card.Service.ID {
			page.Others = append(page.Others, ui.Link{Href: v.Href("capacity", "scorecard") + "?service=" + string(svc.ID), Text: v.In(svc.Title)})
		}
	}
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

// odd names what a network has that limits nothing, or generates.
func odd(v *visit.Visit, card casework.Scorecard) (list []string) {
	o := card.Odd
	for _, of := range []struct {
		key string
		ids []int
		n   int
	}{{"web.score.unrated", o.Unrated, o.UnratedN}, {"web.score.generating", o.Generating, o.GeneratingN}} {
		if of.n == 0 {
			continue
		}
		words := make([]string, len(of.ids))
		for i, id := range of.ids {
			words[i] = strconv.Itoa(id)
		}
		if of.n > len(words) {
			words = append(words, "…")
		}
		list = append(list, v.T(of.key, "n", of.n, "list", strings.Join(words, ", ")))
	}
	return list
}

// link has a row lead to the list that it counts.
func (p *scorecardPage) link(name, href string) {
	for i := range p.List.Rows {
		if cell := &p.List.Rows[i].Cells[0]; cell.Text == name {
			cell.Href = href
		}
	}
}

// countedKinds are the entries whose cases a row counts.
var countedKinds = map[string]casework.EventKind{
	"escalated": casework.EventEscalated, "rejected": casework.EventRefusalRejected, "silent": casework.EventSilent,
	"flips": casework.EventFlip, "dearer": casework.EventDearer,
}

// inTens is a count of people; a small one is not told.
func inTens(v *visit.Visit, n int64) string {
	if n == casework.Few {
		return v.T("web.score.few", "n", casework.MinCount)
	}
	return locale.Number(v.Lang, n)
}

// share is which part of those who were answered, at least, were so before each term had
// passed.
func share(v *visit.Visit, c casework.Scorecard) string {
	if c.Kept == casework.Few {
		return v.T("web.score.few", "n", casework.MinShare)
	}
	return "≥ " + locale.Number(v.Lang, c.Kept) + " %"
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
