package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"aiqyn/webhook"
)

// TestAddressesOfPrograms: only what is on the public network may be told, over
// https.
func TestAddressesOfPrograms(t *testing.T) {
	for _, good := range []string{"https://example.kz/told", "https://api.example.kz:8443/a?b=c", "https://8.8.8.8/", "https://[2606:4700::1111]/x"} {
		if HookAddress(" "+good+" ") != good {
			t.Errorf("%s is refused", good)
		}
	}
	for _, bad := range []string{
		"", "http://example.kz/", "ftp://example.kz", "https://", "https://localhost/", "https://intranet/", "https://db.internal/", "https://printer.local/",
		"https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest/meta-data",
		"https://100.64.0.1/", "https://[fd00::1]/", "https://[fe80::1]/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
		"https://0.0.0.0/", "https://0x7f.1/", "https://2130706433/", "https://127.1/", "https://user:password@example.kz/", "https://example.kz/#x", "https://example.kz./",
		"https://" + strings.Repeat("a", maxHookAddress) + ".kz/", "https://%31%32%37.0.0.1/", "https:example.kz",
	} {
		if got := HookAddress(bad); got != "" {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}

func FuzzHookAddress(f *testing.F) {
	f.Add("https://example.kz/told")
	f.Add("https://127.0.0.1/")
	f.Fuzz(func(t *testing.T, typed string) {
		got := HookAddress(typed)
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" || u.User != nil || HookAddress(got) != got {
			t.Fatalf("%q became %q", typed, got)
		}
		if a, err := netip.ParseAddr(u.Hostname()); err == nil && (a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()) {
			t.Fatalf("%q leads to %s", typed, a)
		}
	})
}

// hooksTo is a carrier that knows a test server's certificate; open lets it
// reach this machine.
func hooksTo(s *httptest.Server, open bool) *Hooks {
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	h := &Hooks{TLS: &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12}}
	if open {
		h.Reach = func(netip.AddrPort) bool { return true }
	}
	return h
}

// TestNoNameLeadsInside: whatever a name resolves to, a private address is not
// reached, and an answer cannot send us there either.
func TestNoNameLeadsInside(t *testing.T) {
	asked := 0
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "https://127.0.0.1:1/", http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	letter := Letter{To: s.URL, Key: "entry-1", Secret: webhook.NewSecret([32]byte{1}), Text: "{}"}
	h := hooksTo(s, false)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, nil)
	if f := FailureOf(h.post(r)); f == nil || f.Code != BadAddress || asked != 0 {
		t.Errorf("this machine was reached: %+v, %d", f, asked)
	}
	if _, err := h.Carry(ctx, letter); FailureOf(err) == nil || !FailureOf(err).Final {
		t.Errorf("a private address: %v", err)
	}
	if _, err := hooksTo(s, true).Carry(ctx, letter); FailureOf(err) == nil || FailureOf(err).Code != Refused || asked != 1 {
		t.Errorf("a redirect: %v, asked %d times", err, asked)
	}
	if _, err := hooksTo(s, true).Carry(ctx, Letter{To: s.URL, Secret: "whsec_c2hvcnQ="}); FailureOf(err) == nil || FailureOf(err).Code != Fault || asked != 1 {
		t.Errorf("signed with a short secret: %v", err)
	}
}
