package show

import (
	"slices"
	"strings"

	"aiqyn/casework"
	"aiqyn/locale"
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

// roomy is from how many watts free a transformer counts as having room: what a
// house with a workshop asks for.
const roomy = 50_000

// room is how much room a transformer has, as a kind of place.
func room(l casework.TrafoLine) string {
	switch {
	case l.Basis == "unknown":
		return "unknown"
	case l.FreeW == 0:
		return "bad"
	case l.FreeW > 0 && l.FreeW < roomy:
		return "warn"
	}
	return "good"
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
		m.Places = append(m.Places, atlas.Place{Spot: spot(at), Kind: room(l), Name: l.Name, Note: Watts(v, l.FreeW), Href: v.Href("capacity", l.ID)})
	}
	if len(m.Places) == 0 {
		return nil
	}
	d := m.Draw()
	d.Desc = v.T("web.capacity.map-text", "shown", d.Shown, "of", d.Of)
	kw := locale.Kilowatt(v.Lang, roomy)
	return ui.NewMap(d, map[string]string{"good": v.T("web.map.good", "kw", kw), "warn": v.T("web.map.warn", "kw", kw), "bad": v.T("web.map.bad"), "unknown": v.T("web.map.unknown")},
		ui.Link{Href: twin, Text: v.T("web.map.list")})
}

// PointsMap is the map of a case: its parcel and the candidate points; nil where
// their places are not known.
func PointsMap(v *visit.Visit, c *casework.CaseView) *ui.Map {
	g := v.Engine.Ground()
	if g == nil || c.Ruling == nil || c.Ruling.Points == nil {
		return nil
	}
	p := c.Ruling.Points
	m := atlas.Map{ID: "map", Title: v.T("web.points.map"), Mains: mains(g)}
	for _, s := range g.Parcel(c) {
		m.Area = append(m.Area, spot(s))
	}
	if len(m.Area) > 0 {
		m.Places = append(m.Places, atlas.Place{Spot: middle(m.Area), Kind: "object", Name: v.T("web.points.object"), Label: true})
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
	if len(m.Places) < 2 {
		return nil
	}
	m.Desc = v.T("web.points.map-text")
	return ui.NewMap(m.Draw(), map[string]string{"object": v.T("web.points.object"), "chosen": v.T("web.points.cheapest"), "good": v.T("web.points.can"), "bad": v.T("web.points.cannot")},
		ui.Link{Href: "#points", Text: v.T("web.map.table")})
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
func RoomByDistrict(v *visit.Visit, lines []casework.TrafoLine) *ui.Chart {
	h := chart.Heat{Frame: Frame(v, "room", v.T("web.capacity.heat")), Axis: v.T("web.capacity.district"), Columns: []string{"0", "<50", "50–149", "150+"}}
	h.Desc = v.T("web.capacity.heat-text")
	at := map[string]int{}
	for _, l := range lines {
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
