package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

func lookRoutes() []Route {
	return []Route{
		{"GET", "/looks", access.ActionReadings, looks, Operation{Name: "listLooks", Paged: true,
			Says: "What officers were shown of one's cases, counted by day, the newest first; on the first page also what the machinery has read of one.", Gives: looksJSON{}}},
	}
}

type looksJSON struct {
	Items   []lookJSON `json:"items"`
	Machine []lookJSON `json:"machine,omitempty" doc:"Readings of the register of people outside cases; they are not in the log."`
	Next    string     `json:"next,omitempty"`
}

type lookJSON struct {
	Day     string            `json:"day"`
	Kind    casework.LookKind `json:"kind" doc:"covered, clear, receipt, archive or file; of the machinery what for."`
	Times   int64             `json:"times"`
	Case    aiqyn.Reference   `json:"case,omitempty"`
	Role    aiqyn.Role        `json:"role"`
	Body    aiqyn.BodyID      `json:"body,omitempty"`
	Officer aiqyn.OfficerID   `json:"officer,omitempty"`
	Entry   int64             `json:"entry" doc:"That has the day; -1: it is not in the log."`
}

func looks(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Looks(v.Context(), v.Actor(), p)
	if err != nil {
		return err
	}
	out := looksJSON{Items: []lookJSON{}, Next: list.Next}
	for _, l := range list.Items {
		out.Items = append(out.Items, oneLook(l))
	}
	if p.After == "" {
		machine, err := v.Engine.MachineLooks(v.Context(), v.Actor())
		if err != nil {
			return err
		}
		for _, l := range machine {
			out.Machine = append(out.Machine, oneLook(l))
		}
	}
	return send(v, http.StatusOK, out)
}

func oneLook(l casework.LookView) lookJSON {
	return lookJSON{l.Day.Format("2006-01-02"), l.Kind, l.N, l.Ref, l.Role, l.Body, l.Officer, l.Index}
}
