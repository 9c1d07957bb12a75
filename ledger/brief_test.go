package ledger

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"
)

// TestBriefMessages: the hash of a short message is SHA-256 of it, whatever was hashed
// in its place before.
func TestBriefMessages(t *testing.T) {
	s := briefs.New().(*brief)
	for n := range longestBrief + 1 {
		for _, c := range []byte{0, 0x80, 0xff, byte(n)} {
			message := bytes.Repeat([]byte{c}, n)
			copy(s.message[:], message)
			if got := s.sum(n); got != sha256.Sum256(message) {
				t.Fatalf("%d bytes of %#x: %v", n, c, got)
			}
		}
	}
}

// TestLongFields: a field that fills more than a block or two is hashed whole.
func TestLongFields(t *testing.T) {
	salt := Salt{1, 2, 3}
	for n := range 300 {
		value := strings.Repeat("ө", n)
		want := sha256.Sum256([]byte("aiqynF/1" + string([]byte{FieldReason}) + string(salt[:]) + value))
		if got := FieldCommitment(FieldReason, salt, value); got != want {
			t.Fatalf("%d letters: %v", n, got)
		}
	}
}
