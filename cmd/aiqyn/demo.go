package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"aiqyn"
	"aiqyn/packs"
	"aiqyn/pay"
	"aiqyn/pay/practice"
	"aiqyn/registry"
	"aiqyn/store"
	"aiqyn/web"
)

const demoUsage = `usage: aiqyn demo [--listen ADDR] [--dir DIR] [--network FILE] [--people N] [--seed N]

Seeds an invented country and serves it: people, a town with its parcels and
electricity network, officers, and a year of cases that the real engine has
lived through. Prints whom you can be and what to try.

DIR gets the database, and all that a stranger needs to check it with the
server off and the database gone:

  receipts/     what people were given
  published/    networks, rules, costs, capacity, releases, their signed index,
                the log's checkpoint and tiles
  verifier.key  the public key of the log
  policy        which witnesses must have seen it

If DIR holds a demonstration already, it goes on where it stopped. Everybody in
it is invented, and its keys and witnesses are for practice: they protect
nothing, and say so.
`

// demoFlags are how a demonstration is called.
type demoFlags struct {
	listen, dir, network string
	people, cases        int
	seed                 uint64
}

func demoCommand(c *call) error {
	started := time.Now()
	var f demoFlags
	c.flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`ADDR` to serve at")
	c.flags.StringVar(&f.dir, "dir", "aiqyn-demo", "`DIR` for everything it keeps")
	c.flags.StringVar(&f.network, "network", "", "lay the network of `FILE` out on the town")
	c.flags.IntVar(&f.people, "people", 0, "how many people live there (default 20000)")
	c.flags.IntVar(&f.cases, "cases", 5000, "how many cases lie in the past")
	c.flags.Uint64Var(&f.seed, "seed", 1, "another number makes another country")
	if _, err := c.words(0, 0); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen) // before the work, so that a taken port is told at once
	if err != nil {
		return aiqyn.E(aiqyn.Unavailable, "error.command-listen", "addr", f.listen).Because(err)
	}
	defer listener.Close()
	seeded, err := seedIfNeeded(c, f)
	if err != nil {
		return err
	}
	d, err := openDemo(c, f.dir, "http://localhost:"+strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	if err != nil {
		return err
	}
	defer d.office.Close()
	if err := d.prepare(c.ctx, seeded); err != nil {
		return err
	}
	server, err := d.server(c)
	if err != nil {
		return err
	}
	d.tell(c, f.dir, listener.Addr().String(), time.Since(started))
	background, stop := context.WithCancel(c.ctx)
	var letters sync.WaitGroup
	defer letters.Wait() // before the office closes under them
	defer stop()
	keepRoom(background)
	telephones, err := startTelephones(d.clock.now, d.log)
	if err != nil {
		return err
	}
	defer telephones.Close()
	letters.Go(func() { telephones.run(background, d.office.Engine, c.texts, d.log) })
	return serveUntilDone(c.ctx, server.HTTP(f.listen), listener)
}

// databaseFile is the database of a demonstration. While its past is made it
// has another name, so that one that was interrupted is never taken for whole.
func databaseFile(dir string) string { return filepath.Join(dir, "aiqyn.db") }

// seedIfNeeded makes the country unless there is one. It reports whether it did.
func seedIfNeeded(c *call, f demoFlags) (bool, error) {
	there, err := exists(databaseFile(f.dir))
	if err != nil {
		return false, err
	}
	if there {
		if f.network != "" {
			return false, aiqyn.E(aiqyn.Conflict, "error.command-demo-there", "dir", f.dir)
		}
		return false, nil
	}
	if err := makeRoom(f.dir); err != nil {
		return false, err
	}
	return true, seed(c, f, time.Now())
}

// ours are the names that an unfinished demonstration leaves behind.
var ours = map[string]bool{"aiqyn.db.new": true, "aiqyn.db.new-wal": true, "aiqyn.db.new-shm": true, "aiqyn.db.new.lock": true, "keys": true}

