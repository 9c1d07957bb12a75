package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"aiqyn/store"
	"aiqyn/store/cluster"
)

// TestKillServersAndDatabases runs three servers on a primary with a
// synchronous standby and two witnesses, and under load kills -9 the server
// that decides, the standby, and the primary. Nothing that was acknowledged is
// lost or doubled, the audit is clean, and what is sent after the death is
// acknowledged within ten seconds of it, by a server that had to take the log
// over. The long form does it many times.
func TestKillServersAndDatabases(t *testing.T) {
	cluster.Installed(t)
	rounds := 1
	if os.Getenv("AIQYN_SOAK") != "" {
		rounds = 10
	}
	for range rounds {
		f := newFleet(t)
		f.load(4)
		f.goesOn("three servers run")

		f.anotherHolder()
		f.goesOn("the server that decided was killed")

		f.standby.Kill()
		if err := f.standby.Up(); err != nil {
			t.Fatal(err)
		}
		f.goesOn("the standby was killed")

		f.anotherPrimary()
		f.goesOn("there is a standby again")
		f.check()
	}
}

// fleet is all that runs, and what it has acknowledged.
type fleet struct {
	t                *testing.T
	dir, url, policy string
	primary, standby *cluster.Cluster

	mu      sync.Mutex
	servers []*process

	over    atomic.Bool
	workers sync.WaitGroup
	acked   atomic.Int64
	latest  atomic.Int64 // when what is acknowledged was sent at the latest, in microseconds
	again   atomic.Int64 // sent again because nothing came back
	came    atomic.Int64 // people besides the load
}

