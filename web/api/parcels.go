package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/tile"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

type parcelJSON struct {
	Number string      `json:"number" doc:"Cadastral number."`
	Area   int64       `json:"area" doc:"Square metres."`
	Use    string      `json:"use"`
	AwayM  int64       `json:"away_m" doc:"How far it is from the place, in metres; 0: the place lies in it."`
	Middle []float64   `json:"middle" doc:"Longitude and latitude."`
	Ring   [][]float64 `json:"ring" doc:"Corners, not closed, as longitude and latitude; empty: they are not known."`
}

var parcelRoute = Route{"GET", "/parcels", access.ActionSeePublic, parcelAt, Operation{Name: "findParcel",
	Says: "The parcel that a place lies in, or else the nearest within a few metres. It tells where the parcel lies and nothing of who holds it.", Seeks: true,
	Query: []Parameter{{"at", "Longitude and latitude in degrees, parted by a comma."}},
	Gives: parcelJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.Invalid, aiqyn.NotFound}}}

func parcelAt(v *visit.Visit) error {
	lon, lat, ok := show.Place(v.Query("at"))
	if !ok {
		return aiqyn.E(aiqyn.Invalid, "error.wish-place").On("at")
	}
	p, err := v.Engine.ParcelAt(v.Context(), lon, lat)
	if err != nil {
		return err
	}
	out := parcelJSON{Number: p.Number, Area: p.Area, Use: p.Use, AwayM: p.AwayM, Middle: degrees(p.Middle), Ring: [][]float64{}}
	for _, corner := range p.Ring {
		out.Ring = append(out.Ring, degrees(corner))
	}
	return send(v, http.StatusOK, out)
}

func degrees(w tile.World) []float64 {
	lon, lat := w.Degrees()
	return []float64{lon, lat}
}
