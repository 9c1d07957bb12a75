package signature

import (
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"aiqyn"
)

// stamp is what a time stamp token says (RFC 3161).
type stamp struct {
	at       time.Time
	function oid
	imprint  []byte
}

func badStamp(err error) error {
	return aiqyn.E(aiqyn.Invalid, "error.signature-stamp").Because(err)
}

func parseStamp(info []byte) (stamp, bool) {
	var out stamp
	var version int
	var policy oid
	var imprint, sum, serial cryptobyte.String
	s := cryptobyte.String(info)
	ok := s.ReadASN1(&s, casn1.SEQUENCE) && s.ReadASN1Integer(&version) && s.ReadASN1ObjectIdentifier(&policy) && s.ReadASN1(&imprint, casn1.SEQUENCE)
	if !ok {
		return out, false
	}
	out.function, ok = readAlgorithm(&imprint)
	if !ok || !imprint.ReadASN1(&sum, octetString) || !s.ReadASN1(&serial, casn1.INTEGER) {
		return out, false
	}
	out.imprint = sum
	out.at, ok = stampTime(&s)
	return out, ok
}

// stampTime reads a time that may have a fraction of a second.
func stampTime(s *cryptobyte.String) (time.Time, bool) {
	var text cryptobyte.String
	if !s.ReadASN1(&text, casn1.GeneralizedTime) {
		return time.Time{}, false
	}
	at, err := time.Parse("20060102150405Z0700", string(text)) // a fraction is taken too
	return at.UTC(), err == nil
}

// stampOf verifies the time stamp on a signature: its own signature, up to the
// roots at its own time, by a certificate for time stamps alone. The zero time
// means that there is none.
func (t *Trust) stampOf(c *cms) (time.Time, *Certificate, error) {
	token, ok := find(c.signer.unsigned, oidStampToken)
	if !ok {
		return time.Time{}, nil, nil
	}
	inner, err := parseCMS(token)
	if err != nil {
		return time.Time{}, nil, badStamp(err)
	}
	info, ok := parseStamp(inner.content)
	if !ok || !inner.contentType.Equal(oidStampInfo) {
		return time.Time{}, nil, badStamp(errors.New("not a time stamp"))
	}
	by, err := inner.certificate(slices.Concat(c.certificates, t.between))
	if err != nil {
		return time.Time{}, nil, badStamp(err)
	}
	if len(by.ExtKeyUsage) != 1 || by.ExtKeyUsage[0] != x509.ExtKeyUsageTimeStamping || len(by.UnknownExtKeyUsage) > 0 {
		return time.Time{}, nil, badStamp(errors.New("its certificate is not one for time stamps"))
	}
	if err := inner.check(by, inner.content); err != nil {
		return time.Time{}, nil, badStamp(err)
	}
	if _, err := t.chain(by, slices.Concat(inner.certificates, c.certificates), info.at); err != nil {
		return time.Time{}, nil, badStamp(err)
	}
	newHash := digests[info.function.String()]
	if newHash == nil {
		return time.Time{}, nil, badStamp(unsupported(info.function))
	}
	h := newHash()
	h.Write(c.signer.signature)
	if !same(h.Sum(nil), info.imprint) {
		return time.Time{}, nil, badStamp(errors.New("it is on another signature"))
	}
	return info.at, by, nil
}
