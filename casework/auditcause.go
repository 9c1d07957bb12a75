package casework

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// afterQueue looks at what an entry has left of a case in a queue.
func (c *caseAudit) afterQueue(ev *event) {
	c.dueInQueue(ev)
	c.placed(ev)
	c.owesARank(ev)
	if c.before == nil || c.before.index != ev.index-1 || !c.before.at.Equal(ev.at) {
		c.began = ev.index
	}
	c.before = ev
}

// caused holds an entry that takes a case off its lines, gives it back to them or ends
// an offer to what alone may do so: the applicant's own word, a term of the law that
// has run out, or another entry. Nobody else can take anybody out of a queue.
func (c *caseAudit) caused(ev *event) {
	s := c.rec.state
	if s.Queue == nil {
		return
	}
	c.answered(ev)
	switch d := ev.data.(type) {
	case *withdrawn, *transferredOut, *transferredIn, *rebooked, *ticketTaken:
		if !s.isOf(ev.actor) {
			c.wrong(ev.index, "is said by somebody whose case it is not: only the applicant leaves a queue, or moves in it")
		}
	case *queueRestored:
		c.restored(ev, d)
	case *offerOver:
		c.stops(ev, d)
	case *lapsed:
		if !c.lapses(ev) {
			c.wrong(ev.index, "lapses without anything that lets it lapse")
		}
	case *held:
		if ev.kind == EventHeld && (ev.actor.Role != aiqyn.RoleOverseer || ev.actor.Officer == "" || d.Ground == "") {
			c.wrong(ev.index, "is held by nobody who may hold it, or without a ground")
		}
	case *annulled:
		if s.Outcome != aiqyn.Granted {
			c.wrong(ev.index, "annuls what was not given")
		}
	case *alongside:
		c.movedOn(ev, d)
	case *granted, *refused:
		if slices.Contains([]QueueState{QueueWaiting, QueueOffered, QueueStopped}, s.Queue.State) {
			c.wrong(ev.index, "ends the wait without a place that was accepted")
		}
	}
}

// movedBy is a case that a later one took out of its place; entry says so.
type movedBy struct{ no, by, entry int64 }

// keptBy is the case whose place somebody kept while they waited for another, and the
// entry by which they got that.
type keptBy struct{ holds, entry int64 }

func (c *caseAudit) movedOn(ev *event, d *alongside) {
	if ev.kind == EventMoved {
		c.mu.Lock()
		c.queueFolds.moved = append(c.queueFolds.moved, movedBy{c.rec.state.No, d.Case, ev.index})
		c.mu.Unlock()
	}
}

