package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/casework"
	"aiqyn/service"
)

// openBeacon reads what describes a source of randomness: a chain of drand, as
// its /info address gives it, or the commitments of two bodies. The word
// quicknet is drand's main chain.
func openBeacon(ctx context.Context, file, rounds string, log *slog.Logger) (casework.Beacon, error) {
	source, err := describedBeacon(file)
	if err != nil {
		return nil, err
	}
	if pair, ok := source.(*beacon.Pair); ok {
		return revealed{pair, rounds}, nil
	}
	return fetch(ctx, source.(*beacon.Drand), rounds, log), nil
}

// describedBeacon is the beacon that a file describes, or that is known by its name, to
// check rounds by: a chain of drand or two bodies' hash chains.
func describedBeacon(file string) (beacon.Source, error) {
	if file == "quicknet" {
		return beacon.Quicknet(), nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	source, err := beacon.Parse(data)
	if err != nil || !beacon.Proves(source) {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	return source, nil
}

// revealed is a pair whose rounds the bodies put into a folder, as N.json.
type revealed struct {
	*beacon.Pair
	dir string
}

// Published implements [casework.Beacon].
func (b revealed) Published(n uint64) (beacon.Round, bool) {
	data, err := os.ReadFile(filepath.Join(b.dir, fmt.Sprintf("%d.json", n)))
	if err != nil {
		return beacon.Round{}, false
	}
	var r beacon.Round
	if json.Unmarshal(data, &r) != nil || r.Number != n || b.Verify(r) != nil {
		return beacon.Round{}, false // not yet whole, or nobody's: wait
	}
	return r, true
}

// fetched is a chain of drand. Rounds are fetched in the background: whoever
// asks is told what is here, and asks again.
type fetched struct {
	*beacon.Drand
	ctx    context.Context
	url    string
	client *http.Client
	log    *slog.Logger

	mu    sync.Mutex
	known map[uint64]beacon.Round
	asked map[uint64]bool
}

func fetch(ctx context.Context, chain *beacon.Drand, url string, log *slog.Logger) *fetched {
	return &fetched{Drand: chain, ctx: ctx, url: strings.TrimSuffix(url, "/"), log: log, known: make(map[uint64]beacon.Round),
		client: &http.Client{Timeout: 10 * time.Second}, asked: make(map[uint64]bool)}
}

// knownRounds bounds what is kept; a case needs its round once.
const knownRounds = 4096

// Published implements [casework.Beacon].
func (b *fetched) Published(n uint64) (beacon.Round, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, ok := b.known[n]; ok {
		return r, true
	}
	if !b.asked[n] {
		b.asked[n] = true
		go b.fetch(n)
	}
	return beacon.Round{}, false
}

func (b *fetched) fetch(n uint64) {
	r, err := b.get(n)
	if err != nil {
		b.log.Warn("round of the beacon not fetched", "round", n, "err", err)
		time.Sleep(time.Second) // before it may be asked for again
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.asked, n)
	if err == nil {
		if len(b.known) >= knownRounds {
			clear(b.known)
		}
		b.known[n] = r
	}
}

// get fetches a round and verifies it.
func (b *fetched) get(n uint64) (beacon.Round, error) {
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, fmt.Sprintf("%s/%s/public/%d", b.url, b.Hash(), n), nil)
	if err != nil {
		return beacon.Round{}, err
	}
	res, err := b.client.Do(req)
	if err != nil {
		return beacon.Round{}, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return beacon.Round{}, fmt.Errorf("%s", res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 16<<10))
	if err != nil {
		return beacon.Round{}, err
	}
	r, err := beacon.ParseRound(body)
	if err != nil {
		return beacon.Round{}, err
	}
	if r.Number != n {
		return beacon.Round{}, fmt.Errorf("asked for round %d, got %d", n, r.Number)
	}
	return r, b.Verify(r)
}

// draws reports whether any step of a pack is somebody's by lot.
func draws(p *service.Pack) bool {
	for _, s := range p.Services {
		for _, step := range s.Steps {
			if step.Draw {
				return true
			}
		}
	}
	return false
}
