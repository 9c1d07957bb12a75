package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"aiqyn/signature"
)

// TestPracticeSigner: what the demonstration signs is believed by its own folder,
// says that it is for practice, and outlives a restart.
func TestPracticeSigner(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	content := []byte("{}\n")
	for range 2 { // made, and opened again
		p, err := openPracticeSigner(dir, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		cms, err := p.sign("900101750009", content)
		if err != nil {
			t.Fatal(err)
		}
		folder := &trustFolder{dir: filepath.Join(dir, "trust"), policy: signature.Policy{StampRequired: true}}
		trust, err := folder.now()
		if err != nil {
			t.Fatal(err)
		}
		by, err := trust.Verify(cms, signature.Given{Content: content, At: time.Now()})
		if err != nil || !by.Practice || by.Person != "900101750009" || by.Status != "ocsp" || !trust.AnyPractice() {
			t.Errorf("%+v, %v", by, err)
		}
		if own, err := p.trust(); err != nil || !own.Practice() {
			t.Errorf("its own trust: %v", err)
		}
		if _, err := p.sign("", content); err == nil {
			t.Error("nobody has signed")
		}
	}
	if _, err := readTrust(t.TempDir(), signature.Policy{}); err == nil {
		t.Error("an empty folder is somebody to believe")
	}
	if err := os.WriteFile(filepath.Join(dir, "trust", "roots", "x.cer"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readTrust(filepath.Join(dir, "trust"), signature.Policy{}); err == nil {
		t.Error("what is no certificate is read over")
	}
}

// TestTrustOfKazakhstan reads the authority's own files, as they are published.
func TestTrustOfKazakhstan(t *testing.T) {
	reference := os.Getenv("AIQYN_REFERENCE")
	if reference == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("AIQYN_REFERENCE is not set: the reference data are needed")
		}
		t.Skip("AIQYN_REFERENCE is not set: the files of Kazakhstan's authority are not at hand")
	}
	from, dir := filepath.Join(reference, "trust", "kz_pki"), t.TempDir()
	for to, name := range map[string]string{
		"roots/root.cer": "root_test_gost_2022.cer", "roots/rsa.crt": "nca_rsa_test.crt", "between/nca.cer": "nca_gost2022_test.cer", "crl/rsa.crl": "crl/nca_rsa_test.crl",
	} {
		data, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, to)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	trust, err := readTrust(dir, signature.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(from, "payload.json"))
	if err != nil {
		t.Fatal(err)
	}
	cms, err := os.ReadFile(filepath.Join(from, "cms_rsa_detached.der"))
	if err != nil {
		t.Fatal(err)
	}
	by, err := trust.Verify(cms, signature.Given{Content: content, At: time.Date(2021, 6, 1, 12, 0, 0, 0, time.UTC)})
	if err != nil || by.Practice || by.Person != "123456789011" {
		t.Errorf("%+v, %v", by, err)
	}
}
