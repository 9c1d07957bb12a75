package casework

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// children are what this test binary does when it is started again as a
// process of its own, to be killed or locked into a smaller world.
var children = map[string]func(*testing.T, string){}

// TestChild is nothing unless a parent has started it.
func TestChild(t *testing.T) {
	if f := children[os.Getenv("AIQYN_TEST_CHILD")]; f != nil {
		f(t, os.Getenv("AIQYN_TEST_DIR"))
	}
}

// startChild prepares this binary to run one child on a folder.
func startChild(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), "AIQYN_TEST_CHILD="+name, "AIQYN_TEST_DIR="+dir)
	return cmd
}

func init() { children["load"] = loadChild }

// loadChild works under load until it is killed, telling on standard output of
// every command that was acknowledged, once per line, unbuffered.
func loadChild(t *testing.T, dir string) {
	r := liveRig(t, dir, bornIn(t, dir))
	var mu sync.Mutex
	say := func(v any) {
		line, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		mu.Lock()
		defer mu.Unlock()
		os.Stdout.Write(append(line, '\n'))
	}
	round, err := strconv.Atoi(os.Getenv("AIQYN_TEST_ROUND"))
	if err != nil {
		t.Fatal(err)
	}
	l := &load{rig: r, round: round, acked: func(a ack) { say(a) },
		failed: func(kind string, err error) { say(map[string]string{"failed": kind, "err": err.Error()}) }}
	l.run(context.Background(), 16)
}

// bornIn is when the world of a folder began: its clock runs on through crashes.
func bornIn(t *testing.T, dir string) time.Time {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "born"))
	if err != nil {
		t.Fatal(err)
	}
	ns, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Unix(0, ns)
}

// TestKillMinus9 kills a working process at random moments, over and over on
// one database. Whatever was acknowledged must be there, once, at the same
// place with the same leaf, and be answered the same when it is sent again;
// what was not acknowledged is there at most once; the audit is clean.
func TestKillMinus9(t *testing.T) {
	t.Parallel()
	kills := 20
	switch {
	case testing.Short():
		kills = 3
	case underRace:
		kills = 6
	case os.Getenv("AIQYN_SOAK") != "":
		kills = 100
	}
	random := seeded(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "born"), fmt.Append(nil, time.Now().UnixNano()), 0o600); err != nil {
		t.Fatal(err)
	}
	var all []ack
	for kill := range kills {
		acks, after := killOnce(t, "load", dir, kill, random)
		all = append(all, acks...)
		r := liveRig(t, dir, bornIn(t, dir), func(c *Config) { c.Manual = true })
		checkSound(t, r, all)
		checkAgain(t, r, all, acks, random)
		size := r.size()
		r.shut()
		t.Logf("kill %3d after %-12v %5d acknowledged, log of %6d: nothing lost or doubled", kill+1, after, len(acks), size)
		if t.Failed() {
			return
		}
	}
}

// seeded is chance that AIQYN_SEED repeats; the log tells the seed.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("AIQYN_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("AIQYN_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 9))
}

// killOnce starts a process, kills it at a random moment and returns what it
// had acknowledged. Every fourth is killed while it opens the database.
func killOnce(t *testing.T, child, dir string, n int, random *rand.Rand) ([]ack, time.Duration) {
	t.Helper()
	cmd := startChild(t, child, dir)
	cmd.Env = append(cmd.Env, fmt.Sprintf("AIQYN_TEST_ROUND=%d", n))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	after := time.Duration(50+random.IntN(600)) * time.Millisecond
	early := n%4 == 3
	if early {
		after = time.Duration(random.IntN(200)) * time.Millisecond
		time.AfterFunc(after, func() { cmd.Process.Signal(syscall.SIGKILL) })
	}
	var acks []ack
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break // what follows the last line end was cut off by the kill
		}
		if bytes.HasPrefix(line, []byte(`{"err"`)) {
			t.Errorf("while working: %s", line)
			continue
		}
		var a ack
		if err := json.Unmarshal(line, &a); err != nil {
			t.Errorf("%v: %s", err, line)
			continue
		}
		if acks = append(acks, a); len(acks) == 1 && !early {
			time.AfterFunc(after, func() { cmd.Process.Signal(syscall.SIGKILL) })
		}
	}
	cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended before it was killed: %v", cmd.ProcessState)
	}
	return acks, after
}

