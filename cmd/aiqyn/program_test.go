package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// program is the file of the program that a test runs as a process of its own:
// AIQYN_PROGRAM, where make test puts what people install, else the test's own file,
// which is the program by the name aiqyn. A process under the race detector takes seconds
// to begin, and hundreds are begun. What is concurrent in them is under it all the same:
// what a test serves runs in the test itself, and of servers that are processes some are
// [raced].
func program(t *testing.T) string {
	t.Helper()
	file := os.Getenv("AIQYN_PROGRAM")
	if file == "" {
		return raced(t)
	}
	if !filepath.IsAbs(file) || filepath.Base(file) != "aiqyn" {
		t.Fatalf("AIQYN_PROGRAM is %q: want a whole path to a file named aiqyn", file)
	}
	return file
}

// raced is the program under the race detector, where the test is.
func raced(t *testing.T) string {
	t.Helper()
	file, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// noRace holds that a process has met no race: one that is killed cannot say so by how it
// ends.
func noRace(t *testing.T, who, said string) {
	t.Helper()
	if strings.Contains(said, "WARNING: DATA RACE") {
		t.Errorf("%s met a race:\n%s", who, said)
	}
}

// process runs the program as a process of its own until it is asked to end, and returns
// its exit code.
func (b *background) process(ctx context.Context, args []string) int {
	cmd := exec.CommandContext(ctx, b.file, args...)
	cmd.Args[0] = "aiqyn" // by this name the test's own file is the program
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdout, cmd.Stderr = &b.out, &b.out
	if err := cmd.Run(); cmd.ProcessState == nil {
		fmt.Fprintln(&b.out, err)
		return unusual
	}
	return cmd.ProcessState.ExitCode()
}
