package public

import (
	"cmp"
	"net/url"
	"strconv"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/tile"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/ui/atlas"
	"aiqyn/web/visit"
)

// placeFilters are what places are narrowed by in an address.
var placeFilters = []string{"district", "language", "born", "group", "name"}

// narrowed is by what the address narrows places.
func narrowed(v *visit.Visit) casework.PlaceFilter {
	return casework.PlaceFilter{District: v.Query("district"), Language: v.Query("language"), Born: v.Query("born"), Group: v.Query("group"), Name: v.Query("name")}
}

// placeFilter is the form that narrows places: by district, and by language and age of
// the groups where they have these, by their kind otherwise.
func placeFilter(v *visit.Visit, svc *service.Service, listing *show.Listing) *ui.Filter {
	has := v.Engine.PlaceFacets(svc.ID)
	f := &ui.Filter{Action: listing.Bare(), Reset: listing.Plain(), Selects: []ui.Select{show.Districts(v, has)},
		Inputs: []ui.Input{{Name: "name", Label: v.T("web.places.name"), Value: v.Query("name")}}}
	choose := func(name, label string, n int, option func(i int) (value, text string)) {
		if n < 2 {
			return // there is nothing to choose
		}
		s := ui.Select{Name: name, Label: label, Options: []ui.Option{{Label: v.T("web.places.all")}}}
		for i := range n {
			value, text := option(i)
			s.Options = append(s.Options, ui.Option{Value: value, Label: text, Checked: v.Query(name) == value})
		}
		f.Selects = append(f.Selects, s)
	}
	if len(has.Languages) > 0 || len(has.Born) > 0 {
		choose("language", v.T("web.places.language"), len(has.Languages), func(i int) (string, string) {
			return has.Languages[i], v.T("register.value." + has.Languages[i])
		})
		choose("born", v.T("web.places.age"), len(has.Born), func(i int) (string, string) {
			return has.Born[i][0], show.Born(v, has.Born[i][0], has.Born[i][1])
		})
		return f
	}
	choose("group", v.T("web.places.group"), len(has.Kinds), func(i int) (string, string) { return has.Kinds[i].Name, show.GroupKind(v, has.Kinds[i]) })
	return f
}

type placesMapPage struct {
	ui.Layout
	Filter *ui.Filter
	Map    *ui.Map // nil: nothing has a place on it
	List   ui.List
	Few    string // that not everything is on the map
}

// PlacesMap shows where there are places, on a map and as the same list.
func PlacesMap(v *visit.Visit) error {
	svc, err := queueOf(v)
	if err != nil {
		return err
	}
	page := &placesMapPage{Layout: v.Layout("web.places.map")}
	page.Section, page.Crumbs = "services", append(placesCrumbs(v, svc), ui.Crumb{Href: v.Href("places", svc.ID), Text: v.T("web.places.title")})
	listing := show.NewListing(v, []any{"places", svc.ID, "map"}, placeFilters...)
	page.Filter = placeFilter(v, svc, listing)
	all := v.Engine.GiversOnMap(svc.ID, narrowed(v))
	page.Map = placesMap(v, svc, all.Items)
	if all.Next != "" {
		page.Few = v.T("web.places.map-few", "n", len(all.Items))
	}
	rows := v.Engine.Givers(svc.ID, narrowed(v), casework.Page{After: v.Query("after"), Limit: pageSize})
	page.List = ui.List{
		Caption: v.T("web.places.institutions"), Empty: ui.Empty{Text: v.T("web.places.none")}, Total: listing.Total(len(rows.Items), rows.Next), Pager: listing.Pager(rows.Next),
		Columns: []ui.Column{{Title: v.T("web.places.institution"), Head: true}, {Title: v.T("web.places.district")}, {Title: v.T("web.places.groups"), Number: true},
			{Title: v.T("web.places.places"), Number: true}, {Title: v.T("web.places.free"), Number: true}, {Title: v.T("web.places.waiting"), Number: true}},
	}
	for _, g := range rows.Items {
		note := g.Address
		if g.Private {
			note = v.T("web.places.private") + ". " + note
		}
		page.List.Rows = append(page.List.Rows, ui.Line{Cells: []ui.Cell{
			{Text: giverName(v, g), Note: note, Href: giverHref(v, svc, g)}, {Text: show.District(v, g.InstitutionView)}, {Text: strconv.Itoa(g.Groups)},
			{Text: locale.Number(v.Lang, int64(g.Places))}, {Text: locale.Number(v.Lang, int64(g.Free))}, {Text: locale.Number(v.Lang, int64(g.Waiting))},
		}})
	}
	return v.Page("public/places-map", page)
}

func giverName(v *visit.Visit, g casework.GiverView) string { return cmp.Or(v.In(g.Title), g.ID) }

// giverHref leads to the list of an institution's groups.
func giverHref(v *visit.Visit, svc *service.Service, g casework.GiverView) string {
	return v.Href("places", svc.ID) + "?name=" + url.QueryEscape(giverName(v, g))
}

// placesMap draws institutions by what is free; nil if none says where it is.
func placesMap(v *visit.Visit, svc *service.Service, all []casework.GiverView) *ui.Map {
	m := atlas.Map{ID: "map", Title: v.T("web.places.map")}
	free := 0
	for _, g := range all {
		if g.Lat == 0 && g.Lon == 0 {
			continue
		}
		at := tile.At(g.Lon, g.Lat)
		p := atlas.Place{
			Spot: atlas.Spot{X: int64(at.X), Y: -int64(at.Y)}, Kind: "bad", Name: giverName(v, g), Href: giverHref(v, svc, g), Label: len(all) <= labelled,
			Note: v.T("web.places.map-note", "free", g.Free, "waiting", g.Waiting),
		}
		if g.Free > 0 {
			free++
			p.Kind = "good"
		}
		m.Places = append(m.Places, p)
	}
	if len(m.Places) == 0 {
		return nil
	}
	m.Desc = v.T("web.places.map-desc", "n", len(m.Places), "free", free)
	return ui.NewMap(m.Draw(), map[string]string{"good": v.T("web.places.map-free"), "bad": v.T("web.places.map-full")}, ui.Link{Href: "#list", Text: v.T("web.places.map-list")})
}

// labelled is up to how many institutions names are written on the map.
const labelled = 30
