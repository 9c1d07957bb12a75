// Command peers measures what two well-kept workflow engines do with a case of
// five steps beside what Aiqyn does with one, on this machine, in one run.
//
// The case is that of a power connection: filed, a surveyor drawn, surveyed, an
// engineer drawn, decided. The peers get the lightest form of it: each step
// makes a record of [recordSize] bytes, durable before the next begins, and
// nothing else. Aiqyn's case is the whole one, with its rules, its network, its
// draws, its encryption, its log and its signatures, and a withdrawal after it.
//
// Each engine has as many cases under way as suits it best of those in
// [crowds], on a PostgreSQL of its own with its defaults for durability.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"aiqyn/store/cluster"
)

const (
	recordSize = 300 // bytes that a step leaves behind
	steps      = 5
	warm       = 2 * time.Second
	span       = 8 * time.Second
)

// crowds is how many cases may be under way at once.
var crowds = []int{16, 64, 256}

// engine runs cases; run returns when one is finished.
type engine struct {
	name string
	open func(ctx context.Context, url string) (run func(context.Context) error, end func(), err error)
}

func main() {
	if err := measure(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context) error {
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "cases of five steps\tper second\tunder way\t")
	for _, e := range []engine{{"DBOS Transact on PostgreSQL", openDBOS}, {"River on PostgreSQL", openRiver}} {
		best, crowd, err := bestOf(ctx, e)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		fmt.Fprintf(out, "%s\t%.0f\t%d\t\n", e.name, best, crowd)
	}
	for _, ours := range []struct{ name, group, figure string }{
		{"Aiqyn on PostgreSQL", "pages", "pages.postgres.lifecycles"}, {"Aiqyn on SQLite", "kernel", "kernel.lifecycles"},
	} {
		rate, err := benchOf(ctx, ours.group, ours.figure)
		if err != nil {
			return fmt.Errorf("%s: %w", ours.name, err)
		}
		fmt.Fprintf(out, "%s\t%.0f\t256\t\n", ours.name, rate)
	}
	return out.Flush()
}

// bestOf is the highest rate of an engine and with how many cases under way.
func bestOf(ctx context.Context, e engine) (best float64, crowd int, err error) {
	for _, n := range crowds {
		rate, err := one(ctx, e, n)
		if err != nil {
			return 0, 0, err
		}
		if rate > best {
			best, crowd = rate, n
		}
	}
	return best, crowd, nil
}

func one(ctx context.Context, e engine, crowd int) (float64, error) {
	server, err := cluster.Start()
	if err != nil {
		return 0, err
	}
	defer server.Remove()
	url, err := server.Create("peer")
	if err != nil {
		return 0, err
	}
	run, end, err := e.open(ctx, url)
	if err != nil {
		return 0, err
	}
	defer end()
	return steady(ctx, crowd, run)
}

// openPool gives an engine as many connections as it may want.
func openPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	settings, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	settings.MaxConns = 64
	return pgxpool.NewWithConfig(ctx, settings)
}

// steady is how many runs a second finish in a span, after a time to warm up,
// as that of aiqyn bench.
func steady(ctx context.Context, workers int, run func(context.Context) error) (float64, error) {
	from := time.Now().Add(warm)
	var finished atomic.Int64
	var group sync.WaitGroup
	failed := make(chan error, workers)
	for range workers {
		group.Go(func() {
			for time.Since(from) < span {
				if err := run(ctx); err != nil {
					failed <- err
					return
				}
				if since := time.Since(from); since >= 0 && since < span {
					finished.Add(1)
				}
			}
		})
	}
	group.Wait()
	close(failed)
	return float64(finished.Load()) / span.Seconds(), <-failed
}

// benchOf takes one figure from aiqyn bench.
func benchOf(ctx context.Context, group, figure string) (float64, error) {
	program := exec.CommandContext(ctx, "go", "run", "./cmd/aiqyn", "bench", group, "--only", figure+"$", "--json")
	program.Dir, program.Stderr = "../..", os.Stderr
	raw, err := program.Output()
	if err != nil {
		return 0, err
	}
	var figures []struct {
		Name  string
		Value float64
	}
	if err := json.Unmarshal(raw, &figures); err != nil {
		return 0, err
	}
	for _, f := range figures {
		if f.Name == figure {
			return f.Value, nil
		}
	}
	return 0, errors.New("it was not measured: " + figure)
}
