package casework

import (
	"slices"
	"testing"

	"aiqyn/ledger"
)

// TestTheVerifierIsPublishedOnce: its hash is in the log once however often a server
// starts, again when it is another, and is found again after a restart.
func TestTheVerifierIsPublishedOnce(t *testing.T) {
	r := newRig(t)
	publish := func(text string) {
		t.Helper()
		if err := r.PublishVerifier(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	publish("first")
	publish("first")
	r.reopen()
	publish("first")
	publish("second")
	r.reopen()
	publish("second")
	var logged []string
	for _, ev := range r.entries() {
		if d, ok := ev.data.(*verifierPublished); ok {
			logged = append(logged, d.Hash)
		}
	}
	if want := []string{ledger.PrivateHash([]byte("first")), ledger.PrivateHash([]byte("second"))}; !slices.Equal(logged, want) {
		t.Errorf("logged %v, want %v", logged, want)
	}
	if hash, err := r.VerifierHash(t.Context()); err != nil || hash != ledger.PrivateHash([]byte("second")) {
		t.Errorf("published last is %s, %v", hash, err)
	}
	r.wantClean()
}
