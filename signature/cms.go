package signature

import (
	"errors"
	"math/big"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn"
)

// cms is a SignedData by one signer, taken apart and not yet believed.
type cms struct {
	contentType  oid
	content      []byte // nil: the content is elsewhere
	certificates []*Certificate
	responses    [][]byte // OCSP responses that travel with it
	signer       signerInfo
}

// signerInfo is who signed, how, and what beside the content.
type signerInfo struct {
	issuer     []byte // name, DER; with serial
	serial     *big.Int
	keyID      []byte // or the subject key identifier
	digest     oid
	algorithm  oid
	signature  []byte
	signed     []byte // the signed attributes as they are signed: a SET; nil if there are none
	attributes []attributeValue
	unsigned   []attributeValue
}

type attributeValue struct {
	id    oid
	value cryptobyte.String // the first and only
}

// reader marks the first thing that was not as it must be, so that a parser
// reads like the grammar.
type reader struct {
	cryptobyte.String
	bad error
}

func (r *reader) fail(why string) {
	if r.bad == nil {
		r.bad = malformed(why)
	}
	r.String = nil
}

func (r *reader) must(ok bool, why string) bool {
	if !ok {
		r.fail(why)
	}
	return ok && r.bad == nil
}

var (
	explicit0 = casn1.Tag(0).ContextSpecific().Constructed()
	explicit1 = casn1.Tag(1).ContextSpecific().Constructed()
	implicit0 = casn1.Tag(0).ContextSpecific()
)

// parseCMS reads a ContentInfo with SignedData, which must be DER.
func parseCMS(der []byte) (*cms, error) {
	r := &reader{String: der}
	var outer, body cryptobyte.String
	var id oid
	ok := r.ReadASN1(&outer, casn1.SEQUENCE) && r.Empty() && outer.ReadASN1ObjectIdentifier(&id) && id.Equal(oidSignedData) &&
		outer.ReadASN1(&body, explicit0) && outer.Empty() && body.ReadASN1(&r.String, casn1.SEQUENCE) && body.Empty()
	if !r.must(ok, "not a signed message") {
		return nil, r.bad
	}
	c := new(cms)
	var version int
	var set, encapsulated, infos cryptobyte.String
	if !r.must(r.ReadASN1Integer(&version) && r.ReadASN1(&set, casn1.SET) && r.ReadASN1(&encapsulated, casn1.SEQUENCE), "no content") {
		return nil, r.bad
	}
	c.readContent(r, encapsulated)
	c.readCertificates(r)
	c.readResponses(r)
	if !r.must(r.ReadASN1(&infos, casn1.SET) && r.Empty(), "no signers") {
		return nil, r.bad
	}
	return c, c.readSigner(infos)
}

func (c *cms) readContent(r *reader, s cryptobyte.String) {
	var inner, content cryptobyte.String
	var present bool
	ok := s.ReadASN1ObjectIdentifier(&c.contentType) && s.ReadOptionalASN1(&inner, &present, explicit0) && s.Empty()
	if ok && present {
		ok = inner.ReadASN1(&content, octetString) && inner.Empty()
		c.content = append([]byte{}, content...)
	}
	r.must(ok, "the content")
}

func (c *cms) readCertificates(r *reader) {
	var all cryptobyte.String
	var present bool
	if !r.must(r.ReadOptionalASN1(&all, &present, explicit0), "the certificates") {
		return
	}
	for !all.Empty() {
		var one cryptobyte.String
		var tag casn1.Tag
		if !r.must(all.ReadAnyASN1Element(&one, &tag), "a certificate") {
			return
		}
		if tag != casn1.SEQUENCE {
			continue // an attribute certificate: nothing rests on it
		}
		parsed, err := ParseCertificate(one)
		if err != nil || len(c.certificates) == maxCerts {
			r.bad = errors.Join(err, r.bad)
			r.must(err == nil, "too many certificates")
			return
		}
		c.certificates = append(c.certificates, parsed)
	}
}

