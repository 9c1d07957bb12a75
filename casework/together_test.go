package casework

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"aiqyn"
)

// TestManyAtOnce: the same command from a hundred callers opens one case and
// answers all alike; two officers' acts on one step come one after another.
func TestManyAtOnce(t *testing.T) {
	r := newRig(t)
	r.keepNetwork()
	cmd := r.filing(holder, plot, 5)
	results := atOnce(100, func(int) (Result, error) { return r.Do(context.Background(), cmd) })
	firsts := 0
	for _, res := range results {
		if res.err != nil || res.Ref != results[0].Ref || res.First != results[0].First || res.Last != results[0].Last {
			t.Fatalf("%+v and %+v", res, results[0])
		}
		if !res.Again {
			firsts++
		}
	}
	if firsts != 1 {
		t.Errorf("%d callers were told that theirs was the first", firsts)
	}
	demand := Demanded{ID: r.id(), Actor: cmd.Actor, Certificate: "address", Body: "bank"}
	for _, res := range atOnce(100, func(int) (Result, error) { return r.Do(context.Background(), demand) }) {
		if res.err != nil {
			t.Fatal(res.err)
		}
	}
	if d, err := r.Demands(t.Context()); err != nil || len(d) != 1 || d[0].Count != 1 {
		t.Errorf("demands %+v, %v", d, err)
	}

	ref := results[0].Ref
	r.pass(10 * time.Second)
	survey := r.surveyOf(ref)
	done := 0
	for _, res := range atOnce(20, func(i int) (Result, error) {
		mine := survey
		mine.ID = aiqyn.CommandID(fmt.Sprint("survey", i))
		return r.Do(context.Background(), mine)
	}) {
		switch e, ok := asError(res.err); {
		case res.err == nil:
			done++
		case !ok || e.Kind != aiqyn.Conflict:
			t.Errorf("second survey: %v", res.err)
		}
	}
	if done != 1 {
		t.Errorf("one step was done %d times", done)
	}
	r.pass(10 * time.Second)
	done = 0
	for _, res := range atOnce(12, func(i int) (Result, error) {
		officer := aiqyn.Actor{Role: aiqyn.RoleEngineer, Officer: aiqyn.OfficerID(fmt.Sprintf("engineer-%02d", i%6+1)), Body: "utility"}
		return r.Do(context.Background(), Decide{ID: aiqyn.CommandID(fmt.Sprint("decide", i)), Actor: officer, Ref: ref, Step: "conditions", Grant: true})
	}) {
		switch e, ok := asError(res.err); {
		case res.err == nil:
			done++
		case !ok || e.Key != "error.not-drawn" && e.Key != "error.case-closed":
			t.Errorf("another engineer: %v", res.err)
		}
	}
	if done != 1 {
		t.Errorf("one case was decided %d times", done)
	}
	r.wantClean()
}

type answered struct {
	Result
	err error
}

// atOnce calls f n times side by side.
func atOnce(n int, f func(int) (Result, error)) []answered {
	out := make([]answered, n)
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-begin
			out[i].Result, out[i].err = f(i)
		})
	}
	close(begin)
	wg.Wait()
	return out
}

// TestCallersGiveUp: whoever stops waiting gets a typed error at once, and
// finds out by asking again; the engine and its database go on.
func TestCallersGiveUp(t *testing.T) {
	r := newRig(t)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			ctx, stop := context.WithTimeout(context.Background(), time.Duration(i%40)*100*time.Microsecond)
			defer stop()
			a := ack{Kind: "certificate", ID: aiqyn.CommandID(fmt.Sprint("gone", i))}
			if _, err := r.Do(ctx, a.command()); err != nil {
				wantKey(t, err, "error.unavailable")
			}
			if err := r.SaveDraft(ctx, holder, "energy.connection", map[string]string{"load": "5"}); err != nil {
				wantKey(t, err, "error.unavailable")
			}
			if _, err := r.Mine(ctx, person(holder), Page{}); err != nil {
				wantKey(t, err, "error.unavailable")
			}
		})
	}
	wg.Wait()
	for i := range 200 {
		r.must(ack{Kind: "certificate", ID: aiqyn.CommandID(fmt.Sprint("gone", i))}.command())
	}
	if err := r.SaveDraft(t.Context(), holder, "energy.connection", map[string]string{"load": "6"}); err != nil {
		t.Error(err)
	}
	var cases int
	if err := r.beside().QueryRow("SELECT count(*) FROM cases").Scan(&cases); err != nil || cases != 200 {
		t.Errorf("%d cases, %v", cases, err)
	}
	r.wantClean()
}

// TestStopping: commands that come while the engine closes are answered, done
// or told that it stops; none waits for ever.
func TestStopping(t *testing.T) {
	r := newRig(t)
	var mu sync.Mutex
	var done []aiqyn.CommandID
	var wg sync.WaitGroup
	for w := range 32 {
		wg.Go(func() {
			for n := 0; ; n++ {
				a := ack{Kind: "certificate", ID: aiqyn.CommandID(fmt.Sprintf("s%d-%d", w, n))}
				if _, err := r.Engine.Do(context.Background(), a.command()); err != nil {
					wantKey(t, err, "error.stopping")
					return
				}
				mu.Lock()
				done = append(done, a.ID)
				mu.Unlock()
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	r.Engine.Close()
	wg.Wait()
	r.db.Close()
	r.open()
	if len(done) == 0 {
		t.Error("nothing was done before it stopped")
	}
	for _, id := range done {
		if res := r.must(ack{Kind: "certificate", ID: id}.command()); !res.Again {
			t.Errorf("%s was done and is not there", id)
		}
	}
	r.wantClean()
}
