package public

import (
	"strconv"
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type dutiesPage struct {
	ui.Layout
	Lede string
	List ui.List
}

// Owed lists the readings that the utility owes, and those that it has owed.
func Owed(v *visit.Visit) error {
	list, err := v.Engine.MeasurementsOwed(v.Context(), v.Actor(), casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"capacity", "owed"})
	page := &dutiesPage{Layout: v.Layout("web.owed.title"), Lede: v.T("web.owed.lede")}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	page.List = ui.List{
		Caption: page.Title, Pager: listing.Pager(list.Next), Empty: ui.Empty{Text: v.T("web.owed.none")},
		Columns: []ui.Column{
			{Title: v.T("web.capacity.transformer"), Head: true}, {Title: v.T("web.owed.since")}, {Title: v.T("web.owed.due")}, {Title: v.T("web.owed.state")},
			{Title: v.T("web.peaks.entry"), Number: true},
		},
	}
	for i := range list.Items {
		debt := &list.Items[i]
		for _, of := range debt.Trafos {
			page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
				{Text: of.Name, Href: v.Href("capacity", of.Trafo)}, {Text: locale.DateTime(v.Lang, debt.At)}, {Text: locale.DateTime(v.Lang, debt.Due)},
				owedState(v, debt, of), {Text: strconv.FormatInt(debt.Entry, 10), Href: v.Href("ledger", debt.Entry)},
			}})
		}
	}
	return v.Page("public/duties", page)
}

// owedState says whether a reading is there, and how late it is if not.
func owedState(v *visit.Visit, debt *casework.Debt, of casework.DebtOf) ui.Cell {
	switch {
	case of.Met >= 0:
		return ui.Cell{Tag: &ui.Tag{Kind: "good", Text: v.T("web.owed.met")}, Note: v.T("web.owed.by", "entry", strconv.FormatInt(of.Met, 10))}
	case v.Now().After(debt.Due):
		return ui.Cell{Tag: &ui.Tag{Kind: "bad", Text: v.T("web.owed.overdue")}}
	}
	return ui.Cell{Tag: &ui.Tag{Kind: "warn", Text: v.T("web.owed.open")}}
}

// Withdrawn lists what was published as free and withdrawn since, by whose word.
func Withdrawn(v *visit.Visit) error {
	list, err := v.Engine.Withdrawals(v.Context(), v.Actor(), 0, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"capacity", "withdrawn"})
	page := &dutiesPage{Layout: v.Layout("web.withdrawn.title"), Lede: v.T("web.withdrawn.lede"), List: withdrawals(v, list.Items, true)}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	page.List.Pager = listing.Pager(list.Next)
	return v.Page("public/duties", page)
}

// withdrawals are such a list, of one transformer or of all.
func withdrawals(v *visit.Visit, items []casework.Reduction, all bool) ui.List {
	list := ui.List{
		Caption: v.T("web.withdrawn.title"), Empty: ui.Empty{Text: v.T("web.withdrawn.none")},
		Columns: []ui.Column{{Title: v.T("web.withdrawn.at"), Head: true}},
	}
	if all {
		list.Columns = append(list.Columns, ui.Column{Title: v.T("web.capacity.transformer")})
	}
	list.Columns = append(list.Columns, ui.Column{Title: v.T("web.withdrawn.ground")}, ui.Column{Title: v.T("web.withdrawn.meters"), Number: true}, ui.Column{Title: v.T("web.peaks.entry"), Number: true})
	for _, r := range items {
		cells := []ui.Cell{{Text: locale.DateTime(v.Lang, r.At)}}
		if all {
			cells = append(cells, ui.Cell{Text: r.Name, Href: v.Href("capacity", r.Trafo)})
		}
		meters := v.T("web.withdrawn.by", "meters", strings.Join(r.Meters, ", "))
		list.Rows = append(list.Rows, ui.Line{Cells: append(cells, ui.Cell{Text: r.Ground}, ui.Cell{Text: show.Watts(v, r.Watt), Note: meters},
			ui.Cell{Text: strconv.FormatInt(r.Entry, 10), Href: v.Href("ledger", r.Entry)})})
	}
	return list
}
