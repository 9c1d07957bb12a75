package casework

import (
	"encoding/json"
	"math"
	"slices"

	"aiqyn"
	"aiqyn/secrecy"
	"aiqyn/tile"
)

// Withheld stands for a figure that is known and not shown to whoever looks.
const Withheld = math.MinInt64

// RoomWithheld is the room of a transformer whose free power is not shown.
const RoomWithheld = "withheld"

// substationKVA is from which rated power on a transformer is a substation's: those
// of streets and villages end below.
const substationKVA = 4000

func layerOf(l *TrafoLine) secrecy.Layer {
	if l.SnKVA >= substationKVA {
		return secrecy.Substations
	}
	return secrecy.Transformers
}

// Area is what is shown of a cell of the map in place of the transformers in it:
// how many there are and what their figures come to, in bands.
type Area struct {
	Layer             secrecy.Layer
	Cell              tile.Address
	Lat, Lon          float64 // of its middle
	Count             secrecy.Band
	Rated, Free, Peak *secrecy.Band // volt-amperes, watts, volt-amperes; nil: exact elsewhere, or closed
}

// Exact is all that is known of the network for whoever may see it all.
type Exact struct {
	Day     string
	Trafos  []TrafoLine
	Feeders []FeederLine
	Mains   []Main
	// Month is the publication of which everything generalised is made; nil: this one.
	Month *Exact
	// Daily makes it of each day and says of none of which it is, as it was once.
	Daily bool
}

// general is what everything generalised is made of.
func (x Exact) general() Exact {
	if x.Month != nil {
		return *x.Month
	}
	return x
}

// Shown is what somebody sees of it.
type Shown struct {
	Trafos    []TrafoLine
	Feeders   []FeederLine
	Mains     []Main     // exact
	Areas     []Area     // in place of transformers
	Corridors []Corridor // in place of lines
	AsOf      string     // the day of which areas, corridors and general places are; "": there are none
}

// Publicly is the one function that makes, of exact figures, what the public sees
// under a policy: pages, lists, files, tiles, programs and the published snapshot
// have what it returns, and nothing else. The lines it is given stay as they are.
func Publicly(x Exact, p secrecy.Policy) Shown {
	if p.Open() {
		return Shown{Trafos: x.Trafos, Feeders: x.Feeders, Mains: x.Mains}
	}
	out := Shown{Trafos: slices.Clone(x.Trafos), Feeders: slices.Clone(x.Feeders)}
	for i := range out.Feeders {
		coverFeeder(&out.Feeders[i], p)
	}
	out.Mains, out.Corridors = mainsShown(x, p)
	if p.Generalises() && !x.Daily {
		out.AsOf = x.general().Day
	}
	exact, lines := x.general().Trafos, out.Trafos
	for _, layer := range []secrecy.Layer{secrecy.Transformers, secrecy.Substations} {
		var of []int // of the layer, as far as it is known where they stand
		for i := range exact {
			if layerOf(&exact[i]) == layer && exact[i].Placed() {
				of = append(of, i)
			}
		}
		v := veil{layer: layer, exact: exact, place: p.Of(layer, secrecy.Place), name: p.Of(layer, secrecy.Name)}
		v.rated, v.free, v.peak = p.Effective(layer)
		mine := make(map[int]int) // where a transformer of the layer stands among today's
		for i := range x.Trafos {
			if layerOf(&x.Trafos[i]) == layer {
				v.cover(&lines[i])
				mine[lines[i].ID] = i
			}
		}
		out.Areas = append(out.Areas, v.cells(of, lines, mine)...)
	}
	return out
}

// veil is what hides one layer.
type veil struct {
	layer                          secrecy.Layer
	exact                          []TrafoLine
	place, name, rated, free, peak secrecy.Class
}

// cover takes from a line what is not shown of it alone.
func (v *veil) cover(l *TrafoLine) {
	l.ApartW, l.IdleW = 0, 0 // they hold the peaks of others, which may be another layer's
	if v.place != secrecy.Exact {
		l.Lat, l.Lon, l.District = 0, 0, aiqyn.Text{}
	}
	if v.name != secrecy.Exact {
		l.Name, l.Owned = "", false // whose it is would tell which it is
	}
	if v.rated != secrecy.Exact {
		l.SnKVA, l.LoadPPM = Withheld, Withheld
	}
	if v.peak != secrecy.Exact {
		l.PeakW, l.LoadPPM = Withheld, Withheld
	}
	if v.free != secrecy.Exact {
		l.FreeW, l.LapseW, l.ReservedW, l.ConnectedW, l.Binding, l.Element = Withheld, Withheld, Withheld, 0, "", 0
	}
}

