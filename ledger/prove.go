package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Prover makes proofs within a tree of one size. It keeps what it has read
// and hashed, so that the entries of one batch cost little more than one of
// them. It is not safe for concurrent use.
type Prover struct {
	size  int64
	tiles TileReader
	// expanded holds per tile its hashes, those of pairs above them, and so
	// on; slices of hashes, by height within the tile.
	expanded map[tileID][][]Hash
}

type tileID struct {
	level int
	index int64
}

// NewProver returns a Prover for the tree of the given size.
func NewProver(size int64, r TileReader) *Prover {
	return &Prover{size: size, tiles: r, expanded: map[tileID][][]Hash{}}
}

// Inclusion proves that the tree contains the leaf at index.
func (p *Prover) Inclusion(index int64) ([]Hash, error) {
	if index < 0 || index >= p.size {
		return nil, fmt.Errorf("prove entry %d: the log has %d", index, p.size)
	}
	return tlog.ProveRecord(p.size, index, p)
}

// Consistency proves that the tree begins with the tree of size from.
func (p *Prover) Consistency(from int64) ([]Hash, error) {
	switch {
	case from < 0 || from > p.size:
		return nil, fmt.Errorf("prove growth from %d: the log has %d", from, p.size)
	case from == 0 || from == p.size:
		return nil, nil
	}
	return tlog.ProveTree(p.size, from, p)
}

// ReadHashes implements [tlog.HashReader] over tiles.
func (p *Prover) ReadHashes(indexes []int64) ([]Hash, error) {
	hashes := make([]Hash, len(indexes))
	for i, stored := range indexes {
		height, n := tlog.SplitStoredHashIndex(stored)
		level, within := height/tileHeight, height%tileHeight
		first := n << within // of the hashes of that level below the node
		tile, err := p.expand(tileID{level, first / TileWidth})
		if err != nil {
			return nil, err
		}
		at := int(first%TileWidth) >> within
		if within >= len(tile) || at >= len(tile[within]) {
			return nil, fmt.Errorf("hash %d at height %d is not in a tree of %d leaves", n, height, p.size)
		}
		hashes[i] = tile[within][at]
	}
	return hashes, nil
}

// expand reads a tile and hashes it up as far as it is filled.
func (p *Prover) expand(id tileID) ([][]Hash, error) {
	if tile, ok := p.expanded[id]; ok {
		return tile, nil
	}
	width := widthAt(id.level, id.index, p.size)
	data, err := readTile(p.tiles, id.level, id.index, width)
	if err != nil {
		return nil, err
	}
	row := make([]Hash, width)
	for i := range row {
		row[i] = Hash(data[i*hashSize:])
	}
	tile := [][]Hash{row}
	for len(tile) < tileHeight && len(row) > 1 {
		above := make([]Hash, len(row)/2)
		for i := range above {
			above[i] = tlog.NodeHash(row[2*i], row[2*i+1])
		}
		tile, row = append(tile, above), above
	}
	p.expanded[id] = tile
	return tile, nil
}

// InclusionProof proves that the tree of the given size contains the leaf at index.
func InclusionProof(index, size int64, r TileReader) ([]Hash, error) {
	return NewProver(size, r).Inclusion(index)
}

// ConsistencyProof proves that the tree of size to begins with that of size from.
func ConsistencyProof(from, to int64, r TileReader) ([]Hash, error) {
	return NewProver(to, r).Consistency(from)
}

// VerifyInclusion checks that leaf is at index in the tree of the given size and root.
func VerifyInclusion(index, size int64, root, leaf Hash, proof []Hash) error {
	if err := tlog.CheckRecord(proof, size, root, index, leaf); err != nil {
		return fmt.Errorf("entry %d is not in the log of %d entries: %w", index, size, err)
	}
	return nil
}

// VerifyConsistency checks that the tree of size to begins with the tree of
// size from. Every tree begins with the empty one, and the proof of that is empty.
func VerifyConsistency(from int64, fromRoot Hash, to int64, toRoot Hash, proof []Hash) error {
	if from == 0 && to >= 0 {
		if len(proof) > 0 || fromRoot != emptyRoot || to == 0 && toRoot != emptyRoot {
			return fmt.Errorf("an empty log has one root and needs no proof")
		}
		return nil
	}
	if err := tlog.CheckTree(proof, to, toRoot, from, fromRoot); err != nil {
		return fmt.Errorf("the log of %d entries does not go on from that of %d: %w", to, from, err)
	}
	return nil
}
