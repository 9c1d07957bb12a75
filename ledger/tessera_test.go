package ledger

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"testing"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
)

// published is a log as strangers see it: paths and bytes.
type published map[string][]byte

func (p published) fetch(path string) ([]byte, error) {
	if data, ok := p[path]; ok {
		return data, nil
	}
	return nil, fmt.Errorf("%s: %w", path, os.ErrNotExist)
}

func (p published) tile(_ context.Context, level, index uint64, partial uint8) ([]byte, error) {
	width := int(partial)
	if width == 0 {
		width = TileWidth
	}
	data, err := p.fetch(TilePath(int(level), int64(index), width))
	if err != nil && width < TileWidth {
		return p.fetch(TilePath(int(level), int64(index), TileWidth))
	}
	return data, err
}

func (p published) bundle(_ context.Context, index uint64, partial uint8) ([]byte, error) {
	width := int(partial)
	if width == 0 {
		width = TileWidth
	}
	return p.fetch(TilePath(EntriesLevel, int64(index), width))
}

// TestTesseraReadsOurLog publishes a growing log, checkpoint by checkpoint,
// and follows it with another project's client, which fetches checkpoint,
// tiles and bundles by path and verifies signatures, roots and proofs.
func TestTesseraReadsOurLog(t *testing.T) {
	ctx := context.Background()
	signer := logSigner(origin, 1)
	site := published{}
	tree, _ := NewTree(0, nil)
	var commitments []Hash
	publish := func(size int64) {
		for i := tree.Size(); i < size; i++ {
			c := Hash(sha256.Sum256(fmt.Append(nil, i)))
			commitments = append(commitments, c)
			tree.Append(LeafHash(c))
		}
		for _, tile := range tree.Changed() {
			site[TilePath(tile.Level, tile.Index, tile.Width())] = tile.Data
			if tile.Level == 0 {
				first := tile.Index * TileWidth
				bundle := EntryBundle(commitments[first : first+int64(tile.Width())])
				site[TilePath(EntriesLevel, tile.Index, tile.Width())] = bundle
			}
		}
		site["checkpoint"] = must(SignCheckpoint(Checkpoint{Origin: origin, Size: size, Root: tree.Root()}, signer))
	}
	publish(3)
	tracker, err := client.NewLogStateTracker(ctx, site.tile, site["checkpoint"], signer.Key, origin,
		client.UnilateralConsensus(func(context.Context) ([]byte, error) { return site.fetch("checkpoint") }))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{4, 255, 256, 257, 600, 1024, 65535, 65536, 65537, 70000} {
		publish(size)
		if _, _, _, err := tracker.Update(ctx); err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
		if got := tracker.Latest().Size; got != uint64(size) {
			t.Fatalf("tracker is at %d, want %d", got, size)
		}
		checkTessera(t, site, tracker.Latest(), commitments)
	}
}

func checkTessera(t *testing.T, site published, head log.Checkpoint, commitments []Hash) {
	t.Helper()
	ctx := context.Background()
	builder := must(client.NewProofBuilder(ctx, head.Size, site.tile))
	for _, index := range []uint64{0, head.Size / 2, head.Size - 1} {
		hashes, err := builder.InclusionProof(ctx, index)
		if err != nil {
			t.Fatalf("prove %d in %d: %v", index, head.Size, err)
		}
		leaf := LeafHash(commitments[index])
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, head.Size, leaf[:], hashes, head.Hash); err != nil {
			t.Errorf("inclusion of %d in %d: %v", index, head.Size, err)
		}
		bundle, err := client.GetEntryBundle(ctx, site.bundle, index/TileWidth, head.Size)
		if err != nil {
			t.Fatalf("bundle of %d in %d: %v", index, head.Size, err)
		}
		if got := bundle.Entries[index%TileWidth]; Hash(got) != commitments[index] {
			t.Errorf("entry %d is %x, want %x", index, got, commitments[index])
		}
	}
}
