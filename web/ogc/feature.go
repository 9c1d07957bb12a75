package ogc

import (
	"math"

	"aiqyn/casework"
	"aiqyn/secrecy"
)

// Feature is one feature of GeoJSON (RFC 7946).
type Feature struct {
	Type       string     `json:"type"`
	ID         int        `json:"id"`
	Geometry   *geometry  `json:"geometry"`
	Properties properties `json:"properties"`
	Links      []link     `json:"links,omitempty"`
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"` // a place, or two of a line
}

// properties are those of a transformer. What has no limit, or is not published,
// is left out.
type properties struct {
	Name       string   `json:"name,omitempty"`
	District   string   `json:"district,omitempty"` // in Russian, by which it is asked for
	DistrictKK string   `json:"district_kk,omitempty"`
	DistrictEN string   `json:"district_en,omitempty"`
	RatedKVA   *int64   `json:"rated_kva,omitempty"`
	FreeKW     *float64 `json:"free_kw,omitempty"`
	LapseKW    *float64 `json:"free_if_reservations_lapse_kw,omitempty"`
	ReservedKW *float64 `json:"reserved_kw,omitempty"`
	PeakKVA    *float64 `json:"peak_kva,omitempty"`
	LimitedBy  string   `json:"limited_by,omitempty"`
	Room       string   `json:"room,omitempty"`
	Basis      string   `json:"basis,omitempty"`
	Measured   string   `json:"measured,omitempty"`
	Published  string   `json:"published"`
	Substation int      `json:"substation,omitempty"` // of a feeder: the transformer that it leaves
	Trafos     int      `json:"transformers,omitempty"`
	Load       *float64 `json:"load_percent,omitempty"`
	Layer      string   `json:"layer,omitempty"` // of an area
	Count      *band    `json:"count,omitempty"`
	SumFree    *band    `json:"sum_free_kw,omitempty"`
	SumRated   *band    `json:"sum_rated_kva,omitempty"`
	SumPeak    *band    `json:"sum_peak_kva,omitempty"`
}

// band is an interval: at least the first, less than the second.
type band [2]float64

func bandOf(b *secrecy.Band, unit float64) *band {
	if b == nil {
		return nil
	}
	return &band{float64(b.From) / unit, float64(b.To) / unit}
}

// kind is a collection: features in order of their keys.
type kind struct {
	id       string
	count    int
	key      func(i int) int
	place    func(i int) (lon, lat float64, ok bool)
	district func(i int) string
	room     func(i int) string
	feature  func(i int) Feature
}

// kinds are the collections of a publication.
func kinds(g *casework.GridView) []kind {
	list := []kind{{
		id: "transformers", count: len(g.Lines),
		key:      func(i int) int { return g.Lines[i].ID },
		place:    func(i int) (float64, float64, bool) { l := &g.Lines[i]; return l.Lon, l.Lat, l.Placed() },
		district: func(i int) string { return g.Lines[i].District.RU },
		room:     func(i int) string { return g.Lines[i].Room() },
		feature:  func(i int) Feature { return NewFeature(g, &g.Lines[i]) },
	}}
	if len(g.Feeders) > 0 {
		list = append(list, kind{
			id: "feeders", count: len(g.Feeders),
			key:      func(i int) int { return g.Feeders[i].ID },
			place:    func(i int) (float64, float64, bool) { f := &g.Feeders[i]; return f.ToLon, f.ToLat, f.Placed() },
			district: func(int) string { return "" },
			room:     func(i int) string { return g.Feeders[i].Room() },
			feature:  func(i int) Feature { return feederFeature(g, &g.Feeders[i]) },
		})
	}
	if len(g.Corridors) > 0 {
		list = append(list, kind{
			id: "corridors", count: len(g.Corridors),
			key:      func(i int) int { return i },
			place:    func(i int) (float64, float64, bool) { return g.Corridors[i].Lon, g.Corridors[i].Lat, true },
			district: func(int) string { return "" },
			room:     func(int) string { return "" },
			feature:  func(i int) Feature { return corridorFeature(g, i) },
		})
	}
	if len(g.Areas) > 0 {
		list = append(list, kind{
			id: "areas", count: len(g.Areas),
			key:      func(i int) int { return i },
			place:    func(i int) (float64, float64, bool) { return g.Areas[i].Lon, g.Areas[i].Lat, true },
			district: func(int) string { return "" },
			room:     func(int) string { return "" },
			feature:  func(i int) Feature { return areaFeature(g, i) },
		})
	}
	return list
}

// feederFeature is the first section of a feeder.
func feederFeature(g *casework.GridView, l *casework.FeederLine) Feature {
	f := Feature{Type: "Feature", ID: l.ID, Properties: properties{
		FreeKW: kilowatts(l.FreeW), LapseKW: kilowatts(l.LapseW), ReservedKW: kilowatts(l.ReservedW), LimitedBy: l.Binding, Room: l.Room(), Published: g.Day, Substation: l.Substation, Trafos: l.Trafos,
	}}
	if percent := float64(l.LoadPPM/1000) / 10; l.LoadPPM >= 0 {
		f.Properties.Load = &percent
	}
	if l.Placed() {
		f.Geometry = &geometry{"LineString", [2][2]float64{{micro(l.Lon), micro(l.Lat)}, {micro(l.ToLon), micro(l.ToLat)}}}
	}
	return f
}

// corridorFeature stands for lines that are generalised.
func corridorFeature(g *casework.GridView, i int) Feature {
	c := &g.Corridors[i]
	return Feature{Type: "Feature", ID: i, Geometry: &geometry{"LineString", [2][2]float64{{micro(c.Lon), micro(c.Lat)}, {micro(c.ToLon), micro(c.ToLat)}}}, Properties: properties{
		Published: g.Day, Layer: "lines", Count: bandOf(&c.Count, 1), SumRated: bandOf(c.Rated, 1000),
	}}
}

// areaFeature is a cell of what is generalised.
func areaFeature(g *casework.GridView, i int) Feature {
	a := &g.Areas[i]
	return Feature{Type: "Feature", ID: i, Geometry: &geometry{"Point", [2]float64{micro(a.Lon), micro(a.Lat)}}, Properties: properties{
		Published: g.Day, Layer: string(a.Layer), Count: bandOf(&a.Count, 1), SumFree: bandOf(a.Free, 1000), SumRated: bandOf(a.Rated, 1000), SumPeak: bandOf(a.Peak, 1000),
	}}
}

// NewFeature is a transformer as a feature.
func NewFeature(g *casework.GridView, l *casework.TrafoLine) Feature {
	f := Feature{Type: "Feature", ID: l.ID, Properties: properties{
		Name: l.Name, District: l.District.RU, DistrictKK: l.District.KK, DistrictEN: l.District.EN, RatedKVA: shown(l.SnKVA), FreeKW: kilowatts(l.FreeW), LapseKW: kilowatts(l.LapseW), ReservedKW: kilowatts(l.ReservedW),
		PeakKVA: kilowatts(l.PeakW), LimitedBy: l.Binding, Room: l.Room(), Basis: l.Basis, Measured: l.Measured, Published: g.Day,
	}}
	if l.Placed() {
		f.Geometry = &geometry{"Point", [2]float64{micro(l.Lon), micro(l.Lat)}}
	}
	return f
}

func shown(n int64) *int64 {
	if n == casework.Withheld {
		return nil
	}
	return &n
}

func kilowatts(w int64) *float64 {
	if w < 0 {
		return nil
	}
	kw := float64(w) / 1000
	return &kw
}

func micro(d float64) float64 { return math.Round(d*1e6) / 1e6 } // a tenth of a metre
