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
	queuesJSON struct {
		Queues []queueLineJSON `json:"queues"`
	}
	queueLineJSON struct {
		Service  aiqyn.ServiceID `json:"service"`
		Givers   int             `json:"institutions"`
		Places   int             `json:"places"`
		Free     int             `json:"free"`
		Waiting  int             `json:"waiting"`
		Unproven int             `json:"unproven" doc:"Of those who wait, by a first date that only a former system claims."`
		Weeks    int             `json:"wait_weeks,omitempty" doc:"In how many weeks as many are given a place as wait now, at the pace of the last weeks; absent if none was given."`
		Last     string          `json:"last_round,omitempty" doc:"Day of the newest round."`
	}
	placesJSON struct {
		Groups []placeGroupJSON `json:"groups"`
		Next   string           `json:"next" doc:"The after of the next page; empty on the last."`
		Last   string           `json:"last_round,omitempty" doc:"Day of the newest round."`
	}
	placeGroupJSON struct {
		Group       string `json:"group"`
		Institution string `json:"institution"`
		Name        string `json:"name"`
		Places      int    `json:"places"`
		Taken       int    `json:"taken"`
		Waiting     int    `json:"waiting"`
		Unproven    int    `json:"unproven" doc:"Of those who wait, by a first date that only a former system claims."`
		Third       moment `json:"third_next,omitempty" doc:"Of places that have a time: when the third free one is."`
		Entry       int64  `json:"entry" doc:"That reported its places last."`
		Opens       string `json:"opens,omitempty" doc:"Day of the round in which all of its places are shared out; before it none is, after it they go as they are freed."`
	}
	roundsJSON struct {
		Rounds []roundJSON  `json:"rounds"`
		Missed []missedJSON `json:"missed" doc:"Working days on which places were free, people waited for them, and no round was held, the newest first; at most a hundred spans."`
		Next   string       `json:"next" doc:"The after of the next page; empty on the last."`
	}
	missedJSON struct {
		First string `json:"first"`
		Last  string `json:"last"`
		Days  int    `json:"days" doc:"Working days between them, both counted."`
	}
	roundJSON struct {
		Day        string `json:"day"`
		Entry      int64  `json:"entry" doc:"Of the commitment."`
		Applicants int    `json:"applicants"`
		Seats      int    `json:"seats"`
		Matched    int    `json:"matched"`
		Root       string `json:"root" doc:"Of the inputs, as aiqyn allocate computes it."`
		Beacon     string `json:"beacon"`
		Seed       int64  `json:"seed" doc:"Round of the beacon, named before it was known."`
		Drawn      int64  `json:"drawn,omitempty" doc:"Entry of the result."`
		Settled    bool   `json:"settled"`
	}
	inversionsJSON struct {
		Unexplained int64            `json:"unexplained" doc:"Pairs, in rounds and outside, that no published rule explains."`
		Outside     map[string]int64 `json:"outside" doc:"How many were passed over outside rounds, by cause."`
		Since       int64            `json:"since,omitempty" doc:"Entry from which on these are kept; absent: all."`
		Inversions  []inversionJSON  `json:"inversions"`
		Next        string           `json:"next" doc:"The after of the next page; empty on the last."`
	}
	inversionJSON struct {
		Day    string `json:"day"`
		Entry  int64  `json:"entry" doc:"Of the round's result, or by which somebody came before others."`
		Group  string `json:"group"`
		Cause  string `json:"cause" doc:"Of a round a part of the published order, reserve or quota; outside rounds why somebody came before others or got a place, as ticket, stopped, transfer or former-date; unexplained."`
		Count  int    `json:"count" doc:"How many were passed over."`
		Served string `json:"served,omitempty" doc:"Who was given the place, by their name in the round; absent outside rounds, where nobody has one."`
		First  string `json:"first,omitempty" doc:"Of those who were passed over in a round the one with the earliest date."`
	}
	positionJSON struct {
		State casework.QueueState `json:"state"`
		First moment              `json:"first" doc:"Since when they count as waiting."`
		Claim int64               `json:"claimed,omitempty" doc:"Entry of a former system's word, which the first date rests on; without it the date was given here."`
		Tier  string              `json:"tier"`
		Lines []lineOfJSON        `json:"lines"`
		Kept  []string            `json:"reserves,omitempty" doc:"Categories that the case belongs to and that seats are kept for."`
		Group string              `json:"group,omitempty" doc:"Offered, taken or theirs."`
		At    moment              `json:"at,omitempty" doc:"Of a place that has a time."`
	}
	lineOfJSON struct {
		Group     string `json:"group"`
		Position  int    `json:"position"`
		Of        int    `json:"of"`
		Country   int    `json:"country"`
		CountryOf int    `json:"country_of"`
		Sibling   bool   `json:"sibling,omitempty" doc:"A brother or sister is there."`
	}
)

