package casework

import (
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store"
)

// TestWithinCountsForAll: what one process has counted another that begins knows, and
// the next window does not.
func TestWithinCountsForAll(t *testing.T) {
	r := newRig(t)
	ask := func(key string) time.Duration {
		t.Helper()
		wait, err := r.Within(t.Context(), "names", key, 5, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return wait
	}
	for n := range 5 {
		if wait := ask("a"); wait != 0 {
			t.Fatalf("%d: wait %v", n, wait)
		}
		if n == 2 {
			r.reopen()
		}
	}
	if wait := ask("a"); wait <= 0 || wait > time.Hour {
		t.Errorf("six of five: wait %v", wait)
	}
	if wait := ask("b"); wait != 0 {
		t.Errorf("another waits %v", wait)
	}
	if wait, err := r.Within(t.Context(), "codes", "a", 5, time.Hour); wait != 0 || err != nil {
		t.Errorf("what is counted of one thing is of another: %v, %v", wait, err)
	}
	r.skip(time.Hour)
	if wait := ask("a"); wait != 0 {
		t.Errorf("in the next hour: wait %v", wait)
	}
}

// TestWithinCountsAtOnce: of many at once, in two processes, as many are let through as
// may be and no more; and one who has had their share writes nothing.
func TestWithinCountsAtOnce(t *testing.T) {
	r := newRig(t)
	beside := r.Engine
	if store.OnServer(r.url) { // another process: it shares the database alone
		db, err := store.Open(t.Context(), r.url, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		beside = &Engine{Config: r.Config, keys: r.keys}
		beside.Store = db
	}
	var let atomic.Int64
	var all sync.WaitGroup
	for n := range 40 {
		e := []*Engine{r.Engine, beside}[n%2]
		all.Go(func() {
			wait, err := e.Within(t.Context(), "tries", "a", 12, time.Hour)
			if err != nil {
				t.Error(err)
			}
			if wait == 0 {
				let.Add(1)
			}
		})
	}
	all.Wait()
	if let.Load() != 12 {
		t.Errorf("%d of 40 at once are let through, not 12", let.Load())
	}
	if store.OnServer(r.url) {
		return
	}
	var rows int
	if err := r.beside().QueryRow(`SELECT count(*) FROM spent`).Scan(&rows); err != nil || rows != 12 {
		t.Errorf("%d rows are written for them, %v", rows, err)
	}
}

// TestTheSameWorkForAnybody: as much is read, sealed and written for a number that
// somebody has as for one that nobody has; whoever counts or times it learns nothing.
func TestTheSameWorkForAnybody(t *testing.T) {
	read := counting{n: map[string]int{}}
	r := newRig(t, func(c *Config) {
		read.Register = c.Registers
		c.Registers = read
	})
	if err := r.PutAccount(t.Context(), Account{Actor: person(holder), Name: "Айгүл", Phone: phone, Lang: "kk"}); err != nil {
		t.Fatal(err)
	}
	db := r.beside()
	// Letters as they are written: one that nobody is sent is taken back at once.
	written := r.countInserts("outbox")
	for name, act := range map[string]func(known bool){
		"a code": func(known bool) {
			if _, err := r.SendCode(t.Context(), map[bool]string{true: phone, false: unknown}[known], "kk"); err != nil {
				t.Fatal(err)
			}
		},
		"a mandate": func(known bool) {
			r.give(stranger, map[bool]aiqyn.PersonID{true: holder, false: r.nobody()}[known], 30)
		},
		"a wrong code": func(known bool) {
			_, _, err := r.SignIn(t.Context(), "x", map[bool]string{true: phone, false: unknown}[known], "123456", Client{})
			wantKey(t, err, "error.code-wrong")
		},
	} {
		work := func(known bool) map[string]int {
			t.Helper()
			count := func(n map[string]int, sign int) {
				for _, table := range []string{"entry", "code", "account", "number", "account_act", "mandate", "question", "look", written} {
					var rows int
					if err := db.QueryRow(`SELECT count(*) FROM ` + table).Scan(&rows); err != nil {
						t.Fatal(err)
					}
					n[table] += sign * rows
				}
			}
			clear(read.n)
			n := map[string]int{}
			count(n, -1)
			act(known)
			count(n, 1)
			for register, times := range read.n {
				n["reads of "+register] = times
			}
			return n
		}
		if known, unknown := work(true), work(false); !maps.Equal(known, unknown) {
			t.Errorf("%s: %v for somebody, %v for nobody", name, known, unknown)
		}
	}
}
