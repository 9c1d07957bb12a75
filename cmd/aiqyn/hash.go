package main

import (
	"crypto/sha256"
	"encoding/hex"
)

// hashOf names public data by its content.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
