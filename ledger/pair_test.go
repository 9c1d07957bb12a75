package ledger

import (
	"crypto/sha256"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestPairs: what two messages hash to at once is SHA-256 of each, whichever they are
// and however long.
func TestPairs(t *testing.T) {
	if !paired {
		t.Log("this processor hashes no two messages at once")
		return
	}
	var text [2 * longestBrief]byte
	rand.NewChaCha8([32]byte{1}).Read(text[:])
	for n := range longestBrief + 1 {
		for _, m := range []int{n, 0, 1, 54, 55, 56, 57, 63, 64, 65, longestBrief, n / 2} {
			var p pair
			first, second := text[:n], text[longestBrief:longestBrief+m]
			copy(p.text[0][:], first)
			copy(p.text[1][:], second)
			blocks := p.text[0].end(n)
			if p.text[1].end(m) != blocks {
				continue
			}
			want := [2]Hash{sha256.Sum256(first), sha256.Sum256(second)}
			if p.hash(blocks); p.sums != want {
				t.Fatalf("%d and %d bytes: %v, want %v", n, m, p.sums, want)
			}
		}
	}
}

// TestPairsAreWhatOneGives: salts and commitments are the same with two messages at
// once and with one, for values of every length in every mixture.
func TestPairsAreWhatOneGives(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var secret [32]byte
		for i := range secret {
			secret[i] = byte(rng.Uint32())
		}
		e := Entry{Salts: DeriveSalts(secret)}
		for i := range e.Fields {
			e.Fields[i] = strings.Repeat("ө", rng.IntN(80))
			sum := sha256.Sum256(append(append([]byte(tagSalt), secret[:]...), byte(i)))
			if e.Salts[i] != Salt(sum[:16]) {
				t.Fatalf("salt %d of %x: %x, want %x", i, secret, e.Salts[i], sum[:16])
			}
		}
		for i, got := range e.Commitments() {
			if want := FieldCommitment(i, e.Salts[i], e.Fields[i]); got != want {
				t.Fatalf("field %d of %d bytes: %v, want %v", i, len(e.Fields[i]), got, want)
			}
		}
	}
}

// FuzzPair: as TestPairs, of any two texts.
func FuzzPair(f *testing.F) {
	f.Add([]byte(""), []byte("abc"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var p pair
		n, m := copy(p.text[0][:longestBrief], a), copy(p.text[1][:longestBrief], b)
		blocks := max(p.text[0].end(n), p.text[1].end(m))
		if !paired || blocks != p.text[0].end(n) || blocks != p.text[1].end(m) {
			return
		}
		p.hash(blocks)
		if p.sums != [2]Hash{sha256.Sum256(a[:n]), sha256.Sum256(b[:m])} {
			t.Fatalf("%x and %x: %v", a[:n], b[:m], p.sums)
		}
	})
}
