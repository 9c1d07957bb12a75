package main

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/registry"
	"aiqyn/simulate"
	"aiqyn/store"
)

// Time passes in strides: what people do within one is sent side by side, so
// that commits are shared as on a busy day. Strides end at midnight too, when
// deadlines do.
const (
	stride   = 8 * time.Hour
	atOnce   = 64
	breather = 10 * time.Second // until the beacon has drawn for the last filing
)

// living is the past being lived through: plans of people, carried out by the
// engine as far as it lets them.
type living struct {
	*office
	clock    *pastClock
	officers map[aiqyn.OfficerID]aiqyn.Actor
	names    map[aiqyn.OfficerID]string // with which they sign
	heads    map[aiqyn.BodyID][]aiqyn.Actor
	owners   []registry.Right // of substations
	present  time.Time        // where the past ends
	parcels  map[string]*registry.Parcel

	mu      sync.Mutex
	agenda  agenda
	cases   map[aiqyn.Reference]*livedCase
	handled map[int64]int64 // by case: at which event a head took it up
	waiting atomic.Bool     // somebody waits for a draw
	last    int             // number of the last command
}

// livedCase is one planned case on its way.
type livedCase struct {
	plan     simulate.PlannedCase
	ref      aiqyn.Reference
	surveyed int64 // entry of the survey
	mended   bool  // what the first inspection found wanting
}

// moment is when somebody means to do something.
type moment struct {
	at time.Time
	of *livedCase
	do func(context.Context, *livedCase) error
}

