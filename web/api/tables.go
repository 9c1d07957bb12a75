package api

import (
	"net/http"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

type (
	capacityTablesJSON struct {
		InForce []tablesActJSON `json:"in_force" doc:"By which tables came into force, the newest first."`
		Waiting []tablesActJSON `json:"waiting" doc:"For an overseer: they are not in force."`
		Next    string          `json:"next" doc:"The after of the next page; empty on the last."`
	}
	tablesActJSON struct {
		Entry    int64                   `json:"entry" doc:"In the log. What is computed after it rests on these tables, until the next."`
		At       moment                  `json:"at"`
		State    casework.TablesState    `json:"state" doc:"in-force: by this entry, others may have come since; of an entry that asks waits, confirmed, declined, or void: others came into force before an answer."`
		Reason   casework.TablesReason   `json:"reason" doc:"first, survey, works, correction, prices or streets."`
		Words    string                  `json:"words" doc:"In the operator's words."`
		Was      *int64                  `json:"was" doc:"Entry by which those before came into force; null: there were none."`
		Asked    *int64                  `json:"asked" doc:"Entry that has brought them; null: the first of the log, which nobody countersigns."`
		AskedBy  aiqyn.Role              `json:"asked_by" doc:"Office that has brought them."`
		Answered aiqyn.Role              `json:"answered_by,omitempty" doc:"Office of the second person."`
		Network  string                  `json:"network" doc:"SHA-256 of the published file, as of every table."`
		Costs    string                  `json:"costs"`
		Places   string                  `json:"places"`
		Streets  string                  `json:"streets,omitempty"`
		Upgrades string                  `json:"upgrades,omitempty"`
		Detour   int                     `json:"detour_permille" doc:"Of the straight line, where no streets lead."`
		Change   string                  `json:"change,omitempty" doc:"SHA-256 of the published difference to those before."`
		Changed  []casework.ElementCount `json:"changed" doc:"What has changed, counted by kind of element."`
		Largest  *casework.RatingChange  `json:"largest" doc:"The rating that has changed by the largest factor: volt-amperes of a transformer, milliamperes of a line; -1 no limit. Null: none has."`
		Withheld bool                    `json:"withheld,omitempty" doc:"A part of the network is classified: what has changed is not told, and the network is not handed out."`
	}
	tablesChangeJSON struct {
		Act      tablesActJSON            `json:"act"`
		Elements []casework.ElementChange `json:"elements" doc:"That were added, removed or changed, with each field that was and is."`
		Total    int                      `json:"total" doc:"How many have changed."`
		Listed   int                      `json:"listed" doc:"How many of them the difference lists: the first."`
		Next     string                   `json:"next" doc:"The after of the next page; empty on the last."`
	}
	confirmTablesIn struct {
		actIn
		Ground string `json:"ground" doc:"What they were held against. An auditor will read it."`
	}
	declineTablesIn struct {
		actIn
		Ground string `json:"ground" doc:"Whoever brought them and the auditor will read it."`
	}
)

func (in confirmTablesIn) of(v *visit.Visit) any {
	return casework.ConfirmTables{ID: in.Command, Actor: v.Actor(), Entry: entryOf(v), Ground: in.Ground}
}

func (in declineTablesIn) of(v *visit.Visit) any {
	return casework.DeclineTables{ID: in.Command, Actor: v.Actor(), Entry: entryOf(v), Ground: in.Ground}
}

func capacityTablesRoutes() []Route {
	act := []aiqyn.ErrorKind{aiqyn.Invalid, aiqyn.NotFound, aiqyn.Conflict}
	return []Route{
		{"GET", "/capacity-tables", access.ActionSeePublic, capacityTables,
			Operation{Name: "listCapacityTables", Says: "The acts by which the network, prices, places, streets and detour came into force that capacity and costs are computed from, the newest first, and those that wait.", Paged: true, Gives: capacityTablesJSON{}}},
		{"GET", "/capacity-tables/{index}", access.ActionSeePublic, capacityTablesAct,
			Operation{Name: "getCapacityTables", Says: "One such act, with the elements that it has changed.", Paged: true, Gives: tablesChangeJSON{}, Fails: []aiqyn.ErrorKind{aiqyn.NotFound}}},
		{"POST", "/capacity-tables/{index}/confirm", access.ActionConfirmTables, carryOut[confirmTablesIn](http.StatusOK),
			Operation{Name: "confirmTables", Says: "An overseer's yes to tables that an operator has brought: they come into force.", Takes: confirmTablesIn{}, Gives: resultJSON{}, Fails: act}},
		{"POST", "/capacity-tables/{index}/decline", access.ActionConfirmTables, carryOut[declineTablesIn](http.StatusOK),
			Operation{Name: "declineTables", Says: "An overseer's no: the tables of before stay in force.", Takes: declineTablesIn{}, Gives: resultJSON{}, Fails: act}},
	}
}

func newTablesAct(t casework.TablesView) tablesActJSON {
	out := tablesActJSON{
		Entry: t.Entry, At: rfc(t.At), State: t.State, Reason: t.Reason, Words: t.Words, AskedBy: t.AskedBy, Answered: t.Answered, Network: t.Network, Costs: t.Costs, Places: t.Places,
		Streets: t.Streets, Upgrades: t.Upgrades, Detour: t.Detour, Change: t.Change, Changed: append([]casework.ElementCount{}, t.Changed...), Largest: t.Largest, Withheld: t.Withheld,
	}
	if t.Was >= 0 {
		out.Was = &t.Was
	}
	if t.Asked >= 0 {
		out.Asked = &t.Asked
	}
	return out
}

func tablesActs(list []casework.TablesView) []tablesActJSON {
	out := make([]tablesActJSON, 0, len(list))
	for _, t := range list {
		out = append(out, newTablesAct(t))
	}
	return out
}

func capacityTables(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	list, err := v.Engine.TablesHistory(v.Context(), p)
	if err != nil {
		return err
	}
	asked, err := v.Engine.TablesAsked(v.Context())
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, capacityTablesJSON{tablesActs(list.Items), tablesActs(asked), list.Next})
}

func capacityTablesAct(v *visit.Visit) error {
	p, err := paging(v)
	if err != nil {
		return err
	}
	d, err := v.Engine.TablesChange(v.Context(), v.Actor(), entryOf(v), p)
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, tablesChangeJSON{newTablesAct(d.TablesView), append([]casework.ElementChange{}, d.Elements...), d.Total, d.Listed, d.Next})
}
