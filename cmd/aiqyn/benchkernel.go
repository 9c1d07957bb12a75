package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// kernel measures the engine and the ledger.
func (b *bench) kernel() error {
	dir, err := b.tempDir()
	if err != nil {
		return err
	}
	w, err := newBenchWorld(b.ctx, dir, nil, 20_000)
	if err != nil {
		os.RemoveAll(dir)
		return err
	}
	defer w.close()
	steps := []struct {
		name string
		run  func(*benchWorld) error
	}{
		{"kernel.entries", b.entries}, {"kernel.commands", b.commands}, {"kernel.lifecycles", b.lifecycles}, {"kernel.verify", b.receipts},
		{"kernel.audit", func(*benchWorld) error { return b.audit() }}, {"kernel.lifecycles.1m", b.stored}, {"kernel.page", b.page}, {"kernel.memory", b.memory},
		{"kernel.lifecycles.5m", b.storedMost}, {"kernel.demo", b.demo},
	}
	for _, step := range steps {
		if !b.wanted(step.name) {
			continue
		}
		if err := step.run(w); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

const benchSpan = 2 * time.Second

// entries measures what is left when everything is decided: hash, sign, write.
func (b *bench) entries(w *benchWorld) error {
	for _, writers := range []int{64, 512} {
		text := strings.Repeat("өлшем ", 40)
		rate, limit, _, err := b.beside(w, writers, func(ctx context.Context) error {
			_, err := w.AppendDecided(ctx, text)
			return err
		})
		if err != nil {
			return err
		}
		b.add(figure{Name: "kernel.entries." + strconv.Itoa(writers), Value: rate, Unit: "1/s", Better: "higher", Goal: 0.8 * limit,
			Limit: of(limit), LimitName: "the same rows inserted in batches, unhashed and unsigned"})
	}
	return nil
}

// commands measures whole commands: look up, decide, rule, encrypt, write.
func (b *bench) commands(w *benchWorld) error {
	for _, writers := range []int{64, 512} {
		rate, limit, took, err := b.beside(w, writers, w.certificate)
		if err != nil {
			return err
		}
		b.add(figure{Name: "kernel.commands." + strconv.Itoa(writers), Value: rate, Unit: "1/s", Better: "higher", Goal: 0.4 * limit,
			Limit: of(limit), LimitName: "their rows, five entries each, inserted in batches and nothing else"})
		if writers == 64 {
			b.add(figure{Name: "kernel.commands.64.p99", Value: ms(took.at(0.99)), Unit: "ms", Better: "lower", Goal: 50})
		}
	}
	return nil
}

// rounds is how often a figure and its limit are measured in turn: what else
// the machine does then weighs on both alike.
const rounds = 4

// beside measures a load on the engine, then writes the very rows that it
// wrote to a fresh database, in batches of as many calls as there were
// writers, without hashing or signing anything; and both again.
func (b *bench) beside(w *benchWorld, writers int, f func(context.Context) error) (rate, limit float64, took times, err error) {
	url, err := w.fresh()
	if err != nil {
		return 0, 0, nil, err
	}
	db, err := store.Open(b.ctx, url, store.Options{})
	if err != nil {
		return 0, 0, nil, err
	}
	defer db.Close()
	var spent, bare time.Duration
	for range rounds {
		w.batches, w.keep = nil, true
		began := time.Now()
		_, calls, err := drive(b.ctx, writers, benchSpan/2, f)
		if err != nil {
			return 0, 0, nil, err
		}
		w.db.Tidy()
		spent += time.Since(began)
		w.keep = false
		alone, err := rewrite(b.ctx, db, regroup(w.batches, len(calls), writers))
		if err != nil {
			return 0, 0, nil, err
		}
		w.batches = nil
		bare, took = bare+alone, append(took, calls...)
	}
	calls := float64(len(took))
	return calls / spent.Seconds(), calls / bare.Seconds(), took, nil
}

// rewrite puts batches into a database as they are, whatever its head says.
func rewrite(ctx context.Context, db *store.DB, batches []store.Batch) (time.Duration, error) {
	began := time.Now()
	head, err := db.Begin(ctx, batches[0].Head.Origin)
	if err != nil {
		return 0, err
	}
	for i := range batches {
		batches[i].Was = head
		batches[i].Head.Fence = head.Fence
		if err := db.Commit(ctx, &batches[i]); err != nil {
			return 0, err
		}
		head = batches[i].Head
	}
	db.Tidy()
	return time.Since(began), nil
}

// regroup joins batches until each holds at least what so many callers wrote.
func regroup(batches []store.Batch, calls, writers int) []store.Batch {
	entries := 0
	for i := range batches {
		entries += len(batches[i].Entries)
	}
	full := max(1, entries*writers/max(1, calls))
	var out []store.Batch
	for _, x := range batches {
		if n := len(out); n > 0 && len(out[n-1].Entries) < full {
			out[n-1].Join(&x)
			continue
		}
		out = append(out, x)
	}
	return out
}

// underWay is how many cases are in hand at once.
const underWay = 256

// wholeCases is how many cases a second go from filing to withdrawal.
func (b *bench) wholeCases(w *benchWorld) (float64, error) {
	return steady(b.ctx, underWay, benchSpan, 4*benchSpan, w.lifecycle)
}

// lifecycles measures whole cases at the size the database has by now.
func (b *bench) lifecycles(w *benchWorld) error {
	rate, err := b.wholeCases(w)
	if err != nil {
		return err
	}
	b.add(figure{Name: "kernel.lifecycles", Value: rate, Unit: "1/s", Better: "higher", Goal: 600,
		Peer: of(314), PeerName: "DBOS on SQLite, five steps, as published in November 2026, not this run"})
	return nil
}

// receipts measures offline verification on one core.
func (b *bench) receipts(w *benchWorld) error {
	key, err := ledger.ParseKey(w.keys.verifier)
	if err != nil {
		return err
	}
	head, err := w.Head(b.ctx)
	if err != nil {
		return err
	}
	const n = 4000
	receipts := make([][]byte, 0, n)
	for i := head.Size - n; i < head.Size; i++ {
		r, err := w.Receipt(b.ctx, aiqyn.System, max(0, i))
		if err != nil {
			return err
		}
		receipts = append(receipts, r)
	}
	shared, err := verifyAll(key, receipts, false)
	if err != nil {
		return err
	}
	distinct, err := verifyAll(key, receipts, true)
	if err != nil {
		return err
	}
	bare := bareEd25519()
	b.add(figure{Name: "kernel.verify", Value: distinct, Unit: "1/s", Better: "higher", Goal: 12_000, Limit: of(bare), LimitName: "bare Ed25519 checks"})
	b.add(figure{Name: "kernel.verify.shared", Value: shared, Unit: "1/s", Better: "higher", Goal: 50_000})
	return nil
}

// verifyAll verifies receipts on one core, with a verifier for each where
// their checkpoints must count as distinct.
func verifyAll(key *ledger.Key, receipts [][]byte, distinct bool) (float64, error) {
	verifiers := make([]*ledger.Verifier, 1, len(receipts))
	if distinct {
		verifiers = verifiers[:len(receipts)]
	}
	for i := range verifiers {
		var err error
		if verifiers[i], err = newVerifier(key); err != nil {
			return 0, err
		}
	}
	began := time.Now()
	for i, raw := range receipts {
		v := verifiers[i%len(verifiers)]
		r, err := ledger.ParseReceipt(raw)
		if err != nil {
			return 0, err
		}
		if _, err := v.Verify(r); err != nil {
			return 0, err
		}
	}
	return float64(len(receipts)) / time.Since(began).Seconds(), nil
}

func bareEd25519() float64 {
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	message := make([]byte, 150)
	sig := ed25519.Sign(private, message)
	const n = 5000
	began := time.Now()
	for range n {
		if !ed25519.Verify(public, message, sig) {
			panic("a right signature does not verify")
		}
	}
	return n / time.Since(began).Seconds()
}
