package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/casework"
	"aiqyn/signature"
	"aiqyn/store"
	"aiqyn/webhook"
)

const migrateUsage = `usage: aiqyn migrate --db sqlite:FILE|postgres://…

Brings the database up to the schema of this version. serve does so by itself;
this is for doing it apart, while nobody waits. Steps go forward only: make a
backup first.
`

func migrateCommand(c *call) error {
	url := c.flags.String("db", "", "the database, as `sqlite:FILE|postgres://…`")
	if _, err := c.words(0, 0); err != nil {
		return err
	}
	if err := c.required("db"); err != nil {
		return err
	}
	if err := mustExist(*url); err != nil {
		return err
	}
	db, err := store.Open(c.ctx, *url, store.Options{})
	if err != nil {
		return err
	}
	c.say("command.migrated")
	return db.Close()
}

const backupUsage = `usage: aiqyn backup FILE --db sqlite:FILE|postgres://… [--attachments DIR]

Copies the database to a new file while it is in use. The copy is of one moment
and whole, a file of SQLite whatever it was taken from: one can go on from it on
either engine.

Files of cases go into FILE.attachments, encrypted as they are; those that are
there from a backup before are not copied again.

Keys are not in it, and must be kept apart from it: whoever has both can read
everything, whoever has only this can read nothing of anybody. Keep copies of
the database no longer than you must: what is erased here stays in them until
they, or the keys, are destroyed.
`

