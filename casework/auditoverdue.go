package casework

import (
	"slices"
	"time"

	"aiqyn"
)

// What a term ends, the engine ends by itself when it is over: a stop, an offer nobody has
// answered, a hold. Who runs the server could leave it undone, and so keep a child out of
// rounds, or a place for somebody. The audit finds what was ended late although the log
// went on, what is not ended at all, and each round that was begun meanwhile.

// overdueSlack is how much later than its term something may be ended while the log goes
// on: a server that comes back after some days has many to end.
const overdueSlack = time.Hour

// roundSlack is how long before a round something may be over and not be ended: rounds end
// first what is due.
const roundSlack = time.Minute

// overdueSpan is that something was over and not ended, from an entry of a case to the
// one that ended it, or [noEntry].
type overdueSpan struct {
	no       int64
	svc      aiqyn.ServiceID
	over     time.Time
	from, to int64
	holds    bool // a place
}

// ends is when what a case of a queue waits for is over by itself; zero if nothing is.
func (s *State) ends() time.Time {
	switch {
	case s.Queue == nil || s.Step == "":
		return time.Time{}
	case s.Held:
		return s.hold().Until
	case s.standing():
		return time.Time{}
	case s.StepState == StepWaiting:
		return s.Queue.Until
	case s.Theirs:
		return s.Due
	}
	return time.Time{}
}

// overdue holds an entry, or the end of the log, to when what ran before it was over. It
// is asked before the entry is folded in.
func (c *caseAudit) overdue(entry int64, at time.Time) {
	s := c.rec.state
	over := s.ends()
	if over.IsZero() || !at.After(over.Add(roundSlack)) {
		return
	}
	c.mu.Lock()
	c.queueFolds.overdue = append(c.queueFolds.overdue, overdueSpan{s.No, s.Service, over, c.before.index, entry, s.place().seat != ""})
	c.mu.Unlock()
	switch {
	case entry == noEntry && at.After(over.Add(overdueSlack)) && c.queueFolds.wentOn(over, at):
		c.wrong(c.last, "case %d: what was over on %s is not ended: a stop, an offer or a hold", s.No, over.In(c.Zone).Format(time.DateTime))
	case entry != noEntry && c.queueFolds.wentOn(over, at):
		c.wrong(entry, "ends what was over on %s, after the log had gone on without it", over.In(c.Zone).Format(time.DateTime))
	}
}

// beat notes that the log went on: an entry of the system, in their order.
func (f *queueFolds) beat(at time.Time) {
	if n := len(f.beats); n == 0 || at.Sub(f.beats[n-1]) >= overdueSlack/2 {
		f.beats = append(f.beats, at)
	}
}

// wentOn reports whether the log went on between two instants, well after the first and
// well before the second.
func (f *queueFolds) wentOn(from, to time.Time) bool {
	i, _ := slices.BinarySearchFunc(f.beats, from.Add(overdueSlack), time.Time.Compare)
	return i < len(f.beats) && f.beats[i].Before(to.Add(-overdueSlack))
}

// leftUndone finds who was kept out of a round, or had a place kept from it, by what was
// over and not ended.
func (t *queueTelling) leftUndone(ev *event, d *roundCommitted) {
	for _, s := range t.queueFolds.overdue {
		if s.svc != d.Service || ev.index <= s.from || ev.index >= s.to || !ev.at.After(s.over.Add(roundSlack)) {
			continue
		}
		if s.holds {
			t.wrong(ev.index, "case %d: a round was begun while it kept a place that was its own until %s", s.no, s.over.In(t.Zone).Format(time.DateTime))
		} else {
			t.wrong(ev.index, "case %d: a round was begun without it, although its stop was over on %s", s.no, s.over.In(t.Zone).Format(time.DateTime))
		}
	}
}
