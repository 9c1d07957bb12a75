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
	Filter          *ui.Filter // nil: all are offered
	Hidden          []ui.Hidden
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
	options, more := elsewhere(v, c)
	if more {
		page.Filter = regions(v, c)
		page.Hidden = []ui.Hidden{{Name: "region", Value: v.R.FormValue("region")}, {Name: "name", Value: v.R.FormValue("name")}}
	}
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

// elsewhere are institutions of other regions than that where the case waits, by region
// and name: of more than can be shown those that the address looks for.
func elsewhere(v *visit.Visit, c *casework.CaseView) (list []ui.Option, more bool) {
	f := casework.PlaceFilter{Region: v.R.FormValue("region"), Name: v.R.FormValue("name")}
	if len(c.Queue.Lines) > 0 {
		f.Elsewhere = c.Queue.Lines[0].Group.Institution.Region
	}
	all := v.Engine.Givers(c.Service.ID, f, casework.Page{Limit: mostElsewhere})
	for _, i := range all.Items {
		list = append(list, ui.Option{Value: i.ID, Label: show.RegionName(v, i.Region) + ": " + cmp.Or(v.In(i.Title), i.ID)})
	}
	slices.SortStableFunc(list, func(a, b ui.Option) int { return cmp.Compare(a.Label, b.Label) })
	return list, all.Next != "" || f.Region+f.Name != ""
}

// mostElsewhere is how many institutions a wish offers.
const mostElsewhere = 200

// regions narrows where somebody moves.
func regions(v *visit.Visit, c *casework.CaseView) *ui.Filter {
	s := ui.Select{Name: "region", Label: v.T("web.queue.region"), Options: []ui.Option{{Label: v.T("web.places.all")}}}
	for _, code := range v.Engine.PlaceFacets(c.Service.ID).Regions {
		s.Options = append(s.Options, ui.Option{Value: code, Label: show.RegionName(v, code), Checked: code == v.R.FormValue("region")})
	}
	return &ui.Filter{Action: v.Href("cases", c.Ref, "transfer"), Selects: []ui.Select{s}, Inputs: []ui.Input{{Name: "name", Label: v.T("web.places.name"), Value: v.R.FormValue("name")}}}
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
