package casework

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	drawing "image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"aiqyn"
	"aiqyn/attachment"
)

// keepingFiles has a rig keep files in a folder of its own.
func keepingFiles(t testing.TB) rigOption {
	dir := t.TempDir()
	return func(cfg *Config) {
		k, err := attachment.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		cfg.Attachments = k
	}
}

// takePhoto makes a picture that a telephone called Aspan has taken; another with
// each seed.
func takePhoto(t testing.TB, seed, quality int) []byte {
	t.Helper()
	img := drawing.NewGray(drawing.Rect(0, 0, 180, 160))
	for y := range 160 {
		for x := range 180 {
			img.SetGray(x, y, color.Gray{uint8((x/20*37*seed + y/20*53*seed + x*y/97) % 200)})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	text := func(tag uint16, s string, at uint32) []byte {
		e := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, tag), 2)
		return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(e, uint32(len(s))), at)
	}
	const model, taken = "Aspan 7\x00", "2026:06:01 10:05:00\x00"
	tiff := append([]byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02"), text(0x0110, model, 38)...)
	tiff = append(append(tiff, text(0x0132, taken, 38+uint32(len(model)))...), 0, 0, 0, 0)
	exif := "Exif\x00\x00" + string(tiff) + model + taken
	segment := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(exif)+2))
	out := append(bytes.Clone(b.Bytes()[:2]), append(segment, exif...)...)
	return append(out, b.Bytes()[2:]...)
}

// surveyor brings a case to its survey and says what a photograph is for.
func (r *rig) surveyor(person aiqyn.PersonID, parcel string) FileFor {
	r.t.Helper()
	ref := r.file(person, parcel, 50)
	r.pass(10 * time.Second)
	return FileFor{Actor: r.officer(ref), Ref: ref, Step: "survey", Kind: "photo"}
}

// with is a survey with these photographs.
func (r *rig) with(f FileFor, hashes ...string) Perform {
	p := r.surveyFor(f.Ref, f.Actor)
	p.Evidence = slices.DeleteFunc(p.Evidence, func(i EvidenceItem) bool { return i.Kind == "photo" })
	for _, hash := range hashes {
		p.Evidence = append(p.Evidence, EvidenceItem{Kind: "photo", Hash: hash})
	}
	return p
}

func (r *rig) upload(f FileFor, file []byte) string {
	r.t.Helper()
	hash, err := r.PutFile(r.t.Context(), f, bytes.NewReader(file))
	if err != nil {
		r.t.Fatal(err)
	}
	return hash
}

