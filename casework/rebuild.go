package casework

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// RebuildReport is what was made again from the log, and what had been different.
type RebuildReport struct {
	OK       bool  // nothing had been different, and nothing could not be made again
	Checked  int64 // entries read
	Made     int64 // rows and tiles that follow from them
	Differed int64 // of those, how many were not what the log gives
	// Mended says of what differed what it was, at most a hundred; Problems what
	// cannot be made again, because the log itself is not whole.
	Mended, Problems []Problem
}

// rebuilding is a rebuild in progress: an audit that mends.
type rebuilding struct {
	*auditor
	report RebuildReport
	batch  store.Batch
	gone   store.Gone
	tiles  tileMending
}

// Rebuild makes everything again that follows from the log: the tiles of the
// tree, the rows of cases with what lists find them by, what is held of shares,
// what the payment provider owes a word about, mandates, counts, lists of free
// power, what meters have counted, who waits in which queue, lots with their bids, what pictures and commands are found again by, and the indexes of all
// tables. Each is made by the fold that made it first,
// held byte for byte against what stands there, and put in its place if that is
// another.
//
// It wants the database to itself, open for writing: it takes the log's lease
// and a new fence, so that a process that still writes is refused. Whatever it
// writes is whole by itself; one that was killed is run again. The log and the
// keys are never touched, and where an entry is not what its leaf commits to,
// nothing is made of it.
func Rebuild(ctx context.Context, cfg AuditConfig) (RebuildReport, error) {
	a, err := newAuditor(ctx, cfg)
	if errors.Is(err, store.ErrNoHead) {
		return RebuildReport{Problems: []Problem{headless()}}, nil
	}
	if err != nil {
		return RebuildReport{}, err
	}
	b := &rebuilding{auditor: a}
	ctx, giveBack, err := b.seize(ctx)
	if err != nil {
		return b.report, err
	}
	defer giveBack()
	if err := b.run(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return b.report, err
	}
	r := &b.report
	r.Problems = a.report().Problems
	r.OK = r.Differed == 0 && len(r.Problems) == 0
	return *r, nil
}

func (b *rebuilding) run(ctx context.Context) error {
	defer func() { b.report.Checked = b.out.Checked }()
	if err := b.Store.Reindex(ctx); err != nil {
		return err
	}
	if err := b.sound(ctx); err != nil || len(b.found) > 0 {
		return err
	}
	for _, pass := range []func(context.Context) error{b.tree, b.cases, b.mandates, b.reservations, b.inversions, b.queuePlaces, b.lots, b.payments, b.demands, b.commands, b.measurements, b.meters, b.publications, b.publicSince, b.officers, b.namesOfOfficers} {
		if err := pass(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sound reads the log without changing anything: its leaves must give the root
// that its key has signed and its witnesses know, and the system's own entries
// must be what they were. Otherwise there is nothing to make anything from.
func (b *rebuilding) sound(ctx context.Context) error {
	if err := b.hashed(ctx, b.tiles.compare(b.Store)); err != nil {
		return err
	}
	return b.system(ctx)
}

// rebuildLease is how long the log stays taken when a rebuild is killed.
const rebuildLease = 8 * time.Second

// seize takes the log from whoever may write to it, until it is given back. The
// context ends when it is lost.
func (b *rebuilding) seize(ctx context.Context) (context.Context, func(), error) {
	l := store.Lease{Holder: "rebuild/" + rand.Text(), Expires: time.Now().Add(rebuildLease)}
	head, taken, err := b.Store.TakeLease(ctx, b.origin, l, time.Now())
	if err == nil && !taken {
		err = aiqyn.E(aiqyn.Conflict, "error.log-held")
	}
	if err != nil {
		return ctx, nil, err
	}
	b.head, l.Fence = head, head.Fence
	run, lost := context.WithCancelCause(ctx)
	over := make(chan struct{})
	go func() {
		defer close(over)
		tick := time.NewTicker(rebuildLease / 4)
		defer tick.Stop()
		for {
			select {
			case <-run.Done():
				return
			case <-tick.C:
			}
			l.Expires = time.Now().Add(rebuildLease)
			if renewed, err := b.Store.RenewLease(run, l); err != nil || !renewed {
				lost(errors.Join(aiqyn.E(aiqyn.Conflict, "error.log-held"), err))
				return
			}
		}
	}()
	return run, func() {
		lost(nil)
		<-over
		b.Store.EndLease(context.WithoutCancel(ctx), l) // else it runs out by itself
	}, nil
}

// differed notes what was not what the log gives.
func (b *rebuilding) differed(where, what string, args ...any) {
	if b.report.Differed++; len(b.report.Mended) < maxProblems {
		b.report.Mended = append(b.report.Mended, Problem{Where: where, What: fmt.Sprintf(what, args...)})
	}
}

// gathered is how many rows wait to be written.
func (b *rebuilding) gathered() int {
	w, g := &b.batch, &b.gone
	n := len(w.Cases) + len(w.Tiles) + len(w.Reservations) + len(w.Commands) + len(w.Demands) + len(w.Likenesses) + len(w.Payments) + len(w.Mandates) + len(w.MandateCases) + len(w.Measurements) + len(g.Measurements) + len(w.Meters) + len(g.Meters) + len(w.Places) + len(w.Moves) + len(g.Places) + len(g.Moves) + len(w.Inversions) + len(g.Inversions) + len(w.QueueDays) + len(g.QueueDays) +
		len(w.Lots) + len(w.LotCases) + len(g.Lots) + len(g.LotCases) +
		len(g.Cases) + len(g.Tiles) + len(g.Reservations) + len(g.Commands) + len(g.Demands) + len(g.Likenesses) + len(g.Publications) + len(g.Mandates) + len(g.MandateCases)
	if w.Capacity != nil {
		n++
	}
	return n
}

// putMany is put once many have gathered.
func (b *rebuilding) putMany(ctx context.Context) error {
	if b.gathered() < auditSlice/8 {
		return nil
	}
	return b.put(ctx)
}

// put writes what has gathered, in one transaction.
func (b *rebuilding) put(ctx context.Context) error {
	if b.gathered() == 0 {
		return nil
	}
	b.batch.Was, b.batch.Head = b.head, b.head
	err := b.Store.Replace(ctx, &b.batch, b.gone)
	b.batch, b.gone = store.Batch{}, store.Gone{}
	return err
}
