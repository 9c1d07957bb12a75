package ledger

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

// oracle is the reference implementation: every hash of the tree, in a list.
type oracle []Hash

func (o oracle) ReadHashes(indexes []int64) ([]Hash, error) {
	hashes := make([]Hash, len(indexes))
	for i, at := range indexes {
		hashes[i] = o[at]
	}
	return hashes, nil
}

func newOracle(t testing.TB, size int64) oracle {
	t.Helper()
	var o oracle
	for i := range size {
		hashes, err := tlog.StoredHashesForRecordHash(i, leafOf(i), o)
		if err != nil {
			t.Fatal(err)
		}
		o = append(o, hashes...)
	}
	return o
}

// borders are sizes at which tiles begin and end.
var borders = []int64{1, 2, 3, 255, 256, 257, 511, 512, 513, 1000, 65535, 65536, 65537}

func TestTreeAgainstReference(t *testing.T) {
	o := newOracle(t, 66000)
	tree, _ := NewTree(0, nil)
	for size := range int64(66000) {
		if size <= 1000 || slices.Contains(borders, size) || size%997 == 0 {
			if want := must(tlog.TreeHash(size, o)); tree.Root() != want || tree.Size() != size {
				t.Fatalf("size %d: root %v, want %v", tree.Size(), tree.Root(), want)
			}
		}
		tree.Append(leafOf(size))
	}
}

// TestTilesAgainstReference yields tiles in batches of many sizes and holds
// the content of all of them against the reference.
func TestTilesAgainstReference(t *testing.T) {
	o := newOracle(t, 66000)
	rng := rand.New(rand.NewPCG(1, 2))
	store := tiles{}
	tree, _ := NewTree(0, nil)
	for tree.Size() < 65900 {
		before := tree.Size()
		for range 1 + rng.IntN(700) {
			if tree.Size() < 66000 {
				tree.Append(leafOf(tree.Size()))
			}
		}
		got := map[tileID][]byte{}
		for _, tile := range tree.Changed() {
			got[tileID{tile.Level, tile.Index}] = tile.Data
		}
		store.put(tree.Changed()) // nothing has changed since
		for _, want := range tlog.NewTiles(tileHeight, before, tree.Size()) {
			id := tileID{want.L, want.N}
			if !bytes.Equal(got[id], must(tlog.ReadTileData(want, o))) {
				t.Fatalf("size %d to %d: tile %v differs", before, tree.Size(), want)
			}
			delete(got, id)
		}
		if len(got) > 0 {
			t.Fatalf("size %d to %d: %d tiles yielded that have not changed", before, tree.Size(), len(got))
		}
	}
	if len(store) != 0 {
		t.Errorf("a second call of Changed yielded %d tiles", len(store))
	}
}

func TestNewTreeFromTiles(t *testing.T) {
	for _, size := range append([]int64{0, 10, 130, 700}, borders...) {
		grown, store := grow(t, size)
		tree, err := NewTree(size, store)
		if err != nil {
			t.Fatalf("size %d: %v", size, err)
		}
		if tree.Root() != grown.Root() {
			t.Errorf("size %d: loaded root %v, want %v", size, tree.Root(), grown.Root())
		}
		for i := range int64(300) {
			tree.Append(leafOf(size + i))
			grown.Append(leafOf(size + i))
		}
		if tree.Root() != grown.Root() {
			t.Errorf("size %d, grown by 300: root differs", size)
		}
		if !slices.EqualFunc(tree.Changed(), grown.Changed(), func(a, b Tile) bool {
			return a.Level == b.Level && a.Index == b.Index && bytes.Equal(a.Data, b.Data)
		}) {
			t.Errorf("size %d, grown by 300: tiles differ", size)
		}
	}
}

func TestNewTreeRefuses(t *testing.T) {
	_, store := grow(t, 700)
	if _, err := NewTree(701, store); err == nil {
		t.Error("loaded a tree larger than its tiles")
	}
	if _, err := NewTree(5, nil); err == nil {
		t.Error("loaded a tree without a reader")
	}
	if _, err := NewTree(-1, store); err == nil {
		t.Error("loaded a tree of negative size")
	}
}

func TestCloneIsIndependent(t *testing.T) {
	for _, size := range []int64{0, 5, 250, 256, 511, 65530} {
		tree, store := grow(t, size)
		root := tree.Root()
		thrown, kept := tree.Clone(), tree.Clone()
		for i := range int64(20) {
			kept.Append(leafOf(size + i))
			thrown.Append(leafOf(1<<40 + i)) // must not reach memory that kept uses
		}
		thrown.Changed()
		if tree.Root() != root || tree.Size() != size || len(tree.Changed()) != 0 {
			t.Errorf("size %d: appending to a clone changed the tree", size)
		}
		for i := range int64(20) {
			tree.Append(leafOf(size + i))
		}
		if tree.Root() != kept.Root() {
			t.Errorf("size %d: tree and clone grew apart", size)
		}
		store.put(kept.Changed())
		reloaded := must(NewTree(size+20, store))
		if reloaded.Root() != tree.Root() {
			t.Errorf("size %d: the clone's tiles make another tree", size)
		}
	}
}

func TestYieldedTilesNeverChange(t *testing.T) {
	tree, _ := grow(t, 250)
	tree.Append(leafOf(250))
	tile := tree.Changed()[0]
	before := bytes.Clone(tile.Data)
	clone := tree.Clone()
	for i := range int64(300) {
		tree.Append(leafOf(1000 + i))
		clone.Append(leafOf(2000 + i))
	}
	if !bytes.Equal(tile.Data, before) {
		t.Error("appending changed a tile that was handed out")
	}
	if tile.Width() != 251 {
		t.Errorf("tile is %d wide, want 251", tile.Width())
	}
}

