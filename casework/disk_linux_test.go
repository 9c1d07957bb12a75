package casework

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/store"
)

func init() {
	children["disk full"] = diskFull
	children["read-only"] = readOnly
}

// TestDiskFull and its sibling run in a world of their own, with a small file
// system that nobody else sees.
func TestDiskFull(t *testing.T) { inOwnMounts(t, "disk full") }

// TestReadOnly opens databases that cannot be written.
func TestReadOnly(t *testing.T) { inOwnMounts(t, "read-only") }

// inOwnMounts runs a child in a mount namespace of its own, with a small
// file system in its folder.
func inOwnMounts(t *testing.T, name string) {
	cmd := startChild(t, name, t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.ENOSPC) {
		const why = "this machine lets nobody make a small file system of their own"
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s: %v", why, err)
		}
		t.Skipf("%s: %v", why, err)
	}
	if err != nil || !strings.Contains(string(out), "PASS") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// smallDisk mounts the child's file system.
func smallDisk(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("", "/", "", syscall.MS_PRIVATE|syscall.MS_REC, ""); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Fatal(err)
	}
}

// diskFull fills the disk under a working engine, more than once. Each time
// commands are refused by name, what was acknowledged can be read, and once
// there is room the same engine goes on, and the refused commands go through.
func diskFull(t *testing.T, dir string) {
	smallDisk(t, dir)
	r := liveRig(t, dir, time.Now())
	defer r.shut()
	var mu sync.Mutex
	var acks []ack
	for round := range 3 {
		// A write-ahead log that is begun anew needs no room until it is as
		// long as it was: so it is cut first.
		if _, err := r.beside().Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			t.Fatal(err)
		}
		full := make(chan struct{})
		var once sync.Once
		ctx, stop := context.WithCancel(t.Context())
		l := &load{rig: r, round: round, acked: func(a ack) { mu.Lock(); acks = append(acks, a); mu.Unlock() }}
		l.failed = func(kind string, err error) {
			switch e, ok := asError(err); {
			case ok && e.Key == "error.disk-full":
				once.Do(func() { close(full) })
			case ok && e.Kind == aiqyn.Conflict: // the case before it could not be brought to its end
			default:
				t.Errorf("%s: %v", kind, err)
			}
		}
		ready := make(chan struct{})
		l.ready = func() { close(ready) }
		var working sync.WaitGroup
		working.Go(func() { l.run(ctx, 12) })
		<-ready
		time.Sleep(100 * time.Millisecond)
		ballast := filepath.Join(dir, "ballast")
		if err := fill(ballast); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("fill the disk: %v", err)
		}
		select {
		case <-full:
		case <-time.After(20 * time.Second):
			t.Error("the disk is full and nobody was told")
		}
		time.Sleep(50 * time.Millisecond)
		stop()
		working.Wait()
		refused := File{ID: aiqyn.CommandID(fmt.Sprint("refused", round)), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder},
			Service: "address.certificate", Lang: "kk", Channel: "online", Answers: map[string]string{"use": "extract"}}
		for range 200 { // a short one may still find room in a page
			if _, err := r.Do(t.Context(), refused); err != nil {
				wantKey(t, err, "error.disk-full")
				break
			}
			refused.ID += "+"
		}
		if _, err := r.Mine(t.Context(), person(holder), Page{}); err != nil {
			t.Errorf("reading on a full disk: %v", err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		first := r.must(refused)
		if again := r.must(refused); !again.Again || again.First != first.First {
			t.Errorf("after there is room: %+v, then %+v", first, again)
		}
		checkSound(t, r, acks)
		checkBooks(t, r)
	}
}

// fill writes a file until the disk is full.
func fill(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for block := make([]byte, 1<<16); err == nil; {
		_, err = f.Write(block)
	}
	return err
}

// checkBooks holds what the engine remembers against the database: what a
// failed write has booked must be off the books.
func checkBooks(t *testing.T, r *rig) {
	t.Helper()
	held, err := r.db.Reservations(t.Context(), shareCapacity)
	if err != nil {
		t.Fatal(err)
	}
	c := r.cfg.Capacity
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(held) != len(c.held) {
		t.Errorf("the engine remembers %d reservations, the database has %d", len(c.held), len(held))
	}
	for _, h := range held {
		if got := c.held[h.Case]; got.Amount != h.Amount || got.Place != h.Place {
			t.Errorf("case %d: the engine remembers %+v, the database has %+v", h.Case, got, h)
		}
	}
}

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	if e, ok := asError(err); !ok || e.Key != key {
		t.Errorf("error %v, want %s", err, key)
	}
}

// readOnly opens a database in a folder, on a disk and as a file that cannot
// be written. Nothing changes, the error says what is wrong, and once it can
// be written it opens.
func readOnly(t *testing.T, dir string) {
	smallDisk(t, dir)
	r := liveRig(t, dir, time.Now())
	a := ack{Kind: "certificate", ID: "before"}
	first := r.must(a.command())
	r.shut()
	file := filepath.Join(dir, "aiqyn.db")
	for _, c := range []struct{ name, path, key string }{
		{"disk", dir, "error.database-open"}, {"file", file, "error.read-only"}, {"lock", file + ".lock", "error.database-open"},
	} {
		was, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount(c.path, c.path, "", syscall.MS_BIND, ""); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mount("", c.path, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(t.Context(), "sqlite:"+file, store.Options{})
		if err == nil {
			cfg := r.cfg
			cfg.Store = db
			_, err = Open(t.Context(), cfg)
			db.Close()
		}
		wantKey(t, err, c.key)
		if now, _ := os.ReadFile(file); string(now) != string(was) {
			t.Errorf("read-only %s: the file has changed", c.name)
		}
		if err := syscall.Unmount(c.path, syscall.MNT_DETACH); err != nil {
			t.Fatal(err)
		}
		r.open()
		if again := r.must(a.command()); !again.Again || again.First != first.First {
			t.Errorf("after the read-only %s: %+v, first %+v", c.name, again, first)
		}
		r.shut()
	}
}
