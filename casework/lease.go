package casework

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// Sharing is how one of several processes shares the log of a database with
// the others. One of them holds a lease and decides; the others serve pages,
// hand commands over to it, and take its place when it is gone. The lease only
// chooses who tries: a process that holds it no more and writes all the same
// is refused by the fence of the head.
type Sharing struct {
	Name    string        // of this process, unlike any other's
	Address string        // where the others hand commands over: "http://10.0.0.5:9090"
	Lease   time.Duration // how long it runs without being renewed; 0: 4 s
	Every   time.Duration // how often it is looked after; 0: 500 ms
}

// tenure is what a process knows of its lease.
type tenure struct {
	mu      sync.Mutex
	lease   store.Lease // as last taken or renewed; a zero one: not held
	ready   atomic.Bool // held, and all of the log's memory is read
	notYet  time.Time   // when to try again after taking it has failed
	lastSaw int64       // size of the head when it was last followed
}

// Leads reports whether this process decides what comes next in the log: one
// that shares it with nobody always does.
func (e *Engine) Leads() bool { return e.leads() }

func (e *Engine) leads() bool { return e.Sharing == nil || e.tenure.ready.Load() }

// share begins to look after the lease.
func (e *Engine) share(ctx, run context.Context) error {
	shared := *e.Sharing
	if shared.Lease == 0 {
		shared.Lease = 4 * time.Second
	}
	if shared.Every == 0 {
		shared.Every = 500 * time.Millisecond
	}
	e.Sharing = &shared
	if err := e.tend(ctx, run); err != nil {
		return err
	}
	head, err := e.Store.Head(ctx)
	if err != nil {
		return err
	}
	if head.Origin != e.Origin {
		return aiqyn.E(aiqyn.Invalid, "error.other-origin", "log", head.Origin, "configured", e.Origin)
	}
	e.done.Go(func() { e.keepLease(run) })
	e.done.Go(func() { e.keepShown(run) })
	return nil
}

// keepLease renews the lease, or takes it when it is nobody's.
func (e *Engine) keepLease(run context.Context) {
	tick := time.NewTicker(e.Sharing.Every)
	defer tick.Stop()
	for {
		select {
		case <-run.Done():
			return
		case <-tick.C:
		}
		if err := e.tend(run, run); err != nil && run.Err() == nil {
			e.Log.Warn("lease of the log", "err", err)
		}
	}
}

// tend does once what is to be done about the lease.
func (e *Engine) tend(ctx, run context.Context) error {
	e.tenure.mu.Lock()
	defer e.tenure.mu.Unlock()
	now := e.Clock()
	next := e.tenure.lease
	next.Expires = now.Add(e.Sharing.Lease)
	if e.tenure.lease.Holder != "" {
		renewed, err := e.Store.RenewLease(ctx, next)
		if err == nil && renewed {
			e.tenure.lease = next
			return nil
		}
		if err != nil && now.Before(e.tenure.lease.Expires) {
			return err // it still runs
		}
		e.lose(err)
		return err
	}
	if now.Before(e.tenure.notYet) {
		return e.follow(ctx)
	}
	next.Holder, next.Address = e.Sharing.Name, e.Sharing.Address
	was, err := e.Store.Lease(ctx)
	if err == nil && was.Expires.After(now) {
		return e.follow(ctx)
	}
	head, taken, err := e.Store.TakeLease(ctx, e.Origin, next, now)
	if err != nil || !taken {
		return err
	}
	next.Fence = head.Fence
	e.tenure.lease = next
	e.Log.Info("took the log over", "fence", head.Fence, "size", head.Size)
	e.done.Go(func() { e.assume(run, head) })
	return nil
}

// lose notes that the log is another's, or may be by now.
func (e *Engine) lose(err error) {
	e.Log.Warn("lost the lease of the log", "err", err)
	e.tenure.ready.Store(false)
	e.tenure.lease = store.Lease{}
}

// assume checks the log that was taken against its witnesses and reads into
// memory what deciding needs. The lease is renewed meanwhile.
func (e *Engine) assume(run context.Context, head store.Head) {
	err := e.takeOver(run, head)
	e.tenure.mu.Lock()
	defer e.tenure.mu.Unlock()
	if e.tenure.lease.Fence != head.Fence {
		return // lost meanwhile
	}
	if err == nil {
		e.tenure.ready.Store(true)
		e.Nudge()
		return
	}
	e.Log.Error("the log cannot be taken over", "err", err)
	if err := e.Store.EndLease(run, e.tenure.lease); err != nil && run.Err() == nil {
		e.Log.Warn("give the lease back", "err", err)
	}
	e.tenure.lease, e.tenure.notYet = store.Lease{}, e.Clock().Add(e.Sharing.Lease)
}

// errTakenOver has the sequencer forget what it knew of the log before.
var errTakenOver = errors.New("the log was taken over")

func (e *Engine) takeOver(run context.Context, head store.Head) error {
	if head.Origin != e.Origin {
		return aiqyn.E(aiqyn.Invalid, "error.other-origin", "log", head.Origin, "configured", e.Origin)
	}
	if err := e.checkWitnesses(run, head); err != nil {
		return err
	}
	if err := e.packs.refresh(run, e); err != nil {
		return err
	}
	e.fence.Store(head.Fence)
	e.broken.Store(&errTakenOver)
	// The next command makes the sequencer read the log; this one does no more.
	_, err := e.send(run, &wake{})
	return err
}

// follow keeps what a process that does not decide shows near to what is: the
// head, the packs, what is held of shares, what witnesses have cosigned.
func (e *Engine) follow(ctx context.Context) error {
	head, err := e.Store.Head(ctx)
	if err != nil {
		return err
	}
	cosigned, err := e.Store.LastCosigned(ctx)
	if err != nil {
		return err
	}
	e.witness.mu.RLock()
	known := e.witness.last.Size
	e.witness.mu.RUnlock()
	if cosigned.Size != known || e.tenure.lastSaw == 0 {
		e.knowCosigned(cosigned)
	}
	if head.Size == e.tenure.lastSaw {
		return nil
	}
	e.health.head.Store(head.Size)
	e.health.recorded.Store(head.Recorded.UnixMicro())
	if err := e.packs.refresh(ctx, e); err != nil {
		return err
	}
	if e.Capacity != nil {
		if err := e.Capacity.load(ctx, e); err != nil {
			return err
		}
		if err := e.followOrders(ctx); err != nil {
			return err
		}
	}
	e.tenure.lastSaw = head.Size
	return nil
}

// giveBack ends the lease with the process, so that another need not wait for
// it to run out.
func (e *Engine) giveBack() {
	if e.Sharing == nil {
		return
	}
	e.tenure.mu.Lock()
	defer e.tenure.mu.Unlock()
	if e.tenure.lease.Holder == "" {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	if err := e.Store.EndLease(ctx, e.tenure.lease); err != nil {
		e.Log.Warn("give the lease back", "err", err)
	}
	e.tenure.ready.Store(false)
	e.tenure.lease = store.Lease{}
}
