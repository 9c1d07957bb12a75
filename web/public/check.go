package public

import (
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type checkPage struct {
	ui.Layout
	Kind, Says string // of the panel
	Rows       []ui.Row
}

// Paper is where the code of a printed paper leads: whether it is ours and still
// stands. It names nobody.
func Paper(v *visit.Visit) error {
	index, err := strconv.ParseInt(v.Path("index"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.no-paper")
	}
	p, err := v.Engine.Paper(v.Context(), index, v.Path("code"))
	if err != nil {
		return err
	}
	page := &checkPage{Layout: v.Layout("web.paper.check-title"), Kind: "good", Says: v.T("web.paper.check-stands")}
	page.Section = "verify"
	switch {
	case !p.Stands:
		page.Kind, page.Says = "bad", v.T("web.paper.check-over")
	case p.Corrected:
		page.Kind, page.Says = "warn", v.T("web.paper.check-corrected")
	}
	page.Rows = []ui.Row{
		{Key: v.T("web.verify.service"), Value: v.In(p.Service.Title)},
		{Key: v.T("web.verify.event"), Value: happened(v, p.Kind)},
		{Key: v.T("web.verify.recorded"), Value: locale.Date(v.Lang, p.Entry.At)},
	}
	if p.Outcome != "" {
		page.Rows = append(page.Rows, ui.Row{Key: v.T("web.paper.check-now"), Value: v.T("outcome." + string(p.Outcome))})
	}
	page.Rows = append(page.Rows,
		ui.Row{Key: v.T("web.document.entry"), Value: strconv.FormatInt(index, 10)},
		ui.Row{Key: v.T("web.entry.leaf"), Value: p.Entry.Leaf},
		ui.Row{Key: v.T("web.paper.check-proven"), Value: show.Proven(v, p.Entry.Proven).Text})
	return v.Page("public/check", page)
}

// happened tells what was recorded to whoever holds the paper, who need not be
// the applicant.
func happened(v *visit.Visit, kind casework.EventKind) string {
	if key := "paper.event." + string(kind); v.Texts.Has(key) {
		return v.T(key)
	}
	return v.T("event." + string(kind))
}
