package grid

import (
	"encoding/json"
	"math"

	"aiqyn/geodesy"
)

type geoFeature struct {
	Type       string      `json:"type"`
	ID         string      `json:"id"`
	Geometry   geoGeometry `json:"geometry"`
	Properties any         `json:"properties"`
}

type geoGeometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

type geoBus struct {
	Kind string  `json:"kind"`
	Name string  `json:"name,omitempty"`
	VnKV float64 `json:"vn_kv"`
	PKW  float64 `json:"p_kw"`
}

type geoLine struct {
	Kind     string   `json:"kind"`
	VnKV     float64  `json:"vn_kv"`
	LengthKM float64  `json:"length_km"`
	IMaxA    *float64 `json:"imax_a"`
	Open     bool     `json:"open"`
}

type geoTrafo struct {
	Kind   string  `json:"kind"`
	Name   string  `json:"name,omitempty"`
	SnKVA  float64 `json:"sn_kva"`
	VnHVKV float64 `json:"vn_hv_kv"`
	VnLVKV float64 `json:"vn_lv_kv"`
	Open   bool    `json:"open"`
}

// GeoJSON writes the network as a FeatureCollection (RFC 7946): buses and
// transformers as points, lines as straight ones between their buses, in degrees
// on WGS 84 rounded to 1e-7. What has no place is left out; a network in a system
// that is not taken to degrees (see [geodesy.Degrees]) is refused.
func (n *Network) GeoJSON() ([]byte, error) {
	s := n.sorted()
	at, kv, load := map[int][2]float64{}, map[int]float64{}, map[int]float64{}
	for _, l := range s.Loads {
		if l.When == "" {
			load[l.Bus] += l.PKW
		}
	}
	features := []geoFeature{}
	point := func(id string, p [2]float64, properties any) {
		features = append(features, geoFeature{"Feature", id, geoGeometry{"Point", p}, properties})
	}
	for i := range s.Buses {
		b := &s.Buses[i]
		kv[b.ID] = b.VnKV
		if b.X == nil || b.Y == nil {
			continue
		}
		lon, lat, ok := geodesy.Degrees(s.CRS, *b.X, *b.Y)
		if !ok || math.Abs(lon) > 180 || math.Abs(lat) > 90 {
			return nil, noDegrees(s.CRS, b.ID)
		}
		at[b.ID] = [2]float64{math.Round(lon*1e7) / 1e7, math.Round(lat*1e7) / 1e7}
		point("bus/"+cell(b.ID), at[b.ID], geoBus{"bus", b.Name, b.VnKV, load[b.ID]})
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		from, okFrom := at[l.From]
		to, okTo := at[l.To]
		if okFrom && okTo {
			features = append(features, geoFeature{"Feature", "line/" + cell(l.ID), geoGeometry{"LineString", [][2]float64{from, to}},
				geoLine{"line", kv[l.From], l.LengthKM, l.IMaxA, l.FromOpen || l.ToOpen}})
		}
	}
	for i := range s.Trafos {
		t := &s.Trafos[i]
		if p, ok := at[t.LV]; ok {
			point("trafo/"+cell(t.ID), p, geoTrafo{"trafo", t.Name, t.SnKVA, t.VnHVKV, t.VnLVKV, t.HVOpen || t.LVOpen})
		}
	}
	return json.Marshal(struct {
		Type     string       `json:"type"`
		Name     string       `json:"name"`
		Features []geoFeature `json:"features"`
	}{"FeatureCollection", s.Name, features})
}

// noDegrees says why a bus has no place on a map.
func noDegrees(crs string, bus int) error {
	if crs == "" {
		return invalid("grid.no-crs", "bus", bus)
	}
	return invalid("grid.no-degrees", "crs", crs, "bus", bus)
}
