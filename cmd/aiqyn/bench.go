package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const benchUsage = `usage: aiqyn bench kernel|pages|grid|allocation [--long] [--json]

Measures on this machine, each figure beside its limit in the same run: what
the same database does with the same rows and nothing else, or what bare
signature checks cost. It exits 0 whenever it measured, whether or not the
goals were met. --long goes to full scale.

  kernel   the engine and the ledger, on SQLite
  pages    the pages of citizens and the lists on SQLite and PostgreSQL, which it
           starts for itself, and whole commands on PostgreSQL
  grid     power flow, free capacity of a nation, grants, connection points; with
           AIQYN_REFERENCE on the reference networks, else on invented ones
  allocation  a round of a million children from its file to the published result,
           how rounds grow, a position among millions
`

// figure is one measured value, as bench prints it.
type figure struct {
	Name         string   `json:"name"`
	Value        float64  `json:"value"`
	Unit         string   `json:"unit"`
	Better       string   `json:"better"` // higher, lower
	Goal         float64  `json:"goal"`
	Met          bool     `json:"met"`
	Limit        *float64 `json:"limit"`
	LimitName    string   `json:"limit_name"`
	Peer         *float64 `json:"peer"`
	PeerName     string   `json:"peer_name"`
	Extrapolated bool     `json:"extrapolated"`
}

// bench is one run of measurements.
type bench struct {
	*call
	long    bool
	only    string
	figures []figure
}

// add notes a figure; met follows from goal and direction.
func (b *bench) add(f figure) {
	f.Value = round3(f.Value)
	f.Goal = round3(f.Goal)
	f.Met = f.Value >= f.Goal
	if f.Better == "lower" {
		f.Met = f.Value <= f.Goal
	}
	b.figures = append(b.figures, f)
	fmt.Fprintf(b.stderr, "%-28s %12.4g %s\n", f.Name, f.Value, f.Unit)
}

func round3(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

func of(v float64) *float64 { v = round3(v); return &v }

func benchCommandLine(c *call) error {
	long := c.flags.Bool("long", false, "full scale: minutes, gigabytes")
	asJSON := c.flags.Bool("json", false, "print JSON")
	only := c.flags.String("only", "", "measure only the `figures` whose name begins so, or is so before a $, and what they need")
	profile := c.flags.String("cpuprofile", "", "write a CPU profile to `FILE`")
	words, err := c.words(1, 1)
	if err != nil {
		return err
	}
	measure, known := map[string]func(*bench) error{"kernel": (*bench).kernel, "pages": (*bench).pages, "grid": (*bench).grid, "allocation": (*bench).allocation}[words[0]]
	if !known {
		return c.error("cli.bench-unknown", "name", words[0])
	}
	b := &bench{call: c, long: *long, only: *only}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if words[0] != "allocation" {
		keepRoom(c.ctx) // as in serve
	}
	if err := measure(b); err != nil {
		return err
	}
	return b.print(*asJSON)
}

func (b *bench) print(asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(b.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(b.figures)
	}
	fmt.Fprintf(b.stdout, "%-28s %12s  %-8s %14s  %-4s %s\n", "figure", "value", "unit", "goal", "met", "beside")
	for _, f := range b.figures {
		beside := ""
		if f.Limit != nil {
			beside = fmt.Sprintf("%.4g %s (%s)", *f.Limit, f.Unit, f.LimitName)
		}
		if f.Peer != nil {
			beside += fmt.Sprintf(" %.4g (%s)", *f.Peer, f.PeerName)
		}
		if f.Extrapolated {
			beside += " at a smaller scale, see --long"
		}
		sign := map[string]string{"higher": "≥", "lower": "≤"}[f.Better]
		fmt.Fprintf(b.stdout, "%-28s %12.4g  %-8s %12s %.4g  %-4v %s\n", f.Name, f.Value, f.Unit, sign, f.Goal, f.Met, beside)
	}
	return nil
}

// times are how long each of many calls took.
type times []time.Duration

func (t times) at(quantile float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	slices.Sort(t)
	return t[min(len(t)-1, int(quantile*float64(len(t))))]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// drive calls f from so many workers until the time is over; it returns how
// many calls were finished per second, and how long each took.
func drive(ctx context.Context, workers int, span time.Duration, f func(context.Context) error) (perSecond float64, took times, err error) {
	var mu sync.Mutex
	var failed atomic.Pointer[error]
	start := time.Now()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			var own times
			for time.Since(start) < span && failed.Load() == nil {
				began := time.Now()
				if err := f(ctx); err != nil {
					failed.Store(&err)
					break
				}
				own = append(own, time.Since(began))
			}
			mu.Lock()
			took = append(took, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	if e := failed.Load(); e != nil {
		return 0, nil, *e
	}
	return float64(len(took)) / time.Since(start).Seconds(), took, nil
}

// steady is how many calls of f so many workers finish per second once all of
// them are at work: what is under way in the beginning, when nobody is through
// yet, and in the end, when nobody begins any more, is not counted.
func steady(ctx context.Context, workers int, warm, span time.Duration, f func(context.Context) error) (perSecond float64, err error) {
	from := time.Now().Add(warm)
	var finished atomic.Int64
	_, _, err = drive(ctx, workers, warm+span, func(ctx context.Context) error {
		err := f(ctx)
		if since := time.Since(from); since >= 0 && since < span {
			finished.Add(1)
		}
		return err
	})
	return float64(finished.Load()) / span.Seconds(), err
}

// tempDir makes a folder beside the working directory's file system, not in
// memory: commits must reach a disk.
func (b *bench) tempDir() (string, error) { return os.MkdirTemp("", "aiqyn-bench-") }
