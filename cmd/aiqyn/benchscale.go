package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/store"
)

func newVerifier(key *ledger.Key) (*ledger.Verifier, error) {
	return ledger.NewVerifier([]note.Verifier{key}, nil)
}

// stored measures the same whole cases again beside very many stored ones.
func (b *bench) stored(w *benchWorld) error {
	return b.storedBeside(w, "kernel.lifecycles.1m", b.many(), !b.long)
}

// storedMost does so at the scale of a country, which takes thirty gigabytes.
func (b *bench) storedMost(w *benchWorld) error {
	if !b.long {
		return nil
	}
	return b.storedBeside(w, "kernel.lifecycles.5m", 5_000_000, false)
}

// storedBeside fills up to so many cases.
func (b *bench) storedBeside(w *benchWorld, name string, cases int, smaller bool) error {
	alone := b.figures[len(b.figures)-1]
	for _, f := range b.figures {
		if f.Name == "kernel.lifecycles" {
			alone = f
		}
	}
	if err := b.fill(w, cases-len(w.stored)); err != nil {
		return err
	}
	rate, err := b.wholeCases(w)
	if err != nil {
		return err
	}
	b.add(figure{Name: name, Value: rate, Unit: "1/s", Better: "higher", Goal: 0.85 * alone.Value,
		Limit: of(alone.Value), LimitName: "the same without them", Extrapolated: smaller})
	return nil
}

// many is how many cases are stored where it is measured beside many.
func (b *bench) many() int {
	if b.long {
		return 1_000_000
	}
	return 50_000
}

// owner is whose the n-th stored case is: the first of those who come has a long
// list, and all of them as many of the rest.
func owner(n int) int {
	if n < deepCases {
		return 1
	}
	return 1 + n%visitors
}

// storedBytes is what a stored case takes of the disk, with its indexes, and some more.
const storedBytes = 7_000

// fill stores so many finished cases more, with the engine closed.
func (b *bench) fill(w *benchWorld, cases int) error {
	if err := checkDisk(w.dir, uint64(cases)*storedBytes); err != nil {
		return err
	}
	filed, err := w.Do(b.ctx, casework.File{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(0)},
		Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}})
	if err != nil {
		return err
	}
	no, err := strconv.ParseInt(string(filed.Case), 10, 64)
	if err != nil {
		return err
	}
	w.office.Close()
	w.office = nil
	db, err := store.Open(b.ctx, w.url(), store.Options{NoSync: true})
	if err != nil {
		return err
	}
	err = casework.Filling{
		Store: db, DataKey: w.keys.data, Example: no, Cases: cases, Of: func(int64) aiqyn.PersonID { return benchPerson(owner(len(w.stored))) },
		Made: func(_ int64, ref aiqyn.Reference) { w.stored = append(w.stored, ref) },
		Progress: func(done, total int) {
			if done%(total/10) == 0 {
				fmt.Fprintf(b.stderr, "storing cases: %d of %d\n", done, total)
			}
		},
	}.Fill(b.ctx)
	db.Close()
	if err != nil {
		return err
	}
	return w.open(b.ctx)
}

// page measures the pages that citizens open, over HTTP, beside very many stored
// cases, at two hundred requests a second.
func (b *bench) page(w *benchWorld) error {
	if err := b.filled(w); err != nil {
		return err
	}
	s, err := newVisits(b.ctx, w)
	if err != nil {
		return err
	}
	defer s.site.Close()
	debug.FreeOSMemory() // of what was measured before
	return b.opened(s, "kernel.page", 200, visitSpan)
}

// filled stores very many cases, unless somebody has.
func (b *bench) filled(w *benchWorld) error {
	if len(w.stored) > 0 {
		return nil
	}
	return b.fill(w, b.many())
}

// memory measures the most that a process holds while it serves pages over what
// is stored: the engine is opened afresh, as a server's is, and what was needed
// before is given back. Whoever asks for the pages, and the town that is
// measured in, are in the same process and count as well.
func (b *bench) memory(w *benchWorld) error {
	w.batches = nil
	if err := b.filled(w); err != nil {
		return err
	}
	w.office.Close()
	w.office = nil
	if err := w.open(b.ctx); err != nil {
		return err
	}
	s, err := newVisits(b.ctx, w)
	if err != nil {
		return err
	}
	defer s.site.Close()
	debug.FreeOSMemory()
	if err := forgetPeak(); err != nil {
		return err
	}
	_, err = paced(b.ctx, 200, 10*time.Second, func(ctx context.Context) error {
		p := s.any()
		return s.get(ctx, p.by, p.page())
	})
	if err != nil {
		return err
	}
	peak, err := peakBytes()
	if err != nil {
		return err
	}
	b.add(figure{Name: "kernel.memory", Value: float64(peak) / 1e6, Unit: "MB", Better: "lower", Goal: 300, Extrapolated: !b.long})
	return nil
}

// paced calls f at a rate, whatever the calls take.
func paced(ctx context.Context, perSecond int, span time.Duration, f func(context.Context) error) (times, error) {
	n := int(span.Seconds() * float64(perSecond))
	took := make(times, n)
	errs := make(chan error, n)
	start := time.Now()
	for i := range n {
		at := start.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(at))
		go func() {
			err := f(ctx)
			took[i] = time.Since(at)
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			return nil, err
		}
	}
	return took, nil
}

// forgetPeak begins anew to note the most memory that the process holds.
func forgetPeak() error { return os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// peakBytes is the most memory that the process has held since.
func peakBytes() (uint64, error) {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if kib, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kib), "kB")), 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("/proc/self/status tells no peak")
}

// demo measures how long a newcomer waits for the demonstration.
func (b *bench) demo(*benchWorld) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := b.tempDir()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, stop := context.WithTimeout(b.ctx, 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, self, "demo", "--dir", dir, "--listen", "127.0.0.1:0")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	var ready time.Duration
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "ready in") {
			ready = time.Since(began)
			stop()
		}
	}
	cmd.Wait() // it was interrupted: how it ends is of no account
	if ready == 0 {
		return errors.New("the demonstration did not come up")
	}
	b.add(figure{Name: "kernel.demo", Value: ready.Seconds(), Unit: "s", Better: "lower", Goal: 10})
	return nil
}
