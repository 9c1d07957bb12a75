package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn/casework"
	"aiqyn/ledger"
)

// history is a log of its own, to be shown to a witness.
type history struct {
	tree   *ledger.Tree
	signer *ledger.Signer
}

func newHistory(t *testing.T, signer *ledger.Signer, leaves ...string) *history {
	t.Helper()
	tree, err := ledger.NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := &history{tree, signer}
	h.append(leaves...)
	return h
}

func (h *history) append(leaves ...string) {
	for _, l := range leaves {
		h.tree.Append(ledger.LeafHash(sha256.Sum256([]byte(l))))
	}
}

// request asks to cosign the history from an old size on.
func (h *history) request(t *testing.T, old int64) []byte {
	t.Helper()
	note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: h.signer.Name(), Size: h.tree.Size(), Root: h.tree.Root()}, h.signer)
	if err != nil {
		t.Fatal(err)
	}
	var proof []ledger.Hash
	if old > 0 && old < h.tree.Size() {
		if proof, err = ledger.ConsistencyProof(old, h.tree.Size(), h.tree); err != nil {
			t.Fatal(err)
		}
	}
	return ledger.FormatAddCheckpoint(old, proof, note)
}

// TestWitness runs a witness as its own server: it cosigns a log that grows,
// refuses one that forks, and has forgotten nothing when it starts again.
func TestWitness(t *testing.T) {
	dir := t.TempDir()
	keys, err := makeKeys(filepath.Join(dir, "log"), "log.example/one")
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "w.key")
	var vkey, errs bytes.Buffer
	if code := run(t.Context(), []string{"witness", "--init", "witness.example/w1", "--key", keyFile}, &vkey, &errs); code != held {
		t.Fatal(errs.String())
	}
	key, err := ledger.ParseKey(strings.TrimSpace(vkey.String()))
	if err != nil {
		t.Fatal(err)
	}
	begin := func() (*background, *casework.HTTPWitness) {
		b := new(background)
		if err := b.begin("witness", "--key", keyFile, "--listen", "127.0.0.1:0", "--log", keys.verifier); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.end() })
		return b, &casework.HTTPWitness{Key: key.Name(), URL: "http://" + b.addr}
	}
	server, w := begin()

	honest := newHistory(t, keys.signer, "a", "b", "c", "d", "e")
	cosign(t, w, honest, 0, key)
	forked := newHistory(t, keys.signer, "a", "b", "c", "d", "other", "f", "g")
	if _, err := w.AddCheckpoint(t.Context(), forked.request(t, 5)); err == nil || !strings.Contains(err.Error(), "422") {
		t.Errorf("a fork was answered with %v", err)
	}
	honest.append("f", "g", "h")
	cosign(t, w, honest, 5, key)

	if err := server.end(); err != nil {
		t.Fatal(err)
	}
	_, w = begin()
	var behind *casework.Behind
	if _, err := w.AddCheckpoint(t.Context(), honest.request(t, 0)); !errors.As(err, &behind) || behind.Size != 8 {
		t.Errorf("after a restart it answered %v", err)
	}
	refusesNoise(t, w.URL)
}

// cosign demands a cosignature that holds.
func cosign(t *testing.T, w casework.Cosigner, h *history, old int64, key *ledger.Key) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request := h.request(t, old)
	answer, err := w.AddCheckpoint(ctx, request)
	if err != nil {
		t.Fatalf("cosign %d: %v", h.tree.Size(), err)
	}
	_, note, _ := bytes.Cut(request, []byte("\n\n"))
	if _, sigs, err := ledger.AddCosignatures(note, answer, key); err != nil || len(sigs) != 1 {
		t.Fatalf("cosignature: %v, %v", sigs, err)
	}
}

// refusesNoise sends what no log sends.
func refusesNoise(t *testing.T, url string) {
	t.Helper()
	for body, want := range map[string]int{
		"": 400, "old 0\n": 400, strings.Repeat("x", 1<<20): 400,
	} {
		res, err := http.Post(url+"/add-checkpoint", "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%d bytes of noise: %s", len(body), res.Status)
		}
	}
	if res, err := http.Get(url + "/add-checkpoint"); err != nil || res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %v, %v", res, err)
	}
}

// TestWitnessState holds that a state that cannot be written is not answered
// from, and that one file serves several logs.
func TestWitnessState(t *testing.T) {
	file := filepath.Join(t.TempDir(), "w.state")
	if _, err := openWitnessState(file, false); err == nil {
		t.Error("a missing state was taken for an empty one")
	}
	s, err := openWitnessState(file, true)
	if err != nil {
		t.Fatal(err)
	}
	next := ledger.Head{Size: 3, Root: ledger.Hash{1}}
	if err := s.CompareAndSet("one", ledger.EmptyHead, next); err != nil {
		t.Fatal(err)
	}
	if err := s.CompareAndSet("one", ledger.EmptyHead, next); !errors.Is(err, ledger.ErrHeadMoved) {
		t.Errorf("a head that moved: %v", err)
	}
	s.file = filepath.Join(file, "below-a-file")
	if err := s.CompareAndSet("one", next, ledger.Head{Size: 4}); err == nil {
		t.Error("cosigned without keeping it")
	}
	if h, err := s.Head("one"); err != nil || h != next {
		t.Errorf("after a failed write: %v, %v", h, err)
	}
	again, err := openWitnessState(file, false)
	if err != nil {
		t.Fatal(err)
	}
	if h, _ := again.Head("one"); h != next {
		t.Errorf("read back %v", h)
	}
	if h, _ := again.Head("two"); h != ledger.EmptyHead {
		t.Errorf("a log never cosigned has %v", h)
	}
}
