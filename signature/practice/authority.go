package practice

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // names keys, as X.509 does
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn/signature"
)

// name is what every certificate of practice is issued by.
const name = "PRACTICE: this authority proves nothing"

// Authority issues certificates to whoever asks.
type Authority struct {
	key     key
	root    *signature.Certificate
	stamper *Identity // of time stamps
	revoked []revocation
}

type revocation struct {
	serial *big.Int
	at     time.Time
}

// Identity is a certificate with its key.
type Identity struct {
	Certificate *signature.Certificate
	key         key
	by          *Authority
}

// Life of the root and of what it issues.
const (
	rootLife = 30 * 365 * 24 * time.Hour
	life     = 365 * 24 * time.Hour
)

// NewAuthority makes an authority whose root holds since an instant.
func NewAuthority(kind Kind, since time.Time) (*Authority, error) {
	k, err := newKey(kind)
	if err != nil {
		return nil, err
	}
	return begin(k, since)
}

func begin(k key, since time.Time) (*Authority, error) {
	a := &Authority{key: k}
	der, err := a.certificate(template{
		names: []attribute{{oidCommonName, name}}, key: k, from: since, to: since.Add(rootLife), usage: 0x06, authority: true,
	})
	if err != nil {
		return nil, err
	}
	if a.root, err = signature.ParseCertificate(der); err != nil {
		return nil, err
	}
	a.stamper, err = a.issue(template{
		names: []attribute{{oidCommonName, "PRACTICE time stamps"}}, from: since, to: since.Add(rootLife), usage: 0x80,
		extended: []oid{{1, 3, 6, 1, 5, 5, 7, 3, 8}},
	}, ECDSA)
	return a, err
}

// Encode returns the authority for a file: its key and its root. Only one with
// a quick key can be kept.
func (a *Authority) Encode() ([]byte, error) {
	k, ok := a.key.(standard)
	if !ok {
		return nil, errors.New("practice: a GOST key cannot be kept")
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.Signer)
	if err != nil {
		return nil, err
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return append(out, fmt.Sprintf("%d\n", a.root.NotBefore.Unix())...), nil
}

// Decode reads what Encode has written. The root is made anew from the key: a
// root is told by its key and name, so what was issued before still leads to it
// only if it is the same bytes; see Root.
func Decode(data, root []byte) (*Authority, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("practice: not a kept authority")
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	private, ok := k.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("practice: not a quick key")
	}
	a := &Authority{key: standard{crypto.Signer(private), oid{1, 2, 840, 10045, 4, 3, 2}}}
	if a.root, err = signature.ParseCertificate(root); err != nil {
		return nil, err
	}
	a.stamper, err = a.issue(template{
		names: []attribute{{oidCommonName, "PRACTICE time stamps"}}, from: a.root.NotBefore, to: a.root.NotAfter, usage: 0x80,
		extended: []oid{{1, 3, 6, 1, 5, 5, 7, 3, 8}},
	}, ECDSA)
	return a, err
}

// Root is the certificate to believe, for practice.
func (a *Authority) Root() signature.Root {
	return signature.Root{Certificate: a.root, Practice: true}
}

// Usage is what a certificate is for.
type Usage int

// The usages of the pairs that a person gets.
const (
	ForSigning Usage = iota
	ForEntering
)

// Issue gives a person a certificate that holds for a year from an instant.
func (a *Authority) Issue(h signature.Holder, kind Kind, usage Usage, from time.Time) (*Identity, error) {
	t := template{from: from, to: from.Add(life), usage: 0xc0, names: []attribute{
		{oidCommonName, h.Name}, {oidSerialNumber, "IIN" + string(h.Person)},
	}}
	if h.Organisation != "" {
		t.names = append(t.names, attribute{oidOrganisation, h.Organisation})
	}
	if h.BIN != "" {
		t.names = append(t.names, attribute{oidUnit, "BIN" + string(h.BIN)})
	}
	t.extended = []oid{{1, 3, 6, 1, 5, 5, 7, 3, 4}} // e-mail protection: how signing is marked
	if usage == ForEntering {
		t.usage, t.extended = 0xa0, []oid{{1, 3, 6, 1, 5, 5, 7, 3, 2}}
	}
	for _, p := range h.Powers {
		if id := signature.UsageOf(p); id != nil {
			t.extended = append(t.extended, id)
		}
	}
	return a.issue(t, kind)
}

