package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/ledger"
)

// TestRestore goes on from a backup under a new name: the first entry says from
// where, cases go on, and receipts hold under the new key.
func TestRestore(t *testing.T) {
	ctx := context.Background()
	r := newRig(t)
	ref := r.toConditions(holder, plot, 5)
	was, err := r.Store.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	operator := aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}
	if _, err := r.RecordRestore(ctx, operator, r.Origin, was.Checkpoint); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("a log that goes on from itself: %v", err)
	}

	old, vkey := r.reorigin()

	first, err := r.RecordRestore(ctx, operator, old, was.Checkpoint)
	if err != nil || first.First != was.Size {
		t.Fatalf("recorded at %d after %d: %v", first.First, was.Size, err)
	}
	if retry, err := r.RecordRestore(ctx, operator, old, was.Checkpoint); err != nil || !retry.Again || retry.First != first.First {
		t.Errorf("a retry: %+v, %v", retry, err)
	}
	r.must(Decide{ID: r.id(), Actor: r.officer(ref), Ref: ref, Step: "conditions", Grant: true})
	checkRestored(t, r, vkey, first.First, was.Checkpoint)
}

// reorigin lets the log go on under a new name and key, and returns the old name.
func (r *rig) reorigin() (old, vkey string) {
	t, ctx := r.t, context.Background()
	t.Helper()
	was, err := r.Store.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const origin = "again.aiqyn.example/log"
	var skey string
	skey, vkey, err = ledger.GenerateKey(zeroReader{}, origin)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	again, err := ledger.SignCheckpoint(ledger.Checkpoint{Origin: origin, Size: was.Size, Root: was.Root}, signer)
	if err != nil {
		t.Fatal(err)
	}
	old = r.Origin
	r.Engine.Close()
	if err := r.db.Reorigin(ctx, was, origin, string(again)); err != nil {
		t.Fatal(err)
	}
	r.shut()
	r.opts = append(r.opts, func(c *Config) { c.Origin, c.Signer, c.VerifierKey = origin, signer, vkey })
	r.open()
	return old, vkey
}

// TestReleasesGoOnAfterARestore: what was published under the old name stays
// readable, is audited, and is neither told nor listed again.
func TestReleasesGoOnAfterARestore(t *testing.T) {
	r := releaseRig(t)
	r.release(true)
	r.index()
	was, err := r.Store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, _, err := r.Figures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old, _ := r.reorigin()
	if _, err := r.RecordRestore(t.Context(), aiqyn.Actor{Role: aiqyn.RoleOperator, Officer: "operator-01"}, old, was.Checkpoint); err != nil {
		t.Fatal(err)
	}
	if after, _, err := r.Figures(t.Context()); err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("figures %+v, %v; they were %+v", after, err, before)
	}
	r.release(false)
	r.at(start.AddDate(0, 0, 5))
	r.release(true)
	r.index()
	if rel := r.lastRelease(); rel.Origin == old || len(rel.Groups) != 0 {
		t.Errorf("under the new name: %+v", rel)
	}
	if got := r.audit(); !got.OK {
		t.Errorf("audit: %v", got.Problems)
	}
}

// checkRestored reads the entry that says from where the log goes on.
func checkRestored(t *testing.T, r *rig, vkey string, index int64, checkpoint string) {
	t.Helper()
	data, err := r.Receipt(context.Background(), aiqyn.System, index)
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := ledger.ParseReceipt(data)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.ParseKey(vkey)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := ledger.NewVerifier([]note.Verifier{key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.Verify(receipt); err != nil {
		t.Error(err)
	}
	var p struct{ Data restored }
	if err := json.Unmarshal(receipt.Private, &p); err != nil || p.Data.Checkpoint != checkpoint || receipt.Event[ledger.FieldKind] != "restored" {
		t.Errorf("%s records %+v, %v", receipt.Event[ledger.FieldKind], p.Data, err)
	}
}
