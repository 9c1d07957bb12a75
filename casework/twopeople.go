package casework

import (
	"aiqyn"
	"aiqyn/access"
)

// Where an act takes two people, two numbers of officers are not enough: one person may
// be entered twice. Who officers are as people is known by their ties, of which the log
// tells whether two are the same and nothing else.

// onePerson reports whether two who act are one: by their number, or as people.
func (t *turn) onePerson(first, second aiqyn.Actor) bool {
	return first.Person != "" && first.Person == second.Person || t.sameOfficer(first.Officer, second.Officer)
}

// sameOfficer is onePerson by the numbers of officers.
func (t *turn) sameOfficer(first, second aiqyn.OfficerID) bool {
	return first == second || sameTie(t.s.ties, first, second)
}

// countersigned is [access.Countersigned] by two people.
func (t *turn) countersigned(action access.Action, first, second aiqyn.Actor) error {
	if err := access.Countersigned(action, first, second); err != nil {
		return err
	}
	if t.onePerson(first, second) {
		return aiqyn.E(aiqyn.Conflict, "error.two-signatures")
	}
	return nil
}

func sameTie(ties map[aiqyn.OfficerID]string, first, second aiqyn.OfficerID) bool {
	return ties[first] != "" && ties[first] == ties[second]
}

// pairs finds, in the order of the log, acts of two people that one person has made.
type pairs struct {
	ties   map[aiqyn.OfficerID]string
	firsts map[int64]aiqyn.OfficerID // by the entry in which they have asked
}

// count takes the next entry of those that belong to no case.
func (p *pairs) count(a *auditor, ev *event) {
	switch d := ev.data.(type) {
	case *rostered:
		for o, tie := range d.Ties {
			p.ties[o] = tie
		}
	case *published:
		if len(d.Signers) == 2 && sameTie(p.ties, d.Signers[0], d.Signers[1]) {
			a.wrong(ev.index, "is signed twice by one person")
		}
	case *marginReduction:
		p.second(a, ev, d.Asked, ev.kind == EventReductionAsked)
	case *classified:
		p.second(a, ev, d.Asked, ev.kind == EventClassAsked)
	case *tablesAct:
		p.second(a, ev, d.Asked, d.Asked < 0)
	case *peaksCorrected:
		p.second(a, ev, d.Asked, ev.kind == EventPeaksAsked)
	case *peaksDeclined:
		p.second(a, ev, d.Asked, false)
	case *queueTableBrought:
		p.firsts[ev.index] = ev.actor.Officer
	case *queueTableAnswered:
		p.second(a, ev, d.Table, false)
	case *reportErasure:
		p.second(a, ev, -1-d.Entry, ev.kind == EventReportAsked) // by the report: its asking names no entry
	}
}

// second holds whoever answers to whoever has asked.
func (p *pairs) second(a *auditor, ev *event, asked int64, asks bool) {
	switch first, ok := p.firsts[asked]; {
	case asks && asked < 0 && ev.kind == EventReportAsked:
		p.firsts[asked] = ev.actor.Officer
	case asks:
		p.firsts[ev.index] = ev.actor.Officer
	case ok && sameTie(p.ties, first, ev.actor.Officer):
		a.wrong(ev.index, "is asked for and answered by one person under two numbers")
	}
}
