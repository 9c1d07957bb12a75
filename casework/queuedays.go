package casework

import (
	"context"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
	"aiqyn/store"
)

// A round is held on each working day on which a place is free that somebody waits for.
// Nobody can make an operator hold it; what is here is that anybody sees when none was.
// The engine notes it when the log goes on past the hour of rounds, and the audit tells
// it again by the same function, from the log alone.

// dayWatch goes from hour to hour of rounds.
type dayWatch struct {
	next deadline.Date // whose hour has not been passed; zero: nothing has happened yet
	hour time.Time     // of next
	// days are those at whose hour a place was free that somebody waited for, and of
	// which no round was begun, by service, the oldest first. The last may yet have its
	// round, until the next hour. Days off are among them: see [packs.worked].
	days map[aiqyn.ServiceID][]string
}

// from begins at an instant.
func (w *dayWatch) from(at time.Time, zone *time.Location) {
	w.days = make(map[aiqyn.ServiceID][]string)
	w.next = deadline.DateOf(at.In(zone))
	if w.hour = roundHour(w.next, zone); w.hour.Before(at) {
		w.step(zone)
	}
}

func (w *dayWatch) step(zone *time.Location) {
	w.next = w.next.AddDays(1)
	w.hour = roundHour(w.next, zone)
}

func roundHour(d deadline.Date, zone *time.Location) time.Time { return d.Start(zone).Add(roundsAt) }

// pass passes the hours of rounds before an instant, with the queues as they stand, and
// says what it has noted. The caller holds the lock.
func (qs *queues) pass(at time.Time, rules func(aiqyn.ServiceID) *service.Service) (found []store.QueueDay) {
	w := &qs.days
	if w.next == (deadline.Date{}) {
		w.from(at, qs.zone)
	}
	for ; w.hour.Before(at); w.step(qs.zone) {
		for svc, q := range qs.of {
			if of := rules(svc); of != nil && q.couldShare(svc, of.Queue, roundTime{w.next.String(), w.hour, qs.zone}) {
				w.days[svc] = append(w.days[svc], w.next.String())
				found = append(found, store.QueueDay{Service: string(svc), Day: w.next.String()})
			}
		}
	}
	return found
}

// begun notes that the round of a day was begun, and says how that is undone.
func (w *dayWatch) begun(svc aiqyn.ServiceID, day string) (undo func()) {
	was := w.days[svc]
	if n := len(was); n > 0 && was[n-1] == day {
		w.days[svc] = was[: n-1 : n-1]
		return func() { w.days[svc] = was }
	}
	return func() {}
}

// passHours notes the hours of rounds that were passed since the last entry, before the
// next is written.
func (t *turn) passHours() {
	qs := &t.e.queues
	if !qs.days.hour.Before(t.now) { // nobody else changes it
		return
	}
	qs.mu.Lock()
	defer qs.mu.Unlock()
	next, hour := qs.days.next, qs.days.hour
	found := qs.pass(t.now, t.e.packs.queueNow)
	t.queueDays = append(t.queueDays, found...)
	t.undo = append(t.undo, func() {
		qs.mu.Lock()
		defer qs.mu.Unlock()
		for _, f := range found {
			days := qs.days.days[aiqyn.ServiceID(f.Service)]
			qs.days.days[aiqyn.ServiceID(f.Service)] = days[:len(days)-1]
		}
		qs.days.next, qs.days.hour = next, hour
	})
}

// queueNow is a service of the pack in force that is waited for; nil if there is none.
func (p *packs) queueNow(id aiqyn.ServiceID) *service.Service {
	if svc, ok := p.current().Service(id); ok && svc.Queue != nil {
		return svc
	}
	return nil
}

// worked reports whether a day is one on which offices work by every version of a
// calendar: one that was announced as a holiday late is none.
func (p *packs) worked(calendar string, d deadline.Date) bool {
	return !slices.ContainsFunc(p.calendarsNamed(calendar), func(cal *deadline.Calendar) bool {
		is, _, err := cal.IsWorking(d)
		return err != nil || !is
	})
}

