package casework

import (
	"encoding/hex"
	"slices"

	"aiqyn"
	"aiqyn/service"
)

// Nobody acts on a case of their own. A roster names its officers by their
// number, and beside it by their tie: a keyed hash of who they are as people. A
// filing names the ties of those whom the case concerns: the applicant, whoever
// acts for them, whoever the registers say holds the right, whoever heads the company. Whoever of the
// roster is among them is barred, in the filing itself and so before the round
// of the draw exists. From the two entries anybody can tell that those and only
// those were barred whose ties are the same, and draw again among the others;
// nobody can tell an IIN from a tie without the key. That the ties are the right
// ones is for an audit to say, which has it.

type rosterKey struct {
	role aiqyn.Role
	body aiqyn.BodyID
}

// roster is who may be drawn, and the entry that says so.
type roster struct {
	entry    int64
	officers []aiqyn.OfficerID
	ties     map[aiqyn.OfficerID]string
}

// tie is who a person is, for comparing and for nothing else.
func (k *keyring) tie(p aiqyn.PersonID) string { return hex.EncodeToString(k.hash("tie", string(p))) }

// tiesOf are the ties of officers.
func (e *Engine) tiesOf(officers []aiqyn.OfficerID, persons map[aiqyn.OfficerID]aiqyn.PersonID) map[aiqyn.OfficerID]string {
	var ties map[aiqyn.OfficerID]string
	for _, o := range officers {
		if p := persons[o]; p != "" {
			if ties == nil {
				ties = make(map[aiqyn.OfficerID]string, len(officers))
			}
			ties[o] = e.keys.tie(p)
		}
	}
	return ties
}

// tiesTo are the ties of everybody whom a case concerns, in order.
func (e *Engine) tiesTo(registers []service.Register, readings []reading, persons ...aiqyn.PersonID) []string {
	var ties []string
	for _, p := range persons {
		if p != "" {
			ties = append(ties, e.keys.tie(p))
		}
	}
	for _, r := range readings {
		for _, p := range partiesOf(registers, r.Register, r.Value) {
			ties = append(ties, e.keys.tie(p))
		}
	}
	slices.Sort(ties)
	return slices.Compact(ties)
}

// people are the texts at a path of a document; a list stands for each of its items.
func people(v any, path []string) (list []aiqyn.PersonID) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			list = append(list, people(item, path)...)
		}
	case map[string]any:
		if len(path) > 0 {
			return people(v[path[0]], path[1:])
		}
	case string:
		if len(path) == 0 && v != "" {
			list = append(list, aiqyn.PersonID(v))
		}
	}
	return list
}

// barred are the officers of a roster whom a case concerns, and those who have
// decided on it before, in its order.
func (r roster) barred(ties []string, decided []aiqyn.OfficerID) (barred []aiqyn.OfficerID) {
	for _, o := range r.officers {
		if slices.Contains(ties, r.ties[o]) && r.ties[o] != "" || slices.Contains(decided, o) {
			barred = append(barred, o)
		}
	}
	return barred
}

// ownCase refuses whoever the case concerns: heads are on no roster of a step,
// and a right may have changed hands since the draw.
func (t *turn) ownCase(a aiqyn.Actor) error {
	s := t.rec.state
	if a.Person != "" && a.Person == s.Applicant || slices.Contains(s.Ties, t.s.ties[a.Officer]) && t.s.ties[a.Officer] != "" {
		return aiqyn.E(aiqyn.Forbidden, "error.own-case")
	}
	return nil
}

// ties holds the people whom the filing says the case concerns against the
// applicant and what was looked up. Filings from before officers had ties name
// nobody, and so did the rosters they were drawn from.
func (c *caseAudit) ties(ev *event, d *lookedUp) {
	s := c.rec.state
	if s.Ties == nil || c.pack == nil || ev.seq != 2 {
		return
	}
	if !slices.Equal(s.Ties, c.e.tiesTo(c.pack.Registers, d.Readings, s.Applicant, s.Agent)) {
		c.wrong(ev.index, "the filing does not name those whom the case concerns")
	}
}
