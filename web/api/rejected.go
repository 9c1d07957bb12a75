package api

import "aiqyn/casework"

// rejectedJSON is a connection point without room, with what it takes to believe that.
type rejectedJSON struct {
	ID        string    `json:"id"`
	Because   string    `json:"because"`
	Binding   string    `json:"binding,omitempty" doc:"voltage, line, trafo, collapse, base-violation or none; absent: it is too far to ask."`
	Element   int       `json:"element,omitempty" doc:"That binds: a bus for a voltage, a line or transformer otherwise."`
	FreeW     int64     `json:"free_w"`
	RouteM    int64     `json:"route_m"`
	Reinforce int64     `json:"reinforce_tiyn,omitempty" doc:"What replacing the binding elements would cost, if that helps."`
	Limit     limitJSON `json:"limit,omitzero" doc:"What the element that binds may bear; absent where nothing with a rating does, or some point has room."`
	Above     aboveJSON `json:"above,omitzero" doc:"The transformer that feeds it, on the network that the answer rests on; absent where some point has room."`
}

type limitJSON struct {
	Least int64  `json:"least,omitempty" doc:"Of a voltage alone."`
	Most  int64  `json:"most"`
	Unit  string `json:"unit" doc:"V, A or VA."`
}

type aboveJSON struct {
	ID        int   `json:"id"`
	RatedVA   int64 `json:"rated_va"`
	LoadW     int64 `json:"load_w" doc:"Of all that it feeds, as measured, estimated or surveyed."`
	ReservedW int64 `json:"reserved_w" doc:"Of all that it feeds."`
}

// rejected lists them, the cheapest first.
func rejected(p *casework.PointsView) []rejectedJSON {
	if p == nil {
		return nil
	}
	var list []rejectedJSON
	for i := range p.Rejected {
		point := &p.Rejected[i]
		out := rejectedJSON{ID: point.ID, Because: point.Because, Binding: point.Binding, Element: point.Element, FreeW: point.FreeW, RouteM: point.RouteM}
		if point.Reinforce != nil {
			out.Reinforce = point.Reinforce.Cost
		}
		if l := point.Limit; l != nil {
			out.Limit = limitJSON{l.Least, l.Most, l.Unit}
		}
		if a := point.Above; a != nil {
			out.Above = aboveJSON{a.Trafo, a.RatedVA, a.LoadW, a.ReservedW}
		}
		list = append(list, out)
	}
	return list
}
