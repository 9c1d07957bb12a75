package public

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// newWishForm asks where and how much.
func newWishForm(v *visit.Visit) ui.Filter {
	more := &ui.Narrower{Title: v.T("web.wish.more")}
	for _, q := range v.Engine.WishQuestions() {
		s := ui.Select{Name: q.Name, Label: v.In(q.Label), Options: []ui.Option{{Label: v.T("web.wish.any"), Checked: v.Query(q.Name) == ""}}}
		for _, c := range q.Of {
			s.Options = append(s.Options, ui.Option{Value: c.Value, Label: v.In(c.Label), Checked: v.Query(q.Name) == c.Value})
		}
		more.Open = more.Open || v.Query(q.Name) != ""
		more.Selects = append(more.Selects, s)
	}
	return ui.Filter{Action: v.Href("capacity", "points"), Button: v.T("web.wish.ask"), Label: v.T("web.wish.title"), Inputs: []ui.Input{
		{Name: "parcel", Label: v.T("web.wish.parcel"), Value: v.Query("parcel"), Plain: true},
		{Name: "at", Label: v.T("web.wish.at"), Hint: v.T("web.wish.at-hint"), Value: wishAt(v), Plain: true},
		{Name: "kw", Label: v.T("web.wish.kw"), Value: v.Query("kw"), Mode: "numeric", Suffix: v.T("ui.unit.kw")},
	}, More: more}
}

// wishAt is the place that was chosen; on the map page the middle of the map is
// none.
func wishAt(v *visit.Visit) string {
	if v.Query("kw") == "" {
		return ""
	}
	return v.Query("at")
}

type wishPage struct {
	ui.Layout
	Form   ui.Filter
	Asked  bool
	Lede   string
	Map    *ui.Map
	Points []ui.Point
	None   string // why there is no point at all
	All    string // address of the list of all that was considered
	// Sources is how many independent ones there are, where the category needs two;
	// Held for how long power would be held.
	Sources, Held string
	Chosen        string // parcel of which it is still to be said how much
	// Parcel says in which one a place lies that was asked for, Apply leads to the
	// application with what was answered here.
	Parcel string
	Apply  string
}

// Wish tells what it would take to connect a load somewhere, before anybody asks
// for it.
func Wish(v *visit.Visit) error {
	page := &wishPage{Layout: v.Layout("web.wish.title")}
	page.Section = "capacity"
	page.Crumbs = append(capacityCrumbs(v), ui.Crumb{Href: v.Href("capacity", "map"), Text: v.T("web.atlas.title")})
	page.Form = newWishForm(v)
	if !v.R.URL.Query().Has("kw") { // a parcel of the map, perhaps, and how much is still to be said
		page.Chosen = v.Query("parcel")
		return v.Page("public/wish", page)
	}
	w, err := show.WishOf(v)
	wished := casework.Wished{}
	if err == nil {
		wished, err = v.Engine.ConnectionPoints(v.Context(), w)
	}
	var own *aiqyn.Error
	if errors.As(err, &own) && own.Field != "" && (own.Kind == aiqyn.Invalid || own.Kind == aiqyn.NotFound) {
		return page.mend(v, own)
	}
	if err != nil {
		return err
	}
	page.Asked = true
	if err := page.parcel(v, &w); err != nil {
		return err
	}
	page.Apply = applyHref(v, w)
	page.say(v, wished)
	return v.Page("public/wish", page)
}

// parcel finds the one that a place alone means: the points are those of the place, and
// the application is for the parcel.
func (p *wishPage) parcel(v *visit.Visit, w *casework.Wish) error {
	if w.Parcel != "" {
		return nil
	}
	found, err := v.Engine.ParcelAt(v.Context(), w.Lon, w.Lat)
	switch kind := aiqyn.KindOf(err); {
	case kind == aiqyn.NotFound || kind == aiqyn.Unavailable:
		p.Parcel = v.Texts.Error(v.Lang, err)
	case err != nil:
		return err
	default:
		w.Parcel = found.Number
		p.Parcel = v.T("web.wish.lies-in", "parcel", show.ParcelText(v, &found))
	}
	return nil
}

// applyHref leads to the application, at its question for the parcel where one is known,
// with everything that was said here.
func applyHref(v *visit.Visit, w casework.Wish) string {
	service, answers := v.Engine.WishApplication(w)
	if service == "" {
		return v.Href("services")
	}
	first := ""
	for _, name := range slices.Sorted(maps.Keys(answers)) {
		if first == "" || answers[name] == w.Parcel {
			first = name
		}
	}
	q := url.Values{}
	for name, answer := range answers {
		q.Set(name, answer)
	}
	return v.Href("apply", service, "questions", first) + "?" + q.Encode()
}

// mend shows what is wrong beside the field that it is about.
func (p *wishPage) mend(v *visit.Visit, err *aiqyn.Error) error {
	text := v.Texts.Error(v.Lang, err)
	for i := range p.Form.Inputs {
		if p.Form.Inputs[i].Name == err.Field {
			p.Form.Inputs[i].Error = text
		}
	}
	p.Errors = []ui.FieldError{{Field: err.Field, Text: text}}
	return v.PageAs(http.StatusUnprocessableEntity, "public/wish", p)
}

func (p *wishPage) say(v *visit.Visit, w casework.Wished) {
	if w.Points == nil {
		p.None = v.T("web.wish.none")
		return
	}
	kw := locale.Kilowatt(v.Lang, w.Points.LoadW)
	best := w.Points.Best
	switch {
	case best != nil:
		p.Lede = v.T("web.wish.best", "kw", kw, "point", best.ID, "route", locale.Distance(v.Lang, best.RouteM), "cost", locale.Money(v.Lang, best.Cost))
	case len(w.Points.Rejected) > 0:
		p.Lede = v.T("web.wish.not", "kw", kw, "free", show.Watts(v, w.Points.NearestFreeW))
	default:
		p.None = v.T("web.wish.none")
	}
	if w.Needed > 1 {
		p.Sources = v.T("web.wish.sources", "n", w.Sources, "needed", w.Needed)
		if w.Unknown > 0 {
			p.Sources += " " + v.T("web.wish.sources-unknown", "n", w.Unknown)
		}
	}
	if w.Days > 0 && best != nil {
		p.Held = v.T("web.wish.held", "n", w.Days)
	}
	p.Points, p.All = show.Points(v, w.Points), considered(v).Href()
	p.Map = show.WishMap(v, w)
}
