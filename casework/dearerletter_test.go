package casework

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/attachment"
)

// TestADearerPointNeedsItsLetter: a reason that rests on somebody's letter is given with
// it, sent to this very case by whoever decides; the applicant reads it, and the audit
// finds one that is gone, damaged, another, or none.
func TestADearerPointNeedsItsLetter(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, func(c *Config) {
		k, err := attachment.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		c.Capacity, c.Attachments = secondPoint(t, 120), k
	})
	r.keepTwoPoints(120)
	f := r.surveyor(holder, plot)
	r.must(r.with(f, r.upload(f, takePhoto(t, 3, 90)), r.upload(f, takePhoto(t, 4, 90))))
	r.pass(10 * time.Second)
	engineer, ref := r.officer(f.Ref), f.Ref
	points := r.view(ref).Ruling.Points
	far := points.Feasible[1].ID
	letter := FileFor{Actor: engineer, Ref: ref, Step: "conditions", Kind: "document"}
	photo, other := letter, letter
	photo.Kind, other.Actor = "photo", f.Actor
	for what, to := range map[string]FileFor{"a photograph, which nobody asks for": photo, "by somebody else": other} {
		if _, err := r.PutFile(t.Context(), to, bytes.NewReader(takePhoto(t, 1, 90))); err == nil {
			t.Error(what, "was taken")
		}
	}
	decide := Decide{ID: r.id(), Actor: engineer, Ref: ref, Step: "conditions", Grant: true, Point: far, PointReason: "route-closed"}
	r.fails(decide, "error.point-letter")
	decide.PointLetter = "sha256:" + strings.Repeat("0", 64)
	r.fails(decide, "error.attachment-missing")
	hash := r.upload(letter, takePhoto(t, 1, 90))
	decide.PointLetter = hash
	r.must(decide)
	v := r.view(ref)
	if d := v.Conditions.Dearer; d == nil || d.Letter != hash || !d.Kept || len(v.Files) != 3 {
		t.Fatalf("the applicant sees %+v with %d files", v.Conditions.Dearer, len(v.Files))
	}
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	r.must(ReadFile{ID: r.id(), Actor: me, Ref: ref, Hash: hash})
	if data, err := r.openFile(me, ref, hash); err != nil || len(data) == 0 {
		t.Errorf("the applicant reads %d bytes, %v", len(data), err)
	}
	r.checkSound()
	rec, err := r.caseOf(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	r.forgedAs("without its letter", rec.state.No, each(func(d *dearer) { d.Letter, d.File = "", nil }), "none is attached")
	r.forgedAs("another letter", rec.state.No, each(func(d *dearer) { d.Letter = "sha256:" + strings.Repeat("1", 64) }), "not the one that is named")
	r.forgedAs("a letter for a reason without one", rec.state.No, each(func(d *dearer) { d.Reason = "applicant-wish" }), "rests on none")
	kept, err := filepath.Glob(filepath.Join(dir, "cases", "*", "*", "*"))
	if err != nil || len(kept) != 3 {
		t.Fatalf("kept %v, %v", kept, err)
	}
	found := 0
	for _, file := range kept {
		sound, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sound[100] ^= 1
		for _, c := range []struct{ what, want string }{{"damaged", "is damaged"}, {"gone", "is missing"}} {
			if c.what == "gone" {
				err = os.Remove(file)
			} else {
				err = os.WriteFile(file, sound, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			if rep := r.audit(); len(rep.Problems) == 1 && strings.Contains(rep.Problems[0].What, hash) && strings.Contains(rep.Problems[0].What, c.want) {
				found++
			}
		}
		sound[100] ^= 1
		if err := os.WriteFile(file, sound, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if found != 2 {
		t.Errorf("a letter that is gone or damaged was found %d times of 2", found)
	}
	r.checkSound()
	if _, err := r.PutFile(t.Context(), letter, bytes.NewReader(takePhoto(t, 1, 90))); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("after the grant: %v", err)
	}
}
