package ledger

import (
	"crypto/ed25519"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

func BenchmarkCommitment(b *testing.B) {
	e := sampleEntry(1, []byte("{}"))
	b.ReportAllocs()
	for b.Loop() {
		e.Commitment()
	}
}

func BenchmarkDeriveSalts(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		DeriveSalts([32]byte{1})
	}
}

// BenchmarkTreeAppend is what the engine does per batch: clone, append, root,
// changed tiles. The figure is per batch.
func BenchmarkTreeAppend(b *testing.B) {
	for _, batch := range []int{64, 512} {
		b.Run(fmt.Sprint(batch), func(b *testing.B) {
			tree, _ := grow(b, 100_000)
			leaf := leafOf(1)
			b.ReportAllocs()
			for b.Loop() {
				tree = tree.Clone()
				for range batch {
					tree.Append(leaf)
				}
				tree.Root()
				tree.Changed()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/leaf")
		})
	}
}

// BenchmarkProver makes the proofs of a batch of 64 entries just appended.
func BenchmarkProver(b *testing.B) {
	tree, _ := grow(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		p := NewProver(tree.Size(), tree)
		for i := range int64(64) {
			must(p.Inclusion(tree.Size() - 1 - i))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*64), "ns/proof")
}

// benchReceipts returns receipts out of a log of a million entries or so,
// either all under one checkpoint, or each under its own.
func benchReceipts(b *testing.B, n int, distinct bool) (receipts [][]byte, v *Verifier) {
	logKey := logSigner(origin, 1)
	v = must(NewVerifier([]note.Verifier{logKey.Key}, nil))
	tree, store := grow(b, 1_000_000)
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = sampleEntry(i, samplePrivate(i))
	}
	sign := func() []byte {
		return must(SignCheckpoint(Checkpoint{Origin: origin, Size: tree.Size(), Root: tree.Root()}, logKey))
	}
	var checkpoint []byte
	if !distinct {
		for i := range entries {
			tree.Append(LeafHash(entries[i].Commitment()))
		}
		checkpoint = sign()
	}
	for i := range entries {
		if distinct {
			tree.Append(LeafHash(entries[i].Commitment()))
			checkpoint = sign()
		}
		store.put(tree.Changed())
		index := int64(1_000_000 + i)
		proof := must(InclusionProof(index, tree.Size(), store))
		receipts = append(receipts, NewReceipt(entries[i], samplePrivate(i), index, proof, checkpoint).MarshalCanonical())
	}
	return receipts, v
}

func BenchmarkVerify(b *testing.B) {
	for _, distinct := range []bool{true, false} {
		name := "shared-checkpoint"
		if distinct {
			name = "distinct-checkpoints"
		}
		b.Run(name, func(b *testing.B) {
			receipts, v := benchReceipts(b, 8*cacheSize, distinct) // more than the cache holds
			b.SetBytes(int64(len(receipts[0])))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, err := checkReceipt(v, receipts[i%len(receipts)]); err != nil {
					b.Fatal(err)
				}
				i++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
		})
	}
	b.Run("bare-ed25519", func(b *testing.B) {
		s := logSigner(origin, 1)
		text := []byte(Checkpoint{Origin: origin, Size: 1_000_000, Root: leafOf(1)}.Text())
		sig := must(s.Sign(text))
		for b.Loop() {
			ed25519.Verify(s.public, text, sig)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signatures/s")
	})
}

func BenchmarkParseReceipt(b *testing.B) {
	receipts, _ := benchReceipts(b, 1, false)
	b.SetBytes(int64(len(receipts[0])))
	b.ReportAllocs()
	for b.Loop() {
		must(ParseReceipt(receipts[0]))
	}
}

func BenchmarkCheckCanonical(b *testing.B) {
	private := samplePrivate(1)
	b.SetBytes(int64(len(private)))
	b.ReportAllocs()
	for b.Loop() {
		if err := CheckCanonical(private); err != nil {
			b.Fatal(err)
		}
	}
}
