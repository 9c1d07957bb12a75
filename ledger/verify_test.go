package ledger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"

	"golang.org/x/mod/sumdb/note"
)

func TestVerifyLevels(t *testing.T) {
	p, logKey, w := witnessedPolicy(t)
	v := must(NewVerifier(nil, p))
	for _, c := range []struct {
		what      string
		signers   []note.Signer
		level     Level
		witnesses string
		at        int64
	}{
		{"log only", []note.Signer{logKey}, Recorded, "", 0},
		{"one of two", []note.Signer{logKey, w[1]}, Recorded, "w1.example", 0},
		{"two", []note.Signer{logKey, w[0], w[2]}, Witnessed, "w0.example w2.example", 1700000020},
		{"all, latest first", []note.Signer{w[2], w[1], w[0], logKey}, Witnessed, "w0.example w1.example w2.example", 1700000010},
	} {
		verdict, err := v.Verify(sampleReceipt(t, 1, 9, c.signers...))
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		var at time.Time
		if c.at > 0 {
			at = time.Unix(c.at, 0)
		}
		if verdict.Level != c.level || strings.Join(verdict.Witnesses, " ") != c.witnesses || !verdict.WitnessedAt.Equal(at) {
			t.Errorf("%s: %+v", c.what, verdict)
		}
	}
	none := must(ParsePolicy([]byte("witness W " + w[0].(*Signer).String() + "\nquorum none\n")))
	verdict, err := must(NewVerifier([]note.Verifier{logKey.Key}, none)).Verify(sampleReceipt(t, 1, 9, logKey, w[0]))
	if err != nil || verdict.Level != Recorded {
		t.Errorf("a policy without quorum witnesses nothing: %+v, %v", verdict, err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	p, logKey, w := witnessedPolicy(t)
	v := must(NewVerifier(nil, p))
	stranger, otherLog := cosigner("stranger.example", 50, 1700000000), logSigner("other.example", 51)
	twoLogs := must(NewVerifier([]note.Verifier{otherLog.Key}, p))
	alter := func(change func(*Receipt)) *Receipt {
		r := sampleReceipt(t, 1, 9, logKey)
		change(r)
		return r
	}
	other := sampleReceipt(t, 2, 9, logKey)
	for _, c := range []struct {
		what string
		v    *Verifier
		r    *Receipt
		key  string
	}{
		{"another private part", v, alter(func(r *Receipt) { r.Private = []byte(`{"load":1}`) }), "error.receipt-private"},
		{"private part where none was", v, alter(func(r *Receipt) { r.Event[FieldPrivate] = "" }), "error.receipt-private"},
		{"another outcome", v, alter(func(r *Receipt) { r.Event[FieldOutcome] = "granted" }), "error.receipt-changed"},
		{"another salt", v, alter(func(r *Receipt) { r.Salts[3][0]++ }), "error.receipt-changed"},
		{"proof of another entry", v, alter(func(r *Receipt) { r.Proof = other.Proof }), "error.receipt-changed"},
		{"another index", v, alter(func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index 1", "index 2", 1) }), "error.receipt-changed"},
		{"index beyond", v, alter(func(r *Receipt) { r.Proof = strings.Replace(r.Proof, "index 1", "index 10", 1) }), "error.receipt-changed"},
		{"no proof", v, alter(func(r *Receipt) { r.Proof = "" }), "error.receipt-proof"},
		{"unlisted witness", v, sampleReceipt(t, 1, 9, logKey, stranger), "error.receipt-signature"},
		{"witnesses without the log", v, sampleReceipt(t, 1, 9, w[0], w[1]), "error.receipt-unsigned"},
		{"another log's key", v, sampleReceipt(t, 1, 9, otherLog), "error.receipt-signature"},
		{"listed key of another origin", twoLogs, sampleReceipt(t, 1, 9, otherLog), "error.receipt-signature"},
		{"another key of this name", v, sampleReceipt(t, 1, 9, logSigner(origin, 77)), "error.receipt-signature"},
		{"cosigned, but no policy", must(NewVerifier([]note.Verifier{logKey.Key}, nil)), sampleReceipt(t, 1, 9, logKey, w[0]), "error.receipt-signature"},
	} {
		for range 2 { // the second time with whatever the first left in the cache
			verdict, err := c.v.Verify(c.r)
			var e *aiqyn.Error
			if !errors.As(err, &e) || e.Key != c.key {
				t.Errorf("%s: %+v, %v; want %s", c.what, verdict, err, c.key)
			}
		}
	}
}

func TestNewVerifierRefuses(t *testing.T) {
	if _, err := NewVerifier(nil, nil); err == nil {
		t.Error("made a verifier without any key")
	}
	if _, err := NewVerifier(nil, must(ParsePolicy([]byte("quorum none\n")))); err == nil {
		t.Error("made a verifier without a log")
	}
	p, logKey, _ := witnessedPolicy(t)
	if _, err := NewVerifier([]note.Verifier{logKey.Key}, p); err != nil {
		t.Errorf("the same log in key file and policy: %v", err)
	}
}

// TestVerdictIsTheCallers changes a verdict and looks whether the next one has
// changed too.
func TestVerdictIsTheCallers(t *testing.T) {
	p, logKey, w := witnessedPolicy(t)
	v := must(NewVerifier(nil, p))
	r := sampleReceipt(t, 1, 9, logKey, w[0], w[1])
	first := must(v.Verify(r))
	first.Witnesses[0] = "somebody"
	if again := must(v.Verify(r)); slices.Contains(again.Witnesses, "somebody") {
		t.Error("verdicts share memory")
	}
}

func TestCacheIsBounded(t *testing.T) {
	var c checkpointCache
	kept := &checkedCheckpoint{}
	c.put("kept", kept)
	for i := range 10 * cacheSize {
		c.put(fmt.Sprint(i), &checkedCheckpoint{})
		if c.get("kept") != kept {
			t.Fatalf("forgot after %d others what is used all the time", i)
		}
		if n := len(c.young) + len(c.old); n > 2*cacheSize {
			t.Fatalf("holds %d", n)
		}
	}
	if c.get("0") != nil {
		t.Error("remembers what was used once, long ago")
	}
}

func TestVerifyConcurrently(t *testing.T) {
	p, logKey, w := witnessedPolicy(t)
	v := must(NewVerifier(nil, p))
	receipts := []*Receipt{sampleReceipt(t, 1, 9, logKey), sampleReceipt(t, 2, 9, logKey, w[0], w[1]), sampleReceipt(t, 3, 10, logKey)}
	forged := sampleReceipt(t, 1, 9, logKey)
	forged.Event[FieldOutcome] = "granted"
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				if _, err := v.Verify(receipts[i%len(receipts)]); err != nil {
					t.Error(err)
				}
				if _, err := v.Verify(forged); err == nil {
					t.Error("verified a forgery")
				}
			}
		})
	}
	wg.Wait()
}

// counting counts how often a signature is really checked.
type counting struct {
	*Key
	calls int
}

func (c *counting) Verify(text, sig []byte) bool {
	c.calls++
	return c.Key.Verify(text, sig)
}

func TestSharedCheckpointIsVerifiedOnce(t *testing.T) {
	logKey := logSigner(origin, 1)
	key := &counting{Key: logKey.Key}
	v := must(NewVerifier([]note.Verifier{key}, nil))
	r := sampleReceipt(t, 1, 9, logKey)
	for range 5 {
		must(v.Verify(r))
	}
	if key.calls != 1 {
		t.Errorf("one checkpoint was verified %d times", key.calls)
	}
	must(v.Verify(sampleReceipt(t, 1, 10, logKey)))
	if key.calls != 2 {
		t.Errorf("two checkpoints were verified %d times", key.calls)
	}
}