// cells makes the areas of a layer, and puts what has a general place into the
// middle of its cell. Its district is told only where the whole cell lies in it:
// what both have in common could be one transformer alone.
func (v *veil) cells(of []int, lines []TrafoLine, mine map[int]int) []Area {
	some := slices.Contains([]secrecy.Class{v.place, v.rated, v.free, v.peak}, secrecy.Generalised)
	if !some || v.place == secrecy.Closed {
		return nil
	}
	places := make([]tile.World, len(of))
	for i, at := range of {
		places[i] = tile.At(v.exact[at].Lon, v.exact[at].Lat)
	}
	var areas []Area
	for _, c := range secrecy.Cells(places) {
		lon, lat := c.Middle().Degrees()
		a := Area{Layer: v.layer, Cell: c.Address, Lat: lat, Lon: lon, Count: secrecy.CountBand(len(c.Members))}
		district := v.exact[of[c.Members[0]]].District
		for _, m := range c.Members {
			if v.exact[of[m]].District != district {
				district = aiqyn.Text{}
			}
		}
		for _, m := range c.Members {
			if i, stands := mine[v.exact[of[m]].ID]; stands && v.place == secrecy.Generalised {
				l := &lines[i]
				l.Lat, l.Lon, l.District = lat, lon, district
			}
		}
		a.Rated = v.band(v.rated, c.Members, of, func(l *TrafoLine) int64 { return l.SnKVA * 1000 })
		a.Free = v.band(v.free, c.Members, of, func(l *TrafoLine) int64 { return l.FreeW })
		a.Peak = v.band(v.peak, c.Members, of, func(l *TrafoLine) int64 { return l.PeakW })
		areas = append(areas, a)
	}
	return areas
}

// band is the band of what a figure comes to in a cell; nil unless it is
// generalised. Bands are as wide as the largest rated power of the layer asks, in
// every cell alike.
func (v *veil) band(class secrecy.Class, members, of []int, figure func(*TrafoLine) int64) *secrecy.Band {
	if class != secrecy.Generalised {
		return nil
	}
	largest := int64(0)
	for i := range v.exact {
		if layerOf(&v.exact[i]) == v.layer {
			largest = max(largest, v.exact[i].SnKVA*1000)
		}
	}
	var sum int64
	for _, m := range members {
		sum += max(figure(&v.exact[of[m]]), 0)
	}
	b := secrecy.BandOf(sum, secrecy.Width(largest))
	return &b
}

// publicLine is a line of the published snapshot from which something is withheld.
type publicLine struct {
	ID                              int
	Name                            string      `json:",omitempty"`
	District                        *aiqyn.Text `json:",omitempty"`
	SnKVA, FreeW, LapseW, ReservedW *int64      `json:",omitempty"`
	PeakW, LoadPPM                  *int64      `json:",omitempty"`
	Binding                         string      `json:",omitempty"`
	Element                         int         `json:",omitempty"`
	Basis, Measured                 string      `json:",omitempty"`
	Lat, Lon                        float64     `json:",omitempty"`
	Owned                           bool        `json:",omitempty"`
}

// publicFeeder is a feeder of such a snapshot.
type publicFeeder struct {
	ID, Trafos                        int
	Substation                        int     `json:",omitempty"`
	FreeW, LapseW, ReservedW, LoadPPM *int64  `json:",omitempty"`
	Binding                           string  `json:",omitempty"`
	Element                           int     `json:",omitempty"`
	Lat, Lon, ToLat, ToLon            float64 `json:",omitempty"`
}

// publicSnapshot is the published form of a day under a policy. What it withholds
// is listed with its class, so that whoever reads it knows why.
func publicSnapshot(network string, x Exact, p secrecy.Policy) ([]byte, error) {
	seen := Publicly(x, p)
	lines := seen.Trafos
	out := struct {
		Day       string            `json:"day"`
		Network   string            `json:"network"`
		Trafos    []publicLine      `json:"trafos"`
		Feeders   []publicFeeder    `json:"feeders,omitempty"`
		Areas     []Area            `json:"areas,omitempty"`
		AsOf      string            `json:"asOf,omitempty"` // of areas and corridors; what was published before a month had one has none
		Corridors []Corridor        `json:"corridors,omitempty"`
		Classes   map[string]string `json:"classes"`
	}{AsOf: seen.AsOf, Day: x.Day, Network: network, Trafos: make([]publicLine, len(lines)), Areas: seen.Areas, Corridors: seen.Corridors, Classes: make(map[string]string)}
	shown := func(n int64) *int64 {
		if n == Withheld {
			return nil
		}
		return &n
	}
	for i, l := range lines {
		out.Trafos[i] = publicLine{ID: l.ID, Name: l.Name, SnKVA: shown(l.SnKVA), FreeW: shown(l.FreeW), LapseW: shown(l.LapseW), ReservedW: shown(l.ReservedW),
			PeakW: shown(l.PeakW), LoadPPM: shown(l.LoadPPM), Binding: l.Binding, Element: l.Element, Basis: l.Basis, Measured: l.Measured, Lat: l.Lat, Lon: l.Lon, Owned: l.Owned}
		if l.District != (aiqyn.Text{}) {
			out.Trafos[i].District = &lines[i].District
		}
	}
	for _, f := range seen.Feeders {
		out.Feeders = append(out.Feeders, publicFeeder{ID: f.ID, Substation: f.Substation, Trafos: f.Trafos, FreeW: shown(f.FreeW), LapseW: shown(f.LapseW),
			ReservedW: shown(f.ReservedW), LoadPPM: shown(f.LoadPPM), Binding: f.Binding, Element: f.Element, Lat: f.Lat, Lon: f.Lon, ToLat: f.ToLat, ToLon: f.ToLon})
	}
	for s, d := range p {
		out.Classes[s.String()] = string(d.Class)
	}
	return json.Marshal(out) // keys of maps are in order
}
