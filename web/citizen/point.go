package citizen

import (
	"net/http"
	"slices"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type pointPage struct {
	ui.Layout
	Points  ui.Radios
	Action  string
	Command string
}

// AskPoint asks which of the points with room the applicant wants.
func AskPoint(v *visit.Visit) error { return choosePoint(v, http.StatusOK, "") }

// choosePoint shows the points that there are, with what each costs.
func choosePoint(v *visit.Visit, status int, fault string) error {
	c, err := find(v)
	if err != nil {
		return err
	}
	if !show.Can(c, "point") || c.Ruling == nil || c.Ruling.Points == nil || len(c.Ruling.Points.Feasible) == 0 {
		return aiqyn.E(aiqyn.Conflict, "error.point-none")
	}
	page := &pointPage{Layout: v.Layout("web.point.title"), Action: v.Href("cases", c.Ref, "point"), Command: v.NewCommand()}
	page.Section, page.Back, page.LangForm = "cases", v.Href("cases", c.Ref), "choose"
	page.Points = ui.Radios{Name: "point", Label: v.T("web.point.label"), Error: fault}
	for _, p := range c.Ruling.Points.Feasible {
		page.Points.Options = append(page.Points.Options, ui.Option{Value: p.ID, Label: p.ID + " – " + locale.Money(v.Lang, p.Cost),
			Hint: v.T("web.point.route", "route", locale.Distance(v.Lang, p.RouteM), "free", show.Watts(v, p.FreeW)), Checked: v.Field("point") == p.ID})
	}
	if fault != "" {
		page.Errors = []ui.FieldError{{Field: "point", Text: fault}}
	}
	return v.PageAs(status, "citizen/point", page)
}

// ChoosePoint records which point the applicant wants.
func ChoosePoint(v *visit.Visit) error {
	if lang := aiqyn.Lang(v.R.PostFormValue("_lang")); slices.Contains(aiqyn.Langs, lang) {
		v.Lang = lang
		return AskPoint(v)
	}
	id, err := v.Command()
	if err != nil {
		return err
	}
	again := func(fault string) error { return choosePoint(v, http.StatusUnprocessableEntity, fault) }
	if v.Field("point") == "" {
		return again(v.T("error.answer-required"))
	}
	if _, err := v.Engine.Do(v.Context(), casework.ChoosePoint{ID: id, Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Point: v.Field("point")}); err != nil {
		return onPage(err, again, v)
	}
	return v.Go("cases", v.Path("ref"))
}
