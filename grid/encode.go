package grid

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Encode writes the plain JSON of a published snapshot: keys in the order of
// the format, elements ascending by id, numbers in their shortest form. Equal
// networks give equal bytes.
func (n *Network) Encode() []byte {
	s := n.sorted()
	s.Sources, s.Buses, s.Lines = list(s.Sources), list(s.Buses), list(s.Lines)
	s.Trafos, s.Loads = list(s.Trafos), list(s.Loads)
	data, err := json.Marshal(s)
	if err != nil {
		panic("grid: encoding a network that was never checked: " + err.Error())
	}
	return data
}

// list turns an absent list into an empty one.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// Hash names a network by its content: SHA-256 of [Network.Encode], in hex.
func (n *Network) Hash() string {
	sum := sha256.Sum256(n.Encode())
	return hex.EncodeToString(sum[:])
}
