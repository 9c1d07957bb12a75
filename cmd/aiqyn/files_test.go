package main

import (
	"context"
	"path/filepath"
	"testing"

	"aiqyn"
	"aiqyn/casework"
)

// filedWorld is a log with a case for which an officer has sent a document: its
// database, keys and files.
func filedWorld(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	ctx := context.Background() // the world is closed when the test has ended
	keys, err := makeKeys(filepath.Join(dir, "keys"), "log.example/files")
	if err != nil {
		t.Fatal(err)
	}
	w, err := newUploadWorld(ctx, dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer w.office.Close()
	filed, err := w.Do(ctx, casework.File{ID: benchCommand(), Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: benchPerson(1)}, Service: "energy.connection",
		Lang: "kk", Channel: "online", Answers: map[string]string{"parcel": benchParcel(1), "load": "2", "category": "III", "term": "permanent", "phases": "one-phase"}})
	if err != nil {
		t.Fatal(err)
	}
	surveyor, err := w.drawn(ctx, filed.Ref, "survey", aiqyn.RoleSurveyor)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := w.PutFile(ctx, casework.FileFor{Actor: surveyor, Ref: filed.Ref, Step: "survey", Kind: "document"}, newPlan(300<<10))
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Do(ctx, casework.Perform{ID: benchCommand(), Actor: surveyor, Ref: filed.Ref, Step: "survey", Records: map[string]string{"measured-load": "1"},
		Evidence: []casework.EvidenceItem{{Kind: "place", Lat: "51.1", Lon: "71.4"}, {Kind: "time"}, {Kind: "document", Hash: hash}, {Kind: "signature", Text: string(surveyor.Officer)}}})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
