// Package beacon holds public randomness and what is drawn from it. A case
// names a round that does not exist yet; when the round is published, anyone
// can work out from it which officer was drawn, and nobody could have known
// or chosen beforehand.
//
// Three sources give rounds. Drand is run by a league of organisations over
// the internet. A pair of hash chains needs no network: two independent bodies
// commit to their chains in advance, and neither knows the other's next link.
// Practice is for demonstrations and tests, protects against nothing, and
// says so.
package beacon

import (
	"time"

	"aiqyn"
)

// Round is one published value of a source, with what proves it.
type Round struct {
	Number uint64   `json:"round"`
	Value  [32]byte `json:"value"`
	Proof  []byte   `json:"proof,omitempty"`
}

// Source publishes rounds. Its contract: the value of a round is fixed before
// anyone knows it, and Verify accepts one value per round and no other. When a
// round is late, whoever needs it waits and never takes another.
type Source interface {
	Name() string                // "practice", "drand-quicknet", "pair"
	At(t time.Time) uint64       // the first round published strictly after t
	Time(round uint64) time.Time // when that round is due
	Verify(r Round) error
	Protection() string  // catalogue key: what it protects against
	Description() []byte // JSON that [Parse] reads: what a stranger needs to verify rounds
}

// schedule is a clock of rounds: round 1 at genesis, then one each period.
type schedule struct {
	genesis time.Time
	period  time.Duration
}

func (s schedule) At(t time.Time) uint64 {
	if t.Before(s.genesis) {
		return 1
	}
	return uint64(t.Sub(s.genesis)/s.period) + 2
}

func (s schedule) Time(round uint64) time.Time {
	if round == 0 {
		return s.genesis
	}
	return s.genesis.Add(time.Duration(round-1) * s.period)
}

// wrong is the error of a round that its proof does not bear out.
func wrong(source string, round uint64, err error) error {
	return aiqyn.E(aiqyn.Invalid, "error.beacon-wrong", "beacon", source, "round", round).Because(err)
}
