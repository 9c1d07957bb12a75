package citizen

import (
	"cmp"
	"net/http"
	"slices"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// transferPage asks where somebody will wait in another region.
type transferPage struct {
	ui.Layout
	Action, Command string
	Wishes          []ui.Select
}

// AskTransfer asks for what one waits in another region.
func AskTransfer(v *visit.Visit) error { return transferTo(v, http.StatusOK, "") }

func transferTo(v *visit.Visit, status int, fault string) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if !show.Can(c, "transfer") {
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
	}
	page := &transferPage{Layout: v.Layout("web.queue.transfer"), Action: v.Href("cases", c.Ref, "transfer"), Command: v.NewCommand()}
	page.Section, page.Back, page.LangForm = "cases", v.Href("cases", c.Ref), "transfer"
	options := elsewhere(v, c)
	for _, wish := range c.Service.Queue.List {
		q, _ := c.Service.Question(wish)
		s := ui.Select{Name: wish, Label: v.In(q.Label), Options: []ui.Option{{Label: "–"}}}
		for _, o := range options {
			o.Checked = o.Value == v.Field(wish)
			s.Options = append(s.Options, o)
		}
		page.Wishes = append(page.Wishes, s)
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: page.Wishes[0].Name, Text: fault}}
	}
	return v.PageAs(status, "citizen/transfer", page)
}

// elsewhere are the institutions of other regions than that where the case waits, by
// region and name.
func elsewhere(v *visit.Visit, c *casework.CaseView) (list []ui.Option) {
	here := ""
	if len(c.Queue.Lines) > 0 {
		here = c.Queue.Lines[0].Group.Institution.Region
	}
	seen := make(map[string]bool)
	for _, g := range v.Engine.Institutions(c.Service.ID) {
		if i := g.Institution; i.Region != here && !seen[i.ID] {
			seen[i.ID] = true
			list = append(list, ui.Option{Value: i.ID, Label: show.RegionName(v, i.Region) + ": " + cmp.Or(v.In(i.Title), i.ID)})
		}
	}
	slices.SortStableFunc(list, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return list
}

// Transfer moves the case.
func Transfer(v *visit.Visit) error {
	id, err := v.Command()
	if err != nil {
		return err
	}
	c, err := find(v)
	if err != nil {
		return err
	}
	if c.Service.Queue == nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	wishes := make(map[string]string)
	for _, wish := range c.Service.Queue.List {
		wishes[wish] = v.Field(wish)
	}
	_, err = v.Engine.Do(v.Context(), casework.TransferQueue{ID: id, Actor: v.Actor(), Ref: c.Ref, Answers: wishes})
	if kind := aiqyn.KindOf(err); (kind == aiqyn.Invalid || kind == aiqyn.Conflict) && show.Can(c, "transfer") {
		return transferTo(v, http.StatusUnprocessableEntity, v.Texts.Error(v.Lang, err))
	}
	if err != nil {
		return err
	}
	return v.Go("cases", c.Ref)
}
