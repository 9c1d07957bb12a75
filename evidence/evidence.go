// Package evidence holds what an act must leave behind: a survey was done
// where the object is, in its time, by the officer who was drawn, and shows
// it. A step's pack lists the requirements; a bundle of evidence meets them or
// the missing piece is named. Bundles of a case form a chain in which each
// cites the one before, so that none can be slipped in, left out or exchanged;
// the chain verifies offline.
package evidence

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"aiqyn"
)

// Kind is a kind of evidence, as packs name it.
type Kind string

// Kinds of evidence.
const (
	Place     Kind = "place"     // where the device was
	Moment    Kind = "time"      // when, by the device's clock
	Photo     Kind = "photo"     // its hash; the file lies elsewhere, encrypted
	Document  Kind = "document"  // likewise
	Signature Kind = "signature" // of the one who acts, over the whole bundle
)

// Kinds lists the kinds of evidence.
var Kinds = []Kind{Place, Moment, Photo, Document, Signature}

// Requirement is one piece that a step must leave behind.
type Requirement struct {
	Kind   Kind `json:"kind"`
	Radius int  `json:"radius,omitempty"` // metres from the object, of places; 0 means anywhere
	Count  int  `json:"count,omitempty"`  // at least so many; 0 means one
}

// Item is one piece of evidence.
type Item struct {
	By    aiqyn.OfficerID `json:"by"`
	Hash  string          `json:"hash,omitempty"` // "sha256:" and 64 hex digits, of the file
	Kind  Kind            `json:"kind"`
	Place *Point          `json:"place,omitempty"`
	Time  time.Time       `json:"time"` // claimed by the device
}

// Bundle is the evidence of one act, signed as a whole.
type Bundle struct {
	By        aiqyn.OfficerID `json:"by"` // who acts
	Items     []Item          `json:"items"`
	Object    string          `json:"object"`              // what the case is about
	Previous  string          `json:"previous"`            // digest of the bundle before; empty in the first
	Signature []byte          `json:"signature,omitempty"` // Ed25519 over Digest
	Step      aiqyn.StepID    `json:"step"`                //
}

// Context is what a bundle is checked against.
type Context struct {
	Object   string // the object of the case
	Step     aiqyn.StepID
	By       aiqyn.OfficerID // who was drawn
	Previous string          // digest of the case's last bundle
	Where    *Point          // where the object is; nil if no register knows
	From, To time.Time       // the window: To is when it was received
	Key      ed25519.PublicKey
	Own      ed25519.PrivateKey // optional, of Key: what it has signed is known sooner
}

// Digest names the bundle: SHA-256 over every field but the signature, each
// behind its length. Times count in microseconds, places in 10⁻⁷ degrees.
func (b Bundle) Digest() string {
	sum := sha256.Sum256(b.encode())
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Sign signs the bundle as the one who acts.
func (b *Bundle) Sign(key ed25519.PrivateKey) { b.Signature = ed25519.Sign(key, b.message()) }

// Verify checks the signature.
func (b Bundle) Verify(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, b.message(), b.Signature) {
		return aiqyn.E(aiqyn.Invalid, "error.evidence-signature", "step", string(b.Step)).On(string(Signature))
	}
	return nil
}

// signedWith reports whether the signature is the very one that a key makes: whoever
// holds the key makes it again in half the time that checking takes. Other signatures of
// the same key may be right as well, and only [Bundle.Verify] tells.
func (b Bundle) signedWith(key ed25519.PrivateKey) bool {
	return bytes.Equal(ed25519.Sign(key, b.message()), b.Signature)
}

// message is what is signed: the digest under a domain of its own, so that
// the signature can stand for nothing else.
func (b Bundle) message() []byte { return []byte("aiqyn evidence v1\n" + b.Digest() + "\n") }

func (b Bundle) encode() []byte {
	var w encoder
	w.text("aiqyn bundle v1")
	w.text(b.Object)
	w.text(string(b.Step))
	w.text(string(b.By))
	w.text(b.Previous)
	w.number(int64(len(b.Items)))
	for _, item := range b.Items {
		w.text(string(item.Kind))
		if item.Place == nil {
			w.number(0)
		} else {
			w.number(1)
			w.number(item.Place.Lat)
			w.number(item.Place.Lon)
		}
		w.number(item.Time.UnixMicro())
		w.text(item.Hash)
		w.text(string(item.By))
	}
	return w.Bytes()
}

// encoder writes fields so that no two lists of fields give the same bytes.
type encoder struct{ bytes.Buffer }

func (w *encoder) number(n int64) { w.Write(binary.BigEndian.AppendUint64(nil, uint64(n))) }

func (w *encoder) text(s string) {
	w.number(int64(len(s)))
	w.WriteString(s)
}

// HashOf names a file the way items do.
func HashOf(file []byte) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256(file))
}
