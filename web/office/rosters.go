package office

import (
	"net/url"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// anInstitution is what a form calls the roster of an institution that has none yet: which
// there are, their registers know.
const anInstitution = "institution"

// registrar keeps the rosters: there are as many as bodies and institutions, so they have
// a list of their own.
func registrar(v *visit.Visit, p *officePage) error {
	p.Tasks = []ui.Link{{Href: v.Href("office", "rosters"), Text: v.T("web.rosters.title")}, newInstitution(v)}
	n, err := v.Engine.RosterTotals(v.Context(), v.Actor())
	p.Rows = []ui.Row{
		{Key: v.T("web.rosters.rosters"), Value: locale.Number(v.Lang, int64(n.Rosters))}, {Key: v.T("web.rosters.officers"), Value: locale.Number(v.Lang, int64(n.Officers))},
		{Key: v.T("web.rosters.vacant"), Value: locale.Number(v.Lang, int64(n.Vacant))},
	}
	if n.Vacant > 0 {
		p.Tasks = append(p.Tasks, ui.Link{Href: v.Href("office", "rosters") + "?state=vacant", Text: v.T("web.rosters.vacant")})
	}
	return err
}

func newInstitution(v *visit.Visit) ui.Link {
	return ui.Link{Href: taskOf(v, "enrol", anInstitution, ""), Text: v.T("web.rosters.institution")}
}

// taskOf is the address of a form about one roster, and one officer if any.
func taskOf(v *visit.Visit, id, roster string, officer aiqyn.OfficerID) string {
	q := url.Values{"roster": {roster}}
	if officer != "" {
		q.Set("officer", string(officer))
	}
	return v.Href("office", id) + "?" + q.Encode()
}

type rostersPage struct {
	ui.Layout
	Text string
	Task ui.Link
	Rows []ui.Row
	List ui.List
}

// rosterFilter are the names that may narrow the list of rosters.
var rosterFilter = []string{"find", "state"}

// pageOfRosters is how many a page shows.
const pageOfRosters = 25

// Rosters lists who stands in which post.
func Rosters(v *visit.Visit) error {
	list, err := v.Engine.Rosters(v.Context(), v.Actor(), show.FindRosters(v), casework.Page{After: v.Query("after"), Limit: pageOfRosters})
	if err != nil {
		return err
	}
	listing := show.NewListing(v, []any{"office", "rosters"}, rosterFilter...)
	page := &rostersPage{Layout: v.Layout("web.rosters.title"), Text: v.T("web.rosters.text"), Task: newInstitution(v)}
	page.Section, page.Back = "office", v.Href("office")
	state := ui.Select{Name: "state", Label: v.T("web.rosters.state"), Options: []ui.Option{{Label: v.T("web.rosters.all")}, {Value: "vacant", Label: v.T("web.rosters.vacant"), Checked: v.Query("state") == "vacant"}}}
	page.List = ui.List{
		Caption: page.Title, Total: listing.Total(len(list.Items), list.Next), Pager: listing.Pager(list.Next),
		Filter: &ui.Filter{Action: listing.Bare(), Reset: listing.Plain(), Selects: []ui.Select{state},
			Inputs: []ui.Input{{Name: "find", Label: v.T("web.rosters.find"), Value: v.Query("find")}}},
		Columns: []ui.Column{{Title: v.T("web.rosters.post"), Head: true}, {Title: v.T("web.rosters.who")}, {Title: v.T("web.rosters.since"), Number: true}},
		Empty:   ui.Empty{Text: v.T("web.rosters.none"), Action: &ui.Link{Href: listing.Bare(), Text: v.T("web.rosters.all")}},
	}
	for i := range list.Items {
		r := &list.Items[i]
		cells := []ui.Cell{{Text: show.Roster(v, r), Href: v.Href("office", "rosters", r.Role, r.Body)}, {Text: someNames(v, r)}, {Text: locale.DateTime(v.Lang, r.At)}}
		if r.Vacant() {
			cells[1], cells[2] = ui.Cell{Tag: &ui.Tag{Kind: "warn", Text: v.T("web.office.vacant")}}, ui.Cell{}
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: cells})
	}
	return v.Page("office/rosters", page)
}

// namesAtOnce are how many are named where a roster is one line.
const namesAtOnce = 3

