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
	firsts map[int64]aiqyn.OfficerID // by the entry in which they have asked, or of the report that is to be erased
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
		p.take(a, ev, ev.kind == EventReductionAsked, ev.index, d.Asked)
	case *classified:
		p.take(a, ev, ev.kind == EventClassAsked, ev.index, d.Asked)
	case *tablesAct:
		p.take(a, ev, d.Asked < 0, ev.index, d.Asked)
	case *peaksCorrected:
		p.take(a, ev, ev.kind == EventPeaksAsked, ev.index, d.Asked)
	case *peaksDeclined:
		p.take(a, ev, false, 0, d.Asked)
	case *queueTableBrought:
		p.take(a, ev, true, ev.index, 0)
	case *queueTableAnswered:
		p.take(a, ev, false, 0, d.Table)
	case *reportErasure: // who erases names the report, and not who has asked
		p.take(a, ev, ev.kind == EventReportAsked, d.Entry, d.Entry)
	}
}

// take keeps who asks under an entry, and holds whoever answers to who has asked under it.
func (p *pairs) take(a *auditor, ev *event, asks bool, under, asked int64) {
	if asks {
		p.firsts[under] = ev.actor.Officer
	} else if first, ok := p.firsts[asked]; ok && sameTie(p.ties, first, ev.actor.Officer) {
		a.wrong(ev.index, "is asked for and answered by one person under two numbers")
	}
}
