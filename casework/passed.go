package casework

import (
	"context"
	"math"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/allocation"
	"aiqyn/store"
)

// Rounds keep an order, and whom they do not keep it for is told by their files
// ([allocation.Round.Inversions]). What is here are the other ways in which somebody
// comes before others who stood before them, or gets a place while these wait: one
// function tells them from what stood and what an entry changed, when it is written and
// when it is audited. Each is a row with its cause and its entry; there is none without
// a cause unless somebody has tampered.

// Causes of being passed over outside the order of rounds. Of a place:
const (
	CauseTicket  = "ticket"  // somebody took what was left of the day, which rounds do not give
	CauseStopped = "stopped" // who stood before them gets no offers until a day, having declined one
	CauseHeld    = "held"    // whose case who stood before them is frozen
	CauseLate    = "late"    // who stands before them came when the round was committed to
)

// Of a place in the line:
const (
	CauseClass         = "line-tier"      // they are of a class that comes before
	CauseKin           = "line-sibling"   // they have a brother or sister there
	CauseMerit         = "line-points"    // they have more points
	CauseReturned      = "returned"       // they were here before, and kept their date
	CauseFormerDate    = "former-date"    // a former system has them wait since before
	CauseTransfer      = "transfer"       // they came from another region with their date
	CauseRankedAnew    = "ranked"         // registers say otherwise: within their new class they stand by date
	CauseRestored      = "restored"       // their stop is over
	CauseOfferOver     = "offer-over"     // they did not take an offer, and are not stopped for that
	CauseGivenBack     = "given-back"     // they gave a time back for another
	CauseSlotCancelled = "slot-cancelled" // the institution took their time back
	CauseUnheld        = "unheld"         // their case is frozen no more
)

// OutsideCauses are all of them, in the order in which they are shown.
var OutsideCauses = []string{
	CauseTicket, CauseStopped, CauseHeld, CauseLate, CauseClass, CauseKin, CauseMerit, CauseReturned, CauseFormerDate, CauseTransfer, CauseRankedAnew, CauseRestored, CauseOfferOver,
	CauseGivenBack, CauseSlotCancelled, CauseUnheld, allocation.CauseUnexplained,
}

// causeOf is why an entry of a kind puts somebody before others who have later dates.
var causeOf = map[EventKind]string{
	EventDateImported: CauseFormerDate, EventTransferredIn: CauseTransfer, EventRanked: CauseRankedAnew, EventQueueRestored: CauseRestored,
	EventOfferDeclined: CauseOfferOver, EventOfferExpired: CauseOfferOver, EventRebooked: CauseGivenBack, EventSlotCancelled: CauseSlotCancelled,
	EventUnheld: CauseUnheld,
}

// placeChange is an entry that has changed where a case stands.
type placeChange struct {
	svc   aiqyn.ServiceID
	no    int64
	index int64
	at    time.Time
	kind  EventKind
}

// latecomer is who came into lines when a round was committed to already.
type latecomer struct {
	no int64
	standing
}

// came notes who came into a line, or went, while a round is not over.
func (q *queue) came(no int64, from, to standing) {
	if q.unsettled() == nil || !from.waiting && !to.waiting {
		return
	}
	if from.waiting && to.waiting && from.waiter(no, "") == to.waiter(no, "") && slices.Equal(from.groups, to.groups) && slices.Equal(from.siblings, to.siblings) {
		return
	}
	q.late = slices.DeleteFunc(slices.Clone(q.late), func(l latecomer) bool { return l.no == no })
	if to.waiting {
		q.late = append(q.late, latecomer{no, to})
	}
}

// absentees books who would wait and gets no place now.
func (q *queue) absentees(svc aiqyn.ServiceID, no int64, from, to standing) {
	if from.absent != "" {
		for _, g := range from.groups {
			if line := q.absent[from.absent+" "+lineOf(svc, g)]; line != nil { // from before it was booked there is none
				line.Leave(from.waiter(no, g))
			}
		}
	}
	if to.absent != "" {
		for _, g := range to.groups {
			name := to.absent + " " + lineOf(svc, g)
			if q.absent[name] == nil {
				q.absent[name] = new(allocation.Queue)
			}
			q.absent[name].Enter(to.waiter(no, g))
		}
	}
}

// passing gathers the rows of one change.
type passing struct {
	placeChange
	rows []store.QueueInversion
}

func (p *passing) add(group, cause string, n int) {
	if n > 0 {
		p.rows = append(p.rows, store.QueueInversion{Service: string(p.svc), Entry: p.index, Group: group, Cause: cause, Passed: int64(n), At: p.at.UTC()})
	}
}

// passedOver tells whom a change of where a case stands has it pass over, outside the
// order of rounds. It is asked before the change is booked; groups in the order of the
// case's wishes.
func (q *queue) passedOver(c placeChange, from, to standing) []store.QueueInversion {
	p := &passing{placeChange: c}
	if to.seat != "" && to.seat != from.seat {
		q.seated(p, from, to)
	}
	if to.waiting {
		for _, g := range to.groups {
			if line := q.lines[lineOf(c.svc, g)]; line != nil {
				p.lined(g, line, from, to)
			}
		}
	}
	return p.rows
}

