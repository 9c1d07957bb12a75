// Package practice is a device with passkeys for tests: it makes keys and signs
// challenges as a telephone would, and can be told to misbehave. It protects
// nothing.
package practice

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// Device is somebody's telephone. Its fields may be changed between uses.
type Device struct {
	Origin string // of the page that asks
	Count  uint32 // uses so far; counted on with each
	key    *ecdsa.PrivateKey
	id     []byte
	handle []byte // whose the key is, as the site calls them
}

// Flags of authenticator data (WebAuthn Level 3, 6.1).
const (
	present  = 1 << 0
	verified = 1 << 2
	attested = 1 << 6
)

// New returns a device that has made no key yet, on a page of an origin.
func New(origin string) *Device { return &Device{Origin: origin} }

// Clone is a copy of the device as it is now, key and counter.
func (d *Device) Clone() *Device { c := *d; return &c }

// Disguise has the device answer as if its key were somebody else's.
func (d *Device) Disguise(handle []byte) { d.handle = handle }

type binary64 []byte

func (b binary64) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(b)), nil
}

// Create answers the options of a registration with a new key.
func (d *Device) Create(options []byte) ([]byte, error) {
	var asked struct {
		Challenge string
		RP        struct{ ID string }
		User      struct{ ID string }
	}
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if d.handle, err = base64.RawURLEncoding.DecodeString(asked.User.ID); err != nil {
		return nil, fmt.Errorf("handle: %w", err)
	}
	d.key, d.id = key, make([]byte, 32)
	rand.Read(d.id)
	point, err := key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		return nil, err
	}
	cose, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]}) // EC2, ES256, P-256
	if err != nil {
		return nil, err
	}
	auth := d.authData(asked.RP.ID, present|verified|attested)
	auth = append(auth, make([]byte, 16)...) // of no make
	auth = binary.BigEndian.AppendUint16(auth, uint16(len(d.id)))
	auth = append(append(auth, d.id...), cose...)
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": auth})
	if err != nil {
		return nil, err
	}
	return d.answer(map[string]any{"clientDataJSON": d.client("webauthn.create", asked.Challenge), "attestationObject": binary64(object)})
}

// Get answers the options of a sign-in with a signature.
func (d *Device) Get(options []byte) ([]byte, error) {
	var asked struct {
		Challenge string
		RPID      string `json:"rpId"`
	}
	if err := json.Unmarshal(options, &asked); err != nil {
		return nil, err
	}
	d.Count++
	client := d.client("webauthn.get", asked.Challenge)
	auth := d.authData(asked.RPID, present|verified)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(append([]byte{}, auth...), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		return nil, err
	}
	return d.answer(map[string]any{"clientDataJSON": client, "authenticatorData": binary64(auth), "signature": binary64(sig), "userHandle": binary64(d.handle)})
}

func (d *Device) client(kind, challenge string) binary64 {
	b, _ := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.Origin, "crossOrigin": false}) // strings only
	return b
}

func (d *Device) authData(party string, flags byte) []byte {
	hash := sha256.Sum256([]byte(party))
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.Count)
}

func (d *Device) answer(response map[string]any) ([]byte, error) {
	return json.Marshal(map[string]any{"id": binary64(d.id), "rawId": binary64(d.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
}
