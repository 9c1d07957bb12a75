package public

import (
	"context"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/sheet"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// What is public of queues and lots stands as it is at this moment: it is counted, and
// not published by the day. The files say the same as the pages.

// live is where figures come from that are counted when they are asked for.
func live(v *visit.Visit, subject string) ui.Source {
	return ui.Source{At: v.Now(), Method: v.T("web." + subject + ".method"), Limits: v.T("web." + subject + ".limits")}
}

// about is what a file says of its figures.
func about(v *visit.Visit, src ui.Source, filters []string, path ...any) []sheet.Note {
	return show.NewListing(v, path, filters...).About(
		sheet.Note{Name: v.T("ui.sheet.at"), Text: locale.DateTime(v.Lang, src.At)}, sheet.Note{Name: v.T("ui.sheet.method"), Text: src.Method}, sheet.Note{Name: v.T("ui.sheet.limits"), Text: src.Limits})
}

// QueuesFile is all that is waited for, to keep.
func QueuesFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		list := sheet.Sheet{Title: v.T("web.queues.title"), About: about(v, live(v, "queues"), nil, "places"), Columns: []sheet.Column{
			{Name: "service", Title: v.T("web.queues.service")}, {Name: "title", Title: v.T("web.verify.service")}, {Name: "institutions", Title: v.T("web.queues.givers")}, {Name: "places", Title: v.T("web.places.places")},
			{Name: "free", Title: v.T("web.places.free")}, {Name: "waiting", Title: v.T("web.places.waiting")}, {Name: "claimed_only", Title: v.T("web.places.claimed")},
			{Name: "given_in_last_rounds", Title: v.T("web.rounds.matched")}, {Name: "weeks", Title: v.T("web.queues.wait")}, {Name: "last_round", Title: v.T("web.queues.last")},
		}}
		return v.Sheet("aiqyn-queues", format, list, func(yield func(sheet.Row, error) bool) {
			for _, q := range v.Engine.Queues() {
				svc, ok := v.Engine.Pack().Service(q.Service)
				if ok && !yield(sheet.Row{string(q.Service), v.In(svc.Title), int64(q.Givers), int64(q.Places), int64(q.Free), int64(q.Waiting), int64(q.Unproven), int64(q.Given), int64(q.Wait()), q.Last}, nil) {
					return
				}
			}
		})
	}
}

// PlacesFile is who gives places of a queue, narrowed as the page is.
func PlacesFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		svc, err := queueOf(v)
		if err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.places.title"), About: about(v, live(v, "places"), placeFilters, "places", svc.ID, "groups"), Columns: []sheet.Column{
			{Name: "id", Title: v.T("web.places.group")}, {Name: "institution", Title: v.T("web.places.institution")}, {Name: "kind", Title: v.T("web.places.kind")}, {Name: "district", Title: v.T("web.places.district")},
			{Name: "private", Title: v.T("web.places.private")}, {Name: "places", Title: v.T("web.places.places")}, {Name: "taken", Title: v.T("web.places.taken")}, {Name: "free", Title: v.T("web.places.free")},
			{Name: "waiting", Title: v.T("web.places.waiting")}, {Name: "claimed_only", Title: v.T("web.places.claimed")}, {Name: "entry", Title: v.T("web.document.entry")},
		}}
		by := narrowed(v)
		read := func(_ context.Context, p casework.Page) (casework.List[casework.GroupView], error) {
			return v.Engine.Places(svc.ID, by, p), nil
		}
		return v.Sheet("aiqyn-places-"+string(svc.ID), format, list, show.Rows(v.Context(), casework.Page{}, read, func(g casework.GroupView) sheet.Row {
			return sheet.Row{g.ID, v.In(g.Institution.Title), show.GroupKind(v, g), show.District(v, g.Institution), g.Institution.Private,
				int64(g.Places), int64(g.Taken), int64(g.Free()), int64(g.Waiting), int64(g.Unproven), g.Entry}
		}))
	}
}

// RoundsFile is the rounds of a queue, the newest first.
func RoundsFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		svc, err := queueOf(v)
		if err != nil {
			return err
		}
		list := sheet.Sheet{Title: v.T("web.rounds.title"), About: about(v, live(v, "rounds"), nil, "places", svc.ID, "rounds"), Columns: []sheet.Column{
			{Name: "day", Title: v.T("web.rounds.day")}, {Name: "applicants", Title: v.T("web.rounds.applicants")}, {Name: "seats", Title: v.T("web.rounds.seats")},
			{Name: "matched", Title: v.T("web.rounds.matched")}, {Name: "entry", Title: v.T("web.document.entry")},
		}}
		read := func(_ context.Context, p casework.Page) (casework.List[casework.RoundView], error) {
			return v.Engine.Rounds(svc.ID, p)
		}
		return v.Sheet("aiqyn-rounds-"+string(svc.ID), format, list, show.Rows(v.Context(), casework.Page{}, read, func(r casework.RoundView) sheet.Row {
			return sheet.Row{r.Day, int64(r.Applicants), int64(r.Seats), int64(r.Matched), r.Entry}
		}))
	}
}

