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

type lotsPage struct {
	ui.Layout
	Map  *ui.Map // nil: nothing has a place on it
	Few  string  // that not everything is on the map
	List ui.List

	Source ui.Source
}

// lotStates are those that a list is narrowed to.
var lotStates = []casework.LotState{casework.LotPublished, casework.LotOpened, casework.LotSold, casework.LotContracted, casework.LotDefaulted, casework.LotAnnulled, casework.LotUnsold, casework.LotWithdrawn}

// Lots lists what is sold by sealed bids, the newest first.
func Lots(v *visit.Visit) error {
	f := casework.LotFilter{State: casework.LotState(v.Query("state")), District: v.Query("district")}
	lots, err := v.Engine.Lots(v.Context(), f, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	page := &lotsPage{Layout: v.Layout("web.lots.title"), Source: live(v, "lots")}
	page.Section = "services"
	page.Crumbs = []ui.Crumb{{Href: v.Href("services"), Text: v.T("web.services.title")}}
	if page.Map, page.Few, err = lotsMap(v, f); err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"lots"}, "state", "district")
	page.List = ui.List{
		Caption: v.T("web.lots.caption"), Empty: ui.Empty{Text: v.T("web.lots.none")},
		Filter: &ui.Filter{Action: listing.Bare(), Selects: []ui.Select{lotStateSelect(v), lotDistricts(v)}, Reset: listing.Plain()},
		Columns: []ui.Column{{Title: v.T("web.lot.parcel"), Head: true}, {Title: v.T("web.lot.state")}, {Title: v.T("web.lot.right")},
			{Title: v.T("web.lot.area-metres"), Number: true}, {Title: v.T("web.lot.least"), Number: true}, {Title: v.T("web.lot.bids-until"), Number: true}, {Title: v.T("web.lot.price"), Number: true}},
		Pager: listing.Pager(lots.Next), Files: listing.Files(),
	}
	for _, l := range lots.Items {
		price := ""
		if l.Winner != "" {
			price = locale.Money(v.Lang, l.Price)
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: l.Parcel, Note: show.LotPlace(v, l) + ". " + v.In(l.Purpose), Href: v.Href("lots", l.ID)}, {Tag: show.LotTag(v, l)}, {Text: show.LotRight(v, l)},
			{Text: locale.Number(v.Lang, l.Area)}, {Text: locale.Money(v.Lang, l.Least)}, {Text: show.When(v, l.Bids)}, {Text: price},
		}})
	}
	return v.Page("public/lots", page)
}

func lotStateSelect(v *visit.Visit) ui.Select {
	s := ui.Select{Name: "state", Label: v.T("web.lot.state"), Options: []ui.Option{{Label: v.T("web.places.all")}}}
	for _, state := range lotStates {
		s.Options = append(s.Options, ui.Option{Value: string(state), Label: v.T("web.lot.state." + string(state)), Checked: v.Query("state") == string(state)})
	}
	return s
}

func lotDistricts(v *visit.Visit) ui.Select {
	s := ui.Select{Name: "district", Label: v.T("web.places.district"), Options: []ui.Option{{Label: v.T("web.places.all")}}}
	for _, r := range v.Engine.Pack().Regions {
		for _, d := range r.Districts {
			s.Options = append(s.Options, ui.Option{Value: d.Code, Label: v.In(d.Title), Checked: v.Query("district") == d.Code})
		}
	}
	return s
}

type lotPage struct {
	ui.Layout
	State          *ui.Tag
	Rows           []ui.Row
	Moments        []ui.Moment
	Counts         []ui.Row
	Why            *ui.List // it went to whom it went
	Outcome        []string
	Kind           string // of the panel that tells it
	Bid, Object    string // addresses; "" when it is too late
	Seals          ui.List
	Round          []ui.Row
	File, Result   string
	OCDS, Practice string
}

// Lot is one lot: its days, bids by their seals, objections by their number, whose it
// is and why.
func Lot(v *visit.Visit) error {
	l, err := v.Engine.Lot(v.Context(), v.Path("lot"))
	if err != nil {
		return err
	}
	page := &lotPage{Layout: v.Layout("web.lot.title", "parcel", l.Parcel), State: show.LotTag(v, l), Rows: show.LotRows(v, l), Moments: show.LotMoments(v, l), Outcome: show.LotOutcome(v, l)}
	page.Section, page.Kind = "services", "good"
	if l.State == casework.LotUnsold || l.State == casework.LotDefaulted || l.State == casework.LotAnnulled {
		page.Kind = "plain"
	}
	page.Crumbs = []ui.Crumb{{Href: v.Href("lots"), Text: v.T("web.lots.title")}}
	page.OCDS = v.Href("lots", l.ID, "ocds.json")
	if l.State == casework.LotPublished && !v.Now().After(l.Bids) {
		page.Bid = v.Href("apply", l.Service, "questions", "lot") + "?lot=" + l.Parcel
	}
	if l.State == casework.LotPublished && !v.Now().After(l.Objections) {
		page.Object = v.Href("apply", objectsTo(v, l.Service), "questions", "lot") + "?lot=" + l.Parcel
	}
	if err := page.counts(v, l); err != nil {
		return err
	}
	if err := page.seals(v, l); err != nil {
		return err
	}
	page.round(v, l)
	return v.Page("public/lot", page)
}

