package signature

import (
	"encoding/binary"
	"hash"
)

// streebog is the hash function of GOST R 34.11-2012 (RFC 6986), which the
// certificates and signatures of Kazakhstan's GOST 34.10-2015 use.
type streebog struct {
	h, n, sigma [8]uint64 // state, length in bits, sum of blocks; lowest word first
	block       [64]byte
	filled      int
	size        int
}

// NewStreebog512 returns the hash function with 512 bits.
func NewStreebog512() hash.Hash { return newStreebog(64) }

// NewStreebog256 returns the hash function with 256 bits.
func NewStreebog256() hash.Hash { return newStreebog(32) }

func newStreebog(size int) *streebog {
	d := &streebog{size: size}
	d.Reset()
	return d
}

// streebogLPS joins substitution, transposition and matrix: the contribution of
// a byte of the n-th word to the word that it is transposed into.
var streebogLPS = func() (table [8][256]uint64) {
	for word := range 8 {
		for b := range 256 {
			for bit := range 8 {
				if streebogPi[b]>>bit&1 == 1 {
					table[word][b] ^= streebogA[63-8*word-bit]
				}
			}
		}
	}
	return table
}()

// lps is the round function without its key.
func lps(in *[8]uint64) (out [8]uint64) {
	for i := range out {
		shift := 8 * i
		for word := range in {
			out[i] ^= streebogLPS[word][byte(in[word]>>shift)]
		}
	}
	return out
}

func xor(a, b *[8]uint64) (out [8]uint64) {
	for i := range out {
		out[i] = a[i] ^ b[i]
	}
	return out
}

// compress is the function g of the standard.
func compress(h, n, m *[8]uint64) [8]uint64 {
	key := xor(h, n)
	key = lps(&key)
	state := xor(&key, m)
	for i := range streebogC {
		state = lps(&state)
		key = xor(&key, &streebogC[i])
		key = lps(&key)
		state = xor(&key, &state)
	}
	state = xor(&state, h)
	return xor(&state, m)
}

// add adds modulo 2⁵¹².
func add(a *[8]uint64, b *[8]uint64) {
	var carry uint64
	for i := range a {
		sum := a[i] + b[i]
		next := uint64(0)
		if sum < a[i] {
			next = 1
		}
		a[i] = sum + carry
		if a[i] < sum {
			next = 1
		}
		carry = next
	}
}

func (d *streebog) take(block *[64]byte, bits uint64) {
	var m [8]uint64
	for i := range m {
		m[i] = binary.LittleEndian.Uint64(block[8*i:])
	}
	d.h = compress(&d.h, &d.n, &m)
	add(&d.n, &[8]uint64{bits})
	add(&d.sigma, &m)
}

// Write implements [hash.Hash].
func (d *streebog) Write(p []byte) (int, error) {
	all := len(p)
	for len(p) > 0 {
		n := copy(d.block[d.filled:], p)
		d.filled, p = d.filled+n, p[n:]
		if d.filled == len(d.block) {
			d.take(&d.block, 512)
			d.filled = 0
		}
	}
	return all, nil
}

// Sum implements [hash.Hash].
func (d *streebog) Sum(b []byte) []byte {
	last := *d
	var block [64]byte
	copy(block[:], d.block[:d.filled])
	block[d.filled] = 1
	last.take(&block, 8*uint64(d.filled))
	var zero [8]uint64
	last.h = compress(&last.h, &zero, &last.n)
	last.h = compress(&last.h, &zero, &last.sigma)
	var out [64]byte
	for i, w := range last.h {
		binary.LittleEndian.PutUint64(out[8*i:], w)
	}
	return append(b, out[64-d.size:]...)
}

// Reset implements [hash.Hash].
func (d *streebog) Reset() {
	*d = streebog{size: d.size}
	if d.size == 32 {
		for i := range d.h {
			d.h[i] = 0x0101010101010101
		}
	}
}

// Size implements [hash.Hash].
func (d *streebog) Size() int { return d.size }

// BlockSize implements [hash.Hash].
func (d *streebog) BlockSize() int { return 64 }