// readResponses keeps the OCSP responses; revocation lists do not travel with
// signatures, they are megabytes.
func (c *cms) readResponses(r *reader) {
	var all cryptobyte.String
	var present bool
	if !r.must(r.ReadOptionalASN1(&all, &present, explicit1), "the revocation information") {
		return
	}
	for !all.Empty() {
		var one, response cryptobyte.String
		var tag casn1.Tag
		var id oid
		if !r.must(all.ReadAnyASN1(&one, &tag) && len(c.responses) < maxCerts, "the revocation information") {
			return
		}
		if tag == explicit1 && one.ReadASN1ObjectIdentifier(&id) && id.Equal(oidOtherRevInfo) && one.ReadASN1Element(&response, casn1.SEQUENCE) {
			c.responses = append(c.responses, response)
		}
	}
}

// readSigner reads the only SignerInfo. Several signatures under one text are
// several messages: then each says who it is by.
func (c *cms) readSigner(infos cryptobyte.String) error {
	if infos.Empty() {
		return aiqyn.E(aiqyn.Invalid, "error.signature-no-signer")
	}
	r := new(reader)
	if !infos.ReadASN1(&r.String, casn1.SEQUENCE) {
		return malformed("the signer")
	}
	if !infos.Empty() {
		return aiqyn.E(aiqyn.Invalid, "error.signature-several")
	}
	s := &c.signer
	var version int
	r.must(r.ReadASN1Integer(&version), "the version of the signer")
	s.readID(r)
	var ok bool
	s.digest, ok = readAlgorithm(&r.String)
	r.must(ok, "the digest algorithm")
	s.readSigned(r)
	s.algorithm, ok = readAlgorithm(&r.String)
	r.must(ok, "the signature algorithm")
	var signature, unsigned cryptobyte.String
	var present bool
	r.must(r.ReadASN1(&signature, octetString), "the signature")
	s.signature = signature
	if r.must(r.ReadOptionalASN1(&unsigned, &present, explicit1) && r.Empty(), "the end of the signer") && present {
		s.unsigned = readAttributes(r, unsigned)
	}
	return r.bad
}

func (s *signerInfo) readID(r *reader) {
	if r.PeekASN1Tag(implicit0) {
		var id cryptobyte.String
		r.must(r.ReadASN1(&id, implicit0), "who signed")
		s.keyID = id
		return
	}
	var id, name cryptobyte.String
	s.serial = new(big.Int)
	r.must(r.ReadASN1(&id, casn1.SEQUENCE) && id.ReadASN1Element(&name, casn1.SEQUENCE) && id.ReadASN1Integer(s.serial) && id.Empty(), "who signed")
	s.issuer = name
}

// readSigned reads the signed attributes. What is signed is the SET, although
// the message has them under another tag (RFC 5652, 5.4).
func (s *signerInfo) readSigned(r *reader) {
	if !r.PeekASN1Tag(explicit0) {
		return
	}
	var element, content cryptobyte.String
	if !r.must(r.ReadASN1Element(&element, explicit0), "the signed attributes") {
		return
	}
	s.signed = slices.Clone([]byte(element))
	s.signed[0] = 0x31
	r.must(element.ReadASN1(&content, explicit0), "the signed attributes")
	s.attributes = readAttributes(r, content)
}

// readAttributes reads attributes of one value each. A kind that comes twice is
// refused, for it would be open which of them counts.
func readAttributes(r *reader, s cryptobyte.String) []attributeValue {
	var list []attributeValue
	for !s.Empty() {
		var one, values cryptobyte.String
		var a attributeValue
		var tag casn1.Tag
		ok := s.ReadASN1(&one, casn1.SEQUENCE) && one.ReadASN1ObjectIdentifier(&a.id) && one.ReadASN1(&values, casn1.SET) && one.Empty()
		if !r.must(ok && values.ReadAnyASN1Element(&a.value, &tag) && len(list) < maxAttribute, "an attribute") {
			return nil
		}
		twice := slices.ContainsFunc(list, func(o attributeValue) bool { return o.id.Equal(a.id) })
		if !r.must(!twice && values.Empty(), "an attribute twice") {
			return nil
		}
		list = append(list, a)
	}
	return list
}

func find(list []attributeValue, id oid) (cryptobyte.String, bool) {
	i := slices.IndexFunc(list, func(a attributeValue) bool { return a.id.Equal(id) })
	if i < 0 {
		return nil, false
	}
	return list[i].value, true
}

