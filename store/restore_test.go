package store

import (
	"crypto/sha256"
	"errors"
	"path/filepath"
	"testing"

	"aiqyn"
)

// TestBackup copies a database that is open for writing.
func TestBackup(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	db, err := Open(ctx, "sqlite:"+filepath.Join(dir, "a.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Begin(ctx, "log.example/one"); err != nil {
		t.Fatal(err)
	}
	if err := db.PutSetting(ctx, "name", "value"); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "it's a copy.db")
	if err := db.Backup(ctx, copied); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(ctx, copied); aiqyn.KindOf(err) != aiqyn.Conflict {
		t.Errorf("onto another copy: %v", err)
	}
	if err := db.Backup(ctx, filepath.Join(dir, "none", "copy.db")); err == nil {
		t.Error("into a folder that is not there")
	}
	if err := db.PutSetting(ctx, "name", "later"); err != nil {
		t.Fatal(err)
	}
	again, err := Open(ctx, "sqlite:"+copied, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if v, err := again.Setting(ctx, "name"); err != nil || v != "value" {
		t.Errorf("the copy has %q, %v", v, err)
	}
	var answer string
	if err := again.read.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&answer); err != nil || answer != "ok" {
		t.Errorf("integrity: %s, %v", answer, err)
	}
	// The connection that copied may not write any more.
	for range 16 {
		if _, err := db.read.ExecContext(ctx, `DELETE FROM setting`); err == nil {
			t.Fatal("a reader's connection can write")
		}
	}
}

// TestReorigin gives a log a new name once, and only to the head that was read.
func TestReorigin(t *testing.T) {
	ctx := t.Context()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	was, err := db.Begin(ctx, "log.example/one")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.PutCosigned(ctx, Cosigned{Size: 0, Checkpoint: "old"}); err != nil {
		t.Fatal(err)
	}
	if err := db.Reorigin(ctx, was, "log.example/one", "note"); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("under its own name: %v", err)
	}
	moved := was
	moved.Root = sha256.Sum256([]byte("another"))
	if err := db.Reorigin(ctx, moved, "log.example/two", "note"); !errors.Is(err, ErrHeadMoved) {
		t.Errorf("with another root: %v", err)
	}
	if err := db.Reorigin(ctx, was, "log.example/two", "note"); err != nil {
		t.Fatal(err)
	}
	head, err := db.Head(ctx)
	if err != nil || head.Origin != "log.example/two" || head.Checkpoint != "note" || head.Fence <= was.Fence || head.Root != was.Root {
		t.Errorf("head %+v, %v", head, err)
	}
	if c, err := db.LastCosigned(ctx); err != nil || c.Checkpoint != "" {
		t.Errorf("a cosigned checkpoint of the old log is left: %+v, %v", c, err)
	}
}
