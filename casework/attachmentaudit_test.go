package casework

import (
	"aiqyn"
	"aiqyn/attachment"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestErasedFilesCannotBeRead: with the case its files go, from the disk and for
// whoever kept a copy of it; nothing finds them any more, and the audit is clean.
func TestErasedFilesCannotBeRead(t *testing.T) {
	r := bareRig(t, start, keepingFiles(t))
	r.shut()
	r.files = r.edited("energy.connection/service.yaml", "retention: 3650", "retention: 30")
	r.open()
	r.seed()
	f, stays := r.surveyor(stranger, plot), r.surveyor(holder, "99-999-002-001")
	hash := r.upload(f, takePhoto(t, 1, 90))
	r.must(r.with(f, hash, r.upload(f, takePhoto(t, 2, 90))))
	r.must(r.with(stays, r.upload(stays, takePhoto(t, 1, 90)), r.upload(stays, takePhoto(t, 3, 90))))
	row, _, err := r.db.CaseByRef(t.Context(), string(f.Ref))
	if err != nil {
		t.Fatal(err)
	}
	key, err := r.keys.unwrap(row.Key)
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	if err := r.Attachments.Copy(copied); err != nil {
		t.Fatal(err)
	}
	r.must(Withdraw{ID: r.id(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Ref: f.Ref})
	r.at(almaty(t, "2026-07-02 10:00"))
	for _, by := range []aiqyn.Actor{head, custodian} {
		r.must(Erase{ID: r.id(), Actor: by, Ref: f.Ref, Ground: "retention over"})
	}
	if r.Attachments.Has(key.files(row.No), hash) {
		t.Error("the file is still there")
	}
	if _, err := r.openFile(f.Actor, f.Ref, hash); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("opened: %v", err)
	}
	// The copy is there, and nobody has the key: what the database has of it is gone.
	old, err := attachment.Open(copied)
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Check(key.files(row.No), hash); err != nil {
		t.Errorf("the copy was no copy: %v", err)
	}
	if row, _, err = r.db.CaseByRef(t.Context(), "erased-"+row.Ref); err != nil || row.Key != nil {
		t.Errorf("a key is left: %v", err)
	}
	if v, err := r.Case(t.Context(), overseer, stays.Ref); err != nil || len(v.Files[0].Alike)+len(v.Files[1].Alike) != 0 {
		t.Errorf("the other case still points to it: %+v, %v", v.Files, err)
	}
	r.checkSound()
}

// TestTheAuditReadsFiles: one that is damaged, missing or left behind is named.
func TestTheAuditReadsFiles(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, func(c *Config) {
		k, err := attachment.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		c.Attachments = k
	})
	f := r.surveyor(holder, plot)
	r.must(r.with(f, r.upload(f, takePhoto(t, 1, 90)), r.upload(f, takePhoto(t, 2, 90))))
	r.checkSound()
	kept, err := filepath.Glob(filepath.Join(dir, "cases", "*", "*", "*"))
	if err != nil || len(kept) != 2 {
		t.Fatalf("kept %v, %v", kept, err)
	}
	sound, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	finds := func(what, want string) {
		t.Helper()
		if rep := r.audit(); rep.OK || len(rep.Problems) != 1 || !strings.Contains(rep.Problems[0].What, want) {
			t.Errorf("%s: %+v", what, rep.Problems)
		}
	}
	sound[100] ^= 1
	if err := os.WriteFile(kept[0], sound, 0o600); err != nil {
		t.Fatal(err)
	}
	finds("a byte flipped", "is damaged")
	if err := os.Remove(kept[0]); err != nil {
		t.Fatal(err)
	}
	finds("a file gone", "is missing")
	sound[100] ^= 1
	left := filepath.Join(dir, "cases", "000009", "9999")
	if err := errors.Join(os.WriteFile(kept[0], sound, 0o600), os.MkdirAll(left, 0o700), os.WriteFile(filepath.Join(left, "x"), sound, 0o600)); err != nil {
		t.Fatal(err)
	}
	finds("a file of no case", "case 9999")
	if err := r.sweepFiles(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.checkSound()
}
