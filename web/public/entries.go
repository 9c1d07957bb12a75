package public

import (
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// newestEntries is how many entries the ledger's first page shows; maxEntries
// how many a file holds: whoever wants the whole log reads its tiles.
const (
	newestEntries = 5
	maxEntries    = 100_000
)

// dayForm is how a file writes a day.
const dayForm = "2006-01-02"

type entriesPage struct {
	ui.Layout
	List  ui.List
	Limit string
}

// Entries lists the log from its newest entry back, or from a number on.
func Entries(v *visit.Visit) error {
	p, err := entriesAsked(v)
	if err != nil {
		return err
	}
	page := &entriesPage{Layout: v.Layout("web.entries.title"), Limit: v.T("ui.list.limit", "n", maxEntries)}
	page.Section = "ledger"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("ledger"), Text: v.T("web.ledger.title")}}
	if page.List, err = entryList(v, p); err != nil {
		return err
	}
	listing := show.NewListing(v, entriesPath, "from")
	page.List.Filter = &ui.Filter{Action: listing.Bare(), Reset: listing.Plain(),
		Inputs: []ui.Input{{Name: "from", Label: v.T("web.entries.from"), Value: v.Query("from"), Mode: "numeric", Width: "10", Plain: true}}}
	return v.Page("public/entries", page)
}

var entriesPath = []any{"ledger", "entries"}

// entriesAsked is the part of the log that the address asks for.
func entriesAsked(v *visit.Visit) (casework.Page, error) {
	p := casework.Page{After: v.Query("after"), Limit: pageSize}
	if from := v.Query("from"); from != "" && p.After == "" {
		n, err := strconv.ParseInt(from, 10, 64)
		if err != nil || n < 0 || n >= 1<<62 {
			return p, aiqyn.E(aiqyn.Invalid, "error.page")
		}
		p.After = strconv.FormatInt(n+1, 10) // the number itself is shown first
	}
	return p, nil
}

// entryList is a part of the log as a list. Its length is that of the log,
// which the log knows without counting.
func entryList(v *visit.Visit, p casework.Page) (ui.List, error) {
	list, err := v.Engine.Entries(v.Context(), p)
	if err != nil {
		return ui.List{}, err
	}
	head, err := v.Engine.Head(v.Context())
	if err != nil {
		return ui.List{}, err
	}
	listing := show.NewListing(v, entriesPath, "from")
	out := ui.List{
		Caption: v.T("web.entries.title"), Total: v.T("ui.list.all", "n", head.Size), Files: listing.Files(), Pager: listing.Pager(list.Next),
		Columns: []ui.Column{{Title: v.T("web.entries.number"), Head: true}, {Title: v.T("web.entry.day"), Number: true}, {Title: v.T("web.entry.leaf")}},
		Empty:   ui.Empty{Text: v.T("web.entries.none"), Action: &ui.Link{Href: listing.Bare(), Text: v.T("ui.filter.reset")}},
	}
	for _, e := range list.Items {
		out.Rows = append(out.Rows, ui.Line{Cells: []ui.Cell{
			{Text: strconv.FormatInt(e.Index, 10), Href: v.Href("ledger", e.Index)}, {Text: locale.Date(v.Lang, e.At)}, {Text: e.Leaf, Code: true},
		}})
	}
	return out, nil
}

// EntriesFile is the newest part of the log to keep.
func EntriesFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		p, err := entriesAsked(v)
		if err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.entries.title"), Columns: []sheet.Column{
			{Name: "entry", Title: v.T("web.entries.number")}, {Name: "day", Title: v.T("web.entry.day")}, {Name: "leaf_sha256", Title: v.T("web.entry.leaf")}}}
		list.About = show.NewListing(v, entriesPath, "from").About(show.AsOf(v), sheet.Note{Name: v.T("ui.sheet.limits"), Text: v.T("ui.list.limit", "n", maxEntries)})
		rows := show.Rows(v.Context(), casework.Page{After: p.After}, v.Engine.Entries, func(e casework.EntryLine) sheet.Row {
			return sheet.Row{e.Index, e.At.In(locale.Zone).Format(dayForm), e.Leaf}
		})
		return v.Sheet("aiqyn-ledger", format, list, newest(rows))
	}
}

// newest ends a file at its limit.
func newest(rows sheet.Rows) sheet.Rows {
	return func(yield func(sheet.Row, error) bool) {
		n := 0
		for row, err := range rows {
			if n++; n > maxEntries || !yield(row, err) {
				return
			}
		}
	}
}
