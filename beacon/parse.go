package beacon

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/cloudflare/circl/sign/bls"

	"aiqyn"
)

// maxMessage bounds what is parsed; drand's messages have a few hundred bytes.
const maxMessage = 8 << 10

// chainInfo is drand's /info message.
type chainInfo struct {
	PublicKey string `json:"public_key"`
	Period    int64  `json:"period"`
	Genesis   int64  `json:"genesis_time"`
	Hash      string `json:"hash"`
	GroupHash string `json:"groupHash"`
	Scheme    string `json:"schemeID"`
	Metadata  struct {
		BeaconID string `json:"beaconID"`
	} `json:"metadata"`
}

// ParseChain reads drand's description of a chain, as its /info address gives
// it, and checks that it hashes to the name that it gives itself.
func ParseChain(data []byte) (*Drand, error) {
	var info chainInfo
	if err := decode(data, &info); err != nil {
		return nil, malformed("drand chain", err)
	}
	d, err := newDrand(info)
	if err != nil {
		return nil, malformed("drand chain", err)
	}
	return d, nil
}

func newDrand(info chainInfo) (*Drand, error) {
	key, err := hex.DecodeString(info.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("public_key: %w", err)
	}
	group, err := hex.DecodeString(info.GroupHash)
	if err != nil || len(group) != 32 {
		return nil, errors.New("groupHash: want 32 bytes in hex")
	}
	if info.Period <= 0 || info.Period > 7*24*3600 {
		return nil, fmt.Errorf("period: %d s", info.Period)
	}
	if info.Genesis <= 0 || info.Genesis > 1<<40 {
		return nil, fmt.Errorf("genesis_time: %d", info.Genesis)
	}
	period := time.Duration(info.Period) * time.Second
	if hash := chainHash(period, info.Genesis, key, group, info.Metadata.BeaconID); hash != info.Hash {
		return nil, fmt.Errorf("hash: the chain hashes to %s", hash)
	}
	id := info.Metadata.BeaconID
	if id == "" {
		id = "default"
	}
	d := &Drand{
		schedule: schedule{time.Unix(info.Genesis, 0).UTC(), period},
		name:     "drand-" + id,
		hash:     info.Hash,
		info:     info,
	}
	return d, d.setKey(info.Scheme, key)
}

func (d *Drand) setKey(scheme string, key []byte) error {
	var err error
	switch scheme {
	case schemeChained:
		d.chained = new(bls.PublicKey[bls.KeyG1SigG2])
		err = d.chained.UnmarshalBinary(key)
	case schemeUnchained:
		d.quick = new(bls.PublicKey[bls.KeyG2SigG1])
		err = d.quick.UnmarshalBinary(key)
	default:
		return fmt.Errorf("schemeID: %q is not known", scheme)
	}
	if err != nil {
		return fmt.Errorf("public_key: %w", err)
	}
	return nil
}

// ParseRound reads a round as drand's /public address gives it. The value
// becomes the hash of the signature; if the message states another, it is
// refused. It is not verified yet: see [Drand.Verify].
func ParseRound(data []byte) (Round, error) {
	var message struct {
		Round      uint64 `json:"round"`
		Randomness string `json:"randomness"`
		Signature  string `json:"signature"`
		Previous   string `json:"previous_signature"`
	}
	if err := decode(data, &message); err != nil {
		return Round{}, malformed("drand round", err)
	}
	signature, err := hex.DecodeString(message.Signature)
	if err != nil || len(signature) != sizeChained && len(signature) != sizeUnchained {
		return Round{}, malformed("drand round", errors.New("signature: want 48 or 96 bytes in hex"))
	}
	previous, err := hex.DecodeString(message.Previous)
	if err != nil || len(previous) > sizeChained {
		return Round{}, malformed("drand round", errors.New("previous_signature: want hex"))
	}
	if message.Round == 0 {
		return Round{}, malformed("drand round", errors.New("rounds begin at 1"))
	}
	r := Round{
		Number: message.Round,
		Value:  sha256.Sum256(signature),
		Proof:  append(previous, signature...),
	}
	if message.Randomness != "" && message.Randomness != hex.EncodeToString(r.Value[:]) {
		return Round{}, malformed("drand round", errors.New("randomness: not the hash of the signature"))
	}
	return r, nil
}

// decode reads exactly one JSON object without unknown fields.
func decode(data []byte, into any) error {
	if len(data) > maxMessage {
		return fmt.Errorf("%d bytes are too many", len(data))
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

func malformed(what string, err error) error {
	return aiqyn.E(aiqyn.Invalid, "error.beacon-malformed").Because(fmt.Errorf("%s: %w", what, err))
}
