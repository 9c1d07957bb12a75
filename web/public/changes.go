package public

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// newestDays is how many published figures the page of a transformer shows of its
// history; historyDays how many a page of the history.
const (
	newestDays  = 7
	historyDays = 31
)

// causes says why something has changed.
func causes(v *visit.Visit, why []string) string {
	words := make([]string, len(why))
	for i, cause := range why {
		words[i] = v.T("web.cause." + cause)
	}
	return strings.Join(words, ", ")
}

// dayCause is why a day's figures are others than those before; empty if they are not.
func dayCause(v *visit.Visit, d casework.TrafoDay) string {
	if d.Change == nil {
		return ""
	}
	return causes(v, d.Change.Why)
}

// historyList are a transformer's published figures by day, the newest first.
func historyList(v *visit.Visit, days []casework.TrafoDay) ui.List {
	list := ui.List{
		Caption: v.T("web.history.title"), Empty: ui.Empty{Text: v.T("web.history.none")},
		Columns: []ui.Column{
			{Title: v.T("web.capacity.published"), Head: true}, {Title: v.T("web.capacity.free"), Number: true}, {Title: v.T("web.capacity.reserved"), Number: true},
			{Title: v.T("web.history.why")}, {Title: v.T("web.peaks.entry"), Number: true},
		},
	}
	for _, d := range days {
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: dayText(v, d.Day)}, {Text: show.Watts(v, d.Line.FreeW)}, {Text: show.Watts(v, d.Line.ReservedW)}, {Text: dayCause(v, d)},
			{Text: strconv.FormatInt(d.Entry, 10), Href: v.Href("ledger", d.Entry)},
		}})
	}
	return list
}

type historyPage struct {
	ui.Layout
	List   ui.List
	Source ui.Source
	Chart  *ui.Chart
}

// History shows what has been published of a transformer day by day, with the cause
// of each change.
func History(v *visit.Visit) error {
	id, line, publication, err := oneTrafo(v)
	if err != nil {
		return err
	}
	days, err := v.Engine.CapacityHistory(v.Context(), v.Actor(), id, casework.Page{After: v.Query("after"), Limit: historyDays})
	if err != nil {
		return err
	}
	name := show.TrafoName(line)
	page := &historyPage{Layout: v.Titled(v.T("web.history.of", "name", name)), Source: source(v, publication), Chart: show.FreeOverTime(v, days.Items)}
	page.Section = "capacity"
	page.Crumbs = append(capacityCrumbs(v), ui.Crumb{Href: v.Href("capacity", id), Text: name})
	listing := show.NewListing(v, []any{"capacity", id, "history"})
	page.List = historyList(v, days.Items)
	page.List.Pager, page.List.Files, page.List.Total = listing.Pager(days.Next), listing.Files(), listing.Total(len(days.Items), days.Next)
	return v.Page("public/history", page)
}

// oneTrafo is the transformer that the address names.
func oneTrafo(v *visit.Visit) (int, casework.TrafoLine, casework.Publication, error) {
	id, err := strconv.Atoi(v.Path("id"))
	if err != nil {
		return 0, casework.TrafoLine{}, casework.Publication{}, aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	line, publication, err := v.Engine.Transformer(v.Context(), v.Actor(), id)
	return id, line, publication, err
}

// HistoryFile is the whole history of a transformer as a file.
func HistoryFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		id, line, publication, err := oneTrafo(v)
		if err != nil {
			return err
		}
		kw := v.T("ui.unit.kw")
		list := sheet.Sheet{Title: v.T("web.history.of", "name", show.TrafoName(line)), Columns: []sheet.Column{
			{Name: "day", Title: v.T("web.capacity.published")}, {Name: "free_kw", Title: v.T("web.capacity.free"), Unit: kw},
			{Name: "free_if_reservations_lapse_kw", Title: v.T("web.capacity.lapse"), Unit: kw}, {Name: "reserved_kw", Title: v.T("web.capacity.reserved"), Unit: kw},
			{Name: "connected_kw", Title: v.T("web.capacity.connected"), Unit: kw}, {Name: "peak_kva", Title: v.T("web.capacity.peak"), Unit: v.T("ui.unit.kva")},
			{Name: "basis", Title: v.T("web.capacity.basis")}, {Name: "causes", Title: v.T("web.history.why")},
			{Name: "entry", Title: v.T("web.peaks.entry")}, {Name: "publication_sha256", Title: v.T("web.entry.leaf")},
		}}
		list.About = show.NewListing(v, []any{"capacity", id, "history"}).About(sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, publication.At)})
		read := func(ctx context.Context, p casework.Page) (casework.List[casework.TrafoDay], error) {
			return v.Engine.CapacityHistory(ctx, v.Actor(), id, p)
		}
		return v.Sheet("aiqyn-capacity-"+strconv.Itoa(id), format, list, show.Rows(v.Context(), casework.Page{}, read, func(d casework.TrafoDay) sheet.Row {
			why := ""
			if d.Change != nil {
				why = strings.Join(d.Change.Why, " ")
			}
			return sheet.Row{d.Day, kilowatts(d.Line.FreeW), kilowatts(d.Line.LapseW), kilowatts(d.Line.ReservedW), kilowatts(d.Line.ConnectedW),
				kilowatts(d.Line.PeakW), d.Line.Basis, why, d.Entry, d.Hash}
		}))
	}
}

