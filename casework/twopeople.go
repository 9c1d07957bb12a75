package casework

import (
	"encoding/hex"
	"fmt"

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
func (t *turn) countersigned(act access.Act, first, second aiqyn.Actor) error {
	if err := access.Countersigned(act, first, second); err != nil {
		return err
	}
	if t.onePerson(first, second) {
		return aiqyn.E(aiqyn.Conflict, "error.two-signatures")
	}
	return nil
}

// tied keeps who officers are as people for those who are not the sequencer.
func (e *Engine) tied(ties map[aiqyn.OfficerID]string) {
	for o, tie := range ties {
		e.people.Store(o, tie)
	}
}

// hand is whose hand an officer's number is: the person's, as far as the log knows who
// they are. Two numbers of one person are one hand.
func (e *Engine) hand(o aiqyn.OfficerID) string {
	if tie, ok := e.people.Load(o); ok {
		return tie.(string)
	}
	return string(o)
}

func sameTie(ties map[aiqyn.OfficerID]string, first, second aiqyn.OfficerID) bool {
	return ties[first] != "" && ties[first] == ties[second]
}

// answersAct names the act of two people that an entry ends, and how the second of them
// is named there; "" if one person does it. What one alone may do as well (a class that
// shows more, a correction that leaves no less free) is told by its data.
func (ev *event) answersAct() access.Act {
	switch d := ev.data.(type) {
	case *published:
		return access.ActPublishPack
	case *residue:
		return access.ActEraseCase
	case *consentedInPerson:
		return access.ActConsent
	case *tablesAct:
		return only(ev.kind != EventTablesAsked && d.Asked >= 0, access.ActTables)
	case *queueTableAnswered:
		return access.ActQueue
	case *glass:
		return only(ev.kind == EventGlassOpened, access.ActOpenGlass)
	case *reportErasure:
		return only(ev.kind == EventReportErased, access.ActEraseReport)
	case *marginReduction:
		return only(ev.kind == EventMarginReduced, access.ActReduce)
	case *classified:
		return only(ev.kind == EventClassified && d.Asked != 0, access.ActHide)
	case *peaksCorrected:
		return only(ev.kind == EventPeaksCorrected && d.Asked > 0, access.ActCorrect)
	case *peaksDeclined:
		return access.ActCorrect
	}
	return ""
}

func only(is bool, act access.Act) access.Act {
	if is {
		return act
	}
	return ""
}

// pairs finds, in the order of the log, acts of two people that one person has made, or
// that were made in a role which has no hand in them.
type pairs struct {
	ties   map[aiqyn.OfficerID]string
	firsts map[int64]aiqyn.Actor      // by the entry in which they have asked, or of the report that is to be erased
	signed map[packSigned]aiqyn.Actor // the first to sign a pack
	// committed: from here on whoever erases says who has asked, in a way that only the
	// audit can read.
	committed bool
}

func newPairs() pairs {
	return pairs{ties: make(map[aiqyn.OfficerID]string), firsts: make(map[int64]aiqyn.Actor), signed: make(map[packSigned]aiqyn.Actor)}
}

// count takes the next entry of those that belong to no case.
func (p *pairs) count(a *auditor, ev *event) {
	switch d := ev.data.(type) {
	case *rostered:
		for o, tie := range d.Ties {
			p.ties[o] = tie
		}
		a.e.tied(d.Ties)
		if o := listedTwice(d.Officers, d.Ties); o != "" {
			a.wrong(ev.index, "lists one person under two numbers, of which %s is one", o)
		}
	case *packSigned:
		p.signed[*d] = ev.actor
	case *published:
		if len(d.Signers) == 2 && sameTie(p.ties, d.Signers[0], d.Signers[1]) {
			a.wrong(ev.index, "is signed twice by one person")
		} else if first, ok := p.signed[packSigned{From: d.From, Pack: d.Pack}]; ok {
			p.two(a, ev, first)
		}
	case *residue:
		p.erased(a, ev, d)
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
		p.firsts[under] = ev.actor
	} else if first, ok := p.firsts[asked]; ok && ev.answersAct() != "" {
		p.two(a, ev, first)
	}
}

// two holds an answer, and who has asked, to the table of acts that take two.
func (p *pairs) two(a *auditor, ev *event, first aiqyn.Actor) {
	switch {
	case sameTie(p.ties, first.Officer, ev.actor.Officer):
		a.wrong(ev.index, "is asked for and answered by one person under two numbers")
	case access.Countersigned(ev.answersAct(), first, ev.actor) != nil:
		a.wrong(ev.index, "is an act of two people, and is not asked for and answered as the table of such acts has it")
	}
}

// askedBy commits to who has asked for a case to be erased. What stays of the case names
// them to nobody who does not hold the keys, and lets those tell whether it was one person.
func (k *keyring) askedBy(no int64, asked aiqyn.Actor) string {
	return hex.EncodeToString(k.hash("erasure", fmt.Sprintf("%d %s %s", no, asked.Role, asked.Officer)))
}

// erased holds whoever has erased a case to who had asked for it, of whom nothing is left
// but a commitment: it is not of the same person, under whichever number.
func (p *pairs) erased(a *auditor, ev *event, d *residue) {
	if d.Asked == "" {
		if p.committed {
			a.wrong(ev.index, "does not say who had asked for the case to be erased")
		}
		return
	}
	p.committed = true
	others := map[aiqyn.OfficerID]bool{ev.actor.Officer: true}
	for o := range p.ties {
		if sameTie(p.ties, o, ev.actor.Officer) {
			others[o] = true
		}
	}
	for o := range others {
		for _, role := range []aiqyn.Role{aiqyn.RoleHead, aiqyn.RoleCustodian} {
			if a.e.keys.askedBy(d.Case, aiqyn.Actor{Role: role, Officer: o}) == d.Asked {
				a.wrong(ev.index, "is asked for and answered by one person")
				return
			}
		}
	}
}

// opensGlass holds whoever has opened a person to somebody, to who has asked for it.
func (c *caseAudit) opensGlass(ev *event, d *glass) {
	g := c.rec.state.Glass
	switch {
	case ev.kind == EventGlassAsked:
	case g == nil || g.By != d.For || g.Role != d.Role || !g.Until.IsZero():
		c.wrong(ev.index, "opens a person to somebody who has not asked for it")
	default:
		c.pairs.two(c.auditor, ev, aiqyn.Actor{Role: g.Role, Officer: g.By})
	}
}
