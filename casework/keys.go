package casework

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"sync"

	"aiqyn"
	"aiqyn/ledger"
)

// keyring derives what the engine needs from the data key: the key that wraps
// case keys, the key of keyed hashes, the system's own case key, and the key
// between processes that share the log.
type keyring struct {
	wrap     cipher.AEAD
	blind    [32]byte
	system   *caseKey
	handover cipher.AEAD

	mu       sync.Mutex // guards officers
	officers map[aiqyn.OfficerID]ed25519.PrivateKey
}

func newKeyring(master [32]byte) *keyring {
	wrap := derive(master, "aiqyn/wrap")
	return &keyring{
		wrap: aead(wrap), blind: derive(master, "aiqyn/blind"), system: newCaseKey(derive(master, "aiqyn/system")),
		handover: aead(derive(master, "aiqyn/handover")), officers: make(map[aiqyn.OfficerID]ed25519.PrivateKey),
	}
}

func derive(key [32]byte, purpose string) [32]byte { return mac(&key, purpose) }

// mac is HMAC-SHA-256 (RFC 2104) of texts joined by a zero byte. It is called
// many times for each case, mostly with short texts and under a key of its own:
// a hash.Hash each time would cost several times as much.
func mac(key *[32]byte, texts ...string) [32]byte {
	const block = sha256.BlockSize
	var room [3 * block]byte
	inner := room[:block]
	var outer [block + sha256.Size]byte
	for i := range block {
		k := byte(0)
		if i < len(key) {
			k = key[i]
		}
		inner[i], outer[i] = k^0x36, k^0x5c
	}
	for i, text := range texts {
		if i > 0 {
			inner = append(inner, 0)
		}
		inner = append(inner, text...)
	}
	sum := sha256.Sum256(inner)
	copy(outer[block:], sum[:])
	return sha256.Sum256(outer[:])
}

func aead(key [32]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return gcm
}

// hash is a keyed hash: a value can be looked up by it, and not guessed from it.
func (k *keyring) hash(kind, value string) []byte {
	sum := mac(&k.blind, kind, value)
	return sum[:16]
}

// caseKey seals what belongs to one case. Destroying it destroys every sealed
// part, every salt and every tag of the case at once.
type caseKey struct {
	raw  [32]byte
	gcm  cipher.AEAD
	tags [32]byte
}

func newCaseKey(raw [32]byte) *caseKey {
	return &caseKey{raw: raw, gcm: aead(derive(raw, "aiqyn/seal")), tags: derive(raw, "aiqyn/tag")}
}

// fresh makes a new case key and its wrapped form.
func (k *keyring) fresh() (*caseKey, []byte) {
	var raw [32]byte
	rand.Read(raw[:])
	return newCaseKey(raw), seal(k.wrap, raw[:], nil)
}

// unwrap opens a wrapped case key.
func (k *keyring) unwrap(wrapped []byte) (*caseKey, error) {
	raw, err := open(k.wrap, wrapped, nil)
	if err != nil || len(raw) != 32 {
		return nil, fmt.Errorf("unwrap case key: %w", err)
	}
	return newCaseKey([32]byte(raw)), nil
}

// seal encrypts under a random nonce, which it puts in front. The additional
// data binds the text to its place, so that rows cannot be exchanged.
func seal(gcm cipher.AEAD, plain, place []byte) []byte {
	out := make([]byte, nonceSize, nonceSize+len(plain)+16)
	rand.Read(out)
	return gcm.Seal(out, out[:nonceSize], plain, place)
}

func open(gcm cipher.AEAD, sealed, place []byte) ([]byte, error) {
	if len(sealed) < nonceSize {
		return nil, fmt.Errorf("sealed part has %d bytes", len(sealed))
	}
	return gcm.Open(nil, sealed[:nonceSize], sealed[nonceSize:], place)
}

// openInstead is open, and the text stands where the sealed one stood.
func openInstead(gcm cipher.AEAD, sealed, place []byte) ([]byte, error) {
	if len(sealed) < nonceSize {
		return nil, fmt.Errorf("sealed part has %d bytes", len(sealed))
	}
	return gcm.Open(sealed[nonceSize:nonceSize], sealed[:nonceSize], sealed[nonceSize:], place)
}

const nonceSize = 12

// place names where a sealed part of a case belongs: its number within the
// case, or 0 for the state.
func place(no, seq int64) []byte {
	b := make([]byte, 16)
	binary.BigEndian.PutUint64(b, uint64(no))
	binary.BigEndian.PutUint64(b[8:], uint64(seq))
	return b
}

// salts derives the salts of one entry.
func (k *caseKey) salts(seq int64) [ledger.NumFields]ledger.Salt {
	var in [40]byte
	copy(in[:], k.tags[:])
	binary.BigEndian.PutUint64(in[32:], uint64(seq))
	return ledger.DeriveSalts(sha256.Sum256(in[:]))
}

// tag is a name for something that is good within this case only.
func (k *caseKey) tag(kind, value string) string {
	sum := mac(&k.tags, kind, value)
	return hex.EncodeToString(sum[:8])
}

// officer is the key that signs an officer's acts. It is held here and used
// when the officer, signed in, confirms the act: it proves what this system
// was told, not that the officer's own device said it.
func (k *keyring) officer(o aiqyn.OfficerID) ed25519.PrivateKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := k.officers[o]
	if key == nil {
		seed := derive(k.blind, "aiqyn/officer/"+string(o))
		key = ed25519.NewKeyFromSeed(seed[:])
		if len(k.officers) >= mostOfficers { // of a forged log every entry may name another
			clear(k.officers)
		}
		k.officers[o] = key
	}
	return key
}

// mostOfficers is of how many their keys are kept at hand.
const mostOfficers = 4096
