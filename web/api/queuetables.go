package api

import (
	"net/http"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/web/visit"
)

type (
	tablesJSON struct {
		Tables []tableJSON `json:"tables"`
	}
	tableJSON struct {
		Entry    int64               `json:"entry" doc:"That has committed to it."`
		At       moment              `json:"at"`
		Source   string              `json:"source" doc:"The former system."`
		File     string              `json:"file" doc:"SHA-256 of the file."`
		Rows     int64               `json:"rows" doc:"People in it."`
		Earliest string              `json:"earliest,omitempty" doc:"Day of its earliest first date; absent in a table from before it took two."`
		Latest   string              `json:"latest,omitempty"`
		Before   int64               `json:"before" doc:"Of its people, who would come before somebody who waited here then."`
		Behind   int64               `json:"behind" doc:"Of those who waited here then, by a later date than its earliest."`
		State    casework.TableState `json:"state" doc:"waits, confirmed or declined. Nobody gets a place from a table that is not confirmed."`
		Answer   int64               `json:"answer,omitempty" doc:"Entry of the second person's word."`
	}
	confirmQueueIn struct {
		actIn
		Ground string `json:"ground" doc:"What it was held against. An auditor will read it."`
	}
	declineQueueIn struct {
		actIn
		Ground string `json:"ground" doc:"Whoever brought it and the auditor will read it."`
	}
)

func (in confirmQueueIn) of(v *visit.Visit) any {
	return casework.ConfirmQueue{ID: in.Command, Actor: v.Actor(), Entry: entryOf(v), Ground: in.Ground}
}

func (in declineQueueIn) of(v *visit.Visit) any {
	return casework.DeclineQueue{ID: in.Command, Actor: v.Actor(), Entry: entryOf(v), Ground: in.Ground}
}

func queueTableRoutes() []Route {
	act := []aiqyn.ErrorKind{aiqyn.Invalid, aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"GET", "/queues/{queue}/tables", access.ActionSeePublic, queueTables,
			Operation{Name: "listQueueTables", Says: "The queues of former systems that were brought for a service, the newest first, at most fifty.", Gives: tablesJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.NotFound}}},
		{"POST", "/queue-tables/{index}/confirm", access.ActionConfirmQueue, carryOut[confirmQueueIn](http.StatusOK),
			Operation{Name: "confirmQueue", Says: "An overseer's yes to a former queue that an operator has brought: its dates may be given.", Takes: confirmQueueIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/queue-tables/{index}/decline", access.ActionConfirmQueue, carryOut[declineQueueIn](http.StatusOK),
			Operation{Name: "declineQueue", Says: "An overseer's no to a former queue: nobody gets a place from it.", Takes: declineQueueIn{}, Gives: resultJSON{}, Fails: act}},
	}
}

func queueTables(v *visit.Visit) error {
	svc, _, err := waited(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Brought(v.Context(), svc)
	if err != nil {
		return err
	}
	out := tablesJSON{Tables: []tableJSON{}}
	for _, b := range list {
		t := tableJSON{Entry: b.Entry, At: rfc(b.At), Source: b.Source, File: b.File, Rows: b.Rows, Before: b.Before, Behind: b.Behind, State: b.State, Answer: b.Answer}
		if !b.Alone {
			t.Earliest, t.Latest = b.Earliest.In(locale.Zone).Format(time.DateOnly), b.Latest.In(locale.Zone).Format(time.DateOnly)
		}
		out.Tables = append(out.Tables, t)
	}
	return send(v, http.StatusOK, out)
}