func newFleet(t *testing.T) *fleet {
	t.Helper()
	f := &fleet{t: t, dir: t.TempDir()}
	var err error
	if f.primary, err = cluster.Start("fsync=off"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.primary.Remove)
	f.standby = f.mirror(f.primary, "second")
	t.Cleanup(f.standby.Remove)
	if _, err := f.primary.Create("aiqyn"); err != nil {
		t.Fatal(err)
	}
	f.url = cluster.URL("aiqyn", f.primary, f.standby)
	keys, err := makeKeys(filepath.Join(f.dir, "keys"), "log.example/fleet")
	if err != nil {
		t.Fatal(err)
	}
	policy := ""
	for i := range 2 {
		file := filepath.Join(f.dir, fmt.Sprintf("w%d.key", i))
		var vkey, errs bytes.Buffer
		if run(t.Context(), []string{"witness", "--key", file, "--init", fmt.Sprintf("witness.example/w%d", i)}, &vkey, &errs) != held {
			t.Fatal(errs.String())
		}
		w := startWitness(t, file, keys.verifier, "127.0.0.1:0")
		policy += fmt.Sprintf("witness w%d %s http://%s/\n", i, strings.TrimSpace(vkey.String()), w.addr)
	}
	f.policy = filepath.Join(f.dir, "policy")
	if err := os.WriteFile(f.policy, []byte(policy+"group all 2 w0 w1\nquorum all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	beacon := `{"bodies":[{"body":"audit","links":1000,"tip":"` + strings.Repeat("1", 64) + `"},{"body":"bar","links":1000,"tip":"` +
		strings.Repeat("2", 64) + `"}],"genesis":"2026-12-01T00:00:00Z","period":"10m"}`
	if err := os.WriteFile(filepath.Join(f.dir, "pair.json"), []byte(beacon), 0o600); err != nil {
		t.Fatal(err)
	}
	f.start("--init")
	f.start()
	f.start()
	return f
}

// mirror gives a server a synchronous standby.
func (f *fleet) mirror(of *cluster.Cluster, name string) *cluster.Cluster {
	f.t.Helper()
	s, err := of.Standby(name, "fsync=off")
	if err == nil {
		err = of.Set("synchronous_standby_names=" + name)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

// start starts another server, as a process of its own: every other one [raced].
func (f *fleet) start(more ...string) {
	f.t.Helper()
	exe := program(f.t)
	if len(f.servers)%2 == 0 { // none but the test itself adds to them
		exe = raced(f.t)
	}
	pack, err := filepath.Abs("../../packs/kz")
	if err != nil {
		f.t.Fatal(err)
	}
	cmd := exec.Command(exe, append([]string{"serve", "--db", f.url, "--pack", pack, "--keys", filepath.Join(f.dir, "keys"), "--policy", f.policy,
		"--beacon", filepath.Join(f.dir, "pair.json"), "--rounds", f.dir, "--listen", "127.0.0.1:0", "--handover", "127.0.0.1:0", "--proxy", "127.0.0.0/8"}, more...)...)
	cmd.Args[0] = "aiqyn" // by this name the test's own file is the program
	var out lines
	out.ready = make(chan struct{})
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	p := &process{cmd: cmd}
	f.t.Cleanup(func() {
		p.kill()
		noRace(f.t, p.addr, out.String())
		if f.t.Failed() {
			f.t.Logf("%s said\n%s", p.addr, out.String())
		}
	})
	select {
	case <-out.ready:
	case <-time.After(time.Minute):
		f.t.Fatalf("a server did not begin: %s", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if strings.Contains(line, `"msg":"serving"`) {
			p.addr = hasAddr.FindString(line)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.servers = append(f.servers, p)
}

// alive are the servers that were not killed.
func (f *fleet) alive() (list []*process) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.servers {
		if !p.dead.Load() {
			list = append(list, p)
		}
	}
	return list
}

// decides is the server that holds the log, nil if none does.
func (f *fleet) decides() *process {
	client := http.Client{Timeout: 2 * time.Second}
	for _, p := range f.alive() {
		res, err := client.Get("http://" + p.addr + "/metrics")
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if strings.Contains(string(text), "\naiqyn_holds_log 1\n") {
			return p
		}
	}
	return nil
}

func (f *fleet) holder() *process {
	f.t.Helper()
	for range 600 {
		if p := f.decides(); p != nil {
			return p
		}
		time.Sleep(50 * time.Millisecond)
	}
	f.t.Fatal("nobody decides")
	return nil
}

// newHolder is how soon after a death something is acknowledged again. Where who decides
// has died: four seconds of the lease that still runs, half a second until it is looked
// at, and what reading the log takes. Where the primary has: its standby's promotion, and
// the same, for the lease may have run out while there was nowhere to renew it.
const newHolder = 10 * time.Second

// anotherHolder kills the server that decides, holds the next one to its time, and
// starts one in its place. Other tests run beside: who was late once is asked
// again, and is to be late three times before it is for the servers.
func (f *fleet) anotherHolder() {
	f.t.Helper()
	for try := range 3 {
		p := f.holder()
		began := time.Now()
		p.kill()
		took := f.acknowledged(began, time.Now())
		f.t.Logf("the server that decided was killed: what was sent then is acknowledged after %v", took.Round(time.Millisecond))
		f.start()
		if took <= newHolder {
			return
		}
		if try == 2 {
			f.t.Errorf("a new holder takes more than %v each time", newHolder)
		}
	}
}

// anotherPrimary kills the primary, promotes its standby as whoever runs the servers of
// PostgreSQL would, and holds what follows to the same time, from the death on; then who
// was killed comes back as the standby. What was late is asked again as there.
func (f *fleet) anotherPrimary() {
	f.t.Helper()
	for try := range 3 {
		began := time.Now()
		f.primary.Kill()
		dead := time.Now()
		if err := f.standby.Promote(); err != nil {
			f.t.Fatal(err)
		}
		promoted := time.Since(began)
		took := f.acknowledged(began, dead)
		f.t.Logf("the primary was killed: its standby is promoted after %v, and what was sent since the death is acknowledged after %v",
			promoted.Round(time.Millisecond), took.Round(time.Millisecond))
		f.goesOn("the primary was killed")
		f.primary, f.standby = f.standby, f.primary
		name := fmt.Sprint("again", try)
		if err := errors.Join(f.standby.Rejoin(f.primary, name, "fsync=off"), f.primary.Set("synchronous_standby_names="+name)); err != nil {
			f.t.Fatal(err)
		}
		if took <= newHolder {
			return
		}
		if try == 2 {
			f.t.Errorf("after the primary's death nothing is acknowledged within %v each time", newHolder)
		}
	}
}

// acknowledged waits until something is acknowledged that was sent after a death, so that
// nobody who died has had it, and says how long that was since a moment. The load may
// wait for answers that never come: others come meanwhile, two a second.
func (f *fleet) acknowledged(since, dead time.Time) time.Duration {
	f.t.Helper()
	for n := 0; time.Since(dead) < time.Minute; n++ {
		if f.latest.Load() > dead.UnixMicro() {
			return time.Since(since)
		}
		if n%50 == 0 {
			came := int(f.came.Add(1))
			f.workers.Go(func() { f.report(200, came) })
		}
		time.Sleep(10 * time.Millisecond)
	}
	f.t.Fatal("nothing is acknowledged any more")
	return 0
}

// load has people report from everywhere, each until it is acknowledged.
func (f *fleet) load(workers int) {
	for w := range workers {
		f.workers.Go(func() {
			for n := 0; !f.over.Load(); n++ {
				f.report(w, n)
			}
		})
	}
}

// report sends one report, to one server after another, with one command.
func (f *fleet) report(w, n int) {
	var command [16]byte
	rand.Read(command[:])
	form := url.Values{"certificate": {"address"}, "body": {fmt.Sprintf("body-%d-%d", w, n)}, "command": {hex.EncodeToString(command[:])}}
	client := http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for try := 0; ; try++ {
		servers := f.alive()
		if len(servers) == 0 {
			return // the test has ended
		}
		to := servers[(w+n+try)%len(servers)]
		req, err := http.NewRequest(http.MethodPost, "http://"+to.addr+"/en/certificates/report", strings.NewReader(form.Encode()))
		if err != nil {
			f.t.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", w, n/250, n%250+1))
		sent := time.Now()
		res, err := client.Do(req)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusSeeOther {
				f.acked.Add(1)
				f.sentAt(sent)
				return
			}
			if res.StatusCode < 500 {
				f.t.Errorf("report: %s", res.Status)
				return
			}
		}
		f.again.Add(1)
		time.Sleep(50 * time.Millisecond)
	}
}

// sentAt notes when something was sent that is acknowledged.
func (f *fleet) sentAt(at time.Time) {
	for {
		was := f.latest.Load()
		if at.UnixMicro() <= was || f.latest.CompareAndSwap(was, at.UnixMicro()) {
			return
		}
	}
}

// goesOn waits until more is acknowledged than was.
func (f *fleet) goesOn(what string) {
	f.t.Helper()
	was := f.acked.Load()
	for range 1200 {
		if f.acked.Load() >= was+20 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	f.t.Fatalf("%s: nothing is acknowledged any more", what)
}

// check ends all and holds what is in the database against what was
// acknowledged: every report once.
func (f *fleet) check() {
	f.t.Helper()
	f.over.Store(true)
	f.workers.Wait()
	for _, p := range f.alive() {
		p.cmd.Process.Signal(syscall.SIGTERM)
		if err := p.cmd.Wait(); err != nil {
			f.t.Errorf("a server ended with %v", err)
		}
	}
	f.t.Logf("%d reports acknowledged, %d times sent again", f.acked.Load(), f.again.Load())
	db, err := store.Open(f.t.Context(), f.url, store.Options{ReadOnly: true})
	if err != nil {
		f.t.Fatal(err)
	}
	defer db.Close()
	counted, err := db.Demands(f.t.Context(), 1<<20)
	if err != nil {
		f.t.Fatal(err)
	}
	if int64(len(counted)) != f.acked.Load() {
		f.t.Errorf("%d reports are counted, %d were acknowledged", len(counted), f.acked.Load())
	}
	for _, d := range counted {
		if d.N != 1 {
			f.t.Errorf("a report of %s was recorded %d times", d.Body, d.N)
		}
	}
	var out, errs bytes.Buffer
	args := []string{"audit", "--db", f.url, "--keys", filepath.Join(f.dir, "keys"), "--policy", f.policy, "--json"}
	if code := run(f.t.Context(), args, &out, &errs); code != held {
		f.t.Errorf("audit: %d\n%s%s", code, out.String(), errs.String())
	}
}
