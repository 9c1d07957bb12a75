package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

var witnessTime = time.Unix(1700000000, 0)

// testLog is a log that asks a witness to cosign, and a witness that knows it.
type testLog struct {
	signer  *Signer
	tree    *Tree
	store   tiles
	witness *Witness
	state   heads
}

func newTestLog(t testing.TB) *testLog {
	t.Helper()
	l := &testLog{signer: logSigner(origin, 1), store: tiles{}, state: heads{}}
	l.tree, _ = NewTree(0, nil)
	l.witness = must(NewWitness(WitnessConfig{
		Signer: cosigner("w.example", 2, 0),
		Logs:   []note.Verifier{l.signer.Key, logSigner("other.example", 9).Key},
		State:  l.state,
	}))
	return l
}

func (l *testLog) growTo(size int64) {
	for l.tree.Size() < size {
		l.tree.Append(leafOf(l.tree.Size()))
	}
	l.store.put(l.tree.Changed())
}

func (l *testLog) checkpoint(signers ...note.Signer) []byte {
	return must(SignCheckpoint(Checkpoint{Origin: origin, Size: l.tree.Size(), Root: l.tree.Root()}, signers...))
}

// request asks for the present size, going on from old.
func (l *testLog) request(old int64) []byte {
	proof := must(ConsistencyProof(old, l.tree.Size(), l.store))
	return FormatAddCheckpoint(old, proof, l.checkpoint(l.signer))
}

func status(err error) int {
	if e := (*WitnessError)(nil); errors.As(err, &e) {
		return e.Status
	}
	return 0
}

func TestWitnessFollowsAGrowingLog(t *testing.T) {
	l := newTestLog(t)
	old := int64(0)
	for _, size := range []int64{0, 1, 7, 7, 256, 1000} {
		l.growTo(size)
		lines, err := l.witness.AddCheckpoint(l.request(old), witnessTime)
		if err != nil {
			t.Fatalf("%d to %d: %v", old, size, err)
		}
		msg, added, err := AddCosignatures(l.checkpoint(l.signer), lines, l.witness.signer.Key)
		if err != nil || len(added) != 1 || !added[0].Time.Equal(witnessTime) {
			t.Fatalf("%d to %d: answer %q: %v", old, size, lines, err)
		}
		if _, err := ParseCheckpoint(msg, l.signer.Key, l.witness.signer.Key); err != nil {
			t.Errorf("%d to %d: %v", old, size, err)
		}
		if want := (Head{size, l.tree.Root()}); l.state[origin] != want {
			t.Errorf("%d to %d: state is %v", old, size, l.state[origin])
		}
		old = size
	}
}

// refusal is a request that a witness must answer with a status.
type refusal struct {
	what string
	body []byte
	want int
}

// refuseAll demands that each request is refused and leaves no trace.
func (l *testLog) refuseAll(t *testing.T, refusals []refusal) {
	t.Helper()
	before := l.state.clone()
	for _, c := range refusals {
		lines, err := l.witness.AddCheckpoint(c.body, witnessTime)
		if status(err) != c.want {
			t.Errorf("%s: %q, %v; want status %d", c.what, lines, err, c.want)
		}
		if e := (*WitnessError)(nil); errors.As(err, &e) && e.Status == StatusConflict && string(e.Body()) != "100\n" {
			t.Errorf("%s: body %q, want the size", c.what, e.Body())
		}
	}
	if !maps.Equal(l.state, before) {
		t.Errorf("refusals changed the state to %v", l.state)
	}
}

// cosignedAt100 is a log of 150 entries, of which a witness has cosigned 100.
func cosignedAt100(t *testing.T) (l *testLog, proof []Hash) {
	l = newTestLog(t)
	l.growTo(100)
	if _, err := l.witness.AddCheckpoint(l.request(0), witnessTime); err != nil {
		t.Fatal(err)
	}
	l.growTo(150)
	return l, must(ConsistencyProof(100, 150, l.store))
}

