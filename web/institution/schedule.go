package institution

import (
	"net/http"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// schedulePage is when an institution sees people.
type schedulePage struct {
	ui.Layout
	Today  string
	Action string
	Groups []timed
}

// timed is one group with its days to come and the form that publishes more.
type timed struct {
	Name, Title, Command string
	Fields               []ui.Input
	SameDay              ui.Radios
	Rows                 []ui.Fact
	Days                 ui.List
}

// daysShown is how many days of a schedule a page has.
const daysShown = 14

func today(v *visit.Visit) deadline.Date { return deadline.DateOf(v.Now().In(locale.Zone)) }

// schedules is the page of an institution whose places have a time.
func schedules(v *visit.Visit, status int, svc aiqyn.ServiceID, own []casework.GroupView, at, fault string) error {
	p := &schedulePage{Layout: v.Titled(v.In(own[0].Institution.Title)), Action: v.Href("institution", "schedule"), Today: dayHref(v, today(v))}
	p.Section = "institution"
	if at != "" {
		p.Errors = []ui.FieldError{{Field: "from-" + at, Text: fault}}
	}
	number := func(n int) string { return locale.Number(v.Lang, int64(n)) }
	for _, g := range own {
		t := timed{Name: g.Name, Title: show.GroupKind(v, g), Command: v.NewCommand(), Fields: scheduleFields(v, g.Name), Days: days(v, svc, g)}
		t.SameDay = ui.Radios{Name: "for-" + g.Name, Label: v.T("web.schedule.for"), Options: []ui.Option{
			{Value: "rounds", Label: v.T("web.schedule.rounds"), Checked: v.Field("for-"+g.Name) != "day"}, {Value: "day", Label: v.T("web.schedule.day-only"), Checked: v.Field("for-"+g.Name) == "day"}}}
		if g.Name == at {
			t.Fields[1].Error = fault
		}
		t.Rows = []ui.Fact{{Name: v.T("web.schedule.coming"), Value: number(g.Places)}, {Name: v.T("web.places.free"), Value: number(g.Free())}, {Name: v.T("web.places.waiting"), Value: number(g.Waiting)}}
		p.Groups = append(p.Groups, t)
	}
	return v.PageAs(status, "institution/schedule", p)
}

// scheduleFields ask for a row of slots.
func scheduleFields(v *visit.Visit, group string) []ui.Input {
	field := func(name, kind, value string) ui.Input {
		in := ui.Input{Name: name + "-" + group, Label: v.T("web.schedule." + name), Type: kind, Value: value, Width: "10"}
		if kind == "" {
			in.Mode, in.Plain, in.Width = "numeric", true, "5"
		}
		if said := v.Field(in.Name); said != "" {
			in.Value = said
		}
		return in
	}
	return []ui.Input{
		field("on", "date", today(v).AddDays(1).String()), field("from", "time", "09:00"), field("minutes", "", "20"), field("count", "", "12"), field("each", "", "1"),
	}
}

// days lists the days to come of a group.
func days(v *visit.Visit, svc aiqyn.ServiceID, g casework.GroupView) ui.List {
	l := ui.List{
		Caption: show.GroupKind(v, g), Empty: ui.Empty{Text: v.T("web.schedule.none")},
		Columns: []ui.Column{{Title: v.T("web.rounds.day"), Head: true}, {Title: v.T("web.schedule.hours")}, {Title: v.T("web.places.taken"), Number: true}, {Title: v.T("web.places.free"), Number: true}},
	}
	for i, d := range v.Engine.DaysWithSlots(svc, g.ID, today(v)) {
		if i == daysShown {
			break
		}
		l.Rows = append(l.Rows, ui.Line{Cells: []ui.Cell{
			{Text: ui.Day(v.Lang, d.Day), Href: dayHref(v, d.Day)}, {Text: clock(d.First) + " – " + clock(d.Last)},
			{Text: locale.Number(v.Lang, int64(d.Taken))}, {Text: locale.Number(v.Lang, int64(d.Places-d.Taken))},
		}})
	}
	return l
}

func clock(t time.Time) string { return t.In(locale.Zone).Format("15:04") }

func dayHref(v *visit.Visit, d deadline.Date) string {
	return v.Href("institution", "day") + "?day=" + d.String()
}

// Schedule takes a row of slots of a group.
func Schedule(v *visit.Visit) error {
	svc, own, err := queue(v)
	if err != nil {
		return err
	}
	id, err := v.Command()
	if err != nil {
		return err
	}
	group := v.Field("group")
	cmd := casework.PublishSlots{
		ID: id, Actor: v.Actor(), Service: svc.ID, Institution: string(v.Actor().Body), Group: group,
		Day: v.Field("on-" + group), From: v.Field("from-" + group), SameDay: v.Field("for-"+group) == "day",
	}
	for name, into := range map[string]*int{"minutes": &cmd.Minutes, "count": &cmd.Count, "each": &cmd.Places} {
		if *into, err = strconv.Atoi(v.Field(name + "-" + group)); err != nil {
			return schedules(v, http.StatusUnprocessableEntity, svc.ID, own, group, v.T("error.answer-type"))
		}
	}
	_, err = v.Engine.Do(v.Context(), cmd)
	if kind := aiqyn.KindOf(err); kind == aiqyn.Invalid || kind == aiqyn.Conflict {
		return schedules(v, http.StatusUnprocessableEntity, svc.ID, own, group, v.Texts.Error(v.Lang, err))
	}
	if err != nil {
		return err
	}
	return v.Go("institution")
}

// dayPage is who comes on a day.
type dayPage struct {
	ui.Layout
	Day     string
	Before  string
	After   string
	Action  string
	Comers  []comer
	Pager   ui.Pager
	ThisDay string
}

// comer is somebody who has a time.
type comer struct {
	At, Name, Ref, Group, State string
	Came                        string // id of the command that says so; "" if it may not be said now
	Missed                      string
}

// Day is who comes on a day, and who came.
func Day(v *visit.Visit) error {
	svc, own, err := queue(v)
	if err != nil {
		return err
	}
	on, err := deadline.ParseDate(v.Query("day"))
	if err != nil {
		on = today(v)
	}
	list, err := v.Engine.SlotSeated(v.Context(), v.Actor(), svc.ID, on, casework.Page{After: v.Query("after"), Limit: 50})
	if err != nil {
		return err
	}
	p := &dayPage{
		Layout: v.Layout("web.schedule.day", "day", ui.Day(v.Lang, on)), Before: dayHref(v, on.AddDays(-1)), After: dayHref(v, on.AddDays(1)),
		Action: v.Href("institution", "visit"), ThisDay: on.String(),
	}
	p.Section = "institution"
	p.Crumbs = []ui.Crumb{{Href: v.Href("institution"), Text: v.In(own[0].Institution.Title)}}
	kinds := make(map[string]string, len(own))
	for _, g := range own {
		kinds[g.ID] = show.GroupKind(v, g)
	}
	for _, s := range list.Items {
		c := comer{At: clock(s.Starts), Name: s.Name, Ref: string(s.Ref), Group: kinds[s.Group], State: v.T("web.slots.seated." + string(s.State))}
		if s.State == casework.QueueTaken && v.Now().After(s.Starts.Add(-time.Hour)) {
			c.Came = v.NewCommand()
			if v.Now().After(s.Starts) {
				c.Missed = v.NewCommand()
			}
		}
		p.Comers = append(p.Comers, c)
	}
	p.Pager = show.Pager(v, dayHref(v, on), list.Next)
	return v.Page("institution/day", p)
}

// Visit takes who came.
func Visit(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	if _, err := v.Engine.Do(v.Context(), casework.Attend{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Field("ref")), Came: v.Field("came") == "yes"}); err != nil {
		return err
	}
	on, err := deadline.ParseDate(v.Field("day"))
	if err != nil {
		on = today(v)
	}
	return v.Redirect(dayHref(v, on))
}
