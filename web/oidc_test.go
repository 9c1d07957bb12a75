package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTheProviderVouches: the page leads there, and whoever comes back is taken in, in
// their language and where they wanted to go; what the browser does not remember
// lets nobody in.
func TestTheProviderVouches(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	if body := ask(s, "", "/en/sign-in?next=/en/cases", nil).Body.String(); !strings.Contains(body, `href="/en/sign-in/oidc?next=%2Fen%2Fcases"`) {
		t.Error("the page of signing in does not lead to the provider")
	}
	w := ask(s, "", "/en/sign-in/oidc?next=/en/account", nil)
	if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "https://id.example.kz/") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	back := func(code string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/oidc/callback?state=s&code="+code, nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	cookies := w.Result().Cookies()
	if w := back("vouched", cookies...); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/en/account" || !strings.Contains(strings.Join(w.Header()["Set-Cookie"], ";"), "aiqyn-session=applicant") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := back("other", cookies...); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "did not confirm who you are") || !strings.Contains(w.Body.String(), `lang="en"`) {
		t.Errorf("not vouched for: %d", w.Code)
	}
	if w := back("vouched"); w.Code != http.StatusUnprocessableEntity || w.Header().Get("Set-Cookie") != "" && strings.Contains(w.Header().Get("Set-Cookie"), "session") {
		t.Errorf("another browser: %d", w.Code)
	}
}
