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

// readQueuesAndLots reads all queues and lots to be shown.
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
	e.show(qs, ls)
	return nil
}

// show has what was read shown, unless this process holds the lease by now. A turn that
// began before the lease was lost is over first: it reads what it decides by.
func (e *Engine) show(qs *queues, ls *lots) {
	e.tenure.mu.Lock()
	defer e.tenure.mu.Unlock()
	if e.tenure.lease.Holder != "" {
		return // what is decided by was read, or is about to be
	}
	e.turning.Lock()
	defer e.turning.Unlock()
	e.queues.show(qs)
	e.lots.show(ls)
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

// show takes what another has read.
func (qs *queues) show(read *queues) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	qs.of, qs.zone, qs.since, qs.days = read.of, read.zone, read.since, read.days
}

func (ls *lots) show(read *lots) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.of, ls.parcels, ls.cases = read.of, read.parcels, read.cases
}
