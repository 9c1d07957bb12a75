package public

import (
	"slices"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
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
	return show.NewListing(v, []any{"capacity", "points", "all"}, show.ConsideredNames(v)...)
}

// Considered tells how many places a search for connection points has considered, why
// those fall away that are not shown, and lists them.
func Considered(v *visit.Visit) error {
	w, err := show.WishOf(v)
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
	list := &ui.List{Caption: v.T("web.considered.list"), Total: listing.Total(len(items), next), Pager: listing.Pager(next), Files: listing.Files(), Empty: ui.Empty{Text: v.T("web.considered.none")},
		Columns: []ui.Column{
			{Title: v.T("web.points.point"), Head: true}, {Title: v.T("web.points.route"), Number: true}, {Title: v.T("web.points.cost"), Number: true},
			{Title: v.T("web.points.free"), Number: true}, {Title: v.T("web.points.limit")}, {Title: v.T("web.points.why")},
		}}
	for _, p := range items {
		free, limit := "–", "–"
		if p.Solved {
			free, limit = show.Watts(v, p.FreeW), show.Limit(v, p.Binding)
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: p.ID}, {Text: locale.Distance(v.Lang, p.RouteM)}, {Text: locale.Money(v.Lang, p.Cost)}, {Text: free}, {Text: limit}, {Text: whyConsidered(v, p)},
		}})
	}
	return list
}

// ConsideredFile is all that a search has considered as a file; what was not solved has no
// free power and no limit in it.
func ConsideredFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		w, err := show.WishOf(v)
		if err != nil {
			return err
		}
		points, err := v.Engine.AllConsidered(v.Context(), w, v.Query("because"))
		if err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.considered.title"), Columns: []sheet.Column{
			{Name: "point", Title: v.T("web.points.point")}, {Name: "route_m", Title: v.T("web.points.route")},
			{Name: "cost", Title: v.T("web.points.cost"), Unit: v.T("ui.unit.tenge")}, {Name: "free_kw", Title: v.T("web.points.free"), Unit: v.T("ui.unit.kw")},
			{Name: "limit", Title: v.T("web.points.limit")}, {Name: "because", Title: v.T("web.points.why")}, {Name: "why", Title: v.T("web.points.why")},
		}}
		list.About = considered(v).About(sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, v.Now())})
		return v.Sheet("aiqyn-points", format, list, func(yield func(sheet.Row, error) bool) {
			for _, p := range points {
				var free, limit any
				if p.Solved {
					free, limit = kilowatts(p.FreeW), p.Binding
				}
				if !yield(sheet.Row{p.ID, p.RouteM, p.Cost / 100, free, limit, p.Because, whyConsidered(v, p)}, nil) {
					return
				}
			}
		})
	}
}

// whyConsidered says why a point is not shown, or that it can take the load.
func whyConsidered(v *visit.Visit, p casework.ConsideredPoint) string {
	if p.Because == "" {
		return v.T("web.points.can")
	}
	return v.T("grid.because." + p.Because)
}
