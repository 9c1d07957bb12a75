package casework

import (
	"context"
	"time"

	"aiqyn/store"
)

// A process that does not decide shows queues and lots, too, and decides nothing by them.
// It reads them again beside the log as that grows, and spends no more than a part of its
// time on it: where a million wait, what it shows is some minutes old.
const shownShare = 20

// keepShown does so until the process ends.
func (e *Engine) keepShown(run context.Context) {
	tick := time.NewTicker(e.Sharing.Every)
	defer tick.Stop()
	saw := int64(-1)
	var next time.Time
	for {
		select {
		case <-run.Done():
			return
		case <-tick.C:
		}
		size := e.health.head.Load()
		if e.leads() {
			saw = -1
			continue
		}
		if size == saw || time.Now().Before(next) {
			continue
		}
		began := time.Now()
		if err := e.readQueuesAndLots(run); err == nil {
			saw = size
		} else if run.Err() == nil {
			e.Log.Warn("queues and lots to show", "err", err)
		}
		next = time.Now().Add(shownShare * time.Since(began))
	}
}

// readQueuesAndLots reads all queues and lots, and shows them unless this process decides by now.
func (e *Engine) readQueuesAndLots(ctx context.Context) error {
	head, err := e.Store.Head(ctx)
	if err != nil {
		return err
	}
	qs, ls := &queues{}, &lots{}
	if err := qs.load(ctx, e.Store, e.Zone, head.Recorded); err != nil {
		return err
	}
	if err := ls.load(ctx, e.Store); err != nil {
		return err
	}
	for row, err := range e.Store.EntriesByCase(ctx, 0, 1) {
		if err != nil {
			return err
		}
		if err := e.takeShown(qs, ls, row); err != nil {
			return err
		}
	}
	if err := qs.recallLate(ctx, e.Store); err != nil {
		return err
	}
	e.queues.show(qs)
	e.lots.show(ls)
	return nil
}

// takeShown takes one of the system's entries, if it is of a queue or a lot.
func (e *Engine) takeShown(qs *queues, ls *lots, row *store.Entry) error {
	ofQueue, ofLot := ofQueues(EventKind(row.Kind)), ofLots(EventKind(row.Kind))
	if !ofQueue && !ofLot {
		return nil
	}
	ev, err := e.systemEvent(row)
	switch {
	case err != nil:
		return err
	case ofQueue:
		return qs.recall(ev)
	}
	return ls.recall(ev)
}

// ofQueues reports whether an entry of the system is remembered with queues.
func ofQueues(kind EventKind) bool {
	switch kind {
	case EventPlaces, EventSchedule, EventQueueTable, EventQueueConfirmed, EventQueueDeclined, EventRoundCommitted, EventRoundDrawn, EventRoundSettled:
		return true
	}
	return false
}

// ofLots reports whether it is remembered with lots.
func ofLots(kind EventKind) bool {
	switch kind {
	case EventLotPublished, EventLotWithdrawn, EventLotOpened, EventLotDrawn, EventLotSettled, EventLotContracted, EventLotDefaulted, EventLotAnnulled:
		return true
	}
	return false
}

// show takes what another has read, unless this process decides.
func (qs *queues) show(read *queues) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	if !qs.decides {
		qs.of, qs.zone, qs.since, qs.days = read.of, read.zone, read.since, read.days
	}
}

func (ls *lots) show(read *lots) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if !ls.decides {
		ls.of, ls.parcels, ls.cases = read.of, read.parcels, read.cases
	}
}

// showOnly notes that this process decides no more.
func (e *Engine) showOnly() {
	e.queues.mu.Lock()
	e.queues.decides = false
	e.queues.mu.Unlock()
	e.lots.mu.Lock()
	e.lots.decides = false
	e.lots.mu.Unlock()
}