type changesPage struct {
	ui.Layout
	List     ui.List
	Days     ui.List
	From, To casework.Publication
	Text     string
}

// changesFilter are the names that say which two days are held against each other.
var changesFilter = []string{"from", "to"}

// betweenDays are the two publications that the address names.
func betweenDays(v *visit.Visit) (from, to casework.Publication, err error) {
	return v.Engine.BetweenDays(v.Context(), v.Query("from"), v.Query("to"))
}

// Changes lists the transformers of which something has changed between two days,
// with the causes.
func Changes(v *visit.Visit) error {
	from, to, err := betweenDays(v)
	if aiqyn.KindOf(err) == aiqyn.NotFound && v.Query("from") == "" && v.Query("to") == "" {
		return oneDay(v)
	}
	if err != nil {
		return err
	}
	changes, err := v.Engine.CapacityChanges(v.Context(), v.Actor(), from, to, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	days, err := v.Engine.PublishedDays(v.Context(), casework.Page{Limit: historyDays})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"capacity", "changes"}, changesFilter...)
	page := &changesPage{Layout: v.Layout("web.changes.title"), From: from, To: to, Text: v.T("web.changes.between", "from", dayText(v, from.Day), "to", dayText(v, to.Day))}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	page.List = ui.List{
		Caption: page.Text, Total: listing.Total(len(changes.Items), changes.Next), Files: listing.Files(), Pager: listing.Pager(changes.Next),
		Filter: &ui.Filter{Action: listing.Bare(), Reset: listing.Plain(), Selects: []ui.Select{
			daySelect(v, "from", from.Day, days.Items), daySelect(v, "to", to.Day, days.Items)}},
		Columns: []ui.Column{
			{Title: v.T("web.capacity.transformer"), Head: true}, {Title: v.T("web.changes.was"), Number: true}, {Title: v.T("web.changes.is"), Number: true},
			{Title: v.T("web.changes.by"), Number: true}, {Title: v.T("web.history.why")},
		},
		Empty: ui.Empty{Text: v.T("web.changes.none")},
	}
	for _, c := range changes.Items {
		line := lineOf(c)
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.TrafoName(line), Href: v.Href("capacity", line.ID, "history"), Note: v.In(line.District)}, {Text: freeOf(v, c.Was)}, {Text: freeOf(v, c.Is)},
			{Text: gained(v, c)}, {Text: causes(v, c.Why)},
		}})
	}
	page.Days = publishedDays(v, days.Items)
	return v.Page("public/changes", page)
}

// daySelect offers the published days, and the one that the address names if it is
// older than they.
func daySelect(v *visit.Visit, name, chosen string, published []casework.Publication) ui.Select {
	days := make([]string, 0, len(published)+1)
	for _, p := range published {
		days = append(days, p.Day)
	}
	if !slices.Contains(days, chosen) {
		days = append(days, chosen)
	}
	s := ui.Select{Name: name, Label: v.T("web.changes." + name)}
	for _, day := range slices.Compact(days) { // of a day published twice, once
		s.Options = append(s.Options, ui.Option{Value: day, Label: dayText(v, day), Checked: day == chosen})
	}
	return s
}

// oneDay is the page while there are no two days to compare.
func oneDay(v *visit.Visit) error {
	page := &changesPage{Layout: v.Layout("web.changes.title"), List: ui.List{Empty: ui.Empty{Text: v.T("web.changes.alone")}}}
	page.Section, page.Crumbs = "capacity", capacityCrumbs(v)
	days, err := v.Engine.PublishedDays(v.Context(), casework.Page{Limit: historyDays})
	if err != nil {
		return err
	}
	page.Days = publishedDays(v, days.Items)
	return v.Page("public/changes", page)
}

