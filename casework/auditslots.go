package casework

import (
	"slices"
	"time"
)

// slots holds an entry about a place that has a time against the case as it stood
// before.
func (c *caseAudit) slots(ev *event) {
	s, rules := c.rec.state, c.svc.Queue.Slots
	switch d := ev.data.(type) {
	case *entered:
		if want := wishIn(rules, s.Answers).String(); d.Wish != want {
			c.wrong(ev.index, "waits for another time than was asked for")
		}
	case *offerMade:
		c.slotTimes(ev, d.Group, d.Starts, d.Ends)
		if !d.Starts.IsZero() && d.Due.After(d.Starts) {
			c.wrong(ev.index, "may be answered when its slot has begun")
		}
	case *offerTaken:
		if rules != nil && !d.Until.After(s.Queue.Ends) {
			c.wrong(ev.index, "nobody could say that they came")
		}
	case *ticketTaken:
		c.slotTimes(ev, d.Group, d.Starts, d.Ends)
		if s.Queue.State != QueueWaiting || !slices.Contains(s.Queue.Groups, seatGroup(d.Group)) {
			c.wrong(ev.index, "is a ticket for what was not waited for")
		}
	case *rebooked:
		if rules == nil || d.Group != "" && (d.Group != s.Queue.Group || mayRebook(rules, s, ev.at) != nil) || d.Group == "" && s.Queue.State != QueueWaiting {
			c.wrong(ev.index, "gives back what it has not, too late, or once too often")
		}
	case *slotCancelled:
		if d.Group != s.Queue.Group {
			c.wrong(ev.index, "cancels a slot that is not the case's")
		}
	case *attended:
		silent := d.Silent && !ev.at.After(s.Queue.Until)
		early := ev.kind == EventMissed && ev.at.Before(s.Queue.Starts) || ev.at.Before(s.Queue.Starts.Add(-earlyBird))
		if s.Queue.State != QueueTaken || d.Group != s.Queue.Group || silent || early {
			c.wrong(ev.index, "says who came to a slot that is not the case's, or too early")
		}
	}
}

// slotTimes holds the times of a slot to the name of its seat.
func (c *caseAudit) slotTimes(ev *event, seat string, starts, ends time.Time) {
	label, ok := timed(seat)
	if ok != (c.svc.Queue.Slots != nil) || ok && (starts.In(c.e.Zone).Format(slotTime) != label || !ends.After(starts)) {
		c.wrong(ev.index, "its slot is at another time than its seat says")
	}
}

// toldSlot holds what became of a slot to the schedule, and to who had it then.
func (t *queueTelling) toldSlot(c queueChange) {
	q := t.qs.at(c.svc)
	erased := func() bool { // somebody who had a time then, and can be asked no more
		running, seated := t.queueFolds.erasedAt(c.svc, c.index, day(c.at, t.Zone))
		return running+seated > 0
	}
	switch c.kind {
	case EventOffered:
		if _, timed := timed(c.to.seat); timed {
			if s, ok := q.slot(c.to.seat); !ok || q.spare(s) <= 0 {
				t.wrong(c.index, "offers a slot that is not in the schedule, or is somebody's")
			}
		}
	case EventTicket:
		s, ok := q.ticket(seatGroup(c.to.seat), c.at)
		if later, there := q.slot(c.to.seat); ok && there && later.start.After(s.start) && q.spare(later) > 0 && erased() {
			return // those before it were an erased case's
		}
		if !ok || s.id != c.to.seat {
			t.wrong(c.index, "is a ticket for another slot than the first that was left of the day")
		}
	case EventSlotCancelled:
		if q.overfull(c.from.seat) <= 0 && !erased() {
			t.wrong(c.index, "cancels a slot that its institution has not taken back")
		}
	}
}

// gone reports whether a slot that a round gave was taken back before it was offered.
func (q *queue) gone(seat string, at time.Time) bool {
	if _, ok := timed(seat); !ok {
		return false
	}
	s, ok := q.slot(seat)
	return !ok || q.spare(s) <= 0 || !s.start.After(at)
}
