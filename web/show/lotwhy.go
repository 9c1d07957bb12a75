package show

import (
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// LotWhy is why a plot went to whom it went, point by point, each with the entry that
// proves it; nil as long as nobody has won.
func LotWhy(v *visit.Visit, l casework.LotView, n casework.LotCounts) *ui.List {
	if l.Winner == "" {
		return nil
	}
	list := &ui.List{
		Caption: v.T("web.lot.why.caption"),
		Columns: []ui.Column{{Title: v.T("web.lot.why.what"), Head: true}, {Title: v.T("web.lot.why.how")}, {Title: v.T("web.lot.why.proof")}},
	}
	line := func(what, how, note string, entry int64) {
		proof := ui.Cell{}
		if entry != 0 {
			proof = ui.Cell{Text: v.T("web.rounds.entry", "entry", entry), Href: v.Href("ledger", entry)}
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: v.T(what)}, {Text: how, Note: note}, proof}})
	}
	number := func(n int) string { return locale.Number(v.Lang, int64(n)) }
	line("web.lot.why.bids", v.T("web.lot.why.opened", "seals", number(l.Seals), "n", number(l.Opened)), "", l.OpenedAt)
	line("web.lot.why.objections", v.T("web.lot.why.dismissed", "n", number(n.Dismissed)), v.T("web.lot.why.upheld"), 0)
	line("web.lot.price", locale.Money(v.Lang, l.Price), "", l.DrawnAt)
	switch {
	case l.ContractedAt != 0:
		line("web.lot.deposit", locale.Money(v.Lang, l.Deposit), "", l.Deposited)
		line("web.lot.why.rest", locale.Money(v.Lang, l.Rest), "", l.Paid)
		line("web.lot.why.contract", locale.DateTime(v.Lang, l.ContractTime), "", l.Contract)
	case l.DefaultedAt != 0:
		line("web.lot.deposit", locale.Money(v.Lang, l.Deposit), v.T("web.lot.why.kept", "sum", locale.Money(v.Lang, l.Kept)), 0)
		line("web.lot.why.rest", v.T("web.lot.why.not-paid"), "", l.DefaultedAt)
	case !l.PayBy.IsZero():
		line("web.lot.deposit", locale.Money(v.Lang, l.Deposit), "", 0)
		line("web.lot.why.rest", locale.Money(v.Lang, l.Price-l.Deposit), v.T("web.lot.pay-by", "at", locale.DateTime(v.Lang, l.PayBy)), 0)
	}
	if l.AnnulledAt != 0 {
		line("web.lot.why.annulled", locale.DateTime(v.Lang, l.Changed), v.T("web.lot.why.annulled-note"), l.Annulled)
	}
	return list
}
