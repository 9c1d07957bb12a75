// Package institution has the pages of who gives places of a queue: how many they
// have, or when they see people, and who has a place or is offered one. Whom a place
// goes to is not theirs to say.
package institution

import (
	"embed"
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// Files are the page's templates.
//
//go:embed *.html
var Files embed.FS

type page struct {
	ui.Layout
	Groups []group
	Action string
	Seated ui.List
}

// group is one group with the form that reports its places.
type group struct {
	Name, Title, Command string
	Places               ui.Input
	Rows                 []ui.Fact
}

// queue is the service that the visitor's institution gives places of.
func queue(v *visit.Visit) (*service.Service, []casework.GroupView, error) {
	id, own, err := v.Engine.OwnGroups(v.Context(), v.Actor())
	if err != nil {
		return nil, nil, err
	}
	svc, ok := v.Engine.Pack().Service(id)
	if !ok || len(own) == 0 {
		return nil, nil, aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	return svc, own, nil
}

// Places is the page.
func Places(v *visit.Visit) error { return places(v, http.StatusOK, "", "") }

func places(v *visit.Visit, status int, at, fault string) error {
	svc, own, err := queue(v)
	if aiqyn.KindOf(err) == aiqyn.NotFound {
		if _, _, lots := v.Engine.OwnLots(v.Context(), v.Actor(), casework.Page{Limit: 1}); lots == nil {
			return v.Go("institution", "lots") // it gives no places, and may sell plots
		}
	}
	if err != nil {
		return err
	}
	if svc.Queue.Slots != nil {
		return schedules(v, status, svc.ID, own, at, fault)
	}
	p := &page{Layout: v.Titled(v.In(own[0].Institution.Title)), Action: v.Href("institution")}
	p.Section = "institution"
	for _, g := range own {
		in := ui.Input{Name: "places-" + g.Name, Label: v.T("web.institution.places"), Value: strconv.Itoa(g.Places), Mode: "numeric", Width: "5", Plain: true}
		if g.Name == at {
			in.Error, in.Value = fault, v.Field(in.Name)
			p.Errors = []ui.FieldError{{Field: in.Name, Text: fault}}
		}
		number := func(n int) string { return locale.Number(v.Lang, int64(n)) }
		p.Groups = append(p.Groups, group{Name: g.Name, Title: show.GroupKind(v, g), Command: v.NewCommand(), Places: in, Rows: []ui.Fact{
			{Name: v.T("web.places.taken"), Value: number(g.Taken)}, {Name: v.T("web.places.free"), Value: number(g.Free())}, {Name: v.T("web.places.waiting"), Value: number(g.Waiting)},
		}})
		if opens := show.Opens(v, g); opens != "" {
			last := &p.Groups[len(p.Groups)-1]
			last.Rows = append(last.Rows, ui.Fact{Name: v.T("web.places.round"), Value: opens})
		}
	}
	if p.Seated, err = seated(v, svc.ID, own); err != nil {
		return err
	}
	return v.PageAs(status, "institution/institution", p)
}

// seated lists who has a place in a group of one's own, or an offer of one.
func seated(v *visit.Visit, svc aiqyn.ServiceID, own []casework.GroupView) (ui.List, error) {
	list, err := v.Engine.Seated(v.Context(), v.Actor(), svc, casework.Page{After: v.Query("after"), Limit: 25})
	if err != nil {
		return ui.List{}, err
	}
	out := ui.List{
		Caption: v.T("web.institution.seated"), Empty: ui.Empty{Text: v.T("web.institution.nobody")}, Pager: show.Pager(v, v.Href("institution"), list.Next),
		Columns: []ui.Column{{Title: v.T("web.institution.child"), Head: true}, {Title: v.T("web.places.group")}, {Title: v.T("web.rounds.state")}, {Title: v.T("web.institution.until"), Number: true}},
	}
	kinds := make(map[string]string, len(own))
	for _, g := range own {
		kinds[g.ID] = show.GroupKind(v, g)
	}
	for _, s := range list.Items {
		until := show.When(v, s.Until)
		if s.First != "" {
			until = show.DayText(v, s.First)
		}
		out.Rows = append(out.Rows, ui.Line{Cells: []ui.Cell{{Text: s.Name, Note: string(s.Ref)}, {Text: kinds[s.Group]}, {Text: v.T("web.queue.state." + string(s.State))}, {Text: until}}})
	}
	return out, nil
}

// Report takes how many places a group has.
func Report(v *visit.Visit) error {
	svc, _, err := queue(v)
	if err != nil {
		return err
	}
	id, err := v.Command()
	if err != nil {
		return err
	}
	group := v.Field("group")
	n, err := strconv.Atoi(v.Field("places-" + group))
	if err != nil {
		return places(v, http.StatusUnprocessableEntity, group, v.T("error.answer-type"))
	}
	_, err = v.Engine.Do(v.Context(), casework.ReportPlaces{ID: id, Actor: v.Actor(), Service: svc.ID, Institution: string(v.Actor().Body), Group: group, Places: n})
	if kind := aiqyn.KindOf(err); kind == aiqyn.Invalid || kind == aiqyn.Conflict {
		return places(v, http.StatusUnprocessableEntity, group, v.Texts.Error(v.Lang, err))
	}
	if err != nil {
		return err
	}
	return v.Go("institution")
}
