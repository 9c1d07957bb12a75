package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/packs"
	"aiqyn/registry"
	"aiqyn/store"
)

// process is a witness as its owner runs it: another process of the machine.
type process struct {
	cmd  *exec.Cmd
	addr string
	dead atomic.Bool // killed, or about to be
}

// startWitness runs `aiqyn witness` as a process of its own. An address that
// was given before is taken again, as after a restart.
func startWitness(t *testing.T, keyFile, vkey, addr string) *process {
	t.Helper()
	cmd := exec.Command(program(t), "witness", "--key", keyFile, "--listen", addr, "--log", vkey)
	cmd.Args[0] = "aiqyn" // by this name the test's own file is the program
	var out lines
	out.ready = make(chan struct{})
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	t.Cleanup(p.kill)
	select {
	case <-out.ready:
	case <-time.After(time.Minute):
		t.Fatalf("the witness did not begin: %s", out.String())
	}
	p.addr = hasAddr.FindString(out.String())
	return p
}

func (p *process) kill() {
	if !p.dead.Swap(true) {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
}

// watched is a log with two witnesses, by a clock that the test moves.
type watched struct {
	*office
	keys  *logKeys
	mu    sync.Mutex
	now   time.Time
	n     int
	files [2]string
	of    [2]*process
}

func (w *watched) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *watched) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// write adds an entry.
func (w *watched) write(t *testing.T) {
	t.Helper()
	w.n++
	report := casework.Demanded{
		ID: aiqyn.CommandID(fmt.Sprint("report-", w.n)), Actor: aiqyn.Actor{Role: aiqyn.RoleAnonymous}, Certificate: "address", Body: "a body",
	}
	if _, err := w.Do(t.Context(), report); err != nil {
		t.Fatal(err)
	}
}

func (w *watched) head(t *testing.T) casework.Head {
	t.Helper()
	h, err := w.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// metric is one line of the server's metrics.
func (w *watched) metric(t *testing.T, name string) string {
	t.Helper()
	var b bytes.Buffer
	if err := w.WriteMetrics(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if value, ok := strings.CutPrefix(line, "aiqyn_"+name+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	t.Fatalf("no metric %s", name)
	return ""
}

// newWatched makes the log, its two witnesses and a policy that wants needed of them.
func newWatched(t *testing.T, needed int) *watched {
	t.Helper()
	dir := t.TempDir()
	w := &watched{now: time.Now()}
	var err error
	if w.keys, err = makeKeys(filepath.Join(dir, "log"), "log.example/watched"); err != nil {
		t.Fatal(err)
	}
	policy := ""
	for i := range w.of {
		w.files[i] = filepath.Join(dir, fmt.Sprintf("w%d.key", i))
		var vkey, errs bytes.Buffer
		if run(t.Context(), []string{"witness", "--key", w.files[i], "--init", fmt.Sprintf("witness.example/w%d", i)}, &vkey, &errs) != held {
			t.Fatal(errs.String())
		}
		w.of[i] = startWitness(t, w.files[i], w.keys.verifier, "127.0.0.1:0")
		policy += fmt.Sprintf("witness w%d %s http://%s/\n", i, strings.TrimSpace(vkey.String()), w.of[i].addr)
	}
	p, err := ledger.ParsePolicy(fmt.Appendf(nil, "%sgroup all %d w0 w1\nquorum all\n", policy, needed))
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "aiqyn.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.office, err = wiring{
		db: db, past: true, keys: w.keys, pack: packs.Kazakhstan(), registers: registry.NewLocal(db), policy: p, witnesses: reachable(p),
		beacon: practiceBeacon{beacon.NewPractice([32]byte{1}, practiceGenesis, practicePeriod)}, clock: w.clock,
	}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.office.Close() })
	return w
}

