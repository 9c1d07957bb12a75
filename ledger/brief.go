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
	message [2 * sha256.BlockSize]byte
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
	end := sha256.BlockSize
	if n > end-9 {
		end = len(s.message)
	}
	s.message[n] = 0x80
	clear(s.message[n+1 : end-8])
	binary.BigEndian.PutUint64(s.message[end-8:end], uint64(n)*8)
	s.digest.Reset()
	s.digest.Write(s.message[:end])
	state, err := s.digest.AppendBinary(s.state[:0])
	if err != nil {
		panic(err) // which SHA-256 never gives
	}
	const magic = 4 // bytes before the words of the state
	return Hash(state[magic:])
}
