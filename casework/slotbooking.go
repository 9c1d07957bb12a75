package casework

import (
	"context"
	"errors"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/service"
)

// How long before it a person is reminded of their slot: a day, or, of one that became
// theirs when a day before was gone or as good as gone, so that they can still set out.
const (
	slotReminder     = 24 * time.Hour
	slotLateReminder = 2 * time.Hour
)

// earlyBird is how long before a slot somebody can have come to it.
const earlyBird = 2 * time.Hour

// booked is what makes a slot somebody's: they are told, and reminded.
func (t *turn) booked() {
	q := t.rec.state.Queue
	t.tell("message.booked", "at", q.Starts, "place", t.e.queues.title(t.rec.state.Service, q.Group))
	if !t.remind(remindSlot, q.Starts, slotReminder, "at", q.Starts) {
		t.remind(remindSoon, q.Starts, slotLateReminder, "at", q.Starts)
	}
}

// recordedBy is until when an institution may say who came to a slot.
func (t *turn) recordedBy(ends time.Time) (time.Time, error) {
	cal, err := t.e.calendar(t.svc.Calendar)
	if err != nil {
		return time.Time{}, err
	}
	due, err := cal.Due(ends, t.svc.Queue.Slots.Record, nil)
	return due.At, err
}

// TakeTicket takes the earliest place that is left of the day: who asks first has
// it. Rounds give no places of their own day, so nobody who waits is passed over.
type TakeTicket struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor
	Ref   aiqyn.Reference
	Group string // that they wait for: "centre-1/documents"
}

type takeTicket struct {
	onCase
	group string
}

func (c *takeTicket) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	switch {
	case t.svc.Queue == nil || t.svc.Queue.Slots == nil || s.Queue == nil || s.Queue.State != QueueWaiting || !slices.Contains(s.Queue.Groups, c.group):
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	}
	found, ok := t.e.queues.ticket(s.Service, c.group, t.now)
	if !ok {
		return aiqyn.E(aiqyn.Conflict, "error.no-ticket")
	}
	until, err := t.recordedBy(found.end)
	if err != nil {
		return err
	}
	t.emit(EventTicket, c.actor, &ticketTaken{Ends: found.end, Group: found.id, Starts: found.start, Until: until}, atStep(t.svc.Queue.Offer))
	t.booked()
	return nil
}

// ticket is the slot that a ticket would have now.
func (qs *queues) ticket(svc aiqyn.ServiceID, group string, at time.Time) (slot, bool) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	if q := qs.of[svc]; q != nil {
		return q.ticket(group, at)
	}
	return slot{}, false
}

// Rebook gives a slot back and waits for another, with the same date in the queue;
// of who has none it only says when they can come.
type Rebook struct {
	ID        aiqyn.CommandID
	Actor     aiqyn.Actor
	Ref       aiqyn.Reference
	NotBefore string // 2006-01-02; "": any day
	Part      string // of [service.PartsOfDay]; "": any
}

type rebook struct {
	onCase
	wish wish
}

func (c *rebook) decide(t *turn) error {
	s := t.rec.state
	if err := c.applicant(t); err != nil {
		return err
	}
	if err := c.wish.check(); err != nil {
		return err
	}
	if t.svc.Queue == nil || t.svc.Queue.Slots == nil || s.Queue == nil {
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
	}
	d := &rebooked{Wish: c.wish.String()}
	if s.Queue.State != QueueWaiting {
		if err := mayRebook(t.svc.Queue.Slots, s, t.now); err != nil {
			return err
		}
		d.Group = s.Queue.Group
	} else if d.Wish == s.Queue.Wish {
		return nil
	}
	t.emit(EventRebooked, c.actor, d, atStep(t.svc.Queue.Offer))
	return nil
}

// mayRebook is why somebody cannot give back what they have now; nil if they can.
func mayRebook(rules *service.Slots, s *State, now time.Time) error {
	q := s.Queue
	switch {
	case q.State != QueueOffered && q.State != QueueTaken || q.Starts.IsZero():
		return aiqyn.E(aiqyn.Conflict, "error.not-waiting")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case q.Changes >= rules.Changes:
		return aiqyn.E(aiqyn.Conflict, "error.changes-used", "n", rules.Changes)
	case now.Add(time.Duration(rules.Notice) * time.Hour).After(q.Starts):
		return aiqyn.E(aiqyn.Conflict, "error.slot-too-late", "n", rules.Notice)
	}
	return nil
}

func (w wish) check() error {
	if _, err := time.Parse(time.DateOnly, w.NotBefore); w.NotBefore != "" && err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.answer-type").On("not-before")
	}
	if w.Part != "" && !slices.Contains(service.PartsOfDay, w.Part) {
		return aiqyn.E(aiqyn.Invalid, "error.answer-type").On("part")
	}
	return nil
}

