package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/service"
	"aiqyn/signature"
	"aiqyn/store"
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

const auditUsage = `usage: aiqyn audit --db sqlite:FILE|postgres://… --keys DIR [--policy FILE] [--pack DIR] [--trust DIR] [--attachments DIR] [--json]

Checks a whole ledger from the first entry to the last: that the tree is made of
these entries and signed, that every entry is what its commitment says, that
every case stands where its events lead, that every draw gives the officer who
was drawn and every ruling the outcome that was recorded, and that what was
granted is what is reserved. Every file of a case is read, too, and held against
its hash. It only reads, and works while the server runs.

With --trust it verifies every electronic signature by the authorities of that
folder (roots/, between/, crl/), as of the time that it was taken at.

It needs data.key and verifier.key, not the key that signs. For what was erased
the hash is all that is left, and the report says so.
`

func auditCommand(c *call) error {
	url := c.flags.String("db", "", "the database, as `sqlite:FILE|postgres://…`")
	keyDir := c.flags.String("keys", "", "`DIR` of the keys (default: keys beside the database)")
	policyFile := c.flags.String("policy", "", "`FILE` that says which witnesses suffice")
	packDir := c.flags.String("pack", "", "`DIR` of the pack that the log began with (default: as stored)")
	trustDir := c.flags.String("trust", "", "`DIR` with the authorities that electronic signatures are believed by")
	files := c.flags.String("attachments", "", "`DIR` with the files of cases (default: attachments beside the database)")
	asJSON := c.flags.Bool("json", false, "print JSON")
	if _, err := c.words(0, 0); err != nil {
		return err
	}
	if err := c.required("db"); err != nil {
		return err
	}
	if err := mustExist(*url); err != nil {
		return err
	}
	if *keyDir == "" {
		if store.OnServer(*url) {
			return c.required("keys")
		}
		*keyDir = filepath.Join(filepath.Dir(strings.TrimPrefix(*url, "sqlite:")), "keys")
	}
	db, err := store.Open(c.ctx, *url, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Current(c.ctx); err != nil {
		return err
	}
	found, err := c.audit(db, filesBeside(*url, *files), *keyDir, *policyFile, *packDir, *trustDir)
	if err != nil {
		return err
	}
	out := report{Checked: found.Checked}
	for _, p := range found.Problems {
		out.add(p.Where, p.What)
	}
	if !*asJSON {
		c.say("command.audited", "entries", found.Checked, "rulings", found.Rulings, "erased", found.Erased, "problems", len(found.Problems))
	}
	return c.give(out, *asJSON)
}

func (c *call) audit(db *store.DB, filesDir, keyDir, policyFile, packDir, trustDir string) (casework.AuditReport, error) {
	var none casework.AuditReport
	key, err := readVerifierKey(filepath.Join(keyDir, verifierKeyFile))
	if err != nil {
		return none, err
	}
	data, err := readDataKey(filepath.Join(keyDir, dataKeyFile))
	if err != nil {
		return none, err
	}
	policy, err := readPolicy(policyFile)
	if err != nil {
		return none, err
	}
	files, err := firstPack(c.ctx, db, packDir)
	if err != nil {
		return none, err
	}
	pack, err := parsePack(files)
	if err != nil {
		return none, err
	}
	var trust *signature.Trust
	if trustDir != "" {
		if trust, err = readTrust(trustDir, signature.Policy{}); err != nil {
			return none, err
		}
	}
	attachments, err := knownFiles(filesDir)
	if err != nil {
		return none, err
	}
	bar := newProgress(c.stderr)
	defer bar.end()
	return casework.Audit(c.ctx, casework.AuditConfig{
		Store: db, VerifierKey: key.String(), Policy: policy, DataKey: data, BasePack: pack, Parse: parsePack, Computations: computations, Trust: trust, Attachments: attachments,
		Progress: func(done, total int64) { bar.show(c.text("command.auditing"), int(done), int(total)) },
	})
}

// firstPack is the pack that a log began with: of a folder, or as it is stored.
func firstPack(ctx context.Context, db *store.DB, dir string) ([]service.File, error) {
	if dir != "" {
		return readPack(dir)
	}
	list, err := db.Snapshots(ctx, "pack")
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-no-pack")
	}
	var files []service.File
	return files, readSnapshot(ctx, db, list[0].Hash, &files)
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
