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

// stepper does a step and puts the next into the queue, in one transaction
// with the end of its own.
type stepper struct {
	river.WorkerDefaults[step]
	pool    *pgxpool.Pool
	waiting sync.Map // a case's number → chan struct{}
}

func (s *stepper) Work(ctx context.Context, job *river.Job[step]) error {
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx)
	if job.Args.Number < steps {
		next := step{Case: job.Args.Case, Number: job.Args.Number + 1, Record: record}
		if _, err := river.ClientFromContext[pgx.Tx](ctx).InsertTx(ctx, tx, next, nil); err != nil {
			return err
		}
	}
	if _, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	if job.Args.Number == steps {
		if done, ok := s.waiting.LoadAndDelete(job.Args.Case); ok {
			close(done.(chan struct{}))
		}
	}
	return nil
}

// openRiver runs a case as five jobs, each put into the queue by the one
// before.
func openRiver(ctx context.Context, url string) (func(context.Context) error, func(), error) {
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
	workers, s := river.NewWorkers(), &stepper{pool: pool}
	river.AddWorker(workers, s)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 200}}, Workers: workers,
		FetchCooldown: time.Millisecond, FetchPollInterval: 100 * time.Millisecond, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
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
