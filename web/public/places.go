package public

import (
	"cmp"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type placesPage struct {
	ui.Layout
	List       ui.List
	Rounds     ui.List
	Order      string
	Rules      []ui.Row // tiers with their law, in order
	Points     *ui.List // nil: points rank nobody here
	Apply      string
	Map        string
	Missed     *ui.Tag // on how many working days there was no round
	AllRounds  string
	Verdict    ui.Tag // on who was given a place before somebody with an earlier date
	Inversions string
	Source     ui.Source
	Brought    *ui.List // queues of former systems; nil: there are none
}

// queueOf is the service of the address, which must be one that is waited for.
func queueOf(v *visit.Visit) (*service.Service, error) {
	svc, err := show.Service(v, v.Path("service"))
	if err == nil && svc.Queue == nil {
		err = aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	return svc, err
}

func placesCrumbs(v *visit.Visit, svc *service.Service) []ui.Crumb {
	return []ui.Crumb{{Href: v.Href("places"), Text: v.T("web.queues.title")}, {Href: v.Href("services", svc.ID), Text: v.In(svc.Title)}}
}

// Places lists who gives places: how many there are, are free, and how many wait.
func Places(v *visit.Visit) error {
	svc, err := queueOf(v)
	if err != nil {
		return err
	}
	page := &placesPage{Layout: v.Layout("web.places.title"), Apply: v.Href("apply", svc.ID), Source: live(v, "places")}
	listing := show.NewListing(v, []any{"places", svc.ID}, placeFilters...)
	page.Section, page.Crumbs, page.Map = "services", placesCrumbs(v, svc), listing.At("map")
	page.List = ui.List{
		Caption: v.T("web.places.caption"), Empty: ui.Empty{Text: v.T("web.places.none")},
		Filter: placeFilter(v, svc, listing),
		Columns: []ui.Column{{Title: v.T("web.places.institution"), Head: true}, {Title: v.T("web.places.group")}, {Title: v.T("web.places.district")},
			{Title: v.T("web.places.places"), Number: true}, {Title: v.T("web.places.free"), Number: true}, {Title: v.T("web.places.waiting"), Number: true}},
	}
	if svc.Queue.Slots != nil {
		page.List.Columns[3].Title = v.T("web.schedule.coming")
		page.List.Columns = append(page.List.Columns, ui.Column{Title: v.T("web.slots.third"), Number: true})
	}
	shown := v.Engine.Places(svc.ID, narrowed(v), casework.Page{After: v.Query("after"), Limit: pageSize})
	page.List.Files = show.NewListing(v, []any{"places", svc.ID, "groups"}, placeFilters...).Files()
	page.List.Total, page.List.Pager = listing.Total(len(shown.Items), shown.Next), listing.Pager(shown.Next)
	for _, g := range shown.Items {
		page.List.Rows = append(page.List.Rows, placeRow(v, svc, g))
	}
	if page.Rounds, err = roundList(v, svc, casework.Page{Limit: 5}); err != nil {
		return err
	}
	for i, tier := range svc.Queue.Tiers {
		page.Rules = append(page.Rules, ui.Row{Key: strconv.Itoa(i + 1), Value: v.In(tier.Text), Note: show.Law(v, tier.Law)})
	}
	if page.Brought, err = brought(v, svc); err != nil {
		return err
	}
	page.Missed, page.AllRounds = missedTag(v, v.Engine.MissedDays(svc)), v.Href("places", svc.ID, "rounds")
	page.Verdict, page.Inversions = verdictOn(v, v.Engine.Inverted(svc.ID)), v.Href("places", svc.ID, "inversions")
	page.Order = v.T("web.places.order-text")
	if svc.Queue.Sibling != nil {
		page.Order = v.T("web.places.order-sibling")
	}
	if len(svc.Queue.Points) > 0 {
		page.Order, page.Points = v.T("web.places.order-points"), criteria(v, svc)
	}
	page.Rules = append(page.Rules, keptRules(v, svc.Queue)...)
	for _, k := range svc.Queue.Quotas {
		page.Rules = append(page.Rules, ui.Row{Key: v.T("web.places.quota", "percent", k.Percent), Value: v.In(k.Text), Note: show.Law(v, k.Law)})
	}
	return v.Page("public/places", page)
}

// keptRules say who comes first beside the classes: brothers and sisters, and for whom
// seats are kept, in the order in which seats are filled.
func keptRules(v *visit.Visit, q *service.Queue) (rows []ui.Row) {
	if s := q.Sibling; s != nil {
		rows = append(rows, ui.Row{Key: v.T("web.places.sibling"), Value: v.In(s.Text), Note: show.Law(v, s.Law)})
	}
	for _, k := range q.Reserves {
		unasked := "web.places.hard"
		if k.Soft {
			unasked = "web.places.soft"
		}
		rows = append(rows, ui.Row{Key: v.T("web.places.reserve", "percent", k.Percent), Value: v.In(k.Text) + ". " + v.T(unasked), Note: show.Law(v, k.Law)})
	}
	if len(q.Reserves) > 0 {
		order := "web.places.reserves-first"
		if q.OpenFirst {
			order = "web.places.open-first"
		}
		rows = append(rows, ui.Row{Key: v.T("web.places.precedence"), Value: v.T(order)})
	}
	return rows
}

// criteria lists what gives points and how many, with its law.
func criteria(v *visit.Visit, svc *service.Service) *ui.List {
	l := &ui.List{
		Caption: v.T("web.places.criteria"),
		Columns: []ui.Column{{Title: v.T("web.queue.criterion"), Head: true}, {Title: v.T("web.places.most"), Number: true}, {Title: v.T("web.queue.weight"), Number: true}, {Title: v.T("web.queue.source")}},
	}
	for _, c := range svc.Queue.Points {
		var from []string
		for _, source := range svc.Sources(c) {
			from = append(from, show.Register(v, source.Register))
		}
		l.Rows = append(l.Rows, ui.Line{Cells: []ui.Cell{
			{Text: v.In(c.Text), Note: show.Law(v, c.Law)}, {Text: locale.Number(v.Lang, c.Most)}, {Text: locale.Number(v.Lang, c.Weight)}, {Text: strings.Join(from, "; ")},
		}})
	}
	return l
}

func placeRow(v *visit.Visit, svc *service.Service, g casework.GroupView) ui.Line {
	kind := ""
	if g.Institution.Private {
		kind = v.T("web.places.private")
	}
	row := ui.Line{Cells: []ui.Cell{
		{Text: cmp.Or(v.In(g.Institution.Title), g.Institution.ID), Note: kind, Href: v.Href("places", svc.ID, "groups", g.Institution.ID, g.Name)}, {Text: show.GroupKind(v, g), Note: days(v, g)}, {Text: show.District(v, g.Institution)},
		{Text: locale.Number(v.Lang, int64(g.Places))}, {Text: locale.Number(v.Lang, int64(g.Free()))}, {Text: locale.Number(v.Lang, int64(g.Waiting)), Note: unproven(v, g.Unproven)},
	}}
	if svc.Queue.Slots != nil {
		row.Cells = append(row.Cells, ui.Cell{Text: thirdNext(v, g)})
	}
	return row
}

// unproven says how many wait by a date that only a former system claims; "" if nobody.
func unproven(v *visit.Visit, n int) string {
	if n == 0 {
		return ""
	}
	return v.T("web.places.unproven", "n", locale.Number(v.Lang, int64(n)))
}

// thirdNext is when the third free place of a group comes, and in how many days.
func thirdNext(v *visit.Visit, g casework.GroupView) string {
	if g.Third.IsZero() {
		return v.T("web.slots.full")
	}
	days := deadline.DateOf(g.Third.In(locale.Zone)).DaysSince(deadline.DateOf(v.Now().In(locale.Zone)))
	return v.T("web.slots.in-days", "day", show.When(v, g.Third), "n", days)
}

// days says until when somebody may come into a group's line, and on which day all of
// its places are shared out in one round; "" if there are no such days.
func days(v *visit.Visit, g casework.GroupView) string {
	if g.Closes != "" {
		return v.T("web.places.closes", "day", show.DayText(v, g.Closes))
	}
	return show.Opens(v, g)
}

type placeGroupPage struct {
	ui.Layout
	Rows  []ui.Row
	Days  *ui.List // of places that have a time
	Moves ui.List
}

// PlaceGroup is one group: its places, and who came into its line and went, by
// cause; nobody is named.
func PlaceGroup(v *visit.Visit) error {
	svc, err := queueOf(v)
	if err != nil {
		return err
	}
	id := v.Path("institution") + "/" + v.Path("group")
	g, err := v.Engine.Place(svc.ID, id)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	page := &placeGroupPage{Layout: v.Titled(show.GroupName(v, g))}
	page.Section = "services"
	page.Crumbs = append(placesCrumbs(v, svc), ui.Crumb{Href: v.Href("places", svc.ID), Text: v.T("web.places.title")})
	number := func(n int) string { return locale.Number(v.Lang, int64(n)) }
	page.Rows = []ui.Row{
		{Key: v.T("web.places.places"), Value: number(g.Places), Note: v.T("web.places.reported", "entry", g.Entry)},
		{Key: v.T("web.places.taken"), Value: number(g.Taken)}, {Key: v.T("web.places.free"), Value: number(g.Free())}, {Key: v.T("web.places.waiting"), Value: number(g.Waiting), Note: unproven(v, g.Unproven)},
		{Key: v.T("web.places.district"), Value: show.District(v, g.Institution), Note: g.Institution.Address},
	}
	if opens := show.Opens(v, g); opens != "" {
		page.Rows = append(page.Rows, ui.Row{Key: v.T("web.places.round"), Value: opens, Note: v.T("web.places.opens-why")})
	}
	if svc.Queue.Slots != nil {
		page.Rows[0] = ui.Row{Key: v.T("web.schedule.coming"), Value: number(g.Places), Note: v.T("web.places.reported", "entry", g.Entry)}
		page.Rows = append(page.Rows, ui.Row{Key: v.T("web.slots.third"), Value: thirdNext(v, g), Note: v.T("web.slots.third-why")})
		page.Days = slotDays(v, svc, g)
	}
	moves, err := v.Engine.QueueMoves(v.Context(), svc.ID, id, casework.Page{After: v.Query("after"), Limit: pageSize})
	if err != nil {
		return err
	}
	page.Moves = ui.List{
		Caption: v.T("web.places.moves"), Empty: ui.Empty{Text: v.T("web.places.no-moves")}, Pager: show.Pager(v, v.Href("places", svc.ID, "groups", g.Institution.ID, g.Name), moves.Next),
		Columns: []ui.Column{{Title: v.T("web.queue.cause"), Head: true}, {Title: v.T("web.document.entry"), Number: true}},
	}
	for _, m := range moves.Items {
		page.Moves.Rows = append(page.Moves.Rows, ui.Line{Cells: []ui.Cell{{Text: show.Move(v, m)}, {Text: strconv.FormatInt(m.Entry, 10), Href: v.Href("ledger", m.Entry)}}})
	}
	return v.Page("public/place-group", page)
}

// slotDays lists the days of a group's schedule; whose the places are is nobody's
// business.
func slotDays(v *visit.Visit, svc *service.Service, g casework.GroupView) *ui.List {
	l := &ui.List{
		Caption: v.T("web.slots.days"), Empty: ui.Empty{Text: v.T("web.schedule.none")},
		Columns: []ui.Column{{Title: v.T("web.rounds.day"), Head: true}, {Title: v.T("web.schedule.hours")}, {Title: v.T("web.schedule.coming"), Number: true}, {Title: v.T("web.places.free"), Number: true}},
	}
	for i, d := range v.Engine.DaysWithSlots(svc.ID, g.ID, deadline.DateOf(v.Now().In(locale.Zone))) {
		if i == pageSize {
			break
		}
		l.Rows = append(l.Rows, ui.Line{Cells: []ui.Cell{
			{Text: ui.Day(v.Lang, d.Day)}, {Text: d.First.In(locale.Zone).Format("15:04") + " – " + d.Last.In(locale.Zone).Format("15:04")},
			{Text: locale.Number(v.Lang, int64(d.Places))}, {Text: locale.Number(v.Lang, int64(d.Places-d.Taken))},
		}})
	}
	return l
}