// Attend says whether somebody came to their slot. It is the institution's word;
// without it the case goes on as if they had.
type Attend struct {
	ID    aiqyn.CommandID
	Actor aiqyn.Actor // of the institution
	Ref   aiqyn.Reference
	Came  bool
}

type attend struct {
	onCase
	came bool
}

func (c *attend) decide(t *turn) error {
	s := t.rec.state
	if err := access.Check(c.actor.Role, access.ActionReportPlaces, access.Body); err != nil {
		return err
	}
	switch {
	case s.Queue == nil || c.actor.Officer == "" || institutionOf(s.Queue.Group) != string(c.actor.Body):
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	case s.Queue.State != QueueTaken || s.Queue.Starts.IsZero():
		return aiqyn.E(aiqyn.Conflict, "error.not-booked")
	case s.Held:
		return aiqyn.E(aiqyn.Conflict, "error.case-held")
	case c.came && t.now.Before(s.Queue.Starts.Add(-earlyBird)) || !c.came && t.now.Before(s.Queue.Starts):
		return aiqyn.E(aiqyn.Conflict, "error.slot-to-come")
	}
	if c.came {
		return t.attended(c.actor, false)
	}
	t.emit(EventMissed, c.actor, &attended{Group: s.Queue.Group}, atStep(t.svc.Queue.Offer))
	t.emit(EventLapsed, aiqyn.System, &lapsed{}, atStep(t.svc.Queue.Offer), withOutcome(aiqyn.Lapsed))
	t.tell("message.missed")
	return nil
}

// attended brings the case on behind its slot.
func (t *turn) attended(by aiqyn.Actor, silent bool) error {
	t.emit(EventAttended, by, &attended{Group: t.rec.state.Queue.Group, Silent: silent}, atStep(t.svc.Queue.Offer))
	return t.advance(t.svc.Queue.Offer)
}

// endWait does what has come about of a case that waits, or has a slot.
func (t *turn) endWait() error {
	if q := t.rec.state.Queue; q.State == QueueTaken && !q.Until.IsZero() && t.now.After(q.Until) {
		return t.attended(aiqyn.System, true)
	}
	t.endStop()
	return nil
}

// cancelSlot has a case wait again whose slot its institution has taken back. It is
// sent by the engine, once for each case and change of the schedule.
type cancelSlot struct {
	onCase
	seat string
}

func (c *cancelSlot) prepare(ctx, *Engine) error { return nil }

func (c *cancelSlot) decide(t *turn) error {
	s := t.rec.state
	if s.Queue == nil || s.Queue.Group != c.seat || s.Queue.State != QueueOffered && s.Queue.State != QueueTaken || t.e.queues.overfull(s.Service, c.seat) <= 0 {
		return aiqyn.E(aiqyn.Conflict, "error.not-booked")
	}
	t.emit(EventSlotCancelled, aiqyn.System, &slotCancelled{Group: c.seat}, atStep(t.svc.Queue.Offer))
	t.tell("message.slot-cancelled")
	return nil
}

// overfull is by how many a slot has been given to more than it has places.
func (qs *queues) overfull(svc aiqyn.ServiceID, seat string) int {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	if q := qs.of[svc]; q != nil {
		return q.overfull(seat)
	}
	return 0
}

func (q *queue) overfull(seat string) int {
	s, _ := q.slot(seat)
	return q.taken[seat] - s.places
}

// overbooked lists the seats to come that were given to more than they have places
// since a schedule was changed.
func (qs *queues) overbooked(svc aiqyn.ServiceID, now time.Time) (seats []string) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return nil
	}
	at := now.In(qs.zone).Format(slotTime)
	for seat := range q.taken {
		if label, ok := timed(seat); ok && label > at && q.overfull(seat) > 0 {
			seats = append(seats, seat)
		}
	}
	slices.Sort(seats)
	return seats
}

// cancelSlots has everybody wait again whose slot was taken back, the last who came
// first.
func (e *Engine) cancelSlots(ctx context.Context) error {
	var errs []error
	for _, svc := range e.queueServices() {
		if svc.Queue.Slots == nil {
			continue
		}
		for _, seat := range e.queues.overbooked(svc.ID, e.Clock()) {
			nos, err := e.Store.QueueSeats(ctx, string(svc.ID), []string{seat}, 0, maxSeatsOfSlot)
			if err != nil {
				return err
			}
			for i := len(nos) - 1; i >= 0 && e.queues.overfull(svc.ID, seat) > 0; i-- {
				c := &cancelSlot{onCase: onCase{actor: aiqyn.System, no: nos[i]}, seat: seat}
				if _, err := e.send(ctx, c); err != nil && aiqyn.KindOf(err) != aiqyn.Conflict {
					errs = append(errs, err)
				}
			}
		}
	}
	return errors.Join(errs...)
}

// maxSeatsOfSlot is more than one slot can be given to.
const maxSeatsOfSlot = 10000
