package citizen

import (
	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type elsewherePage struct {
	ui.Layout
	List ui.List
	How  []string // to choose so
}

// Elsewhere tells somebody who waits where they would stand if they had chosen
// otherwise.
func Elsewhere(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if c.Queue == nil || c.Queue.State != casework.QueueWaiting || c.Queue.Slots != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	f := casework.PlaceFilter{District: v.Query("district"), Name: v.Query("name")}
	list, err := v.Engine.Elsewhere(v.Context(), v.Actor(), c.Ref, f, casework.Page{After: v.Query("after"), Limit: 25})
	if err != nil {
		return err
	}
	page := &elsewherePage{Layout: v.Layout("web.elsewhere.title"), How: []string{v.T("web.elsewhere.how")}}
	if show.Can(c, "transfer") {
		page.How = append(page.How, v.T("web.elsewhere.region"))
	}
	page.Section = "cases"
	page.Crumbs = []ui.Crumb{{Href: v.Href("cases"), Text: v.T("web.cases.title")}, {Href: v.Href("cases", c.Ref), Text: string(c.Ref)}}
	listing := show.NewListing(v, []any{"cases", c.Ref, "elsewhere"}, "district", "name")
	page.List = ui.List{
		Caption: v.T("web.elsewhere.caption"), Empty: ui.Empty{Text: v.T("web.elsewhere.none")}, Total: listing.Total(len(list.Items), list.Next), Pager: listing.Pager(list.Next),
		Filter: &ui.Filter{
			Action: listing.Bare(), Reset: listing.Plain(), Selects: []ui.Select{show.Districts(v, v.Engine.PlaceFacets(c.Service.ID))},
			Inputs: []ui.Input{{Name: "name", Label: v.T("web.places.name"), Value: v.Query("name")}},
		},
		Columns: []ui.Column{{Title: v.T("web.places.group"), Head: true}, {Title: v.T("web.elsewhere.position"), Number: true}, {Title: v.T("web.places.waiting"), Number: true}, {Title: v.T("web.places.free"), Number: true}},
	}
	for _, e := range list.Items {
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.GroupName(v, e.Group), Note: show.District(v, e.Group.Institution), Href: v.Href("places", c.Service.ID, "groups", e.Group.Institution.ID, e.Group.Name)},
			{Text: locale.Number(v.Lang, int64(e.Position))}, {Text: locale.Number(v.Lang, int64(e.Group.Waiting))}, {Text: locale.Number(v.Lang, int64(e.Group.Free()))},
		}})
	}
	return v.Page("citizen/elsewhere", page)
}
