package casework

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

// Cosigner is a witness as we reach it (C2SP tlog-witness). AddCheckpoint
// returns its cosignature lines; *Behind if it knows another size than the
// request's old one.
type Cosigner interface {
	Name() string
	AddCheckpoint(ctx context.Context, request []byte) ([]byte, error)
}

// Behind says which size a witness has seen, when it is not the one offered.
type Behind struct{ Size int64 }

func (b *Behind) Error() string { return fmt.Sprintf("the witness is at size %d", b.Size) }

// HTTPWitness reaches a witness at its submission prefix.
type HTTPWitness struct {
	Key    string // name of its key
	URL    string
	Client *http.Client // optional
}

// Name returns the name of the witness's key.
func (w *HTTPWitness) Name() string { return w.Key }

// AddCheckpoint posts to the witness's add-checkpoint.
func (w *HTTPWitness) AddCheckpoint(ctx context.Context, request []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(w.URL, "/")+"/add-checkpoint", bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	client := w.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return nil, err
	}
	switch res.StatusCode {
	case http.StatusOK:
		return body, nil
	case http.StatusConflict:
		if size, err := strconv.ParseInt(strings.TrimSpace(string(body)), 10, 64); err == nil {
			return nil, &Behind{size}
		}
	case http.StatusUnprocessableEntity:
		return nil, &ledger.WitnessError{Status: ledger.StatusInconsistent, Err: fmt.Errorf("witness %s has seen another log", w.Key)}
	}
	return nil, fmt.Errorf("witness %s: %s: %s", w.Key, res.Status, bytes.TrimSpace(body[:min(len(body), 200)]))
}

// witnessing is what we know of the witnesses.
type witnessing struct {
	mu      sync.RWMutex
	last    store.Cosigned
	signed  int       // how many cosigned last
	waiting time.Time // since when the oldest entry that is not witnessed waits; zero: none does
	late    bool      // the alarm has been raised
	seen    map[string]WitnessState
}

// needsWitnesses reports whether the policy demands any.
func (e *Engine) needsWitnesses() bool { return e.Policy != nil && e.Policy.NeedsWitnesses() }

// restsOnWitnesses reports whether an entry is within a cosigned checkpoint.
func (e *Engine) restsOnWitnesses(index int64) bool {
	if !e.needsWitnesses() {
		return true
	}
	e.witness.mu.RLock()
	defer e.witness.mu.RUnlock()
	return index < e.witness.last.Size
}

// checkWitnesses asks every witness how far it has seen this log. One that has
// seen more than there is proves that entries are missing here; one that has
// seen others proves that somebody's are not the true ones.
func (e *Engine) checkWitnesses(ctx context.Context, head store.Head) error {
	last, err := e.Store.LastCosigned(ctx)
	if err != nil {
		return err
	}
	e.knowCosigned(last)
	answers := make([]error, len(e.Witnesses))
	var asked sync.WaitGroup
	for i, w := range e.Witnesses {
		asked.Go(func() { answers[i] = e.probe(ctx, w, head) })
	}
	asked.Wait()
	for i, w := range e.Witnesses {
		err := answers[i]
		var behind *Behind
		var refusal *ledger.WitnessError
		switch {
		case errors.As(err, &behind) && behind.Size > head.Size:
			return aiqyn.E(aiqyn.Unavailable, "error.behind-witness", "witness", w.Name(), "theirs", behind.Size, "ours", head.Size)
		case behind != nil, errors.As(err, &refusal) && refusal.Status == ledger.StatusInconsistent:
			return aiqyn.E(aiqyn.Unavailable, "error.forked", "witness", w.Name()).Because(err)
		case err != nil:
			e.Log.Warn("witness not reached", "witness", w.Name(), "err", err)
		}
	}
	return nil
}

// knowCosigned begins anew from the last checkpoint that is known to be cosigned.
func (e *Engine) knowCosigned(last store.Cosigned) {
	e.witness.mu.Lock()
	defer e.witness.mu.Unlock()
	e.witness.last, e.witness.signed = last, e.cosigners(last.Checkpoint)
	e.witness.seen = make(map[string]WitnessState)
}

