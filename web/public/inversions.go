package public

import (
	"context"
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type inversionsPage struct {
	ui.Layout
	Verdict ui.Tag
	Text    string
	Counts  []ui.Row // of rounds
	Outside []ui.Row // of rounds
	Since   string   // from when on what is outside rounds is kept; "": all of it
	List    ui.List
}

// Inversions lists who came before others, and why: who was given a place before somebody
// with an earlier date, everybody of a round by their names there, and who came to stand
// before others, by the entry alone.
func Inversions(v *visit.Visit) error {
	svc, err := queueOf(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Inversions(v.Context(), svc.ID, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	page := &inversionsPage{Layout: v.Layout("web.inversions.title")}
	page.Section, page.Crumbs = "services", append(placesCrumbs(v, svc), ui.Crumb{Href: v.Href("places", svc.ID), Text: v.T("web.places.title")})
	counts := v.Engine.Inverted(svc.ID)
	page.Verdict, page.Text = verdictOn(v, counts), v.T("web.inversions.rounds", "n", counts.Rounds)
	if counts.Uncounted > 0 {
		page.Text += " " + v.T("web.inversions.uncounted", "n", counts.Uncounted)
	}
	for cause, n := range counts.Causes() {
		if n > 0 {
			page.Counts = append(page.Counts, ui.Row{Key: v.T("web.inversions.by." + cause), Value: locale.Number(v.Lang, n)})
		}
	}
	for _, c := range counts.Outside {
		page.Outside = append(page.Outside, ui.Row{Key: v.T("web.inversions.by." + c.Cause), Value: locale.Number(v.Lang, c.Count)})
	}
	if counts.Since > 0 {
		page.Since = v.T("web.inversions.since", "entry", counts.Since)
	}
	listing := show.NewListing(v, []any{"places", svc.ID, "inversions"})
	page.List = ui.List{
		Caption: v.T("web.inversions.title"), Empty: ui.Empty{Text: v.T("web.inversions.none")}, Total: listing.Total(len(list.Items), list.Next), Files: listing.Files(), Pager: listing.Pager(list.Next),
		Columns: []ui.Column{{Title: v.T("web.inversions.where"), Head: true}, {Title: v.T("web.inversions.why")}, {Title: v.T("web.inversions.count"), Number: true},
			{Title: v.T("web.inversions.served")}, {Title: v.T("web.inversions.first")}, {Title: v.T("web.document.entry"), Number: true}},
	}
	for _, i := range list.Items {
		why := ui.Cell{Text: v.T("web.inversions.by." + i.Cause)}
		if i.Unexplained() {
			why = ui.Cell{Tag: &ui.Tag{Kind: "bad", Text: v.T("web.inversions.by." + i.Cause)}}
		}
		served := ui.Cell{Text: i.Served, Code: true}
		if i.Served == "" {
			served = ui.Cell{Text: v.T("web.inversions.by-entry")}
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.GroupName(v, i.Group), Note: show.DayText(v, i.Day)}, why, {Text: locale.Number(v.Lang, int64(i.Count))}, served, {Text: i.First, Code: true},
			{Text: strconv.FormatInt(i.Entry, 10), Href: v.Href("ledger", i.Entry)},
		}})
	}
	return v.Page("public/inversions", page)
}

// verdictOn says at once whether anything is unexplained.
func verdictOn(v *visit.Visit, c casework.Inverted) ui.Tag {
	if c.Unexplained > 0 {
		return ui.Tag{Kind: "bad", Text: v.T("web.inversions.unexplained", "n", locale.Number(v.Lang, c.Unexplained))}
	}
	return ui.Tag{Kind: "good", Text: v.T("web.inversions.all-explained")}
}

// InversionsFile is the whole list as a file.
func InversionsFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		svc, err := queueOf(v)
		if err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.inversions.title"), Columns: []sheet.Column{
			{Name: "day", Title: v.T("web.rounds.day")}, {Name: "entry", Title: v.T("web.document.entry")}, {Name: "group", Title: v.T("web.inversions.where")}, {Name: "cause", Title: v.T("web.inversions.why")},
			{Name: "passed_over", Title: v.T("web.inversions.count")}, {Name: "served", Title: v.T("web.inversions.served")}, {Name: "first", Title: v.T("web.inversions.first")},
		}}
		return v.Sheet("aiqyn-inversions-"+string(svc.ID), format, list, inversionRows(v, svc))
	}
}

func inversionRows(v *visit.Visit, svc *service.Service) sheet.Rows {
	read := func(ctx context.Context, p casework.Page) (casework.List[casework.InversionView], error) {
		return v.Engine.Inversions(ctx, svc.ID, p)
	}
	return show.Rows(v.Context(), casework.Page{}, read, func(i casework.InversionView) sheet.Row {
		return sheet.Row{i.Day, i.Entry, i.Group.ID, i.Cause, int64(i.Count), i.Served, i.First}
	})
}
