package casework

import (
	"slices"
	"time"

	"aiqyn"
	"aiqyn/service"
	"aiqyn/store"
)

// erasedDays tells days without a round of services of which cases were erased. Where such
// a case waited its moves say, but not which seat it had, or was offered. So there are days
// that were surely such ones, with whichever seats, and days that may have been: each of the
// first must be kept, and none but one of the second.
type erasedDays struct {
	of          map[aiqyn.ServiceID]*erasedAlong
	sure, maybe map[aiqyn.ServiceID][]string
}

// erasedAlong is what of a service's erased cases was so at an instant. Of an entry of such
// a case the day is left, and those around it: what was so between the two instants that
// these give may have been so, and is not sure.
type erasedAlong struct {
	steps       []erasedStep // still to come
	maybe, sure map[string]int
	stands      map[int64]int // in how many lines a case surely stands
	there       int           // may have come, and may have a seat unless they stand in a line
	unknown     int           // of whom no moves are known: they may stand in any line
}

// erasedStep is what changes at an instant.
type erasedStep struct {
	at             time.Time
	no             int64
	line           string
	maybe, sure    int
	there, unknown int
}

func (f *queueFolds) erasedDays() *erasedDays {
	d := &erasedDays{of: make(map[aiqyn.ServiceID]*erasedAlong), sure: make(map[aiqyn.ServiceID][]string), maybe: make(map[aiqyn.ServiceID][]string)}
	for svc, spans := range f.erased {
		a := &erasedAlong{maybe: make(map[string]int), sure: make(map[string]int), stands: make(map[int64]int)}
		for i := range spans {
			a.steps = append(a.steps, spans[i].steps(f.around)...)
		}
		slices.SortStableFunc(a.steps, func(x, y erasedStep) int { return x.at.Compare(y.at) })
		d.of[svc] = a
	}
	return d
}

func (s *erasedSpan) steps(around map[int64]around) (list []erasedStep) {
	if s.known && len(s.moves) == 0 {
		return nil // it was in no queue
	}
	came, over := around[s.first].from, around[s.last].to
	list = append(list, erasedStep{at: came, there: 1})
	if !s.granted {
		list = append(list, erasedStep{at: over, there: -1})
	}
	if !s.known {
		return append(list, erasedStep{at: came, unknown: 1}, erasedStep{at: over, unknown: -1})
	}
	for _, m := range s.moves {
		when := around[m.Entry]
		first, second := when.from, when.to
		if m.Step < 0 {
			first, second = second, first
		}
		list = append(list, erasedStep{at: first, no: s.no, line: m.Line, maybe: int(m.Step)}, erasedStep{at: second, no: s.no, line: m.Line, sure: int(m.Step)})
	}
	return list
}

// along goes on to what was so at an instant.
func (a *erasedAlong) along(at time.Time) {
	for ; len(a.steps) > 0 && !a.steps[0].at.After(at); a.steps = a.steps[1:] {
		s := a.steps[0]
		a.there += s.there
		a.unknown += s.unknown
		a.maybe[s.line] += s.maybe
		a.sure[s.line] += s.sure
		if a.stands[s.no] += s.sure; a.stands[s.no] == 0 {
			delete(a.stands, s.no)
		}
	}
}

// pass passes the hours of rounds before an instant, which the queues are about to pass
// themselves, and says which days it has noted.
func (d *erasedDays) pass(qs *queues, at time.Time, rules func(aiqyn.ServiceID) *service.Service) (found []store.QueueDay) {
	w := qs.days // a copy
	if w.hour.IsZero() {
		return nil
	}
	for ; w.hour.Before(at); w.step(qs.zone) {
		day := roundTime{w.next.String(), w.hour, qs.zone}
		for svc, a := range d.of {
			of, q := rules(svc), qs.of[svc]
			if of == nil || q == nil {
				continue
			}
			a.along(w.hour)
			sure, maybe := a.couldShare(q, svc, of.Queue, day)
			if maybe {
				d.maybe[svc] = append(d.maybe[svc], day.day)
			}
			if sure {
				d.sure[svc] = append(d.sure[svc], day.day)
				found = append(found, store.QueueDay{Service: string(svc), Day: day.day})
			}
		}
	}
	return found
}

// couldShare reports whether a round of a moment would surely have had a place that somebody
// waited for, and whether it may have had one.
func (a *erasedAlong) couldShare(q *queue, svc aiqyn.ServiceID, of *service.Queue, at roundTime) (sure, maybe bool) {
	open, free := q.open(of.Slots, at)
	seated := a.there - len(a.stands)
	for _, id := range open {
		line := lineOf(svc, seatGroup(id))
		living := q.wanted(svc, of, id)
		maybe = maybe || living || a.maybe[line] > 0 || a.unknown > 0
		sure = sure || free[id] > seated && (living || a.sure[line] > 0 && of.Slots == nil)
	}
	return sure, maybe
}

// begun notes that the round of a day was begun.
func (d *erasedDays) begun(svc aiqyn.ServiceID, day string) {
	is := func(other string) bool { return other == day }
	d.sure[svc], d.maybe[svc] = slices.DeleteFunc(d.sure[svc], is), slices.DeleteFunc(d.maybe[svc], is)
}
