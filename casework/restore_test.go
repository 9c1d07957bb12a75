package casework

import (
	"context"
	"encoding/json"
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

	const origin = "again.aiqyn.example/log"
	skey, vkey, err := ledger.GenerateKey(zeroReader{}, origin)
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
	old := r.Origin
	r.Engine.Close()
	if err := r.db.Reorigin(ctx, was, origin, string(again)); err != nil {
		t.Fatal(err)
	}
	r.shut()
	r.opts = append(r.opts, func(c *Config) { c.Origin, c.Signer, c.VerifierKey = origin, signer, vkey })
	r.open()

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
