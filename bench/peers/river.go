package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// step is a job: one step of a case, with what the step before left behind.
type step struct {
	Case   int64  `json:"case"`
	Number int    `json:"number"`
	Record string `json:"record"`
}

func (step) Kind() string { return "step" }

// riverWorkers is how many jobs River does at once: fewer than there are
// connections, for each may hold one while River itself needs some.
const riverWorkers = 48

// riverForms are the ways to run a chain of jobs on River. By default it looks
// for work ten times a second at most, which caps what so many workers get done.
func riverForms() (forms []form) {
	for _, eager := range []bool{false, true} {
		cooldown, often := river.FetchCooldownDefault, "default cooldown"
		if eager {
			cooldown, often = river.FetchCooldownMin, "least cooldown"
		}
		for _, f := range []struct {
			name string
			work func(*stepper, context.Context, *river.Job[step]) error
		}{{"ended in the step's transaction", (*stepper).inOne}, {"ended by River in batches", (*stepper).apart}} {
			forms = append(forms, form{f.name + ", " + often, func(ctx context.Context, url string) (func(context.Context) error, func(), error) {
				return openRiver(ctx, url, f.work, cooldown)
			}})
		}
	}
	return forms
}

// stepper does a step and puts the next into the queue.
type stepper struct {
	river.WorkerDefaults[step]
	work    func(*stepper, context.Context, *river.Job[step]) error
	pool    *pgxpool.Pool
	waiting sync.Map // a case's number → chan struct{}
}

// Work does a job; with the last of its case whoever waits for it is told.
func (s *stepper) Work(ctx context.Context, job *river.Job[step]) error {
	if err := s.work(s, ctx, job); err != nil {
		return err
	}
	if job.Args.Number == steps {
		if done, ok := s.waiting.LoadAndDelete(job.Args.Case); ok {
			close(done.(chan struct{}))
		}
	}
	return nil
}

// next is the step after that of a job.
func next(job *river.Job[step]) step {
	return step{Case: job.Args.Case, Number: job.Args.Number + 1, Record: record}
}

// inOne queues the next step in one transaction with the end of its own.
func (s *stepper) inOne(ctx context.Context, job *river.Job[step]) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if job.Args.Number < steps {
		if _, err := river.ClientFromContext[pgx.Tx](ctx).InsertTx(ctx, tx, next(job), nil); err != nil {
			return err
		}
	}
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// apart queues the next step and leaves the end of its own to River, which
// writes many at once, later. A crash between them does a step twice, and a case
// counts as finished before its last step is written as ended: both favour River.
func (s *stepper) apart(ctx context.Context, job *river.Job[step]) error {
	if job.Args.Number == steps {
		return nil
	}
	_, err := river.ClientFromContext[pgx.Tx](ctx).Insert(ctx, next(job), nil)
	return err
}

// openRiver runs a case as five jobs, each put into the queue by the one
// before.
func openRiver(ctx context.Context, url string, work func(*stepper, context.Context, *river.Job[step]) error, cooldown time.Duration) (
	func(context.Context) error, func(), error) {
	pool, err := openPool(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), nil)
	if err != nil {
		return nil, nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, nil, err
	}
	workers, s := river.NewWorkers(), &stepper{work: work, pool: pool}
	river.AddWorker(workers, s)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: riverWorkers}}, Workers: workers,
		FetchCooldown: cooldown, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return nil, nil, err
	}
	if err := client.Start(ctx); err != nil {
		return nil, nil, err
	}
	var number atomic.Int64
	run := func(ctx context.Context) error {
		n, done := number.Add(1), make(chan struct{})
		s.waiting.Store(n, done)
		if _, err := client.Insert(ctx, step{Case: n, Number: 1, Record: record}, nil); err != nil {
			return err
		}
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	end := func() {
		limited, stop := context.WithTimeout(ctx, 5*time.Second)
		defer stop()
		_ = client.StopAndCancel(limited) // what is still in the queue is of no use
		pool.Close()
	}
	return run, end, nil
}