func TestWitnessRefuses(t *testing.T) {
	l, proof := cosignedAt100(t)
	ours := l.checkpoint(l.signer)
	forked, forkStore := grow(t, 90)
	for i := range int64(60) {
		forked.Append(leafOf(1<<40 + i))
	}
	forkStore.put(forked.Changed())
	fork := must(SignCheckpoint(Checkpoint{Origin: origin, Size: 150, Root: forked.Root()}, l.signer))
	sameSize := must(SignCheckpoint(Checkpoint{Origin: origin, Size: 100, Root: forked.Root()}, l.signer))
	emptyFork := must(SignCheckpoint(Checkpoint{Origin: "other.example", Size: 0, Root: emptyRoot}, logSigner("other.example", 9)))
	unknown := must(SignCheckpoint(Checkpoint{Origin: "unknown.example", Size: 1, Root: leafOf(0)}, logSigner("unknown.example", 3)))
	l.refuseAll(t, []refusal{
		{"stale old size", l.request(0), StatusConflict},
		{"old size not cosigned", l.request(120), StatusConflict},
		{"fork with its own proof", FormatAddCheckpoint(100, must(ConsistencyProof(100, 150, forkStore)), fork), StatusInconsistent},
		{"fork with our proof", FormatAddCheckpoint(100, proof, fork), StatusInconsistent},
		{"fork without proof", FormatAddCheckpoint(100, nil, fork), StatusInconsistent},
		{"fork of the same size", FormatAddCheckpoint(100, nil, sameSize), StatusConflict},
		{"proof cut short", FormatAddCheckpoint(100, proof[1:], ours), StatusInconsistent},
		{"proof too long", FormatAddCheckpoint(100, append(proof[:len(proof):len(proof)], Hash{}), ours), StatusInconsistent},
		{"proof from nothing", FormatAddCheckpoint(0, proof, emptyFork), StatusInconsistent},
		{"unknown log", FormatAddCheckpoint(0, nil, unknown), StatusUnknownLog},
		{"other log's key", FormatAddCheckpoint(100, proof, l.checkpoint(logSigner("other.example", 9))), StatusUnsigned},
		{"same name, other key", FormatAddCheckpoint(100, proof, l.checkpoint(logSigner(origin, 8))), StatusUnsigned},
	})
	good := l.request(100)
	if _, err := l.witness.AddCheckpoint(good, witnessTime); err != nil {
		t.Errorf("the honest request after all refusals: %v", err)
	}
	if _, err := l.witness.AddCheckpoint(good, witnessTime); status(err) != StatusConflict {
		t.Errorf("replay of a request: %v", err)
	}
	if _, err := l.witness.AddCheckpoint(l.request(150), witnessTime); err != nil {
		t.Errorf("asking again at the size that is cosigned: %v", err)
	}
}

func TestWitnessRefusesMalformed(t *testing.T) {
	l, _ := cosignedAt100(t)
	ours, good := l.checkpoint(l.signer), l.request(100)
	rest := good[len("old 100\n"):]
	l.refuseAll(t, []refusal{
		{"old beyond the checkpoint", FormatAddCheckpoint(151, nil, ours), StatusMalformed},
		{"empty", nil, StatusMalformed},
		{"no old line", rest, StatusMalformed},
		{"old with a zero", append([]byte("old 0100\n"), rest...), StatusMalformed},
		{"old negative", append([]byte("old -1\n"), rest...), StatusMalformed},
		{"no empty line", bytes.Replace(good, []byte("\n\n"), []byte("\n"), 1), StatusMalformed},
		{"64 hashes", FormatAddCheckpoint(100, make([]Hash, 64), ours), StatusMalformed},
		{"hash not base64", append([]byte("old 100\nxyz\n"), rest...), StatusMalformed},
		{"carriage returns", bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")), StatusMalformed},
		{"unsigned", []byte(strings.SplitAfter(string(good), "=\n\n")[0]), StatusMalformed},
	})
}

// TestWitnessFlips changes each byte of a request: a witness may still cosign
// what was not changed, but nothing else.
func TestWitnessFlips(t *testing.T) {
	l := newTestLog(t)
	l.growTo(100)
	must(l.witness.AddCheckpoint(l.request(0), witnessTime))
	l.growTo(150)
	good, before := l.request(100), l.state.clone()
	for i := range good {
		changed := bytes.Clone(good)
		changed[i] ^= 4
		if lines, err := l.witness.AddCheckpoint(changed, witnessTime); err == nil || status(err) == 0 {
			t.Errorf("byte %d: cosigned %q, %v", i, lines, err)
		}
		if l.state[origin] != before[origin] {
			t.Fatalf("byte %d: state changed", i)
		}
	}
}

func TestWitnessIgnoresOtherSignatures(t *testing.T) {
	l := newTestLog(t)
	l.growTo(3)
	stranger := logSigner("stranger.example", 6)
	body := FormatAddCheckpoint(0, nil, l.checkpoint(stranger, l.signer, stranger))
	if _, err := l.witness.AddCheckpoint(body, witnessTime); err != nil {
		t.Error(err)
	}
}

// racing lets another request win between Head and CompareAndSet, or fails.
type racing struct {
	heads
	before func()
	fail   error
}

func (r *racing) CompareAndSet(origin string, old, next Head) error {
	if r.before != nil {
		r.before()
	}
	if r.fail != nil {
		return r.fail
	}
	return r.heads.CompareAndSet(origin, old, next)
}

func TestWitnessLosesARace(t *testing.T) {
	l := newTestLog(t)
	state := &racing{heads: l.state}
	l.witness.state = state
	l.growTo(10)
	first := l.request(0)
	l.growTo(20)
	winner := Head{20, l.tree.Root()}
	state.before = func() { l.state[origin] = winner }
	_, err := l.witness.AddCheckpoint(first, witnessTime)
	if e := (*WitnessError)(nil); !errors.As(err, &e) || e.Status != StatusConflict || e.Size != 20 {
		t.Errorf("lost race: %v", err)
	}
	if l.state[origin] != winner {
		t.Errorf("rolled back to %v", l.state[origin])
	}
	delete(l.state, origin)
	state.before, state.fail = nil, errors.New("disk full")
	if _, err := l.witness.AddCheckpoint(first, witnessTime); status(err) != StatusFailed {
		t.Errorf("state that cannot be kept: %v", err)
	}
}

// locked is a state that several requests may use.
type locked struct {
	mu sync.Mutex
	heads
}

func (s *locked) Head(origin string) (Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heads.Head(origin)
}

func (s *locked) CompareAndSet(origin string, old, next Head) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heads.CompareAndSet(origin, old, next)
}

