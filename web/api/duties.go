package api

import (
	"net/http"

	"aiqyn/web/visit"
)

type debtJSON struct {
	Entry        int64        `json:"entry"`
	At           moment       `json:"at"`
	Due          moment       `json:"due" doc:"Of the step that decides on the application that waits."`
	Overdue      bool         `json:"overdue" doc:"A reading is missing, and the date has passed."`
	Transformers []debtOfJSON `json:"transformers"`
}

type debtOfJSON struct {
	ID  int    `json:"id"`
	Met *int64 `json:"met" doc:"Entry that took in the first reading of a meter since; null: none has."`
}

type owedJSON struct {
	Owed []debtJSON `json:"owed"`
	Next string     `json:"next" doc:"The after of the next page; empty on the last."`
}

func owed(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.MeasurementsOwed(v.Context(), v.Actor(), p)
	if err != nil {
		return err
	}
	out := owedJSON{Owed: make([]debtJSON, 0, len(list.Items)), Next: list.Next}
	for i := range list.Items {
		d := &list.Items[i]
		debt := debtJSON{Entry: d.Entry, At: rfc(d.At), Due: rfc(d.Due), Overdue: d.Overdue(v.Now())}
		for k := range d.Trafos {
			of := debtOfJSON{ID: d.Trafos[k].Trafo}
			if d.Trafos[k].Met >= 0 {
				of.Met = &d.Trafos[k].Met
			}
			debt.Transformers = append(debt.Transformers, of)
		}
		out.Owed = append(out.Owed, debt)
	}
	return send(v, http.StatusOK, out)
}

type withdrawalJSON struct {
	Entry       int64    `json:"entry"`
	At          moment   `json:"at"`
	Transformer int      `json:"transformer"`
	Ground      string   `json:"ground"`
	Meters      []string `json:"meters"`
	W           int64    `json:"w" doc:"The lower of what the two meters have read."`
	AskedBy     string   `json:"asked_by" doc:"Office that asked for it."`
	Asked       int64    `json:"asked" doc:"Its entry."`
	SignedBy    string   `json:"signed_by" doc:"Office that signed it."`
}

type withdrawnJSON struct {
	Withdrawn []withdrawalJSON `json:"withdrawn"`
	Next      string           `json:"next" doc:"The after of the next page; empty on the last."`
}

func withdrawn(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Withdrawals(v.Context(), v.Actor(), 0, p)
	if err != nil {
		return err
	}
	out := withdrawnJSON{Withdrawn: make([]withdrawalJSON, 0, len(list.Items)), Next: list.Next}
	for _, r := range list.Items {
		out.Withdrawn = append(out.Withdrawn, withdrawalJSON{r.Entry, rfc(r.At), r.Trafo, r.Ground, r.Meters, r.Watt, string(r.AskedBy), r.Asked, string(r.SignedBy)})
	}
	return send(v, http.StatusOK, out)
}
