package account

import (
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type readingsPage struct {
	ui.Layout
	List ui.List
}

// Readings shows a person who looked at their data: who, what for, in which
// application, when. Of another's application they read for which service, and not
// whose it is.
func Readings(v *visit.Visit) error {
	found, err := v.Engine.Readings(v.Context(), v.Actor(), casework.Page{After: v.Query("after")})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"account", "readings"})
	page := &readingsPage{Layout: v.Layout("web.readings.title")}
	page.Section, page.Crumbs = "account", []ui.Crumb{{Href: v.Href("account"), Text: v.T("web.account.title")}}
	page.List = ui.List{
		Caption: v.T("web.readings.title"), Total: listing.Total(len(found.Items), found.Next), Pager: listing.Pager(found.Next),
		Empty: ui.Empty{Text: v.T("web.readings.none")},
		Columns: []ui.Column{
			{Title: v.T("web.readings.who"), Head: true}, {Title: v.T("web.readings.why")}, {Title: v.T("web.readings.what")},
			{Title: v.T("web.readings.case")}, {Title: v.T("web.readings.when"), Number: true},
		},
	}
	for _, r := range found.Items {
		in := ui.Cell{Text: string(r.Ref), Href: v.Href("cases", r.Ref), Note: v.In(r.Title)}
		when := ui.Cell{Text: locale.DateTime(v.Lang, r.At), Href: v.Href("cases", r.Ref, "receipts", r.Index)}
		if r.Ref == "" {
			in.Text, in.Href, when.Href = v.T("web.readings.another"), "", v.Href("ledger", r.Index)
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{{Text: reader(v, r)}, {Text: purpose(v, r)}, {Text: what(v, r)}, in, when}})
	}
	return v.Page("account/readings", page)
}

// reader is who looked: as what, of which body, under which tag.
func reader(v *visit.Visit, r casework.ReadingView) string {
	parts := []string{v.T("role." + string(r.Role))}
	if r.Body != "" {
		parts = append(parts, show.Body(v, r.Body))
	}
	if r.Officer != "" {
		parts = append(parts, string(r.Officer))
	}
	return strings.Join(parts, " · ")
}

func purpose(v *visit.Visit, r casework.ReadingView) string {
	switch r.Kind {
	case casework.EventSeen:
		return v.T("purpose." + string(r.Purpose))
	case casework.EventFileRead:
		if r.Purpose == "" {
			return v.T("web.readings.own")
		}
		return v.T("purpose." + string(r.Purpose))
	case casework.EventRead:
		return v.T("web.readings.consent")
	case casework.EventConsentedInPerson:
		return v.T("web.readings.in-person", "document", v.T("document."+r.Ground))
	case casework.EventReadRefused:
		return v.T("web.readings.refused")
	case casework.EventGlassAsked:
		return r.Ground + " – " + v.T("web.readings.asked")
	case casework.EventGlassOpened:
		return r.Ground
	}
	return v.T("web.readings.for-service")
}

func what(v *visit.Visit, r casework.ReadingView) string {
	if r.Kind == casework.EventFileRead {
		return v.T("web.readings.file")
	}
	if r.Kind == casework.EventConsentedInPerson {
		return v.T("web.readings.no-data")
	}
	if len(r.What) == 0 && r.Ref == "" {
		return v.T("web.readings.named")
	}
	if len(r.What) == 0 {
		return v.T("web.readings.all")
	}
	var names []string
	for _, name := range r.What {
		names = append(names, show.Register(v, name))
	}
	return strings.Join(names, ", ")
}
