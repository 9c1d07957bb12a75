package citizen

import (
	"fmt"
	"net/http"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// bidPage is where a bid is sealed, and opened.
type bidPage struct {
	ui.Layout
	Rows         []ui.Row
	Round, Name  string // what seals are made with
	Least        int64  // tiyn
	Low          string // what is wrong with less
	Prepare      string // address of the form that makes a seal here; "" when it is not the time
	Send         string // of the one that hands a seal in
	Open         string // of the one that opens the bid; "" when it is not the time
	Command      string
	Amount, Seal ui.Input
	OpenAmount   ui.Input
	Salt         ui.Input
	Made         *madeSeal // made by the server just now, and kept by nobody
	Shell        string
}

// madeSeal is a seal with what opens it.
type madeSeal struct{ Sum, Salt, Seal string }

// Bid is the page.
func Bid(v *visit.Visit) error { return bidForm(v, http.StatusOK, "", "", nil) }

func bidForm(v *visit.Visit, status int, field, fault string, made *madeSeal) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	b := c.Bid
	if b == nil || b.Objects {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	seals, opens := show.Can(c, "seal-bid"), show.Can(c, "open-bid")
	if !seals && !opens {
		return v.Go("cases", c.Ref)
	}
	page := &bidPage{Layout: v.Layout("web.bid.title"), Rows: show.LotRows(v, b.Lot)[:1], Round: b.Round, Name: b.Name, Command: v.NewCommand(), Made: made}
	page.Section, page.Back = "cases", v.Href("cases", c.Ref)
	page.Rows = append(page.Rows, ui.Row{Key: v.T("web.lot.least"), Value: locale.Money(v.Lang, b.Lot.Least)}, ui.Row{Key: v.T("web.lot.bidder"), Value: b.Name})
	sum := ui.Input{Name: "amount", Label: v.T("web.bid.amount"), Hint: v.T("web.bid.amount-hint", "least", locale.Money(v.Lang, b.Lot.Least)), Mode: "numeric", Width: "20", Suffix: "₸", Plain: true, Autocomplete: "off"}
	if seals {
		page.Prepare, page.Send = v.Href("cases", c.Ref, "bid", "prepare"), v.Href("cases", c.Ref, "bid")
		page.Amount, page.Least, page.Low = sum, b.Lot.Least, tooLow(v, b)
		page.Seal = ui.Input{Name: "seal", Label: v.T("web.bid.seal"), Hint: v.T("web.bid.seal-hint"), Plain: true, Autocomplete: "off"}
		page.Shell = fmt.Sprintf("aiqyn allocate --seal %s --as %s --least %d --tiyn 000000", b.Round, b.Name, b.Lot.Least)
	} else {
		page.Open = v.Href("cases", c.Ref, "bid", "open")
		sum.Hint = v.T("web.bid.open-hint")
		page.OpenAmount = sum
		page.Salt = ui.Input{Name: "salt", Label: v.T("web.bid.salt"), Hint: v.T("web.bid.salt-hint"), Plain: true, Autocomplete: "off"}
		page.OpenAmount.Value, page.Salt.Value = v.Field("amount"), v.Field("salt")
	}
	if fault != "" {
		page.fault(v, field, fault)
	}
	return v.PageAs(status, "citizen/bid", page)
}

// fault puts what is wrong beside its field.
func (p *bidPage) fault(v *visit.Visit, field, fault string) {
	p.Errors = []ui.FieldError{{Field: field, Text: fault}}
	for _, in := range []*ui.Input{&p.Amount, &p.Seal, &p.OpenAmount, &p.Salt} {
		if in.Name == field {
			in.Error, in.Value = fault, v.Field(field)
		}
	}
}

// tooLow says of a sum below the least price that it cannot win.
func tooLow(v *visit.Visit, b *casework.BidView) string {
	return v.T("error.bid-below", "least", locale.Money(v.Lang, b.Lot.Least))
}

// PrepareBid makes a seal for whoever has no script and no command line. The server
// learns the sum for that moment; it is written nowhere, and the page is all there is
// of it.
func PrepareBid(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if c.Bid == nil || !show.Can(c, "seal-bid") {
		return v.Go("cases", c.Ref)
	}
	tiyn, ok := show.Tenge(v.Field("amount"))
	if !ok {
		return bidForm(v, http.StatusUnprocessableEntity, "amount", v.T("error.bid-amount"), nil)
	}
	if tiyn < c.Bid.Lot.Least {
		return bidForm(v, http.StatusUnprocessableEntity, "amount", tooLow(v, c.Bid), nil)
	}
	salt, seal := c.Bid.MakeSeal(tiyn)
	return bidForm(v, http.StatusOK, "", "", &madeSeal{Sum: locale.Money(v.Lang, tiyn), Salt: salt, Seal: seal})
}

// SealBid hands a seal in: one made on this page, or anywhere else.
func SealBid(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	ref := aiqyn.Reference(v.Path("ref"))
	_, err = v.Engine.Do(v.Context(), casework.SealBid{ID: id, Actor: v.Actor(), Ref: ref, Seal: v.Field("seal")})
	if aiqyn.KindOf(err) == aiqyn.Invalid {
		return bidForm(v, http.StatusUnprocessableEntity, "seal", v.Texts.Error(v.Lang, err), nil)
	}
	if err != nil {
		return err
	}
	return v.Go("cases", ref)
}

// OpenBid opens it. What does not match its seal is told, and nothing is recorded.
func OpenBid(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	ref := aiqyn.Reference(v.Path("ref"))
	tiyn, ok := show.Tenge(v.Field("amount"))
	if !ok {
		return bidForm(v, http.StatusUnprocessableEntity, "amount", v.T("error.bid-amount"), nil)
	}
	_, err = v.Engine.Do(v.Context(), casework.OpenBid{ID: id, Actor: v.Actor(), Ref: ref, Amount: tiyn, Salt: v.Field("salt")})
	if aiqyn.KindOf(err) == aiqyn.Invalid {
		return bidForm(v, http.StatusUnprocessableEntity, "amount", v.Texts.Error(v.Lang, err), nil)
	}
	if err != nil {
		return err
	}
	return v.Go("cases", ref)
}
