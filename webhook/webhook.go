// Package webhook signs what one program tells another, and reads such
// signatures, as Standard Webhooks 1.0 lays down (standardwebhooks.com):
//
//	Webhook-Id:        entry-41
//	Webhook-Timestamp: 1780000000
//	Webhook-Signature: v1,bm90IGEgc2lnbmF0dXJl
//
// What is signed is "ID.TIMESTAMP.BODY". A signature of version v1 is an HMAC:
// both sides hold its secret, and so either can have made it. One of version
// v1a is by Ed25519: who verifies it cannot make one, which is what evidence
// needs.
package webhook

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Headers of a message.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

// How keys and signatures begin when they are written down.
const (
	secretPrefix  = "whsec_"
	privatePrefix = "whsk_"
	publicPrefix  = "whpk_"
	symmetric     = "v1,"
	asymmetric    = "v1a,"
)

// minSecret is the shortest secret that is used, in bytes.
const minSecret = 24

// Message is one message as it is signed. Timestamp is as its header has it:
// seconds since 1970, in decimal.
type Message struct {
	ID, Timestamp string
	Body          []byte
}

// content is what a signature is over.
func (m Message) content() []byte {
	return append(fmt.Appendf(nil, "%s.%s.", m.ID, m.Timestamp), m.Body...)
}

// NewSecret writes random bytes as a secret.
func NewSecret(random [32]byte) string {
	return secretPrefix + base64.StdEncoding.EncodeToString(random[:])
}

// Sign signs with a secret; an error says that it is none.
func (m Message) Sign(secret string) (string, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) < minSecret {
		return "", fmt.Errorf("secret of a webhook: %d bytes: %w", len(key), errors.Join(err))
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(m.content())
	return symmetric + base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
}

// SignWith signs with a private key.
func (m Message) SignWith(key ed25519.PrivateKey) string {
	return asymmetric + base64.StdEncoding.EncodeToString(ed25519.Sign(key, m.content()))
}

// maxSignatures is how many signatures of one header are looked at: a sender
// that changes its key signs with both for a while.
const maxSignatures = 8

// SignedBy reports whether one of the signatures of a header, parted by spaces,
// is the message's by a key.
func (m Message) SignedBy(key ed25519.PublicKey, header string) bool {
	if len(key) != ed25519.PublicKeySize {
		return false
	}
	for i, one := range strings.Fields(header) {
		text, ok := strings.CutPrefix(one, asymmetric)
		sig, err := base64.StdEncoding.Strict().DecodeString(text)
		if ok && err == nil && i < maxSignatures && ed25519.Verify(key, m.content(), sig) {
			return true
		}
	}
	return false
}

// PublicText and PrivateText write a key of Ed25519 down.
func PublicText(key ed25519.PublicKey) string {
	return publicPrefix + base64.StdEncoding.EncodeToString(key)
}

// PrivateText is PublicText of what must be kept secret: its seed.
func PrivateText(key ed25519.PrivateKey) string {
	return privatePrefix + base64.StdEncoding.EncodeToString(key.Seed())
}

// ParsePublic reads what PublicText has written, in that form only.
func ParsePublic(text string) (ed25519.PublicKey, error) {
	raw, err := parse(text, publicPrefix)
	if err != nil || PublicText(raw) != text {
		return nil, errors.Join(fmt.Errorf("not a key %s…", publicPrefix), err)
	}
	return raw, nil
}

// ParsePrivate reads what PrivateText has written, in that form only.
func ParsePrivate(text string) (ed25519.PrivateKey, error) {
	raw, err := parse(text, privatePrefix)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("not a key %s…", privatePrefix), err)
	}
	return ed25519.NewKeyFromSeed(raw), nil
}

// parse reads 32 bytes behind a prefix.
func parse(text, prefix string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, prefix)
	if !ok || len(encoded) > 64 {
		return nil, errors.New("another kind of key")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err == nil && len(raw) != ed25519.PublicKeySize {
		err = fmt.Errorf("%d bytes, want %d", len(raw), ed25519.PublicKeySize)
	}
	return bytes.Clone(raw), err
}
