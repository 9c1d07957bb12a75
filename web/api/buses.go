package api

import (
	"net/http"

	"aiqyn/web/visit"
)

type busJSON struct {
	Bus        int         `json:"bus"`
	FreeW      *int64      `json:"free_w" doc:"Beside what is reserved; null: unlimited."`
	LapseW     *int64      `json:"lapse_w" doc:"If what is reserved and not yet connected lapses; null: unlimited."`
	ReservedW  int64       `json:"reserved_w"`
	ConnectedW int64       `json:"connected_w" doc:"Of what is reserved."`
	Asked      appliedJSON `json:"asked" doc:"What open applications ask for there."`
	Binding    string      `json:"binding"`
	Element    int         `json:"element" doc:"The bus, line or transformer that limits it; 0: none."`
}

type busesJSON struct {
	Buses []busJSON `json:"buses"`
	Next  string    `json:"next" doc:"The after of the next page; empty on the last."`
}

// limited are watts; null where there is no limit.
func limited(w int64) *int64 {
	if w < 0 {
		return nil
	}
	return &w
}

func buses(v *visit.Visit) error {
	list, err := ofTrafo(v, v.Engine.BusesBelow)
	if err != nil {
		return err
	}
	out := busesJSON{Buses: make([]busJSON, 0, len(list.Items)), Next: list.Next}
	for _, b := range list.Items {
		out.Buses = append(out.Buses, busJSON{b.ID, limited(b.FreeW), limited(b.LapseW), b.ReservedW, b.ConnectedW, appliedJSON{b.Asked.Watt, b.Asked.Applications}, b.Binding, b.Element})
	}
	return send(v, http.StatusOK, out)
}

type sourceJSON struct {
	Bus         int    `json:"bus"`
	Transformer int    `json:"transformer" doc:"The one nearest to the source on the way; 0: none."`
	Name        string `json:"name"`
}

type bindingDayJSON struct {
	Publication publicationJSON `json:"publication"`
	FreeW       *int64          `json:"free_w" doc:"As it was published; null: unlimited, or classified."`
	Source      *sourceJSON     `json:"source" doc:"That fed it then; null: it was not in the network."`
	Withdrawn   *withdrawalJSON `json:"withdrawn" doc:"Null: it binds."`
}

type bindingJSON struct {
	Since string           `json:"since" doc:"First day of the window of an application that is filed now."`
	Days  []bindingDayJSON `json:"days" doc:"The newest first; the last was in force when the window began. None while anything is classified."`
	More  bool             `json:"more" doc:"There are more publications than are listed."`
}

func binding(v *visit.Visit) error {
	id, err := trafoNamed(v)
	if err != nil {
		return err
	}
	b, err := v.Engine.BindingDays(v.Context(), v.Actor(), id)
	if err != nil {
		return err
	}
	out := bindingJSON{Since: b.Since, Days: make([]bindingDayJSON, 0, len(b.Days)), More: b.More}
	for _, d := range b.Days {
		day := bindingDayJSON{Publication: published(d.Publication), FreeW: limited(d.Line.FreeW)}
		if d.Source.Known {
			day.Source = &sourceJSON{d.Source.Bus, d.Source.Trafo, d.Source.Name}
		}
		if r := d.Withdrawn; r != nil {
			day.Withdrawn = &withdrawalJSON{r.Entry, rfc(r.At), r.Trafo, r.Ground, r.Meters, r.Watt, string(r.AskedBy), r.Asked, string(r.SignedBy)}
		}
		out.Days = append(out.Days, day)
	}
	return send(v, http.StatusOK, out)
}
