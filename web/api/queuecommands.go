package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

// What the pages of a queue can do: of whoever waits, and of who gives places.

type restoreIn struct{ actIn }

func (in restoreIn) of(v *visit.Visit) any {
	return casework.Restore{ID: in.Command, Actor: v.Actor(), Ref: ref(v)}
}

type lookAgainIn struct{ actIn }

func (in lookAgainIn) of(v *visit.Visit) any {
	return casework.LookAgain{ID: in.Command, Actor: v.Actor(), Ref: ref(v)}
}

type transferIn struct {
	actIn
	Answers map[string]string `json:"answers" doc:"What is waited for in the other region, by the questions of the queue's list."`
}

func (in transferIn) of(v *visit.Visit) any {
	return casework.TransferQueue{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Answers: in.Answers}
}

type ticketIn struct {
	actIn
	Group string `json:"group" doc:"One that is waited for. The earliest time that is left of today in it is taken, and no other."`
}

func (in ticketIn) of(v *visit.Visit) any {
	return casework.TakeTicket{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Group: in.Group}
}

type rebookIn struct {
	actIn
	NotBefore string `json:"not_before,omitempty" doc:"The first day on which they can come."`
	Part      string `json:"part,omitempty" doc:"morning or afternoon; left out: any."`
}

func (in rebookIn) of(v *visit.Visit) any {
	return casework.Rebook{ID: in.Command, Actor: v.Actor(), Ref: ref(v), NotBefore: in.NotBefore, Part: in.Part}
}

type attendIn struct {
	actIn
	Came bool `json:"came"`
}

func (in attendIn) of(v *visit.Visit) any {
	return casework.Attend{ID: in.Command, Actor: v.Actor(), Ref: ref(v), Came: in.Came}
}

type reportPlacesIn struct {
	actIn
	Group  string `json:"group" doc:"As its register calls it."`
	Places int    `json:"places" doc:"At most as many as its register allows."`
}

func (in reportPlacesIn) of(v *visit.Visit) any {
	return casework.ReportPlaces{ID: in.Command, Actor: v.Actor(), Service: aiqyn.ServiceID(v.Path("queue")), Institution: string(v.Actor().Body), Group: in.Group, Places: in.Places}
}

type publishSlotsIn struct {
	actIn
	Group   string `json:"group" doc:"As its register calls it."`
	Day     string `json:"day" doc:"Such as 2026-12-01."`
	From    string `json:"from" doc:"When the first begins, such as 09:00."`
	Minutes int    `json:"minutes" doc:"How long each is."`
	Count   int    `json:"count" doc:"How many in a row; 0: none any more."`
	Places  int    `json:"places" doc:"In each."`
	SameDay bool   `json:"same_day,omitempty" doc:"Not for rounds: for tickets of the day alone."`
}

func (in publishSlotsIn) of(v *visit.Visit) any {
	return casework.PublishSlots{
		ID: in.Command, Actor: v.Actor(), Service: aiqyn.ServiceID(v.Path("queue")), Institution: string(v.Actor().Body), Group: in.Group, Day: in.Day, From: in.From,
		Minutes: in.Minutes, Count: in.Count, Places: in.Places, SameDay: in.SameDay,
	}
}

func queueCommandRoutes() []Route {
	act := []aiqyn.ErrorKind{aiqyn.Invalid, aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"POST", "/cases/{ref}/restore", access.ActionTakeStep, carryOut[restoreIn](http.StatusOK),
			Operation{Name: "restoreInQueue", Says: "Ends a stop of offers, as often as the service lets one.", Takes: restoreIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/look-again", access.ActionTakeStep, carryOut[lookAgainIn](http.StatusOK),
			Operation{Name: "lookAgain", Says: "Has the registers read again that rank somebody who waits.", Takes: lookAgainIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/transfer", access.ActionTakeStep, carryOut[transferIn](http.StatusOK),
			Operation{Name: "transferInQueue", Says: "Moves to another region with the first date.", Takes: transferIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/ticket", access.ActionTakeStep, carryOut[ticketIn](http.StatusOK),
			Operation{Name: "takeTicket", Says: "Takes the earliest time that is left of today in a group.", Takes: ticketIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/rebook", access.ActionTakeStep, carryOut[rebookIn](http.StatusOK),
			Operation{Name: "rebook", Says: "Gives a time back, and says when one can come; the date in the queue stays.", Takes: rebookIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/cases/{ref}/attendance", access.ActionReportPlaces, carryOut[attendIn](http.StatusOK),
			Operation{Name: "attend", Says: "Says whether somebody came to their time; of the institution that gave it.", Takes: attendIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/queues/{queue}/places", access.ActionReportPlaces, carryOut[reportPlacesIn](http.StatusOK),
			Operation{Name: "reportPlaces", Says: "Reports how many places a group of one's institution has.", Takes: reportPlacesIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/queues/{queue}/slots", access.ActionReportPlaces, carryOut[publishSlotsIn](http.StatusOK),
			Operation{Name: "publishSlots", Says: "Publishes a row of times of a group of one's institution, or takes it back.", Takes: publishSlotsIn{}, Gives: resultJSON{}, Fails: act}},
	}
}
