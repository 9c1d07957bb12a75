package signature

import (
	"errors"
	"math/big"
	"slices"
	"time"

	"crypto/x509"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn"
)

// Skew is how far clocks may lie apart.
const Skew = 5 * time.Minute

// freshness is how old a response may be that does not say until when it holds.
const freshness = 24 * time.Hour

// status is what an authority says of one certificate.
type status struct {
	revoked bool
	at      time.Time // of the revocation
	asOf    time.Time
	from    string // "crl" or "ocsp"
}

// RevocationList is an authority's list of certificates that no longer hold.
type RevocationList struct {
	*x509.RevocationList
	signed  signedThing
	revoked map[string]time.Time // by serial number
}

// ParseRevocationList reads a whole list. A delta, or a list that speaks for
// other authorities, is refused: by it alone nothing is known.
func ParseRevocationList(der []byte) (*RevocationList, error) {
	if len(der) > maxList {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.signature-too-large", "limit", maxList>>10)
	}
	bad := func(err error) error { return aiqyn.E(aiqyn.Invalid, "error.signature-list").Because(err) }
	l, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, bad(err)
	}
	signed, ok := readSigned(l.Raw)
	if !ok || len(l.RevokedCertificateEntries) > maxRevoked {
		return nil, bad(errors.New("not a signed list, or too long"))
	}
	for _, e := range l.Extensions {
		if e.Critical {
			return nil, bad(errors.New("critical extension " + e.Id.String()))
		}
	}
	list := &RevocationList{l, signed, make(map[string]time.Time, len(l.RevokedCertificateEntries))}
	for _, e := range l.RevokedCertificateEntries {
		list.revoked[e.SerialNumber.String()] = e.RevocationTime
	}
	return list, nil
}

// says looks a certificate up, unless the list does not hold any more.
func (l *RevocationList) says(c *Certificate, at time.Time) (status, error) {
	if l.NextUpdate.IsZero() || at.After(l.NextUpdate) {
		return status{}, errStale
	}
	when, revoked := l.revoked[c.SerialNumber.String()]
	return status{revoked, when, l.ThisUpdate, "crl"}, nil
}

// What a source of statuses may not know.
var (
	errNothing = errors.New("says nothing of this certificate")
	errStale   = errors.New("is too old")
)

// response is one answer of an OCSP responder, taken apart.
type response struct {
	produced     time.Time
	singles      []single
	signed       signedThing
	certificates []*Certificate
}

type single struct {
	function           oid
	nameHash, keyHash  []byte
	serial             *big.Int
	status             casn1.Tag // 0 good, 1 revoked, 2 unknown
	revoked            time.Time
	thisUpdate, nextUp time.Time
}

// parseOCSP reads an OCSPResponse, or the BasicOCSPResponse within one.
func parseOCSP(der []byte) (*response, error) {
	bad := func(why string) error {
		return aiqyn.E(aiqyn.Invalid, "error.signature-response").Because(errors.New(why))
	}
	if len(der) > MaxSize {
		return nil, bad("too large")
	}
	s := cryptobyte.String(der)
	var outer, bytes, basic cryptobyte.String
	var id oid
	var code int
	peek := s
	if peek.ReadASN1(&outer, casn1.SEQUENCE) && outer.PeekASN1Tag(casn1.ENUM) {
		ok := outer.ReadASN1Enum(&code) && code == 0 && outer.ReadASN1(&bytes, explicit0) && bytes.ReadASN1(&bytes, casn1.SEQUENCE) &&
			bytes.ReadASN1ObjectIdentifier(&id) && id.Equal(oidOCSPBasic) && bytes.ReadASN1(&basic, octetString)
		if !ok {
			return nil, bad("not a successful response")
		}
		s = basic
	}
	r := new(response)
	var ok bool
	if r.signed, ok = readSigned(s); !ok || !r.readData(r.signed.signed) {
		return nil, bad("the response")
	}
	return r, r.readCertificates(r.signed.rest)
}

func (r *response) readData(der []byte) bool {
	s := cryptobyte.String(der)
	var responder, list cryptobyte.String
	var tag casn1.Tag
	if !s.ReadASN1(&s, casn1.SEQUENCE) || !s.SkipOptionalASN1(explicit0) || !s.ReadAnyASN1(&responder, &tag) ||
		!s.ReadASN1GeneralizedTime(&r.produced) || !s.ReadASN1(&list, casn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var one single
		if len(r.singles) == maxCerts || !one.read(&list) {
			return false
		}
		r.singles = append(r.singles, one)
	}
	return true
}

