package practice

import (
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn/signature"
)

// List is the revocation list as of an instant; it holds until another.
func (a *Authority) List(at, until time.Time) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(1)
		algorithm(b, a.key.scheme())
		a.issuer(b)
		b.AddASN1GeneralizedTime(at.UTC())
		b.AddASN1GeneralizedTime(until.UTC())
		if len(a.revoked) == 0 {
			return
		}
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			for _, r := range a.revoked {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1BigInt(r.serial)
					b.AddASN1GeneralizedTime(r.at.UTC())
				})
			}
		})
	})
	tbs, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return signed(tbs, a.key, nil)
}

// Status is an OCSP response on one certificate as of an instant, signed by the
// authority itself.
func (a *Authority) Status(of *Identity, at time.Time) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.Tag(1).ContextSpecific().Constructed(), a.issuer) // the responder, by name
		b.AddASN1GeneralizedTime(at.UTC())
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { a.single(b, of, at) })
		})
	})
	data, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	basic, err := signed(data, a.key, nil)
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type     asn1.ObjectIdentifier
			Response []byte
		} `asn1:"explicit,tag:0"`
	}{Bytes: struct {
		Type     asn1.ObjectIdentifier
		Response []byte
	}{oid{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}, basic}})
}

func (a *Authority) single(b *cryptobyte.Builder, of *Identity, at time.Time) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		algorithm(b, oid{2, 16, 840, 1, 101, 3, 4, 2, 1})
		name := sha256.Sum256(a.root.RawSubject)
		key := sha256.Sum256(keyBits(a.root))
		b.AddASN1OctetString(name[:])
		b.AddASN1OctetString(key[:])
		b.AddASN1BigInt(of.Certificate.SerialNumber)
	})
	good := true
	for _, r := range a.revoked {
		if good = good && r.serial.Cmp(of.Certificate.SerialNumber) != 0; !good {
			b.AddASN1(casn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1GeneralizedTime(r.at.UTC()) })
			break
		}
	}
	if good {
		b.AddASN1(casn1.Tag(0).ContextSpecific(), func(*cryptobyte.Builder) {})
	}
	b.AddASN1GeneralizedTime(at.UTC())
}

// keyBits is the key within its SubjectPublicKeyInfo.
func keyBits(c *signature.Certificate) []byte {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	_, _ = asn1.Unmarshal(c.RawSubjectPublicKeyInfo, &info) // it was parsed before
	return info.Key.Bytes
}
