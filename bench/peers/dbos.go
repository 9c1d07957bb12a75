package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
)

var record = strings.Repeat("x", recordSize)

// openDBOS runs a case as a workflow of five steps. DBOS keeps the outcome of
// each in its own tables before the next begins.
func openDBOS(ctx context.Context, url string) (func(context.Context) error, func(), error) {
	pool, err := openPool(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	system, err := dbos.NewContext(ctx, dbos.Config{AppName: "peers", SystemDBPool: pool, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return nil, nil, err
	}
	dbos.RegisterWorkflow(system, fiveSteps)
	if err := dbos.Launch(system); err != nil {
		return nil, nil, err
	}
	run := func(ctx context.Context) error {
		handle, err := dbos.RunWorkflow(system, fiveSteps, record)
		if err != nil {
			return err
		}
		done := make(chan error, 1)
		go func() {
			_, err := handle.GetResult()
			done <- err
		}()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	end := func() {
		if err := dbos.Shutdown(system, 5*time.Second); err != nil {
			fmt.Println("dbos:", err)
		}
		pool.Close()
	}
	return run, end, nil
}

func fiveSteps(ctx dbos.Context, filed string) (string, error) {
	for range steps {
		if _, err := dbos.RunAsStep(ctx, func(context.Context) (string, error) { return filed, nil }); err != nil {
			return "", err
		}
	}
	return "decided", nil
}