func (a *Authority) issue(t template, kind Kind) (*Identity, error) {
	k, err := newKey(kind)
	if err != nil {
		return nil, err
	}
	t.key = k
	der, err := a.certificate(t)
	if err != nil {
		return nil, err
	}
	c, err := signature.ParseCertificate(der)
	return &Identity{c, k, a}, err
}

// Revoke puts a certificate on the list from an instant.
func (a *Authority) Revoke(i *Identity, at time.Time) {
	a.revoked = append(a.revoked, revocation{i.Certificate.SerialNumber, at})
}

var (
	oidCommonName   = oid{2, 5, 4, 3}
	oidSerialNumber = oid{2, 5, 4, 5}
	oidOrganisation = oid{2, 5, 4, 10}
	oidUnit         = oid{2, 5, 4, 11}
)

type attribute struct {
	id   oid
	text string
}

// template is a certificate before it is signed.
type template struct {
	names     []attribute
	key       key
	from, to  time.Time
	usage     byte
	extended  []oid
	authority bool
}

func writeName(b *cryptobyte.Builder, list []attribute) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, a := range list {
			b.AddASN1(casn1.SET, func(b *cryptobyte.Builder) {
				b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(a.id)
					b.AddASN1(casn1.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(strings.ToValidUTF8(a.text, "?"))) })
				})
			})
		}
	})
}

// issuer is the authority's name as it stands in what it signs.
func (a *Authority) issuer(b *cryptobyte.Builder) { writeName(b, []attribute{{oidCommonName, name}}) }

func (a *Authority) certificate(t template) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		b.AddASN1BigInt(serial.Add(serial, big.NewInt(1)))
		algorithm(b, a.key.scheme())
		a.issuer(b)
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1GeneralizedTime(t.from.UTC().Truncate(time.Second))
			b.AddASN1GeneralizedTime(t.to.UTC().Truncate(time.Second))
		})
		writeName(b, t.names)
		t.key.info(b)
		b.AddASN1(casn1.Tag(3).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { a.extensions(b, t) })
		})
	})
	tbs, err := b.Bytes()
	if err != nil {
		return nil, err
	}
	return signed(tbs, a.key, nil)
}

func (a *Authority) extensions(b *cryptobyte.Builder, t template) {
	add := func(id oid, critical bool, value func(*cryptobyte.Builder)) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1ObjectIdentifier(id)
			if critical {
				b.AddASN1Boolean(true)
			}
			b.AddASN1(casn1.OCTET_STRING, value)
		})
	}
	if t.authority {
		add(oid{2, 5, 29, 19}, true, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Boolean(true) })
		})
	}
	unused := byte(1)
	if t.usage&0x02 == 0 {
		for unused = 5; t.usage>>unused&1 == 0; unused++ { // DER: no zero bits at the end
		}
	}
	add(oid{2, 5, 29, 15}, true, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.BIT_STRING, func(b *cryptobyte.Builder) { b.AddBytes([]byte{unused, t.usage}) })
	})
	if len(t.extended) > 0 {
		add(oid{2, 5, 29, 37}, !t.authority, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, id := range t.extended {
					b.AddASN1ObjectIdentifier(id)
				}
			})
		})
	}
	add(oid{2, 5, 29, 14}, false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(keyID(t.key)) })
	add(oid{2, 5, 29, 35}, false, func(b *cryptobyte.Builder) {
		b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(casn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(keyID(a.key)) })
		})
	})
}

// keyID names a key by the SHA-1 of what describes it.
func keyID(k key) []byte {
	var b cryptobyte.Builder
	k.info(&b)
	sum := sha1.Sum(b.BytesOrPanic())
	return sum[:]
}