// probe offers a witness the head as it is, and proves that it goes on from
// where the witness stands. A *Behind that is left over says that there is
// nothing to prove: the witness has seen more, or another log of this size.
func (e *Engine) probe(ctx context.Context, w Cosigner, head store.Head) error {
	note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: e.Origin, Size: head.Size, Root: head.Root}, e.Signer)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	_, err = w.AddCheckpoint(ctx, ledger.FormatAddCheckpoint(head.Size, nil, note))
	var behind *Behind
	if !errors.As(err, &behind) || behind.Size >= head.Size {
		return err
	}
	var proof []ledger.Hash
	if behind.Size > 0 {
		if proof, err = ledger.ConsistencyProof(behind.Size, head.Size, e.Store); err != nil {
			return err
		}
	}
	_, err = w.AddCheckpoint(ctx, ledger.FormatAddCheckpoint(behind.Size, proof, note))
	return err
}

// Cosign offers the head to every witness and keeps it once the policy is met.
func (e *Engine) Cosign(ctx context.Context) error {
	head, err := e.Store.Head(ctx)
	if err != nil || head.Size == 0 || !e.needsWitnesses() {
		return err
	}
	e.witness.mu.RLock()
	done := e.witness.last.Size >= head.Size
	e.witness.mu.RUnlock()
	if done {
		return e.watch(ctx, head)
	}
	err = e.cosign(ctx, head)
	return errors.Join(err, e.watch(ctx, head))
}

// cosign asks all witnesses at once, and keeps what they answer if it suffices.
func (e *Engine) cosign(ctx context.Context, head store.Head) error {
	answers := make([][]byte, len(e.Witnesses))
	var wg sync.WaitGroup
	for i, w := range e.Witnesses {
		wg.Go(func() { answers[i] = e.ask(ctx, w, head) })
	}
	wg.Wait()
	note := []byte(head.Checkpoint)
	var sigs []ledger.Signature
	for _, answer := range answers {
		if answer == nil {
			continue
		}
		extended, added, err := ledger.AddCosignatures(note, answer, e.Policy.WitnessKeys()...)
		if err != nil {
			e.Log.Warn("cosignature refused", "err", err)
			continue
		}
		note, sigs = extended, append(sigs, added...)
	}
	if !e.Policy.Satisfied(sigs) {
		return aiqyn.E(aiqyn.Unavailable, "error.not-witnessed", "size", head.Size)
	}
	c := store.Cosigned{Size: head.Size, At: witnessedAt(sigs), Checkpoint: string(note)}
	if err := e.Store.PutCosigned(ctx, c); err != nil {
		return err
	}
	e.witness.mu.Lock()
	e.witness.last, e.witness.signed = c, len(sigs)
	e.witness.mu.Unlock()
	e.health.witnessed.Store(c.Size)
	return nil
}

// ask gets one witness's cosignatures, from wherever it stands; nil if none.
func (e *Engine) ask(ctx context.Context, w Cosigner, head store.Head) []byte {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	e.witness.mu.RLock()
	old := e.witness.seen[w.Name()].Size
	e.witness.mu.RUnlock()
	var answer []byte
	var err error
	for range 3 {
		var proof []ledger.Hash
		if old > 0 && old < head.Size {
			if proof, err = ledger.ConsistencyProof(old, head.Size, e.Store); err != nil {
				break
			}
		}
		answer, err = w.AddCheckpoint(ctx, ledger.FormatAddCheckpoint(old, proof, []byte(head.Checkpoint)))
		var behind *Behind
		if !errors.As(err, &behind) || behind.Size > head.Size {
			break
		}
		old = behind.Size
	}
	state := WitnessState{Name: w.Name(), Size: old, At: e.Clock()}
	if err != nil {
		state.Err, state.Other = err.Error(), saysOther(err, head.Size)
		e.Log.Warn("witness", "witness", w.Name(), "err", err, "other", state.Other)
	} else {
		state.Size = head.Size
	}
	e.witness.mu.Lock()
	e.witness.seen[w.Name()] = state
	e.witness.mu.Unlock()
	if err != nil {
		return nil
	}
	return answer
}

// keepWitnessed offers the head to the witnesses as it grows.
func (e *Engine) keepWitnessed(run context.Context) {
	if !e.needsWitnesses() {
		return
	}
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		if !e.leads() {
			// whoever decides asks them
		} else if err := e.Cosign(run); err != nil && run.Err() == nil {
			e.Log.Warn("not witnessed", "err", err)
		}
		select {
		case <-run.Done():
			return
		case <-tick.C:
		}
	}
}
