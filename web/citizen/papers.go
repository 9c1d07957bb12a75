package citizen

import (
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/locale"
	"aiqyn/web/paper"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// ReceiptPDF is the receipt of one event on paper, with the proof inside.
func ReceiptPDF(v *visit.Visit) error {
	c, e, file, err := receipt(v)
	if err != nil {
		return err
	}
	p := paper.Paper{Title: v.T("web.receipt.title"), Caption: v.In(c.Title), Rows: paperRows(receiptRows(v, c, e, file)), Says: v.T("web.paper.proof"), Receipt: file, Made: e.At}
	return sendPaper(v, c, e.Index, p)
}

// ConditionsPDF is the document that a grant gives, on paper.
func ConditionsPDF(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if c.Conditions == nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-document")
	}
	file, err := v.Engine.Receipt(v.Context(), v.Actor(), c.Conditions.Entry)
	if err != nil {
		return err
	}
	p := paper.Paper{Title: v.In(c.Service.Outcome.Document), Caption: v.In(c.Title), Rows: paperRows(conditionRows(v, c)), Says: v.T("web.document.proof"), Receipt: file, Made: c.Conditions.At}
	return sendPaper(v, c, c.Conditions.Entry, p)
}

// Evidence is every proof of a case in one archive.
func Evidence(v *visit.Visit) error {
	ref := aiqyn.Reference(v.Path("ref"))
	archive, err := v.Engine.Evidence(v.Context(), v.Actor(), ref)
	if err != nil {
		return err
	}
	return v.File(archiveName(ref), "application/zip", archive)
}

// RefusalPage is what a refusal rests on, in the language of the page, to be kept.
func RefusalPage(v *visit.Visit) error {
	ref := aiqyn.Reference(v.Path("ref"))
	page, err := v.Engine.RefusalPage(v.Context(), v.Actor(), ref, v.Lang)
	if err != nil {
		return err
	}
	return v.File("aiqyn-"+string(ref)+"-"+string(v.Lang)+".html", "text/html; charset=utf-8", page)
}

// ticket is what somebody takes away from a shared screen.
func ticket(v *visit.Visit, c *casework.CaseView, clock *ui.Clock) (ui.Ticket, error) {
	t := ui.Ticket{Reference: string(c.Ref), Title: v.In(c.Title), Address: v.Origin() + v.Href("cases", c.Ref)}
	if clock != nil {
		t.By = clock.Title
	}
	var err error
	t.Code, err = paper.QR(t.Address, v.T("web.kiosk.qr"))
	return t, err
}

// printed is a document on paper, with the code that its PDF carries.
func printed(v *visit.Visit, entry int64, file string) (p ui.Paper, err error) {
	code, err := v.Engine.PaperCode(v.Context(), v.Actor(), entry)
	if err != nil {
		return p, err
	}
	p = ui.Paper{File: file, Href: v.Href("check", entry, code)}
	p.Check = v.Origin() + p.Href
	p.Code, err = paper.QR(p.Check, v.T("web.paper.qr"))
	return p, err
}

// proofs is where every proof of a case is to be had.
func proofs(v *visit.Visit, c *casework.CaseView) ui.Evidence {
	return ui.Evidence{File: v.Href("cases", c.Ref, "evidence.zip"), Name: archiveName(c.Ref), Entries: len(c.Events)}
}

func archiveName(ref aiqyn.Reference) string { return "aiqyn-" + string(ref) + ".zip" }

// sendPaper adds what every paper has and sends it.
func sendPaper(v *visit.Visit, c *casework.CaseView, entry int64, p paper.Paper) error {
	code, err := v.Engine.PaperCode(v.Context(), v.Actor(), entry)
	if err != nil {
		return err
	}
	p.Lang, p.Foot = v.Lang, v.T("web.name")+" · "+string(c.Ref)
	p.QR, p.QRSays = v.Origin()+v.Href("check", entry, code), v.T("web.paper.qr")
	file, err := p.PDF()
	if err != nil {
		return err
	}
	return v.File("aiqyn-"+string(c.Ref)+"-"+strconv.FormatInt(entry, 10)+".pdf", "application/pdf", file)
}

func paperRows(rows []ui.Row) []paper.Row {
	var list []paper.Row
	for _, r := range rows {
		if r.Note != "" {
			r.Value += "\n" + r.Note
		}
		list = append(list, paper.Row{Key: r.Key, Value: r.Value})
	}
	return list
}

