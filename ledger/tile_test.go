package ledger

import (
	"bytes"
	"math"
	"testing"

	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
)

func TestTilePath(t *testing.T) {
	for _, c := range []struct {
		level int
		index int64
		width int
		path  string
	}{
		{0, 0, 256, "tile/0/000"},
		{0, 1234, 5, "tile/0/x001/234.p/5"},
		{0, 1234067, 256, "tile/0/x001/x234/067"},
		{3, 999, 255, "tile/3/999.p/255"},
		{63, 1000, 1, "tile/63/x001/000.p/1"},
		{EntriesLevel, 0, 256, "tile/entries/000"},
		{EntriesLevel, 1234067, 17, "tile/entries/x001/x234/067.p/17"},
		{0, math.MaxInt64, 256, "tile/0/x009/x223/x372/x036/x854/x775/807"},
	} {
		if got := TilePath(c.level, c.index, c.width); got != c.path {
			t.Errorf("TilePath(%d, %d, %d) = %q, want %q", c.level, c.index, c.width, got, c.path)
		}
		level, index, width, err := ParseTilePath(c.path)
		if err != nil || level != c.level || index != c.index || width != c.width {
			t.Errorf("ParseTilePath(%q) = %d, %d, %d, %v", c.path, level, index, width, err)
		}
		partial := uint8(c.width % TileWidth)
		want := layout.TilePath(uint64(max(c.level, 0)), uint64(c.index), partial)
		if c.level == EntriesLevel {
			want = layout.EntriesPath(uint64(c.index), partial)
		}
		if c.path != want {
			t.Errorf("tessera writes %q, want %q", want, c.path)
		}
	}
}

func TestParseTilePathRefuses(t *testing.T) {
	for _, path := range []string{
		"", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000",
		"tile/a/000", "tile/0/00", "tile/0/0000", "tile/0/x000", "tile/0/x000/001", "tile/0/001/002", "tile/0/x001/x002",
		"tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/05", "tile/0/000.p/", "tile/0/000.p", "tile/0/000.p/5/", "tile/0/000/",
		"tile/0/x-01/000", "tile/0/0_0", "tile/0/X001/000", "tile/entries/", "tile/Entries/000", "tile/0/../000", "tile/0/000\n",
		"tile/0/x009/x223/x372/x036/x854/x775/808", "tile/0/x001/x009/x223/x372/x036/x854/x775/807",
	} {
		if level, index, width, err := ParseTilePath(path); err == nil {
			t.Errorf("ParseTilePath(%q) = %d, %d, %d", path, level, index, width)
		}
	}
}

// TestTilePathFlips changes each byte of a path in each way: what still
// parses names another tile, never the same.
func TestTilePathFlips(t *testing.T) {
	type tile struct {
		level int
		index int64
		width int
	}
	for _, path := range []string{"tile/0/x001/234.p/5", "tile/12/067", "tile/entries/x001/x234/067.p/17"} {
		var original tile
		original.level, original.index, original.width, _ = ParseTilePath(path)
		for i := range path {
			for c := range 256 {
				changed := []byte(path)
				changed[i] = byte(c)
				level, index, width, err := ParseTilePath(string(changed))
				if string(changed) != path && err == nil && (tile{level, index, width}) == original {
					t.Errorf("%q names the same tile as %q", changed, path)
				}
			}
		}
	}
}

func TestEntryBundle(t *testing.T) {
	commitments := []Hash{leafOf(1), leafOf(2), leafOf(3)}
	bundle := EntryBundle(commitments)
	var read api.EntryBundle
	if err := read.UnmarshalText(bundle); err != nil {
		t.Fatal(err)
	}
	for i, c := range commitments {
		if !bytes.Equal(read.Entries[i], c[:]) {
			t.Errorf("tessera reads entry %d as %x, want %x", i, read.Entries[i], c)
		}
	}
	back, err := ParseEntryBundle(bundle)
	if err != nil || len(back) != 3 || back[2] != commitments[2] {
		t.Errorf("ParseEntryBundle = %v, %v", back, err)
	}
	for _, bad := range [][]byte{nil, bundle[:33], append(bytes.Clone(bundle), 0), bytes.Repeat(bundle[:34], 257),
		append([]byte{1}, bundle[1:]...), append([]byte{0, 31}, bundle[2:]...)} {
		if _, err := ParseEntryBundle(bad); err == nil {
			t.Errorf("read a bundle of %d bytes", len(bad))
		}
	}
}

func FuzzParseTilePath(f *testing.F) {
	for _, path := range []string{"tile/0/x001/234.p/5", "tile/entries/000", "tile/63/x009/x223/x372/x036/x854/x775/807"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		level, index, width, err := ParseTilePath(path)
		if err == nil && TilePath(level, index, width) != path {
			t.Errorf("%q parses to what is written %q", path, TilePath(level, index, width))
		}
	})
}

func FuzzParseEntryBundle(f *testing.F) {
	f.Add(EntryBundle([]Hash{leafOf(1)}))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		commitments, err := ParseEntryBundle(bundle)
		if err == nil && !bytes.Equal(EntryBundle(commitments), bundle) {
			t.Error("bundle changes when written again")
		}
	})
}