// couldShare reports whether a round of a moment would have a place that somebody waits
// for.
func (q *queue) couldShare(svc aiqyn.ServiceID, of *service.Queue, at roundTime) bool {
	open, _ := q.open(of.Slots, at)
	return slices.ContainsFunc(open, func(id string) bool { return q.wanted(svc, of, id) })
}

// wanted reports whether somebody waits for a place of a group, or for a slot of it.
func (q *queue) wanted(svc aiqyn.ServiceID, of *service.Queue, id string) bool {
	line := q.lines[lineOf(svc, seatGroup(id))]
	if line == nil || line.Len() == 0 {
		return false
	}
	if of.Slots == nil {
		return true
	}
	for _, w := range q.waits {
		if slices.Contains(w.groups, seatGroup(id)) && wishOf(w.wish).allows(id) {
			return true
		}
	}
	return false
}

// MissedDays are working days, one after another, at whose hour of rounds a queue had a
// place free that somebody waited for, and of which no round was held.
type MissedDays struct {
	First, Last string // 2006-01-02
	Days        int    // working days
}

// missedOf makes spans of days, the oldest first: a round held between two of them parts
// them. The last may have its round still, until the hour of the day after it.
func (p *packs) missedOf(svc *service.Service, days []string, rounds []*round, now time.Time, zone *time.Location) (list []MissedDays) {
	for _, day := range days {
		d, err := deadline.ParseDate(day)
		if err != nil || !p.worked(svc.Calendar, d) || !roundHour(d.AddDays(1), zone).Before(now) {
			continue
		}
		n := len(list)
		if n > 0 && !slices.ContainsFunc(rounds, func(r *round) bool { return r.committed.Day > list[n-1].Last && r.committed.Day < day }) {
			list[n-1].Last, list[n-1].Days = day, list[n-1].Days+1
			continue
		}
		list = append(list, MissedDays{day, day, 1})
	}
	return list
}

// mostUnwatched is for how many days without any entry an engine looks on its own.
const mostUnwatched = 400

// MissedDays lists the working days on which a queue had a place free that somebody
// waited for and no round was held, the newest first.
func (e *Engine) MissedDays(svc *service.Service) []MissedDays {
	if svc.Queue == nil {
		return nil
	}
	now, qs := e.Clock(), &e.queues
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc.ID]
	if q == nil {
		return nil
	}
	w := qs.days // a copy that goes on to now: no entry has changed anything since, unless another process writes them
	days := slices.Clip(w.days[svc.ID])
	for n := 0; n < mostUnwatched && e.leads() && w.next != (deadline.Date{}) && w.hour.Before(now); n++ {
		if q.couldShare(svc.ID, svc.Queue, roundTime{w.next.String(), w.hour, qs.zone}) {
			days = append(days, w.next.String())
		}
		w.step(qs.zone)
	}
	list := e.packs.missedOf(svc, days, q.rounds, now, e.Zone)
	slices.Reverse(list)
	return list
}

// daysSince is the instant from which on days without a round are noted: a log that was
// begun before has them from the upgrade on, until it is rebuilt.
const daysSince = "queue-days-since"

func daysSinceOf(ctx context.Context, db *store.DB) (time.Time, error) {
	text, err := db.Setting(ctx, daysSince)
	if err != nil || text == "" {
		return time.Time{}, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}, err
	}
	return time.UnixMicro(n), nil
}

// loadDays reads the days that were noted before a log's last entry.
func (qs *queues) loadDays(ctx context.Context, db *store.DB, recorded time.Time) error {
	qs.days = dayWatch{}
	if recorded.IsZero() {
		return nil
	}
	qs.days.from(recorded, qs.zone)
	days, err := db.QueueDays(ctx)
	for _, d := range days {
		svc := aiqyn.ServiceID(d.Service)
		qs.days.days[svc] = append(qs.days.days[svc], d.Day)
	}
	return err
}