func queueRoutes() []Route {
	missing := []aiqyn.ErrorKind{aiqyn.NotFound}
	return append(append(queueCommandRoutes(), queueTableRoutes()...), []Route{
		{"GET", "/queues", access.ActionSeePublic, queues,
			Operation{Name: "listQueues", Says: "Everything that is waited for: how much there is, is free, how many wait, and about how long.", Gives: queuesJSON{}}},
		{"GET", "/queues/{queue}", access.ActionSeePublic, queuePlaces,
			Operation{Name: "getQueue", Says: "Who gives places of a service: how many, how many are taken, how many wait.", Paged: true, Query: []Parameter{{"district", "Code of a district."}}, Gives: placesJSON{}, Fails: missing}},
		{"GET", "/queues/{queue}/rounds", access.ActionSeePublic, queueRounds,
			Operation{Name: "listRounds", Says: "The rounds of a service, the newest first.", Paged: true, Gives: roundsJSON{}, Fails: missing}},
		{"GET", "/queues/{queue}/inversions", access.ActionSeePublic, inversions,
			Operation{Name: "listInversions", Says: "Who came before others, and why, the newest first: was given a place before somebody with an earlier date, or came to stand before who stood there.", Paged: true, Gives: inversionsJSON{}, Fails: missing}},
		{"GET", "/cases/{ref}/queue", access.ActionViewOwnCase, position,
			Operation{Name: "getPosition", Says: "Where one's own case stands in its queue.", Gives: positionJSON{}, Fails: missing}},
	}...)
}

// waited is the service of the address, which must be one that is waited for.
func waited(v *visit.Visit) (aiqyn.ServiceID, casework.Page, error) {
	p, err := paging(v)
	if err != nil {
		return "", p, err
	}
	svc, ok := v.Engine.Pack().Service(aiqyn.ServiceID(v.Path("queue")))
	if !ok || svc.Queue == nil {
		return "", p, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return svc.ID, p, nil
}

func queues(v *visit.Visit) error {
	out := queuesJSON{Queues: []queueLineJSON{}}
	for _, q := range v.Engine.Queues() {
		out.Queues = append(out.Queues, queueLineJSON{q.Service, q.Givers, q.Places, q.Free, q.Waiting, q.Unproven, q.Wait(), q.Last})
	}
	return send(v, http.StatusOK, out)
}

func queuePlaces(v *visit.Visit) error {
	svc, p, err := waited(v)
	if err != nil {
		return err
	}
	last, err := v.Engine.Rounds(svc, casework.Page{Limit: 1})
	if err != nil {
		return err
	}
	out := placesJSON{Groups: []placeGroupJSON{}}
	if len(last.Items) > 0 {
		out.Last = last.Items[0].Day
	}
	list := v.Engine.Places(svc, casework.PlaceFilter{District: v.Query("district")}, p)
	out.Next = list.Next
	for _, g := range list.Items {
		out.Groups = append(out.Groups, placeGroupJSON{g.ID, g.Institution.ID, show.GroupName(v, g), g.Places, g.Taken, g.Waiting, g.Unproven, rfc(g.Third), g.Entry, g.Opens})
	}
	return send(v, http.StatusOK, out)
}

// mostMissed is how many spans of days without a round are told.
const mostMissed = 100

func queueRounds(v *visit.Visit) error {
	svc, p, err := waited(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Rounds(svc, p)
	if err != nil {
		return err
	}
	out := roundsJSON{Rounds: []roundJSON{}, Missed: []missedJSON{}, Next: list.Next}
	if of, ok := v.Engine.Pack().Service(svc); ok {
		missed := v.Engine.MissedDays(of)
		for _, m := range missed[:min(len(missed), mostMissed)] {
			out.Missed = append(out.Missed, missedJSON(m))
		}
	}
	for _, r := range list.Items {
		out.Rounds = append(out.Rounds, roundJSON{r.Day, r.Entry, r.Applicants, r.Seats, r.Matched, r.Root, r.Beacon, int64(r.Seed), r.DrawnAt, r.Settled})
	}
	return send(v, http.StatusOK, out)
}

func inversions(v *visit.Visit) error {
	svc, p, err := waited(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.Inversions(v.Context(), svc, p)
	if err != nil {
		return err
	}
	sums := v.Engine.Inverted(svc)
	out := inversionsJSON{Unexplained: sums.Unexplained, Outside: map[string]int64{}, Since: sums.Since, Inversions: []inversionJSON{}, Next: list.Next}
	for _, c := range sums.Outside {
		out.Outside[c.Cause] = c.Count
	}
	for _, i := range list.Items {
		out.Inversions = append(out.Inversions, inversionJSON{i.Day, i.Entry, i.Group.ID, i.Cause, i.Count, i.Served, i.First})
	}
	return send(v, http.StatusOK, out)
}

func position(v *visit.Visit) error {
	c, err := v.Engine.Case(v.Context(), v.Actor(), aiqyn.Reference(v.Path("ref")))
	if err != nil {
		return err
	}
	q := c.Queue
	if q == nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	out := positionJSON{State: q.State, First: rfc(q.First), Tier: q.Tier.Name, Lines: []lineOfJSON{}}
	for _, l := range q.Lines {
		out.Lines = append(out.Lines, lineOfJSON{l.Group.ID, l.Position, l.Of, l.Country, l.CountryOf, l.Sibling})
	}
	for _, k := range q.Reserves {
		out.Kept = append(out.Kept, k.Name)
	}
	if q.Claim != nil {
		out.Claim = q.Claim.Entry
	}
	if q.Group != nil {
		out.Group = q.Group.ID
		if q.Group.Slot != nil {
			out.At = rfc(q.Group.Slot.Starts)
		}
	}
	return send(v, http.StatusOK, out)
}