// checkSound holds a reopened log against what was acknowledged.
func checkSound(t *testing.T, r *rig, acks []ack) {
	t.Helper()
	runs, leaves := commandsInLog(t, r)
	for _, a := range acks {
		key := commandHash(a.ID)
		switch got := runs[key]; {
		case len(got) == 0:
			t.Errorf("%s %s: acknowledged as %d–%d and lost", a.Kind, a.ID, a.First, a.Last)
		case got[0] != span{First: a.First, Last: a.Last}:
			t.Errorf("%s %s: acknowledged as %d–%d, the log has it at %v", a.Kind, a.ID, a.First, a.Last, got)
		case leaves[a.Last] != a.Leaf:
			t.Errorf("%s %s: entry %d has another leaf than was acknowledged", a.Kind, a.ID, a.Last)
		}
	}
	for key, got := range runs {
		if len(got) > 1 {
			t.Errorf("command %s was carried out %d times: %v", key, len(got), got)
		}
	}
	if rep := r.audit(); !rep.OK {
		t.Errorf("audit: %+v", rep.Problems[:min(5, len(rep.Problems))])
	}
}

// commandsInLog opens every entry and lists, for each command, the stretches
// of the log that name it. One that was carried out once has one stretch.
func commandsInLog(t *testing.T, r *rig) (map[string][]span, map[int64]string) {
	t.Helper()
	runs, leaves := make(map[string][]span), make(map[int64]string)
	keys := map[int64]*caseKey{0: r.keys.system}
	last := make(map[string]int64) // case of a command's last stretch
	for e, err := range r.db.Entries(t.Context(), 0, 1<<62) {
		if err != nil {
			t.Fatal(err)
		}
		leaves[e.Index] = hex.EncodeToString(e.Leaf[:])
		key := keys[e.Case]
		if key == nil {
			rows, err := r.db.CasesByNo(t.Context(), []int64{e.Case})
			if err != nil || len(rows) != 1 {
				t.Fatalf("case %d of entry %d: %d rows, %v", e.Case, e.Index, len(rows), err)
			}
			if key, err = r.keys.unwrap(rows[0].Key); err != nil {
				t.Fatal(err)
			}
			keys[e.Case] = key
		}
		plain, err := open(key.gcm, e.Sealed, place(e.Case, e.Seq))
		if err != nil {
			t.Fatalf("entry %d: %v", e.Index, err)
		}
		var p private
		if err := json.Unmarshal(plain, &p); err != nil {
			t.Fatal(err)
		}
		if p.Command == "" {
			continue
		}
		list := runs[p.Command]
		if n := len(list); n > 0 && list[n-1].Last == e.Index-1 && last[p.Command] == e.Case {
			list[n-1].Last = e.Index
		} else {
			list = append(list, span{First: e.Index, Last: e.Index})
		}
		runs[p.Command], last[p.Command] = list, e.Case
	}
	return runs, leaves
}

// checkAgain sends the latest commands again, and some older ones, many at a
// time: each must be answered as it was answered first, and write nothing.
func checkAgain(t *testing.T, r *rig, all, latest []ack, random *rand.Rand) {
	t.Helper()
	again := latest
	for range min(50, len(all)) {
		again = append(again, all[random.IntN(len(all))])
	}
	before := r.size()
	next := make(chan ack)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for a := range next {
				res, err := r.Do(context.Background(), a.command())
				if err != nil || !res.Again || res.First != a.First || res.Last != a.Last || res.Ref != a.Ref {
					t.Errorf("%s %s again: %+v, %v; first %d–%d %s", a.Kind, a.ID, res, err, a.First, a.Last, a.Ref)
				}
			}
		})
	}
	for _, a := range again {
		next <- a
	}
	close(next)
	wg.Wait()
	if after := r.size(); after != before {
		t.Errorf("sending commands again made the log grow from %d to %d", before, after)
	}
}
