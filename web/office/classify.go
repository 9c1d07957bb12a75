package office

import (
	"net/url"
	"strconv"

	"aiqyn"
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

func classRows(v *visit.Visit, c casework.ClassView) []ui.Row {
	return []ui.Row{
		{Key: v.T("web.secrecy.what"), Value: show.Subject(v, c.Subject)}, {Key: v.T("web.secrecy.class"), Value: v.T("web.secrecy.class." + string(c.Class))},
		{Key: v.T("web.secrecy.ground"), Value: c.Ground}, {Key: v.T("web.secrecy.item"), Value: c.Item}, {Key: v.T("web.secrecy.roadmap"), Value: c.Roadmap},
		{Key: v.T("web.secrecy.until"), Value: ui.Day(v.Lang, c.Until)}, {Key: v.T("web.secrecy.reviewer"), Value: string(c.Reviewer)},
		{Key: v.T("web.office.asked-by"), Value: string(c.By), Note: locale.DateTime(v.Lang, c.At)},
	}
}

func askClassify(v *visit.Visit, p *taskPage) error {
	what := &ui.Radios{Name: "subject", Label: v.T("web.office.subject")}
	for _, s := range secrecy.Subjects {
		what.Options = append(what.Options, ui.Option{Value: s.String(), Label: show.Subject(v, s), Checked: value(v, "subject") == s.String()})
	}
	until, reviewer := input(v, "until"), input(v, "reviewer")
	until.Input.Type = "date"
	if reviewer.Input.Value == "" {
		reviewer.Input.Value = string(v.Actor().Officer)
	}
	p.Fields = []ui.Field{{Radios: what}, radios(v, "class", "exact", "generalised", "closed"), area(v, "ground"), input(v, "item"), input(v, "roadmap"), until, reviewer}
	return nil
}

func sendClassify(v *visit.Visit, id aiqyn.CommandID) (any, error) {
	subject, ok := secrecy.ParseSubject(v.Field("subject"))
	if !ok {
		return nil, aiqyn.E(aiqyn.Invalid, "error.answer-choice").On("subject")
	}
	c := casework.Classify{ID: id, Actor: v.Actor(), Classification: secrecy.Classification{
		Subject: subject, Class: secrecy.Class(v.Field("class")), Ground: v.Field("ground"), Item: v.Field("item"), Roadmap: v.Field("roadmap"), Reviewer: aiqyn.OfficerID(v.Field("reviewer")),
	}}
	if c.Class == secrecy.Exact || v.Field("until") == "" {
		return c, nil
	}
	until, err := deadline.ParseDate(v.Field("until"))
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.answer-type").On("until")
	}
	c.Until = until
	return c, nil
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
