package main

import (
	"os"
	"path/filepath"
	"testing"

	"aiqyn"
)

// TestIdentityAndSite: what serve is told about who vouches for people, and about
// what passkeys are bound to, is right or refused before anything begins.
func TestIdentityAndSite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "oidc.json")
	const good = `{"issuer":"https://id.example.kz","client_id":"aiqyn","redirect":"https://example.kz/oidc/callback","claim":"iin"}`
	for text, ok := range map[string]bool{good: true, "{}": false, `{"issuer":"http://id.example.kz"}`: false} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := openIdentity(file); (err == nil && p != nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
	if p, err := openIdentity(""); p != nil || err != nil {
		t.Errorf("no file: %v, %v", p, err)
	}
	if _, err := openIdentity(file + ".none"); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("a file that is not there: %v", err)
	}
	for site, ok := range map[string]bool{"https://example.kz": true, "http://example.kz": false, "https://192.0.2.1": false} {
		if p, err := (wiring{site: []string{site}}).party(); (err == nil && p != nil) != ok {
			t.Errorf("%s: %v", site, err)
		}
	}
	if p, err := (wiring{}).party(); p != nil || err != nil {
		t.Errorf("no site: %v, %v", p, err)
	}
}
