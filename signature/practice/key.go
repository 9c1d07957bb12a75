package practice

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn/signature"
)

// Kind is a kind of key.
type Kind string

// The kinds of key: those of the national authority, and a quick one.
const (
	RSA   Kind = "rsa"
	GOST  Kind = "gost"
	ECDSA Kind = "ecdsa"
)

type oid = asn1.ObjectIdentifier

// key signs, and says how in the words of X.509 and of CMS.
type key interface {
	info(b *cryptobyte.Builder) // SubjectPublicKeyInfo
	scheme() oid                // of signatures on certificates, lists, responses
	digest() oid
	hash(data []byte) []byte
	sign(data []byte) ([]byte, error)
}

func newKey(kind Kind) (key, error) {
	switch kind {
	case RSA:
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		return standard{k, oid{1, 2, 840, 113549, 1, 1, 11}}, err
	case ECDSA:
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		return standard{k, oid{1, 2, 840, 10045, 4, 3, 2}}, err
	case GOST:
		d, err := secret()
		return gost{d}, err
	}
	return nil, fmt.Errorf("practice: no keys of kind %q", kind)
}

// standard is a key that the standard library signs with, over SHA-256.
type standard struct {
	crypto.Signer
	id oid
}

func (k standard) scheme() oid { return k.id }
func (k standard) digest() oid { return oid{2, 16, 840, 1, 101, 3, 4, 2, 1} }

func (k standard) info(b *cryptobyte.Builder) {
	der, err := x509.MarshalPKIXPublicKey(k.Public())
	if err != nil {
		b.SetError(err)
	}
	b.AddBytes(der)
}

func (k standard) hash(data []byte) []byte {
	sum := sha256.Sum256(data)
	return sum[:]
}

func (k standard) sign(data []byte) ([]byte, error) {
	return k.Sign(rand.Reader, k.hash(data), crypto.SHA256)
}

// gost is a key of GOST 34.10-2015.
type gost struct{ private *big.Int }

var (
	oidGOSTKey       = oid{1, 2, 398, 3, 10, 1, 1, 2, 2}
	oidGOSTSet       = oid{1, 2, 398, 3, 10, 1, 1, 2, 2, 1}
	oidGOSTSignature = oid{1, 2, 398, 3, 10, 1, 1, 2, 3, 2}
	oidStreebog512   = oid{1, 2, 398, 3, 10, 1, 3, 3}
)

func (k gost) scheme() oid { return oidGOSTSignature }
func (k gost) digest() oid { return oidStreebog512 }

func (k gost) info(b *cryptobyte.Builder) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(oidGOSTKey)
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(oidGOSTSet)
				b.AddASN1ObjectIdentifier(oidStreebog512)
			})
		})
		b.AddASN1(casn1.BIT_STRING, func(b *cryptobyte.Builder) {
			b.AddUint8(0)
			b.AddASN1OctetString(signature.GOSTPublic(k.private).Bytes())
		})
	})
}

func (k gost) hash(data []byte) []byte {
	h := signature.NewStreebog512()
	h.Write(data)
	return h.Sum(nil)
}

func (k gost) sign(data []byte) ([]byte, error) {
	sum := k.hash(data)
	for range 4 {
		once, err := secret()
		if err != nil {
			return nil, err
		}
		if sig := signature.GOSTSign(k.private, once, sum); sig != nil {
			return sig, nil
		}
	}
	return nil, errors.New("practice: no secret would do")
}

// secret is a number below every order that is used here.
func secret() (*big.Int, error) { return rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 511)) }

// algorithm writes an AlgorithmIdentifier.
func algorithm(b *cryptobyte.Builder, id oid) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(id) })
}

// signed writes something with its signature around it.
func signed(what []byte, by key, more func(*cryptobyte.Builder)) ([]byte, error) {
	sig, err := by.sign(what)
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(what)
		algorithm(b, by.scheme())
		b.AddASN1BitString(sig)
		if more != nil {
			more(b)
		}
	})
	return b.Bytes()
}
