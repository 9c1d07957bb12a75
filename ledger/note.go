package ledger

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

const (
	maxNote       = 128 << 10 // bytes; sixteen post-quantum signatures fit
	maxSignatures = 100
	maxKeyName    = 255
	signatureMark = "— "
)

// strict64 refuses what lax decoders let pass: padding bits that are not zero.
// It still skips line breaks, so callers see to it that there are none.
var strict64 = base64.StdEncoding.Strict()

// Signature is one verified signature line of a checkpoint.
type Signature struct {
	Name    string
	KeyHash uint32
	Time    time.Time // when a witness cosigned; zero for a log's signature
	line    string    // as found, without the newline
	sig     []byte
}

// SignatureError tells which signature a checkpoint was refused for.
type SignatureError struct {
	Name    string // of the key, as the signature line has it; empty if none is listed
	Problem string
}

func (e *SignatureError) Error() string {
	if e.Name == "" {
		return e.Problem
	}
	return fmt.Sprintf("signature by %s: %s", e.Name, e.Problem)
}

// splitNote takes a signed note apart without verifying anything. It accepts
// one spelling of each note only.
func splitNote(msg string) (text string, sigs []Signature, err error) {
	if len(msg) > maxNote {
		return "", nil, fmt.Errorf("note of %d bytes, more than %d", len(msg), maxNote)
	}
	for i := range len(msg) {
		if c := msg[i]; c < ' ' && c != '\n' {
			return "", nil, fmt.Errorf("byte %d of the note is a control character", i)
		}
	}
	if !utf8.ValidString(msg) {
		return "", nil, errors.New("note is not UTF-8")
	}
	split := strings.LastIndex(msg, "\n\n")
	if split < 0 || !strings.HasSuffix(msg, "\n") || split+2 == len(msg) {
		return "", nil, errors.New("note has no signatures after an empty line")
	}
	for line := range strings.SplitSeq(msg[split+2:len(msg)-1], "\n") {
		if len(sigs) == maxSignatures {
			return "", nil, fmt.Errorf("more than %d signatures", maxSignatures)
		}
		sig, err := parseSignature(line)
		if err != nil {
			return "", nil, err
		}
		sigs = append(sigs, sig)
	}
	return msg[:split+1], sigs, nil
}

func parseSignature(line string) (Signature, error) {
	rest, marked := strings.CutPrefix(line, signatureMark)
	name, encoded, _ := strings.Cut(rest, " ")
	if !marked || !validName(name) || len(name) > maxKeyName {
		return Signature{}, fmt.Errorf("%.80q is not a signature line", line)
	}
	data, err := strict64.DecodeString(encoded)
	if err != nil || len(data) < 5 {
		return Signature{}, &SignatureError{name, "not in canonical base64"}
	}
	return Signature{Name: name, KeyHash: binary.BigEndian.Uint32(data), line: line, sig: data[4:]}, nil
}

// keyring finds the key of a signature line.
type keyring map[keyID]note.Verifier

type keyID struct {
	name string
	hash uint32
}

func newKeyring(keys []note.Verifier) (keyring, error) {
	ring := make(keyring, len(keys))
	for _, k := range keys {
		id := keyID{k.Name(), k.KeyHash()}
		if _, twice := ring[id]; twice {
			return nil, fmt.Errorf("key %s+%08x is listed twice", id.name, id.hash)
		}
		ring[id] = k
	}
	return ring, nil
}

// verify keeps the signatures by keys of the ring. A wrong signature by one
// of them condemns the note. Signatures by other keys, and second ones by the
// same key, are passed over, or condemn the note too if all must be listed.
func (ring keyring) verify(text string, sigs []Signature, allListed bool) ([]Signature, error) {
	message := []byte(text)
	verified := sigs[:0]
	seen := make(map[keyID]bool, len(sigs))
	for _, s := range sigs {
		id := keyID{s.Name, s.KeyHash}
		key, listed := ring[id]
		switch {
		case !listed && allListed:
			return nil, &SignatureError{s.Name, "not a listed key"}
		case seen[id] && allListed:
			return nil, &SignatureError{s.Name, "given twice"}
		case !listed || seen[id]:
			continue
		case !key.Verify(message, s.sig):
			return nil, &SignatureError{s.Name, "wrong"}
		}
		seen[id] = true
		if k, ok := key.(*Key); ok && k.Cosigns() {
			s.Time = time.Unix(int64(binary.BigEndian.Uint64(s.sig)), 0).UTC()
		}
		verified = append(verified, s)
	}
	if len(verified) == 0 {
		return nil, &SignatureError{"", "no signature by a listed key"}
	}
	return verified, nil
}

// parseDecimal reads a number in its only spelling: digits, no leading zeros.
func parseDecimal(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && (s[0] != '0' || s == "0") && s[0] != '+' && s[0] != '-'
}

// parseHash reads a hash in canonical base64.
func parseHash(s string) (h Hash, ok bool) {
	var src [44]byte
	var dst [33]byte
	if len(s) != len(src) {
		return h, false
	}
	copy(src[:], s)
	n, err := strict64.Decode(dst[:], src[:])
	copy(h[:], dst[:])
	return h, err == nil && n == hashSize
}
