package casework

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/store"
)

func TestPoint03WriteOnce(t *testing.T) {
	t.Run("what is acknowledged is on disk and in the tree", func(t *testing.T) {
		r := newRig(t)
		var wg sync.WaitGroup
		for i := range 24 {
			cmd := r.filing(holder, fmt.Sprintf("99-999-002-%03d", i+1), 5)
			wg.Go(func() {
				res, err := r.Do(t.Context(), cmd)
				if err != nil {
					t.Error(err)
					return
				}
				for index := res.First; index <= res.Last; index++ {
					b, err := r.Receipt(t.Context(), cmd.Actor, index)
					if err == nil {
						_, err = r.Check(t.Context(), b)
					}
					if err != nil {
						t.Errorf("entry %d right after its answer: %v", index, err)
					}
				}
			})
		}
		wg.Wait()
	})
	for _, table := range []string{"entry", "cases", "tile", "outbox", "reservation"} {
		t.Run("a failed write leaves nothing: "+table, func(t *testing.T) { testFailedWrite(t, table) })
	}
	t.Run("a second writer is found by the head", testSecondWriter)
}

// testFailedWrite has the database refuse rows of one table in the middle of
// a batch, while more commands gather behind it.
func testFailedWrite(t *testing.T, table string) {
	r := newRig(t)
	one, two := r.toConditions(holder, plot, 250), r.toConditions(holder, "99-999-002-001", 100)
	cmds := []any{
		Decide{ID: r.id(), Actor: r.officer(one), Ref: one, Step: "conditions", Grant: true},
		Decide{ID: r.id(), Actor: r.officer(two), Ref: two, Step: "conditions", Grant: true},
	}
	if table != "reservation" { // which a filing does not touch
		cmds = append(cmds, r.filing(holder, "99-999-002-002", 5), r.filing(holder, "99-999-002-003", 5))
	}
	size, free, loads := r.size(), r.free(), r.loads()
	mend := r.breakTable(table)
	var wg sync.WaitGroup
	for range 3 {
		for _, cmd := range cmds {
			wg.Go(func() {
				if res, err := r.Do(t.Context(), cmd); err == nil {
					t.Errorf("%T acknowledged: %+v", cmd, res)
				}
			})
		}
	}
	wg.Wait()
	if r.size() != size {
		t.Errorf("the log grew from %d to %d", size, r.size())
	}
	mend()
	r.pass(time.Second)
	r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "bank"}) // it recovers
	if r.free() != free || r.loads() != loads {
		t.Errorf("%d W free, loads %s; before %d, %s", r.free(), r.loads(), free, loads)
	}
	for _, cmd := range cmds {
		if res := r.must(cmd); res.Again {
			t.Errorf("%T had been carried out", cmd)
		}
	}
	r.checkSound()
}

// loads is what is on whose desk, in the engine's memory.
func (r *rig) loads() string {
	loads := make(map[aiqyn.OfficerID]int)
	for o, n := range r.seq.loads {
		if n != 0 && o[0] != '@' { // desks of roles are not drawn
			loads[o] = n
		}
	}
	return fmt.Sprint(loads)
}

// checkSound holds the database against its own log.
func (r *rig) checkSound() {
	r.t.Helper()
	if err := r.KeepPack(r.t.Context(), r.files); err != nil {
		r.t.Fatal(err)
	}
	r.keepNetwork()
	if rep := r.audit(); !rep.OK || rep.Checked != r.size() {
		r.t.Errorf("audit of %d entries: %+v", r.size(), rep)
	}
}

func testSecondWriter(t *testing.T) {
	r := newRig(t)
	size := r.size()
	r.raw(`UPDATE head SET fence = fence + 1`) // another process has taken the log over
	for range 3 {
		if _, err := r.Do(t.Context(), r.filing(holder, plot, 5)); keyOf(err) != "error.head-moved" {
			t.Errorf("written beside another writer: %v", err)
		}
	}
	if r.size() != size {
		t.Errorf("the log grew from %d to %d", size, r.size())
	}
	r.reopen()
	r.must(r.filing(holder, plot, 5))
	if store.OnServer(r.url) {
		return // which many processes may open: see TestLease
	}
	if _, err := store.Open(t.Context(), r.url, store.Options{}); keyOf(err) != "error.database-taken" {
		t.Errorf("a second process opens the file: %v", err)
	}
}

// testWitness is a witness in this process.
type testWitness struct {
	*ledger.Witness
	vkey  string
	mu    sync.Mutex
	head  ledger.Head
	clock func() time.Time
	down  bool
}

