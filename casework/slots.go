package casework

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/deadline"
	"aiqyn/service"
)

// A slot is a place that has a time (docs/decisions/0015). A group of such places
// is waited for like any other; its seats are its slots, and a seat is called by
// its group and the local time at which it begins.

// session is an unbroken row of slots of one group, as it was published last.
type session struct {
	from    time.Time
	minutes int // of each slot
	count   int
	places  int  // in each slot
	sameDay bool // for tickets of the day alone
	entry   int64
}

func (s *session) to() time.Time {
	return s.from.Add(time.Duration(s.count*s.minutes) * time.Minute)
}

// slot is one of a session.
type slot struct {
	id         string // seat: "pol-1/cardiologist/20261201T0900"
	start, end time.Time
	places     int
	sameDay    bool
	entry      int64
}

// slotTime is how a seat's name tells when it begins, in the zone of the office.
const slotTime = "20060102T1504"

func seatAt(group string, start time.Time, zone *time.Location) string {
	return group + "/" + start.In(zone).Format(slotTime)
}

// seatGroup is the group of a seat: the seat itself if it has no time.
func seatGroup(seat string) string {
	if parts := strings.SplitN(seat, "/", 3); len(parts) == 3 {
		return parts[0] + "/" + parts[1]
	}
	return seat
}

// institutionOf is whose a group or a seat is.
func institutionOf(group string) string {
	name, _, _ := strings.Cut(group, "/")
	return name
}

// timed tells whether a seat has a time, and what it says of it.
func timed(seat string) (label string, ok bool) {
	parts := strings.SplitN(seat, "/", 3)
	if len(parts) < 3 {
		return "", false
	}
	return parts[2], true
}

// slots lists the slots of a group from an instant on, the earliest first.
func (g *placeGroup) slots(from time.Time) (list []slot) {
	for _, s := range g.sessions {
		for i := range s.count {
			start := s.from.Add(time.Duration(i*s.minutes) * time.Minute)
			if start.Before(from) {
				continue
			}
			list = append(list, slot{
				id: seatAt(g.id, start, g.zone), start: start, end: start.Add(time.Duration(s.minutes) * time.Minute), places: s.places, sameDay: s.sameDay, entry: s.entry,
			})
		}
	}
	return list
}

// slot finds a slot by its seat.
func (q *queue) slot(seat string) (slot, bool) {
	label, ok := timed(seat)
	g := q.groups[seatGroup(seat)]
	if !ok || g == nil {
		return slot{}, false
	}
	start, err := time.ParseInLocation(slotTime, label, g.zone)
	if err != nil {
		return slot{}, false
	}
	list := g.slots(start)
	if len(list) == 0 || list[0].id != seat {
		return slot{}, false
	}
	return list[0], true
}

// spare is how many of a slot's places are nobody's.
func (q *queue) spare(s slot) int { return s.places - q.taken[s.id] }

// bookable finds a slot of which a place is nobody's.
func (qs *queues) bookable(svc aiqyn.ServiceID, seat string) (slot, bool) {
	qs.mu.RLock()
	defer qs.mu.RUnlock()
	q := qs.of[svc]
	if q == nil {
		return slot{}, false
	}
	s, ok := q.slot(seat)
	return s, ok && q.spare(s) > 0
}

// given lists the slots of a group that a round gives, closed at an instant, with
// how many places of each are nobody's.
func (q *queue) given(g *placeGroup, rules *service.Slots, closed time.Time, free map[string]int) {
	until := closed.AddDate(0, 0, rules.Ahead)
	for _, s := range g.slots(closed.Add(time.Duration(rules.Lead) * time.Hour)) {
		if n := q.spare(s); n > 0 && !s.sameDay && s.start.Before(until) {
			free[s.id] = n
		}
	}
}

// ticket is the earliest place of a group that is left of a day, after an instant.
func (q *queue) ticket(group string, at time.Time) (slot, bool) {
	g := q.groups[group]
	if g == nil {
		return slot{}, false
	}
	today := at.In(g.zone).Format(time.DateOnly)
	for _, s := range g.slots(at) {
		if s.start.In(g.zone).Format(time.DateOnly) != today {
			break
		}
		if s.start.After(at) && q.spare(s) > 0 {
			return s, true
		}
	}
	return slot{}, false
}

// roundTime is the day of a round, and the instant at which its inputs were closed.
type roundTime struct {
	day    string
	closed time.Time
	zone   *time.Location
}

// since is the date by which somebody is ranked: who comes for a time on the same day
// is equal, so that no program is faster than a person.
func (at roundTime) since(of *service.Queue, first time.Time) time.Time {
	if of.Slots == nil {
		return first
	}
	return deadline.DateOf(first.In(at.zone)).Start(at.zone)
}

// wish is when somebody can come: not before a day, in a part of the day.
type wish struct {
	NotBefore string `json:"not-before,omitempty"` // 2006-01-02
	Part      string `json:"part,omitempty"`       // of [service.PartsOfDay]; "" any
}

// String is the wish as a row has it: "2026-12-01 morning", "" if they can always.
func (w wish) String() string { return strings.TrimSpace(w.NotBefore + " " + w.Part) }

// wishOf reads what [wish.String] has written.
func wishOf(text string) (w wish) {
	for word := range strings.FieldsSeq(text) {
		if strings.Contains(word, "-") {
			w.NotBefore = word
		} else {
			w.Part = word
		}
	}
	return w
}

// allows reports whether somebody can come to a seat.
func (w wish) allows(seat string) bool {
	label, ok := timed(seat)
	if !ok || len(label) < len(slotTime) {
		return true
	}
	morning := label[9:11] < "12"
	return label[:8] >= strings.ReplaceAll(w.NotBefore, "-", "") && (w.Part != service.PartMorning || morning) && (w.Part != service.PartAfternoon || !morning)
}

// wishIn is the wish that answers to a service's questions say.
func wishIn(rules *service.Slots, answers map[string]any) (w wish) {
	if rules == nil {
		return w
	}
	w.NotBefore, _ = answers[rules.NotBefore].(string)
	part, _ := answers[rules.Part].(string)
	w.Part = anyPart(part)
	return w
}

// anyPart is a part of the day, "" for any.
func anyPart(part string) string {
	if part == service.PartAny {
		return ""
	}
	return part
}

// sessionsKept is for how long after its end a session is remembered.
const sessionsKept = 30 * 24 * time.Hour

// schedule puts a published session among those of a group, in the place of the
// one that began at the same time; one of no slots goes.
func schedule(list []*session, s *session, now time.Time) []*session {
	kept := slices.DeleteFunc(slices.Clone(list), func(o *session) bool { return o.from.Equal(s.from) || now.Sub(o.to()) > sessionsKept })
	if s.count > 0 && s.places > 0 {
		kept = append(kept, s)
	}
	slices.SortFunc(kept, func(a, b *session) int { return cmp.Compare(a.from.Unix(), b.from.Unix()) })
	return kept
}

// overlaps finds a session of a group that another one would run into.
func overlaps(list []*session, s *session) bool {
	return s.count > 0 && slices.ContainsFunc(list, func(o *session) bool { return !o.from.Equal(s.from) && s.from.Before(o.to()) && o.from.Before(s.to()) })
}
