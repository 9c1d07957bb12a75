//go:build soak

package main

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestSoakUpgradeFromThePreviousCommit: the program as it was one commit ago
// makes a database, and this one goes on with it. It builds that program, which
// takes minutes, so it is compiled for make soak alone, and where it is compiled
// it runs; TestStories/upgrade and TestStoriesOnPostgreSQL/upgrade have an older
// database each time.
func TestSoakUpgradeFromThePreviousCommit(t *testing.T) {
	if err := exec.Command("git", "rev-parse", "--verify", "HEAD~1").Run(); err != nil {
		t.Fatal("there is no commit before this one here")
	}
	sources, demo, old := t.TempDir(), filepath.Join(t.TempDir(), "demo"), filepath.Join(t.TempDir(), "aiqyn")
	shell(t, "../..", "git archive HEAD~1 | tar -x -C "+sources)
	shell(t, sources, "go build -o "+old+" ./cmd/aiqyn")
	before := exec.Command(old, "demo", "--dir", demo, "--listen", "127.0.0.1:0", "--cases", "60", "--people", "1000")
	out := &lines{ready: make(chan struct{})}
	before.Stdout, before.Stderr = out, out
	if err := before.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- before.Wait() }()
	select {
	case <-out.ready:
	case err := <-ended:
		t.Fatalf("the earlier program ended: %v: %s", err, out)
	}
	if err := errors.Join(before.Process.Signal(syscall.SIGTERM), <-ended); err != nil {
		t.Fatalf("the earlier program: %v: %s", err, out)
	}
	receipts, err := filepath.Glob(filepath.Join(demo, "receipts", "*.json"))
	if err != nil || len(receipts) == 0 {
		t.Fatalf("%d receipts, %v", len(receipts), err)
	}
	db, policy := "sqlite:"+filepath.Join(demo, "aiqyn.db"), filepath.Join(demo, "policy")
	for _, args := range [][]string{
		{"migrate", "--db", db}, {"audit", "--db", db, "--policy", policy},
		append([]string{"verify", "--key", filepath.Join(demo, "verifier.key"), "--policy", policy}, receipts...),
	} {
		var said bytes.Buffer
		if code := run(t.Context(), args, &said, &said); code != held {
			t.Fatalf("%s: exit code %d: %s", args[0], code, said.String())
		}
	}
	b := new(background)
	if err := b.begin("demo", "--dir", demo, "--listen", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if err := b.end(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if code := run(t.Context(), []string{"audit", "--db", db, "--policy", policy}, &said, &said); code != held {
		t.Fatalf("audit: exit code %d: %s", code, said.String())
	}
}

func shell(t *testing.T, dir, line string) {
	t.Helper()
	c := exec.Command("sh", "-c", line)
	c.Dir = dir
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
}