// seated tells who is passed over by a place that somebody gets: whoever stands before
// them in the line, and whoever would.
func (q *queue) seated(p *passing, from, to standing) {
	group := seatGroup(to.seat)
	line, me := q.lines[lineOf(p.svc, group)], from.waiter(p.no, group)
	before := 0
	if line != nil {
		if before = line.Len(); from.waiting {
			before = line.Before(me)
		}
	}
	switch r := q.unsettled(); {
	case p.kind == EventOffered && from.waiting && r != nil && r.drawn != nil:
		late := 0
		for _, l := range q.late {
			if l.no != p.no && slices.Contains(l.groups, group) && l.waiter(l.no, group).Precedes(me) {
				late++
			}
		}
		p.add(group, CauseLate, late) // the others took part: the round's file tells of them
	case p.kind == EventTicket && from.waiting:
		cause := allocation.CauseUnexplained
		if s, ok := q.ticket(group, p.at); ok && s.id == to.seat {
			cause = CauseTicket
		}
		p.add(group, cause, before)
	default:
		p.add(group, allocation.CauseUnexplained, before)
	}
	for _, why := range []string{CauseStopped, CauseHeld} {
		if absent := q.absent[why+" "+lineOf(p.svc, group)]; absent != nil && from.waiting {
			p.add(group, why, absent.Before(me))
		}
	}
}

// lined tells whom somebody passes who comes to stand elsewhere in a line: those between
// where they stand and where they stood, or the end of it. Whoever is of a later class, has
// no brother or sister there, or has fewer points, is passed for that; the others for what the entry says.
func (p *passing) lined(group string, line *allocation.Queue, from, to standing) {
	me := to.waiter(p.no, group)
	first, end := line.Before(me), line.Len()
	if from.waiting && slices.Contains(from.groups, group) {
		end = line.Before(from.waiter(p.no, group))
	}
	if end <= first {
		return
	}
	merit := end // the first of those with fewer points
	if me.Points > math.MinInt64 {
		merit = min(end, line.Before(allocation.Waiting{Tier: me.Tier, Sibling: me.Sibling, Points: me.Points - 1, Date: math.MinInt64}))
	}
	class := end // the first of those of a later class
	if me.Tier < math.MaxUint8 {
		class = min(end, line.Before(allocation.Waiting{Tier: me.Tier + 1, Sibling: true, Points: math.MaxInt64, Date: math.MinInt64}))
	}
	kin := class // the first of those who have no brother or sister there
	if me.Sibling {
		kin = min(class, line.Before(allocation.Waiting{Tier: me.Tier, Points: math.MaxInt64, Date: math.MinInt64}))
	}
	cause := causeOf[p.kind]
	switch {
	case p.kind == EventEntered && to.first.Before(p.at):
		cause = CauseReturned
	case cause == "":
		cause = allocation.CauseUnexplained
	}
	p.add(group, cause, min(merit, kin)-first)
	p.add(group, CauseMerit, kin-min(merit, kin))
	p.add(group, CauseKin, class-kin)
	p.add(group, CauseClass, end-class)
}

// tally adds rows to the sums of their causes, or takes them off.
func (q *queue) tally(rows []store.QueueInversion, sign int64) {
	for _, r := range rows {
		if q.passed[r.Cause] += sign * r.Passed; q.passed[r.Cause] == 0 {
			delete(q.passed, r.Cause)
		}
	}
}

// loadPassed reads the sums, and since when there are any.
func (qs *queues) loadPassed(ctx context.Context, db *store.DB) (err error) {
	if qs.since, err = sinceOf(ctx, db); err != nil {
		return err
	}
	for v, err := range db.QueueInversionSums(ctx) {
		if err != nil {
			return err
		}
		qs.at(aiqyn.ServiceID(v.Service)).passed[v.Cause] = v.Passed
	}
	return nil
}

// recallLate finds who came into a line since the rounds were committed to that are not
// over, when the log is read.
func (qs *queues) recallLate(ctx context.Context, db *store.DB) error {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	for _, q := range qs.of {
		r := q.unsettled()
		if r == nil {
			continue
		}
		nos, err := db.QueueCame(ctx, r.entry)
		if err != nil {
			return err
		}
		q.late = nil
		for _, no := range nos {
			if w, ok := q.waits[no]; ok {
				q.late = append(q.late, latecomer{no, w.standing})
			}
		}
	}
	return nil
}

// inversionsSince is the entry from which on rows outside rounds are kept: a log that
// was begun before has them from the upgrade on, until it is rebuilt.
const inversionsSince = "queue-inversions-since"

func sinceOf(ctx context.Context, db *store.DB) (int64, error) {
	text, err := db.Setting(ctx, inversionsSince)
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.ParseInt(text, 10, 64)
}
