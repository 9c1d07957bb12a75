package casework

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/ledger"
	"aiqyn/release"
	"aiqyn/service"
	"aiqyn/store"
)

// How long a road is, from the first application to what it was for, and who was
// waited for on each of its days, is read off the events of its cases: their kinds,
// steps and instants, which the leaves hold. A day is counted at its beginning: of
// twelve midnights between an application and light, each was waited through for
// somebody, and the four counts add up to twelve.

// waitedFor is whom a case waits for.
type waitedFor int

const (
	partyState     waitedFor = iota // registers, draws, appeals, holds
	partyApplicant                  // what is theirs to do, to pay, or to let somebody in for
	partyBody                       // officers and works of the body that gives the service
	partyOthers                     // who is asked, or was brought along
)

// roadEvent is what the length of a road needs of an event.
type roadEvent struct {
	kind   EventKind
	step   aiqyn.StepID
	reason string
	at     time.Time
}

// roadWalk follows the events of a road, case by case, and notes from when on it
// waited for whom.
type roadWalk struct {
	turns  []roadTurn
	before waitedFor // when its clock stood still
}

type roadTurn struct {
	from time.Time
	who  waitedFor
}

func (w *roadWalk) wait(at time.Time, p waitedFor) {
	w.turns = append(w.turns, roadTurn{at, p})
}

func (w *roadWalk) now() waitedFor {
	if n := len(w.turns); n > 0 {
		return w.turns[n-1].who
	}
	return partyState
}

// take follows one event of a case of a service.
func (w *roadWalk) take(svc *service.Service, ev roadEvent) {
	switch ev.kind {
	case EventFiled, EventPerformed, EventPaid, EventGranted, EventRefused, EventAppealDecided:
		w.wait(ev.at, partyState)
	case EventOpened:
		w.wait(ev.at, stepParty(svc, ev.step))
	case EventCharged:
		w.wait(ev.at, partyApplicant)
	case EventSuspended, EventHeld:
		w.before = w.now()
		w.wait(ev.at, pausedFor(svc, ev))
	case EventResumed, EventUnheld:
		w.wait(ev.at, w.before)
	}
}

// stepParty is whom a case waits for while a step is open.
func stepParty(svc *service.Service, name aiqyn.StepID) waitedFor {
	switch name {
	case service.StepAppeal:
		return partyState
	case service.StepCorrection:
		return partyBody
	}
	step := findStep(svc, name)
	switch {
	case step == nil:
		return partyState
	case step.Awaits || step.Asks != nil:
		return partyOthers
	case step.By == aiqyn.RoleApplicant:
		return partyApplicant
	case step.By == aiqyn.RoleSystem:
		return partyState
	}
	return partyBody
}

// pausedFor is whom a case waits for while its clock stands.
func pausedFor(svc *service.Service, ev roadEvent) waitedFor {
	if r, ok := svc.SuspendReason(ev.reason); ev.kind == EventSuspended && ok && !r.Ours {
		return partyApplicant
	}
	return partyState
}

// count counts the days of the road until an instant.
func (w *roadWalk) count(until time.Time, zone *time.Location, cal *deadline.Calendar) (release.Road, error) {
	var r release.Road
	if len(w.turns) == 0 {
		return r, nil
	}
	first, end := deadline.DateOf(w.turns[0].from.In(zone)), deadline.DateOf(until.In(zone))
	at := 0
	for day := first.AddDays(1); !day.After(end); day = day.AddDays(1) {
		for at+1 < len(w.turns) && w.turns[at+1].from.Before(day.Start(zone)) {
			at++
		}
		working, _, err := cal.IsWorking(day)
		if err != nil {
			return r, err
		}
		r.Days++
		if working {
			r.Working++
		}
		*waitOf(&r.Waits, w.turns[at].who)++
	}
	return r, nil
}

func waitOf(w *release.Waits, p waitedFor) *int {
	switch p {
	case partyApplicant:
		return &w.Applicant
	case partyBody:
		return &w.Body
	case partyOthers:
		return &w.Others
	}
	return &w.State
}

// endsRoad reports whether a case is the last of a road: a grant has opened it, and its
// own opens nothing more.
func (s *State) endsRoad(svc *service.Service) bool {
	return s.follows() && svc.Follow == nil
}

// follows reports whether the grant of another case has opened this one.
func (s *State) follows() bool { return s.From != nil && !s.From.Brought && !s.From.Asked }

// knownRoad is a road on its way to being counted: its cases, the last one first.
type knownRoad struct {
	cases []*record
	until int64 // entry that ends it
	gone  bool  // one of them was erased
}

