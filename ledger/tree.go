package ledger

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// emptyRoot is the RFC 6962 hash of a tree without leaves.
var emptyRoot Hash = sha256.Sum256(nil)

// Tree is the growing end of the log: the right edge of its Merkle tree, and
// the tiles that appending has changed. It is not safe for concurrent use.
type Tree struct {
	size int64
	// nodes holds, for each bit set in size, the root of the full subtree of
	// that many leaves: the tree's peaks, from which its root follows.
	nodes [maxLevel]Hash
	// edge holds, per tile level, the hashes of the tile that is still
	// growing. They are only ever appended to, never written again, so clones
	// and yielded tiles may share them.
	edge [maxLevel/tileHeight + 1][]byte

	yielded int64  // size at the last call of Changed
	full    []Tile // completed since then
	recent  []Tile // completed in the stretch before; the store may not have them yet
	below   TileReader
}

// NewTree loads the tree of the given size, reading its right edge from r: at
// most one tile per level. A nil reader suffices for a new log.
func NewTree(size int64, r TileReader) (*Tree, error) {
	if size < 0 || size > 0 && r == nil {
		return nil, fmt.Errorf("tree of size %d without tiles", size)
	}
	t := &Tree{size: size, yielded: size, below: r}
	for level := 0; size>>(tileHeight*level) > 0; level++ {
		hashes := size >> (tileHeight * level)
		width := int(hashes % TileWidth)
		if width == 0 {
			continue
		}
		data, err := readTile(r, level, hashes/TileWidth, width)
		if err != nil {
			return nil, err
		}
		t.edge[level] = data
		for rest := data; len(rest) > 0; {
			bit := bits.Len(uint(len(rest)/hashSize)) - 1
			n := hashSize << bit
			t.nodes[level*tileHeight+bit] = subtreeRoot(rest[:n])
			rest = rest[n:]
		}
	}
	return t, nil
}

// subtreeRoot hashes a power of two of concatenated hashes up to their root.
func subtreeRoot(data []byte) Hash {
	if len(data) == hashSize {
		return Hash(data)
	}
	half := len(data) / 2
	return tlog.NodeHash(subtreeRoot(data[:half]), subtreeRoot(data[half:]))
}

// Append adds a leaf, given by its leaf hash.
func (t *Tree) Append(leaf Hash) {
	h, height := leaf, 0
	t.extend(0, h)
	for ; t.size>>height&1 == 1; height++ {
		h = tlog.NodeHash(t.nodes[height], h)
		if (height+1)%tileHeight == 0 {
			t.extend((height+1)/tileHeight, h)
		}
	}
	t.nodes[height] = h
	t.size++
}

// extend appends h to the growing tile of a level.
func (t *Tree) extend(level int, h Hash) {
	t.edge[level] = append(t.edge[level], h[:]...)
	if len(t.edge[level]) == TileWidth*hashSize {
		index := t.size >> (tileHeight * level) / TileWidth
		t.full = append(t.full, Tile{level, index, t.edge[level]})
		t.edge[level] = nil
	}
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Root is the RFC 6962 tree hash.
func (t *Tree) Root() Hash {
	if t.size == 0 {
		return emptyRoot
	}
	height := bits.TrailingZeros64(uint64(t.size))
	root := t.nodes[height]
	for height++; t.size>>height > 0; height++ {
		if t.size>>height&1 == 1 {
			root = tlog.NodeHash(t.nodes[height], root)
		}
	}
	return root
}

// Changed returns the tiles that have changed since its last call, full ones
// and partial ones, each with its whole content. Together with the tiles
// yielded before, they are the tree of the present size.
func (t *Tree) Changed() []Tile {
	tiles := slices.Clone(t.full)
	for level := 0; t.size>>(tileHeight*level) > 0; level++ {
		hashes := t.size >> (tileHeight * level)
		if len(t.edge[level]) > 0 && hashes != t.yielded>>(tileHeight*level) {
			tiles = append(tiles, Tile{level, hashes / TileWidth, slices.Clip(t.edge[level])})
		}
	}
	if t.size != t.yielded {
		t.recent, t.full, t.yielded = t.full, nil, t.size
	}
	return tiles
}

// Clone returns an independent copy. It shares all hashes with t and copies a
// tile only when it first appends to it.
func (t *Tree) Clone() *Tree {
	c := *t
	c.full, c.recent = slices.Clip(t.full), slices.Clip(t.recent)
	for level := range c.edge {
		c.edge[level] = slices.Clip(c.edge[level])
	}
	return &c
}

// ReadTile makes the tree a [TileReader] of itself, so that proofs can be made
// of entries that the store does not hold yet: the right edge and the tiles
// completed lately come from memory, older ones from the reader below.
func (t *Tree) ReadTile(level int, index int64, width int) ([]byte, error) {
	if level >= 0 && level < len(t.edge) && index == t.size>>(tileHeight*level)/TileWidth {
		return t.edge[level], nil
	}
	for _, tiles := range [][]Tile{t.full, t.recent} {
		for _, tile := range tiles {
			if tile.Level == level && tile.Index == index {
				return tile.Data, nil
			}
		}
	}
	if t.below == nil {
		return nil, fmt.Errorf("no such tile in a tree of %d leaves", t.size)
	}
	return t.below.ReadTile(level, index, width)
}