func TestProofsAgainstReference(t *testing.T) {
	o := newOracle(t, 65537)
	_, store := grow(t, 65537) // holds only the widest of each tile
	sizes := append([]int64{4, 5, 6, 7, 8, 64, 100}, borders...)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, size := range sizes {
		root := must(tlog.TreeHash(size, o))
		prover := NewProver(size, store)
		for n := range int64(60) {
			index := n
			if size > 60 {
				index = [...]int64{n, size - 1 - n, rng.Int64N(size)}[n%3]
			} else if n >= size {
				break
			}
			proof, err := prover.Inclusion(index)
			if err != nil {
				t.Fatalf("inclusion of %d in %d: %v", index, size, err)
			}
			if want := must(tlog.ProveRecord(size, index, o)); !slices.Equal(proof, want) {
				t.Fatalf("inclusion of %d in %d differs from the reference", index, size)
			}
			if err := VerifyInclusion(index, size, root, leafOf(index), proof); err != nil {
				t.Fatal(err)
			}
		}
		for _, from := range sizes {
			if from > size {
				continue
			}
			proof, err := prover.Consistency(from)
			if err != nil {
				t.Fatalf("consistency %d to %d: %v", from, size, err)
			}
			fromRoot := must(tlog.TreeHash(from, o))
			if from < size {
				if want := must(tlog.ProveTree(size, from, o)); !slices.Equal(proof, want) {
					t.Fatalf("consistency %d to %d differs from the reference", from, size)
				}
			}
			if err := VerifyConsistency(from, fromRoot, size, root, proof); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestTreeProvesItself makes proofs of entries that no store holds yet, right
// after an append that completed a tile, before and after Changed.
func TestTreeProvesItself(t *testing.T) {
	for _, size := range []int64{1, 200, 256, 300, 65530, 65600} {
		_, store := grow(t, size)
		tree := must(NewTree(size, store))
		for i := range int64(100) {
			tree.Append(leafOf(size + i))
		}
		for _, when := range []string{"before", "after"} {
			for _, index := range []int64{0, size - 1, size, size + 99} {
				proof, err := InclusionProof(index, tree.Size(), tree)
				if err != nil {
					t.Fatalf("%s Changed, %d in %d: %v", when, index, tree.Size(), err)
				}
				if err := VerifyInclusion(index, tree.Size(), tree.Root(), leafOf(index), proof); err != nil {
					t.Errorf("%s Changed: %v", when, err)
				}
			}
			tree.Changed()
		}
	}
}

func TestProofsRefused(t *testing.T) {
	tree, store := grow(t, 300)
	proof := must(InclusionProof(7, 300, store))
	for what, err := range map[string]error{
		"other index":   VerifyInclusion(8, 300, tree.Root(), leafOf(7), proof),
		"beyond":        VerifyInclusion(300, 300, tree.Root(), leafOf(7), proof),
		"negative":      VerifyInclusion(-1, 300, tree.Root(), leafOf(7), proof),
		"other leaf":    VerifyInclusion(7, 300, tree.Root(), leafOf(8), proof),
		"shorter proof": VerifyInclusion(7, 300, tree.Root(), leafOf(7), proof[1:]),
		"longer proof":  VerifyInclusion(7, 300, tree.Root(), leafOf(7), append(slices.Clone(proof), Hash{})),
		"grown from 0":  VerifyConsistency(0, emptyRoot, 300, tree.Root(), proof),
		"root of 0":     VerifyConsistency(0, Hash{}, 300, tree.Root(), nil),
		"0 to 0":        VerifyConsistency(0, emptyRoot, 0, Hash{}, nil),
		"shrunk":        VerifyConsistency(300, tree.Root(), 299, tree.Root(), nil),
		"same size":     VerifyConsistency(300, tree.Root(), 300, Hash{}, nil),
		"negative size": VerifyConsistency(-1, emptyRoot, 300, tree.Root(), nil),
	} {
		if err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
	for _, ask := range []func() ([]Hash, error){
		func() ([]Hash, error) { return InclusionProof(300, 300, store) },
		func() ([]Hash, error) { return InclusionProof(-1, 300, store) },
		func() ([]Hash, error) { return InclusionProof(0, 400, store) },
		func() ([]Hash, error) { return ConsistencyProof(301, 300, store) },
		func() ([]Hash, error) { return ConsistencyProof(-1, 300, store) },
		func() ([]Hash, error) { return ConsistencyProof(3, 400, store) },
	} {
		if proof, err := ask(); err == nil {
			t.Errorf("proved the impossible: %d hashes", len(proof))
		}
	}
}

type failing struct{}

func (failing) ReadTile(int, int64, int) ([]byte, error) { return nil, fmt.Errorf("disk on fire") }

type short struct{ tiles }

func (s short) ReadTile(level int, index int64, width int) ([]byte, error) {
	data, err := s.tiles.ReadTile(level, index, width)
	return data[:len(data)-1], err
}

func TestBrokenReaders(t *testing.T) {
	_, store := grow(t, 300)
	for _, r := range []TileReader{failing{}, short{store}} {
		if _, err := NewTree(300, r); err == nil {
			t.Errorf("%T: loaded a tree", r)
		}
		if _, err := InclusionProof(3, 300, r); err == nil {
			t.Errorf("%T: made a proof", r)
		}
	}
}
