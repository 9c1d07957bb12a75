package citizen

import (
	"encoding/json"
	"net/url"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// queuePage says why somebody stands where they stand.
type queuePage struct {
	ui.Layout
	Ref     aiqyn.Reference
	Group   string // whose line it is
	Groups  []ui.Link
	Wait    []string // when the turn may come there, and by what that is reckoned
	Moves   *ui.List
	Rounds  *ui.List
	Outcome *outcome // of the round that was asked for
	Secret  string
}

// outcome is how somebody fared in one round.
type outcome struct {
	Title, Pseudonym, Line, Root string
	Leaf                         string // the line with the way from it to the root
	Entry                        ui.Link
	Whys                         []string
	File                         string // address of the round's file
	Open                         string // that it is not drawn yet
}

// Queue tells what changed a position, and how the rounds went.
func Queue(v *visit.Visit) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if c.Queue == nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	page := &queuePage{Layout: v.Layout("web.queue.why"), Ref: c.Ref, Secret: c.Queue.Secret}
	page.Section = "cases"
	page.Crumbs = []ui.Crumb{{Href: v.Href("cases"), Text: v.T("web.cases.title")}, {Href: v.Href("cases", c.Ref), Text: string(c.Ref)}}
	if err := page.moves(v, c); err != nil {
		return err
	}
	page.rounds(v, c)
	if day := v.Query("round"); day != "" {
		if err := page.outcome(v, c, day); err != nil {
			return err
		}
	}
	return v.Page("citizen/queue", page)
}

// moves lists what changed the position in the line that the address names, or in
// the first.
func (p *queuePage) moves(v *visit.Visit, c *casework.CaseView) error {
	if len(c.Queue.Lines) == 0 {
		return nil
	}
	at := c.Queue.Lines[0]
	for _, line := range c.Queue.Lines {
		if line.Group.ID == v.Query("group") {
			at = line
		}
		p.Groups = append(p.Groups, ui.Link{Href: v.Href("cases", c.Ref, "queue") + "?group=" + url.QueryEscape(line.Group.ID), Text: show.GroupName(v, line.Group)})
	}
	p.Group = show.GroupName(v, at.Group)
	if err := p.forecast(v, c, at.Group.ID); err != nil {
		return err
	}
	list, err := v.Engine.PositionHistory(v.Context(), v.Actor(), c.Ref, at.Group.ID, casework.Page{After: v.Query("after"), Limit: 25})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"cases", c.Ref, "queue"}, "group")
	p.Moves = &ui.List{
		Caption: v.T("web.queue.history", "place", p.Group), Empty: ui.Empty{Text: v.T("web.queue.no-moves")}, Pager: listing.Pager(list.Next),
		Columns: []ui.Column{{Title: v.T("web.queue.cause"), Head: true}, {Title: v.T("web.rounds.day")}, {Title: v.T("web.queue.from-to"), Number: true}, {Title: v.T("web.document.entry"), Number: true}},
	}
	for _, m := range list.Items {
		p.Moves.Rows = append(p.Moves.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.Move(v, m)}, {Text: ui.Day(v.Lang, deadline.DateOf(m.At.In(locale.Zone)))}, {Text: show.FromTo(v, m)}, {Text: strconv.FormatInt(m.Entry, 10), Href: v.Href("ledger", m.Entry)},
		}})
	}
	return nil
}

// forecast tells when the turn in a line may come.
func (p *queuePage) forecast(v *visit.Visit, c *casework.CaseView, group string) error {
	if c.Queue.State != casework.QueueWaiting {
		return nil
	}
	f, err := v.Engine.Forecast(v.Context(), v.Actor(), c.Ref, group)
	if err != nil {
		return err
	}
	weeks := func(n int) string {
		if n == 0 {
			return "> " + strconv.Itoa(f.Most)
		}
		return strconv.Itoa(n)
	}
	p.Wait = []string{v.T("web.queue.no-forecast")}
	if f.Known {
		p.Wait = []string{
			v.T("web.queue.forecast", "early", weeks(f.Early), "median", weeks(f.Median), "late", weeks(f.Late)),
			v.T("web.queue.forecast-why", "weeks", f.Weeks, "gone", f.Gone, "came", f.Came),
		}
	}
	return nil
}

