package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"aiqyn"
	"aiqyn/casework"
)

// benchWaiting is how many applications for power wait before one that is filed, and
// benchFilings how many are timed.
const (
	benchWaiting = 3000
	benchFilings = 101
)

// filingQueue measures one filing for power with thousands of open ones before it, beside
// the same where nobody waits: from the command to its receipt, one after the other.
func (b *bench) filingQueue() error {
	dir, err := b.tempDir()
	if err != nil {
		return err
	}
	w, err := newBenchWorld(b.ctx, dir, nil, benchWaiting+2*benchFilings)
	if err != nil {
		os.RemoveAll(dir)
		return err
	}
	defer w.close()
	var next atomic.Int64
	alone, err := w.filings(b.ctx, &next)
	if err != nil {
		return err
	}
	if err := w.othersAsk(b.ctx, &next); err != nil {
		return err
	}
	queued, err := w.filings(b.ctx, &next)
	if err != nil {
		return err
	}
	b.add(figure{Name: "grid.filing.queue", Value: ms(queued), Unit: "ms", Better: "lower", Goal: 25, Limit: of(ms(alone)),
		LimitName: fmt.Sprintf("the same where nobody waits; %d wait", benchWaiting)})
	return nil
}

// othersAsk has others file who wait from then on.
func (w *benchWorld) othersAsk(ctx context.Context, next *atomic.Int64) error {
	errs := make([]error, underWay)
	var left atomic.Int64
	left.Store(benchWaiting)
	var all sync.WaitGroup
	for worker := range errs {
		all.Go(func() {
			for errs[worker] == nil && left.Add(-1) >= 0 {
				_, errs[worker] = w.asksForPower(ctx, int(next.Add(1)))
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// filings is how long one takes of several, each of which is withdrawn again.
func (w *benchWorld) filings(ctx context.Context, next *atomic.Int64) (time.Duration, error) {
	took := make(times, benchFilings)
	for i := range took {
		began := time.Now()
		filed, err := w.asksForPower(ctx, int(next.Add(1)))
		if took[i] = time.Since(began); err != nil {
			return 0, err
		}
		if err := w.withdraws(ctx, filed, int(next.Load())); err != nil {
			return 0, err
		}
	}
	return took.at(0.5), nil
}

// asksForPower files an application for a parcel's power.
func (w *benchWorld) asksForPower(ctx context.Context, i int) (casework.Result, error) {
	i %= w.parcels
	return w.Do(ctx, casework.File{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(i)}, Service: "energy.connection", Lang: "kk", Channel: "online",
		Answers: map[string]string{"parcel": benchParcel(i), "load": "2", "category": "III", "term": "permanent", "phases": "one-phase"}})
}

// withdraws takes an application back.
func (w *benchWorld) withdraws(ctx context.Context, filed casework.Result, i int) error {
	_, err := w.Do(ctx, casework.Withdraw{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(i % w.parcels)}, Ref: filed.Ref})
	return err
}
