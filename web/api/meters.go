package api

import (
	"net/http"

	"aiqyn/casework"
	"aiqyn/web/visit"
)

type metersIn struct {
	actIn
	Table string `json:"table" doc:"CSV whose first line is trafo,meter,since. A row without a transformer is a meter that was taken down."`
}

type metersJSON struct {
	Entry      int64      `json:"entry,omitempty" doc:"The entry in the log; left out where nothing was registered."`
	Registered int        `json:"registered" doc:"Rows that were registered, or would be."`
	Left       []leftJSON `json:"left" doc:"Rows for which nothing of the table is registered, and why."`
}

// registerMeters says which meters stand at which transformers.
func registerMeters(v *visit.Visit) error {
	var in metersIn
	if err := read(v, &in); err != nil {
		return err
	}
	done, err := v.Engine.Do(v.Context(), casework.RegisterMeters{ID: in.Command, Actor: v.Actor(), Table: []byte(in.Table)})
	if err != nil {
		return err
	}
	return metersChecked(v, done.First, in.Table)
}

// checkMeters tells what would become of a table of meters.
func checkMeters(v *visit.Visit) error {
	var in tableIn
	if err := read(v, &in); err != nil {
		return err
	}
	return metersChecked(v, 0, in.Table)
}

func metersChecked(v *visit.Visit, entry int64, table string) error {
	r, err := v.Engine.CheckMeters(v.Context(), v.Actor(), []byte(table))
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, metersJSON{Entry: entry, Registered: r.Taken, Left: leftOf(v, r)})
}

type meterJSON struct {
	Meter string `json:"meter"`
	Since string `json:"since"`
	Entry int64  `json:"entry" doc:"By which it was registered."`
	Gone  *int64 `json:"gone,omitempty" doc:"Entry by which it stands elsewhere, or nowhere."`
}

type metersOfJSON struct {
	Meters []meterJSON `json:"meters"`
	Next   string      `json:"next" doc:"The after of the next page; empty on the last."`
}

// metersOf lists the meters that were registered at a transformer.
func metersOf(v *visit.Visit) error {
	list, err := ofTrafo(v, v.Engine.Meters)
	if err != nil {
		return err
	}
	out := metersOfJSON{Meters: make([]meterJSON, 0, len(list.Items)), Next: list.Next}
	for _, m := range list.Items {
		one := meterJSON{Meter: m.Meter, Since: m.Since, Entry: m.Entry}
		if m.Gone >= 0 {
			one.Gone = &m.Gone
		}
		out.Meters = append(out.Meters, one)
	}
	return send(v, http.StatusOK, out)
}
