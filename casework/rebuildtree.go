package casework

import (
	"bytes"
	"context"
	"fmt"

	"aiqyn/ledger"
	"aiqyn/store"
)

// tree makes the tiles again that differ. Each is written once, when it is full
// or the log ends.
func (b *rebuilding) tree(ctx context.Context) error {
	if err := b.sizes(ctx); err != nil {
		return err
	}
	for level := 0; b.head.Size>>(8*level) > 0; level++ {
		b.report.Made += (b.head.Size>>(8*level) + ledger.TileWidth - 1) / ledger.TileWidth
	}
	b.report.Differed += b.tiles.differ
	b.report.Mended = append(b.report.Mended, b.tiles.named...)
	if b.tiles.differ == 0 {
		return nil
	}
	t, err := ledger.NewTree(0, b.Store)
	if err != nil {
		return err
	}
	growing := make(map[int]ledger.Tile)
	for e, err := range b.Store.Headers(ctx, 0, b.head.Size) {
		if err != nil {
			return err
		}
		if t.Append(ledger.LeafHash(e.Leaf)); t.Size()%256 != 0 && t.Size() != b.head.Size {
			continue
		}
		for _, tile := range t.Changed() {
			if growing[tile.Level] = tile; len(tile.Data) == ledger.TileWidth*32 {
				b.tile(tile)
				delete(growing, tile.Level)
			}
		}
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	for _, tile := range growing {
		b.tile(tile)
	}
	return b.put(ctx)
}

// tile writes a tile unless it is there byte for byte.
func (b *rebuilding) tile(tile ledger.Tile) {
	stored, err := b.Store.ReadTile(tile.Level, tile.Index, len(tile.Data)/32)
	if err != nil || !bytes.Equal(stored, tile.Data) {
		b.batch.Tiles = append(b.batch.Tiles, store.Tile{Level: int64(tile.Level), Index: tile.Index, Data: bytes.Clone(tile.Data)})
	}
}

// sizes removes tiles that the tree does not have, and those of another size
// than it gives them.
func (b *rebuilding) sizes(ctx context.Context) error {
	for t, err := range b.Store.TileSizes(ctx) {
		if err != nil {
			return err
		}
		if hashes := tileHashes(b.head.Size, t.Level, t.Index); hashes <= 0 || t.Bytes != 32*hashes {
			b.tiles.differs(t.Level, t.Index, "is not of the size that its entries give")
			b.gone.Tiles = append(b.gone.Tiles, store.Tile{Level: t.Level, Index: t.Index})
		}
		if err := b.putMany(ctx); err != nil {
			return err
		}
	}
	return b.put(ctx)
}

// tileHashes is how many hashes a tile has in a tree of so many leaves.
func tileHashes(size, level, index int64) int64 {
	if level < 0 || level > 7 || index < 0 {
		return 0
	}
	return min(size>>(8*level)-index*ledger.TileWidth, ledger.TileWidth)
}

// tileMending is what was found of the tiles while the log was read.
type tileMending struct {
	differ int64
	named  []Problem
	last   map[[2]int64]bool // those that were named lately: one that grows comes again
}

// compare holds tiles against those that are stored.
func (m *tileMending) compare(db *store.DB) func(*ledger.Tree) {
	return func(t *ledger.Tree) {
		for _, tile := range t.Changed() {
			stored, err := db.ReadTile(tile.Level, tile.Index, len(tile.Data)/32)
			if err != nil || !bytes.Equal(stored, tile.Data) {
				m.differs(int64(tile.Level), tile.Index, "was not what its entries give")
			}
		}
	}
}

// differs names a tile, once.
func (m *tileMending) differs(level, index int64, what string) {
	at := [2]int64{level, index}
	if m.last[at] {
		return
	}
	if m.last == nil || len(m.last) > auditSlice {
		m.last = make(map[[2]int64]bool)
	}
	m.last[at] = true
	if m.differ++; len(m.named) < maxProblems {
		m.named = append(m.named, Problem{Where: fmt.Sprintf("tile %d/%d", level, index), What: what})
	}
}
