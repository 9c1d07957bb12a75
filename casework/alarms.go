package casework

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"aiqyn/store"
)

// Alarms are kept for the cases whose time comes soon, above all those that
// wait for a round of the beacon: they are woken at that instant, without the
// database being asked again and again. All others, and those that a process
// before this one left, are found by a look at the database now and then.
const (
	alarmHorizon = time.Minute
	maxAlarms    = 1 << 16
)

// alarms knows when cases on disk want to be woken.
type alarms struct {
	mu    sync.Mutex
	at    map[int64]time.Time // by number; what else the queue holds is stale
	queue alarmQueue
	awake map[int64]bool // on their way through the sequencer
	news  chan struct{}  // an alarm was set that is earlier than all others
}

type alarm struct {
	no int64
	at time.Time
}

func newAlarms() *alarms {
	return &alarms{at: make(map[int64]time.Time), awake: make(map[int64]bool), news: make(chan struct{}, 1)}
}

// set notes when the cases of a batch, now on disk, want to be woken.
func (a *alarms) set(cases []store.Case, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	was, any := a.first()
	for i := range cases {
		c := &cases[i]
		delete(a.awake, c.No)
		if c.Wake.IsZero() || c.Wake.Sub(now) > alarmHorizon || len(a.at) >= maxAlarms {
			delete(a.at, c.No)
			continue
		}
		a.at[c.No] = c.Wake
		heap.Push(&a.queue, alarm{c.No, c.Wake})
	}
	if first, some := a.first(); some && (!any || first.Before(was)) {
		select {
		case a.news <- struct{}{}:
		default:
		}
	}
}

// due takes out the cases whose time has come, at most so many.
func (a *alarms) due(now time.Time, limit int) []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var nos []int64
	for len(nos) < limit {
		at, some := a.first()
		if !some || at.After(now) {
			break
		}
		no := heap.Pop(&a.queue).(alarm).no
		delete(a.at, no)
		a.awake[no] = true
		nos = append(nos, no)
	}
	return nos
}

// next is the earliest alarm.
func (a *alarms) next() (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.first()
}

// first drops what is stale from the head of the queue and returns what is not.
func (a *alarms) first() (time.Time, bool) {
	for len(a.queue) > 0 {
		top := a.queue[0]
		if at, ok := a.at[top.no]; ok && at.Equal(top.at) {
			return top.at, true
		}
		heap.Pop(&a.queue)
	}
	return time.Time{}, false
}

// wakes reports whether a case found in the database is woken without it: it
// has an alarm, or is on its way.
func (a *alarms) wakes(no int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.at[no]; ok {
		return true
	}
	return a.awake[no]
}

// settled notes that a case is no longer on its way.
func (a *alarms) settled(no int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.awake, no)
}

// clear forgets everything: another process wakes the cases now.
func (a *alarms) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.at)
	clear(a.awake)
	a.queue = nil
}

// keepAlarms wakes each case whose alarm goes off. It waits for none of them.
func (e *Engine) keepAlarms(run context.Context) {
	timer := time.NewTimer(longestSleep)
	for {
		select {
		case <-run.Done():
			return
		case <-e.alarms.news:
		case <-timer.C:
		}
		if !e.leads() {
			e.alarms.clear()
			timer.Reset(longestSleep)
			continue
		}
		e.wakeSoon(run, e.alarms.due(e.Clock(), e.Batch))
		wait := longestSleep
		if at, some := e.alarms.next(); some {
			wait = min(wait, max(0, at.Sub(e.Clock())))
		}
		timer.Reset(wait)
	}
}

// wakeSoon sends cases through the sequencer and goes on.
func (e *Engine) wakeSoon(run context.Context, nos []int64) {
	for _, no := range nos {
		r, err := e.enqueue(run, &wake{no: no})
		if err != nil {
			return // the process ends
		}
		e.done.Go(func() {
			defer e.alarms.settled(no)
			if _, err := e.await(run, r); err != nil && run.Err() == nil {
				e.health.overdue.Add(1)
				e.Log.Error("timer failed", "case", no, "err", err)
			}
		})
	}
}

// alarmQueue is a heap of alarms, the earliest first.
type alarmQueue []alarm

func (q alarmQueue) Len() int           { return len(q) }
func (q alarmQueue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q alarmQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *alarmQueue) Push(x any)        { *q = append(*q, x.(alarm)) }
func (q *alarmQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
