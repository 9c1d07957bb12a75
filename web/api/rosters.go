package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/show"
	"aiqyn/web/visit"
)

type (
	rostersJSON struct {
		Rosters []rosterJSON `json:"rosters" doc:"By body and role; of posts that have no roster yet the officers are empty."`
		Next    string       `json:"next" doc:"The after of the next page; empty on the last."`
	}
	rosterJSON struct {
		Role     aiqyn.Role     `json:"role"`
		Body     aiqyn.BodyID   `json:"body" doc:"Of the pack; of the role institution its name in its register."`
		Entry    *int64         `json:"entry" doc:"In the log, by which it stands so; null: there was none yet."`
		At       moment         `json:"at,omitempty"`
		Officers []standsOnJSON `json:"officers"`
	}
	standsOnJSON struct {
		Officer aiqyn.OfficerID `json:"officer"`
		Name    string          `json:"name"`
		Known   bool            `json:"known" doc:"The log knows which person they are, and keeps them off their own case."`
	}
	enrolIn struct {
		actIn
		Officer aiqyn.OfficerID `json:"officer" doc:"What the log calls them: small Latin letters, digits and hyphens."`
		Name    string          `json:"name" doc:"In full: they sign by it."`
		IIN     aiqyn.PersonID  `json:"iin" doc:"The log keeps a keyed hash of it."`
		Phone   string          `json:"phone" doc:"That they sign in by."`
	}
	leaveIn struct {
		actIn
		Officer aiqyn.OfficerID `json:"officer"`
	}
)

func rosterOf(v *visit.Visit, in actIn) casework.Roster {
	return casework.Roster{ID: in.Command, Actor: v.Actor(), Role: aiqyn.Role(v.Path("role")), Body: aiqyn.BodyID(v.Path("body"))}
}

func (in enrolIn) of(v *visit.Visit) any {
	r := rosterOf(v, in.actIn)
	r.Enrol = casework.Enrolment{Officer: in.Officer, Name: in.Name, Phone: in.Phone}
	r.Persons = map[aiqyn.OfficerID]aiqyn.PersonID{in.Officer: in.IIN}
	return r
}

func (in leaveIn) of(v *visit.Visit) any {
	r := rosterOf(v, in.actIn)
	r.Leaves = in.Officer
	return r
}

func rosterRoutes() []Route {
	fails := []aiqyn.ErrorKind{aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"GET", "/rosters", access.ActionRoster, listRosters,
			Operation{Name: "listRosters", Says: "Who stands in which post, and which posts nobody holds.", Paged: true, Gives: rostersJSON{},
				Query: []Parameter{{"find", "Words, each in what the post is called or in the tag or name of somebody on it."}, {"state", "vacant: those that nobody is on."}}}},
		{"POST", "/rosters/{role}/{body}/enrol", access.ActionRoster, carryOut[enrolIn](http.StatusOK),
			Operation{Name: "enrol", Says: "Puts somebody on a roster, of an institution as well; who has left it comes back as they were.", Takes: enrolIn{}, Gives: resultJSON{}, Fails: fails}},
		{"POST", "/rosters/{role}/{body}/remove", access.ActionRoster, carryOut[leaveIn](http.StatusOK),
			Operation{Name: "removeFromRoster", Says: "Takes somebody off a roster: they are signed in no more.", Takes: leaveIn{}, Gives: resultJSON{}, Fails: fails}},
	}
}

func listRosters(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Rosters(v.Context(), v.Actor(), show.FindRosters(v), p)
	if err != nil {
		return err
	}
	out := rostersJSON{Rosters: []rosterJSON{}, Next: list.Next}
	for _, r := range list.Items {
		one := rosterJSON{Role: r.Role, Body: r.Body, Officers: []standsOnJSON{}}
		if !r.At.IsZero() {
			one.Entry, one.At = &r.Entry, rfc(r.At)
		}
		for _, o := range r.Officers {
			one.Officers = append(one.Officers, standsOnJSON{o.ID, o.Name, o.Tied})
		}
		out.Rosters = append(out.Rosters, one)
	}
	return send(v, http.StatusOK, out)
}
