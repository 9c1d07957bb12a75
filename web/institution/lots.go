package institution

import (
	"errors"
	"net/http"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type lotsPage struct {
	ui.Layout
	Action, Command string
	Parcel          ui.Input
	List            ui.List
	Open            []ownLot // that can still be taken back
	Withdraw        string
	Terms           []ui.Row
}

// ownLot is a lot with the form that takes it back.
type ownLot struct {
	Title, Lot, Command string
	State               *ui.Tag
	Grounds             ui.Select
}

// Lots is the page of who sells plots: what is sold, and nothing that could be said
// about price, days or bidders.
func Lots(v *visit.Visit) error { return lots(v, http.StatusOK, "", "") }

func lots(v *visit.Visit, status int, field, fault string) error {
	svc, own, err := v.Engine.OwnLots(v.Context(), v.Actor(), casework.Page{After: v.Query("after"), Limit: 25})
	if err != nil {
		return err
	}
	p := &lotsPage{
		Layout: v.Layout("web.lots.own"), Action: v.Href("institution", "lots"), Withdraw: v.Href("institution", "lots", "withdraw"), Command: v.NewCommand(),
		Parcel: ui.Input{Name: "parcel", Label: v.T("web.lot.parcel"), Hint: v.T("web.lots.parcel-hint"), Value: v.Field("parcel"), Width: "20", Plain: true},
	}
	p.Section = "institution"
	if field != "" {
		p.Errors = []ui.FieldError{{Field: field, Text: fault}}
		p.Parcel.Error = fault
	}
	a := svc.Auction
	p.Terms = []ui.Row{
		{Key: v.T("web.lot.term.objections"), Value: show.Term(v, a.Objections)}, {Key: v.T("web.lot.term.bids"), Value: show.Term(v, a.Bids)},
		{Key: v.T("web.lot.term.opening"), Value: show.Term(v, a.Opening)}, {Key: v.T("web.lot.term.reveal"), Value: show.Term(v, a.Reveal)},
		{Key: v.T("web.lot.deposit"), Value: v.T("web.lots.percent", "n", a.Deposit), Note: show.Law(v, a.Law)},
	}
	if step, ok := svc.Step(priceStep(a)); ok {
		p.Terms = append(p.Terms, ui.Row{Key: v.T("web.lot.term.price"), Value: show.Term(v, step.Within[0].Term), Note: show.Law(v, step.Within[0].Law)})
	}
	p.List = ui.List{
		Caption: v.T("web.lots.caption"), Empty: ui.Empty{Text: v.T("web.lots.none")}, Pager: show.Pager(v, p.Action, own.Next),
		Columns: []ui.Column{{Title: v.T("web.lot.parcel"), Head: true}, {Title: v.T("web.lot.state")}, {Title: v.T("web.lot.least"), Number: true}, {Title: v.T("web.lot.bids-until"), Number: true}, {Title: v.T("web.lot.price"), Number: true}},
	}
	for _, l := range own.Items {
		price := ""
		if l.Winner != "" {
			price = locale.Money(v.Lang, l.Price)
		}
		p.List.Rows = append(p.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: l.Parcel, Note: l.ID, Href: v.Href("lots", l.ID)}, {Tag: show.LotTag(v, l)}, {Text: locale.Money(v.Lang, l.Least)}, {Text: show.When(v, l.Bids)}, {Text: price}}})
		if l.State != casework.LotPublished {
			continue
		}
		o := ownLot{Title: l.Parcel, Lot: l.ID, Command: v.NewCommand(), State: show.LotTag(v, l), Grounds: ui.Select{Name: "ground", Label: v.T("web.lots.ground")}}
		for _, g := range a.Withdrawal {
			o.Grounds.Options = append(o.Grounds.Options, ui.Option{Value: g.Name, Label: v.In(g.Text)})
		}
		p.Open = append(p.Open, o)
	}
	return v.PageAs(status, "institution/lots", p)
}

// priceStep is the step in which the winner pays; "" if that is not here.
func priceStep(a *service.Auction) aiqyn.StepID {
	if a.Price == nil {
		return ""
	}
	return a.Price.Step
}

// PublishLot puts a plot up for sale.
func PublishLot(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	svc, _, err := v.Engine.OwnLots(v.Context(), v.Actor(), casework.Page{Limit: 1})
	if err != nil {
		return err
	}
	_, err = v.Engine.Do(v.Context(), casework.PublishLot{ID: id, Actor: v.Actor(), Service: svc.ID, Parcel: v.Field("parcel")})
	var known *aiqyn.Error
	if errors.As(err, &known) && known.Field == "parcel" {
		return lots(v, http.StatusUnprocessableEntity, known.Field, v.Texts.Error(v.Lang, err))
	}
	if err != nil {
		return err
	}
	return v.Go("institution", "lots")
}

// WithdrawLot takes a lot back, for a reason of the list.
func WithdrawLot(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	if _, err := v.Engine.Do(v.Context(), casework.WithdrawLot{ID: id, Actor: v.Actor(), Lot: v.Field("lot"), Ground: v.Field("ground")}); err != nil {
		return err
	}
	return v.Go("institution", "lots")
}
