package public

import (
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type roundsPage struct {
	ui.Layout
	List   ui.List
	Source ui.Source
	Missed *ui.List // working days without a round; nil: there are none
}

// Rounds lists the rounds of a service, the newest first.
func Rounds(v *visit.Visit) error {
	svc, err := queueOf(v)
	if err != nil {
		return err
	}
	page := &roundsPage{Layout: v.Layout("web.rounds.title"), Source: live(v, "rounds")}
	page.Section = "services"
	page.Crumbs = append(placesCrumbs(v, svc), ui.Crumb{Href: v.Href("places", svc.ID), Text: v.T("web.places.title")})
	if page.List, err = roundList(v, svc, casework.Page{After: v.Query("after"), Limit: pageSize}); err != nil {
		return err
	}
	page.List.Files = show.NewListing(v, []any{"places", svc.ID, "rounds"}).Files()
	page.Missed = missedList(v, v.Engine.MissedDays(svc))
	return v.Page("public/rounds", page)
}

// missedList names the working days on which places were free, people waited for them
// and no round was held, the newest first; nil if there are none.
func missedList(v *visit.Visit, missed []casework.MissedDays) *ui.List {
	if len(missed) == 0 {
		return nil
	}
	l := &ui.List{Caption: v.T("web.rounds.missed"), Columns: []ui.Column{{Title: v.T("web.rounds.missed-days"), Head: true}, {Title: v.T("web.rounds.missed-count"), Number: true}}}
	for _, m := range missed[:min(len(missed), pageSize)] {
		text := show.DayText(v, m.First)
		if m.Last != m.First {
			text += " – " + show.DayText(v, m.Last)
		}
		l.Rows = append(l.Rows, ui.Line{Cells: []ui.Cell{{Text: text}, {Text: locale.Number(v.Lang, int64(m.Days))}}})
	}
	return l
}

// missedTag says on how many working days no round was held; nil: on none.
func missedTag(v *visit.Visit, missed []casework.MissedDays) *ui.Tag {
	n := 0
	for _, m := range missed {
		n += m.Days
	}
	if n == 0 {
		return nil
	}
	return &ui.Tag{Kind: "bad", Text: v.T("web.rounds.missed-n", "n", locale.Number(v.Lang, int64(n)))}
}

func roundList(v *visit.Visit, svc *service.Service, p casework.Page) (ui.List, error) {
	rounds, err := v.Engine.Rounds(svc.ID, p)
	if err != nil {
		return ui.List{}, err
	}
	list := ui.List{
		Caption: v.T("web.rounds.caption"), Empty: ui.Empty{Text: v.T("web.queue.no-rounds")},
		Columns: []ui.Column{{Title: v.T("web.rounds.day"), Head: true}, {Title: v.T("web.rounds.state")}, {Title: v.T("web.rounds.applicants"), Number: true},
			{Title: v.T("web.rounds.seats"), Number: true}, {Title: v.T("web.rounds.matched"), Number: true}, {Title: v.T("web.document.entry"), Number: true}},
		Pager: show.Pager(v, v.Href("places", svc.ID, "rounds"), rounds.Next),
	}
	for _, r := range rounds.Items {
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.DayText(v, r.Day), Href: v.Href("places", svc.ID, "rounds", r.Day)}, {Tag: roundState(v, r)}, {Text: locale.Number(v.Lang, int64(r.Applicants))},
			{Text: locale.Number(v.Lang, int64(r.Seats))}, {Text: locale.Number(v.Lang, int64(r.Matched))}, {Text: strconv.FormatInt(r.Entry, 10), Href: v.Href("ledger", r.Entry)},
		}})
	}
	return list, nil
}

func roundState(v *visit.Visit, r casework.RoundView) *ui.Tag {
	switch {
	case r.Settled:
		return &ui.Tag{Kind: "good", Text: v.T("web.rounds.settled")}
	case r.DrawnAt != 0:
		return &ui.Tag{Kind: "todo", Text: v.T("web.rounds.drawn")}
	}
	return &ui.Tag{Kind: "warn", Text: v.T("web.rounds.committed")}
}

type roundPage struct {
	ui.Layout
	Rows         []ui.Row
	Waits        string // until when the round waits for its seed
	File, Result string
	Practice     string
}

// Round is one round: what was committed to, its seed, and its files.
func Round(v *visit.Visit) error {
	svc, err := queueOf(v)
	if err != nil {
		return err
	}
	r, err := v.Engine.Round(svc.ID, v.Path("day"))
	if err != nil {
		return err
	}
	page := &roundPage{Layout: v.Layout("web.rounds.of", "day", show.DayText(v, r.Day))}
	page.Section = "services"
	page.Crumbs = append(placesCrumbs(v, svc), ui.Crumb{Href: v.Href("places", svc.ID, "rounds"), Text: v.T("web.rounds.title")})
	number := func(n int) string { return locale.Number(v.Lang, int64(n)) }
	page.Rows = []ui.Row{
		{Key: v.T("web.rounds.committed-at"), Value: locale.DateTime(v.Lang, r.At), Note: v.T("web.rounds.entry", "entry", r.Entry)},
		{Key: v.T("web.rounds.applicants"), Value: number(r.Applicants)}, {Key: v.T("web.rounds.seats"), Value: number(r.Seats)},
		{Key: v.T("web.rounds.root"), Value: r.Root}, {Key: v.T("web.rounds.rules"), Value: r.Rules},
		{Key: v.T("web.rounds.seed"), Value: r.Beacon + " " + strconv.FormatUint(r.Seed, 10), Note: show.When(v, r.SeedDue)},
	}
	page.File = v.Href("places", svc.ID, "rounds", r.Day, "round.json")
	if r.Beacon == "practice" {
		page.Practice = v.T("beacon.practice")
	}
	if r.DrawnAt == 0 {
		page.Waits = v.T("web.rounds.waits", "at", locale.DateTime(v.Lang, r.SeedDue))
		return v.Page("public/round", page)
	}
	page.Rows = append(page.Rows, ui.Row{Key: v.T("web.draw.value"), Value: r.Value, Note: v.T("web.rounds.entry", "entry", r.DrawnAt)},
		ui.Row{Key: v.T("web.rounds.matched"), Value: number(r.Matched)}, ui.Row{Key: v.T("web.rounds.result"), Value: r.Result})
	page.Result = v.Href("places", svc.ID, "rounds", r.Day, "result.json")
	return v.Page("public/round", page)
}

// RoundFile is the file of a round that aiqyn allocate reads, RoundResult what it
// prints of it.
func RoundFile(v *visit.Visit) error { return roundFile(v, false) }

// RoundResult is who got what, by the names of the round.
func RoundResult(v *visit.Visit) error { return roundFile(v, true) }

func roundFile(v *visit.Visit, result bool) error {
	svc, err := queueOf(v)
	if err != nil {
		return err
	}
	r, err := v.Engine.Round(svc.ID, v.Path("day"))
	if err != nil {
		return err
	}
	file, out, err := v.Engine.RoundFile(v.Context(), r)
	if err != nil {
		return err
	}
	name := "round-" + r.Day + ".json"
	if result {
		name, file = "result-"+r.Day+".json", out
	}
	return v.File(name, "application/json", file)
}
