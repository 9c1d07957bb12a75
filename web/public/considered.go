package public

import (
	"slices"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type consideredPage struct {
	ui.Layout
	Lede    string
	Reasons *ui.List // how many fall away, by why
	List    *ui.List
}

// considered is the list of all places that a search has considered, by what was asked.
func considered(v *visit.Visit) *show.Listing {
	names := []string{"parcel", "at", "kw", "because"}
	for _, q := range v.Engine.WishQuestions() {
		names = append(names, q.Name)
	}
	return show.NewListing(v, []any{"capacity", "points", "all"}, names...)
}

// Considered tells how many places a search for connection points has considered, why
// those fall away that are not shown, and lists them.
func Considered(v *visit.Visit) error {
	w, err := wishOf(v)
	if err != nil {
		return err
	}
	because := v.Query("because")
	got, err := v.Engine.ConsideredPoints(v.Context(), w, because, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	page := &consideredPage{Layout: v.Layout("web.considered.title")}
	page.Section = "capacity"
	listing := considered(v)
	page.Crumbs = append(capacityCrumbs(v), ui.Crumb{Href: asked(v, v.Href("capacity", "points"), ""), Text: v.T("web.wish.title")})
	page.Lede = v.T("web.considered.lede", "n", got.All, "shown", got.Shown, "kw", locale.Kilowatt(v.Lang, got.LoadW))
	page.Reasons = &ui.List{Caption: v.T("web.considered.why"), Empty: ui.Empty{Text: v.T("web.considered.none")},
		Columns: []ui.Column{{Title: v.T("web.points.why"), Head: true}, {Title: v.T("web.considered.count"), Number: true}}}
	for _, r := range got.Reasons {
		page.Reasons.Rows = append(page.Reasons.Rows, ui.Line{Cells: []ui.Cell{
			{Text: v.T("grid.because." + r), Href: asked(v, listing.Bare(), r)}, {Text: locale.Number(v.Lang, int64(got.Because[r]))},
		}})
	}
	page.List = consideredList(v, listing, got.List.Items, got.List.Next)
	if slices.Contains(got.Reasons, because) {
		page.List.Caption = v.T("grid.because." + because)
	}
	return v.Page("public/considered", page)
}

// asked is an address with what was asked, and the reason that is looked at.
func asked(v *visit.Visit, path, because string) string {
	q := v.R.URL.Query()
	q.Del("after")
	q.Del("because")
	if because != "" {
		q.Set("because", because)
	}
	return path + "?" + q.Encode()
}

func consideredList(v *visit.Visit, listing *show.Listing, items []casework.ConsideredPoint, next string) *ui.List {
	list := &ui.List{Caption: v.T("web.considered.list"), Total: listing.Total(len(items), next), Pager: listing.Pager(next), Empty: ui.Empty{Text: v.T("web.considered.none")},
		Columns: []ui.Column{
			{Title: v.T("web.points.point"), Head: true}, {Title: v.T("web.points.route"), Number: true}, {Title: v.T("web.points.cost"), Number: true},
			{Title: v.T("web.points.free"), Number: true}, {Title: v.T("web.points.limit")}, {Title: v.T("web.points.why")},
		}}
	for _, p := range items {
		free, limit, why := "–", "–", v.T("web.points.can")
		if p.Solved {
			free, limit = show.Watts(v, p.FreeW), show.Limit(v, p.Binding)
		}
		if p.Because != "" {
			why = v.T("grid.because." + p.Because)
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: p.ID}, {Text: locale.Distance(v.Lang, p.RouteM)}, {Text: locale.Money(v.Lang, p.Cost)}, {Text: free}, {Text: limit}, {Text: why},
		}})
	}
	return list
}
