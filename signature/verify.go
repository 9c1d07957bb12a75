package signature

import (
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn"
)

// Given is what a signature is held against.
type Given struct {
	Content   []byte    // the bytes that must have been signed
	At        time.Time // when the signature was received
	Responses [][]byte  // OCSP responses beside those that travel with it
}

// Signer is who signed, and how strongly that is proven.
type Signer struct {
	Holder
	Fingerprint string    `json:"fingerprint"` // SHA-256 of the certificate
	Serial      string    `json:"serial"`      // of the certificate, hexadecimal
	Issuer      string    `json:"issuer"`
	Algorithm   string    `json:"algorithm"`
	At          time.Time `json:"at"`                // by the time stamp, or when it was received
	Claimed     time.Time `json:"claimed,omitzero"`  // by the signer's own clock
	Stamped     string    `json:"stamped,omitempty"` // by whom
	Status      string    `json:"status,omitempty"`  // "crl" or "ocsp"; empty: not known
	AsOf        time.Time `json:"as-of,omitzero"`    // of the status
	Practice    bool      `json:"practice,omitempty"`
}

// Verify checks a CMS: that its signer, whose certificate leads to a root and
// had not been revoked, signed just these bytes. The error says which of that
// does not hold, as an [aiqyn.Error] with a key of its own.
func (t *Trust) Verify(message []byte, g Given) (*Signer, error) {
	der, err := Decode(message)
	if err != nil {
		return nil, err
	}
	c, err := parseCMS(der)
	if err != nil {
		return nil, err
	}
	if !c.contentType.Equal(oidData) || c.content != nil && !same(c.content, g.Content) {
		return nil, aiqyn.E(aiqyn.Invalid, "error.signature-other-bytes")
	}
	by, err := c.certificate(t.between)
	if err != nil {
		return nil, err
	}
	if by.key == nil {
		return nil, unsupported(c.signer.algorithm)
	}
	if err := c.check(by, g.Content); err != nil {
		return nil, err
	}
	if err := by.maySign(); err != nil {
		return nil, err
	}
	return t.believe(c, by, g)
}

// believe checks everything but the signature itself: time, chain and status.
func (t *Trust) believe(c *cms, by *Certificate, g Given) (*Signer, error) {
	s := &Signer{
		Holder: by.Holder(), Fingerprint: by.Fingerprint(), Serial: by.SerialNumber.Text(16), Issuer: nameOf(by),
		Algorithm: schemes[c.signer.algorithm.String()].name, At: g.At.UTC(),
	}
	var err error
	if s.Claimed, err = c.signer.claimed(); err != nil {
		return nil, err
	}
	if err := t.timed(c, s, g.At); err != nil {
		return nil, err
	}
	chain, err := t.chain(by, c.certificates, s.At)
	if err != nil {
		return nil, err
	}
	if at := s.Claimed; !at.IsZero() && (at.After(g.At.Add(Skew)) || by.valid(at) != nil) {
		return nil, aiqyn.E(aiqyn.Invalid, "error.signature-time", "at", at)
	}
	responses, err := parseResponses(c, g.Responses)
	if err != nil {
		return nil, err
	}
	known, err := t.stands(chain, responses, s.At, g.At)
	if err != nil {
		return nil, err
	}
	s.Status, s.AsOf, s.Practice = known.from, known.asOf, t.practiceRoot(chain[len(chain)-1])
	if s.Person == "" {
		return nil, aiqyn.E(aiqyn.Invalid, "error.signature-nobody")
	}
	return s, nil
}

// timed takes the time from the stamp, if there is one.
func (t *Trust) timed(c *cms, s *Signer, received time.Time) error {
	at, by, err := t.stampOf(c)
	switch {
	case err != nil:
		return err
	case by == nil && t.policy.StampRequired:
		return aiqyn.E(aiqyn.Invalid, "error.signature-no-stamp")
	case by == nil:
		return nil
	case at.After(received.Add(Skew)):
		return aiqyn.E(aiqyn.Invalid, "error.signature-time", "at", at)
	}
	s.At, s.Stamped = at, attribute(by.Subject, oidCommonName)
	return nil
}

// stands asks for the status of the signer and of every authority of which
// something is known.
func (t *Trust) stands(chain []*Certificate, responses []*response, by, now time.Time) (status, error) {
	if len(chain) == 1 { // a root that signs documents
		return status{}, aiqyn.E(aiqyn.Invalid, "error.signature-usage")
	}
	signer, err := t.standing(chain[0], chain[1], responses, by, now)
	if err != nil {
		return status{}, err
	}
	lenient := t.With(Policy{StatusOptional: true})
	for i := 1; i+1 < len(chain); i++ {
		if _, err := lenient.standing(chain[i], chain[i+1], responses, by, now); err != nil {
			return status{}, err
		}
	}
	return signer, nil
}

// parseResponses reads the OCSP responses of both places where signing programs
// put them (RFC 5940, and CAdES' revocation values), and those beside.
func parseResponses(c *cms, beside [][]byte) ([]*response, error) {
	all := slices.Concat(c.responses, revocationValues(c.signer.unsigned), beside)
	if len(all) > maxCerts {
		return nil, aiqyn.E(aiqyn.Invalid, "error.signature-response")
	}
	var list []*response
	for _, der := range all {
		r, err := parseOCSP(der)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func revocationValues(unsigned []attributeValue) (list [][]byte) {
	value, ok := find(unsigned, oidRevocation)
	if !ok {
		return nil
	}
	var inner, responses cryptobyte.String
	var present bool
	if !value.ReadASN1(&inner, casn1.SEQUENCE) || !inner.SkipOptionalASN1(explicit0) || !inner.ReadOptionalASN1(&responses, &present, explicit1) || !present {
		return nil
	}
	if !responses.ReadASN1(&responses, casn1.SEQUENCE) {
		return nil
	}
	for !responses.Empty() && len(list) <= maxCerts {
		var one cryptobyte.String
		if !responses.ReadASN1Element(&one, casn1.SEQUENCE) {
			return list
		}
		list = append(list, one)
	}
	return list
}
