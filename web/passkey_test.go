package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"aiqyn"
	"aiqyn/beacon"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/packs"
	"aiqyn/passkey"
	"aiqyn/registry"
	"aiqyn/service"
	"aiqyn/store"
)

// TestPasskeyPages: the pages carry what the device is asked, its answer is taken
// or mended on the page, and the code is always there beside it.
func TestPasskeyPages(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	body := ask(s, "", "/kk/sign-in?next=/kk/cases", nil).Body.String()
	for _, want := range []string{`data-passkey="get"`, `name="ceremony" value="sign-in"`, `name="phone"`, `name="next" value="/kk/cases"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of signing in lacks %s", want)
		}
	}
	form := url.Values{"ceremony": {"sign-in"}, "answer": {"signed"}, "next": {"/kk/account"}}
	if w := ask(s, "", "/kk/sign-in/passkey", form); w.Header().Get("Location") != "/kk/account" || !strings.Contains(w.Header().Get("Set-Cookie"), "applicant") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	form.Set("answer", "")
	if w := ask(s, "", "/ru/sign-in/passkey", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Ключ не принят") || !strings.Contains(w.Body.String(), `name="phone"`) {
		t.Errorf("no answer: %d", w.Code)
	}

	if w := ask(s, "applicant-unproven", "/en/account/passkeys/new", nil); w.Header().Get("Location") != "/en/confirm?next=%2Fen%2Faccount%2Fpasskeys%2Fnew" {
		t.Errorf("a key is made without a second proof: %d %v", w.Code, w.Header())
	}
	command := strings.Repeat("b", 32)
	form = url.Values{"command": {command}, "ceremony": {"register"}, "answer": {"made"}, "name": {""}}
	if w := ask(s, "applicant", "/en/account/passkeys", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="name-error"`) {
		t.Errorf("no name: %d", w.Code)
	}
	form.Set("name", "my phone")
	if w := ask(s, "applicant", "/en/account/passkeys", form); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if w := ask(s, "applicant", "/en/account/passkeys/remove", url.Values{"command": {command}, "passkey": {"aa"}}); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if !slices.Equal(f.sent, []any{"passkey my phone", "drop aa"}) {
		t.Errorf("sent %v", f.sent)
	}
}

// TestAPasskeyIsTheSecondProof: who has one is asked for it and no code is sent
// unless they want one; its answer lets the same form through.
func TestAPasskeyIsTheSecondProof(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	const path, token = "/en/cases/AQ-HEAR-0001/object", "applicant-keyed-unproven"
	form := url.Values{"command": {strings.Repeat("c", 32)}, "text": {"No"}}
	body := ask(s, token, path, form).Body.String()
	if !strings.Contains(body, `data-passkey="get"`) || strings.Contains(body, `name="code"`) || !strings.Contains(body, `name="_send"`) {
		t.Errorf("the page does not ask for the passkey, or for a code at once:\n%s", body)
	}
	form.Set("_proving", "yes")
	form.Set("_ceremony", "prove")
	form.Set("_answer", "forged")
	if w := ask(s, token, path, form); w.Code != http.StatusUnprocessableEntity || len(f.sent) > 0 {
		t.Errorf("a forged answer: %d, sent %v", w.Code, f.sent)
	}
	form.Set("_answer", "signed")
	if w := ask(s, token, path, form); w.Code != http.StatusSeeOther || len(f.sent) != 1 {
		t.Errorf("%d, sent %v", w.Code, f.sent)
	}
}

// TestAnActAfterItsProof goes on under the session that the proof has made: the one
// before it is over.
func TestAnActAfterItsProof(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	form := url.Values{"command": {strings.Repeat("c", 32)}, "passkey": {"aa"}, "_proving": {"yes"}, "_ceremony": {"prove"}, "_answer": {"signed"}}
	if w := ask(s, "applicant-keyed-unproven", "/en/account/passkeys/remove", form); w.Code != http.StatusSeeOther || len(f.sent) != 1 {
		t.Errorf("%d, sent %v", w.Code, f.sent)
	}
}

// knownBeacon has every round of the practice beacon.
type knownBeacon struct{ *beacon.Practice }

func (b knownBeacon) Published(n uint64) (beacon.Round, bool) { return b.Round(n), true }

