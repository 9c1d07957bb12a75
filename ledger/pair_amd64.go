//go:build amd64 && !purego

package ledger

// sumPair is SHA-256 of two messages of so many blocks each, ended as it ends them.
//
//go:noescape
func sumPair(sums *[2]Hash, first, second *byte, blocks int)

// instructions are what the processor says that it has, by CPUID 1 and 7.
func instructions() (shuffles, hashes uint32)

// paired is whether the processor has what sumPair is made of.
var paired = func() bool {
	const ssse3, sse41, sha = 1 << 9, 1 << 19, 1 << 29
	shuffles, hashes := instructions()
	return shuffles&ssse3 != 0 && shuffles&sse41 != 0 && hashes&sha != 0
}()