// placed notes a case that has another place than the one it kept.
func (c *caseAudit) placed(ev *event) {
	q := c.rec.state.Queue
	if _, ok := ev.data.(*granted); !ok || q == nil || q.Holds == 0 || q.State != QueuePlaced {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queueFolds.kept == nil {
		c.queueFolds.kept = make(map[int64]keptBy)
	}
	c.queueFolds.kept[c.rec.state.No] = keptBy{q.Holds, ev.index}
}

// moves holds every place that was taken back for a later one to the grant of that.
func (a *auditor) moves() {
	for _, m := range a.queueFolds.moved {
		k := a.queueFolds.kept[m.by]
		if a.residue[m.by] == nil && (k.holds != m.no || k.entry >= m.entry) {
			a.wrong(m.entry, "takes a place back for a later case that has none, or did not keep it")
		}
	}
}

// answered holds an answer to an offer to what follows from it, at once and by the
// same hand: a yes takes the place, a no ends the offer.
func (c *caseAudit) answered(ev *event) {
	s, q := c.rec.state, c.svc.Queue
	said, yes := c.answer()
	if said {
		kind := EventOfferDeclined
		if yes {
			kind = EventAccepted
		}
		if ev.kind != kind || ev.command != c.before.command || ev.actor != c.before.actor {
			c.wrong(ev.index, "is not what follows from the answer to the offer")
		}
		return
	}
	if ev.kind == EventAccepted || ev.kind == EventOfferDeclined {
		c.wrong(ev.index, "answers an offer that the applicant has not answered")
	}
	if d, ok := ev.data.(*performed); ok && d.Step == q.Offer && !s.isOf(ev.actor) {
		c.wrong(ev.index, "is an answer to an offer by somebody whose case it is not")
	}
}

// answer reports whether the entry before was an answer to an offer, and which.
func (c *caseAudit) answer() (said, yes bool) {
	q := c.svc.Queue
	if c.before == nil || c.rec.state.Queue.State != QueueOffered {
		return false, false
	}
	d, ok := c.before.data.(*performed)
	if !ok || d.Step != q.Offer {
		return false, false
	}
	vars, err := c.e.variables(c.svc, c.rec, c.before.at)
	if err != nil {
		return true, false
	}
	yes, _ = vars[service.Variable(q.Answer)].(bool)
	return true, yes
}

// lapses reports whether something lets a case lapse: they did not come to their slot, were
// barred when their turn came,
// or what was reserved for them has run out.
func (c *caseAudit) lapses(ev *event) bool {
	if ev.kind == EventUnpaid {
		return true // held to what was to be paid elsewhere
	}
	if c.before != nil && (c.before.kind == EventMissed || c.before.kind == EventBarred) && c.before.command == ev.command {
		return true
	}
	until := c.rec.state.lapses()
	return !until.IsZero() && ev.at.After(until)
}

// restored holds the end of a stop to who may end it: the term itself, or the
// applicant, as often and as early as the service lets them.
func (c *caseAudit) restored(ev *event, d *queueRestored) {
	s := c.rec.state
	if !d.Wish {
		return
	}
	r := c.svc.Queue.Restore
	inTime := r != nil && s.Queue.Restored < r.Times && c.anyCalendar(func(cal *deadline.Calendar) bool {
		due, err := cal.Due(s.Queue.Stopped, r.Within, nil)
		return err == nil && !ev.at.After(due.At)
	})
	if !s.isOf(ev.actor) || !inTime {
		c.wrong(ev.index, "ends a stop at a wish that is not the applicant's, comes too late or once too often")
	}
}

// stops holds the stop behind an offer that was not taken up to the policy of the
// day and the calendar.
func (c *caseAudit) stops(ev *event, d *offerOver) {
	after := service.AfterDeclined
	if ev.kind == EventOfferExpired {
		after = service.AfterExpired
	}
	stop := c.svc.Queue.StopOn(after, day(ev.at, c.e.Zone))
	fits := stop == nil && d.Until.IsZero() || stop != nil && c.anyCalendar(func(cal *deadline.Calendar) bool {
		from := ev.at
		if after == service.AfterExpired {
			opens, _ := cal.Hours()
			from = deadline.DateOf(c.rec.state.Due.In(cal.Zone)).Start(cal.Zone).Add(opens)
		}
		due, err := cal.Due(from, stop.Term, nil)
		return err == nil && due.At.Equal(d.Until)
	})
	if !fits {
		c.wrong(ev.index, "stops the offers for another time than the service says")
	}
}

// dueInQueue holds until when an offer may be answered, or a step behind it done, to
// the term of the step and the calendar that the entry names.
func (c *caseAudit) dueInQueue(ev *event) {
	s := c.rec.state
	if c.svc == nil || s.Queue == nil || !s.Theirs || s.Due.IsZero() {
		return
	}
	version := ""
	switch d := ev.data.(type) {
	case *offerMade:
		version = d.Calendar
	case *opened, *rescheduled:
		version = s.Calendar
	case *held, *resumed: // by the calendar of that day, whichever it was
	default:
		return
	}
	step := findStep(c.svc, s.Step)
	limit, ok, err := c.e.limit(c.svc, c.rec, step, ev.at)
	gives := func(cal *deadline.Calendar) bool {
		due, err := s.dueOf(cal, limit, s.Opened)
		return err == nil && (version == "" || cal.Version() == version) && (due.At.Equal(s.Due) || beforeSlot(due.At, s.Queue.Starts, s.Due))
	}
	if err != nil || !ok || !c.anyCalendar(gives) {
		c.wrong(ev.index, "may be answered until another instant than the calendar gives")
	}
}

// beforeSlot reports whether what is due by the calendar is due when its slot begins.
func beforeSlot(due, starts, said time.Time) bool {
	return !starts.IsZero() && due.After(starts) && said.Equal(starts)
}

// anyCalendar reports whether something is so by a version of the service's calendar
// that was published: holidays may have been announced since.
func (c *caseAudit) anyCalendar(is func(*deadline.Calendar) bool) bool {
	return slices.ContainsFunc(c.e.packs.calendarsNamed(c.svc.Calendar), is)
}
