package practice

import (
	"bytes"
	"math/big"
	"slices"
	"time"

	"crypto/rand"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn/signature"
)

// Options say what a signature carries.
type Options struct {
	Attached bool      // the content travels with it
	Bare     bool      // without signed attributes
	At       time.Time // signing time by the signer's own clock; zero: not said
	Stamp    time.Time // time stamp; zero: none
	Status   time.Time // OCSP response as of then; zero: none
}

var (
	oidData          = oid{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData    = oid{1, 2, 840, 113549, 1, 7, 2}
	oidStampInfo     = oid{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = oid{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = oid{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = oid{1, 2, 840, 113549, 1, 9, 5}
	oidStampToken    = oid{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidOCSPInfo      = oid{1, 3, 6, 1, 5, 5, 7, 16, 2}

	tag0 = casn1.Tag(0).ContextSpecific().Constructed()
	tag1 = casn1.Tag(1).ContextSpecific().Constructed()
)

// Sign makes a CMS over content.
func (i *Identity) Sign(content []byte, o Options) ([]byte, error) {
	return i.message(oidData, content, o)
}

// message is a SignedData by one signer.
func (i *Identity) message(contentType oid, content []byte, o Options) ([]byte, error) {
	signed := content
	var attributes []byte
	if !o.Bare {
		attributes = i.attributes(contentType, content, o)
		var set cryptobyte.Builder
		set.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		signed = set.BytesOrPanic()
	}
	sig, err := i.key.sign(signed)
	if err != nil {
		return nil, err
	}
	var token, response []byte
	if !o.Stamp.IsZero() {
		if token, err = i.by.stamp(sig, o.Stamp); err != nil {
			return nil, err
		}
	}
	if !o.Status.IsZero() {
		if response, err = i.by.Status(i, o.Status); err != nil {
			return nil, err
		}
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidSignedData)
		b.AddASN1(tag0, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1Int64(1)
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { algorithm(b, i.key.digest()) })
				encapsulated(b, contentType, content, o.Attached)
				b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(i.Certificate.Raw) })
				if response != nil {
					b.AddASN1(tag1, func(b *cryptobyte.Builder) {
						b.AddASN1(tag1, func(b *cryptobyte.Builder) {
							b.AddASN1ObjectIdentifier(oidOCSPInfo)
							b.AddBytes(response)
						})
					})
				}
				b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) { i.signer(b, attributes, sig, token) })
			})
		})
	})
	return b.Bytes()
}

func encapsulated(b *cryptobyte.Builder, contentType oid, content []byte, attached bool) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(contentType)
		if attached {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddASN1OctetString(content) })
		}
	})
}

func (i *Identity) signer(b *cryptobyte.Builder, attributes, sig, token []byte) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddBytes(i.Certificate.RawIssuer)
			b.AddASN1BigInt(i.Certificate.SerialNumber)
		})
		algorithm(b, i.key.digest())
		if attributes != nil {
			b.AddASN1(tag0, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
		}
		algorithm(b, i.key.scheme())
		b.AddASN1OctetString(sig)
		if token != nil {
			b.AddASN1(tag1, func(b *cryptobyte.Builder) {
				addAttribute(b, oidStampToken, func(b *cryptobyte.Builder) { b.AddBytes(token) })
			})
		}
	})
}

// attributes are the signed ones, in the order of DER sets.
func (i *Identity) attributes(contentType oid, content []byte, o Options) []byte {
	one := func(id oid, value func(*cryptobyte.Builder)) []byte {
		var b cryptobyte.Builder
		addAttribute(&b, id, value)
		return b.BytesOrPanic()
	}
	list := [][]byte{
		one(oidContentType, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(contentType) }),
		one(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(i.key.hash(content)) }),
	}
	if !o.At.IsZero() {
		list = append(list, one(oidSigningTime, func(b *cryptobyte.Builder) { b.AddASN1UTCTime(o.At.UTC()) }))
	}
	slices.SortFunc(list, bytes.Compare)
	return bytes.Join(list, nil)
}

func addAttribute(b *cryptobyte.Builder, id oid, value func(*cryptobyte.Builder)) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(id)
		b.AddASN1(casn1.SET, value)
	})
}

// stamp is a time stamp token on a signature (RFC 3161).
func (a *Authority) stamp(sig []byte, at time.Time) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		b.AddASN1ObjectIdentifier(oid{1, 2, 398, 3, 3, 2, 6, 1})
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			algorithm(b, a.stamper.key.digest())
			b.AddASN1OctetString(a.stamper.key.hash(sig))
		})
		b.AddASN1BigInt(serial)
		b.AddASN1GeneralizedTime(at.UTC())
	})
	info, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return a.stamper.message(oidStampInfo, info, Options{Attached: true, At: at})
}

// Trust believes an authority of practice and nobody else.
func (a *Authority) Trust(policy signature.Policy, at, until time.Time) (*signature.Trust, error) {
	der, err := a.List(at, until)
	if err != nil {
		return nil, err
	}
	list, err := signature.ParseRevocationList(der)
	if err != nil {
		return nil, err
	}
	return signature.NewTrust([]signature.Root{a.Root()}, nil, []*signature.RevocationList{list}, policy)
}
