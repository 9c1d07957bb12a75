package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"aiqyn/allocation"
)

// allocation measures rounds of sharing out: a nation's kindergartens from the
// file to the published result, and how long the round itself takes as it grows.
func (b *bench) allocation() error {
	for _, step := range []struct {
		name string
		run  func() error
	}{
		{"allocation.national allocation.national.memory allocation.round", b.national},
		{"allocation.growth", b.growth},
		{"allocation.position", b.position},
		{"allocation.position.page", b.positionPage},
	} {
		if !b.wanted(step.name) {
			continue
		}
		if err := step.run(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

// benchRound invents a round: lists of ten, near places first, reserves and
// siblings; a hundred applicants for ninety places.
func benchRound(applicants int) *allocation.Round {
	rng := rand.New(rand.NewPCG(1, uint64(applicants)))
	groups := max(10, applicants/100)
	r := &allocation.Round{Name: "bench", Closed: "2026-05-01T00:00:00Z", Categories: []string{"orphan", "large-family"},
		Rules: allocation.Rules{Kind: allocation.DeferredAcceptance, Reserves: []allocation.Reserve{{Category: "orphan", Soft: true}, {Category: "large-family", Soft: true}}},
		Seed:  allocation.Seed{Beacon: "practice", Round: 1}}
	for h := range groups {
		in := allocation.Institution{ID: fmt.Sprintf("kg-%d", h), Seats: 90 * applicants / groups / 100}
		if h%2 == 0 {
			in.Reserves = []int{in.Seats / 10, in.Seats / 10}
		}
		r.Institutions = append(r.Institutions, in)
	}
	for i := range applicants {
		var secret [32]byte
		secret[0], secret[1], secret[2], secret[3] = byte(i), byte(i>>8), byte(i>>16), byte(i>>24)
		a := allocation.Applicant{ID: allocation.Pseudonym(secret, r.Name), Tier: rng.IntN(3), Date: rng.Int64N(int64(applicants)), Holds: -1}
		if rng.IntN(10) == 0 {
			a.Categories = 1 << rng.IntN(2)
		}
		home := rng.IntN(groups)
		for len(a.List) < 10 {
			h := int32((home + int(rng.ExpFloat64()*8)) % groups)
			if !listed(a.List, h) {
				a.List = append(a.List, h)
			}
		}
		if rng.IntN(8) == 0 {
			a.Siblings = a.List[:1:1]
		}
		r.Applicants = append(r.Applicants, a)
	}
	return r
}

func listed(list []int32, h int32) bool {
	for _, x := range list {
		if x == h {
			return true
		}
	}
	return false
}

// national measures a million children and ten thousand groups: the round file
// read from disk, the round run, the commitment with a proof for everybody, the
// published result.
func (b *bench) national() error {
	const children = 1_000_000
	dir, err := os.MkdirTemp("", "aiqyn-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "round.json")
	if err := os.WriteFile(file, benchRound(children).Encode(), 0o600); err != nil {
		return err
	}
	debug.FreeOSMemory()
	defer debug.SetGCPercent(debug.SetGCPercent(roundGC))
	began := time.Now()
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := allocation.Read(f)
	if err != nil {
		return err
	}
	peak := heapMB()
	run := time.Now()
	result, err := r.Run()
	if err != nil {
		return err
	}
	ran := time.Since(run)
	peak = max(peak, heapMB())
	if err := publishRound(r, result, filepath.Join(dir, "result.json")); err != nil {
		return err
	}
	took := time.Since(began)
	peak = max(peak, heapMB())
	info, err := f.Stat()
	if err != nil {
		return err
	}
	bare := time.Now()
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lines := bytes.Count(data, []byte("\n"))
	read := time.Since(bare)
	b.add(figure{Name: "allocation.national", Value: took.Seconds(), Unit: "s", Better: "lower", Goal: 5, Limit: of(read.Seconds()),
		LimitName: fmt.Sprintf("the %.0f MB of the file read and its %d lines counted", float64(info.Size())/1e6, lines),
		Peer:      of(25), PeerName: "Python matching 1.4.3 for 10 000 applicants and 1 000 places, as published for a like machine, not this run"})
	b.add(figure{Name: "allocation.round", Value: ran.Seconds(), Unit: "s", Better: "lower", Goal: 1})
	b.add(figure{Name: "allocation.national.memory", Value: peak, Unit: "MB", Better: "lower", Goal: 500, Limit: of(float64(info.Size()) / 1e6), LimitName: "the file itself, which somebody might hold in memory"})
	return nil
}

// publishRound gives everybody their proof and writes the public result.
func publishRound(r *allocation.Round, result *allocation.Result, file string) error {
	commitment := r.Commit()
	if err := proveAll(r, commitment); err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	return result.Write(f, commitment)
}

// proveAll gives everybody their proof, two at a time, and tries some.
func proveAll(r *allocation.Round, c *allocation.Commitment) error {
	root := c.Root()
	errs := make([]error, 2)
	var group sync.WaitGroup
	for w := range errs {
		group.Go(func() {
			for i := w; i < len(r.Applicants); i += len(errs) {
				if leaf, ok := c.Prove(r.Applicants[i].ID); !ok || i%1000 == w && !leaf.Holds(root) {
					errs[w] = fmt.Errorf("%s has no proof", r.Applicants[i].ID)
				}
			}
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// heapMB is what the program holds of the system's memory for its data, in MB.
func heapMB() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapSys-m.HeapReleased) / 1e6
}

// growth runs rounds of growing size and tells how much longer an applicant
// takes in the largest than in the smallest.
func (b *bench) growth() error {
	sizes := []int{1_000, 10_000, 100_000, 1_000_000}
	if b.long {
		sizes = append(sizes, 4_000_000)
	}
	var first, last float64
	for _, n := range sizes {
		r := benchRound(n)
		took, err := median(max(1, 3_000_000/n/10), func() error { _, err := r.Run(); return err })
		if err != nil {
			return err
		}
		last = float64(took.Nanoseconds()) / float64(n)
		if first == 0 {
			first = last
		}
		fmt.Fprintf(b.stderr, "%d applicants: %.1f ms, %.0f ns each\n", n, ms(took), last)
	}
	b.add(figure{Name: "allocation.growth", Value: last / first, Unit: "times", Better: "lower", Goal: 3, Limit: of(1),
		LimitName: fmt.Sprintf("linear; %d applicants, each beside one of 1000", sizes[len(sizes)-1])})
	return nil
}

// position measures the question "where am I?" among as many as wait for land.
func (b *bench) position() error {
	const waiting = 4_300_000
	rng := rand.New(rand.NewPCG(2, 2))
	var q allocation.Queue
	asked := make([]allocation.Waiting, 0, 1000)
	for i := range waiting {
		w := allocation.Waiting{Tier: uint8(rng.IntN(3)), Date: rng.Int64N(7300), ID: uint64(i)}
		if q.Enter(w); i%(waiting/1000) == 0 {
			asked = append(asked, w)
		}
	}
	k := 0
	took, err := median(len(asked)-1, func() error {
		k++
		if _, ok := q.Position(asked[k]); !ok {
			return fmt.Errorf("%v does not wait", asked[k])
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.add(figure{Name: "allocation.position", Value: ms(took), Unit: "ms", Better: "lower", Goal: 1})
	return nil
}