// TestOneWitnessStops: two real witnesses must both cosign; one is stopped. The
// alarm is raised everywhere once a minute has gone by, and goes away when the
// witness is back.
func TestOneWitnessStops(t *testing.T) {
	w := newWatched(t, 2)
	w.write(t)
	if err := w.Cosign(t.Context()); err != nil {
		t.Fatal(err)
	}
	entry := func(index int64) casework.Standing {
		e, err := w.Entry(t.Context(), index)
		if err != nil {
			t.Fatal(err)
		}
		return e.Proven
	}
	if got, want := entry(0), (casework.Standing{Level: ledger.Witnessed, By: 2, Of: 2, Needed: 2}); got != want {
		t.Errorf("with both: %+v", got)
	}
	w.of[0].kill()
	w.write(t)
	for _, step := range []struct {
		after time.Duration
		late  bool
	}{{casework.WitnessWithin / 2, false}, {casework.WitnessWithin, true}} {
		w.pass(step.after)
		if err := w.Cosign(t.Context()); key(err) != "error.not-witnessed" {
			t.Fatalf("with one witness stopped: %v", err)
		}
		want := casework.Standing{Level: ledger.Recorded, Of: 2, Needed: 2, Late: step.late}
		if got := entry(1); got != want {
			t.Errorf("entry: %+v, want %+v", got, want)
		}
		if h := w.head(t); h.Late != step.late || h.Waiting.IsZero() || h.Needed != 2 {
			t.Errorf("head: late %v since %v", h.Late, h.Waiting)
		}
		if got := len(w.Amiss(t.Context())) == 1; got != step.late {
			t.Errorf("amiss: %q", w.Amiss(t.Context()))
		}
		if got := w.metric(t, "witness_late") == "1"; got != step.late {
			t.Errorf("metric: %v, want %v", got, step.late)
		}
	}
	w.of[0] = startWitness(t, w.files[0], w.keys.verifier, w.of[0].addr)
	if err := w.Cosign(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := w.head(t); h.Late || w.metric(t, "witness_late") != "0" || w.metric(t, "witness_wait_seconds") != "0" || len(w.Amiss(t.Context())) != 0 {
		t.Errorf("the alarm stands though both have cosigned: %+v", h)
	}
	if res, err := http.Get("http://" + w.of[0].addr + "/metrics"); err != nil {
		t.Error(err)
	} else {
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		for _, line := range []string{`aiqyn_witness_size{log="log.example/watched"} 2`, `aiqyn_witness_answers_total{answer="cosigned"} 1`} {
			if !strings.Contains(string(text), line) {
				t.Errorf("the witness's metrics lack %q:\n%s", line, text)
			}
		}
	}
}

// TestOneWitnessIsShownAnotherHistory: whoever has the log's key shows one
// witness another history. The log goes on with the other witness, and says
// aloud that this one has seen something else.
func TestOneWitnessIsShownAnotherHistory(t *testing.T) {
	for _, other := range []struct {
		name   string
		leaves []string
	}{{"as long", []string{"x"}}, {"longer", []string{"x", "y", "z"}}} {
		t.Run(other.name, func(t *testing.T) {
			w := newWatched(t, 1)
			forked := &casework.HTTPWitness{Key: "fork", URL: "http://" + w.of[1].addr}
			if _, err := forked.AddCheckpoint(t.Context(), newHistory(t, w.keys.signer, other.leaves...).request(t, 0)); err != nil {
				t.Fatal(err)
			}
			w.write(t)
			w.write(t)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := w.Cosign(ctx); err != nil {
				t.Fatal(err)
			}
			h := w.head(t)
			if h.Late || h.Witnessed != 2 || h.Witnesses[0].Other || !h.Witnesses[1].Other {
				t.Errorf("head %+v", h)
			}
			if e, err := w.Entry(t.Context(), 1); err != nil || e.Proven.By != 1 || e.Proven.Of != 2 {
				t.Errorf("entry: %+v, %v", e.Proven, err)
			}
			if got := w.metric(t, "witness_other_history"); got != "1" {
				t.Errorf("metric: %s", got)
			}
			if amiss := w.Amiss(t.Context()); len(amiss) != 1 || !strings.Contains(amiss[0], "witness.example/w1") {
				t.Errorf("amiss: %q", amiss)
			}
		})
	}
}
