package casework

import (
	"context"
	"slices"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/release"
	"aiqyn/service"
)

// RoadView is the way from an application to what it was for: the steps of the
// case and of those that grants have opened or will open, in order.
type RoadView struct {
	Stops []RoadStop
	Began time.Time
	Ended time.Time       // zero: it goes on
	Days  int             // civil days until it ended, or until now
	Spent release.Road    // the same days: how many were working days, and whom they waited for
	Next  aiqyn.Reference // of the case that the grant has opened; "" if there is none
}

// RoadStop is one step of a road.
type RoadStop struct {
	Ref     aiqyn.Reference // of its case; "" of one that is to come
	Service aiqyn.Text
	Step    aiqyn.Text
	By      aiqyn.Role
	State   RoadState
	From    time.Time // of one that has begun
	To      time.Time // of one that is done
	Due     time.Time // of the one that is open
	Days    int       // civil days that it took, or has taken until now
}

// RoadState is where a step of a road stands; text web.road.<state>.
type RoadState string

// States of a step of a road.
const (
	RoadDone RoadState = "done"
	RoadNow  RoadState = "now"
	RoadNext RoadState = "next"
)

// roadMost bounds how many cases a road has.
const roadMost = 8

// road shows the whole way that the case is on; nil where it is on none. Of the
// other cases it shows which steps there were and when, and nothing of a person.
func (v *viewing) road(ctx context.Context) (*RoadView, error) {
	s := v.rec.state
	if (s.From == nil || s.From.Brought) && v.svc.Follow == nil {
		return nil, nil
	}
	cases, err := v.alongRoad(ctx)
	if err != nil {
		return nil, err
	}
	out := new(RoadView)
	for _, c := range cases {
		out.Stops = append(out.Stops, c.stops(v.now)...)
	}
	if s.Grant != nil && s.Grant.Follow != nil {
		out.Next = s.Grant.Follow.Ref
	}
	last := cases[len(cases)-1]
	out.Began = cases[0].rec.state.Filed
	if st := last.rec.state; st.over() {
		out.Ended = st.Closed
	}
	pack := v.e.packs.byHash[s.Pack]
	for svc := last.svc; out.Ended.IsZero() && pack != nil && svc.Follow != nil; {
		next, ok := pack.Service(svc.Follow.Service)
		if !ok || len(out.Stops) > 100 {
			break
		}
		for _, step := range next.Steps {
			out.Stops = append(out.Stops, RoadStop{Service: next.Title, Step: step.Title, By: step.By, State: RoadNext})
		}
		svc = next
	}
	until := v.now
	if !out.Ended.IsZero() {
		until = out.Ended
	}
	out.Days = v.days(out.Began, until)
	out.Spent, err = v.spent(cases, until)
	return out, err
}

// spent counts the days of the road by whom they waited for.
func (v *viewing) spent(cases []*viewing, until time.Time) (release.Road, error) {
	var w roadWalk
	for _, c := range cases {
		for _, ev := range c.events {
			w.take(c.svc, roadEvent{ev.kind, ev.step, ev.reason, ev.at})
		}
	}
	cal, err := v.e.roadCalendar(cases[len(cases)-1].rec.state)
	if err != nil {
		return release.Road{}, err
	}
	return w.count(until, v.e.Zone, cal)
}

// alongRoad are the cases of the road that the case is on, the first one first.
func (v *viewing) alongRoad(ctx context.Context) ([]*viewing, error) {
	list := []*viewing{v}
	for first := v; first.rec.state.From != nil && !first.rec.state.From.Brought && len(list) < roadMost; {
		before, err := v.other(ctx, first.rec.state.From.Ref)
		if err != nil || before == nil {
			return list, err
		}
		list, first = slices.Insert(list, 0, before), before
	}
	for last := v; last.rec.state.Grant != nil && last.rec.state.Grant.Follow != nil && len(list) < roadMost; {
		next, err := v.other(ctx, last.rec.state.Grant.Follow.Ref)
		if err != nil || next == nil {
			return list, err
		}
		list, last = append(list, next), next
	}
	return list, nil
}

// other reads another case of the road; nil if it was erased.
func (v *viewing) other(ctx context.Context, ref aiqyn.Reference) (*viewing, error) {
	rec, err := v.e.caseOf(ctx, ref)
	if aiqyn.KindOf(err) == aiqyn.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o := &viewing{e: v.e, rec: rec, viewer: v.viewer, sight: v.sight, now: v.now}
	if o.svc, err = v.e.packs.service(rec.state.Pack, rec.state.Service); err != nil {
		return nil, err
	}
	return o, o.read(ctx)
}

// stops are the steps of one case: those that were taken, the open one, and if it
// is not over those that may still come.
func (v *viewing) stops(now time.Time) []RoadStop {
	s := v.rec.state
	var list []RoadStop
	begin := func(step *service.Step, at time.Time) {
		list = append(list, RoadStop{Ref: s.Ref, Service: v.svc.Title, Step: step.Title, By: step.By, State: RoadNow, From: at})
	}
	finish := func(at time.Time) {
		if n := len(list); n > 0 && list[n-1].State == RoadNow {
			list[n-1].State, list[n-1].To, list[n-1].Days = RoadDone, at, v.days(list[n-1].From, at)
		}
	}
	var last aiqyn.StepID
	for _, ev := range v.events {
		switch d := ev.data.(type) {
		case *opened:
			finish(ev.at)
			if step := findStep(v.svc, d.Step); step != nil && !offered(d.Step) {
				begin(step, ev.at)
				last = d.Step
			}
		case *charged:
			finish(ev.at)
			begin(findStep(v.svc, ev.step), ev.at)
			if ev.step != service.StepPayment {
				last = ev.step
			}
		case *bidEntered:
			finish(ev.at)
			begin(findStep(v.svc, ev.step), ev.at)
			last = ev.step
		case *granted, *refused, *withdrawn, *lapsed, *annulled:
			finish(ev.at)
		case *performed, *paid, *bidWon:
			finish(ev.at)
		case *contested: // what was going on is still to come
			if n := len(list); n > 0 && list[n-1].State == RoadNow {
				list = list[:n-1]
			}
		}
	}
	if s.over() || s.Step == "" {
		finish(s.Closed)
		return list
	}
	if n := len(list); n > 0 && list[n-1].State == RoadNow {
		list[n-1].Due, list[n-1].Days = s.Due, v.days(list[n-1].From, now)
	}
	at := position(v.svc, last)
	if s.unpaid() {
		at = position(v.svc, v.svc.Fee.After)
	}
	for _, step := range v.svc.Steps[at+1:] {
		if v.comes(step) {
			list = append(list, RoadStop{Ref: s.Ref, Service: v.svc.Title, Step: step.Title, By: step.By, State: RoadNext})
		}
	}
	return list
}

// comes reports whether a step is to come, as far as one can tell by now.
func (v *viewing) comes(step *service.Step) bool {
	if step.When == nil {
		return true
	}
	vars, err := v.e.variables(v.svc, v.rec, v.now)
	if err != nil {
		return true
	}
	holds, err := step.When.Program.Eval(vars)
	return err != nil || holds || len(v.rec.state.Records) == 0
}

// days counts the civil days from one instant to another.
func (v *viewing) days(from, to time.Time) int {
	n := 0
	for at, end := deadline.DateOf(from.In(v.e.Zone)), deadline.DateOf(to.In(v.e.Zone)); at.Before(end); at = at.AddDays(1) {
		n++
	}
	return n
}
