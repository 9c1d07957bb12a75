package show

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/tile"
	"aiqyn/web/ui"
	"aiqyn/web/ui/atlas"
	"aiqyn/web/ui/chart"
	"aiqyn/web/visit"
)

func spot(s casework.Spot) atlas.Spot { return atlas.Spot(s) }

// mains are the lines of the network for a map.
func mains(g *casework.Ground) [][2]atlas.Spot {
	list := make([][2]atlas.Spot, len(g.Mains))
	for i, l := range g.Mains {
		list[i] = [2]atlas.Spot{spot(l[0]), spot(l[1])}
	}
	return list
}

// kinds are the marks of how much room a transformer has.
var kinds = map[string]string{casework.RoomEnough: "good", casework.RoomLittle: "warn", casework.RoomNone: "bad", casework.RoomUnknown: "unknown", casework.RoomWithheld: "closed"}

// TrafoName is what a transformer is called: by its number, where its name is not
// shown.
func TrafoName(l casework.TrafoLine) string { return cmp.Or(l.Name, "№ "+strconv.Itoa(l.ID)) }

// RoomText says how much room a mark stands for.
func RoomText(v *visit.Visit, room string) string {
	return v.T("web.map."+kinds[room], "kw", locale.Kilowatt(v.Lang, casework.RoomyW))
}

// roomKeys explains the marks.
func roomKeys(v *visit.Visit) map[string]string {
	keys := make(map[string]string, len(kinds))
	for room, kind := range kinds {
		keys[kind] = RoomText(v, room)
	}
	keys["feeder"] = v.T("web.feeder.one")
	return keys
}

// RoomKeys explains the marks that a view may have.
func RoomKeys(v *visit.Visit, g *casework.GridView) []ui.MapKey {
	marks := []string{"good", "warn", "bad", "unknown"}
	if !g.Policy.Open() {
		marks = append(marks, "closed")
	}
	if slices.ContainsFunc(g.Feeders, func(f casework.FeederLine) bool { return f.Placed() }) {
		marks = append(marks, "feeder")
	}
	return ui.MapKeys(marks, roomKeys(v))
}

// Nearer is the window that takes a group apart.
func Nearer(w casework.Window, g casework.Group) casework.Window {
	w.Middle = g.World
	return w.Moved(0, 0, 2)
}

// GridMap is the map of a window, of the whole no larger than what is in it; href
// is the address of another one.
func GridMap(v *visit.Visit, seen casework.Seen, parcels []casework.ParcelSeen, whole bool, href func(casework.Window) string) *ui.Map {
	north := func(w tile.World) atlas.Spot { return atlas.Spot{X: int64(w.X), Y: -int64(w.Y)} }
	nw, se := seen.Corners()
	m := atlas.Map{ID: "map", Title: v.T("web.capacity.map"), Focus: []atlas.Spot{north(nw), north(se)}}
	if whole && len(seen.Groups) > 1 {
		m.Focus = nil // the places themselves
	}
	for _, l := range seen.Mains {
		m.Mains = append(m.Mains, [2]atlas.Spot{north(l[0]), north(l[1])})
	}
	for i := range parcels {
		plot := atlas.Plot{Name: ParcelText(v, &parcels[i]), Href: WishHref(v, parcels[i].Number, 0)}
		for _, corner := range parcels[i].Ring {
			plot.Ring = append(plot.Ring, north(corner))
		}
		m.Plots = append(m.Plots, plot)
	}
	for _, g := range seen.Groups {
		p := atlas.Place{Spot: north(g.World), Kind: kinds[g.Best.Room()], Name: TrafoName(g.Best), Note: Watts(v, g.Best.FreeW), Href: v.Href("capacity", g.Best.ID)}
		if g.Count > 1 {
			p.Name, p.Tally = v.T("web.atlas.group", "n", g.Count), locale.Number(v.Lang, int64(g.Count))
			p.Note, p.Href = v.T("web.atlas.up-to", "kw", Watts(v, g.Best.FreeW)), href(Nearer(seen.Window, g))
		}
		m.Places = append(m.Places, p)
	}
	for i := range seen.Feeders {
		f := &seen.Feeders[i]
		m.Places = append(m.Places, atlas.Place{Spot: north(tile.At(f.ToLon, f.ToLat)), Kind: "feeder", Name: v.T("web.feeder.short", "id", strconv.Itoa(f.ID)), Note: Watts(v, f.FreeW), Href: v.Href("feeders", f.ID)})
	}
	d := m.Draw()
	d.Desc = v.T("web.atlas.text", "n", seen.Count)
	return ui.NewMap(d, roomKeys(v), ui.Link{Href: "#seen", Text: v.T("web.map.list")})
}

// ParcelText names a parcel.
func ParcelText(v *visit.Visit, p *casework.ParcelSeen) string {
	return v.T("web.parcel.one", "n", p.Number, "m", locale.Number(v.Lang, p.Area))
}

