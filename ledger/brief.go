package ledger

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
	"sync"
)

// brief is SHA-256 of messages that fill a block or two. Each entry takes some forty of
// them, and of such a message crypto/sha256 spends more on copying and ending it than on
// the block. Here the message is ended in its place, and the hash read from the state
// before the end that crypto/sha256 would give it.
type brief struct {
	message briefText
	state   [128]byte
	digest  digest
}

type digest interface {
	hash.Hash
	encoding.BinaryAppender
}

func newDigest() digest { return sha256.New().(digest) }

// longestBrief is how long a message may be: behind it go a bit and its length.
const longestBrief = 2*sha256.BlockSize - 9

var briefs = sync.Pool{New: func() any { return &brief{digest: newDigest()} }}

// sum is SHA-256 of the first n bytes of the message.
func (s *brief) sum(n int) Hash {
	blocks := s.message.end(n)
	s.digest.Reset()
	s.digest.Write(s.message[:blocks*sha256.BlockSize])
	state, err := s.digest.AppendBinary(s.state[:0])
	if err != nil {
		panic(err) // which SHA-256 never gives
	}
	const magic = 4 // bytes before the words of the state
	return Hash(state[magic:])
}

// briefText is a message, with room for its end.
type briefText [2 * sha256.BlockSize]byte

// end ends a message of n bytes as SHA-256 does, and returns how many blocks it has.
func (b *briefText) end(n int) (blocks int) {
	blocks = 1
	if n > sha256.BlockSize-9 {
		blocks = 2
	}
	end := blocks * sha256.BlockSize
	b[n] = 0x80
	clear(b[n+1 : end-8])
	binary.BigEndian.PutUint64(b[end-8:end], uint64(n)*8)
	return blocks
}

// pair are two messages that are hashed at once, where the processor can: it takes
// little longer than one.
type pair struct {
	text  [2]briefText
	of    [2]int // what each is the message of
	begun int    // how many there are
	sums  [2]Hash
}

// hash hashes both, of so many blocks each.
func (p *pair) hash(blocks int) { sumPair(&p.sums, &p.text[0][0], &p.text[1][0], blocks) }

// pairs gather messages of one and of two blocks until there are two alike.
type pairs [2]pair

var pairsOfTwo = sync.Pool{New: func() any { return new(pairs) }}

// salts are those of [DeriveSalts].
func (p *pairs) salts(secret *[32]byte, salts *[NumFields]Salt) {
	both := &p[0]
	var n int
	for lane := range both.text {
		text := &both.text[lane]
		n = copy(text[:], tagSalt)
		n += copy(text[n:], secret[:])
		text.end(n + 1)
	}
	for i := 0; i < len(salts); i += 2 {
		both.text[0][n], both.text[1][n] = byte(i), byte(i+1)
		both.hash(1)
		copy(salts[i][:], both.sums[0][:])
		if i+1 < len(salts) {
			copy(salts[i+1][:], both.sums[1][:])
		}
	}
}

// commitments are those of [Entry.Commitments].
func (p *pairs) commitments(e *Entry, c *Commitments) {
	for i := range c {
		value := e.Fields[i]
		n := fieldPrefix + len(value)
		if n > longestBrief {
			c[i] = longField(i, &e.Salts[i], value)
			continue
		}
		both := &p[0]
		if n > sha256.BlockSize-9 {
			both = &p[1]
		}
		text := &both.text[both.begun]
		blocks := text.end(len(append(appendFieldPrefix(text[:0], i, &e.Salts[i]), value...)))
		both.of[both.begun] = i
		if both.begun++; both.begun == len(both.text) {
			both.put(c, blocks)
		}
	}
	for at := range p {
		p[at].put(c, at+1)
	}
}

// put hashes what has been gathered.
func (p *pair) put(c *Commitments, blocks int) {
	if p.begun == 0 {
		return
	}
	p.hash(blocks)
	for lane := range p.begun {
		c[p.of[lane]] = p.sums[lane]
	}
	p.begun = 0
}
