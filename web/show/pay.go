package show

import (
	"cmp"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/pay"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Sum is an amount of a currency, in hundredths of it.
func Sum(v *visit.Visit, amount int64, currency string) string {
	if currency == pay.Tenge {
		return locale.Money(v.Lang, amount)
	}
	return locale.Decimal(v.Lang, float64(amount)/100, 2) + " " + currency
}

// Provider is who takes the money, as they call themselves; the bank of a
// demonstration has a name in each language.
func Provider(v *visit.Visit, name string) string {
	if name == pay.PracticeBank {
		return v.T("web.bank.title")
	}
	return name
}

// OnlyPrice says that nothing else is to be paid; of a lot, nothing beside its price.
func OnlyPrice(v *visit.Visit, svc *service.Service) string {
	if svc.Auction != nil {
		return v.T("web.pay.only-lot")
	}
	return v.T("web.pay.only")
}

// FeeRows say whether the official price of a case was paid, and what goes back.
func FeeRows(v *visit.Visit, c *casework.CaseView) []ui.Row {
	f := c.Fee
	if f == nil {
		return nil
	}
	sum := locale.Money(v.Lang, f.Amount)
	row := ui.Row{Key: v.T("web.pay.fee"), Value: v.T("web.pay.unpaid", "sum", sum), Note: Law(v, f.Law)}
	if !f.Paid.IsZero() {
		row.Value = v.T("web.pay.paid-on", "sum", sum, "date", locale.Date(v.Lang, f.Paid))
	}
	rows := []ui.Row{row}
	if d := f.Deposit; d != nil {
		rows[0].Key = v.T("web.pay.rest")
		rows = []ui.Row{{Key: v.T("web.lot.deposit"), Value: v.T("web.pay.paid-on", "sum", locale.Money(v.Lang, d.Amount), "date", locale.Date(v.Lang, d.Paid)), Note: Law(v, d.Law)}, rows[0]}
	}
	for _, r := range f.Refunds {
		rows = append(rows, ui.Row{Key: Refund(v, r), Value: v.T("web.pay.why." + string(r.Why))})
	}
	return rows
}

// Refund says that a sum goes back, or has gone.
func Refund(v *visit.Visit, r casework.RefundView) string {
	if r.Done.IsZero() {
		return v.T("web.pay.back", "sum", Sum(v, r.Amount, r.Currency))
	}
	return v.T("web.pay.went-back", "sum", Sum(v, r.Amount, r.Currency))
}

// FeeRules say how the price of a service is paid, and when it goes back.
func FeeRules(v *visit.Visit, svc *service.Service) (within Rule, refunds []Rule) {
	if svc.Fee.Pay == nil {
		return within, nil
	}
	term := svc.Fee.Pay.Within[0]
	within.Text, within.Law = v.T("web.pay.within", "term", Within(v, term.Term)), Law(v, cmp.Or(term.Law, svc.Fee.Pay.Law))
	for _, r := range svc.Fee.Refunds {
		if r.After == aiqyn.Lapsed {
			for _, name := range r.Reasons {
				refunds = append(refunds, Rule{v.T("web.bid.why." + name), Law(v, r.Law)})
			}
			continue
		}
		if r.After != aiqyn.Refused {
			refunds = append(refunds, Rule{v.T("web.pay.refund." + string(r.After)), Law(v, r.Law)})
		}
		for _, name := range r.Reasons {
			refunds = append(refunds, Rule{v.T("web.pay.refund.refused", "reason", Reason(v, svc, name)), Law(v, r.Law)})
		}
	}
	for i := range refunds { // a law that all of the next rest on too is named once, after the last
		if i+1 < len(refunds) && refunds[i].Law == refunds[i+1].Law {
			refunds[i].Law = ""
		}
	}
	return within, refunds
}
