package casework

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/deadline"
)

// wake is the engine's own command: a case's time has come.
type wake struct {
	no int64
	// reschedule counts the open date again by the calendar now in force.
	reschedule bool
}

func (w *wake) id() aiqyn.CommandID { return "" }
func (w *wake) about() int64        { return w.no }
func (w *wake) by() aiqyn.Actor     { return aiqyn.System }

func (w *wake) prepare(ctx, *Engine) error { return nil }

func (w *wake) decide(t *turn) error {
	if w.reschedule {
		return t.reschedule()
	}
	return nil // run has fired the timers
}

// reschedule counts the date of the open step by the calendar in force. A date
// that has passed stays passed.
func (t *turn) reschedule() error {
	s := t.rec.state
	if s.Step == "" || s.Due.IsZero() || !t.now.Before(s.Due) {
		return nil
	}
	due, version, err := t.due(findStep(t.svc, s.Step), s.Opened)
	if err != nil || version == s.Calendar || !due.After(t.now) {
		return err
	}
	t.emit(EventRescheduled, aiqyn.System, &rescheduled{Calendar: version, Due: due, Was: s.Due})
	if !due.Equal(s.Due) {
		t.tell("message.rescheduled", "due", due)
	}
	return nil
}

// RunDue does everything that is due now: silence, draws, suspensions and
// grants that have run out, a pack whose day has come. It returns how many
// cases it looked at. The engine calls it by itself unless it is Manual.
func (e *Engine) RunDue(ctx context.Context) (int, error) {
	return e.runDue(ctx, func(int64) bool { return false })
}

// runDue is RunDue but for the cases that something else wakes.
func (e *Engine) runDue(ctx context.Context, elsewhere func(no int64) bool) (int, error) {
	if err := e.changePack(ctx); err != nil {
		return 0, err
	}
	if err := e.readWebhooks(ctx); err != nil { // another process may have taken one
		return 0, err
	}
	total := 0
	stuck := make(map[int64]error) // tried, and still due
	for {
		e.health.woken.Store(e.Clock().UnixMicro())
		rows, err := e.Store.CasesToWake(ctx, e.Clock(), e.Batch+len(stuck))
		if err != nil {
			return total, err
		}
		var nos []int64
		for _, r := range rows {
			if stuck[r.No] == nil && !elsewhere(r.No) {
				nos = append(nos, r.No)
			}
		}
		e.askOthers(ctx, rows)
		maps.Copy(stuck, e.wakeAll(ctx, nos, false))
		total += len(nos)
		if len(nos) < e.Batch || ctx.Err() != nil {
			return total, errors.Join(slices.Collect(maps.Values(stuck))...)
		}
	}
}

// wakeAll sends cases through the sequencer and waits for them. One that fails
// is logged and must not keep the others from their right.
func (e *Engine) wakeAll(ctx context.Context, nos []int64, reschedule bool) map[int64]error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	failed := make(map[int64]error)
	fail := func(no int64, err error) {
		mu.Lock()
		defer mu.Unlock()
		failed[no] = err
	}
	for _, no := range nos {
		r, err := e.enqueue(ctx, &wake{no: no, reschedule: reschedule})
		if err != nil {
			fail(no, err)
			continue
		}
		wg.Go(func() {
			if _, err := e.await(ctx, r); err != nil {
				e.health.overdue.Add(1)
				e.Log.Error("timer failed", "case", no, "err", err)
				fail(no, err)
			}
		})
	}
	wg.Wait()
	return failed
}

// changePack puts the pack whose day has come into force, and counts open
// dates again by its calendars.
func (e *Engine) changePack(ctx context.Context) error {
	pack := e.packs.due(deadline.DateOf(e.Clock().In(e.Zone)), e.restsOnWitnesses)
	if pack == nil {
		return nil
	}
	e.packs.use(pack)
	e.sayUnreached(pack)
	if err := e.rescheduleAll(ctx); err != nil {
		return err
	}
	// Noted last: a process that ends before does all of it again.
	return e.Store.PutSetting(ctx, "pack", pack.Hash())
}

// rescheduleAll counts every open date again.
func (e *Engine) rescheduleAll(ctx context.Context) error {
	for after := int64(0); ; {
		rows, err := e.Store.OpenCases(ctx, after, e.Batch)
		if err != nil || len(rows) == 0 {
			return err
		}
		nos := make([]int64, len(rows))
		for i, r := range rows {
			nos[i], after = r.No, r.No
		}
		e.wakeAll(ctx, nos, true)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// longestSleep is how long the engine leaves its timers unlooked at: rounds of
// the beacon come every few seconds, and the clock may have been moved.
const longestSleep = time.Second

// keepWaking runs what is due, in cases and of jobs, every second and when
// nudged. What is to happen sooner has an alarm.
func (e *Engine) keepWaking(run context.Context) {
	timer := time.NewTimer(0)
	for {
		select {
		case <-run.Done():
			return
		case <-e.wakeUp:
		case <-timer.C:
		}
		if err := e.countMachine(run); err != nil && run.Err() == nil {
			e.Log.Error("count what was read", "err", err)
		}
		if e.leads() {
			if _, err := e.runDue(run, e.alarms.wakes); err != nil && run.Err() == nil {
				e.Log.Error("run what is due", "err", err)
			}
			e.startJobs(run)
		}
		timer.Reset(longestSleep)
	}
}

// Nudge makes the engine look at its timers at once: the clock was moved.
func (e *Engine) Nudge() {
	select {
	case e.wakeUp <- struct{}{}:
	default:
	}
}
