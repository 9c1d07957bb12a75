package citizen

import (
	"net/http"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// newPrice is the official price on the page of a case: to be paid, paid, or what
// goes back.
func newPrice(v *visit.Visit, c *casework.CaseView) *ui.Price {
	f := c.Fee
	if f == nil {
		return nil
	}
	sum := locale.Money(v.Lang, f.Amount)
	p := &ui.Price{Kind: "warn", Title: v.T("web.pay.owing", "sum", sum), Law: show.Law(v, f.Law)}
	switch {
	case !f.Paid.IsZero():
		p.Kind, p.Title = "good", v.T("web.pay.paid", "sum", sum)
		p.Text = v.T("web.pay.paid-at", "at", locale.DateTime(v.Lang, f.Paid), "receipt", f.Receipt)
		p.Links = []ui.Link{{Href: v.Href("cases", c.Ref, "receipts", f.Entry), Text: v.T("web.pay.proof")}}
	case f.Over:
		p.Kind, p.Title = "plain", v.T("web.pay.over")
	case c.Held:
		p.Text, p.Notes = v.T("web.pay.held"), owing(v, c)
	default:
		p.Text, p.Notes = v.T("web.pay.by", "date", f.Due), owing(v, c)
		if f.Deposit != nil {
			p.Text = v.T("web.pay.rest-by", "date", f.Due)
		}
	}
	if d := f.Deposit; d != nil {
		p.Notes = append(p.Notes, v.T("web.pay.deposit", "sum", locale.Money(v.Lang, d.Amount), "at", locale.DateTime(v.Lang, d.Paid), "receipt", d.Receipt))
	}
	if f.Waiting {
		p.Notes = append(p.Notes, v.T("web.pay.waiting"))
	}
	for _, r := range f.Refunds {
		p.Notes = append(p.Notes, show.Refund(v, r)+": "+v.T("web.pay.why."+string(r.Why))+".")
	}
	if show.Can(c, "pay") {
		p.Links = []ui.Link{{Href: v.Href("cases", c.Ref, "pay"), Text: v.T("web.action.pay")}}
	}
	return p
}

// owing is what whoever owes the price is told about it.
func owing(v *visit.Visit, c *casework.CaseView) []string {
	if c.Fee.Deposit != nil {
		return []string{v.T("web.pay.rest-unpaid"), show.OnlyPrice(v, c.Service)}
	}
	notes := []string{v.T("web.pay.clock"), show.OnlyPrice(v, c.Service)}
	if note := v.In(c.Service.Fee.Note); note != "" {
		notes = append(notes, note)
	}
	return notes
}

type payPage struct {
	ui.Layout
	Case            *casework.CaseView
	Price           *ui.Price
	Action, Command string // Action is empty when it cannot be paid now
	Button, Where   string
	Fault           string
}

// AskPay shows the price with its law before anybody is sent anywhere.
func AskPay(v *visit.Visit) error { return payForm(v, http.StatusOK, "") }

// payForm is the form, or why it could not be sent as long as the price is owed; of
// what is paid, or over, the page of the case tells.
func payForm(v *visit.Visit, status int, fault string) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	may := show.Can(c, "pay")
	if !may && (fault == "" || c.Fee == nil || !c.Fee.Owing()) {
		return v.Go("cases", c.Ref)
	}
	page := &payPage{
		Layout: v.Layout("web.pay.title"), Case: c, Price: newPrice(v, c), Command: v.NewCommand(),
		Button: v.T("web.pay.go", "sum", locale.Money(v.Lang, c.Fee.Amount)), Fault: fault,
	}
	if page.Price.Links = nil; may {
		page.Action = v.Href("cases", c.Ref, "pay")
	}
	if c.Fee.Deposit != nil {
		page.Layout = v.Layout("web.pay.rest-title")
	}
	page.Section, page.Back = "cases", v.Href("cases", c.Ref)
	if name := v.Engine.PaymentName(); name != "" {
		page.Where = v.T("web.pay.elsewhere", "provider", show.Provider(v, name))
	}
	leadsTo(v, v.Engine.PaymentPages())
	return v.PageAs(status, "citizen/pay", page)
}

// leadsTo lets the form of this one page end at an origin: browsers hold the
// answer to a form to its policy as well.
func leadsTo(v *visit.Visit, origin string) {
	if origin == "" {
		return
	}
	const csp, ours = "Content-Security-Policy", "form-action 'self'"
	h := v.W.Header()
	h.Set(csp, strings.Replace(h.Get(csp), ours, ours+" "+origin, 1))
}

// Pay sends the applicant to the provider's page. When the provider is away, the
// page says so and nothing is lost.
func Pay(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	ref := aiqyn.Reference(v.Path("ref"))
	address, err := v.Engine.Pay(v.Context(), casework.PayFee{ID: id, Actor: v.Actor(), Ref: ref, Lang: v.Lang, Return: v.Href("cases", ref, "paid")})
	switch aiqyn.KindOf(err) {
	case aiqyn.Unavailable:
		return payForm(v, http.StatusServiceUnavailable, v.Texts.Error(v.Lang, err))
	case aiqyn.Conflict:
		return payForm(v, http.StatusConflict, v.Texts.Error(v.Lang, err))
	}
	if err != nil {
		return err
	}
	return v.Redirect(address)
}

// Paid is where the provider sends the payer back to: it is asked what became of
// the order, and the page of the case tells.
func Paid(v *visit.Visit) error {
	ref := aiqyn.Reference(v.Path("ref"))
	if err := v.Engine.CheckPayment(v.Context(), v.Actor(), ref); err != nil {
		return err
	}
	return v.Go("cases", ref)
}
