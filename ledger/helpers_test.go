package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// tiles is a store of tiles in memory.
type tiles map[tileID][]byte

func (m tiles) put(changed []Tile) {
	for _, t := range changed {
		m[tileID{t.Level, t.Index}] = t.Data
	}
}

func (m tiles) ReadTile(level int, index int64, width int) ([]byte, error) {
	data := m[tileID{level, index}]
	if len(data) < width*hashSize {
		return nil, fmt.Errorf("tile %d/%d has %d hashes", level, index, len(data)/hashSize)
	}
	return data[:width*hashSize], nil
}

// leafOf is a leaf for tests: any hash, told by a number.
func leafOf(i int64) Hash {
	return LeafHash(sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i))))
}

// grow appends leaves up to the size and returns the tree and its tiles.
func grow(t testing.TB, size int64) (*Tree, tiles) {
	t.Helper()
	tree, err := NewTree(0, nil)
	if err != nil {
		t.Fatal(err)
	}
	store := tiles{}
	for i := range size {
		tree.Append(leafOf(i))
	}
	store.put(tree.Changed())
	return tree, store
}

func seed(b byte) *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte{b}, 32)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func logSigner(name string, b byte) *Signer {
	skey, _, err := GenerateKey(seed(b), name)
	return must(NewSigner(must(skey, err)))
}

func cosigner(name string, b byte, at int64) *Signer {
	skey, _, err := GenerateCosignerKey(seed(b), name)
	return must(NewCosigner(must(skey, err), func() time.Time { return time.Unix(at, 0) }))
}

const origin = "aiqyn.example/log"

// sampleEntry is an entry such as the engine writes.
func sampleEntry(n int, private []byte) Entry {
	var secret [32]byte
	binary.BigEndian.PutUint64(secret[:], uint64(n))
	return Entry{
		Fields: [NumFields]string{
			"1", "energy.connection", "5f0c9c2a1d7e", "utility", "ALA", "Медеу", "2026-05-05",
			"2026-05-05T09:14:03.120450Z", "c7d1f2", fmt.Sprint(n), "refused", "conditions",
			"refused", "no-capacity", "o-91ab", "", PrivateHash(private),
		},
		Salts: DeriveSalts(secret),
	}
}

// samplePrivate is about 1 KB of canonical JSON.
func samplePrivate(n int) []byte {
	facts := ""
	for i := range 12 {
		facts += fmt.Sprintf(`{"at":%d,"name":"Тіркелген дерек «%d»","value":"feeder-%d\/x\n"},`, 1700000000+i, i, i*n)
	}
	facts = string(bytes.ReplaceAll([]byte(facts[:len(facts)-1]), []byte(`\/`), []byte(`/`)))
	return fmt.Appendf(nil, `{"applicant":"Сәуле","facts":[%s],"load":12.5,"n":%d}`, facts, n)
}

// sampleReceipt puts an entry into a log of the given size at the index and
// returns its receipt, signed by the signers.
func sampleReceipt(t testing.TB, index, size int64, signers ...note.Signer) *Receipt {
	t.Helper()
	private := samplePrivate(int(index))
	e := sampleEntry(int(index), private)
	tree, _ := NewTree(0, nil)
	for i := range size {
		leaf := leafOf(i)
		if i == index {
			leaf = LeafHash(e.Commitment())
		}
		tree.Append(leaf)
	}
	proof, err := InclusionProof(index, size, tree)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := SignCheckpoint(Checkpoint{Origin: origin, Size: size, Root: tree.Root()}, signers...)
	if err != nil {
		t.Fatal(err)
	}
	return NewReceipt(e, private, index, proof, checkpoint)
}

// heads is a witness's state in memory.
type heads map[string]Head

func (h heads) Head(origin string) (Head, error) {
	if head, ok := h[origin]; ok {
		return head, nil
	}
	return EmptyHead, nil
}

func (h heads) CompareAndSet(origin string, old, next Head) error {
	if now, _ := h.Head(origin); now != old {
		return ErrHeadMoved
	}
	h[origin] = next
	return nil
}

func (h heads) clone() heads { return maps.Clone(h) }
