package casework

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/service"
)

// ReportPlaces says how many places a group of an institution has. It cannot be
// more than its register allows, nor fewer than are taken: who is free is counted,
// and told by nobody.
type ReportPlaces struct {
	ID          aiqyn.CommandID
	Actor       aiqyn.Actor // of the institution
	Service     aiqyn.ServiceID
	Institution string
	Group       string // as its register calls it
	Places      int
}

// placeGroup is a group of an institution with what was reported of it last.
type placeGroup struct {
	id          string // "kg-017/kk-2023"
	institution registry.Institution
	group       registry.PlaceGroup
	places      int64
	entry       int64
	sessions    []*session // of places that have a time, the earliest first
	zone        *time.Location
}

// closedOn reports whether nobody comes into the group's line any more on a day.
func (g *placeGroup) closedOn(day string) bool { return g.group.Closes != "" && g.group.Closes < day }

// closed is the last day of the first of some groups that has closed before a day;
// "" if none has. What puts somebody before others counts as it was then.
func (qs *queues) closed(svc aiqyn.ServiceID, groups []string, day string) string {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return ""
	}
	for _, id := range groups {
		if g := q.groups[id]; g != nil && g.closedOn(day) {
			return g.group.Closes
		}
	}
	return ""
}

// attributes are the group as rules read it.
func (g *placeGroup) attributes() map[string]any {
	vars := make(map[string]any, len(g.group.Is)+1)
	for name, v := range g.group.Is {
		vars[name] = v
	}
	vars["id"], vars["region"], vars["district"] = g.group.ID, g.institution.Region, g.institution.District
	return vars
}

type reportPlaces struct {
	apart
	ReportPlaces
	ofInstitution
}

func (c *reportPlaces) prepare(ctx ctx, e *Engine) error {
	if err := c.apart.prepare(ctx, e); err != nil {
		return err
	}
	if err := c.read(ctx, e, c.actor, c.Service, c.Institution, c.Group); err != nil {
		return err
	}
	if c.svc.Queue.Slots != nil {
		return aiqyn.E(aiqyn.NotFound, "error.not-found") // its places are published as a schedule
	}
	if c.Places < 0 || int64(c.Places) > c.group.Places {
		return aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", 0, "max", c.group.Places).On("places")
	}
	return nil
}

func (c *reportPlaces) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	id := c.Institution + "/" + c.Group
	was, taken := t.e.queues.seats(c.Service, id)
	if c.Places < taken {
		return aiqyn.E(aiqyn.Conflict, "error.places-taken", "n", taken).On("places")
	}
	ev := t.emitSystem(EventPlaces, c.actor, &placesReported{
		Group: id, Institution: c.reading.Value, Places: int64(c.Places), Service: c.Service, Source: c.reading.Source, Version: c.reading.Version, Was: was,
	})
	if err := t.queueSystem(ev); err != nil {
		return err
	}
	c.finish(t)
	return nil
}

// queueSystem takes an event of the system about a queue into memory, until the
// turn is undone.
func (t *turn) queueSystem(ev *event) error {
	undo, err := t.e.queues.take(ev)
	if err == nil {
		t.undo = append(t.undo, undo)
	}
	return err
}

// recall takes an entry of the system into memory when the log is read.
func (qs *queues) recall(ev *event) error {
	_, err := qs.take(ev)
	return err
}

// take folds one of the system's events, and says how that is undone.
func (qs *queues) take(ev *event) (undo func(), err error) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	guarded := func(f func()) func() {
		return func() {
			qs.mu.Lock()
			defer qs.mu.Unlock()
			f()
		}
	}
	var svc aiqyn.ServiceID
	var g *placeGroup
	switch d := ev.data.(type) {
	case *placesReported:
		svc = d.Service
		if g, err = groupReported(ev, d.Group, d.Institution); err == nil {
			g.places = d.Places
		}
	case *schedulePublished:
		svc = d.Service
		g, err = qs.scheduled(ev, d)
	case *queueTableBrought, *queueTableAnswered:
		q := qs.at(serviceOf(ev.data))
		return guarded(q.table(ev)), nil
	default:
		q := qs.at(serviceOf(ev.data))
		was, late, unbegun := slices.Clone(q.rounds), q.late, func() {}
		if d, ok := ev.data.(*roundCommitted); ok {
			unbegun = qs.days.begun(d.Service, d.Day)
		}
		q.round(ev)
		return guarded(func() { q.rounds, q.late = was, late; unbegun() }), nil
	}
	if err != nil {
		return nil, err
	}
	q := qs.at(svc)
	was, known := q.groups[g.id]
	q.groups[g.id] = g
	q.known(g.id, true)
	return guarded(func() {
		if q.groups[g.id] = was; !known {
			delete(q.groups, g.id)
			q.known(g.id, false)
		}
	}), nil
}

func serviceOf(data any) aiqyn.ServiceID {
	switch d := data.(type) {
	case *roundCommitted:
		return d.Service
	case *roundDrawn:
		return d.Service
	case *roundSettled:
		return d.Service
	case *queueTableBrought:
		return d.Service
	case *queueTableAnswered:
		return d.Service
	}
	return ""
}

func groupReported(ev *event, group string, institution []byte) (*placeGroup, error) {
	doc, err := decodeInstitution(institution)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", ev.index, err)
	}
	g := &placeGroup{id: group, institution: doc, entry: ev.index}
	_, name, _ := strings.Cut(group, "/")
	for _, one := range doc.Groups {
		if one.ID == name {
			g.group = one
		}
	}
	g.institution.Groups = nil
	return g, nil
}

// groupsOf lists the groups of an institution, by name.
func (qs *queues) groupsOf(svc aiqyn.ServiceID, institution string) []*placeGroup {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return nil
	}
	return slices.Collect(q.ofInstitution(institution))
}

// seats is how many places a group has, and how many are taken or offered.
func (qs *queues) seats(svc aiqyn.ServiceID, group string) (places int64, taken int) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return 0, 0
	}
	if g := q.groups[group]; g != nil {
		places = g.places
	}
	return places, q.taken[group]
}

// title is what the institution of a group is called.
func (qs *queues) title(svc aiqyn.ServiceID, group string) aiqyn.Text {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	if q := qs.of[svc]; q != nil && q.groups[seatGroup(group)] != nil {
		return q.groups[seatGroup(group)].institution.Title
	}
	return aiqyn.Text{}
}

// open lists what has a seat free in a round, by name, with how many: groups, and of
// those whose places have a time the slots that it gives. A group that still takes
// people in shares out nothing yet, nor one whose day has not come: on that all of its
// places are shared out in one round.
func (q *queue) open(slots *service.Slots, at roundTime) (names []string, free map[string]int) {
	free = make(map[string]int)
	for id, g := range q.groups {
		if slots != nil {
			q.given(g, slots, at.closed, free)
			continue
		}
		if g.group.Closes != "" && !g.closedOn(at.day) || at.day < g.group.Opens {
			continue
		}
		if n := int(g.places) - q.taken[id]; n > 0 {
			free[id] = n
		}
	}
	return slices.Sorted(maps.Keys(free)), free
}