// LotsFile is the plots that are sold by auction, narrowed as the page is.
func LotsFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		tenge := v.T("ui.unit.tenge")
		list := sheet.Sheet{Title: v.T("web.lots.title"), About: about(v, live(v, "lots"), []string{"state", "district"}, "lots"), Columns: []sheet.Column{
			{Name: "id", Title: v.T("web.lot.page")}, {Name: "parcel", Title: v.T("web.lot.parcel")}, {Name: "state", Title: v.T("web.lot.state")}, {Name: "right", Title: v.T("web.lot.right")},
			{Name: "area_m2", Title: v.T("web.lot.area-metres")}, {Name: "least", Title: v.T("web.lot.least"), Unit: tenge}, {Name: "bids_until", Title: v.T("web.lot.bids-until")},
			{Name: "price", Title: v.T("web.lot.price"), Unit: tenge}, {Name: "entry", Title: v.T("web.document.entry")},
		}}
		f := casework.LotFilter{State: casework.LotState(v.Query("state")), District: v.Query("district")}
		read := func(ctx context.Context, p casework.Page) (casework.List[casework.LotView], error) {
			return v.Engine.Lots(ctx, f, p)
		}
		return v.Sheet("aiqyn-lots", format, list, show.Rows(v.Context(), casework.Page{}, read, func(l casework.LotView) sheet.Row {
			var price any
			if l.Winner != "" {
				price = l.Price / 100
			}
			return sheet.Row{l.ID, l.Parcel, string(l.State), show.LotRight(v, l), l.Area, l.Least / 100, l.Bids, price, l.Entry}
		}))
	}
}

// ScorecardFile is how a utility keeps its terms, row by row as the page has it: a count
// that is too small to be told is empty.
func ScorecardFile(format sheet.Format) visit.Handler {
	return func(v *visit.Visit) error {
		card, err := v.Engine.Scorecard(v.Context(), aiqyn.ServiceID(v.Query("service")))
		if err != nil {
			return err
		}
		src := source(v, card.Publication)
		src.Method, src.Limits = v.T("web.score.lede"), v.T("web.score.limits", "n", casework.MinCount, "day", ui.Day(v.Lang, card.Until))
		list := sheet.Sheet{Title: v.T("web.score.title"), About: about(v, src, []string{"service"}, "capacity", "scorecard"), Columns: []sheet.Column{
			{Name: "service", Title: v.T("web.verify.service")}, {Name: "figure", Title: v.T("web.score.what")}, {Name: "title", Title: v.T("web.score.what")}, {Name: "n", Title: v.T("web.score.n")}, {Name: "unit", Title: v.T("ui.sheet.unit")}, {Name: "source", Title: v.T("web.score.source")},
		}}
		return v.Sheet("aiqyn-scorecard", format, list, func(yield func(sheet.Row, error) bool) {
			for _, f := range counted(card) {
				var n any = f.n
				if f.few {
					n = nil
				}
				if !yield(sheet.Row{string(card.Service.ID), f.name, v.T("web.score." + f.name), n, f.unit, v.T("web.score." + f.name + ".source")}, nil) {
					return
				}
			}
		})
	}
}

// count is one figure of a scorecard, of which too few may stand to be told.
type count struct {
	name string
	n    int64
	few  bool
	unit string
}

// counted are the rows of the page, in its order; what is of no people is always told.
func counted(c casework.Scorecard) []count {
	of := func(name string, n int64) count { return count{name: name, n: n, few: n == casework.Few} }
	list := []count{of("granted", c.Granted), of("refused", c.Refused), {"kept", c.Kept, c.Kept == casework.Few, "percent"}, of("escalated", c.Escalated), of("rejected", c.Rejected), of("silent", c.Silent)}
	if c.Network {
		list = append(list, of("flips", c.Flips), of("dearer", c.Dearer), count{name: "measured", n: c.Measured}, count{name: "estimated", n: c.Estimated}, count{name: "unknown", n: c.Unknown},
			count{name: "withdrawn", n: c.Withdrawn}, count{name: "owed", n: c.Owed}, count{name: "overdue", n: c.Overdue})
	}
	return list
}