// TestWitnessConcurrent shows two branches of a fork to one witness at the
// same time, many times: it cosigns one of them.
func TestWitnessConcurrent(t *testing.T) {
	l := newTestLog(t)
	l.growTo(5)
	branches := [2][]byte{}
	for b := range branches {
		tree := l.tree.Clone()
		tree.Append(leafOf(int64(100 + b)))
		c := must(SignCheckpoint(Checkpoint{Origin: origin, Size: 6, Root: tree.Root()}, l.signer))
		branches[b] = FormatAddCheckpoint(5, must(ConsistencyProof(5, 6, tree)), c)
	}
	for round := range 50 {
		l.witness.state = &locked{heads: heads{origin: {5, l.tree.Root()}}}
		var wg sync.WaitGroup
		cosigned := make([]error, len(branches))
		for b, body := range branches {
			wg.Go(func() { _, cosigned[b] = l.witness.AddCheckpoint(body, witnessTime) })
		}
		wg.Wait()
		if (cosigned[0] == nil) == (cosigned[1] == nil) {
			t.Fatalf("round %d: %v, %v", round, cosigned[0], cosigned[1])
		}
	}
}

func TestNewWitnessRefuses(t *testing.T) {
	key := logSigner(origin, 1)
	for what, c := range map[string]WitnessConfig{
		"no signer":      {Logs: []note.Verifier{key.Key}, State: heads{}},
		"a log's signer": {Signer: key, Logs: []note.Verifier{key.Key}, State: heads{}},
		"key twice":      {Signer: cosigner("w", 1, 0), Logs: []note.Verifier{key.Key, key.Key}, State: heads{}},
	} {
		if _, err := NewWitness(c); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

func FuzzAddCheckpoint(f *testing.F) {
	l := newTestLog(f)
	l.growTo(20)
	f.Add(l.request(0))
	f.Add(l.request(12))
	f.Add(fmt.Appendf(nil, "old 0\n\n%s\n0\n%s\n\n— x AAAAAAA=\n", origin, emptyRoot))
	f.Fuzz(func(t *testing.T, body []byte) {
		clear(l.state)
		l.state[origin] = Head{12, must(NewTree(12, l.store)).Root()}
		before := l.state[origin]
		_, err := l.witness.AddCheckpoint(body, witnessTime)
		if err != nil && status(err) == 0 {
			t.Errorf("error without a status: %v", err)
		}
		if after := l.state[origin]; err != nil && after != before || after.Size != 12 && after.Size != 20 {
			t.Errorf("state went from %v to %v: %v", before, after, err)
		}
		old, proof, rest, err := parseAddCheckpoint(string(body))
		if err == nil && !bytes.Equal(FormatAddCheckpoint(old, proof, []byte(rest)), body) {
			t.Errorf("%q is written differently", body)
		}
	})
}