func someNames(v *visit.Visit, r *casework.RosterView) string {
	var names []string
	for _, o := range r.Officers[:min(len(r.Officers), namesAtOnce)] {
		if o.Name == "" {
			o.Name = string(o.ID)
		}
		names = append(names, o.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(r.Officers) - namesAtOnce; more > 0 {
		text += " " + v.T("web.rosters.more", "n", more)
	}
	return text
}

// Roster shows who stands on one, and leads to the forms that put somebody on it and take
// somebody off.
func Roster(v *visit.Visit) error {
	r, err := v.Engine.Roster(v.Context(), v.Actor(), aiqyn.Role(v.Path("role")), aiqyn.BodyID(v.Path("body")))
	if err != nil {
		return err
	}
	key := rosterKey(r.Role, r.Body)
	page := &rostersPage{Layout: v.Titled(show.Roster(v, &r)), Task: ui.Link{Href: taskOf(v, "enrol", key, ""), Text: v.T("web.office.enrol.title")}}
	page.Section, page.Back = "office", v.Href("office", "rosters")
	if !r.At.IsZero() {
		page.Rows = []ui.Row{{Key: v.T("web.rosters.since"), Value: locale.DateTime(v.Lang, r.At)}, {Key: v.T("web.document.entry"), Value: strconv.FormatInt(r.Entry, 10)}}
	}
	page.List = ui.List{
		Caption: page.Title, Total: v.T("ui.list.all", "n", len(r.Officers)), Empty: ui.Empty{Text: v.T("web.office.vacant")},
		Columns: []ui.Column{{Title: v.T("web.rosters.name"), Head: true}, {Title: v.T("web.office.officer")}, {Title: v.T("web.rosters.known")}, {Title: v.T("web.office.act")}},
	}
	for _, o := range r.Officers {
		known := ui.Cell{Text: v.T("web.rosters.tied")}
		if !o.Tied {
			known = ui.Cell{Tag: &ui.Tag{Kind: "warn", Text: v.T("web.office.untied")}}
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: o.Name}, {Text: string(o.ID), Whole: true}, known, {Text: v.T("web.office.remove.button"), Href: taskOf(v, "remove", key, o.ID)},
		}})
	}
	return v.Page("office/rosters", page)
}

func rosterKey(role aiqyn.Role, body aiqyn.BodyID) string { return string(role) + "/" + string(body) }

// chosen is the roster that a form names, by the key that its page has given it.
func chosen(v *visit.Visit) (casework.RosterView, error) {
	role, body, _ := strings.Cut(value(v, "roster"), "/")
	return v.Engine.Roster(v.Context(), v.Actor(), aiqyn.Role(role), aiqyn.BodyID(body))
}

// about names the roster that a form is of.
func (p *taskPage) about(v *visit.Visit, r *casework.RosterView) {
	p.Back = v.Href("office", "rosters", r.Role, r.Body)
	p.Hidden = []ui.Hidden{{Name: "roster", Value: rosterKey(r.Role, r.Body)}}
	p.Rows = []ui.Row{{Key: v.T("web.rosters.post"), Value: show.Roster(v, r)}}
}

// askEnrol puts somebody on a roster, and on the list of officers.
func askEnrol(v *visit.Visit, p *taskPage) error {
	if value(v, "roster") == anInstitution {
		p.Back, p.Hidden = v.Href("office", "rosters"), []ui.Hidden{{Name: "roster", Value: anInstitution}}
		p.Fields = []ui.Field{input(v, anInstitution)}
		p.Fields[0].Input.Hint = v.T("web.office.institution-hint")
	} else {
		r, err := chosen(v)
		if err != nil {
			return err
		}
		p.about(v, &r)
	}
	officer := input(v, "officer")
	officer.Input.Hint = v.T("web.office.officer-hint")
	p.Fields = append(p.Fields, officer, input(v, "name"), input(v, "iin"), input(v, "phone"))
	return nil
}

func sendEnrol(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	c := casework.Roster{ID: id, Actor: v.Actor()}
	if v.Field("roster") == anInstitution {
		c.Role, c.Body = aiqyn.RoleInstitution, aiqyn.BodyID(v.Field(anInstitution))
		switch _, err := v.Engine.Roster(v.Context(), v.Actor(), c.Role, c.Body); {
		case err == nil:
			return nil, aiqyn.E(aiqyn.Conflict, "error.institution-listed").On(anInstitution)
		case aiqyn.KindOf(err) != aiqyn.NotFound:
			return nil, err
		}
	} else {
		r, err := chosen(v)
		if err != nil {
			return nil, err
		}
		c.Role, c.Body = r.Role, r.Body
	}
	officer := aiqyn.OfficerID(v.Field("officer"))
	if officer == "" {
		return nil, aiqyn.E(aiqyn.Invalid, "error.officer-id").On("officer")
	}
	c.Persons = map[aiqyn.OfficerID]aiqyn.PersonID{officer: aiqyn.PersonID(v.Field("iin"))}
	c.Enrol = casework.Enrolment{Officer: officer, Name: v.Field("name"), Phone: v.Field("phone")}
	return c, nil
}

// askRemove takes somebody off a roster. What was drawn stays drawn, and they sign in no more.
func askRemove(v *visit.Visit, p *taskPage) error {
	r, err := chosen(v)
	if err != nil {
		return err
	}
	p.about(v, &r)
	p.Danger, p.Fields = true, []ui.Field{input(v, "officer")}
	return nil
}

func sendRemove(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	r, err := chosen(v)
	if err != nil {
		return nil, err
	}
	c := casework.Roster{ID: id, Actor: v.Actor(), Role: r.Role, Body: r.Body, Leaves: aiqyn.OfficerID(v.Field("officer"))}
	if c.Leaves == "" {
		return nil, aiqyn.E(aiqyn.Invalid, "error.officer-id").On("officer")
	}
	return c, nil
}

// OfARoster leads to the list of rosters where a form does not say of which it is.
func OfARoster(next visit.Handler) visit.Handler {
	return func(v *visit.Visit) error {
		if value(v, "roster") == "" {
			return v.Go("office", "rosters")
		}
		return next(v)
	}
}
