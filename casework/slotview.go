package casework

import (
	"context"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/deadline"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// SlotView is a place that has a time.
type SlotView struct {
	ID            string // seat: "pol-1/cardiologist/20261201T0900"
	Starts, Ends  time.Time
	Places, Taken int
	SameDay       bool  // for tickets of the day alone
	Entry         int64 // that published it
}

// Free is how many of its places are nobody's.
func (s SlotView) Free() int { return max(0, s.Places-s.Taken) }

// SlotsView is what somebody who waits for a slot can do about it.
type SlotsView struct {
	NotBefore, Part string // when they can come; "" always
	Changes, Most   int    // slots given back, of so many
	Until           time.Time
	Tickets         []TicketView
}

// TicketView is a place of today that they can have now.
type TicketView struct {
	Group string
	At    time.Time
}

// thirdNext is the free place by which waits for a doctor are measured everywhere:
// the first two may be free because somebody has just given them back.
const thirdNext = 3

func (q *queue) slotView(s slot) *SlotView {
	return &SlotView{ID: s.id, Starts: s.start, Ends: s.end, Places: s.places, Taken: q.taken[s.id], SameDay: s.sameDay, Entry: s.entry}
}

// slots is what who waits for a slot, or has one, can do about it.
func (v *viewing) slots() *SlotsView {
	rules, s := v.svc.Queue.Slots, v.rec.state
	if rules == nil {
		return nil
	}
	w := wishOf(s.Queue.Wish)
	out := &SlotsView{NotBefore: w.NotBefore, Part: w.Part, Changes: s.Queue.Changes, Most: rules.Changes}
	if mayRebook(rules, s, v.now) == nil {
		out.Until = s.Queue.Starts.Add(-time.Duration(rules.Notice) * time.Hour)
	}
	if s.Queue.State == QueueWaiting && !s.Held {
		for _, g := range s.Queue.Groups {
			if t, ok := v.e.queues.ticket(s.Service, g, v.now); ok {
				out.Tickets = append(out.Tickets, TicketView{g, t.start})
			}
		}
	}
	return out
}

// rebookable reports whether the applicant may say when they can come: they wait,
// or may give back what they have.
func (v *viewing) rebookable() bool {
	rules, s := v.svc.Queue.Slots, v.rec.state
	return rules != nil && (s.Queue.State == QueueWaiting || mayRebook(rules, s, v.now) == nil)
}

// Slots lists the slots of a group that begin on days from one to another, both
// counted, at most a page behind one of them.
func (e *Engine) Slots(svc aiqyn.ServiceID, group string, from, to deadline.Date, p Page) (List[SlotView], error) {
	var out List[SlotView]
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	q := e.queues.of[svc]
	if q == nil || q.groups[group] == nil {
		return out, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	last := to.AddDays(1).Start(e.Zone)
	for _, s := range q.groups[group].slots(from.Start(e.Zone)) {
		if !s.start.Before(last) {
			break
		}
		if s.id <= p.After {
			continue
		}
		if len(out.Items) == p.limit() {
			out.Next = out.Items[len(out.Items)-1].ID
			break
		}
		out.Items = append(out.Items, *q.slotView(s))
	}
	return out, nil
}

// DaysWithSlots lists the days on which a group has slots from one on, with how
// many places they have and how many are taken.
func (e *Engine) DaysWithSlots(svc aiqyn.ServiceID, group string, from deadline.Date) (list []DaySlots) {
	e.queues.mu.RLock()
	defer e.queues.mu.RUnlock()
	q := e.queues.of[svc]
	if q == nil || q.groups[group] == nil {
		return nil
	}
	for _, s := range q.groups[group].slots(from.Start(e.Zone)) {
		d := deadline.DateOf(s.start.In(e.Zone))
		if n := len(list); n == 0 || list[n-1].Day != d {
			list = append(list, DaySlots{Day: d, First: s.start})
		}
		l := &list[len(list)-1]
		l.Places += s.places
		l.Taken += q.taken[s.id]
		l.Last = s.end
	}
	return list
}

// DaySlots is a day of a group's schedule.
type DaySlots struct {
	Day           deadline.Date
	First, Last   time.Time // when the first slot begins and the last one ends
	Places, Taken int
}

// SlotSeated lists who has a slot of the viewer's institution that begins on a day:
// the name covered, nothing else of them.
func (e *Engine) SlotSeated(ctx context.Context, viewer aiqyn.Actor, svc aiqyn.ServiceID, on deadline.Date, p Page) (List[SeatedLine], error) {
	var out List[SeatedLine]
	if err := access.Check(viewer.Role, access.ActionReportPlaces, access.Body); err != nil {
		return out, err
	}
	after, err := after(p.After)
	if err != nil {
		return out, err
	}
	nos, err := e.Store.QueueSeats(ctx, string(svc), e.queues.takenOn(svc, string(viewer.Body), on), after, p.limit()+1)
	if err != nil {
		return out, err
	}
	nos, out.Next = onePage(nos, p, func(no int64) int64 { return no })
	rows, err := e.Store.CasesByNo(ctx, nos)
	if err != nil {
		return out, err
	}
	slices.SortFunc(rows, func(a, b store.Case) int { return int(a.No - b.No) })
	out.Items, err = e.seatedLines(rows, string(viewer.Body))
	slices.SortStableFunc(out.Items, func(a, b SeatedLine) int { return a.Starts.Compare(b.Starts) })
	return out, err
}

// takenOn lists the seats of an institution that somebody has on a day.
func (qs *queues) takenOn(svc aiqyn.ServiceID, institution string, on deadline.Date) (seats []string) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return nil
	}
	from := on.Start(qs.zone)
	for _, g := range q.groups {
		if g.institution.ID != institution {
			continue
		}
		for _, s := range g.slots(from) {
			if deadline.DateOf(s.start.In(qs.zone)) != on {
				break
			}
			if q.taken[s.id] > 0 {
				seats = append(seats, s.id)
			}
		}
	}
	slices.Sort(seats)
	return seats
}

// OwnGroups are the groups of the viewer's institution, as its register has them:
// the first service of the pack whose register knows it.
func (e *Engine) OwnGroups(ctx context.Context, viewer aiqyn.Actor) (aiqyn.ServiceID, []GroupView, error) {
	if err := access.Check(viewer.Role, access.ActionReportPlaces, access.Body); err != nil {
		return "", nil, err
	}
	for _, svc := range e.queueServices() {
		r, err := e.Registers.Read(ctx, registry.Query{Register: svc.Queue.Places, Key: string(viewer.Body), Purpose: string(svc.ID) + "/places", Actor: viewer})
		if err != nil {
			return "", nil, err
		}
		if !r.Found {
			continue
		}
		doc, err := registry.Decode[registry.Institution](r)
		if err != nil {
			return "", nil, err
		}
		return svc.ID, e.queues.registered(svc, doc, e.Clock()), nil
	}
	return "", nil, aiqyn.E(aiqyn.NotFound, "error.web-no-page")
}

// registered shows the groups that a register has of an institution, whether they
// have been reported or not.
func (qs *queues) registered(svc *service.Service, doc registry.Institution, now time.Time) (list []GroupView) {
	for _, g := range doc.Groups {
		id := doc.ID + "/" + g.ID
		v, ok := qs.groupView(svc.ID, id, now)
		if !ok {
			v = GroupView{ID: id, Name: g.ID, Is: g.Is, Title: g.Title, Timed: svc.Queue.Slots != nil, Institution: institutionView(&placeGroup{institution: doc})}
		}
		list = append(list, v)
	}
	return list
}