// agenda is a heap of moments, the earliest first.
type agenda []moment

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at.Before(a[j].at) }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)        { *a = append(*a, x.(moment)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// live lets the engine live through the past up to the present.
func (s *seeding) live(ctx context.Context, o *office, clock *pastClock) error {
	l := &living{
		office: o, clock: clock, officers: make(map[aiqyn.OfficerID]aiqyn.Actor), parcels: make(map[string]*registry.Parcel),
		cases: make(map[aiqyn.Reference]*livedCase), handled: make(map[int64]int64), names: make(map[aiqyn.OfficerID]string),
		heads: make(map[aiqyn.BodyID][]aiqyn.Actor), present: s.present,
	}
	for _, f := range s.world.Officers {
		l.officers[f.ID], l.names[f.ID] = f.Actor(), f.Name.String()
		if f.Role == aiqyn.RoleHead {
			l.heads[f.Body] = append(l.heads[f.Body], f.Actor())
		}
	}
	for i := range s.world.Parcels {
		l.parcels[s.world.Parcels[i].Number] = &s.world.Parcels[i]
	}
	for _, sub := range s.world.Substations {
		l.owners = append(l.owners, sub.Right)
	}
	if asks, ok := s.world.AskingOwners(); ok {
		l.plan(&livedCase{plan: asks})
	}
	for plan := range s.world.History(s.cases) {
		l.plan(&livedCase{plan: plan})
	}
	from := s.past().Truncate(24 * time.Hour).Add(-5 * time.Hour) // midnight in the zone
	strides := int(s.present.Sub(from)/stride) + 1
	queue, sales := &queueing{living: l, s: s}, &selling{living: l, s: s}
	for n := range strides {
		if err := ctx.Err(); err != nil {
			return err
		}
		end := from.Add(time.Duration(n+1) * stride)
		if end.After(s.present) {
			end = s.present
		}
		if err := l.pass(ctx, end); err != nil {
			return err
		}
		if ago := s.present.Sub(end); ago <= worksBefore && ago > worksBefore-stride {
			if err := s.works(ctx, o); err != nil {
				return err
			}
		}
		if s.published(end) {
			if err := s.publish(ctx, o, end); err != nil {
				return err
			}
		}
		if err := errors.Join(queue.at(ctx, strides-n), sales.at(ctx, strides-n)); err != nil {
			return err
		}
		s.bar.show(s.call.text("command.demo.past"), n+1, strides)
	}
	return nil
}

// plan puts a case's filing on the agenda; what follows is put there once it
// is filed.
func (l *living) plan(c *livedCase) {
	heap.Push(&l.agenda, moment{c.plan.At, c, l.file})
}

// later puts something on the agenda.
func (l *living) later(at time.Time, c *livedCase, do func(context.Context, *livedCase) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	heap.Push(&l.agenda, moment{at, c, do})
}

// pass lets everything happen until end.
func (l *living) pass(ctx context.Context, end time.Time) error {
	if now := l.due(end); len(now) > 0 {
		if err := l.doAll(ctx, now); err != nil {
			return err
		}
		if last := now[len(now)-1].at.Add(breather); last.Before(end) {
			if err := l.settle(ctx, last); err != nil {
				return err
			}
		}
	}
	if err := l.settle(ctx, end); err != nil {
		return err
	}
	if err := l.answer(ctx); err != nil {
		return err
	}
	return l.handUp(ctx)
}

// settle moves the clock, has the log witnessed if somebody waits for a draw,
// and lets the engine draw, decide by silence and whatever else has come due.
func (l *living) settle(ctx context.Context, at time.Time) error {
	l.clock.set(at)
	if l.waiting.Swap(false) {
		if err := l.Cosign(ctx); err != nil {
			return err
		}
	}
	_, err := l.RunDue(ctx)
	return err
}

// due takes what happens before end off the agenda, at most one thing per case:
// the next waits until the engine has drawn whom it needs.
func (l *living) due(end time.Time) []moment {
	var now, again []moment
	busy := make(map[*livedCase]bool)
	for len(l.agenda) > 0 && l.agenda[0].at.Before(end) {
		m := heap.Pop(&l.agenda).(moment)
		if busy[m.of] {
			m.at = end
			again = append(again, m)
			continue
		}
		busy[m.of] = true
		now = append(now, m)
	}
	for _, m := range again {
		heap.Push(&l.agenda, m)
	}
	return now
}

// doAll carries out moments side by side while the clock moves over them. What
// the engine does not allow any more is left out, as people would find out.
func (l *living) doAll(ctx context.Context, now []moment) error {
	var group sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	errs := make([]error, len(now))
	for i, m := range now {
		slots <- struct{}{}
		l.clock.set(m.at)
		group.Go(func() {
			defer func() { <-slots }()
			errs[i] = m.do(ctx, m.of)
			switch aiqyn.KindOf(errs[i]) {
			case aiqyn.Conflict, aiqyn.Forbidden:
				errs[i] = nil
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// handUp gives what nobody answered in time to the head, who takes it up on a
// working morning.
func (l *living) handUp(ctx context.Context) error {
	for _, body := range []aiqyn.BodyID{simulate.Utility, simulate.WaterUtility} {
		if err := l.handUpOf(ctx, body); err != nil {
			return err
		}
	}
	return nil
}

func (l *living) handUpOf(ctx context.Context, body aiqyn.BodyID) error {
	rows, err := l.db.CasesOfOfficer(ctx, casework.Desk(aiqyn.RoleHead, body), store.CaseFilter{}, time.Time{}, 0, 200)
	if err != nil {
		return err
	}
	for _, row := range rows {
		c := l.cases[aiqyn.Reference(row.Ref)]
		if c == nil || row.Step == "" || l.handled[row.No] == row.Seq {
			continue
		}
		l.handled[row.No] = row.Seq
		act := l.conclude
		switch row.Step {
		case stepSurvey:
			act = l.survey
		case stepInspection:
			act = l.inspect
		case stepEnergising:
			act = l.energise
		}
		l.later(workingMorning(l.clock.now(), int(row.No)), c, act)
	}
	return nil
}

// workingMorning is some hour of the next day that is not a weekend.
func workingMorning(t time.Time, n int) time.Time {
	y, m, d := t.In(zone).Date()
	at := time.Date(y, m, d+1, 9, 0, 0, 0, zone).Add(time.Duration(n%240) * time.Minute)
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// id names the next command.
func (l *living) id() aiqyn.CommandID {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	return aiqyn.CommandID(fmt.Sprintf("past-%d", l.last))
}

// key is the catalogue key of an error, "" of any other.
func key(err error) string {
	var known *aiqyn.Error
	if errors.As(err, &known) {
		return known.Key
	}
	return ""
}

// holder is who acts on the open step of a case: the officer who was drawn, or
// a head. It is a Conflict if that step is not open.
func (l *living) holder(ctx context.Context, c *livedCase, step aiqyn.StepID) (aiqyn.Actor, error) {
	row, found, err := l.db.CaseByRef(ctx, string(c.ref))
	switch {
	case err != nil:
		return aiqyn.Actor{}, err
	case !found || row.Step != string(step) || row.Officer == "":
		return aiqyn.Actor{}, aiqyn.E(aiqyn.Conflict, "error.step-not-open")
	case strings.HasPrefix(row.Officer, "@"):
		return l.head(c, row.No), nil
	}
	return l.officers[aiqyn.OfficerID(row.Officer)], nil
}

// head is one of the heads of the body that answers for a case.
func (l *living) head(c *livedCase, no int64) aiqyn.Actor {
	svc, _ := l.Pack().Service(c.plan.Service)
	heads := l.heads[svc.Body]
	return heads[int(no)%len(heads)]
}
