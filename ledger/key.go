package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// Kinds of key, as numbered by c2sp.org/signed-note.
const (
	algEd25519     = 0x01 // signs the text: a log's key
	algCosignature = 0x04 // signs the time and the text: a witness's key
)

var _ note.Verifier = (*Key)(nil)

// Key is a public key of a log or a witness. Its text form is the vkey of
// signed notes, "name+hash+key", and that is how it is handed around.
type Key struct {
	name   string
	hash   uint32
	alg    byte
	public ed25519.PublicKey
}

func newKey(name string, alg byte, public ed25519.PublicKey) (*Key, error) {
	if !validName(name) {
		return nil, fmt.Errorf("%q cannot be the name of a key", name)
	}
	if len(public) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("key of %d bytes, want %d", len(public), ed25519.PublicKeySize)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"+string(alg)), public...))
	return &Key{name, binary.BigEndian.Uint32(sum[:]), alg, public}, nil
}

// validName reports whether signature lines can carry the name.
func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return r == '+' || r < ' ' || unicode.IsSpace(r)
	})
}

// ParseKey parses a vkey of a log (type 1) or of a witness (type 4).
func ParseKey(vkey string) (*Key, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	_, encoded, _ := strings.Cut(rest, "+")
	data, err := strict64.DecodeString(encoded)
	if err != nil || len(data) != 1+ed25519.PublicKeySize {
		return nil, errors.New("not an Ed25519 key in the form name+hash+base64")
	}
	if data[0] != algEd25519 && data[0] != algCosignature {
		return nil, fmt.Errorf("key of the unknown type %d", data[0])
	}
	k, err := newKey(name, data[0], data[1:])
	if err != nil {
		return nil, err
	}
	if k.String() != vkey {
		return nil, fmt.Errorf("key does not match its hash, want %08x", k.hash)
	}
	return k, nil
}

// Name is what signature lines call the key.
func (k *Key) Name() string { return k.name }

// KeyHash tells keys of the same name apart.
func (k *Key) KeyHash() uint32 { return k.hash }

// Cosigns reports whether it is a witness's key.
func (k *Key) Cosigns() bool { return k.alg == algCosignature }

// String returns the vkey.
func (k *Key) String() string {
	data := append([]byte{k.alg}, k.public...)
	return fmt.Sprintf("%s+%08x+%s", k.name, k.hash, base64.StdEncoding.EncodeToString(data))
}

// Verify reports whether sig is the key's signature of a note's text.
func (k *Key) Verify(text, sig []byte) bool {
	if !k.Cosigns() {
		return ed25519.Verify(k.public, text, sig)
	}
	if len(sig) != timestampSize+ed25519.SignatureSize || sig[0] > 0x7f { // times end at 2^63-1
		return false
	}
	seconds := binary.BigEndian.Uint64(sig)
	return ed25519.Verify(k.public, cosigned(seconds, text), sig[timestampSize:])
}

const timestampSize = 8

// cosigned is what a witness really signs:
//
//	cosignature/v1
//	time 1679315147
//	example.com/behind-the-sofa
//	20852163
//	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
func cosigned(seconds uint64, text []byte) []byte {
	return append(fmt.Appendf(make([]byte, 0, 48+len(text)), "cosignature/v1\ntime %d\n", seconds), text...)
}

var _ note.Signer = (*Signer)(nil)

// Signer signs notes with a private key held in memory. A key that lives
// behind a socket or in a module is any other [note.Signer].
type Signer struct {
	*Key
	private ed25519.PrivateKey
	now     func() time.Time // of a witness
}

// Sign signs a note's text; a witness's signer puts the time in.
func (s *Signer) Sign(text []byte) ([]byte, error) {
	if !s.Cosigns() {
		return ed25519.Sign(s.private, text), nil
	}
	now := s.now().Unix()
	if now < 0 {
		return nil, fmt.Errorf("cosign at %d: before 1970", now)
	}
	sig := binary.BigEndian.AppendUint64(nil, uint64(now))
	return append(sig, ed25519.Sign(s.private, cosigned(uint64(now), text))...), nil
}

// NewSigner makes a log's signer from a private key in text form.
func NewSigner(skey string) (*Signer, error) { return parseSigner(skey, algEd25519) }

// NewCosigner makes a witness's signer from a private key in text form.
func NewCosigner(skey string, now func() time.Time) (*Signer, error) {
	s, err := parseSigner(skey, algCosignature)
	if err != nil {
		return nil, err
	}
	s.now = now
	return s, nil
}

// CosignatureSigner makes a witness's signer from its name and private key.
func CosignatureSigner(name string, key ed25519.PrivateKey, now func() time.Time) (*Signer, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("private key of %d bytes, want %d", len(key), ed25519.PrivateKeySize)
	}
	public, err := newKey(name, algCosignature, key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	return &Signer{public, key, now}, nil
}

// GenerateKey makes the key pair of a log. The same 32 bytes of rand always
// make the same pair.
func GenerateKey(rand io.Reader, name string) (skey, vkey string, err error) {
	return generateKey(rand, name, algEd25519)
}

// GenerateCosignerKey makes the key pair of a witness.
func GenerateCosignerKey(rand io.Reader, name string) (skey, vkey string, err error) {
	return generateKey(rand, name, algCosignature)
}

func generateKey(rand io.Reader, name string, alg byte) (skey, vkey string, err error) {
	var seed [ed25519.SeedSize]byte
	if _, err := io.ReadFull(rand, seed[:]); err != nil {
		return "", "", fmt.Errorf("generate key: %w", err)
	}
	private := ed25519.NewKeyFromSeed(seed[:])
	k, err := newKey(name, alg, private.Public().(ed25519.PublicKey))
	if err != nil {
		return "", "", err
	}
	return formatSigner(k, seed[:]), k.String(), nil
}

func formatSigner(k *Key, seed []byte) string {
	data := append([]byte{k.alg}, seed...)
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", k.name, k.hash, base64.StdEncoding.EncodeToString(data))
}

// parseSigner never quotes its input: errors are logged, and it is a secret.
func parseSigner(skey string, alg byte) (*Signer, error) {
	parts := strings.Split(skey, "+")
	if len(parts) < 5 {
		return nil, errors.New("not a private key in the form PRIVATE+KEY+name+hash+base64")
	}
	data, err := strict64.DecodeString(strings.Join(parts[4:], "+"))
	if err != nil || len(data) != 1+ed25519.SeedSize || data[0] != alg {
		return nil, fmt.Errorf("not an Ed25519 private key of type %d", alg)
	}
	private := ed25519.NewKeyFromSeed(data[1:])
	k, err := newKey(parts[2], alg, private.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	if formatSigner(k, data[1:]) != skey {
		return nil, errors.New("private key does not match its hash")
	}
	return &Signer{Key: k, private: private}, nil
}
