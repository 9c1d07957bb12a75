package ledger

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	tileHeight = 8
	// TileWidth is how many hashes a full tile or entries a full bundle holds.
	TileWidth = 1 << tileHeight
	// EntriesLevel is the level by which paths name bundles of entries.
	EntriesLevel = -1

	hashSize = len(Hash{})
	maxLevel = 63 // of a tile path, by the specification
)

// Tile is a run of consecutive hashes at one height of the tree: at level 0
// leaf hashes, above it the roots of full tiles one level below.
type Tile struct {
	Level int
	Index int64
	Data  []byte // 1 to TileWidth hashes; never changed once handed out
}

// Width is the number of hashes in the tile.
func (t Tile) Width() int { return len(t.Data) / hashSize }

// TileReader reads tiles that a [Tree] has yielded. It may be asked for a tile
// as it was when the tree was smaller: the answer is the first width hashes of
// that tile, and may go on with later ones.
type TileReader interface {
	ReadTile(level int, index int64, width int) ([]byte, error)
}

// readTile asks r for exactly width hashes.
func readTile(r TileReader, level int, index int64, width int) ([]byte, error) {
	data, err := r.ReadTile(level, index, width)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", TilePath(level, index, width), err)
	}
	if len(data) < width*hashSize || len(data) > TileWidth*hashSize || len(data)%hashSize != 0 {
		return nil, fmt.Errorf("read %s: got %d bytes", TilePath(level, index, width), len(data))
	}
	return data[: width*hashSize : width*hashSize], nil
}

// widthAt returns how wide a tile is in a tree of the given size.
func widthAt(level int, index, size int64) int {
	return int(min(TileWidth, size>>(tileHeight*level)-index*TileWidth))
}

// TilePath returns where a tile is published: "tile/0/x001/234" when full,
// "tile/0/x001/234.p/5" when five wide, "tile/entries/000" for a bundle.
func TilePath(level int, index int64, width int) string {
	path := make([]byte, 0, 40)
	path = append(path, "tile/"...)
	if level == EntriesLevel {
		path = append(path, "entries"...)
	} else {
		path = strconv.AppendInt(path, int64(level), 10)
	}
	groups := int64(1)
	for index/groups >= 1000 {
		groups *= 1000
	}
	for ; groups > 1; groups /= 1000 {
		path = append(path, "/x"...)
		path = appendGroup(path, index/groups%1000)
	}
	path = append(path, '/')
	path = appendGroup(path, index%1000)
	if width != TileWidth {
		path = append(path, ".p/"...)
		path = strconv.AppendInt(path, int64(width), 10)
	}
	return string(path)
}

func appendGroup(path []byte, n int64) []byte {
	return append(path, byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10))
}

// ParseTilePath is the inverse of [TilePath]: it accepts a path exactly as
// TilePath writes it.
func ParseTilePath(path string) (level int, index int64, width int, err error) {
	bad := func() (int, int64, int, error) {
		return 0, 0, 0, fmt.Errorf("%q is not the path of a tile", path)
	}
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(path) > 64 {
		return bad()
	}
	name, rest, _ := strings.Cut(rest, "/")
	if level = EntriesLevel; name != "entries" {
		if level, err = strconv.Atoi(name); err != nil || level < 0 || level > maxLevel {
			return bad()
		}
	}
	number, partial, cut := strings.Cut(rest, ".p/")
	if width = TileWidth; cut {
		if width, err = strconv.Atoi(partial); err != nil || width < 1 || width >= TileWidth {
			return bad()
		}
	}
	for group := range strings.SplitSeq(number, "/") {
		n, err := strconv.ParseUint(strings.TrimPrefix(group, "x"), 10, 10)
		if err != nil || n > 999 || index > (math.MaxInt64-int64(n))/1000 {
			return bad()
		}
		index = index*1000 + int64(n)
	}
	if TilePath(level, index, width) != path { // signs, zeros and x in the wrong place
		return bad()
	}
	return level, index, width, nil
}

// EntryBundle returns the published form of up to TileWidth entries: each is
// its length as a big-endian uint16, and then the 32 bytes of its commitment.
func EntryBundle(commitments []Hash) []byte {
	bundle := make([]byte, 0, len(commitments)*(2+hashSize))
	for i := range commitments {
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(hashSize))
		bundle = append(bundle, commitments[i][:]...)
	}
	return bundle
}

// ParseEntryBundle is the inverse of [EntryBundle].
func ParseEntryBundle(bundle []byte) ([]Hash, error) {
	const stride = 2 + hashSize
	if len(bundle) == 0 || len(bundle)%stride != 0 || len(bundle) > TileWidth*stride {
		return nil, fmt.Errorf("entry bundle of %d bytes", len(bundle))
	}
	commitments := make([]Hash, 0, len(bundle)/stride)
	for i := 0; i < len(bundle); i += stride {
		if n := binary.BigEndian.Uint16(bundle[i:]); int(n) != hashSize {
			return nil, fmt.Errorf("entry %d of the bundle has %d bytes, want %d", i/stride, n, hashSize)
		}
		commitments = append(commitments, Hash(bundle[i+2:i+stride]))
	}
	return commitments, nil
}
