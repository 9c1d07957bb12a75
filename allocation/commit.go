package allocation

import (
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Commitment is the Merkle tree (RFC 6962) over the inputs of a round: a first
// leaf of the rules and the institutions and a leaf for each applicant, by their
// names, as in the round file; of a sealed-bid round, of the seals. Its root goes
// into the log before the seed exists; who drops, adds or alters an applicant
// afterwards has another.
type Commitment struct {
	Tree
	round *Round
	order []int32 // of the applicants
}

// Tree is a Merkle tree (RFC 6962) over hashes that are all there at once.
type Tree struct {
	levels [][]tlog.Hash // leaves first
}

// NewTree grows a tree over some leaves; there must be one at least.
func NewTree(leaves []tlog.Hash) Tree {
	var t Tree
	t.grow(leaves)
	return t
}

// Root is the root of [Round.Commit].
func (r *Round) Root() tlog.Hash { return r.Commit().Root() }

// Commit builds the tree.
func (r *Round) Commit() *Commitment {
	c := &Commitment{round: r}
	if r.Rules.Kind == SealedBid {
		sealed := *r
		sealed.Bids = make([]Bid, len(r.Bids))
		for i, b := range r.Bids {
			sealed.Bids[i] = Bid{ID: b.ID, Sealed: b.Sealed}
		}
		c.grow([]tlog.Hash{tlog.RecordHash(sealed.head()), tlog.RecordHash(sealed.appendBids(nil))})
		return c
	}
	c.order = r.byName()
	leaves := make([]tlog.Hash, len(c.order)+1)
	leaves[0] = tlog.RecordHash(r.head())
	inParallel(len(c.order), func(from, to int) {
		buf := make([]byte, 0, 512)
		for k := from; k < to; k++ {
			buf = r.appendApplicant(buf[:0], &r.Applicants[c.order[k]])
			leaves[k+1] = tlog.RecordHash(buf)
		}
	})
	c.grow(leaves)
	return c
}

// grow hashes level upon level; a last node without a partner rises as it is.
func (t *Tree) grow(level []tlog.Hash) {
	for t.levels = [][]tlog.Hash{level}; len(level) > 1; t.levels = append(t.levels, level) {
		below := level
		level = make([]tlog.Hash, (len(below)+1)/2)
		inParallel(len(level), func(from, to int) {
			for i := from; i < to; i++ {
				if level[i] = below[2*i]; 2*i+1 < len(below) {
					level[i] = tlog.NodeHash(below[2*i], below[2*i+1])
				}
			}
		})
	}
}

// Root is what is written into the log.
func (t *Tree) Root() tlog.Hash { return t.levels[len(t.levels)-1][0] }

// Size is how many leaves there are.
func (t *Tree) Size() int64 { return int64(len(t.levels[0])) }

// Proof is the way from a leaf to the root, as [tlog.CheckRecord] takes it.
func (t *Tree) Proof(leaf int) []tlog.Hash {
	proof := make([]tlog.Hash, 0, len(t.levels)-1)
	for at, level := leaf, 0; level < len(t.levels)-1; at, level = at/2, level+1 {
		if partner := at ^ 1; partner < len(t.levels[level]) {
			proof = append(proof, t.levels[level][partner])
		}
	}
	return proof
}

// Leaf is what an applicant can check for themselves: their line as it was
// committed to, and the way from it to the root.
type Leaf struct {
	Line  string      `json:"line"`
	Index int64       `json:"index"`
	Size  int64       `json:"size"`
	Proof []tlog.Hash `json:"proof"`
}

// Prove gives an applicant's leaf; ok is false for a name that is not there.
func (c *Commitment) Prove(id string) (leaf Leaf, ok bool) {
	k, ok := slices.BinarySearchFunc(c.order, id, func(i int32, id string) int { return strings.Compare(c.round.Applicants[i].ID, id) })
	if !ok {
		return Leaf{}, false
	}
	var line [256]byte
	return Leaf{Line: string(c.round.appendApplicant(line[:0], &c.round.Applicants[c.order[k]])), Index: int64(k + 1), Size: c.Size(), Proof: c.Proof(k + 1)}, true
}

// Holds checks the leaf against a root.
func (l Leaf) Holds(root tlog.Hash) bool {
	return tlog.CheckRecord(l.Proof, l.Size, root, l.Index, tlog.RecordHash([]byte(l.Line))) == nil
}

// head is the first leaf: everything that is no applicant and no seed.
func (r *Round) head() []byte {
	b := appendText(nil, r.Name)
	b = appendText(b, r.Closed)
	b = append(b, r.Rules.Hash()...)
	b = appendTexts(b, r.Categories)
	b = appendText(b, r.Seed.Beacon) // which seed, not what it came to
	b = appendPlaces(b, []int32{int32(r.Seed.Round >> 32), int32(uint32(r.Seed.Round))})
	return r.appendInstitutions(b)
}
