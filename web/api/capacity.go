package api

import (
	"context"
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

type trafoJSON struct {
	ID        int        `json:"id"`
	Name      string     `json:"name"`
	District  aiqyn.Text `json:"district"`
	RatedKVA  *int64     `json:"rated_kva" doc:"Null: classified."`
	FreeW     *int64     `json:"free_w" doc:"Null: unlimited, or classified."`
	ReservedW *int64     `json:"reserved_w" doc:"Null: classified."`
	Connected int64      `json:"connected_w" doc:"Of what is reserved: connected, and not yet part of the measured load."`
	PeakW     *int64     `json:"peak_w" doc:"Null: classified."`
	ApartW    int64      `json:"apart_w,omitempty" doc:"By how much its meter has read less than those of the transformers below it together, each at its own peak."`
	IdleW     int64      `json:"idle_w,omitempty" doc:"What was surveyed as generating directly below it. It is not counted on; limits hold with it as well."`
	Binding   string     `json:"binding"`
	Basis     string     `json:"basis"`
	Measured  string     `json:"measured,omitempty" doc:"Day of the newest reading, or since when the utility stands by its estimate."`
	Missing   int        `json:"missing" doc:"Of the days that must have a reading, those without."`
	Owned     bool       `json:"owned,omitempty" doc:"It is not the utility's: who connects below it needs its owner's consent. Left out where names are classified."`
}

func newTrafo(l casework.TrafoLine) trafoJSON {
	t := trafoJSON{
		ID: l.ID, Name: l.Name, District: l.District, RatedKVA: shown(l.SnKVA), ReservedW: shown(l.ReservedW), Connected: l.ConnectedW, PeakW: shown(l.PeakW), ApartW: l.ApartW, IdleW: l.IdleW,
		Binding: l.Binding, Basis: l.Basis, Measured: l.Measured, Missing: l.Missing, Owned: l.Owned,
	}
	if l.FreeW >= 0 {
		t.FreeW = &l.FreeW
	}
	return t
}

// shown is a figure, or null where it is withheld.
func shown(n int64) *int64 {
	if n == casework.Withheld {
		return nil
	}
	return &n
}

type publicationJSON struct {
	At      moment `json:"at"`
	Day     string `json:"day"`
	Network string `json:"network" doc:"Hash of the network that it was computed on."`
	Hash    string `json:"hash"`
	Entry   int64  `json:"entry" doc:"Its entry in the log."`
	Count   int    `json:"count"`
}

type transformersJSON struct {
	Publication  publicationJSON `json:"publication"`
	AskedAt      *moment         `json:"asked_at" doc:"As of when it is told what is asked for; null: it is not told. The other figures are as of the publication."`
	Transformers []listedJSON    `json:"transformers"`
	Next         string          `json:"next" doc:"The after of the next page; empty on the last."`
}

// listedJSON is a transformer as it was published, and what is asked for below it now.
type listedJSON struct {
	trafoJSON
	Asked *appliedJSON `json:"asked,omitempty" doc:"What open applications ask for below it, as of asked_at. Absent where it is not told."`
}

type transformerJSON struct {
	Publication publicationJSON `json:"publication"`
	Transformer trafoJSON       `json:"transformer"`
	Asked       *appliedJSON    `json:"asked,omitempty" doc:"What open applications ask for below it now: neither reserved nor published. Absent where it is not told."`
}

type appliedJSON struct {
	W            int64 `json:"w"`
	Applications int   `json:"applications"`
}

func published(p casework.Publication) publicationJSON {
	return publicationJSON{rfc(p.At), p.Day, p.Network, p.Hash, p.Entry, p.Count}
}

func capacity(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, pub, err := v.Engine.Transformers(v.Context(), v.Actor(), v.Query("district"), v.Query("name"), p)
	if err != nil {
		return err
	}
	asked, at, err := v.Engine.AskedNow(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	out := transformersJSON{Publication: published(pub), Transformers: make([]listedJSON, 0, len(list.Items)), Next: list.Next}
	if asked != nil {
		when := rfc(at)
		out.AskedAt = &when
	}
	for _, l := range list.Items {
		line := listedJSON{trafoJSON: newTrafo(l)}
		if asked != nil {
			line.Asked = &appliedJSON{asked[l.ID].Watt, asked[l.ID].Applications}
		}
		out.Transformers = append(out.Transformers, line)
	}
	return send(v, http.StatusOK, out)
}

// trafoNamed is the transformer that the address names.
func trafoNamed(v *visit.Visit) (int, error) {
	id, err := strconv.Atoi(v.Path("id"))
	if err != nil {
		return 0, aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	return id, nil
}

// ofTrafo is a page of a list that is of the transformer that is named.
func ofTrafo[T any](v *visit.Visit, list func(ctx context.Context, viewer aiqyn.Actor, trafo int, p casework.Page) (casework.List[T], error)) (casework.List[T], error) {
	p, err := paging(v)
	if err != nil {
		return casework.List[T]{}, err
	}
	id, err := trafoNamed(v)
	if err != nil {
		return casework.List[T]{}, err
	}
	return list(v.Context(), v.Actor(), id, p)
}

func transformer(v *visit.Visit) error {
	id, err := trafoNamed(v)
	if err != nil {
		return err
	}
	l, pub, err := v.Engine.Transformer(v.Context(), v.Actor(), id)
	if err != nil {
		return err
	}
	out := transformerJSON{Publication: published(pub), Transformer: newTrafo(l)}
	asked, err := v.Engine.AskedBelow(v.Context(), v.Actor(), id)
	if err != nil {
		return err
	}
	if asked != nil {
		out.Asked = &appliedJSON{asked.Watt, asked.Applications}
	}
	return send(v, http.StatusOK, out)
}
