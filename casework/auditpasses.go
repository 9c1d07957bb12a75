package casework

import (
	"context"
	"sync"
)

// folded holds against one another, and against the rest of the database, what the
// entries have been folded into: first what puts it in order, then what only reads it.
func (a *auditor) folded(ctx context.Context) error {
	first := oneByOne(a.reservations, a.booksSaid, a.precedences, a.loadsNamed)
	networks := oneByOne(a.networks, a.classifications, a.differences, a.measurements, a.meters)
	rest := oneByOne(a.reductions, a.settlings, a.queues, a.lots, a.roads, a.shardsTold, a.contradictions, a.payments, a.public, a.commands, a.reports, a.accounts, a.officers, a.namesOfOfficers, a.publicSince)
	if err := first(ctx); err != nil {
		return err
	}
	if err := together(ctx, networks, rest, a.announced); err != nil {
		return err
	}
	return a.leftovers(ctx)
}

// oneByOne runs passes one after another; the first error ends them.
func oneByOne(passes ...func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for _, pass := range passes {
			if err := pass(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// together runs passes that do not need each other side by side; the first
// error ends them all.
func together(ctx context.Context, passes ...func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	for _, pass := range passes {
		all.Go(func() {
			if err := pass(ctx); err != nil {
				stop(err)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}
