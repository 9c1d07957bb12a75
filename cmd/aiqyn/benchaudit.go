package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"aiqyn/casework"
	"aiqyn/packs"
	"aiqyn/simulate"
	"aiqyn/store"
)

// audit measures a full audit of a log of its own, of whole connections and of
// certificates, beside the same entries read and hashed.
func (b *bench) audit() error {
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
	if err := w.mixed(b.ctx, 3*benchSpan); err != nil {
		return err
	}
	db, err := store.Open(b.ctx, w.url(), store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	pack, err := parsePack(packs.Kazakhstan())
	if err != nil {
		return err
	}
	room.Store(audited) // as in the command
	defer room.Store(0)
	var spent, bare time.Duration
	var checked int64
	for range rounds / 2 {
		began := time.Now()
		report, err := casework.Audit(b.ctx, casework.AuditConfig{Store: db, VerifierKey: w.keys.verifier, DataKey: w.keys.data, BasePack: pack,
			Parse: parsePack, Computations: computations})
		if err != nil {
			return err
		}
		if !report.OK {
			return fmt.Errorf("audit: %v", report.Problems)
		}
		spent, checked = spent+time.Since(began), checked+report.Checked
		began = time.Now()
		if err := readAll(b.ctx, db); err != nil {
			return err
		}
		bare += time.Since(began)
	}
	b.add(figure{Name: "kernel.audit", Value: float64(checked) / spent.Seconds(), Unit: "1/s", Better: "higher", Goal: 100_000,
		Limit: of(float64(checked) / bare.Seconds()), LimitName: "the same entries read and hashed, and nothing made of them"})
	return nil
}

// mixed writes whole connections for a time, and then so many certificates that
// their parts are those of the country that simulate invents.
func (w *benchWorld) mixed(ctx context.Context, span time.Duration) error {
	_, connections, err := drive(ctx, underWay, span, w.lifecycle)
	if err != nil {
		return err
	}
	certificates := int(float64(len(connections)) * (1 - simulate.Connections) / simulate.Connections)
	for certificates > 0 {
		_, filed, err := drive(ctx, 64, span/20, w.certificate)
		if err != nil {
			return err
		}
		certificates -= len(filed)
	}
	return nil
}

// readAll reads all entries case by case, as an audit does, and hashes what they
// hold, on every core.
func readAll(ctx context.Context, db *store.DB) error {
	last, _, err := db.LastNumbers(ctx)
	if err != nil {
		return err
	}
	errs := make([]error, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for part := range errs {
		all.Go(func() {
			at := func(part int) int64 { return (last + 1) * int64(part) / int64(len(errs)) }
			errs[part] = readSome(ctx, db, at(part), at(part+1))
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// readSome is readAll for the cases from…to−1.
func readSome(ctx context.Context, db *store.DB, from, to int64) error {
	sum := sha256.New()
	var hash [sha256.Size]byte
	for e, err := range db.EntriesByCase(ctx, from, to) {
		if err != nil {
			return err
		}
		sum.Reset()
		io.WriteString(sum, e.Fields)
		sum.Write(e.Sealed)
		sum.Sum(hash[:0])
	}
	return nil
}
