package signature

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn"
)

// Certificate is an X.509 certificate with a key that can be verified by.
type Certificate struct {
	*x509.Certificate
	key    any // *rsa.PublicKey, *ecdsa.PublicKey or *GOSTKey; nil: of an unknown kind
	signed signedThing
}

// maxCertificate is the size beyond which a certificate is not read.
const maxCertificate = 32 << 10

// ParseCertificate reads a certificate, in DER or PEM.
func ParseCertificate(b []byte) (*Certificate, error) {
	if len(b) > maxCertificate {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.signature-too-large", "limit", maxCertificate>>10)
	}
	if block, _ := pem.Decode(b); block != nil {
		b = block.Bytes
	}
	c, err := x509.ParseCertificate(b)
	if err != nil {
		return nil, badCertificate(err)
	}
	signed, ok := readSigned(c.Raw)
	if !ok {
		return nil, badCertificate(errors.New("not a signed certificate"))
	}
	key := any(c.PublicKey)
	if key == nil {
		if key, err = gostKeyOf(c.RawSubjectPublicKeyInfo); err != nil {
			return nil, badCertificate(err)
		}
	}
	return &Certificate{c, key, signed}, nil
}

func badCertificate(err error) error {
	return aiqyn.E(aiqyn.Invalid, "error.signature-certificate").Because(err)
}

// gostKeyOf reads a key of GOST 34.10-2015; nil for any other kind.
func gostKeyOf(info []byte) (any, error) {
	var seq, algorithm, params, bits, key cryptobyte.String
	var id, set oid
	s := cryptobyte.String(info)
	if !s.ReadASN1(&seq, casn1.SEQUENCE) || !seq.ReadASN1(&algorithm, casn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&id) {
		return nil, errors.New("no key")
	}
	if !id.Equal(oidGOST2015) {
		return nil, nil
	}
	if !algorithm.ReadASN1(&params, casn1.SEQUENCE) || !params.ReadASN1ObjectIdentifier(&set) || !set.Equal(oidGOST2015SetA) {
		return nil, nil // another curve: a kind that is not known
	}
	if !seq.ReadASN1(&bits, casn1.BIT_STRING) || !bits.Skip(1) || !bits.ReadASN1(&key, octetString) || !bits.Empty() {
		return nil, errors.New("a GOST key that is none")
	}
	k, err := NewGOSTKey(key)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Fingerprint is the SHA-256 of the certificate, in hexadecimal.
func (c *Certificate) Fingerprint() string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// issued reports whether a certificate names c as its issuer.
func (c *Certificate) issued(other *Certificate) bool {
	return bytes.Equal(c.RawSubject, other.RawIssuer) &&
		(len(c.SubjectKeyId) == 0 || len(other.AuthorityKeyId) == 0 || bytes.Equal(c.SubjectKeyId, other.AuthorityKeyId))
}

// mayIssue reports whether a certificate is an authority's.
func (c *Certificate) mayIssue(below int) bool {
	return c.BasicConstraintsValid && c.IsCA && c.KeyUsage&x509.KeyUsageCertSign != 0 &&
		(c.MaxPathLen < 0 || c.MaxPathLen == 0 && !c.MaxPathLenZero || below <= c.MaxPathLen)
}

// valid says why a certificate does not hold at an instant.
func (c *Certificate) valid(at time.Time) error {
	switch {
	case at.After(c.NotAfter):
		return aiqyn.E(aiqyn.Invalid, "error.signature-expired", "until", c.NotAfter, "at", at)
	case at.Before(c.NotBefore):
		return aiqyn.E(aiqyn.Invalid, "error.signature-not-yet", "from", c.NotBefore, "at", at)
	case len(c.UnhandledCriticalExtensions) > 0:
		return badCertificate(errors.New("critical extension " + c.UnhandledCriticalExtensions[0].String()))
	}
	return nil
}

// maySign says why a certificate is not one for signing documents. Kazakhstan
// issues pairs: one for entering, one for signing, by usage.
func (c *Certificate) maySign() error {
	entering := slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	if c.IsCA || c.KeyUsage&x509.KeyUsageContentCommitment == 0 || entering {
		return aiqyn.E(aiqyn.Invalid, "error.signature-usage")
	}
	return nil
}

// Power is what a certificate says its holder may do.
type Power string

// Powers, by the extended key usages of Kazakhstan's national authority.
const (
	PowerPerson       Power = "person"       // signs as a natural person
	PowerOrganisation Power = "organisation" // signs for an organisation
	PowerHead         Power = "head"         // its first head
	PowerSignatory    Power = "signatory"    // has the right to sign
	PowerFinance      Power = "finance"      // has the right to sign what concerns money
	PowerStaff        Power = "staff"        // of its personnel office
	PowerEmployee     Power = "employee"     // of the organisation
)

// powers are in the order in which they are told.
var powers = []struct {
	usage string
	power Power
}{
	{"1.2.398.3.3.4.1.1", PowerPerson},
	{"1.2.398.3.3.4.1.2", PowerOrganisation},
	{"1.2.398.3.3.4.1.2.1", PowerHead},
	{"1.2.398.3.3.4.1.2.2", PowerSignatory},
	{"1.2.398.3.3.4.1.2.3", PowerFinance},
	{"1.2.398.3.3.4.1.2.4", PowerStaff},
	{"1.2.398.3.3.4.1.2.5", PowerEmployee},
}

// Holder is whom a certificate belongs to.
type Holder struct {
	Name         string         `json:"name"`
	Person       aiqyn.PersonID `json:"person,omitempty"` // IIN
	Organisation string         `json:"organisation,omitempty"`
	BIN          aiqyn.PersonID `json:"bin,omitempty"`
	Powers       []Power        `json:"powers,omitempty"`
}

// Holder reads the subject: serialNumber is IIN and twelve digits, OU is BIN
// and twelve digits.
func (c *Certificate) Holder() Holder {
	h := Holder{Organisation: attribute(c.Subject, oidOrganisation)}
	h.Name = strings.Join(strings.Fields(attribute(c.Subject, oidCommonName)+" "+attribute(c.Subject, oidGivenName)), " ")
	h.Person = numbered(attribute(c.Subject, oidSubjectSerial), "IIN")
	h.BIN = numbered(attribute(c.Subject, oidOrganisational), "BIN")
	for _, p := range powers {
		if slices.ContainsFunc(c.UnknownExtKeyUsage, func(u oid) bool { return u.String() == p.usage }) {
			h.Powers = append(h.Powers, p.power)
		}
	}
	return h
}

// attribute is the only value of a kind in a name; two are none, for it would
// be open which of them was checked.
func attribute(n pkix.Name, id oid) string {
	found, value := 0, ""
	for _, a := range n.Names {
		if text, ok := a.Value.(string); ok && a.Type.Equal(id) {
			found, value = found+1, text
		}
	}
	if found != 1 {
		return ""
	}
	return value
}

// numbered reads "IIN123456789011".
func numbered(text, prefix string) aiqyn.PersonID {
	digits, ok := strings.CutPrefix(text, prefix)
	if !ok || len(digits) != 12 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return aiqyn.PersonID(digits)
}

// UsageOf is the extended key usage that stands for a power; nil for none.
func UsageOf(p Power) []int {
	for _, x := range powers {
		if x.power == p {
			var id oid
			for part := range strings.SplitSeq(x.usage, ".") {
				n, _ := strconv.Atoi(part) // the table above
				id = append(id, n)
			}
			return id
		}
	}
	return nil
}
