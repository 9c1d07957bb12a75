package casework

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// missedDays are working days on which a queue had a place free and somebody who waited
// for it at the hour of rounds, and no round was held: one after another.
type missedDays struct {
	first, last string
	n           int
	entry       int64 // after which the first of them came
}

// dayWatch goes from hour to hour of rounds while queues are told again.
type dayWatch struct {
	next    deadline.Date // whose hour has not been passed
	waiting map[aiqyn.ServiceID]string
	missed  map[aiqyn.ServiceID][]missedDays
	entry   int64 // the last one that was told
}

// until passes the hours of rounds before an instant.
func (t *queueTelling) until(at time.Time, entry int64) {
	w := &t.days
	if w.next == (deadline.Date{}) {
		w.next, w.waiting, w.missed = deadline.DateOf(at.In(t.Zone)), make(map[aiqyn.ServiceID]string), make(map[aiqyn.ServiceID][]missedDays)
		if at.After(w.next.Start(t.Zone).Add(roundsAt)) {
			w.next = w.next.AddDays(1)
		}
	}
	for ; w.next.Start(t.Zone).Add(roundsAt).Before(at); w.next = w.next.AddDays(1) {
		t.dayOver()
		for svc, q := range t.qs.of {
			if rules := t.rulesNow(svc); rules != nil && t.worked(rules, w.next) && q.couldShare(svc, rules.Queue, roundTime{w.next.String(), w.next.Start(t.Zone).Add(roundsAt), t.Zone}) {
				w.waiting[svc] = w.next.String()
			}
		}
	}
	w.entry = entry
}

// dayOver notes every queue that was still waiting for the round of the day before.
func (t *queueTelling) dayOver() {
	w := &t.days
	for svc, day := range w.waiting {
		list := w.missed[svc]
		if n := len(list); n > 0 && !t.heldSince(svc, list[n-1].last) {
			list[n-1].last, list[n-1].n = day, list[n-1].n+1
		} else {
			list = append(list, missedDays{day, day, 1, w.entry})
		}
		w.missed[svc] = list
	}
	clear(w.waiting)
}

func (t *queueTelling) heldSince(svc aiqyn.ServiceID, day string) bool {
	rounds := t.qs.at(svc).rounds
	return len(rounds) > 0 && rounds[len(rounds)-1].committed.Day > day
}

func (t *queueTelling) rulesNow(id aiqyn.ServiceID) *service.Service {
	if svc, ok := t.e.packs.current().Service(id); ok && svc.Queue != nil {
		return svc
	}
	return nil
}

// worked reports whether a day is one on which offices work by every version of the
// calendar: one that was announced as a holiday late is none.
func (t *queueTelling) worked(svc *service.Service, d deadline.Date) bool {
	return !slices.ContainsFunc(t.e.packs.calendarsNamed(svc.Calendar), func(cal *deadline.Calendar) bool {
		is, _, err := cal.IsWorking(d)
		return err != nil || !is
	})
}

// couldShare reports whether a round of a moment would have a place that somebody waits
// for.
func (q *queue) couldShare(svc aiqyn.ServiceID, of *service.Queue, at roundTime) bool {
	open, _ := q.open(of.Slots, at)
	for _, id := range open {
		line := q.lines[lineOf(svc, seatGroup(id))]
		if line == nil || line.Len() == 0 {
			continue
		}
		if of.Slots == nil {
			return true
		}
		for _, w := range q.waits {
			if slices.Contains(w.groups, seatGroup(id)) && wishOf(w.wish).allows(id) {
				return true
			}
		}
	}
	return false
}

// remarkDays tells of the days without a round.
func (t *queueTelling) remarkDays() {
	t.until(t.head.Recorded, t.head.Size) // the last day may still have its round
	for svc, list := range t.days.missed {
		for _, m := range list {
			t.remark(m.entry, "%s: on %d working days, from %s to %s, places were free at the hour of rounds, people waited for them, and no round was held", svc, m.n, m.first, m.last)
		}
	}
}

// remark notes what is not forged, and not as it should be.
func (a *auditor) remark(index int64, format string, args ...any) {
	if len(a.remarks) < maxProblems {
		a.remarks = append(a.remarks, located{index, Problem{Where: "entry " + strconv.FormatInt(index, 10), What: fmt.Sprintf(format, args...)}})
	}
}