func newTestWitness(t testing.TB, logKey string, clock func() time.Time) *testWitness {
	t.Helper()
	skey, vkey, err := ledger.GenerateCosignerKey(zeroReader{}, "witness.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.NewCosigner(skey, clock)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.ParseKey(logKey)
	if err != nil {
		t.Fatal(err)
	}
	w := &testWitness{vkey: vkey, head: ledger.EmptyHead, clock: clock}
	if w.Witness, err = ledger.NewWitness(ledger.WitnessConfig{Signer: signer, Logs: []note.Verifier{key}, State: w}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *testWitness) Head(string) (ledger.Head, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.head, nil
}

func (w *testWitness) CompareAndSet(_ string, old, next ledger.Head) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.head != old {
		return ledger.ErrHeadMoved
	}
	w.head = next
	return nil
}

func (w *testWitness) Name() string { return "witness.example" }

func (w *testWitness) AddCheckpoint(_ context.Context, request []byte) ([]byte, error) {
	if w.down {
		return nil, errors.New("nobody answers")
	}
	answer, err := w.Witness.AddCheckpoint(request, w.clock())
	var refusal *ledger.WitnessError
	if errors.As(err, &refusal) && refusal.Status == ledger.StatusConflict {
		return nil, &Behind{refusal.Size}
	}
	return answer, err
}

// watchedRig makes an empty rig whose log one witness must cosign.
func watchedRig(t *testing.T) (*rig, *testWitness) {
	t.Helper()
	var w *testWitness
	r := bareRig(t, start, func(c *Config) {
		if w == nil {
			w = newTestWitness(t, c.VerifierKey, func() time.Time { return start })
		}
		policy, err := ledger.ParsePolicy([]byte("witness W " + w.vkey + "\nquorum W\n"))
		if err != nil {
			t.Fatal(err)
		}
		c.Policy, c.Witnesses = policy, []Cosigner{w}
	})
	return r, w
}

// witnessed is a rig with a small world whose log one witness must cosign.
func witnessed(t *testing.T) (*rig, *testWitness) {
	t.Helper()
	r, w := watchedRig(t)
	r.seed()
	return r, w
}

func TestPoint04Receipt(t *testing.T) {
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	t.Run("recorded at once, witnessed once cosigned; draws wait for it", func(t *testing.T) {
		r, w := witnessed(t)
		res := r.must(r.filing(holder, plot, 150))
		level := func() ledger.Level {
			b, err := r.Receipt(t.Context(), me, res.First)
			if err != nil {
				t.Fatal(err)
			}
			v, err := r.Check(t.Context(), b)
			if err != nil {
				t.Fatal(err)
			}
			return v.Level
		}
		if level() != ledger.Recorded {
			t.Errorf("before the witness: %s", level())
		}
		w.down = true
		r.pass(time.Hour)
		if err := r.Cosign(t.Context()); keyOf(err) != "error.not-witnessed" {
			t.Errorf("with the witness down: %v", err)
		}
		if v := r.view(res.Ref); v.StepState != StepDrawing || v.Officer != "" {
			t.Errorf("drawn without a witness: %v", kinds(v))
		}
		w.down = false
		if err := r.Cosign(t.Context()); err != nil {
			t.Fatal(err)
		}
		if level() != ledger.Witnessed {
			t.Errorf("after the witness: %s", level())
		}
		r.pass(time.Minute)
		if v := r.view(res.Ref); v.Officer == "" {
			t.Errorf("not drawn though witnessed: %v", kinds(v))
		}
	})
	t.Run("a backup older than the witness does not write", func(t *testing.T) {
		r, _ := witnessed(t)
		r.file(holder, plot, 150)
		backup := r.backup()
		r.file(holder, "99-999-002-001", 150)
		if err := r.Cosign(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.restore(backup)
		if err := r.tryOpen(); keyOf(err) != "error.behind-witness" {
			t.Errorf("a backup behind its witness opens: %v", err)
		}
	})
	for _, more := range []int{0, 1, 5} {
		t.Run(fmt.Sprintf("a fork is refused, %d entries on", more), func(t *testing.T) {
			r, w := witnessed(t)
			backup := r.backup()
			r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "true"})
			if err := r.Cosign(t.Context()); err != nil {
				t.Fatal(err)
			}
			seen := w.head
			r.restore(backup)
			w.down = true // out of reach while the other history is written
			r.open()
			for range more + 1 {
				r.must(Demanded{ID: r.id(), Actor: aiqyn.System, Certificate: "address", Body: "false"})
			}
			w.down = false
			if err := r.Cosign(t.Context()); err == nil || w.head != seen {
				t.Errorf("the witness cosigned a fork: %v", err)
			}
			r.shut()
			if err := r.tryOpen(); keyOf(err) != "error.forked" {
				t.Errorf("a forked log opens: %v", err)
			}
		})
	}
}