// openFile reads a file as its viewer is shown it.
func (r *rig) openFile(a aiqyn.Actor, ref aiqyn.Reference, hash string) ([]byte, error) {
	f, err := r.OpenFile(r.t.Context(), a, ref, hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	err = f.Strip(&b)
	return b.Bytes(), err
}

// TestASurveyLeavesItsPhotographs: they are uploaded by whoever was drawn, named
// by the act, recorded with what the camera says, shown without it, to nobody who
// does not say what for; and the ruling rests on them.
func TestASurveyLeavesItsPhotographs(t *testing.T) {
	r := newRig(t, keepingFiles(t))
	f := r.surveyor(holder, plot)
	fails := func(what string, cmd any, want string) {
		t.Helper()
		if _, err := r.Do(t.Context(), cmd); keyOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	unknown := "sha256:" + strings.Repeat("0", 63)
	fails("files that nobody has sent", r.with(f, unknown+"1", unknown+"2"), "error.attachment-missing")
	first, second := r.upload(f, takePhoto(t, 1, 90)), r.upload(f, takePhoto(t, 2, 90))
	fails("a file that is no file", r.with(f, first, "a photograph"), "error.evidence-file")
	fails("the same one twice", r.with(f, first, first), "error.evidence-missing")
	r.must(r.with(f, first, second))

	v := r.view(f.Ref)
	if len(v.Files) != 2 {
		t.Fatalf("files: %+v", v.Files)
	}
	shown := v.Files[slices.IndexFunc(v.Files, func(s FileShown) bool { return s.Hash == first })]
	if shown.Model != "Aspan 7" || shown.Taken != "2026-06-01T10:05:00" || shown.Width != 180 || shown.Kind != "photo" || shown.Entry == 0 {
		t.Errorf("recorded: %+v", shown)
	}
	masked, err := r.Case(t.Context(), overseer, f.Ref)
	if err != nil || len(masked.Files) != 2 || masked.Files[0].Model != "" || masked.Files[0].Taken != "" {
		t.Errorf("who watches sees %+v, %v", masked.Files, err)
	}
	r.readings(f, first)

	r.pass(10 * time.Second)
	r.must(Decide{ID: r.id(), Actor: r.officer(f.Ref), Ref: f.Ref, Step: "conditions", Grant: true})
	r.checkSound()
	if ruled := r.ruledOn(f.Ref); ruled.Evidence == "" {
		t.Error("the ruling names no evidence")
	}
}

// ruledOn is the case's last ruling.
func (r *rig) ruledOn(ref aiqyn.Reference) (out *ruled) {
	r.t.Helper()
	v := &viewing{e: r.Engine}
	row, _, err := r.db.CaseByRef(r.t.Context(), string(ref))
	if err != nil {
		r.t.Fatal(err)
	}
	if v.rec, err = r.keys.openRecord(row); err != nil {
		r.t.Fatal(err)
	}
	if err := v.read(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	for _, ev := range v.events {
		if d, ok := ev.data.(*ruled); ok {
			out = d
		}
	}
	return out
}

// readings tries who may read a photograph, and what is left of it.
func (r *rig) readings(f FileFor, hash string) {
	t := r.t
	t.Helper()
	if _, err := r.openFile(f.Actor, f.Ref, hash); keyOf(err) != "error.attachment-closed" {
		t.Errorf("read without a purpose: %v", err)
	}
	for what, test := range map[string]struct {
		by      aiqyn.Actor
		hash    string
		purpose Purpose
		want    string
	}{
		"for nothing":         {f.Actor, hash, "", "error.answer-choice"},
		"another file":        {f.Actor, hash[:70] + "0", PurposeDecision, "error.attachment-missing"},
		"by another officer":  {aiqyn.Actor{Role: aiqyn.RoleSurveyor, Officer: "surveyor-99", Body: "utility"}, hash, PurposeDecision, "error.forbidden"},
		"by who only watches": {overseer, hash, PurposeDecision, "error.forbidden"},
		"by a stranger":       {aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, hash, "", "error.forbidden"},
	} {
		if _, err := r.Do(context.Background(), ReadFile{ID: r.id(), Actor: test.by, Ref: f.Ref, Hash: test.hash, Purpose: test.purpose}); keyOf(err) != test.want {
			t.Errorf("%s: %v, want %s", what, err, test.want)
		}
	}
	me := aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}
	r.must(ReadFile{ID: r.id(), Actor: f.Actor, Ref: f.Ref, Hash: hash, Purpose: PurposeDecision})
	r.must(ReadFile{ID: r.id(), Actor: me, Ref: f.Ref, Hash: hash})
	for _, a := range []aiqyn.Actor{f.Actor, me} {
		file, err := r.openFile(a, f.Ref, hash)
		if err != nil || bytes.Contains(file, []byte("Aspan")) {
			t.Errorf("%s reads %d bytes, %v", a.Role, len(file), err)
		}
		if _, err := jpeg.Decode(bytes.NewReader(file)); err != nil {
			t.Errorf("%s: %v", a.Role, err)
		}
	}
	list, err := r.Readings(context.Background(), me, Page{})
	if err != nil || !slices.ContainsFunc(list.Items, func(v ReadingView) bool {
		return v.Kind == EventFileRead && v.Officer == f.Actor.Officer && v.Purpose == PurposeDecision && v.Ref == f.Ref
	}) {
		t.Errorf("the applicant does not see who read it: %+v, %v", list.Items, err)
	}
	r.pass(fileLife + time.Second)
	if _, err := r.openFile(f.Actor, f.Ref, hash); keyOf(err) != "error.attachment-closed" {
		t.Errorf("long after: %v", err)
	}
}

// TestWhoMayUpload: whoever was drawn, what the step asks for, and no more.
func TestWhoMayUpload(t *testing.T) {
	r := newRig(t, keepingFiles(t))
	f := r.surveyor(holder, plot)
	photo := takePhoto(t, 1, 90)
	plan := []byte("%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n")
	for what, test := range map[string]struct {
		change func(*FileFor)
		file   []byte
		want   string
	}{
		"another officer":     {func(f *FileFor) { f.Actor.Officer = "surveyor-99" }, photo, "error.not-drawn"},
		"the applicant":       {func(f *FileFor) { f.Actor = applicant }, photo, "error.not-drawn"},
		"another step":        {func(f *FileFor) { f.Step = "conditions" }, photo, "error.not-drawn"},
		"what nobody asked":   {func(f *FileFor) { f.Kind = "document" }, photo, "error.not-found"},
		"what is no file":     {func(f *FileFor) { f.Kind = "place" }, photo, "error.not-found"},
		"another case":        {func(f *FileFor) { f.Ref = "AQ-0000-0000" }, photo, "error.not-found"},
		"a plan for a photo":  {func(*FileFor) {}, plan, "error.attachment-want-picture"},
		"nothing":             {func(*FileFor) {}, nil, "error.attachment-empty"},
		"more than there is":  {func(*FileFor) {}, photo[:len(photo)-1], "error.attachment-malformed"},
		"something behind it": {func(*FileFor) {}, append(bytes.Clone(photo), "PK"...), "error.attachment-more"},
	} {
		g := f
		test.change(&g)
		if _, err := r.PutFile(t.Context(), g, bytes.NewReader(test.file)); keyOf(err) != test.want {
			t.Errorf("%s: %v, want %s", what, err, test.want)
		}
	}
	r.must(Hold{ID: r.id(), Actor: overseer, Ref: f.Ref, Ground: "court"})
	if _, err := r.PutFile(t.Context(), f, bytes.NewReader(photo)); keyOf(err) != "error.not-drawn" {
		t.Errorf("to a held case: %v", err)
	}
}

// TestAnUploadInParts breaks off, goes on by the same officer alone, and gives
// the same hash.
func TestAnUploadInParts(t *testing.T) {
	r := newRig(t, keepingFiles(t))
	f := r.surveyor(holder, plot)
	photo := takePhoto(t, 1, 100)
	want := r.upload(f, photo)
	u, err := r.BeginFile(t.Context(), f, int64(len(photo)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.BeginFile(t.Context(), f, photoBytes+1); keyOf(err) != "error.attachment-too-large" {
		t.Errorf("too large: %v", err)
	}
	half := io.MultiReader(bytes.NewReader(photo[:len(photo)/2]), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, _, err := r.AppendFile(t.Context(), f, u.ID, 0, half, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
	other := f
	other.Kind = "document"
	if _, err := r.FindFile(t.Context(), other, u.ID); err == nil {
		t.Error("found for something else")
	}
	found, err := r.FindFile(t.Context(), f, u.ID)
	if err != nil || found.Offset != int64(len(photo)/2) {
		t.Fatalf("found %+v, %v", found, err)
	}
	_, hash, err := r.AppendFile(t.Context(), f, u.ID, found.Offset, bytes.NewReader(photo[found.Offset:]), nil)
	if err != nil || hash != want {
		t.Errorf("hash %s, want %s; %v", hash, want, err)
	}
	u, err = r.BeginFile(t.Context(), f, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CancelFile(t.Context(), f, u.ID); err != nil {
		t.Error(err)
	}
	if _, err := r.FindFile(t.Context(), f, u.ID); keyOf(err) != "error.attachment-gone" {
		t.Errorf("cancelled: %v", err)
	}
}

// testScanner finds one word, or is away.
type testScanner struct{ away bool }

func (s *testScanner) Scan(_ context.Context, file io.Reader) (string, error) {
	if s.away {
		return "", errors.New("nobody answers")
	}
	b, err := io.ReadAll(file)
	if err == nil && bytes.Contains(b, []byte("Aspan")) {
		return "Test.Aspan", nil
	}
	return "", err
}

func TestFilesAreScanned(t *testing.T) {
	scanner := &testScanner{}
	r := newRig(t, keepingFiles(t), func(c *Config) { c.Scanner = scanner })
	f := r.surveyor(holder, plot)
	if _, err := r.PutFile(t.Context(), f, bytes.NewReader(takePhoto(t, 1, 90))); keyOf(err) != "error.attachment-infected" {
		t.Errorf("infected: %v", err)
	}
	clean := bytes.ReplaceAll(takePhoto(t, 1, 90), []byte("Aspan"), []byte("Bulut"))
	if _, err := r.PutFile(t.Context(), f, bytes.NewReader(clean)); err != nil {
		t.Errorf("clean: %v", err)
	}
	scanner.away = true
	if _, err := r.PutFile(t.Context(), f, bytes.NewReader(clean)); keyOf(err) != "error.attachment-scan" {
		t.Errorf("nobody to ask: %v", err)
	}
}

// TestTheSamePhotographInTwoCases is found by those who watch, compressed again
// or not; another is not taken for it.
func TestTheSamePhotographInTwoCases(t *testing.T) {
	r := newRig(t, keepingFiles(t))
	one, two, three := r.surveyor(holder, plot), r.surveyor(holder, "99-999-002-001"), r.surveyor(holder, "99-999-002-002")
	r.must(r.with(one, r.upload(one, takePhoto(t, 1, 95)), r.upload(one, takePhoto(t, 2, 95))))
	r.must(r.with(two, r.upload(two, takePhoto(t, 1, 60)), r.upload(two, takePhoto(t, 3, 95))))
	r.must(r.with(three, r.upload(three, takePhoto(t, 4, 95)), r.upload(three, takePhoto(t, 5, 95))))
	for _, test := range []struct {
		of   FileFor
		want []aiqyn.Reference
	}{{one, []aiqyn.Reference{two.Ref}}, {two, []aiqyn.Reference{one.Ref}}, {three, nil}} {
		v, err := r.Case(t.Context(), overseer, test.of.Ref)
		if err != nil {
			t.Fatal(err)
		}
		var got []aiqyn.Reference
		for _, f := range v.Files {
			got = append(got, f.Alike...)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s is like %v, want %v", test.of.Ref, got, test.want)
		}
	}
	v, err := r.Case(t.Context(), one.Actor, one.Ref)
	if err != nil || len(v.Files[0].Alike)+len(v.Files[1].Alike) != 0 {
		t.Errorf("the surveyor sees other cases: %+v, %v", v.Files, err)
	}
}
