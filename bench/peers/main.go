// Command peers measures what two well-kept workflow engines do with a case of
// five steps beside what Aiqyn does with one, on this machine, in one run.
//
// The case is that of a power connection: filed, a surveyor drawn, surveyed, an
// engineer drawn, decided. The peers get the lightest form of it: each step
// makes a record of [recordSize] bytes, durable before the next begins, and
// nothing else. Aiqyn's case is the whole one, with its rules, its network, its
// draws, its encryption, its log and its signatures, and a withdrawal after it.
//
// Each peer runs in each of its forms with each of [crowds] of cases under way,
// on a fresh PostgreSQL with its defaults for durability; the best counts. Ours
// is not tried like that: it always has 256 under way. Nobody gets more than
// [maxConns] connections to the database.
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
	patience   = 2 * time.Minute // for one measurement, its database with it
	maxConns   = 64
)

// crowds is how many cases may be under way at once.
var crowds = []int{16, 64, 256}

// engine is a peer in the forms in which it can be set up.
type engine struct {
	name  string
	forms []form
}

// form is one way to run cases; run returns when one is finished.
type form struct {
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
	fmt.Fprintln(out, "cases of five steps\tper second\tunder way\tform\t")
	for _, e := range []engine{{"DBOS Transact on PostgreSQL", []form{{"steps of a workflow", openDBOS}}}, {"River on PostgreSQL", riverForms()}} {
		best, err := e.best(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		fmt.Fprintf(out, "%s\t%.0f\t%d\t%s\t\n", e.name, best.rate, best.crowd, best.form)
	}
	for _, ours := range []struct{ name, group, figure string }{
		{"Aiqyn on PostgreSQL", "pages", "pages.postgres.lifecycles"}, {"Aiqyn on SQLite", "kernel", "kernel.lifecycles"},
	} {
		rate, err := benchOf(ctx, ours.group, ours.figure)
		if err != nil {
			return fmt.Errorf("%s: %w", ours.name, err)
		}
		fmt.Fprintf(out, "%s\t%.0f\t256\tas it ships\t\n", ours.name, rate)
	}
	return out.Flush()
}

// measured is a rate, and what it was reached with.
type measured struct {
	rate  float64
	crowd int
	form  string
}

// best is the highest rate of an engine, in whatever form and with however many
// cases under way.
func (e engine) best(ctx context.Context) (best measured, err error) {
	for _, f := range e.forms {
		for _, crowd := range crowds {
			rate, err := one(ctx, f, crowd)
			if err != nil {
				return best, fmt.Errorf("%s, %d under way: %w", f.name, crowd, err)
			}
			fmt.Fprintf(os.Stderr, "%s, %s, %d under way: %.0f/s\n", e.name, f.name, crowd, rate)
			if rate > best.rate {
				best = measured{rate, crowd, f.name}
			}
		}
	}
	return best, nil
}

// one measures once, and gives up on what hangs.
func one(ctx context.Context, f form, crowd int) (float64, error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	server, err := cluster.Start()
	if err != nil {
		return 0, err
	}
	defer server.Remove()
	url, err := server.Create("peer")
	if err != nil {
		return 0, err
	}
	run, end, err := f.open(ctx, url)
	if err != nil {
		return 0, err
	}
	defer end()
	return steady(ctx, crowd, run)
}

// openPool gives an engine up to maxConns connections: more than two cores make
// use of, and a cap all the same, which whoever waits for one feels.
func openPool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	settings, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	settings.MaxConns = maxConns
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
