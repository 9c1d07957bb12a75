package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/web/visit"
)

// unproven are the forms that need no second proof though the policy asks one for
// their action, or since it asks none, and why. Whoever adds a form adds it here, or
// puts it behind one.
var unproven = map[string]string{
	"/verify":              "changes nothing",
	"/certificates/report": "anybody may report, without signing in",
	"/sign-in":             "is the first proof itself", "/sign-in/code": "is the first proof itself", "/sign-in/passkey": "is the first proof itself",
	"/sign-out":                             "never to be made hard",
	"/account/sessions/end":                 "never to be made hard for whose account it is",
	"/apply/{service}/questions/{question}": "a draft; nothing is filed",
	"/apply/{service}/forget":               "a draft; nothing is filed",
	"/desk/{ref}/steps/{step}/files/{kind}": "a file for a form that is sent later",
	"/cases/{ref}/files/{hash}":             "opens a file of one's own case; nothing is sent",
	"/account/programs/try":                 "tells one's own program that it is told, of no case",
	"/account/acting":                       "chooses for whom one acts; what is done for them is proven then",
	"/cases/{ref}/bid/prepare":              "makes a seal; nothing is sent",
	"/cases/{ref}/pay":                      "pays the price of one's own case; the provider asks for its own proof",
	"/kiosk":                                "makes the screen a shared one; nobody's affairs change",
	"/office/open":                          "leads to a case; nothing is sent",
}

// TestWhatMattersWantsASecondProof: whoever is signed in without one gets no
// command carried out, by any form or interface.
func TestWhatMattersWantsASecondProof(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	fill := strings.NewReplacer("{service}", "energy.connection", "{ref}", "AQ-OPEN-0001", "{step}", "survey")
	asked := 0
	for _, r := range s.pages() {
		if r.method != http.MethodPost || unproven[r.path] != "" {
			continue
		}
		for token, account := range accounts {
			may := slices.ContainsFunc(access.Relations, func(rel access.Relation) bool { return access.Allowed(account.Actor.Role, r.may, rel).OK })
			if !may {
				continue
			}
			asked++
			if !access.NeedsProof(r.may) {
				t.Errorf("%s asks for a proof that the policy of %s does not", r.path, r.may)
			}
			s := newServer(t, f, nil) // whose limits nobody has spent
			form := url.Values{"command": {strings.Repeat("0", 32)}, "text": {"т"}}
			w := ask(s, token+"-unproven", "/en"+fill.Replace(r.path), form)
			if w.Code != http.StatusUnauthorized || !strings.Contains(w.Body.String(), `name="code"`) || len(f.sent) > 0 {
				t.Errorf("%s as %s: status %d, sent %v", r.path, token, w.Code, f.sent)
			}
			form.Set("_proving", "yes")
			form.Set("code", "000000")
			if w := ask(s, token+"-unproven", "/en"+fill.Replace(r.path), form); len(f.sent) > 0 || w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%s as %s with a wrong code: status %d, sent %v", r.path, token, w.Code, f.sent)
			}
			form.Set("_lang", "kk")
			if ask(s, token+"-unproven", "/en"+fill.Replace(r.path), form); len(f.sent) > 0 {
				t.Errorf("%s as %s: the language switch acts", r.path, token)
			}
		}
	}
	if asked < 10 {
		t.Errorf("only %d forms were tried", asked)
	}
	for _, path := range []string{"/api/v1/cases", "/api/v1/cases/AQ-DECI-0001/steps/conditions/decide"} {
		token := map[bool]string{true: "engineer", false: "applicant"}[strings.HasSuffix(path, "decide")]
		w := ask(s, token+"-unproven", path, url.Values{})
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "error.proof-needed") {
			t.Errorf("%s: status %d, %s", path, w.Code, w.Body)
		}
	}
}

// proofForm sends a form in a browser to which a code is on its way.
func proofForm(s http.Handler, token, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: token})
	r.AddCookie(&http.Cookie{Name: "aiqyn-proof", Value: "proof"})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// TestAProofLosesNothing: the page that asks for it carries what was typed, and
// sends it with the code; the browser gets another token.
func TestAProofLosesNothing(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	const path = "/kk/cases/AQ-HEAR-0001/object"
	command := strings.Repeat("a", 32)
	w := ask(s, "applicant-unproven", path, url.Values{"command": {command}, "text": {`Менің <құқығым> бар`}})
	body := w.Body.String()
	for _, want := range []string{`name="command" value="` + command, "Менің &lt;құқығым&gt; бар", `action="/kk/cases/AQ-HEAR-0001/object"`, "7 701 ••• •• 01"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	form := url.Values{"command": {command}, "text": {"т"}, "_proving": {"yes"}, "code": {"123 456"}}
	w = proofForm(s, "applicant-unproven", path, form)
	if w.Code != http.StatusSeeOther || len(f.sent) != 1 {
		t.Fatalf("status %d, sent %v", w.Code, f.sent)
	}
	if o, ok := f.sent[0].(casework.Object); !ok || o.Text != "т" || string(o.ID) != command {
		t.Errorf("sent %+v", f.sent[0])
	}
	token := ""
	for _, c := range w.Result().Cookies() {
		if c.Name == "aiqyn-session" {
			token = c.Value
		}
	}
	if token != "applicant" {
		t.Errorf("the token after the proof is %q", token)
	}
	if w := proofForm(s, "applicant-unproven", "/kk/confirm", url.Values{"next": {"//evil.example"}, "_proving": {"yes"}, "code": {"123456"}}); w.Header().Get("Location") != "/kk/account" {
		t.Errorf("the proof leads to %q", w.Header().Get("Location"))
	}
}

// TestNextStaysHere: no address that a browser could read as another site's is
// gone on to after signing in.
func TestNextStaysHere(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, next := range []string{
		"//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example",
		"javascript:alert(1)", " /en/cases", "/ /evil.example", "", "en/cases", "/" + strings.Repeat("a", 3000),
	} {
		w := proofForm(s, "applicant", "/en/confirm", url.Values{"next": {next}})
		if got := w.Header().Get("Location"); got != "/en/account" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
}

// TestAddressesAreCounted: of IPv6 a customer's whole network counts as one;
// what a proxy of ours says is believed, what anybody else says is not.
func TestAddressesAreCounted(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	s.site.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	last := ""
	for _, c := range []struct {
		from, said string
		same       bool // as the request before
	}{
		{"192.0.2.1:1", "", false}, {"192.0.2.1:2", "", true}, {"192.0.2.2:1", "", false}, {"[::ffff:192.0.2.2]:1", "", true},
		{"[2001:db8:1:1::1]:1", "", false}, {"[2001:db8:1:1:ffff::2]:1", "", true}, {"[2001:db8:1:2::1]:1", "", false},
		{"192.0.2.3:1", "198.51.100.1", false}, {"192.0.2.3:1", "198.51.100.2", true},
		{"10.0.0.1:1", "198.51.100.3", false}, {"10.0.0.2:1", "203.0.113.9, 198.51.100.3", true}, {"10.0.0.1:1", "198.51.100.4, 10.0.0.9", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/en/", nil)
		r.RemoteAddr = c.from
		if c.said != "" {
			r.Header.Set("X-Forwarded-For", c.said)
		}
		got := (&visit.Visit{Site: s.site, R: r}).Address()
		if (got == last) != c.same {
			t.Errorf("%s saying %q counts as %s after %s", c.from, c.said, got, last)
		}
		last = got
	}
}