// objectsTo is the service by which one objects to the lots of another.
func objectsTo(v *visit.Visit, svc aiqyn.ServiceID) aiqyn.ServiceID {
	for _, o := range v.Engine.Pack().Services {
		if o.Objects != nil && o.Objects.To == svc {
			return o.ID
		}
	}
	return ""
}

func (p *lotPage) counts(v *visit.Visit, l casework.LotView) error {
	n, err := v.Engine.LotCounts(v.Context(), l.ID)
	if err != nil {
		return err
	}
	number := func(n int) string { return locale.Number(v.Lang, int64(n)) }
	p.Why = show.LotWhy(v, l, n)
	p.Counts = []ui.Row{
		{Key: v.T("web.lot.seals"), Value: number(n.Seals)}, {Key: v.T("web.lot.objected"), Value: number(n.Objected), Note: v.T("web.lot.objected-why")},
		{Key: v.T("web.lot.dismissed"), Value: number(n.Dismissed)}, {Key: v.T("web.lot.objections-upheld"), Value: number(n.Upheld)},
	}
	return nil
}

func (p *lotPage) seals(v *visit.Visit, l casework.LotView) error {
	seals, err := v.Engine.LotSeals(v.Context(), l.ID, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	p.Seals = ui.List{
		Caption: v.T("web.lot.seals-caption"), Empty: ui.Empty{Text: v.T("web.lot.no-seals")}, Pager: show.Pager(v, v.Href("lots", l.ID), seals.Next),
		Columns: []ui.Column{{Title: v.T("web.lot.bidder"), Head: true}, {Title: v.T("web.lot.seal")}, {Title: v.T("web.lot.state")}, {Title: v.T("web.lot.offered"), Number: true}},
	}
	for _, s := range seals.Items {
		state, sum := &ui.Tag{Text: v.T("web.bid.state.sealed")}, ""
		switch {
		case s.Opened:
			state = &ui.Tag{Kind: "good", Text: v.T("web.bid.state.opened")}
		case l.DrawnAt != 0:
			state = &ui.Tag{Kind: "bad", Text: v.T("web.bid.never-opened")}
		}
		note := ""
		if s.Amount != 0 {
			sum = locale.Money(v.Lang, s.Amount)
			if s.Amount < l.Least {
				note = v.T("web.bid.why.below")
			}
		}
		p.Seals.Rows = append(p.Seals.Rows, ui.Line{Cells: []ui.Cell{{Text: s.Name, Code: true}, {Text: s.Seal, Code: true}, {Tag: state}, {Text: sum, Note: note}}})
	}
	return nil
}

func (p *lotPage) round(v *visit.Visit, l casework.LotView) {
	if l.OpenedAt == 0 {
		return
	}
	p.Round = []ui.Row{
		{Key: v.T("web.rounds.committed-at"), Value: locale.DateTime(v.Lang, l.OpenedTime), Note: v.T("web.rounds.entry", "entry", l.OpenedAt)},
		{Key: v.T("web.rounds.root"), Value: l.Root},
		{Key: v.T("web.rounds.seed"), Value: l.Beacon + " " + strconv.FormatUint(l.Seed, 10), Note: show.When(v, l.SeedDue)},
	}
	p.File = v.Href("lots", l.ID, "round.json")
	if l.Beacon == "practice" {
		p.Practice = v.T("beacon.practice")
	}
	if l.DrawnAt != 0 {
		p.Round = append(p.Round, ui.Row{Key: v.T("web.draw.value"), Value: l.Value, Note: v.T("web.rounds.entry", "entry", l.DrawnAt)}, ui.Row{Key: v.T("web.rounds.result"), Value: l.Result})
		p.Result = v.Href("lots", l.ID, "result.json")
	}
}

// LotRound is the file of a lot's round that aiqyn allocate reads, LotResult what it
// prints of it.
func LotRound(v *visit.Visit) error { return lotFile(v, false) }

// LotResult is whose a lot is, by the names of its round.
func LotResult(v *visit.Visit) error { return lotFile(v, true) }

func lotFile(v *visit.Visit, result bool) error {
	l, err := v.Engine.Lot(v.Context(), v.Path("lot"))
	if err != nil {
		return err
	}
	file, out, err := v.Engine.LotFile(v.Context(), l)
	if err != nil {
		return err
	}
	if !result {
		return v.File("round-"+l.ID+".json", "application/json", file)
	}
	if out == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return v.File("result-"+l.ID+".json", "application/json", out)
}

// LotOCDS is a lot as a release package of the Open Contracting Data Standard.
func LotOCDS(v *visit.Visit) error {
	l, err := v.Engine.Lot(v.Context(), v.Path("lot"))
	if err != nil {
		return err
	}
	data, err := ocds(v, l)
	if err != nil {
		return err
	}
	return v.File("ocds-"+l.ID+".json", "application/json", data)
}
