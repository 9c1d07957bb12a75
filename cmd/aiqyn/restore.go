package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/registry"
	"aiqyn/store"
)

const restoreUsage = `usage: aiqyn restore BACKUP --db sqlite:FILE|postgres://… --keys DIR --new-keys DIR --origin NAME [--checkpoint FILE] [--attachments DIR]

Goes on from a backup. Entries that the old log has shown to others may be
missing from it, so it must not go on under the old name: witnesses would refuse
it, rightly. The log gets a new NAME and a new key, and its first entry under
that name is the last witnessed checkpoint of the old one: everybody can see how
much was lost.

  --keys        keys of the old log; data.key is taken over
  --new-keys    where the keys of the new log go
  --checkpoint  the last checkpoint of the old log that a witness or a reader has;
                without it, the last one in the backup
  --attachments where the files of cases go, from BACKUP.attachments (default:
                attachments beside the database)

FILE must not exist, and a database on a server must be empty. Tell the witnesses the new public key, which is printed, and
publish it beside the old one: receipts given out before are checked with that.
`

// restoreFlags are how restore is called.
type restoreFlags struct {
	backup, url, file, keys, newKeys, origin, checkpoint, attachments string
}

func restoreCommand(c *call) error {
	var f restoreFlags
	c.flags.StringVar(&f.url, "db", "", "the database to make, as `sqlite:FILE|postgres://…`")
	c.flags.StringVar(&f.keys, "keys", "", "`DIR` with the keys of the old log")
	c.flags.StringVar(&f.newKeys, "new-keys", "", "`DIR` for the keys of the new log")
	c.flags.StringVar(&f.origin, "origin", "", "`NAME` of the new log")
	c.flags.StringVar(&f.checkpoint, "checkpoint", "", "`FILE` with the last witnessed checkpoint of the old log")
	c.flags.StringVar(&f.attachments, "attachments", "", "`DIR` for the files of cases")
	words, err := c.words(1, 1)
	if err != nil {
		return err
	}
	if err := c.required("db", "keys", "new-keys", "origin"); err != nil {
		return err
	}
	f.backup, f.file = words[0], strings.TrimPrefix(f.url, "sqlite:")
	if err := copyFiles(filesOf(f.backup), filesBeside(f.url, f.attachments)); err != nil {
		return err
	}
	if store.OnServer(f.url) {
		return c.restoreOnServer(f)
	}
	if f.file == f.url {
		return aiqyn.E(aiqyn.Invalid, "error.database-url", "url", f.url)
	}
	if there, err := exists(f.file); err != nil || there {
		return aiqyn.E(aiqyn.Conflict, "error.backup-there", "file", f.file).Because(err)
	}
	return c.restore(f)
}

// restoreOnServer goes on in a file first and copies that: the server's
// database has the log whole, under its new name, or has none.
func (c *call) restoreOnServer(f restoreFlags) error {
	db, err := store.Open(c.ctx, f.url, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	if begun, err := db.Begun(c.ctx); err != nil || begun {
		return errors.Join(err, aiqyn.E(aiqyn.Conflict, "error.database-in-use", "table", "head"))
	}
	dir, err := os.MkdirTemp("", "aiqyn-restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f.file = filepath.Join(dir, "aiqyn.db")
	if err := c.restore(f); err != nil {
		return err
	}
	from, err := store.Open(c.ctx, "sqlite:"+f.file, store.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer from.Close()
	return db.Fill(c.ctx, from)
}

func (c *call) restore(f restoreFlags) (err error) {
	old, err := readKeys(f.keys)
	if err != nil {
		return err
	}
	if old.origin == f.origin {
		return aiqyn.E(aiqyn.Invalid, "error.restore-origin", "origin", f.origin)
	}
	unfinished := f.file + ".new"
	if err := copyFile(f.backup, unfinished); err != nil {
		return err
	}
	defer func() {
		for _, ext := range []string{"", "-wal", "-shm", ".lock"} {
			os.Remove(unfinished + ext) // gone already when all went well
		}
	}()
	keys, err := makeNextKeys(f.newKeys, f.origin, old.data)
	if err != nil {
		return err
	}
	if err := c.goOn(unfinished, f, old, keys); err != nil {
		return err
	}
	if err := errors.Join(os.Rename(unfinished, f.file), syncFile(filepath.Dir(f.file))); err != nil {
		return err
	}
	fmt.Fprintln(c.stdout, keys.verifier)
	return nil
}

// goOn renames the log in a copy of the backup, and records why.
func (c *call) goOn(file string, f restoreFlags, old, keys *logKeys) error {
	db, err := store.Open(c.ctx, "sqlite:"+file, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	head, err := db.Head(c.ctx)
	if err != nil {
		return err
	}
	if head.Origin != old.origin {
		return aiqyn.E(aiqyn.Invalid, "error.other-origin", "log", head.Origin, "configured", old.origin)
	}
	last, err := c.lastCheckpoint(db, f.checkpoint, old)
	if err != nil {
		return err
	}
	note, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: keys.origin, Size: head.Size, Root: head.Root}, keys.signer)
	if err != nil {
		return err
	}
	if err := db.Reorigin(c.ctx, head, keys.origin, string(note)); err != nil {
		return err
	}
	files, err := firstPack(c.ctx, db, "")
	if err != nil {
		return err
	}
	o, err := wiring{db: db, past: true, keys: keys, pack: files, registers: registry.NewLocal(db)}.open(c.ctx)
	if err != nil {
		return err
	}
	defer o.Engine.Close()
	_, err = o.RecordRestore(c.ctx, aiqyn.Actor{Role: aiqyn.RoleOperator}, old.origin, last)
	return err
}

// lastCheckpoint is the last one of the old log that anybody has, "" if none.
func (c *call) lastCheckpoint(db *store.DB, file string, old *logKeys) (string, error) {
	cosigned, err := db.LastCosigned(c.ctx)
	if err != nil || file == "" {
		return cosigned.Checkpoint, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", aiqyn.E(aiqyn.Invalid, "error.command-file", "file", file).Because(err)
	}
	signed, err := ledger.OpenCheckpoint(data, old.signer.Key)
	if err != nil {
		return "", aiqyn.E(aiqyn.Invalid, "error.restore-checkpoint", "file", file).Because(err)
	}
	fmt.Fprintln(c.stderr, c.text("command.restore.seen", "size", signed.Size))
	return string(data), nil
}
