package api

import (
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/deadline"
	"aiqyn/web/visit"
)

func mandateRoutes() []Route {
	act := []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"GET", "/acting", access.ActionActFor, affairs, Operation{Name: "listAffairs", Says: "For whom one acts now, and may act. Companies are not listed.", Gives: affairsJSON{}}},
		{"POST", "/acting", access.ActionActFor, actFor, Operation{Name: "actFor",
			Says: "Acts for another from now on, in this session, or with an empty name for oneself again.", Takes: actForIn{}, Gives: actingJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.Invalid}}},
		{"GET", "/mandates/given", access.ActionMandate, mandates(false), Operation{Name: "listMandatesGiven", Says: "The mandates that one has given, the newest first.", Paged: true, Gives: mandatesJSON{}}},
		{"GET", "/mandates/held", access.ActionMandate, mandates(true), Operation{Name: "listMandatesHeld", Says: "The mandates that one was given, the newest first.", Paged: true, Gives: mandatesJSON{}}},
		{"POST", "/mandates", access.ActionMandate, carryOut[giveMandateIn](http.StatusCreated), Operation{Name: "giveMandate",
			Says: "Offers somebody a mandate. The answer does not tell whether there is such a person; its first entry names the mandate.", Takes: giveMandateIn{}, Status: http.StatusCreated, Gives: resultJSON{}, Names: true, Fails: act}},
		{"POST", "/mandates/{index}/accept", access.ActionMandate, carryOut[acceptMandateIn](http.StatusOK),
			Operation{Name: "acceptMandate", Says: "Takes up a mandate that one was given.", Takes: acceptMandateIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/mandates/{index}/end", access.ActionMandate, carryOut[endMandateIn](http.StatusOK),
			Operation{Name: "endMandate", Says: "Ends a mandate, takes an offer back or declines it.", Takes: endMandateIn{}, Gives: resultJSON{}, Fails: act}},
	}
}

type affairsJSON struct {
	Acting  string       `json:"acting" doc:"For whom one acts now; empty: for oneself."`
	Affairs []affairJSON `json:"affairs"`
}

type affairJSON struct {
	Acting   string            `json:"acting" doc:"As actFor takes it."`
	Name     string            `json:"name"`
	Until    moment            `json:"until,omitempty" doc:"When the mandate ends by itself."`
	Services []aiqyn.ServiceID `json:"services,omitempty" doc:"That the mandate is for; none: all."`
	Child    bool              `json:"child"`
}

func affairs(v *visit.Visit) error {
	list, err := v.Engine.Affairs(v.Context(), v.Actor())
	if err != nil {
		return err
	}
	out := affairsJSON{Acting: v.Who.Acting, Affairs: []affairJSON{}}
	for _, a := range list {
		out.Affairs = append(out.Affairs, affairJSON{a.Acting, a.Name, rfc(a.Until), a.Of, a.Child})
	}
	return send(v, http.StatusOK, out)
}

type actForIn struct {
	actIn
	For string `json:"for" doc:"An affair's acting, or business/ and the BIN of a company that one heads; empty: oneself."`
}

type actingJSON struct {
	Acting string `json:"acting"`
	Name   string `json:"name" doc:"Of whom one acts for; empty: oneself."`
}

func actFor(v *visit.Visit) error {
	var in actForIn
	if err := read(v, &in); err != nil {
		return err
	}
	if casework.ByNumber(in.For) {
		if err := v.Naming(); err != nil {
			return err
		}
	}
	s, err := v.Engine.ActFor(v.Context(), v.Token(), in.Command, in.For)
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, actingJSON{s.Acting, s.ForName})
}

type mandatesJSON struct {
	Mandates []mandateJSON `json:"mandates"`
	Next     string        `json:"next" doc:"The after of the next page; empty on the last."`
}

type mandateJSON struct {
	Entry    int64                 `json:"entry" doc:"That gave it, and names it."`
	Other    string                `json:"other" doc:"Name of the other, or their number with most of it covered."`
	Services []aiqyn.ServiceID     `json:"services,omitempty" doc:"That it is for; none: all."`
	State    casework.MandateState `json:"state"`
	Given    moment                `json:"given"`
	Accepted moment                `json:"accepted,omitempty"`
	Ended    moment                `json:"ended,omitempty"`
	EndedBy  casework.MandateSide  `json:"ended_by,omitempty" doc:"Left out: it has run out."`
	Until    moment                `json:"until" doc:"When it ends by itself."`
}

func mandates(held bool) visit.Handler {
	return func(v *visit.Visit) error {
		p, err := paging(v)
		if err != nil {
			return err
		}
		list, err := v.Engine.Mandates(v.Context(), v.Actor(), held, p)
		if err != nil {
			return err
		}
		out := mandatesJSON{Mandates: []mandateJSON{}, Next: list.Next}
		for _, m := range list.Items {
			out.Mandates = append(out.Mandates, mandateJSON{m.Entry, m.Other, m.Services, m.State, rfc(m.Given), rfc(m.Accepted), rfc(m.Ended), m.EndedBy, rfc(m.Until)})
		}
		return send(v, http.StatusOK, out)
	}
}

type giveMandateIn struct {
	actIn
	To       string            `json:"to" doc:"IIN of the person."`
	Services []aiqyn.ServiceID `json:"services,omitempty" doc:"None: all."`
	Until    string            `json:"until" doc:"The last day, 2006-01-02."`
}

func (in giveMandateIn) of(v *visit.Visit) any {
	until, _ := deadline.ParseDate(in.Until) // what is no day is refused like none
	return casework.GiveMandate{ID: in.Command, Actor: v.Actor(), To: in.To, Services: in.Services, Until: until}
}

type acceptMandateIn struct{ actIn }

func (in acceptMandateIn) of(v *visit.Visit) any {
	return casework.AcceptMandate{ID: in.Command, Actor: v.Actor(), Mandate: entryOf(v)}
}

type endMandateIn struct{ actIn }

func (in endMandateIn) of(v *visit.Visit) any {
	return casework.EndMandate{ID: in.Command, Actor: v.Actor(), Mandate: entryOf(v)}
}

// entryOf is the entry of the address; what is none is that of nothing.
func entryOf(v *visit.Visit) int64 {
	n, err := strconv.ParseInt(v.Path("index"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}
