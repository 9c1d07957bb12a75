// Command aiqyn runs public services that leave no room for a bribe, and gives
// everybody the means to check what was decided without trusting the server.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"aiqyn"
	"aiqyn/locale"
)

// Exit codes, which scripts rely on.
const (
	held    = 0
	notHeld = 1
	unusual = 2 // the question could not be asked: bad arguments, unreadable files, a full disk
)

// errNotHeld ends a command whose answer is no. What did not hold has been
// printed already.
var errNotHeld = errors.New("did not hold")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is one word after aiqyn.
type command struct {
	name  string
	short string // one line of the overview
	usage string
	run   func(*call) error
}

// commands in the order of the overview.
var commands = []command{
	{"demo", "seed an invented country, serve it, print what to try", demoUsage, demoCommand},
	{"serve", "serve real services: no invented people, no practice keys", serveUsage, serveCommand},
	{"verify", "check receipts offline, and say what they prove", verifyUsage, verifyCommand},
	{"recompute", "run rulings and draws again from published data", recomputeUsage, recomputeCommand},
	{"audit", "check a whole ledger: every entry, case and ruling", auditUsage, auditCommand},
	{"witness", "cosign other people's logs, so that they cannot be forked", witnessUsage, witnessCommand},
	{"lint", "check a pack or a service, and count what it asks of people", lintUsage, lintCommand},
	{"keys", "make the keys of a log, show the public one", keysUsage, keysCommand},
	{"migrate", "bring a database up to this version", migrateUsage, migrateCommand},
	{"backup", "copy a database while it is in use", backupUsage, backupCommand},
	{"restore", "go on from a backup, under a new name of the log", restoreUsage, restoreCommand},
	{"rebuild", "make everything again that follows from the log", rebuildUsage, rebuildCommand},
	{"import", "bring in cases of a former system, marked unproven", importUsage, importCommand},
	{"export", "write what is public, compare two published files", exportUsage, exportCommand},
	{"bench", "measure this machine, each figure beside its limit", benchUsage, benchCommandLine},
	{"allocate", "run a published round of sharing out again", allocateUsage, allocateCommand},
	{"grid", "power flow, free capacity and connection points of a network", gridUsage, nil},
}

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" || args[0] == "help" && len(args) == 1 {
		overview(stdout)
		return held
	}
	name, rest := args[0], args[1:]
	if name == "help" {
		name, rest = args[1], []string{"--help"}
	}
	if name == "grid" {
		return gridCommand(rest, stdout, stderr)
	}
	for _, c := range commands {
		if c.name == name {
			return c.answer(ctx, rest, stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "aiqyn: there is no command %q. These are:\n\n", name)
	overview(stderr)
	return unusual
}

func overview(w io.Writer) {
	fmt.Fprint(w, "Aiqyn runs public services that leave no room for a bribe.\n\n  aiqyn COMMAND [ARGUMENTS] [--lang kk|ru|en]\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\naiqyn help COMMAND says more about one. Exit code 0: it holds, or was done;\n1: it does not hold; 2: the question could not be asked.\n")
}

// answer runs one command and turns its error into an exit code.
func (c command) answer(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	texts, err := locale.Load()
	if err != nil {
		fmt.Fprintln(stderr, "aiqyn:", err)
		return unusual
	}
	call := newCall(ctx, c, args, texts, stdout, stderr)
	err = c.run(call)
	switch {
	case err == nil, errors.Is(err, errHelp):
		return held
	case errors.Is(err, errNotHeld):
		return notHeld
	}
	call.complain(err)
	return unusual
}

// languages that --lang accepts.
func language(s string) (aiqyn.Lang, error) {
	for _, l := range aiqyn.Langs {
		if s == string(l) {
			return l, nil
		}
	}
	return "", fmt.Errorf("--lang %s: choose kk, ru or en", s)
}