// receiptRows say what a receipt proves, and that it leaves closed what names others.
func receiptRows(v *visit.Visit, c *casework.CaseView, e *casework.EventView, file []byte) []ui.Row {
	rows := []ui.Row{
		{Key: v.T("web.verify.event"), Value: show.Event(v, c, *e)},
		{Key: v.T("web.verify.recorded"), Value: locale.DateTime(v.Lang, e.At)},
		{Key: v.T("web.receipt.who"), Value: show.Who(v, *e)},
		{Key: v.T("web.document.number"), Value: string(c.Ref)},
		{Key: v.T("web.verify.service"), Value: v.In(c.Title)},
		{Key: v.T("web.document.entry"), Value: strconv.FormatInt(e.Index, 10)},
	}
	if e.Agent { // what they did, they did for the applicant
		rows = append(rows, show.Agent(v, c)...)
	}
	if r, err := ledger.ParseReceipt(file); err == nil && r.Private == nil {
		rows = append(rows, ui.Row{Key: v.T("web.receipt.closed"), Value: v.T("web.receipt.closed-why")})
	}
	return append(rows, moneyRows(v, e)...)
}

// moneyRows are the sum of an event that moved one, and the bank's own number.
func moneyRows(v *visit.Visit, e *casework.EventView) (rows []ui.Row) {
	amount, ok := e.Args["amount"].(int64)
	if !ok {
		return nil
	}
	currency, _ := e.Args["currency"].(string)
	rows = []ui.Row{{Key: v.T("web.pay.sum"), Value: show.Sum(v, amount, currency)}}
	if number, _ := e.Args["receipt"].(string); number != "" {
		rows = append(rows, ui.Row{Key: v.T("web.pay.bank-receipt"), Value: number})
	}
	return rows
}

// factRows are what the registers say, in a document that is about nothing else. Whom
// it is about stands above already.
func factRows(v *visit.Visit, c *casework.CaseView) (rows []ui.Row) {
	if c.Service.Kind != aiqyn.Fact {
		return nil
	}
	for _, f := range c.Facts {
		if f.Names {
			continue
		}
		if of, err := show.FactRows(v, f.Value); err == nil { // nothing recorded is no document
			rows = append(rows, of...)
		}
	}
	return rows
}

// conditionRows are what a document says.
func conditionRows(v *visit.Visit, c *casework.CaseView) []ui.Row {
	g := c.Conditions
	rows := []ui.Row{
		{Key: v.T("web.document.number"), Value: string(c.Ref)},
		{Key: v.T("web.document.given"), Value: locale.DateTime(v.Lang, g.At), Note: silent(v, g.BySilence)},
		{Key: v.T("web.document.to"), Value: c.Applicant}}
	rows = append(rows, show.Answers(v, c.Answers)...)
	rows = append(rows, show.Answers(v, c.Records)...) // what was found on site, on which a grant may rest
	if says := v.In(g.Says); says != "" {
		rows = append(rows, ui.Row{Key: v.T("web.document.says"), Value: says})
	}
	rows = append(rows, factRows(v, c)...)
	if g.AmountW > 0 {
		rows = append(rows, ui.Row{Key: v.T("web.document.power"), Value: locale.Kilowatt(v.Lang, g.AmountW)})
	}
	if p := g.Point; p != nil {
		rows = append(rows,
			ui.Row{Key: v.T("web.document.point"), Value: p.ID},
			ui.Row{Key: v.T("web.document.voltage"), Value: volts(v, p.Volts)},
			ui.Row{Key: v.T("web.document.route"), Value: locale.Distance(v.Lang, p.RouteM)},
			ui.Row{Key: v.T("web.document.cost"), Value: locale.Money(v.Lang, p.Cost)})
	}
	for _, a := range c.Along {
		row := ui.Row{Key: v.In(a.Service), Value: v.T("web.along.not-attached")}
		if a.Attached {
			row.Value, row.Note = string(a.Ref), v.T("web.along.attached", "entry", a.Grant)
		}
		rows = append(rows, row)
	}
	if b := c.Bid; b != nil && b.Price > 0 {
		rows = append(rows, show.LotRows(v, b.Lot)[1:5]...)
		rows = append(rows, ui.Row{Key: v.T("web.lot.price"), Value: locale.Money(v.Lang, b.Price)}, ui.Row{Key: v.T("web.lot.deposit"), Value: locale.Money(v.Lang, b.Lot.Deposit)}, ui.Row{Key: v.T("web.pay.rest"), Value: locale.Money(v.Lang, max(0, b.Price-b.Lot.Deposit))},
			ui.Row{Key: v.T("web.lot.page"), Value: b.Lot.ID})
	}
	if !g.ValidTo.IsZero() {
		rows = append(rows, ui.Row{Key: v.T("web.document.valid"), Value: locale.Date(v.Lang, g.ValidTo)})
	}
	return append(rows, ui.Row{Key: v.T("web.document.entry"), Value: strconv.FormatInt(g.Entry, 10)})
}

// volts is the voltage of a point, in kilovolts.
func volts(v *visit.Visit, n int64) string {
	if n == 0 {
		return v.T("web.document.voltage-unknown")
	}
	decimals := 0
	if n%1000 != 0 {
		decimals = 1
	}
	return v.T("web.document.kilovolts", "kv", locale.Decimal(v.Lang, float64(n)/1000, decimals))
}