// realEngine is an engine on a database of its own, with one account.
func realEngine(t *testing.T, origin string, change ...func(*casework.Config)) *casework.Engine {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "aiqyn.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	skey, vkey, err := ledger.GenerateKey(rand.Reader, "test.aiqyn.example/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ledger.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	pack, err := service.ParsePack(packs.Kazakhstan())
	if err != nil {
		t.Fatal(err)
	}
	party, err := passkey.New("Aiqyn", origin)
	if err != nil {
		t.Fatal(err)
	}
	config := casework.Config{
		Store: db, Origin: "test.aiqyn.example/log", Signer: signer, VerifierKey: vkey, DataKey: [32]byte{1}, BasePack: pack, Parse: service.ParsePack,
		Registers: registry.NewLocal(db), Beacon: knownBeacon{beacon.NewPractice([32]byte{7}, time.Now().AddDate(0, -1, 0), 3*time.Second)},
		Manual: true, Practice: true, Passkeys: party,
	}
	for _, f := range change {
		f(&config)
	}
	e, err := casework.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	account := casework.Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: "900101300017"}, Name: "Айгүл С.", Phone: "+77010000001", Lang: aiqyn.Kazakh}
	if err := e.PutAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestPasskeyInTheBrowser: a person signs in by a code, adds a passkey with the
// authenticator of a real browser, signs out, comes back by it alone, and proves
// with it; a page under another name does not even show the button.
func TestPasskeyInTheBrowser(t *testing.T) {
	ctx := browser(t, 3*time.Minute)
	server := httptest.NewUnstartedServer(nil)
	origin := fmt.Sprintf("http://localhost:%s", server.Listener.Addr().String()[strings.LastIndex(server.Listener.Addr().String(), ":")+1:])
	e := realEngine(t, origin)
	site := newServer(t, e, nil)
	site.site.Clock = time.Now
	server.Config.Handler = site
	server.Start()
	defer server.Close()

	attempt, err := e.SendCode(t.Context(), "+77010000001", "kk")
	if err != nil {
		t.Fatal(err)
	}
	told := func() string {
		list, err := e.Messages(t.Context(), "+77010000001", 1)
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		return fmt.Sprint(list[0].Args["code"])
	}
	token, _, err := e.SignIn(t.Context(), attempt, "+77010000001", told(), casework.Client{Agent: "Chrome/131 Linux"})
	if err != nil {
		t.Fatal(err)
	}
	proof, err := e.SendProof(t.Context(), token, "kk")
	if err != nil {
		t.Fatal(err)
	}
	if token, _, err = e.Prove(t.Context(), token, proof, told()); err != nil {
		t.Fatal(err)
	}

	device := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return err
	})
	step := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, must(t, ctx, chromedp.Evaluate[string](`document.body.innerText`)))
		}
	}
	step("add a passkey", device, as(token, origin), chromedp.EmulateViewport(360, 900), chromedp.Navigate(origin+"/ru/account/passkeys/new"),
		chromedp.WaitVisible(chromedp.CSS(`[data-passkey] button`)), chromedp.Click(chromedp.CSS(`[data-passkey] button`)), chromedp.WaitVisible(chromedp.CSS(`#passkeys`)))
	if wide := must(t, ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`)); wide {
		t.Error("the account is wider than a phone")
	}
	step("come back by it", as("", origin), chromedp.Navigate(origin+"/ru/sign-in?next=/ru/account"),
		chromedp.WaitVisible(chromedp.CSS(`[data-passkey] button`)), chromedp.Click(chromedp.CSS(`[data-passkey] button`)), chromedp.WaitVisible(chromedp.CSS(`#passkeys`)))
	list, err := e.Sessions(t.Context(), token)
	if err != nil || len(list) != 2 || list[0].Known != aiqyn.ByPasskey || list[0].Proven.IsZero() {
		t.Errorf("sessions %+v, %v", list, err)
	}
	step("remove it", chromedp.Click(chromedp.CSS(`#passkeys ~ ul button`)), chromedp.WaitNotPresent(chromedp.CSS(`#passkeys ~ ul`)))
	step("by a number for a name", chromedp.Navigate(strings.Replace(origin, "localhost", "127.0.0.1", 1)+"/ru/sign-in"), chromedp.WaitVisible(chromedp.CSS(`#phone`)))
	if shown := must(t, ctx, chromedp.Evaluate[bool](`!document.querySelector('[data-passkey]').hidden`)); shown {
		t.Error("the button is shown where the browser cannot")
	}
}
