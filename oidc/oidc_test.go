package oidc

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"aiqyn/oidc/practice"
)

func TestMain(m *testing.M) {
	practice.Main()
	os.Exit(m.Run())
}

const iin = "900101300017"

// sent goes to the provider as a browser would and returns the query that it sends
// the person back with.
func sent(t *testing.T, address, person, fault string) url.Values {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(address + "&" + url.Values{"person": {person}, "fault": {fault}}.Encode())
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := res.Location()
	if err != nil {
		t.Fatal(res.Status, err)
	}
	return back.Query()
}

func provider(t *testing.T, issuer string, now func() time.Time) *Provider {
	return New(Config{Issuer: issuer, Client: "aiqyn", Secret: "s", Redirect: "http://localhost/oidc/callback", Claim: "iin"}, now)
}

// TestAProviderVouches: somebody is sent to a provider in another process and comes
// back as who it says they are.
func TestAProviderVouches(t *testing.T) {
	p := provider(t, practice.Start(t, "iin"), time.Now)
	address, a, err := p.Begin()
	if err != nil {
		t.Fatal(err)
	}
	answer := sent(t, address, iin, "")
	person, err := p.Finish(t.Context(), a, answer)
	if err != nil || person != iin {
		t.Fatalf("%q, %v", person, err)
	}
	if _, err := p.Finish(t.Context(), a, answer); !errors.Is(err, ErrRefused) {
		t.Errorf("the same code again: %v", err)
	}
}

// TestWhatAProviderSaysAmiss: each is refused, and none of it lets anybody in.
func TestWhatAProviderSaysAmiss(t *testing.T) {
	issuer := practice.Start(t, "iin")
	p := provider(t, issuer, time.Now)
	for _, fault := range []string{
		practice.OtherIssuer, practice.OtherAudience, practice.OtherNonce, practice.OtherKey, practice.Expired, practice.Nobody, practice.Unsigned,
	} {
		address, a, err := p.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if person, err := p.Finish(t.Context(), a, sent(t, address, iin, fault)); !errors.Is(err, ErrRefused) || person != "" {
			t.Errorf("%s: %q, %v", fault, person, err)
		}
	}
	for name, change := range map[string]func(*Attempt, url.Values){
		"another state":              func(_ *Attempt, q url.Values) { q.Set("state", "x") },
		"no state was remembered":    func(a *Attempt, q url.Values) { a.State = ""; q.Del("state") },
		"another verifier":           func(a *Attempt, _ url.Values) { a.Verifier = strings.Repeat("v", 43) },
		"another issuer's answer":    func(_ *Attempt, q url.Values) { q.Set("iss", "https://id.evil.example") },
		"a code that was never made": func(_ *Attempt, q url.Values) { q.Set("code", "x") },
		"a code too long":            func(_ *Attempt, q url.Values) { q.Set("code", strings.Repeat("x", 3000)) },
		"no code: the person declined": func(_ *Attempt, q url.Values) {
			q.Del("code")
			q.Set("error", "access_denied")
		},
	} {
		address, a, err := p.Begin()
		if err != nil {
			t.Fatal(err)
		}
		answer := sent(t, address, iin, "")
		change(&a, answer)
		if person, err := p.Finish(t.Context(), a, answer); !errors.Is(err, ErrRefused) || person != "" {
			t.Errorf("%s: %q, %v", name, person, err)
		}
	}
	late := provider(t, issuer, func() time.Time { return time.Now().Add(time.Hour) })
	address, a, err := late.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := late.Finish(t.Context(), a, sent(t, address, iin, "")); !errors.Is(err, ErrRefused) {
		t.Errorf("an hour later: %v", err)
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	p := provider(t, "http://127.0.0.1:1", time.Now)
	if _, _, err := p.Begin(); !errors.Is(err, ErrAway) {
		t.Error(err)
	}
}

// TestAProviderThatIsAwayIsLeftInPeace: those who come meanwhile do not ask it
// one after another, and afterwards it is asked again.
func TestAProviderThatIsAwayIsLeftInPeace(t *testing.T) {
	asked, now := 0, time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer broken.Close()
	p := provider(t, broken.URL, func() time.Time { return now })
	for after, want := range []int{1, 1, 2} {
		if _, _, err := p.Begin(); !errors.Is(err, ErrAway) || asked != want {
			t.Errorf("%d s later: asked %d times, want %d: %v", 8*after, asked, want, err)
		}
		now = now.Add(8 * time.Second)
	}
}

func TestReadConfig(t *testing.T) {
	const good = `{"issuer":"https://id.example.kz","client_id":"aiqyn","client_secret":"s","redirect":"https://example.kz/oidc/callback","claim":"iin"}`
	c, err := ReadConfig(strings.NewReader(good))
	if err != nil || c.Claim != "iin" {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, bad := range []string{
		"", "{}", strings.Replace(good, "https://id", "http://id", 1), strings.Replace(good, `"claim":"iin"`, `"claim":""`, 1),
		strings.Replace(good, `"claim"`, `"clam"`, 1), strings.Replace(good, "https://example.kz/oidc", "javascript:x", 1),
	} {
		if _, err := ReadConfig(strings.NewReader(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// FuzzReadConfig: a file is read or refused; what is read can be used.
func FuzzReadConfig(f *testing.F) {
	f.Add(`{"issuer":"https://id.example.kz","client_id":"aiqyn","redirect":"https://example.kz/oidc/callback","claim":"iin"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ReadConfig(strings.NewReader(text)); err == nil && (c.Issuer == "" || c.Claim == "" || c.Client == "") {
			t.Errorf("%+v", c)
		}
	})
}
