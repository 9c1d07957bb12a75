package beacon

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/cloudflare/circl/sign/bls"
)

// The two signature schemes of drand in use, with the sizes of their signatures.
const (
	schemeChained   = "pedersen-bls-chained"     // key in G1, signature in G2, over the previous one too
	schemeUnchained = "bls-unchained-g1-rfc9380" // key in G2, signature in G1, over the number alone
	sizeChained     = 96
	sizeUnchained   = 48
)

// Drand verifies the rounds of one chain of the drand network. A threshold of
// its members signs each round together; the value is the hash of that
// signature, which none of them can compute alone.
type Drand struct {
	schedule
	name    string
	hash    string
	info    chainInfo
	chained *bls.PublicKey[bls.KeyG1SigG2] // one of the two keys is set
	quick   *bls.PublicKey[bls.KeyG2SigG1]
}

// Name returns "drand-quicknet", "drand-default" or drand-… by the chain's id.
func (d *Drand) Name() string { return d.name }

// Hash identifies the chain; drand's addresses contain it.
func (d *Drand) Hash() string { return d.hash }

// Description is the chain as its /info address gives it.
func (d *Drand) Description() []byte { return describe(d.info) }

// Protection names the sentence about drand.
func (d *Drand) Protection() string { return "beacon.drand" }

// Verify checks the signature and that the value is its hash.
func (d *Drand) Verify(r Round) error {
	if err := d.verify(r); err != nil {
		return wrong(d.name, r.Number, err)
	}
	return nil
}

// verify reads the proof: the signature, and in a chained scheme the previous
// one before it, which is 32 bytes in round 1 and a signature afterwards.
func (d *Drand) verify(r Round) error {
	if r.Number == 0 {
		return errors.New("rounds begin at 1")
	}
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], r.Number)
	if d.quick != nil {
		if len(r.Proof) != sizeUnchained {
			return fmt.Errorf("the signature has %d bytes, want %d", len(r.Proof), sizeUnchained)
		}
		message := sha256.Sum256(number[:])
		return signed(r, r.Proof, bls.Verify(d.quick, message[:], bls.Signature(r.Proof)))
	}
	previous := len(r.Proof) - sizeChained
	if r.Number == 1 && previous != sha256.Size || r.Number > 1 && previous != sizeChained {
		return fmt.Errorf("the proof has %d bytes", len(r.Proof))
	}
	signature := r.Proof[previous:]
	message := sha256.Sum256(append(bytes.Clone(r.Proof[:previous]), number[:]...))
	return signed(r, signature, bls.Verify(d.chained, message[:], bls.Signature(signature)))
}

// ValueOf is the value that a proof stands for, if the proof is good: the hash of
// the signature that it ends with.
func ValueOf(proof []byte) [32]byte {
	size := sizeUnchained
	if len(proof) > sizeUnchained {
		size = sizeChained
	}
	return sha256.Sum256(proof[max(0, len(proof)-size):])
}

func signed(r Round, signature []byte, ok bool) error {
	switch {
	case sha256.Sum256(signature) != r.Value:
		return errors.New("the value is not the hash of the signature")
	case !ok:
		return errors.New("the signature does not hold")
	}
	return nil
}

// What the two chains say of themselves, as their /info addresses give it.
const (
	quicknetInfo = `{"public_key":"83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",` +
		`"period":3,"genesis_time":1692803367,` +
		`"hash":"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",` +
		`"groupHash":"f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",` +
		`"schemeID":"bls-unchained-g1-rfc9380","metadata":{"beaconID":"quicknet"}}`
	defaultInfo = `{"public_key":"868f005eb8e6e4ca0a47c8a77ceaa5309a47978a7c71bc5cce96366b5d7a569937c529eeda66c7293784a9402801af31",` +
		`"period":30,"genesis_time":1595431050,` +
		`"hash":"8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce",` +
		`"groupHash":"176f93498eac9ca337150b46d21dd58673ea4e3581185f869672e59fa4cb390a",` +
		`"schemeID":"pedersen-bls-chained","metadata":{"beaconID":"default"}}`
)

// Quicknet is the chain of three seconds that draws use where there is a
// network.
func Quicknet() *Drand { return mustChain(quicknetInfo) }

// DefaultChain is drand's first chain, of thirty seconds.
func DefaultChain() *Drand { return mustChain(defaultInfo) }

func mustChain(info string) *Drand {
	d, err := ParseChain([]byte(info))
	if err != nil {
		panic(err) // written above
	}
	return d
}

// chainHash is how drand names a chain: a hash over everything that defines it.
func chainHash(period time.Duration, genesis int64, key, groupHash []byte, id string) string {
	h := sha256.New()
	_ = binary.Write(h, binary.BigEndian, uint32(period/time.Second))
	_ = binary.Write(h, binary.BigEndian, genesis)
	h.Write(key)
	h.Write(groupHash)
	if id != "" && id != "default" {
		h.Write([]byte(id))
	}
	return hex.EncodeToString(h.Sum(nil))
}
