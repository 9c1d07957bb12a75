package casework

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/registry"
	"aiqyn/service"
)

// PublishSlots says when an institution sees people: a row of slots of one group.
// Published again from the same instant it replaces the one before; with fewer
// places, or none, whoever had one of those that are gone waits for another, with
// the date they had.
type PublishSlots struct {
	ID          aiqyn.CommandID
	Actor       aiqyn.Actor // of the institution
	Service     aiqyn.ServiceID
	Institution string
	Group       string // as its register calls it
	Day         string // 2006-01-02
	From        string // 15:04
	Minutes     int    // of each slot
	Count       int    // slots in a row; 0: none any more
	Places      int    // in each
	SameDay     bool   // not for rounds: for tickets of the day alone
}

// Limits of a session.
const (
	shortestSlot = 5
	longestSlot  = 24 * 60
	mostSlots    = 200
	slotsAhead   = 366 * 24 * time.Hour
)

// ofInstitution is what commands of institutions about a group have in common.
type ofInstitution struct {
	svc     *service.Service
	reading registry.Reading
	doc     registry.Institution
	group   registry.PlaceGroup
}

// read finds the service and what the register says of the institution and its
// group. Nobody speaks for another institution.
func (o *ofInstitution) read(ctx ctx, e *Engine, actor aiqyn.Actor, id aiqyn.ServiceID, institution, group string) error {
	if err := access.Check(actor.Role, access.ActionReportPlaces, access.Body); err != nil {
		return err
	}
	if string(actor.Body) != institution || actor.Officer == "" {
		return aiqyn.E(aiqyn.Forbidden, "error.forbidden")
	}
	svc, ok := e.packs.current().Service(id)
	if !ok || svc.Queue == nil || !service.IsInstitution(institution) {
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	o.svc = svc
	var err error
	o.reading, err = e.Registers.Read(ctx, registry.Query{Register: svc.Queue.Places, Key: institution, Purpose: string(svc.ID) + "/places", Actor: actor})
	if err != nil {
		return err
	}
	if o.doc, err = registry.Decode[registry.Institution](o.reading); err != nil {
		return err
	}
	i := slices.IndexFunc(o.doc.Groups, func(g registry.PlaceGroup) bool { return g.ID == group })
	if i < 0 {
		return aiqyn.E(aiqyn.NotFound, "error.no-such-group").On("group")
	}
	o.group = o.doc.Groups[i]
	return nil
}

type publishSlots struct {
	apart
	PublishSlots
	ofInstitution
	session *session
}

func (c *publishSlots) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := c.read(ctx, e, c.actor, c.Service, c.Institution, c.Group); err != nil {
		return err
	}
	from, err := time.ParseInLocation(time.DateOnly+" 15:04", c.Day+" "+c.From, e.Zone)
	switch {
	case c.svc.Queue.Slots == nil:
		return aiqyn.E(aiqyn.NotFound, "error.not-found")
	case err != nil:
		return aiqyn.E(aiqyn.Invalid, "error.answer-type").On("from")
	case c.Minutes < shortestSlot || c.Minutes > longestSlot:
		return aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", shortestSlot, "max", longestSlot).On("minutes")
	case c.Count < 0 || c.Count > mostSlots || c.Count*c.Minutes > longestSlot:
		return aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", 0, "max", min(mostSlots, longestSlot/c.Minutes)).On("count")
	case c.Places < 0 || int64(c.Places) > c.group.Places:
		return aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", 0, "max", c.group.Places).On("places")
	}
	c.session = &session{from: from.UTC(), minutes: c.Minutes, count: c.Count, places: c.Places, sameDay: c.SameDay}
	return nil
}

func (c *publishSlots) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if !c.session.from.After(t.now) || c.session.from.Sub(t.now) > slotsAhead {
		return aiqyn.E(aiqyn.Conflict, "error.slots-past").On("from")
	}
	id := c.Institution + "/" + c.Group
	list := t.e.queues.sessions(c.Service, id)
	if overlaps(list, c.session) {
		return aiqyn.E(aiqyn.Conflict, "error.slots-overlap").On("from")
	}
	day := 0
	for _, s := range append(slices.DeleteFunc(slices.Clone(list), func(o *session) bool { return o.from.Equal(c.session.from) }), c.session) {
		if s.from.In(t.e.Zone).Format(time.DateOnly) == c.Day {
			day += s.count * s.places
		}
	}
	if int64(day) > c.group.Places {
		return aiqyn.E(aiqyn.Conflict, "error.slots-of-day", "n", day, "max", c.group.Places).On("places")
	}
	ev := t.emitSystem(EventSchedule, c.actor, &schedulePublished{
		Count: c.Count, From: c.session.from, Group: id, Institution: c.reading.Value, Minutes: c.Minutes, Places: c.Places, SameDay: c.SameDay,
		Service: c.Service, Source: c.reading.Source, Version: c.reading.Version,
	})
	if err := t.queueSystem(ev); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// sessions are those of a group; pages and the sequencer only read them.
func (qs *queues) sessions(svc aiqyn.ServiceID, group string) []*session {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	if q := qs.of[svc]; q != nil && q.groups[group] != nil {
		return q.groups[group].sessions
	}
	return nil
}

// scheduled folds a session into its group.
func (qs *queues) scheduled(ev *event, d *schedulePublished) (*placeGroup, error) {
	g, err := groupReported(ev, d.Group, d.Institution)
	if err != nil {
		return nil, err
	}
	g.zone = qs.zone
	var list []*session
	if was := qs.at(d.Service).groups[d.Group]; was != nil {
		list = was.sessions
	}
	g.sessions = schedule(list, &session{from: d.From, minutes: d.Minutes, count: d.Count, places: d.Places, sameDay: d.SameDay, entry: ev.index}, ev.at)
	return g, nil
}
