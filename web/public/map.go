package public

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/tile"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type mapPage struct {
	ui.Layout
	Map       *ui.Map
	Filter    ui.Filter
	Moves     []ui.Link
	List      ui.List
	Source    ui.Source
	Live      ui.LiveMap
	Areas     *ui.List
	Corridors *ui.List
	Wish      ui.Filter
	// Parcels are those in view, where one is near enough; ParcelsNote says why there are
	// none, or that one must go nearer.
	Parcels     *ui.List
	Asked       string // as of when it is told what is asked for; empty: it is not
	ParcelsNote string
}

// mapRows is how many groups the list beside the map shows: those with the most
// room.
const mapRows = 40

// mapParcels is how many parcels the map of the server draws: those nearest to its middle.
const mapParcels = 600

// Map shows where power is free: drawn by the server, moved by links, the same
// as a list beside it. With a script it is moved by hand over our own tiles.
func Map(v *visit.Visit) error {
	g, err := v.Engine.GridFor(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	w := window(v, g)
	seen := g.See(w)
	page := &mapPage{Layout: v.Layout("web.atlas.title"), Source: source(v, g.Publication), Moves: moves(v, g, w)}
	page.Section, page.Notice = "capacity", secrecyNotice(v, g)
	page.Crumbs = capacityCrumbs(v)
	parcels, more, err := v.Engine.ParcelsIn(v.Context(), w)
	if aiqyn.KindOf(err) == aiqyn.Unavailable { // parcels are another body's: the map goes on without them
		parcels, page.ParcelsNote = nil, v.Texts.Error(v.Lang, err)
	} else if err != nil {
		return err
	}
	page.parcels(v, w, parcels, more)
	page.Map = show.GridMap(v, seen, parcels[:min(len(parcels), mapParcels)], w == g.Whole(w.District, w.Name), func(nearer casework.Window) string { return mapHref(v, nearer) })
	page.Filter = ui.Filter{Action: v.Href("capacity", "map"), Selects: []ui.Select{districts(v)},
		Inputs: []ui.Input{{Name: "name", Label: v.T("web.capacity.name"), Value: v.Query("name")}}}
	if w.District != "" || w.Name != "" {
		page.Filter.Reset = v.Href("capacity", "map")
	}
	asked, at, err := v.Engine.AskedNow(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	if page.List = groups(v, seen, asked); asked != nil {
		page.Asked = v.T("web.capacity.asked-at", "at", locale.DateTime(v.Lang, at))
	}
	page.Live = liveMap(v, g, w)
	page.Wish, page.Areas, page.Corridors = newWishForm(v), areas(v, g), corridors(v, g)
	return v.Page("public/map", page)
}

// parcels lists those nearest to the middle: the same as pressing one on the map.
func (p *mapPage) parcels(v *visit.Visit, w casework.Window, parcels []casework.ParcelSeen, more bool) {
	if p.ParcelsNote != "" {
		return
	}
	if w.Zoom < casework.ParcelZoom {
		p.ParcelsNote = v.T("web.parcel.nearer")
		return
	}
	list := ui.List{Caption: v.T("web.parcel.list"),
		Columns: []ui.Column{{Title: v.T("web.parcel.number"), Head: true}, {Title: v.T("web.parcel.area"), Number: true}},
		Empty:   ui.Empty{Text: v.T("web.parcel.none")},
	}
	if list.Total = v.T("web.parcel.seen", "n", len(parcels)); more {
		list.Total = v.T("web.parcel.more", "n", len(parcels))
	}
	for i := range parcels[:min(len(parcels), mapRows)] {
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{{Text: parcels[i].Number, Href: show.WishHref(v, parcels[i].Number, 0)},
			{Text: locale.Number(v.Lang, parcels[i].Area)}}})
	}
	p.Parcels = &list
}

func capacityCrumbs(v *visit.Visit) []ui.Crumb {
	return []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("capacity"), Text: v.T("web.capacity.title")}}
}

// window is what the address asks to see: everything that its filter finds,
// unless it says where and how near.
func window(v *visit.Visit, g *casework.GridView) casework.Window {
	w := g.Whole(v.Query("district"), v.Query("name"))
	if lon, lat, ok := show.Place(v.Query("at")); ok {
		w.Middle = tile.At(lon, lat)
	}
	if zoom, err := strconv.Atoi(v.Query("zoom")); err == nil {
		w.Zoom = min(max(zoom, casework.MinWindowZoom), casework.MaxWindowZoom)
	}
	return w
}

func placeText(w tile.World) string {
	lon, lat := w.Degrees()
	return fmt.Sprintf("%.5f,%.5f", lon, lat)
}

// mapHref is the address of a window.
func mapHref(v *visit.Visit, w casework.Window) string {
	q := url.Values{"at": {placeText(w.Middle)}, "zoom": {strconv.Itoa(w.Zoom)}}
	if w.District != "" {
		q.Set("district", w.District)
	}
	if w.Name != "" {
		q.Set("name", w.Name)
	}
	return v.Href("capacity", "map") + "?" + q.Encode()
}

