package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/locale"
	"aiqyn/web/api"
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

// TestLimitOfFilings: an account files so often in an hour and no more, and so do all
// together who act for one company. What is spent for it is not taken from what they may
// file for themselves.
func TestLimitOfFilings(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, way := range []string{"/kk/apply/energy.connection/file", "/api/v1/cases"} {
		s.limits = newLimits(s.site.Clock, 1)
		file := func(as string) bool {
			s.limits.posts = newLimiter(api.CommandsPerMinute, time.Minute, s.site.Clock) // not what is tried
			return from(s, "203.0.113.1", as, http.MethodPost, way, url.Values{"command": {"c"}}) != http.StatusTooManyRequests
		}
		for n := range api.FilingsPerHour {
			if as := []string{"applicant-heads", "over-heads"}[n%2]; !file(as) {
				t.Fatalf("%s: refused after %d applications for a company", way, n)
			}
		}
		if file("over-heads") {
			t.Errorf("%s: %d applications for one company by two accounts", way, api.FilingsPerHour+1)
		}
		if !file("over") {
			t.Errorf("%s: nothing left for themselves", way)
		}
		for n := 0; file("applicant"); n++ {
			if n > api.FilingsPerHour {
				t.Fatalf("%s: %d applications by one account", way, n)
			}
		}
	}
}

// TestLimitsOfAllProcesses: what another process has counted to its end this one, which
// has counted nothing yet, refuses too; to others it does nothing.
func TestLimitsOfAllProcesses(t *testing.T) {
	const here = "203.0.113.1"
	form := url.Values{"command": {"c"}, "_proving": {"yes"}, "code": {"000000"}}
	for _, c := range []struct{ counted, key, as, path string }{
		{countCodes, here, "", "/kk/sign-in"},
		{countTries, here, "", "/kk/sign-in/code"},
		{countTries, here, "", "/kk/sign-in/passkey"},
		{countProofs, limitedAs("applicant"), "applicant-unproven", "/kk/confirm"},
		{countFilings, limitedAs("applicant"), "applicant", "/kk/apply/energy.connection/file"},
		{countFilings, limitedAs("applicant"), "applicant", "/api/v1/cases"},
		{countFilings, "for 251340000013", "over-heads", "/kk/apply/energy.connection/file"},
	} {
		f := newFake(t)
		s := newServer(t, f, nil)
		send := func() int { return from(s, here, c.as, http.MethodPost, c.path, form) }
		f.elsewhere = c.counted + " " + c.key
		if code := send(); code != http.StatusTooManyRequests {
			t.Errorf("%s by %q: answered %d", c.path, c.key, code)
		}
		f.elsewhere = c.counted + " somebody else"
		if code := send(); code == http.StatusTooManyRequests {
			t.Errorf("%s: another's share is taken from %q", c.path, c.key)
		}
	}
}

// TestMetricsAreWhatThePolicySays: anybody reads them, and the policy says so.
func TestMetricsAreWhatThePolicySays(t *testing.T) {
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := parsedOnce()
	if err != nil {
		t.Fatal(err)
	}
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "aiqyn_holds_log 1") })
	s, err := New(Config{Engine: newFake(t), Catalogue: texts, Clock: func() time.Time { return now }, Metrics: answer, pages: pages})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range aiqyn.Roles {
		if !access.Allowed(role, access.ActionMetrics, access.None).OK {
			t.Errorf("the policy lets no %q read what anybody can", role)
		}
	}
	for _, as := range []string{"", "applicant", "operator"} {
		if w := ask(s, as, "/metrics", nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "aiqyn_holds_log") {
			t.Errorf("%q: status %d", as, w.Code)
		}
	}
}