// CapacityMap is the map of the transformers that a list shows; nil where
// nobody knows where the network lies.
func CapacityMap(v *visit.Visit, lines []casework.TrafoLine, district, name, twin string) *ui.Map {
	g := v.Engine.Ground()
	if g == nil || len(g.Trafos) == 0 {
		return nil
	}
	m := atlas.Map{ID: "map", Title: v.T("web.capacity.map"), Mains: mains(g)}
	for _, l := range lines {
		at, known := g.Trafos[l.ID]
		if !known || district != "" && l.District.RU != district || !strings.Contains(strings.ToLower(l.Name), strings.ToLower(name)) {
			continue
		}
		m.Places = append(m.Places, atlas.Place{Spot: spot(at), Kind: kinds[l.Room()], Name: l.Name, Note: Watts(v, l.FreeW), Href: v.Href("capacity", l.ID)})
	}
	if len(m.Places) == 0 {
		return nil
	}
	d := m.Draw()
	d.Desc = v.T("web.capacity.map-text", "shown", d.Shown, "of", d.Of)
	return ui.NewMap(d, roomKeys(v), ui.Link{Href: twin, Text: v.T("web.map.list")})
}

// PointsMap is the map of a case: its parcel and the candidate points; nil where
// their places are not known.
func PointsMap(v *visit.Visit, c *casework.CaseView) *ui.Map {
	g := v.Engine.Ground()
	if g == nil || c.Ruling == nil || c.Ruling.Points == nil {
		return nil
	}
	var area []atlas.Spot
	for _, s := range g.Parcel(c) {
		area = append(area, spot(s))
	}
	return pointsMap(v, g, c.Ruling.Points, area)
}

// WishMap is the map of what it would take: the place and the candidate points.
func WishMap(v *visit.Visit, w casework.Wished) *ui.Map {
	g := v.Engine.Ground()
	if g == nil {
		return nil
	}
	area := []atlas.Spot{spot(w.At)}
	if len(w.Area) > 0 {
		area = area[:0]
		for _, s := range w.Area {
			area = append(area, spot(s))
		}
	}
	return pointsMap(v, g, w.Points, area)
}

// pointsMap is the map of a place and of the points at which it could be
// connected.
func pointsMap(v *visit.Visit, g *casework.Ground, p *casework.PointsView, area []atlas.Spot) *ui.Map {
	m := atlas.Map{ID: "map", Title: v.T("web.points.map"), Mains: mains(g), Area: area}
	if len(area) > 0 {
		m.Places = append(m.Places, atlas.Place{Spot: middle(area), Kind: "object", Name: v.T("web.points.object"), Label: true})
	}
	for i, point := range slices.Concat(p.Feasible, p.Rejected) {
		at, known := g.Bus(point.Bus)
		if !known {
			continue
		}
		place := atlas.Place{Spot: spot(at), Kind: "bad", Name: point.ID, Note: Watts(v, point.FreeW), Label: true}
		switch {
		case p.Best != nil && point.ID == p.Best.ID:
			place.Kind = "chosen"
		case i < len(p.Feasible):
			place.Kind = "good"
		}
		m.Places = append(m.Places, place)
	}
	if len(area) > 0 { // who may not see the place is not shown where routes begin
		m.Ways = ways(p)
	}
	if len(m.Places) < 2 {
		return nil
	}
	m.Desc = v.T("web.points.map-text")
	if len(m.Ways) > 0 && slices.ContainsFunc(m.Ways, func(w atlas.Way) bool { return len(w.Line) > 1 }) {
		m.Desc += " " + v.T("web.points.map-routes")
	}
	return ui.NewMap(m.Draw(), map[string]string{"object": v.T("web.points.object"), "chosen": v.T("web.points.cheapest"), "good": v.T("web.points.can"), "bad": v.T("web.points.cannot")},
		ui.Link{Href: "#points", Text: v.T("web.map.table")})
}

// ways are the routes to the points that could be had, dearest first, so that the
// chosen one lies on top.
func ways(p *casework.PointsView) []atlas.Way {
	var list []atlas.Way
	for _, point := range slices.Backward(p.Feasible) {
		way := atlas.Way{Chosen: p.Best != nil && point.ID == p.Best.ID}
		for _, c := range point.Route {
			way.Line = append(way.Line, atlas.Spot{X: c[0], Y: c[1]})
		}
		list = append(list, way)
	}
	return list
}

// middle is the middle of a ring's corners.
func middle(ring []atlas.Spot) atlas.Spot {
	var sum atlas.Spot
	for _, s := range ring {
		sum.X, sum.Y = sum.X+s.X, sum.Y+s.Y
	}
	n := int64(len(ring))
	return atlas.Spot{X: sum.X / n, Y: sum.Y / n}
}

// classes of free power, in watts: below each bound, and the rest.
var classes = []int64{1, 50_000, 150_000}

// RoomByDistrict counts the transformers of each district by how much they have
// free; nil where nothing was published.
func RoomByDistrict(v *visit.Visit, g *casework.GridView) *ui.Chart {
	h := chart.Heat{Frame: Frame(v, "room", v.T("web.capacity.heat")), Axis: v.T("web.capacity.district"), Columns: []string{"0", "<50", "50–149", "150+"}}
	h.Desc = v.T("web.capacity.heat-text")
	at := map[string]int{}
	for _, l := range g.Lines {
		i, ok := at[l.District.RU]
		if !ok {
			i = len(h.Rows)
			at[l.District.RU] = i
			h.Rows = append(h.Rows, chart.HeatRow{Name: v.In(l.District), Values: make([]int64, len(h.Columns))})
		}
		class := slices.IndexFunc(classes, func(w int64) bool { return l.FreeW >= 0 && l.FreeW < w })
		if class < 0 {
			class = len(classes)
		}
		h.Rows[i].Values[class]++
	}
	if len(h.Rows) == 0 {
		return nil
	}
	slices.SortFunc(h.Rows, func(a, b chart.HeatRow) int { return strings.Compare(a.Name, b.Name) })
	return ui.NewChart(h.Draw())
}