// makeRoom makes the folder, or clears it of what an interrupted start has
// left. It touches nothing else: a folder with other things in it is refused.
func makeRoom(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", dir).Because(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", dir).Because(err)
	}
	for _, e := range entries {
		if !ours[e.Name()] {
			return aiqyn.E(aiqyn.Conflict, "error.command-demo-dir", "dir", dir, "name", e.Name())
		}
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// demo is a demonstration being served.
type demo struct {
	dir    string
	site   string // where browsers let it have passkeys: they are bound to a name
	office *office
	clock  *movedClock
	keys   *logKeys
	policy string
	cast   cast
	signer *practiceSigner
	bank   *practice.Bank
	log    *slog.Logger
}

// openDemo opens a demonstration that has its past.
func openDemo(c *call, dir, site string) (*demo, error) {
	d := &demo{dir: dir, site: site, clock: new(movedClock), log: slog.New(web.CoverLog(slog.NewTextHandler(c.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))}
	db, err := store.Open(c.ctx, "sqlite:"+databaseFile(dir), store.Options{})
	if err != nil {
		return nil, err
	}
	if err := d.open(c.ctx, db); err != nil {
		db.Close()
		return nil, err
	}
	return d, nil
}

func (d *demo) open(ctx context.Context, db *store.DB) (err error) {
	if d.keys, err = readKeys(filepath.Join(d.dir, "keys")); err != nil {
		return err
	}
	// The engine must never see an earlier hour than it has recorded.
	if err := d.clock.load(ctx, db); err != nil {
		return err
	}
	if d.cast, err = readCast(ctx, db); err != nil {
		return err
	}
	parties, err := openPractice(filepath.Join(d.dir, "keys"), d.keys, d.clock.now, false)
	if err != nil {
		return err
	}
	if d.signer, err = openPracticeSigner(d.dir, d.clock.now); err != nil {
		return err
	}
	d.policy = parties.text
	if d.bank, err = d.openBank(parties.seed); err != nil {
		return err
	}
	files, err := openFiles(filepath.Join(d.dir, attachmentsDir))
	if err != nil {
		return err
	}
	d.office, err = wiring{
		db: db, practice: true, freely: true, keys: d.keys, pack: packs.Kazakhstan(), registers: registry.NewLocal(db), beacon: parties.beacon,
		policy: parties.policy, witnesses: parties.witnesses, clock: d.clock.now, log: d.log, published: d.published, trust: d.signer.trust, site: []string{d.site}, files: files,
		payments: d.bank.Provider(pay.PracticeBank),
	}.open(ctx)
	return err
}

// openBank opens the bank in which no money moves. It tells the engine what was
// paid as a bank elsewhere would.
func (d *demo) openBank(seed [32]byte) (*practice.Bank, error) {
	return practiceBank(d.dir, seed, d.clock.now, func(ctx context.Context, s pay.Signed) error { return d.office.SettlePayment(ctx, s) })
}

// practiceBank opens the bank of a demonstration, with the orders that it has.
func practiceBank(dir string, seed [32]byte, now aiqyn.Clock, tell func(context.Context, pay.Signed) error) (*practice.Bank, error) {
	return practice.Open(practice.Config{
		Seed: sha256.Sum256(append([]byte("bank"), seed[:]...)), Now: now, File: filepath.Join(dir, "bank.json"), Tell: tell,
	})
}

// prepare publishes the day's capacity, has the log witnessed and, the first
// time, writes what strangers need.
func (d *demo) prepare(ctx context.Context, seeded bool) error {
	if err := d.office.RunJobs(ctx); err != nil {
		return err
	}
	if _, err := d.office.RunDue(ctx); err != nil {
		return err
	}
	if err := d.office.Cosign(ctx); err != nil {
		return err
	}
	_, err := os.Stat(filepath.Join(d.dir, "policy"))
	if !seeded && !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return d.handOut(ctx)
}

// tell prints what to try.
func (d *demo) tell(c *call, dir, addr string, took time.Duration) {
	out := c.stdout
	fmt.Fprintf(out, "\n%s\n\n", c.text("command.demo.practice"))
	fmt.Fprintf(out, "  http://%s/%s/\n  http://%s/%s/demo\n\n", addr, c.lang, addr, c.lang)
	fmt.Fprintf(out, "%s\n\n", c.text("command.demo.open"))
	for _, p := range d.cast.Personas {
		fmt.Fprintf(out, "  %-13s %s, %s\n                %s\n", p.Phone, p.Name, p.Title.In(c.lang), p.Try.In(c.lang))
	}
	fmt.Fprintln(out)
	c.say("command.demo.check")
	fmt.Fprintf(out, "  %[2]s verify %[1]s/receipts/*.json --key %[1]s/verifier.key --policy %[1]s/policy\n", dir, calledAs(os.Args[0]))
	fmt.Fprintf(out, "  %[2]s recompute %[1]s/receipts/*.json --data %[1]s/published\n\n", dir, calledAs(os.Args[0]))
	// This line is a contract: scripts wait for it.
	fmt.Fprintf(out, "ready in %.1f s\n", took.Seconds())
}

// calledAs is what to type for this program again: go run builds it in a folder
// of its own and leaves nothing behind.
func calledAs(program string) string {
	if strings.Contains(program, "go-build") {
		return "go run ./cmd/aiqyn"
	}
	return "aiqyn"
}