// origins reads the cases that roads began with, a case further back at each turn.
func (e *Engine) origins(ctx context.Context, roads []*knownRoad) error {
	for range roadMost {
		var nos []int64
		for _, r := range roads {
			if s := r.first().state; s.follows() && !r.gone {
				nos = append(nos, s.From.Case)
			}
		}
		if len(nos) == 0 {
			return nil
		}
		rows, err := e.casesByNo(ctx, nos)
		if err != nil {
			return err
		}
		for _, r := range roads {
			s := r.first().state
			if !s.follows() || r.gone {
				continue
			}
			row, ok := rows[s.From.Case]
			if r.gone = !ok || row.Status == string(StatusErased); r.gone {
				continue
			}
			rec, err := e.keys.openRecord(row)
			if err != nil {
				return err
			}
			r.cases = append(r.cases, rec)
		}
	}
	return errors.New("a road has more cases than roads have")
}

func (r *knownRoad) first() *record { return r.cases[len(r.cases)-1] }

// measure counts the roads that end with cases; of one that cannot be known any more
// it gives nil.
func (e *Engine) measure(ctx context.Context, roads []*knownRoad) ([]*release.Road, error) {
	if err := e.origins(ctx, roads); err != nil {
		return nil, err
	}
	var nos []int64
	for _, r := range roads {
		for _, c := range r.cases {
			nos = append(nos, c.row.No)
		}
	}
	events := make(map[int64][]store.Passage, len(nos))
	for p, err := range e.Store.Passages(ctx, nos) {
		if err != nil {
			return nil, err
		}
		events[p.Case] = append(events[p.Case], *p)
	}
	list := make([]*release.Road, len(roads))
	for i, r := range roads {
		if r.gone {
			continue
		}
		road, err := e.lengthOf(r, events)
		if err != nil {
			return nil, err
		}
		list[i] = &road
	}
	return list, nil
}

// lengthOf counts one road, from the events of its cases up to the one that ends it.
func (e *Engine) lengthOf(r *knownRoad, events map[int64][]store.Passage) (release.Road, error) {
	var w roadWalk
	var end time.Time
	for i := len(r.cases) - 1; i >= 0; i-- {
		s := r.cases[i].state
		svc, err := e.packs.service(s.Pack, s.Service)
		if err != nil {
			return release.Road{}, err
		}
		for _, p := range events[s.No] {
			if p.Index > r.until {
				break
			}
			f := fieldsOf(p.Fields)
			end = p.Recorded
			w.take(svc, roadEvent{EventKind(p.Kind), aiqyn.StepID(f[ledger.FieldStep]), f[ledger.FieldReason], p.Recorded})
		}
	}
	cal, err := e.roadCalendar(r.cases[0].state)
	if err != nil {
		return release.Road{}, err
	}
	road, err := w.count(end, e.Zone, cal)
	road.Service = string(r.first().state.Service)
	return road, err
}

// roadCalendar is what the working days of a road are counted by: the calendar of its
// last case's pack, which nobody changes afterwards.
func (e *Engine) roadCalendar(last *State) (*deadline.Calendar, error) {
	svc, err := e.packs.service(last.Pack, last.Service)
	if err != nil {
		return nil, err
	}
	if pack := e.packs.byHash[last.Pack]; pack != nil && pack.Calendars[svc.Calendar] != nil {
		return pack.Calendars[svc.Calendar], nil
	}
	return e.calendar(svc.Calendar)
}

// underway are the roads that had not ended on a day, when the log had so many entries.
func (e *Engine) underway(ctx context.Context, day deadline.Date, size int64) ([]release.Underway, error) {
	var list []release.Underway
	var roads []*knownRoad
	for c, err := range e.Store.Unfinished(ctx, e.packs.roadServices(), day.AddDays(1).Start(e.Zone), size) {
		if err != nil {
			return nil, err
		}
		rec, err := e.keys.openRecord(*c)
		if err != nil {
			return nil, err
		}
		svc, err := e.packs.service(rec.state.Pack, rec.state.Service)
		if err != nil {
			return nil, err
		}
		if svc.Follow != nil || rec.state.follows() {
			roads = append(roads, &knownRoad{cases: []*record{rec}})
		}
	}
	for part := range slices.Chunk(roads, casesAtOnce) {
		if err := e.origins(ctx, part); err != nil {
			return nil, err
		}
		for _, r := range part {
			if first := r.first(); !r.gone {
				filed := deadline.DateOf(first.state.filedHere().In(e.Zone))
				list = append(list, release.Underway{Service: string(first.state.Service), Person: string(first.row.Applicant), Filer: e.filerOf(first), Days: max(0, day.DaysSince(filed))})
			}
		}
	}
	return list, nil
}

// roadServices are the services that cases of a road are of, in any pack that is here.
func (p *packs) roadServices() []string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	found := make(map[string]bool)
	for _, pack := range p.byHash {
		for _, svc := range pack.Services {
			if svc.Follow != nil {
				found[string(svc.ID)], found[string(svc.Follow.Service)] = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
