package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// from sends a request from an address of the network.
func from(s http.Handler, address, as, method, path string, form url.Values) int {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.RemoteAddr = address + ":1234"
	if as != "" {
		r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: as})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code
}

// TestLimitsOfSigningIn: whatever opens an account can be tried so often and no more,
// whichever way it is tried; what one address, number or account has spent is not
// taken from another's.
func TestLimitsOfSigningIn(t *testing.T) {
	const mine, other = "203.0.113.1", "203.0.113.2"
	tries := []struct {
		name, method, path string
		form               url.Values
	}{
		{"a code", http.MethodPost, "/kk/sign-in/code", url.Values{"code": {"000000"}}},
		{"a passkey", http.MethodPost, "/kk/sign-in/passkey", url.Values{"ceremony": {"sign-in"}, "answer": {"x"}}},
		{"going to the provider", http.MethodGet, "/kk/sign-in/oidc", nil},
		{"coming from the provider", http.MethodGet, "/oidc/callback?code=x&state=y", nil},
	}
	s := newServer(t, newFake(t), nil)
	for _, try := range tries {
		s.limits = newLimits(s.site.Clock, 1)
		for n := range 200 {
			if code := from(s, mine, "", try.method, try.path, try.form); code == http.StatusTooManyRequests {
				if n < 10 {
					t.Errorf("%s: refused after %d tries", try.name, n)
				}
				break
			}
			if n == 199 {
				t.Errorf("%s: 200 tries from one address", try.name)
			}
		}
		if code := from(s, other, "", try.method, try.path, try.form); code == http.StatusTooManyRequests {
			t.Errorf("%s: another address pays for it", try.name)
		}
	}

	s.limits = newLimits(s.site.Clock, 1)
	refused := false
	for n := range 10 { // each from another address, so that only the number counts
		refused = from(s, fmt.Sprintf("198.51.100.%d", n), "", http.MethodPost, "/kk/sign-in", url.Values{"phone": {"+77010000001"}}) == http.StatusTooManyRequests
	}
	if !refused {
		t.Error("codes without end to one number")
	}
	if from(s, "198.51.100.99", "", http.MethodPost, "/kk/sign-in", url.Values{"phone": {"+77010000002"}}) == http.StatusTooManyRequests {
		t.Error("another number pays for it")
	}

	s.limits = newLimits(s.site.Clock, 1)
	proof := url.Values{"_proving": {"yes"}, "code": {"000000"}}
	for n := range 30 { // each from another address, so that only the account counts
		refused = from(s, fmt.Sprintf("198.51.100.%d", n), "applicant-unproven", http.MethodPost, "/kk/confirm", proof) == http.StatusTooManyRequests
	}
	if !refused {
		t.Error("second proofs without end in one account")
	}
	if from(s, "198.51.100.1", "engineer-unproven", http.MethodPost, "/kk/confirm", proof) == http.StatusTooManyRequests {
		t.Error("another account pays for it")
	}
}
