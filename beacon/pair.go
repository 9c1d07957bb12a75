package beacon

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"aiqyn"
)

// MaxLinks bounds the length of a hash chain, and so what verifying a round
// costs: a round per ten minutes lasts two years on 100 000 links.
const MaxLinks = 1 << 20

// Commitment is what a body publishes before its chain begins: the tip, which
// is its secret hashed so many times. It binds every later link.
type Commitment struct {
	Body  aiqyn.BodyID `json:"body"`
	Tip   [32]byte     `json:"tip"`
	Links uint64       `json:"links"`
}

// Chain is the secret side of a commitment, in the hands of one body.
type Chain struct {
	body    aiqyn.BodyID
	links   uint64
	anchors [][32]byte // the secret hashed 0, stride, 2·stride … times
}

// stride is how many hashes at most a reveal costs; memory is links/stride.
const stride = 1024

// NewChain makes a body's chain from its secret.
func NewChain(body aiqyn.BodyID, secret [32]byte, links uint64) (*Chain, error) {
	if body == "" || links == 0 || links > MaxLinks {
		return nil, fmt.Errorf("a hash chain needs a body and 1 to %d links, not %d", MaxLinks, links)
	}
	c := &Chain{body: body, links: links}
	link := secret
	for i := uint64(0); i <= links; i++ {
		if i%stride == 0 {
			c.anchors = append(c.anchors, link)
		}
		link = sha256.Sum256(link[:])
	}
	return c, nil
}

// Commitment is what the body publishes.
func (c *Chain) Commitment() Commitment {
	return Commitment{Body: c.body, Tip: c.link(c.links), Links: c.links}
}

// Reveal returns the link of a round: the secret hashed links−round times, so
// that hashing it once more gives the link of the round before.
func (c *Chain) Reveal(round uint64) ([32]byte, error) {
	if round == 0 || round > c.links {
		return [32]byte{}, aiqyn.E(aiqyn.Invalid, "error.beacon-ended", "beacon", "pair", "round", round)
	}
	return c.link(c.links - round), nil
}

// link is the secret hashed i times.
func (c *Chain) link(i uint64) [32]byte {
	return hashed(c.anchors[i/stride], i%stride)
}

func hashed(link [32]byte, times uint64) [32]byte {
	for range times {
		link = sha256.Sum256(link[:])
	}
	return link
}

// Pair is the source made of two bodies' chains. Value = SHA-256(a ‖ b) of
// their links. Neither body can foretell or choose a value without the other;
// the one that reveals last can withhold, and then everybody waits.
type Pair struct {
	schedule
	a, b  Commitment
	links [2]knownLinks
}

// NewPair joins two commitments. They must be of two bodies with two secrets.
func NewPair(a, b Commitment, genesis time.Time, period time.Duration) (*Pair, error) {
	switch {
	case period <= 0:
		return nil, errors.New("the period of a pair must be positive")
	case a.Body == "" || b.Body == "" || a.Body == b.Body:
		return nil, errors.New("a pair needs two different bodies")
	case a.Tip == b.Tip:
		return nil, errors.New("a pair needs two different secrets")
	case min(a.Links, b.Links) == 0 || max(a.Links, b.Links) > MaxLinks:
		return nil, fmt.Errorf("a pair needs chains of 1 to %d links", MaxLinks)
	}
	return &Pair{schedule: schedule{genesis, period}, a: a, b: b}, nil
}

// Name returns "pair".
func (p *Pair) Name() string { return "pair" }

// Description is what both bodies have committed to.
func (p *Pair) Description() []byte {
	var d pairDescription
	for _, c := range []Commitment{p.a, p.b} {
		d.Bodies = append(d.Bodies, bodyDescription{c.Body, c.Links, hex.EncodeToString(c.Tip[:])})
	}
	d.Genesis, d.Period = p.genesis.UTC(), p.period.String()
	return describe(d)
}

// Protection names the sentence about two bodies.
func (p *Pair) Protection() string { return "beacon.pair" }

// Rounds is how many rounds the shorter chain lasts.
func (p *Pair) Rounds() uint64 { return min(p.a.Links, p.b.Links) }

// Join makes the round of two revealed links and verifies it.
func (p *Pair) Join(round uint64, a, b [32]byte) (Round, error) {
	proof := append(a[:], b[:]...)
	r := Round{Number: round, Value: sha256.Sum256(proof), Proof: proof}
	return r, p.Verify(r)
}

// Verify hashes both links back to the commitments, or to links that were verified
// before: two hashes for each round since the beginning the first time, 0.1 s for the
// millionth, and at most two thousand for any round before it from then on.
func (p *Pair) Verify(r Round) error {
	switch {
	case r.Number == 0 || r.Number > p.Rounds():
		return aiqyn.E(aiqyn.Invalid, "error.beacon-ended", "beacon", p.Name(), "round", r.Number)
	case len(r.Proof) != 64:
		return wrong(p.Name(), r.Number, errors.New("the proof is not two links"))
	case sha256.Sum256(r.Proof) != r.Value:
		return wrong(p.Name(), r.Number, errors.New("the value is not that of the links"))
	}
	for i, c := range []Commitment{p.a, p.b} {
		if !p.links[i].leads([32]byte(r.Proof[32*i:32*i+32]), r.Number, c.Tip) {
			return wrong(p.Name(), r.Number, fmt.Errorf("the link of %s does not lead to its commitment", c.Body))
		}
	}
	return nil
}

// knownLinks are links of a chain that were verified, one of each stride: at i that of
// round i·stride, the tip first.
type knownLinks struct {
	mu    sync.Mutex
	every [][32]byte
}

// leads reports whether a link is that of a round, and remembers what it has passed.
func (k *knownLinks) leads(link [32]byte, round uint64, tip [32]byte) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.every == nil {
		k.every = [][32]byte{tip}
	}
	var passed [][32]byte // new ones, the latest round first
	for n := round; ; n-- {
		if n%stride == 0 {
			if at := n / stride; at < uint64(len(k.every)) {
				if link != k.every[at] {
					return false
				}
				break
			}
			passed = append(passed, link)
		}
		link = sha256.Sum256(link[:])
	}
	slices.Reverse(passed)
	k.every = append(k.every, passed...)
	return true
}