func (x *single) read(list *cryptobyte.String) bool {
	var s, id, name, key, state, next cryptobyte.String
	var present, ok bool
	x.serial = new(big.Int)
	if !list.ReadASN1(&s, casn1.SEQUENCE) || !s.ReadASN1(&id, casn1.SEQUENCE) {
		return false
	}
	if x.function, ok = readAlgorithm(&id); !ok || !id.ReadASN1(&name, octetString) || !id.ReadASN1(&key, octetString) || !id.ReadASN1Integer(x.serial) {
		return false
	}
	x.nameHash, x.keyHash = name, key
	if !s.ReadAnyASN1(&state, &x.status) {
		return false
	}
	if x.status == explicit1 && !state.ReadASN1GeneralizedTime(&x.revoked) {
		return false
	}
	if !s.ReadASN1GeneralizedTime(&x.thisUpdate) || !s.ReadOptionalASN1(&next, &present, explicit0) {
		return false
	}
	return !present || next.ReadASN1GeneralizedTime(&x.nextUp)
}

func (r *response) readCertificates(s cryptobyte.String) error {
	var all cryptobyte.String
	var present bool
	if !s.ReadOptionalASN1(&all, &present, explicit0) || present && !all.ReadASN1(&all, casn1.SEQUENCE) {
		return aiqyn.E(aiqyn.Invalid, "error.signature-response")
	}
	for !all.Empty() {
		var one cryptobyte.String
		if len(r.certificates) == maxCerts || !all.ReadASN1Element(&one, casn1.SEQUENCE) {
			return aiqyn.E(aiqyn.Invalid, "error.signature-response")
		}
		c, err := ParseCertificate(one)
		if err != nil {
			return err
		}
		r.certificates = append(r.certificates, c)
	}
	return nil
}

// says looks a certificate up in a response.
func (r *response) says(c, issuer *Certificate, at time.Time) (status, error) {
	i := slices.IndexFunc(r.singles, func(x single) bool { return x.about(c, issuer) })
	if i < 0 {
		return status{}, errNothing
	}
	if err := r.trusted(issuer); err != nil {
		return status{}, err
	}
	x := r.singles[i]
	until := x.nextUp
	if until.IsZero() {
		until = x.thisUpdate.Add(freshness)
	}
	switch {
	case x.thisUpdate.After(at.Add(Skew)) || at.After(until):
		return status{}, errStale
	case x.status == implicit0:
		return status{asOf: x.thisUpdate, from: "ocsp"}, nil
	case x.status == explicit1:
		return status{true, x.revoked, x.thisUpdate, "ocsp"}, nil
	}
	return status{}, errNothing
}

// about reports whether an answer is about a certificate of this issuer.
func (x single) about(c, issuer *Certificate) bool {
	newHash := nameHash(x.function)
	if newHash == nil || x.serial.Cmp(c.SerialNumber) != 0 {
		return false
	}
	name, key := newHash(), newHash()
	name.Write(issuer.RawSubject)
	key.Write(keyBits(issuer.RawSubjectPublicKeyInfo))
	return same(name.Sum(nil), x.nameHash) && same(key.Sum(nil), x.keyHash)
}

// keyBits is the public key itself, without its algorithm.
func keyBits(info []byte) []byte {
	var seq, bits cryptobyte.String
	s := cryptobyte.String(info)
	if !s.ReadASN1(&seq, casn1.SEQUENCE) || !seq.SkipASN1(casn1.SEQUENCE) || !seq.ReadASN1(&bits, casn1.BIT_STRING) || !bits.Skip(1) {
		return nil
	}
	return bits
}

// trusted checks that the issuer itself has signed, or a responder whom it has
// given a certificate for just that.
func (r *response) trusted(issuer *Certificate) error {
	if err := r.signed.check(issuer); err == nil {
		return nil
	}
	for _, c := range r.certificates {
		if !issuer.issued(c) || !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) {
			continue
		}
		err := c.signed.check(issuer)
		if err == nil {
			err = c.valid(r.produced)
		}
		if err == nil {
			err = r.signed.check(c)
		}
		if err == nil {
			return nil
		}
	}
	return aiqyn.E(aiqyn.Invalid, "error.signature-response").Because(errors.New("signed by nobody who may"))
}
