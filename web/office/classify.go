package office

import (
	"net/http"
	"net/url"
	"strconv"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/locale"
	"aiqyn/secrecy"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// secrecyOfficer says what of the network the public may see.
func secrecyOfficer(v *visit.Visit, p *officePage) error {
	p.Tasks = []ui.Link{task(v, "classify"), {Href: v.Href("capacity", "secrecy"), Text: v.T("web.secrecy.title")}}
	p.Quiet = v.T("web.office.no-classes")
	s, err := v.Engine.Secrecy(v.Context())
	for _, c := range s.Waiting {
		p.Waiting = append(p.Waiting, waiting{Rows: classRows(v, c)})
	}
	for _, c := range s.InForce {
		p.Rows = append(p.Rows, ui.Row{Key: show.Subject(v, c.Subject), Value: v.T("web.secrecy.class." + string(c.Class)), Note: v.T("web.secrecy.until") + ": " + ui.Day(v.Lang, c.Until)})
	}
	return err
}

// classesWaiting are those that an overseer may confirm.
func classesWaiting(v *visit.Visit, p *officePage) error {
	s, err := v.Engine.Secrecy(v.Context())
	p.Quiet = v.T("web.office.nothing-waits")
	for _, c := range s.Waiting {
		p.Waiting = append(p.Waiting, waiting{
			Href: v.Href("office", "confirm-class") + "?" + url.Values{"entry": {strconv.FormatInt(c.Entry, 10)}}.Encode(), Text: v.T("web.office.confirm-class.title"), Rows: classRows(v, c),
		})
	}
	return err
}

// classesEnding are those that end by themselves soon: for whoever reviews them, and for
// those who may give them anew or open them before their day.
func classesEnding(v *visit.Visit, p *officePage) error {
	s, err := v.Engine.Secrecy(v.Context())
	for _, c := range s.Ending {
		w := waiting{Rows: classRows(v, c)}
		w.Rows = w.Rows[:len(w.Rows)-1] // who signed it did not ask for it
		switch {
		case v.May(access.ActionClassify):
			w.Href, w.Text = classifyAs(v, c, c.Class), v.T("web.office.ending.renew")
			w.Other = &ui.Link{Href: classifyAs(v, c, secrecy.Exact), Text: v.T("web.office.ending.open")}
		case c.Reviewer == v.Actor().Officer:
			w.Href, w.Text = v.Href("capacity", "secrecy"), v.T("web.secrecy.title")
		default:
			continue
		}
		p.Ending = append(p.Ending, w)
	}
	return err
}

// classifyAs is the address of the form on which a subject is given a class.
func classifyAs(v *visit.Visit, c casework.ClassView, class secrecy.Class) string {
	return v.Href("office", "classify") + "?" + url.Values{"subject": {c.Subject.String()}, "class": {string(class)}}.Encode()
}

func classRows(v *visit.Visit, c casework.ClassView) []ui.Row {
	return []ui.Row{
		{Key: v.T("web.secrecy.what"), Value: show.Subject(v, c.Subject)}, {Key: v.T("web.secrecy.class"), Value: v.T("web.secrecy.class." + string(c.Class))},
		{Key: v.T("web.secrecy.ground"), Value: c.Ground, Note: show.GroundOf(v, c.Classification)}, {Key: v.T("web.secrecy.item"), Value: c.Item}, {Key: v.T("web.secrecy.roadmap"), Value: c.Roadmap},
		{Key: v.T("web.secrecy.until"), Value: ui.Day(v.Lang, c.Until)}, {Key: v.T("web.secrecy.reviewer"), Value: string(c.Reviewer)},
		{Key: v.T("web.office.asked-by"), Value: string(c.By), Note: locale.DateTime(v.Lang, c.At)},
	}
}

func askClassify(v *visit.Visit, p *taskPage) error {
	what := &ui.Radios{Name: "subject", Label: v.T("web.office.subject")}
	for _, s := range secrecy.Subjects {
		what.Options = append(what.Options, ui.Option{Value: s.String(), Label: show.Subject(v, s), Checked: value(v, "subject") == s.String()})
	}
	until, issued := input(v, "until"), input(v, "issued")
	until.Input.Type, issued.Input.Type = "date", "date"
	item, roadmap, chosen := input(v, "item"), input(v, "roadmap"), value(v, "reviewer")
	if chosen == "" {
		chosen = string(v.Actor().Officer)
	}
	c, renewed, err := renewedClass(v)
	if err != nil {
		return err
	}
	if renewed {
		item.Input.Value, roadmap.Input.Value, chosen = c.Item, c.Roadmap, string(c.Reviewer)
		p.Rows = []ui.Row{{Key: v.T("web.office.last-ground"), Value: c.Ground, Note: show.GroundOf(v, c.Classification)}, {Key: v.T("web.secrecy.until"), Value: ui.Day(v.Lang, c.Until)}}
	}
	reviewer, err := reviewers(v, chosen)
	p.Fields = []ui.Field{{Radios: what}, radios(v, "class", "exact", "generalised", "closed"), area(v, "ground"), issued, item, roadmap, until, reviewer}
	return err
}

// reviewers asks who is to review it, of the officers who may.
func reviewers(v *visit.Visit, chosen string) (ui.Field, error) {
	list, err := v.Engine.Reviewers(v.Context(), v.Actor())
	r := &ui.Radios{Name: "reviewer", Label: v.T("web.office.reviewer"), Hint: v.T("web.office.reviewer-hint")}
	for _, o := range list {
		r.Options = append(r.Options, ui.Option{Value: string(o.ID), Label: o.Name + ", " + string(o.ID), Checked: chosen == string(o.ID)})
	}
	return ui.Field{Radios: r}, err
}

// renewedClass is the class in force that the address of the form asks to give again:
// the form begins with its items and its reviewer, shows its ground, which cannot be the
// next one, and has no last day.
func renewedClass(v *visit.Visit) (c casework.ClassView, ok bool, err error) {
	if v.R.Method == http.MethodPost || v.Query("class") == "" {
		return c, false, nil
	}
	s, err := v.Engine.Secrecy(v.Context())
	for _, c := range s.InForce {
		if c.Subject.String() == v.Query("subject") && string(c.Class) == v.Query("class") {
			return c, true, err
		}
	}
	return c, false, err
}

func sendClassify(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	subject, ok := secrecy.ParseSubject(v.Field("subject"))
	if !ok {
		return nil, aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("subject")
	}
	c := casework.Classify{ID: id, Actor: v.Actor(), Classification: secrecy.Classification{
		Subject: subject, Class: secrecy.Class(v.Field("class")), Ground: v.Field("ground"), Item: v.Field("item"), Roadmap: v.Field("roadmap"), Reviewer: aiqyn.OfficerID(v.Field("reviewer")),
	}}
	if c.Class == secrecy.Exact {
		return c, nil
	}
	var err error
	if c.Issued, err = dayIfAny(v, "issued"); err != nil {
		return nil, err
	}
	c.Until, err = dayIfAny(v, "until")
	return c, err
}

// dayIfAny reads a day of the form; the engine says if one is missing that it needs.
func dayIfAny(v *visit.Visit, field string) (d deadline.Date, err error) {
	if v.Field(field) == "" {
		return d, nil
	}
	return day(v, field)
}

// askConfirmClass shows the overseer what is to be hidden.
func askConfirmClass(v *visit.Visit, p *taskPage) error {
	s, err := v.Engine.Secrecy(v.Context())
	for _, c := range s.Waiting {
		if strconv.FormatInt(c.Entry, 10) == value(v, "entry") {
			p.Rows = classRows(v, c)
		}
	}
	p.Danger, p.Fields = true, []ui.Field{input(v, "entry")}
	return err
}

func sendConfirmClass(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	entry, err := number(v, "entry")
	return casework.Classify{ID: id, Actor: v.Actor(), Entry: entry}, err
}
