package ogc

import (
	"math"
	"reflect"
	"strconv"

	"aiqyn/casework"
	"aiqyn/web/visit"
)

// Feature is one feature of GeoJSON (RFC 7946).
type Feature struct {
	Type       string    `json:"type"`
	ID         int       `json:"id"`
	Geometry   *geometry `json:"geometry"`
	Properties any       `json:"properties"` // of the type of its kind
	Links      []link    `json:"links,omitempty"`
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"` // a place, or two of a line
}

// kind is a collection: features in order of their keys.
type kind struct {
	id       string
	page     string // where people read the same, below the language
	shape    string // of its geometry, as schemas call it
	of       reflect.Type
	count    int
	key      func(i int) int
	place    func(i int) (run, bool) // false: it is not known, or not shown
	district func(i int) string
	room     func(i int) string
	feature  func(i int) Feature
}

func nothing(int) string { return "" }

func index(i int) int { return i }

// kinds are the collections of a publication.
func kinds(v *visit.Visit, g *casework.GridView) []kind {
	list := []kind{{
		id: "transformers", page: "capacity", shape: "point", of: reflect.TypeFor[trafoProperties](), count: len(g.Lines),
		key: func(i int) int { return g.Lines[i].ID },
		place: func(i int) (run, bool) {
			l := &g.Lines[i]
			return run{l.Lon, l.Lat, l.Lon, l.Lat}, l.Placed()
		},
		district: func(i int) string { return g.Lines[i].District.RU },
		room:     func(i int) string { return g.Lines[i].Room() },
		feature:  func(i int) Feature { return trafoFeature(v, g, &g.Lines[i]) },
	}}
	if len(g.Feeders) > 0 {
		list = append(list, kind{
			id: "feeders", page: "feeders", shape: "linestring", of: reflect.TypeFor[feederProperties](), count: len(g.Feeders),
			key: func(i int) int { return g.Feeders[i].ID },
			place: func(i int) (run, bool) {
				f := &g.Feeders[i]
				return run{f.Lon, f.Lat, f.ToLon, f.ToLat}, f.Placed()
			},
			district: nothing,
			room:     func(i int) string { return g.Feeders[i].Room() },
			feature:  func(i int) Feature { return feederFeature(v, g, &g.Feeders[i]) },
		})
	}
	if len(g.Corridors) > 0 {
		list = append(list, kind{
			id: "corridors", page: "capacity/secrecy", shape: "linestring", of: reflect.TypeFor[corridorProperties](), count: len(g.Corridors), key: index,
			place: func(i int) (run, bool) {
				c := &g.Corridors[i]
				return run{c.Lon, c.Lat, c.ToLon, c.ToLat}, true
			},
			district: nothing, room: nothing,
			feature: func(i int) Feature { return corridorFeature(g, i) },
		})
	}
	if len(g.Areas) > 0 {
		list = append(list, kind{
			id: "areas", page: "capacity/secrecy", shape: "point", of: reflect.TypeFor[areaProperties](), count: len(g.Areas), key: index,
			place:    func(i int) (run, bool) { a := &g.Areas[i]; return run{a.Lon, a.Lat, a.Lon, a.Lat}, true },
			district: nothing, room: nothing,
			feature: func(i int) Feature { return areaFeature(g, i) },
		})
	}
	return list
}

// trafoFeature is a transformer.
func trafoFeature(v *visit.Visit, g *casework.GridView, l *casework.TrafoLine) Feature {
	f := Feature{Type: "Feature", ID: l.ID, Properties: trafoProperties{
		ID: l.ID, Name: said(l.Name), District: said(l.District.RU), DistrictKK: said(l.District.KK), DistrictEN: said(l.District.EN), RatedKVA: shown(l.SnKVA),
		FreeKW: kilowatts(l.FreeW), LapseKW: kilowatts(l.LapseW), ReservedKW: kilowatts(l.ReservedW), Connected: kilowatts(l.ConnectedW), PeakKVA: kilowatts(l.PeakW),
		LimitedBy: said(l.Binding), Room: l.Room(), Basis: said(l.Basis), Measured: said(l.Measured), Published: g.Day, Page: v.Origin() + v.Href("capacity", l.ID),
	}}
	if l.Placed() {
		f.Geometry = &geometry{"Point", [2]float64{micro(l.Lon), micro(l.Lat)}}
	}
	return f
}

// feederFeature is the first section of a feeder.
func feederFeature(v *visit.Visit, g *casework.GridView, l *casework.FeederLine) Feature {
	p := feederProperties{
		ID: l.ID, Name: v.T("web.feeder.short", "id", strconv.Itoa(l.ID)), FreeKW: kilowatts(l.FreeW), LapseKW: kilowatts(l.LapseW), ReservedKW: kilowatts(l.ReservedW),
		LimitedBy: said(l.Binding), Room: l.Room(), Trafos: l.Trafos, Published: g.Day, Page: v.Origin() + v.Href("feeders", l.ID),
	}
	if t, ok := g.Line(l.Substation); ok && l.Substation != 0 {
		p.Substation = said(t.Name)
	}
	if percent := decimal(l.LoadPPM/1000) / 10; l.LoadPPM >= 0 {
		p.Load = &percent
	}
	f := Feature{Type: "Feature", ID: l.ID, Properties: p}
	if l.Placed() {
		f.Geometry = &geometry{"LineString", [2][2]float64{{micro(l.Lon), micro(l.Lat)}, {micro(l.ToLon), micro(l.ToLat)}}}
	}
	return f
}

// corridorFeature stands for lines that are generalised.
func corridorFeature(g *casework.GridView, i int) Feature {
	c := &g.Corridors[i]
	p := corridorProperties{CountFrom: decimal(c.Count.From), CountBelow: decimal(c.Count.To), Published: g.Day}
	p.RatedFrom, p.RatedBelow = bandOf(c.Rated, 1000)
	return Feature{Type: "Feature", ID: i, Geometry: &geometry{"LineString", [2][2]float64{{micro(c.Lon), micro(c.Lat)}, {micro(c.ToLon), micro(c.ToLat)}}}, Properties: p}
}

// areaFeature is a cell of what is generalised.
func areaFeature(g *casework.GridView, i int) Feature {
	a := &g.Areas[i]
	p := areaProperties{Layer: string(a.Layer), CountFrom: decimal(a.Count.From), CountBelow: decimal(a.Count.To), Published: g.Day}
	p.FreeFrom, p.FreeBelow = bandOf(a.Free, 1000)
	p.RatedFrom, p.RatedBelow = bandOf(a.Rated, 1000)
	p.PeakFrom, p.PeakBelow = bandOf(a.Peak, 1000)
	return Feature{Type: "Feature", ID: i, Geometry: &geometry{"Point", [2]float64{micro(a.Lon), micro(a.Lat)}}, Properties: p}
}

func micro(d float64) float64 { return math.Round(d*1e6) / 1e6 } // a tenth of a metre