// certificate is the signer's own, among those that travel with the message
// and those that are known.
func (c *cms) certificate(known []*Certificate) (*Certificate, error) {
	for _, x := range slices.Concat(c.certificates, known) {
		if c.signer.keyID != nil && same(x.SubjectKeyId, c.signer.keyID) ||
			c.signer.keyID == nil && same(x.RawIssuer, c.signer.issuer) && x.SerialNumber.Cmp(c.signer.serial) == 0 {
			return x, nil
		}
	}
	return nil, aiqyn.E(aiqyn.Invalid, "error.signature-no-certificate")
}

// check verifies the signature itself over content, by a certificate's key.
func (c *cms) check(by *Certificate, content []byte) error {
	s := &c.signer
	newHash := digests[s.digest.String()]
	if newHash == nil {
		return unsupported(s.digest)
	}
	if s.signed == nil {
		if !c.contentType.Equal(oidData) {
			return malformed("no signed attributes")
		}
		err := checkSigned(by.key, s.algorithm, s.digest, content, s.signature)
		if aiqyn.KindOf(err) == aiqyn.Invalid && keyOf(err) == "error.signature-forged" {
			return aiqyn.E(aiqyn.Invalid, "error.signature-other-bytes").Because(err)
		}
		return err
	}
	h := newHash()
	h.Write(content)
	if err := s.attributesHold(by, c.contentType, h.Sum(nil)); err != nil {
		return err
	}
	return checkSigned(by.key, s.algorithm, s.digest, s.signed, s.signature)
}

func keyOf(err error) string {
	var e *aiqyn.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

// attributesHold checks what the signed attributes say of content and signer.
func (s *signerInfo) attributesHold(by *Certificate, contentType oid, sum []byte) error {
	var said oid
	if v, ok := find(s.attributes, oidContentType); !ok || !v.ReadASN1ObjectIdentifier(&said) || !said.Equal(contentType) {
		return malformed("the content is of another type than the signer says")
	}
	var digest cryptobyte.String
	if v, ok := find(s.attributes, oidMessageDigest); !ok || !v.ReadASN1(&digest, octetString) {
		return malformed("no message digest")
	}
	if !same(digest, sum) {
		return aiqyn.E(aiqyn.Invalid, "error.signature-other-bytes")
	}
	if !s.namesCertificate(by) {
		return aiqyn.E(aiqyn.Invalid, "error.signature-no-certificate").Because(errors.New("the signed attributes name another one"))
	}
	return nil
}

// namesCertificate checks the signing-certificate attribute, old or new.
func (s *signerInfo) namesCertificate(by *Certificate) bool {
	for _, id := range []oid{oidSigningCertV2, oidSigningCert} {
		v, ok := find(s.attributes, id)
		if !ok {
			continue
		}
		var outer, list, one, sum cryptobyte.String
		if !v.ReadASN1(&outer, casn1.SEQUENCE) || !outer.ReadASN1(&list, casn1.SEQUENCE) || !list.ReadASN1(&one, casn1.SEQUENCE) {
			return false
		}
		function := oidSHA1
		if id.Equal(oidSigningCertV2) {
			function = oidSHA256
			if one.PeekASN1Tag(casn1.SEQUENCE) {
				if function, ok = readAlgorithm(&one); !ok {
					return false
				}
			}
		}
		newHash := nameHash(function)
		if newHash == nil || !one.ReadASN1(&sum, octetString) {
			return false
		}
		h := newHash()
		h.Write(by.Raw)
		if !same(sum, h.Sum(nil)) {
			return false
		}
	}
	return true
}

// claimed is the signing time that the signer's own clock showed, if any.
func (s *signerInfo) claimed() (at time.Time, err error) {
	v, ok := find(s.attributes, oidSigningTime)
	if !ok {
		return at, nil
	}
	if v.PeekASN1Tag(casn1.UTCTime) {
		ok = v.ReadASN1UTCTime(&at)
	} else {
		ok = v.ReadASN1GeneralizedTime(&at)
	}
	if !ok {
		return at, malformed("the signing time")
	}
	return at.UTC(), nil
}
