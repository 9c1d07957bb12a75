package api

import (
	"net/http"

	"aiqyn/casework"
	"aiqyn/web/visit"
)

type trafoDayJSON struct {
	Publication publicationJSON `json:"publication"`
	Transformer trafoJSON       `json:"transformer"`
	Causes      []string        `json:"causes" doc:"Why something has changed since the publication before; empty if nothing has."`
}

type historyJSON struct {
	Days []trafoDayJSON `json:"days"`
	Next string         `json:"next" doc:"The after of the next page; empty on the last."`
}

func capacityHistory(v *visit.Visit) error {
	list, err := ofTrafo(v, v.Engine.CapacityHistory)
	if err != nil {
		return err
	}
	days := make([]trafoDayJSON, 0, len(list.Items))
	for _, d := range list.Items {
		day := trafoDayJSON{published(d.Publication), newTrafo(d.Line), []string{}}
		if d.Change != nil {
			day.Causes = d.Change.Why
		}
		days = append(days, day)
	}
	return send(v, http.StatusOK, historyJSON{days, list.Next})
}

type changeJSON struct {
	Was    *trafoJSON `json:"was" doc:"Null: it was not in the network."`
	Is     *trafoJSON `json:"is" doc:"Null: it is not in the network any more."`
	Causes []string   `json:"causes"`
}

type changesJSON struct {
	From    publicationJSON `json:"from"`
	To      publicationJSON `json:"to"`
	Changes []changeJSON    `json:"changes"`
	Next    string          `json:"next" doc:"The after of the next page; empty on the last."`
}

func capacityChanges(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	from, to, err := v.Engine.BetweenDays(v.Context(), v.Query("from"), v.Query("to"))
	if err != nil {
		return err
	}
	list, err := v.Engine.CapacityChanges(v.Context(), v.Actor(), from, to, p)
	if err != nil {
		return err
	}
	out := changesJSON{From: published(from), To: published(to), Changes: make([]changeJSON, 0, len(list.Items)), Next: list.Next}
	for _, c := range list.Items {
		out.Changes = append(out.Changes, changeJSON{sideOf(c.Was), sideOf(c.Is), c.Why})
	}
	return send(v, http.StatusOK, out)
}

// sideOf is a transformer on one of two days, null where it was not there.
func sideOf(l *casework.TrafoLine) *trafoJSON {
	if l == nil {
		return nil
	}
	t := newTrafo(*l)
	return &t
}
