package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

type consideredJSON struct {
	LoadW   int64                 `json:"load_w"`
	Count   int                   `json:"count" doc:"Of buses within reach whose voltage has a cable for the load."`
	Shown   int                   `json:"shown" doc:"Of those, points that have room and are shown to who asks."`
	Because []becauseJSON         `json:"because" doc:"How many of the others are not shown, by why, the most frequent first."`
	Points  []consideredPointJSON `json:"points" doc:"The cheapest first."`
	Next    string                `json:"next" doc:"The after of the next page; empty on the last."`
}

type becauseJSON struct {
	Because string `json:"because" doc:"no-capacity, voltage-at-object, new-line-losses, consent (of the owner of the transformer above), dearer."`
	Count   int    `json:"count"`
}

type consideredPointJSON struct {
	ID      string `json:"id"`
	RouteM  int64  `json:"route_m"`
	Cost    int64  `json:"cost_tiyn"`
	FreeW   *int64 `json:"free_w" doc:"Null: it was not solved, being dearer than what is shown, or another's."`
	Binding string `json:"binding,omitempty" doc:"What limits free_w."`
	Because string `json:"because,omitempty" doc:"Why it is not shown; absent: it has room."`
}

var consideredRoute = Route{"GET", "/capacity/points/all", access.ActionSeePublic, considered, Operation{Name: "listConsideredPoints",
	Says: "Every bus that a search for connection points would consider now, and why those fall away that are not shown. The choices of the application are taken by their names too. As often as the page lets anybody search.", Paged: true, Seeks: true,
	Query: []Parameter{{"kw", "Load in kilowatts."}, {"parcel", "Cadastral number."}, {"at", "Instead of a parcel: longitude and latitude in degrees, parted by a comma."}, {"because", "Of one reason alone."}},
	Gives: consideredJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}}}

func considered(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	w, err := show.WishOf(v)
	if err != nil {
		return err
	}
	got, err := v.Engine.ConsideredPoints(v.Context(), w, v.Query("because"), p)
	if err != nil {
		return err
	}
	out := consideredJSON{LoadW: got.LoadW, Count: got.All, Shown: got.Shown, Because: []becauseJSON{}, Points: newConsidered(got.List.Items), Next: got.List.Next}
	for _, r := range got.Reasons {
		out.Because = append(out.Because, becauseJSON{r, got.Because[r]})
	}
	return send(v, http.StatusOK, out)
}

func newConsidered(points []casework.ConsideredPoint) []consideredPointJSON {
	list := make([]consideredPointJSON, 0, len(points))
	for i := range points {
		p := &points[i]
		line := consideredPointJSON{ID: p.ID, RouteM: p.RouteM, Cost: p.Cost, Because: p.Because}
		if p.Solved {
			line.FreeW, line.Binding = &p.FreeW, p.Binding
		}
		list = append(list, line)
	}
	return list
}
