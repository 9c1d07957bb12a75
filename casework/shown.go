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
		if read, err := e.readQueuesAndLots(run); err == nil {
			e.show(read)
			saw = size
		} else if run.Err() == nil {
			e.Log.Warn("queues and lots to show", "err", err)
		}
		next = time.Now().Add(shownShare * time.Since(began))
	}
}

// queuesAndLots are all of them, as they were read to be shown.
type queuesAndLots struct {
	queues queues
	lots   lots
}

// readQueuesAndLots reads them.
func (e *Engine) readQueuesAndLots(ctx context.Context) (*queuesAndLots, error) {
	head, err := e.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	read := new(queuesAndLots)
	if err := read.queues.load(ctx, e.Store, e.Zone, head.Recorded); err != nil {
		return nil, err
	}
	if err := read.lots.load(ctx, e.Store); err != nil {
		return nil, err
	}
	for row, err := range e.Store.EntriesByCase(ctx, 0, 1) {
		if err != nil {
			return nil, err
		}
		if err := e.takeShown(read, row); err != nil {
			return nil, err
		}
	}
	return read, read.queues.recallLate(ctx, e.Store)
}

// show has what was read shown, unless this process holds the lease by now. A turn that
// began before the lease was lost is over first: it reads what it decides by.
func (e *Engine) show(read *queuesAndLots) {
	e.tenure.mu.Lock()
	defer e.tenure.mu.Unlock()
	if e.tenure.lease.Holder != "" {
		return // what is decided by was read, or is about to be
	}
	e.turning.Lock()
	defer e.turning.Unlock()
	e.queues.show(&read.queues)
	e.lots.show(&read.lots)
}

// takeShown takes one of the system's entries, if it is of a queue or a lot.
func (e *Engine) takeShown(read *queuesAndLots, row *store.Entry) error {
	ofQueue, ofLot := ofQueues(EventKind(row.Kind)), ofLots(EventKind(row.Kind))
	if !ofQueue && !ofLot {
		return nil
	}
	ev, err := e.systemEvent(row)
	switch {
	case err != nil:
		return err
	case ofQueue:
		return read.queues.recall(ev)
	}
	return read.lots.recall(ev)
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
