package beacon

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"
)

// Practice is a source for demonstrations and tests. Whoever has the seed
// knows every round: it protects against nothing.
type Practice struct {
	schedule
	seed [32]byte
}

// NewPractice makes a practice source. A period must be positive.
func NewPractice(seed [32]byte, genesis time.Time, period time.Duration) *Practice {
	if period <= 0 {
		panic("beacon: the period of a practice source must be positive")
	}
	return &Practice{schedule{genesis, period}, seed}
}

// Name returns "practice".
func (p *Practice) Name() string { return "practice" }

// Description says when rounds are due; the seed stays with whoever has it.
func (p *Practice) Description() []byte { return p.describe() }

// Protection names the sentence that there is none.
func (p *Practice) Protection() string { return "beacon.practice" }

// Round computes a round: SHA-256(domain ‖ seed ‖ number).
func (p *Practice) Round(n uint64) Round {
	const domain = "aiqyn practice beacon v1\n"
	var input [len(domain) + 32 + 8]byte
	copy(input[:], domain)
	copy(input[len(domain):], p.seed[:])
	binary.BigEndian.PutUint64(input[len(domain)+32:], n)
	return Round{Number: n, Value: sha256.Sum256(input[:])}
}

// Verify computes the round again.
func (p *Practice) Verify(r Round) error {
	if r.Number == 0 || len(r.Proof) > 0 || p.Round(r.Number).Value != r.Value {
		return wrong(p.Name(), r.Number, errors.New("not the value of this seed"))
	}
	return nil
}