// moves are the links that move the map.
func moves(v *visit.Visit, g *casework.GridView, w casework.Window) []ui.Link {
	var links []ui.Link
	add := func(key string, to casework.Window) {
		if to != w {
			links = append(links, ui.Link{Href: mapHref(v, to), Text: v.T("web.atlas." + key)})
		}
	}
	add("nearer", w.Moved(0, 0, 1))
	add("farther", w.Moved(0, 0, -1))
	add("north", w.Moved(0, -0.5, 0))
	add("south", w.Moved(0, 0.5, 0))
	add("west", w.Moved(-0.5, 0, 0))
	add("east", w.Moved(0.5, 0, 0))
	add("whole", g.Whole(w.District, w.Name))
	return links
}

// groups is the list of what the map draws; asked is what open applications ask for below
// each transformer, nil where it is not told.
func groups(v *visit.Visit, seen casework.Seen, asked map[int]casework.Asked) ui.List {
	list := ui.List{
		Caption: v.T("web.atlas.list"),
		Columns: []ui.Column{{Title: v.T("web.atlas.what"), Head: true}, {Title: v.T("web.atlas.count"), Number: true},
			{Title: v.T("web.atlas.roomy", "kw", locale.Kilowatt(v.Lang, casework.RoomyW)), Number: true}, {Title: v.T("web.atlas.most"), Number: true}},
		Total: v.T("web.atlas.seen", "n", seen.Count),
		Empty: ui.Empty{Text: v.T("web.atlas.empty"), Action: &ui.Link{Href: v.Href("capacity", "map"), Text: v.T("web.capacity.reset")}},
	}
	if asked != nil {
		list.Columns = append(list.Columns, ui.Column{Title: v.T("web.capacity.asked"), Number: true})
	}
	for _, group := range seen.Groups[:min(len(seen.Groups), mapRows)] {
		name := ui.Cell{Text: show.TrafoName(group.Best), Href: v.Href("capacity", group.Best.ID), Note: v.In(group.Best.District)}
		if group.Count > 1 {
			near := show.Nearer(seen.Window, group)
			name = ui.Cell{Text: v.T("web.atlas.group", "n", group.Count), Href: mapHref(v, near), Note: members(group)}
		}
		list.Rows = append(list.Rows, ui.Line{Cells: []ui.Cell{name, {Text: locale.Number(v.Lang, int64(group.Count))},
			{Text: locale.Number(v.Lang, int64(group.Roomy))}, {Text: show.Watts(v, group.Best.FreeW)}}})
		if row := &list.Rows[len(list.Rows)-1]; asked != nil {
			row.Cells = append(row.Cells, ui.Cell{Text: askedOfGroup(v, group, asked)})
		}
	}
	return list
}

// askedOfGroup is what is asked for below the transformers of a group; a large one has no
// list of them, and says so by nothing.
func askedOfGroup(v *visit.Visit, g casework.Group, asked map[int]casework.Asked) string {
	if g.Count > 1 && len(g.Members) < g.Count {
		return ""
	}
	sum := casework.Asked{}
	members := g.Members
	if g.Count == 1 {
		members = []casework.TrafoLine{g.Best}
	}
	for _, m := range members {
		sum.Watt += asked[m.ID].Watt
		sum.Applications += asked[m.ID].Applications
	}
	return askedText(v, sum)
}

// members names those of a small group.
func members(g casework.Group) string {
	names := make([]string, len(g.Members))
	for i, m := range g.Members {
		names[i] = show.TrafoName(m)
	}
	return strings.Join(names, ", ")
}

// liveMap is what the script needs to draw the map by hand.
func liveMap(v *visit.Visit, g *casework.GridView, w casework.Window) ui.LiveMap {
	words := map[string]string{}
	for _, key := range []string{"transformer", "group", "free", "nothing", "unlimited", "open", "here", "title", "keys", "seen", "failed", "pending", "lapse", "asked", "unasked", "history", "taken", "ask", "noplot", "failedplot"} {
		words[key] = v.T("web.atlas.live."+key, "kw", "{kw}", "n", "{n}", "free", "{free}", "name", "{name}", "at", "{at}", "plot", "{plot}", "lapse", "{lapse}", "m", casework.ParcelReach) // the script fills them in
	}
	for _, room := range []string{casework.RoomEnough, casework.RoomLittle, casework.RoomNone, casework.RoomUnknown, casework.RoomWithheld} {
		words[room] = show.RoomText(v, room)
	}
	words["plot"] = v.T("web.parcel.one", "n", "{n}", "m", "{m}")
	raw, _ := json.Marshal(words) // texts alone
	nw, se, ok := g.Box(w.District, w.Name)
	if !ok {
		nw, se = w.Corners()
	}
	live := ui.LiveMap{Tiles: "/tiles/capacity", Tag: g.Tag, At: placeText(w.Middle), Box: placeText(tile.World{X: nw.X, Y: se.Y}) + "," + placeText(tile.World{X: se.X, Y: nw.Y}), Page: v.Href("capacity"), Now: "/api/v1/capacity", Words: string(raw), Keys: show.RoomKeys(v, g),
		Plots: "/tiles/parcels", PlotAt: "/api/v1/parcels", PlotZoom: casework.ParcelZoom}
	if v.Query("at") != "" || v.Query("zoom") != "" {
		live.Zoom = w.Zoom
	}
	return live
}