func backupCommand(c *call) error {
	url := c.flags.String("db", "", "the database, as `sqlite:FILE|postgres://…`")
	files := c.flags.String("attachments", "", "`DIR` with the files of cases (default: attachments beside the database)")
	words, err := c.words(1, 1)
	if err != nil {
		return err
	}
	if err := c.required("db"); err != nil {
		return err
	}
	if err := mustExist(*url); err != nil {
		return err
	}
	db, err := store.Open(c.ctx, *url, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	err = db.Backup(c.ctx, words[0])
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	// After the database: whatever it names is there.
	if err := copyFiles(filesBeside(*url, *files), filesOf(words[0])); err != nil {
		return err
	}
	c.say("command.backed-up", "file", words[0])
	return nil
}

// mustExist refuses a file that is not there: opening would make it. A server
// says by itself what it does not have.
func mustExist(url string) error {
	if store.OnServer(url) {
		return nil
	}
	file, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return aiqyn.E(aiqyn.Invalid, "error.database-url", "url", url)
	}
	if there, err := exists(file); err != nil || !there {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	return nil
}

const auditUsage = `usage: aiqyn audit --db sqlite:FILE|postgres://… --keys DIR [--policy FILE] [--pack DIR] [--trust DIR] [--attachments DIR] [--pay-key KEY]… [--beacon FILE]… [--figures all|last|none] [--shards FILE] [--json]

Checks a whole ledger from the first entry to the last: that the tree is made of
these entries and signed, that every entry is what its commitment says, that
every case stands where its events lead, that every draw gives the officer who
was drawn and every ruling the outcome that was recorded, and that what was
granted is what is reserved. Every file of a case is read, too, and held against
its hash. It only reads, and works while the server runs.

With --trust it verifies every electronic signature by the authorities of that
folder (roots/, between/, crl/), as of the time that it was taken at.

What was paid is verified under the key of the payment provider that the entry
of the order names; the report says which. With --pay-key, as often as the
provider has had a key, each must be one of those.

What chance decided, rounds of queues and lots and draws of officers, is held to
the source of randomness that the log names: each value is verified, each round
must be the one that was to come next, and the report says how much rests on
which source, and how much on practice, which proves nothing. With --beacon, as
often as the source has changed, each must be one of those: FILE is a chain of
drand as its /info address gives it or the commitments of two bodies, the word
quicknet is drand's main chain.

Each publication of free power is computed again, from its network, what was held
at its position and its limits. Trees that have not changed since the day before
are not solved anew; where a year of a nation takes too long all the same,
--figures last makes those of the newest publication alone and --figures none
none, and the report says how many were not made.

What other logs have said, of applications that were sent on, stands in the entries
with their receipts; these are held to what the entries say. With --shards, the file
that serve takes, they are held to the keys and the witnesses of those logs as well.

It needs data.key and verifier.key, not the key that signs. For what was erased
the hash is all that is left, and the report says so.
`

// ledgerFlags say which log is read, and by which keys.
type ledgerFlags struct {
	url, keys, policy, pack, trust, attachments, shards string

	packless bool // no pack that is kept can be read
}

// ledger declares them; words must follow.
func (c *call) ledger() *ledgerFlags {
	var f ledgerFlags
	c.flags.StringVar(&f.url, "db", "", "the database, as `sqlite:FILE|postgres://…`")
	c.flags.StringVar(&f.keys, "keys", "", "`DIR` of the keys (default: keys beside the database)")
	c.flags.StringVar(&f.policy, "policy", "", "`FILE` that says which witnesses suffice")
	c.flags.StringVar(&f.pack, "pack", "", "`DIR` of the pack that the log began with (default: as stored)")
	return &f
}

// complete demands a database that is there, and finds the keys beside it.
func (f *ledgerFlags) complete(c *call) error {
	if _, err := c.words(0, 0); err != nil {
		return err
	}
	if err := c.required("db"); err != nil {
		return err
	}
	if err := mustExist(f.url); err != nil {
		return err
	}
	if f.keys != "" {
		return nil
	}
	if store.OnServer(f.url) {
		return c.required("keys")
	}
	f.keys = filepath.Join(filepath.Dir(strings.TrimPrefix(f.url, "sqlite:")), "keys")
	return nil
}

// open opens the database, of this version's schema, and gathers what comes
// from elsewhere.
func (f *ledgerFlags) open(ctx context.Context, o store.Options) (cfg casework.AuditConfig, err error) {
	cfg = casework.AuditConfig{Parse: parsePack, Computations: computations}
	if cfg.Store, err = store.Open(ctx, f.url, o); err != nil {
		return cfg, err
	}
	if err = f.fill(ctx, &cfg); err != nil {
		cfg.Store.Close()
	}
	return cfg, err
}

func (f *ledgerFlags) fill(ctx context.Context, cfg *casework.AuditConfig) error {
	if err := cfg.Store.Current(ctx); err != nil {
		return err
	}
	key, err := readVerifierKey(filepath.Join(f.keys, verifierKeyFile))
	if err != nil {
		return err
	}
	cfg.VerifierKey = key.String()
	if cfg.DataKey, err = readDataKey(filepath.Join(f.keys, dataKeyFile)); err != nil {
		return err
	}
	if cfg.Policy, err = readPolicy(f.policy); err != nil {
		return err
	}
	if cfg.Shards, err = readShards(f.shards); err != nil {
		return err
	}
	if cfg.BasePack, err = f.basePack(ctx, cfg.Store); err != nil {
		return err
	}
	if f.trust != "" {
		if cfg.Trust, err = readTrust(f.trust, signature.Policy{}); err != nil {
			return err
		}
	}
	return nil
}

func auditCommand(c *call) error {
	f := c.ledger()
	c.flags.StringVar(&f.trust, "trust", "", "`DIR` with the authorities that electronic signatures are believed by")
	c.flags.StringVar(&f.shards, "shards", "", "`FILE` with other logs, by whose keys and witnesses their receipts are held")
	c.flags.StringVar(&f.attachments, "attachments", "", "`DIR` with the files of cases (default: attachments beside the database)")
	var payKeys []string
	c.flags.Func("pay-key", "public `KEY` (whpk_…) of the payment provider; may be repeated", func(key string) error {
		payKeys = append(payKeys, key)
		_, err := webhook.ParsePublic(key)
		return err
	})
	var sources []beacon.Source
	c.flags.Func("beacon", "`FILE` that describes a source of randomness, or quicknet; may be repeated", func(file string) error {
		source, err := describedBeacon(file)
		sources = append(sources, source)
		return err
	})
	depth := c.figuresFlag()
	asJSON := c.flags.Bool("json", false, "print JSON")
	atPosition := c.positionFlags()
	if err := f.complete(c); err != nil {
		return err
	}
	cfg, err := f.open(c.ctx, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer cfg.Store.Close()
	if done, err := atPosition(cfg); done {
		return err
	}
	cfg.PayKeys, cfg.Beacons, cfg.Figures = payKeys, sources, *depth
	if cfg.Attachments, err = knownFiles(filesBeside(f.url, f.attachments)); err != nil {
		return err
	}
	bar := newProgress(c.stderr)
	cfg.Progress = func(done, total int64) { bar.show(c.text("command.auditing"), int(done), int(total)) }
	room.Store(audited)
	keepRoom(c.ctx)
	found, err := casework.Audit(c.ctx, cfg)
	bar.end()
	if err != nil {
		return err
	}
	out := report{Checked: found.Checked, PayKeys: found.PayKeys, Beacons: found.Beacons, Figures: &found.Figures, Remarks: found.Remarks}
	f.tellPackless(&out)
	for _, p := range found.Problems {
		out.add(p.Where, p.What)
	}
	if !*asJSON {
		c.say("command.audited", "entries", found.Checked, "rulings", found.Rulings, "erased", found.Erased, "problems", len(out.Problems))
		for _, key := range found.PayKeys {
			c.say("command.audited-payments", "key", key)
		}
		c.sayBeacons(found.Beacons)
		c.sayFigures(found.Figures)
		for _, r := range found.Remarks {
			c.say("command.audited-remark", "where", r.Where, "what", r.What)
		}
	}
	return c.give(out, *asJSON)
}

const rebuildUsage = `usage: aiqyn rebuild --db sqlite:FILE|postgres://… --keys DIR [--policy FILE] [--pack DIR] [--json]

Makes everything again that follows from the log: tiles of the tree, rows of
cases with all that lists find them by, what is reserved, counts, lists of free
power, and every index. What it makes is held byte for byte against what stood
there; what differed is named, and is put right. The log, what is stored under
its hash and the keys are not touched.

Before it writes anything it reads the whole log. If that is not what its key
has signed, it says so and writes nothing. A case with an entry that is not what
its leaf commits to stays as it is, and is named.

End all processes that serve this database first: it takes the log from them. It
may be killed at any moment and run again. Exit code 0: nothing had differed; 1:
something had, and was put right, or could not be.

It needs data.key and verifier.key, not the key that signs.
`

func rebuildCommand(c *call) error {
	f := c.ledger()
	asJSON := c.flags.Bool("json", false, "print JSON")
	if err := f.complete(c); err != nil {
		return err
	}
	cfg, err := f.open(c.ctx, store.Options{})
	if err != nil {
		return err
	}
	defer cfg.Store.Close()
	bar := newProgress(c.stderr)
	cfg.Progress = func(done, total int64) { bar.show(c.text("command.rebuilding"), int(done), int(total)) }
	made, err := casework.Rebuild(c.ctx, cfg)
	bar.end()
	if err != nil {
		return err
	}
	out := report{Checked: made.Checked}
	f.tellPackless(&out)
	for _, p := range made.Mended {
		out.add(p.Where, p.What+"; "+c.text("command.rebuilt.mended"))
	}
	for _, p := range made.Problems {
		out.add(p.Where, p.What)
	}
	if !*asJSON {
		c.say("command.rebuilt", "entries", made.Checked, "made", made.Made, "differed", made.Differed, "problems", len(out.Problems)-len(made.Mended))
	}
	return c.give(out, *asJSON)
}

// copyFile copies a file that must not be there yet, and syncs the copy.
func copyFile(from, to string) error {
	data, err := os.Open(from)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.command-file", "file", from).Because(err)
	}
	defer data.Close()
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy to %s: %w", to, err)
	}
	_, err = f.ReadFrom(data)
	return errors.Join(err, f.Sync(), f.Close())
}
