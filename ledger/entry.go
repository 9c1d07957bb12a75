package ledger

import (
	"crypto/sha256"
	"encoding/hex"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a node of the Merkle tree: SHA-256, as in RFC 6962.
type Hash = tlog.Hash

// NumFields is how many fields a leaf commits to. A leaf of another shape
// would be a new version of the format, never a change of this one.
const NumFields = 17

// Positions of the fields within a leaf.
const (
	FieldV        = iota // version of the event's format
	FieldService         // which service
	FieldPack            // hash of the pack that the case is pinned to
	FieldBody            // which state body
	FieldRegion          //
	FieldDistrict        //
	FieldDay             // recorded day, for releases that must hide the hour
	FieldTime            // recorded instant
	FieldCase            // tag of the case
	FieldSeq             // place within the case
	FieldKind            // what happened
	FieldStep            // at which step
	FieldOutcome         //
	FieldReason          // of a refusal
	FieldOfficer         // tag of the officer, valid within this case only
	FieldPrev            // commitment of the case's entry before this one
	FieldPrivate         // hex SHA-256 of the private part, "" if there is none
)

// FieldNames names the fields in leaf order.
var FieldNames = [NumFields]string{
	"v", "service", "pack", "body", "region", "district", "day", "time", "case",
	"seq", "kind", "step", "outcome", "reason", "officer", "prev", "private",
}

// Salt hides a field's value: without it a commitment to "granted" could be
// found by trying the few words that it might be.
type Salt [16]byte

// Entry is an opened leaf.
type Entry struct {
	Fields [NumFields]string
	Salts  [NumFields]Salt
}

// Tags keep the uses of SHA-256 apart. All are eight bytes, so that what
// follows starts at a fixed place and no two inputs can be read as each other.
const (
	tagSalt  = "aiqynS/1"
	tagField = "aiqynF/1"
	tagEntry = "aiqynE/1"
)

const fieldPrefix = len(tagField) + 1 + len(Salt{})

// DeriveSalts makes the salts of one entry from a secret of its own. A salt
// is half of a one-way hash of the secret, so an opened field tells nothing
// about the others, and destroying the secret closes the entry for good.
func DeriveSalts(secret [32]byte) (salts [NumFields]Salt) {
	if paired {
		p := pairsOfTwo.Get().(*pairs)
		defer pairsOfTwo.Put(p)
		p.salts(&secret, &salts)
		return salts
	}
	s := briefs.Get().(*brief)
	defer briefs.Put(s)
	n := copy(s.message[:], tagSalt)
	n += copy(s.message[n:], secret[:])
	for i := range salts {
		s.message[n] = byte(i)
		sum := s.sum(n + 1)
		copy(salts[i][:], sum[:])
	}
	return salts
}

// FieldCommitment commits to one field's value: SHA-256 over tag, position,
// salt and value. All but the value have fixed length.
func FieldCommitment(field int, salt Salt, value string) Hash {
	s := briefs.Get().(*brief)
	defer briefs.Put(s)
	return s.field(field, &salt, value)
}

func (s *brief) field(field int, salt *Salt, value string) Hash {
	if fieldPrefix+len(value) > longestBrief {
		return longField(field, salt, value)
	}
	b := append(appendFieldPrefix(s.message[:0], field, salt), value...)
	return s.sum(len(b))
}

func longField(field int, salt *Salt, value string) Hash {
	return sha256.Sum256(append(appendFieldPrefix(make([]byte, 0, fieldPrefix+len(value)), field, salt), value...))
}

func appendFieldPrefix(to []byte, field int, salt *Salt) []byte {
	to = append(to, tagField...)
	to = append(to, byte(field))
	return append(to, salt[:]...)
}

// Commitments are those to the fields of an entry, in their order.
type Commitments [NumFields]Hash

// Commitments returns the commitments to the entry's fields.
func (e *Entry) Commitments() (c Commitments) {
	if paired {
		p := pairsOfTwo.Get().(*pairs)
		defer pairsOfTwo.Put(p)
		p.commitments(e, &c)
		return c
	}
	s := briefs.Get().(*brief)
	defer briefs.Put(s)
	for i := range c {
		c[i] = s.field(i, &e.Salts[i], e.Fields[i])
	}
	return c
}

// Entry commits to all of them: the 32 bytes that enter the log in place of
// the entry.
func (c *Commitments) Entry() Hash {
	var in [len(tagEntry) + NumFields*len(Hash{})]byte
	n := copy(in[:], tagEntry)
	for i := range c {
		n += copy(in[n:], c[i][:])
	}
	return sha256.Sum256(in[:])
}

// Commitment returns the 32 bytes that enter the log in place of the entry.
func (e *Entry) Commitment() Hash {
	c := e.Commitments()
	return c.Entry()
}

// LeafHash returns the RFC 6962 leaf hash of the log entry whose bytes are
// exactly the commitment.
func LeafHash(commitment Hash) Hash {
	var in [1 + len(commitment)]byte // RFC 6962 puts a zero byte before a leaf
	copy(in[1:], commitment[:])
	return sha256.Sum256(in[:])
}

// PrivateHash returns what the field "private" must hold for a private part
// of these bytes.
func PrivateHash(private []byte) string {
	if len(private) == 0 {
		return ""
	}
	sum := sha256.Sum256(private)
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], sum[:])
	return string(text[:])
}
