package office

import (
	"context"
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type flipsPage struct {
	ui.Layout
	List ui.List
}

// Flips lists refusals that were granted later to anyone at the same place, with
// nothing to show that there was more room by then.
func Flips(v *visit.Visit) error {
	list, err := v.Engine.Flips(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	page := &flipsPage{Layout: v.Layout("web.flips.title")}
	page.Section, page.Back = "office", v.Href("office")
	listing := show.NewListing(v, []any{"office", "flips"})
	page.List = ui.List{
		Caption: v.T("web.flips.title"), Total: listing.Total(len(list.Items), list.Next), Files: listing.Files(), Pager: listing.Pager(list.Next), Empty: ui.Empty{Text: v.T("web.flips.none")},
		Columns: []ui.Column{
			{Title: v.T("web.flips.object"), Head: true}, {Title: v.T("web.flips.where")}, {Title: v.T("web.flips.refused")}, {Title: v.T("web.flips.granted")}, {Title: v.T("web.flips.days"), Number: true},
			{Title: v.T("web.flips.who")}, {Title: v.T("web.flips.proof")}, {Title: v.T("web.flips.change")},
		},
	}
	for _, f := range list.Items {
		who := ui.Tag{Text: v.T("web.flips.same")}
		if f.Other {
			who = ui.Tag{Kind: "bad", Text: v.T("web.flips.other")}
		}
		through := ""
		if f.Agent {
			through = v.T("web.flips.agent")
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: f.Object, Note: locale.DateTime(v.Lang, f.At)}, where(v, f), {Text: string(f.Refused), Href: v.Href("office", "cases", f.Refused)}, {Text: string(f.Granted), Href: v.Href("office", "cases", f.Granted)},
			{Text: locale.Number(v.Lang, int64(f.Days))}, {Tag: &who, Note: through}, {Text: proof(v, f)}, change(v, f),
		}})
	}
	return v.Page("office/flips", page)
}

// where says what the two have in common, and whether the point was another.
func where(v *visit.Visit, f casework.Flip) ui.Cell {
	c := ui.Cell{Text: v.T("web.flips.parcel")}
	if f.Node != "" {
		c.Text = v.T("web.flips.node", "node", f.Node)
	}
	if f.Point {
		c.Note = v.T("web.flips.point")
	}
	return c
}

// change says what was different and excuses nothing, and by which act the network was
// changed.
func change(v *visit.Visit, f casework.Flip) (c ui.Cell) {
	if f.Change != "" {
		c.Text = v.T("web.flips.change-"+f.Change, "kw", locale.Number(v.Lang, f.Watt/1000))
	}
	if f.Act >= 0 {
		c = ui.Cell{Text: v.T("web.flips.act", "entry", strconv.FormatInt(f.Act, 10)), Href: v.Href("capacity-tables", f.Act), Note: c.Text}
	}
	return c
}

// act is the entry by which the network was changed, nil if none was.
func act(f casework.Flip) any {
	if f.Act < 0 {
		return nil
	}
	return f.Act
}

func proof(v *visit.Visit, f casework.Flip) string {
	if f.Imported {
		return v.T("web.flips.unproven")
	}
	return v.T("web.flips.proven")
}

// FlipsFile is the whole list as a file.
func FlipsFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		if _, err := v.Engine.Flips(v.Context(), v.Actor(), casework.Page{Limit: 1}); err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.flips.title"), Columns: []sheet.Column{
			{Name: "object", Title: v.T("web.flips.object")}, {Name: "refused", Title: v.T("web.flips.refused")}, {Name: "granted", Title: v.T("web.flips.granted")},
			{Name: "days", Title: v.T("web.flips.days")}, {Name: "other_applicant", Title: v.T("web.flips.who")}, {Name: "imported", Title: v.T("web.flips.proof")}, {Name: "entry", Title: v.T("web.peaks.entry")},
			{Name: "transformer", Title: v.T("web.flips.where")}, {Name: "other_representative", Title: v.T("web.flips.agent")},
			{Name: "other_point", Title: v.T("web.flips.point")}, {Name: "change", Title: v.T("web.flips.change")}, {Name: "change_kw", Title: v.T("web.flips.change-kw")},
			{Name: "network_changed_by", Title: v.T("web.tables.title")},
		}}
		read := func(ctx context.Context, p casework.Page) (casework.List[casework.Flip], error) {
			return v.Engine.Flips(ctx, v.Actor(), p)
		}
		return v.Sheet("aiqyn-contradictions", format, list, show.Rows(v.Context(), casework.Page{}, read, func(f casework.Flip) sheet.Row {
			return sheet.Row{f.Object, string(f.Refused), string(f.Granted), int64(f.Days), f.Other, f.Imported, f.Entry, f.Node, f.Agent, f.Point, f.Change, f.Watt / 1000, act(f)}
		}))
	}
}