// rounds lists the rounds with the name that the applicant had there.
func (p *queuePage) rounds(v *visit.Visit, c *casework.CaseView) {
	p.Rounds = &ui.List{
		Caption: v.T("web.queue.rounds"), Empty: ui.Empty{Text: v.T("web.queue.no-rounds")},
		Columns: []ui.Column{{Title: v.T("web.rounds.day"), Head: true}, {Title: v.T("web.queue.pseudonym")}, {Title: v.T("web.document.entry"), Number: true}},
	}
	for _, r := range c.Queue.Rounds {
		p.Rounds.Rows = append(p.Rounds.Rows, ui.Line{Cells: []ui.Cell{
			{Text: show.DayText(v, r.Day), Href: v.Href("cases", c.Ref, "queue") + "?round=" + r.Day}, {Text: r.Pseudonym, Code: true}, {Text: strconv.FormatInt(r.Entry, 10), Href: v.Href("ledger", r.Entry)},
		}})
	}
}

func (p *queuePage) outcome(v *visit.Visit, c *casework.CaseView, day string) error {
	o, err := v.Engine.RoundOutcome(v.Context(), v.Actor(), c.Ref, day)
	if err != nil {
		return err
	}
	p.Outcome = &outcome{
		Title: v.T("web.queue.outcome", "day", show.DayText(v, day)), Pseudonym: o.Pseudonym, Line: o.Leaf.Line, Root: o.Round.Root,
		File: v.Href("places", c.Service.ID, "rounds", day, "round.json"),
	}
	if o.In {
		way, err := json.Marshal(o.Leaf)
		if err != nil {
			return err
		}
		p.Outcome.Leaf = string(way)
		p.Outcome.Entry = ui.Link{Href: v.Href("ledger", o.Round.Entry), Text: v.T("web.rounds.entry", "entry", strconv.FormatInt(o.Round.Entry, 10))}
	}
	switch {
	case !o.In:
		p.Outcome.Open = v.T("web.queue.not-in")
	case o.Round.DrawnAt == 0:
		p.Outcome.Open = v.T("web.rounds.waits", "at", locale.DateTime(v.Lang, o.Round.SeedDue))
	}
	if o.Turn > 0 {
		p.Outcome.Whys = append(p.Outcome.Whys, v.T("web.queue.turn", "n", o.Turn, "of", o.Of, "before", o.Turn-1))
	}
	for _, w := range show.Whys(o.Whys) {
		why := show.WhyRound(v, w)
		if o.Turn > 0 {
			why += " " + v.T("web.queue.left", "n", w.Left)
		}
		p.Outcome.Whys = append(p.Outcome.Whys, why)
	}
	return nil
}

// InQueue ends a stop, has registers read again, gives a time back or takes one of
// today, as the form says.
func InQueue(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	ref := aiqyn.Reference(v.Path("ref"))
	var cmd any = casework.LookAgain{ID: id, Actor: v.Actor(), Ref: ref}
	switch v.Field("do") {
	case "restore":
		cmd = casework.Restore{ID: id, Actor: v.Actor(), Ref: ref}
	case "rebook":
		cmd = casework.Rebook{ID: id, Actor: v.Actor(), Ref: ref, NotBefore: v.Field("not-before"), Part: v.Field("part")}
	case "ticket":
		cmd = casework.TakeTicket{ID: id, Actor: v.Actor(), Ref: ref, Group: v.Field("group")}
	}
	if _, err := v.Engine.Do(v.Context(), cmd); err != nil {
		return err
	}
	return v.Go("cases", ref)
}
