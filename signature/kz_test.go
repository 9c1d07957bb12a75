package signature

import (
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// vector reads one of the public test vectors of Kazakhstan's authority.
func vector(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("AIQYN_REFERENCE")
	if dir == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("AIQYN_REFERENCE is not set: the reference data are needed")
		}
		t.Skip("AIQYN_REFERENCE is not set: the vectors of Kazakhstan's authority are not at hand")
	}
	b, err := os.ReadFile(filepath.Join(dir, "trust", "kz_pki", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func certificate(t testing.TB, name string) *Certificate {
	t.Helper()
	c, err := ParseCertificate(vector(t, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// TestCertificatesOfKazakhstan verifies each certificate by its issuer.
func TestCertificatesOfKazakhstan(t *testing.T) {
	for _, x := range []struct{ name, issuer string }{
		{"root_test_gost_2022.cer", "root_test_gost_2022.cer"},
		{"nca_gost2022_test.cer", "root_test_gost_2022.cer"},
		{"nca_gost2015_test.cer", "root_test_gost_2022.cer"},
		{"gokalkan_individual_gost2015.cer", "nca_gost2022_test.cer"},
		{"individual_valid_sign_2004_rsa.cer", "nca_rsa_test.crt"},
		{"individual_valid_sign_2004_rsa_auth.cer", "nca_rsa_test.crt"},
		{"individual_rsa_sign.pem", "nca_rsa_test.crt"},
	} {
		c, by := certificate(t, x.name), certificate(t, x.issuer)
		if !by.issued(c) {
			t.Errorf("%s does not name %s", x.name, x.issuer)
		}
		if err := c.signed.check(by); err != nil {
			t.Errorf("%s by %s: %v", x.name, x.issuer, err)
		}
		c.signed.signed = append([]byte(nil), c.signed.signed...)
		c.signed.signed[60] ^= 1
		if c.signed.check(by) == nil {
			t.Errorf("%s: a changed byte is not noticed", x.name)
		}
	}
}

// kzTrust believes the authorities of the vectors. The RSA one's own root is not
// among them, so it is itself the root.
func kzTrust(t testing.TB, policy Policy, lists ...string) *Trust {
	t.Helper()
	roots := []Root{{Certificate: certificate(t, "root_test_gost_2022.cer")}, {Certificate: certificate(t, "nca_rsa_test.crt")}}
	var parsed []*RevocationList
	for _, name := range lists {
		l, err := ParseRevocationList(vector(t, "crl/"+name))
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, l)
	}
	trust, err := NewTrust(roots, []*Certificate{certificate(t, "nca_gost2022_test.cer")}, parsed, policy)
	if err != nil {
		t.Fatal(err)
	}
	return trust
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

func TestVectorsOfKazakhstan(t *testing.T) {
	const list = "nca_rsa_test.crl"
	payload := vector(t, "payload.json")
	for _, x := range []struct {
		name    string
		at      time.Time
		content []byte
		lists   []string
		key     string
	}{
		{"cms_rsa_attached.der", date(2021, 6, 1), payload, []string{list}, ""},
		{"cms_rsa_detached.der", date(2021, 6, 1), payload, []string{list}, ""},
		{"cms_rsa_detached.der", date(2021, 6, 1), []byte("{}"), []string{list}, "error.signature-other-bytes"},
		{"cms_rsa_attached.der", date(2021, 6, 1), []byte("{}"), []string{list}, "error.signature-other-bytes"},
		{"cms_rsa_detached.der", date(2021, 6, 1), payload, nil, "error.signature-status"},
		{"cms_rsa_detached.der", date(2020, 6, 1), payload, []string{list}, "error.signature-not-yet"},
		{"cms_rsa_detached.der", date(2022, 6, 1), payload, []string{list}, "error.signature-expired"},
		{"cms_rsa_attached_signedattrs_expired.der", date(2026, 11, 23), payload, []string{list}, "error.signature-expired"},
		{"cms_rsa_detached_signedattrs_expired.der", date(2026, 11, 23), payload, []string{list}, "error.signature-expired"},
		// Even to a clock that was set back they are not good: they say when they were made.
		{"cms_rsa_attached_signedattrs_expired.der", date(2021, 6, 1), payload, []string{list}, "error.signature-time"},
		{"cms_rsa_detached_signedattrs_expired.der", date(2021, 6, 1), payload, []string{list}, "error.signature-time"},
	} {
		s, err := kzTrust(t, Policy{}, x.lists...).Verify(vector(t, x.name), Given{Content: x.content, At: x.at})
		if got := keyOf(err); got != x.key {
			t.Errorf("%s at %s: %v, want %q", x.name, x.at.Format(time.DateOnly), err, x.key)
			continue
		}
		if x.key != "" {
			continue
		}
		if s.Person != "123456789011" || s.Name != "ТЕСТОВ ТЕСТ ТЕСТОВИЧ" || !slices.Equal(s.Powers, []Power{PowerPerson}) || s.Status != "crl" || s.Algorithm != schemeRSA || s.Practice {
			t.Errorf("%s: %+v", x.name, s)
		}
	}
}

// TestResponsesOfKazakhstan reads the OCSP responses of the authority. Those by
// GOST 34.310-2004 are of an algorithm that is not taken any more.
func TestResponsesOfKazakhstan(t *testing.T) {
	at := time.Date(2022, 9, 2, 17, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		name, serial, issuer string
		revoked              bool
		fails                error
	}{
		{"ocsp_response_individual_sign_2004.bin", "4279390a141f5353a62947b61ed65e81741467d1", "nca_rsa_test.crt", false, nil},
		{"ocsp_response_ceo_2015_revoked.bin", "3a90343e720594c55204b19cb9a402422ef0e622", "nca_gost2022_test.cer", true, nil},
		{"ocsp_response_individual_2015.bin", "ff06211dc82beb00253ffa000f1de84abef454f", "nca_gost2022_test.cer", true, nil},
		{"ocsp_response_individual_2015.bin", "ff06211dc82beb00253ffa000f1de84abef4550", "nca_gost2022_test.cer", false, errNothing},
		{"ocsp_response_individual_2015.bin", "ff06211dc82beb00253ffa000f1de84abef454f", "nca_rsa_test.crt", false, errNothing},
	} {
		r, err := parseOCSP(vector(t, "ocsp/"+x.name))
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		c := &Certificate{Certificate: &x509.Certificate{SerialNumber: hexInt(x.serial)}}
		s, err := r.says(c, certificate(t, x.issuer), at)
		if !errors.Is(err, x.fails) || s.revoked != x.revoked {
			t.Errorf("%s on %s: %+v, %v", x.name, x.serial, s, err)
		}
		if _, err := r.says(c, certificate(t, x.issuer), at.AddDate(0, 0, 2)); x.fails == nil && !errors.Is(err, errStale) {
			t.Errorf("%s: still believed two days later: %v", x.name, err)
		}
		r.signed.signed = append([]byte(nil), r.signed.signed...)
		r.signed.signed[len(r.signed.signed)-1] ^= 1
		if _, err := r.says(c, certificate(t, x.issuer), at); x.fails == nil && err == nil {
			t.Errorf("%s: a changed byte is not noticed", x.name)
		}
	}
}

// TestListsOfKazakhstan looks certificates up in the lists of the authority.
func TestListsOfKazakhstan(t *testing.T) {
	for _, x := range []struct {
		list, issuer, serial string
		revoked              bool
	}{
		{"nca_rsa_test.crl", "nca_rsa_test.crt", "4b779cb5647c4da7b07327c503eab1656d716ed8", true},
		{"nca_rsa_test.crl", "nca_rsa_test.crt", "4b779cb5647c4da7b07327c503eab1656d716ed9", false},
		{"nca_gost2022_test.crl", "nca_gost2022_test.cer", "3a90343e720594c55204b19cb9a402422ef0e622", true},
	} {
		trust, at := kzTrust(t, Policy{}, x.list), date(2022, 8, 1)
		c := &Certificate{Certificate: &x509.Certificate{SerialNumber: hexInt(x.serial)}}
		_, err := trust.standing(c, certificate(t, x.issuer), nil, at, at)
		if (keyOf(err) == "error.signature-revoked") != x.revoked || !x.revoked && err != nil {
			t.Errorf("%s on %s: %v", x.list, x.serial, err)
		}
		if _, err := trust.standing(c, certificate(t, x.issuer), nil, at.AddDate(2, 0, 0), at.AddDate(2, 0, 0)); keyOf(err) != "error.signature-stale" {
			t.Errorf("%s: two years later: %v", x.list, err)
		}
	}
}

// TestUsagesOfKazakhstan tells the two certificates of a pair apart, and what
// their holders may do.
func TestUsagesOfKazakhstan(t *testing.T) {
	if err := certificate(t, "individual_valid_sign_2004_rsa.cer").maySign(); err != nil {
		t.Error(err)
	}
	if err := certificate(t, "individual_valid_sign_2004_rsa_auth.cer").maySign(); keyOf(err) != "error.signature-usage" {
		t.Errorf("for entering: %v", err)
	}
	if err := certificate(t, "nca_rsa_test.crt").maySign(); keyOf(err) != "error.signature-usage" {
		t.Errorf("an authority: %v", err)
	}
	head := certificate(t, "ceo_valid_sign_2004_gost.cer")
	if h := head.Holder(); h.BIN != "123456789021" || h.Organisation != `АО "ТЕСТ"` || !slices.Equal(h.Powers, []Power{PowerOrganisation, PowerHead}) {
		t.Errorf("%+v", h)
	}
	if head.key != nil {
		t.Error("GOST 34.310-2004 is taken for a key that is known")
	}
}

// TestStampOfKazakhstan reads a token of the authority; its algorithms are not
// taken any more, so nothing may rest on it.
func TestStampOfKazakhstan(t *testing.T) {
	token, err := parseCMS(vector(t, "tsp_token.bin"))
	if err != nil {
		t.Fatal(err)
	}
	info, ok := parseStamp(token.content)
	if want := time.Date(2022, 9, 18, 13, 20, 14, 0, time.UTC); !ok || !info.at.Equal(want) || !info.function.Equal(oidSHA1) {
		t.Errorf("%+v", info)
	}
	c := &cms{signer: signerInfo{unsigned: []attributeValue{{oidStampToken, vector(t, "tsp_token.bin")}}}}
	if _, _, err := kzTrust(t, Policy{}).stampOf(c); keyOf(err) != "error.signature-stamp" {
		t.Errorf("believed: %v", err)
	}
}