// publishedDays are the newest publications, each with its difference to the one
// before.
func publishedDays(v *visit.Visit, days []casework.Publication) ui.List {
	list := ui.List{Caption: v.T("web.changes.days"), Columns: []ui.Column{{Title: v.T("web.capacity.published"), Head: true}, {Title: v.T("web.peaks.entry"), Number: true}, {Title: v.T("web.entry.leaf")}, {Title: v.T("web.changes.whole")}, {Title: v.T("web.changes.whole-map")}}}
	for i, d := range days {
		href, table, places := "", ui.Cell{}, ui.Cell{}
		if i == 0 || days[i-1].Day != d.Day {
			table = ui.Cell{Text: "CSV", Href: v.Href("capacity.csv") + "?day=" + d.Day}
			places = ui.Cell{Text: "GeoJSON", Href: v.Href("capacity.geojson") + "?day=" + d.Day}
		}
		if i < len(days)-1 && (i == 0 || days[i-1].Day != d.Day) { // of a day, the newest
			href = v.Href("capacity", "changes") + "?to=" + d.Day
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: dayText(v, d.Day), Href: href}, {Text: strconv.FormatInt(d.Entry, 10), Href: v.Href("ledger", d.Entry)}, {Text: d.Hash, Code: true}, table, places}})
	}
	return list
}

// lineOf is the transformer as it is, or as it was if it is gone.
func lineOf(c casework.TrafoDifference) casework.TrafoLine {
	if c.Is != nil {
		return *c.Is
	}
	if c.Was != nil {
		return *c.Was
	}
	return casework.TrafoLine{}
}

func freeOf(v *visit.Visit, l *casework.TrafoLine) string {
	if l == nil {
		return v.T("web.changes.absent")
	}
	return show.Watts(v, l.FreeW)
}

// gained is by how much more or less is free, where both are figures.
func gained(v *visit.Visit, c casework.TrafoDifference) string {
	if c.Was == nil || c.Is == nil || c.Was.FreeW < 0 || c.Is.FreeW < 0 {
		return ""
	}
	sign, by := "", c.Is.FreeW-c.Was.FreeW
	switch {
	case by > 0:
		sign = "+"
	case by < 0:
		sign, by = "−", -by
	}
	return sign + locale.Kilowatt(v.Lang, by)
}

// ChangesFile is that list as a file.
func ChangesFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		from, to, err := betweenDays(v)
		if err != nil {
			return err
		}
		kw := v.T("ui.unit.kw")
		list := sheet.Sheet{Title: v.T("web.changes.title"), Columns: []sheet.Column{
			{Name: "id", Title: v.T("web.capacity.id")}, {Name: "name", Title: v.T("web.capacity.transformer")},
			{Name: "was_free_kw", Title: v.T("web.changes.was"), Unit: kw}, {Name: "free_kw", Title: v.T("web.changes.is"), Unit: kw},
			{Name: "was_reserved_kw", Title: v.T("web.changes.was-reserved"), Unit: kw}, {Name: "reserved_kw", Title: v.T("web.capacity.reserved"), Unit: kw},
			{Name: "causes", Title: v.T("web.history.why")}, {Name: "from", Title: v.T("web.changes.from")}, {Name: "to", Title: v.T("web.changes.to")},
		}}
		list.About = show.NewListing(v, []any{"capacity", "changes"}, changesFilter...).About(sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, to.At)})
		read := func(ctx context.Context, p casework.Page) (casework.List[casework.TrafoDifference], error) {
			return v.Engine.CapacityChanges(ctx, v.Actor(), from, to, p)
		}
		return v.Sheet("aiqyn-capacity-changes", format, list, show.Rows(v.Context(), casework.Page{}, read, func(c casework.TrafoDifference) sheet.Row {
			line, row := lineOf(c), make(sheet.Row, 0, len(list.Columns))
			row = append(row, int64(line.ID), line.Name)
			for _, figure := range []func(*casework.TrafoLine) int64{
				func(l *casework.TrafoLine) int64 { return l.FreeW }, func(l *casework.TrafoLine) int64 { return l.ReservedW },
			} {
				for _, side := range []*casework.TrafoLine{c.Was, c.Is} {
					if side == nil {
						row = append(row, nil)
					} else {
						row = append(row, kilowatts(figure(side)))
					}
				}
			}
			return append(row, strings.Join(c.Why, " "), from.Day, to.Day)
		}))
	}
}
