package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // names certificates, where the standards do; signs nothing
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn"
)

const octetString = casn1.OCTET_STRING

// oid is an object identifier.
type oid = asn1.ObjectIdentifier

// The object identifiers of CMS, X.509, OCSP and time stamps that are known
// here, and those of Kazakhstan's algorithms.
var (
	oidData           = oid{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData     = oid{1, 2, 840, 113549, 1, 7, 2}
	oidStampInfo      = oid{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType    = oid{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest  = oid{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime    = oid{1, 2, 840, 113549, 1, 9, 5}
	oidSigningCert    = oid{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertV2  = oid{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidStampToken     = oid{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidOtherRevInfo   = oid{1, 3, 6, 1, 5, 5, 7, 16, 2} // an OCSP response within a CMS
	oidRevocation     = oid{1, 2, 840, 113549, 1, 9, 16, 2, 24}
	oidOCSPBasic      = oid{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}
	oidRSA            = oid{1, 2, 840, 113549, 1, 1, 1}
	oidGOST2015       = oid{1, 2, 398, 3, 10, 1, 1, 2, 2}
	oidGOST2015SetA   = oid{1, 2, 398, 3, 10, 1, 1, 2, 2, 1}
	oidStreebog512    = oid{1, 2, 398, 3, 10, 1, 3, 3}
	oidStreebog256    = oid{1, 2, 398, 3, 10, 1, 3, 2}
	oidGOSTSignature  = oid{1, 2, 398, 3, 10, 1, 1, 2, 3, 2}
	oidSHA1           = oid{1, 3, 14, 3, 2, 26}
	oidSHA256         = oid{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384         = oid{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512         = oid{2, 16, 840, 1, 101, 3, 4, 2, 3}
	oidSubjectSerial  = oid{2, 5, 4, 5}
	oidCommonName     = oid{2, 5, 4, 3}
	oidGivenName      = oid{2, 5, 4, 42}
	oidOrganisation   = oid{2, 5, 4, 10}
	oidOrganisational = oid{2, 5, 4, 11}
)

// digests are the hash functions that a signature may use.
var digests = map[string]func() hash.Hash{
	oidSHA256.String(): sha256.New, oidSHA384.String(): sha512.New384, oidSHA512.String(): sha512.New,
	oidStreebog512.String(): NewStreebog512, oidStreebog256.String(): NewStreebog256,
}

// names are hash functions that name a certificate or its issuer: SHA-1 too,
// for that is what OCSP and older attributes do, and nothing rests on it.
func nameHash(id oid) func() hash.Hash {
	if id.Equal(oidSHA1) {
		return sha1.New
	}
	return digests[id.String()]
}

// scheme is a way to sign: what the key must be, and the hash if the scheme's
// own name fixes it.
type scheme struct {
	name   string
	digest oid
}

// The kinds of key.
const (
	schemeRSA   = "RSA"
	schemeECDSA = "ECDSA"
	schemeGOST  = "GOST 34.10-2015"
)

var schemes = map[string]scheme{
	oidRSA.String():           {schemeRSA, nil},
	"1.2.840.113549.1.1.11":   {schemeRSA, oidSHA256},
	"1.2.840.113549.1.1.12":   {schemeRSA, oidSHA384},
	"1.2.840.113549.1.1.13":   {schemeRSA, oidSHA512},
	"1.2.840.10045.4.3.2":     {schemeECDSA, oidSHA256},
	"1.2.840.10045.4.3.3":     {schemeECDSA, oidSHA384},
	"1.2.840.10045.4.3.4":     {schemeECDSA, oidSHA512},
	oidGOST2015.String():      {schemeGOST, oidStreebog512},
	oidGOSTSignature.String(): {schemeGOST, oidStreebog512},
}

func unsupported(id oid) error {
	return aiqyn.E(aiqyn.Invalid, "error.signature-algorithm", "algorithm", id.String())
}

// checkSigned checks a signature over bytes by the key of a certificate. The
// digest is what a CMS says beside its scheme; nil where the scheme says it.
func checkSigned(key any, id, digest oid, signed, signature []byte) error {
	s, ok := schemes[id.String()]
	if !ok {
		return unsupported(id)
	}
	switch {
	case s.digest == nil && digest == nil:
		return unsupported(id)
	case s.digest == nil:
		s.digest = digest
	case digest != nil && !digest.Equal(s.digest):
		return unsupported(digest)
	}
	newHash := digests[s.digest.String()]
	if newHash == nil {
		return unsupported(s.digest)
	}
	h := newHash()
	h.Write(signed)
	if !verifies(key, s, h.Sum(nil), signature) {
		return aiqyn.E(aiqyn.Invalid, "error.signature-forged")
	}
	return nil
}

// verifies checks a signature of a hash; a key of another kind does not fit.
func verifies(key any, s scheme, sum, signature []byte) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		functions := map[int]crypto.Hash{32: crypto.SHA256, 48: crypto.SHA384, 64: crypto.SHA512}
		return s.name == schemeRSA && !isStreebog(s.digest) && key.Size() >= 256 && key.Size() <= 1024 &&
			rsa.VerifyPKCS1v15(key, functions[len(sum)], sum, signature) == nil
	case *ecdsa.PublicKey:
		return s.name == schemeECDSA && ecdsa.VerifyASN1(key, sum, signature)
	case *GOSTKey:
		return s.name == schemeGOST && key.Verify(sum, signature)
	}
	return false
}

func isStreebog(id oid) bool { return id.Equal(oidStreebog512) || id.Equal(oidStreebog256) }

// readAlgorithm reads an AlgorithmIdentifier; its parameters are not needed.
func readAlgorithm(s *cryptobyte.String) (oid, bool) {
	var seq cryptobyte.String
	var id oid
	ok := s.ReadASN1(&seq, casn1.SEQUENCE) && seq.ReadASN1ObjectIdentifier(&id)
	return id, ok
}

// signedThing is the outer form that certificates, revocation lists and OCSP
// responses share: something, how it is signed, and the signature.
type signedThing struct {
	signed    []byte
	algorithm oid
	signature []byte
	rest      cryptobyte.String
}

func readSigned(der []byte) (signedThing, bool) {
	var t signedThing
	var signed, bits cryptobyte.String
	s := cryptobyte.String(der)
	if !s.ReadASN1(&s, casn1.SEQUENCE) || !s.ReadASN1Element(&signed, casn1.SEQUENCE) {
		return t, false
	}
	id, ok := readAlgorithm(&s)
	if !ok || !s.ReadASN1(&bits, casn1.BIT_STRING) || len(bits) < 1 || bits[0] != 0 {
		return t, false
	}
	return signedThing{signed: signed, algorithm: id, signature: bits[1:], rest: s}, true
}

// check verifies it by a certificate's key.
func (t signedThing) check(by *Certificate) error {
	return checkSigned(by.key, t.algorithm, nil, t.signed, t.signature)
}

// same compares in no particular time: nothing here is secret.
func same(a, b []byte) bool { return bytes.Equal(a, b) }
