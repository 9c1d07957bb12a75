package ledger

import (
	"crypto/ed25519"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

func TestGenerateKey(t *testing.T) {
	skey, vkey, err := GenerateKey(seed(1), origin)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, _ := GenerateKey(seed(1), origin); again != skey {
		t.Error("the same randomness makes another key")
	}
	if _, err := note.NewSigner(skey); err != nil {
		t.Errorf("golang.org/x/mod refuses our private key: %v", err)
	}
	if _, err := note.NewVerifier(vkey); err != nil {
		t.Errorf("golang.org/x/mod refuses our public key: %v", err)
	}
	if _, _, err := GenerateKey(strings.NewReader("short"), origin); err == nil {
		t.Error("made a key of five random bytes")
	}
	for _, name := range []string{"", "a b", "a+b", "a\nb", "a\u00a0b", "\xff"} {
		if _, _, err := GenerateKey(seed(1), name); err == nil {
			t.Errorf("made a key called %q", name)
		}
	}
}

func TestSignerKinds(t *testing.T) {
	logKey, _, _ := GenerateKey(seed(1), "n")
	witnessKey, _, _ := GenerateCosignerKey(seed(1), "n")
	if _, err := NewSigner(witnessKey); err == nil {
		t.Error("a witness's key signs as a log")
	}
	if _, err := NewCosigner(logKey, time.Now); err == nil {
		t.Error("a log's key cosigns")
	}
	if _, err := CosignatureSigner("n", ed25519.PrivateKey{1}, time.Now); err == nil {
		t.Error("a short key cosigns")
	}
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	s, err := CosignatureSigner("n", private, func() time.Time { return time.Unix(-1, 0) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sign([]byte("text\n")); err == nil {
		t.Error("cosigned before 1970")
	}
}

// TestPrivateKeysStayOutOfErrors feeds broken private keys and looks for any
// part of them in the error.
func TestPrivateKeysStayOutOfErrors(t *testing.T) {
	skey, _, _ := GenerateKey(seed(1), "n")
	secret := skey[len(skey)-20:]
	for i := range skey {
		_, err := NewSigner(skey[:i] + "!" + skey[i+1:])
		if err == nil {
			t.Errorf("byte %d changed: accepted", i)
		} else if strings.Contains(err.Error(), secret[:8]) {
			t.Errorf("byte %d changed: error shows the key", i)
		}
	}
}

func TestParseKeyFlips(t *testing.T) {
	for _, vkey := range archeKeys {
		for i := range vkey {
			for _, mask := range []byte{1, 2, 4, 8, 16, 32, 64, 128} {
				changed := []byte(vkey)
				changed[i] ^= mask
				if k, err := ParseKey(string(changed)); err == nil {
					t.Errorf("byte %d of %s: accepted as %s", i, vkey, k)
				}
			}
		}
	}
	for _, vkey := range []string{"", "+", "++", "a+00000000+", archeKeys[0] + "=", archeKeys[0] + "\n", " " + archeKeys[0],
		"n+11223344+//8="} {
		if _, err := ParseKey(vkey); err == nil {
			t.Errorf("ParseKey(%q): no error", vkey)
		}
	}
}

func TestCosignatureBindsTime(t *testing.T) {
	s := cosigner("w", 1, 1700000000)
	text := []byte("o\n1\nroot\n")
	sig := must(s.Sign(text))
	if !s.Verify(text, sig) {
		t.Fatal("own cosignature is wrong")
	}
	for _, at := range []uint64{0, 1700000001, 1 << 63} {
		binary.BigEndian.PutUint64(sig, at)
		if s.Verify(text, sig) {
			t.Errorf("time %d: accepted", at)
		}
	}
	if s.Verify(text, sig[:71]) || s.Verify(text, nil) {
		t.Error("short cosignature: accepted")
	}
	far := uint64(1<<63 + 5) // beyond what the format allows, though rightly signed
	sig = binary.BigEndian.AppendUint64(nil, far)
	sig = append(sig, ed25519.Sign(s.private, cosigned(far, text))...)
	if s.Verify(text, sig) {
		t.Error("time beyond 2^63: accepted")
	}
}

func FuzzParseKey(f *testing.F) {
	for _, vkey := range archeKeys {
		f.Add(vkey)
	}
	f.Fuzz(func(t *testing.T, vkey string) {
		if k, err := ParseKey(vkey); err == nil && k.String() != vkey {
			t.Errorf("%q is written %q", vkey, k)
		}
	})
}
