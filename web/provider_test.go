package web

import (
	"bufio"
	"context"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/oidc"
)

// providerTools is where make test puts the identity provider that is not ours:
// oidc-provider, certified by the OpenID Foundation, as .ci/provider sets it up.
const providerTools = "../.build/provider"

const providerSecret = "a secret of the tests" // as in provider.mjs

// startProvider runs the provider as a process of its own until the test ends, or until
// stop is called, for a site that takes people back at redirect. It listens on a port
// that is free, or on the one that an earlier process had.
func startProvider(t *testing.T, redirect string, port ...string) (issuer string, stop func()) {
	t.Helper()
	program := filepath.Join(providerTools, "provider.mjs")
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(providerTools, "node_modules")); missing != nil || err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Node or no provider, and CI must have both: ", err, missing)
		}
		t.Skip("the identity provider is not installed: run .ci/tools")
	}
	cmd := exec.Command(node, append([]string{program, redirect}, port...)...)
	cmd.Env = append(os.Environ(), "NODE_OPTIONS=--no-warnings")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	stop = func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}
	t.Cleanup(stop)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "http://localhost:") {
			return lines.Text(), stop
		}
	}
	t.Fatal("the provider did not start")
	return "", nil
}

// vouching is a browser before our site, with the real engine behind it, whose identity
// provider is in another process.
type vouching struct {
	*testing.T
	ctx            context.Context
	origin, issuer string
	ahead          atomic.Int64           // how far the clock that tokens are held against is ahead
	asked, came    atomic.Pointer[string] // the last address that led to a provider, and back
}

// watch remembers the addresses that the browser goes to between the two.
func (v *vouching) watch(redirect string) {
	v.Helper()
	err := chromedp.Listen(v.ctx, func(event any) {
		e, ok := event.(*network.EventRequestWillBeSent)
		switch {
		case !ok:
		case strings.HasPrefix(e.Request.URL, v.issuer+"/auth?"):
			v.asked.Store(&e.Request.URL)
		case strings.HasPrefix(e.Request.URL, redirect+"?"):
			v.came.Store(&e.Request.URL)
		}
	})
	if err != nil {
		v.Fatal(err)
	}
}

// with is an address with another value of a parameter.
func with(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// step does what a person does, and says where it ended.
func (v *vouching) step(what string, actions ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	limited, stop := context.WithTimeout(v.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(limited, actions...); err != nil {
		v.Fatalf("%s: %v at %s\n%s", what, err, v.where(), must(v.T, v.ctx, chromedp.Evaluate[string](`document.body.innerText`)))
	}
}

func (v *vouching) where() string {
	v.Helper()
	return must(v.T, v.ctx, chromedp.Location())
}

// begin is a browser that nobody has signed in with yet, on its way: the page of our
// site is open, and its link leads to the provider.
func (v *vouching) begin(lang aiqyn.Lang) (link chromedp.Action[chromedp.Void]) {
	v.Helper()
	v.step("the page of signing in", as("", v.origin), chromedp.Navigate(v.origin+"/"+string(lang)+"/sign-in?next=/"+string(lang)+"/account"),
		chromedp.WaitVisible(chromedp.CSS(`main a[href*="/sign-in/oidc"]`)))
	return chromedp.Click(chromedp.CSS(`main a[href*="/sign-in/oidc"]`))
}

// login is what a person does at the provider: says who they are and agrees.
func (v *vouching) login(iin string) {
	v.Helper()
	v.step("say who one is", chromedp.WaitVisible(chromedp.CSS(`[name=login]`)), chromedp.SendKeys(chromedp.CSS(`[name=login]`), iin), chromedp.SendKeys(chromedp.CSS(`[name=password]`), "x"),
		chromedp.Click(chromedp.CSS(`[type=submit]`)), chromedp.WaitVisible(chromedp.CSS(`[name=prompt][value=consent] ~ [type=submit], form:has([value=consent]) [type=submit]`)))
}

func (v *vouching) agree() {
	v.Helper()
	v.step("agree", chromedp.Click(chromedp.CSS(`form:has([value=consent]) [type=submit]`)), chromedp.WaitVisible(chromedp.CSS(`html[lang] main`)))
}

// in reports whether the browser is signed in with us.
func (v *vouching) in() bool {
	v.Helper()
	v.step("my account", chromedp.Navigate(v.origin+"/en/account"), chromedp.WaitVisible(chromedp.CSS(`main`)))
	return strings.HasSuffix(v.where(), "/en/account")
}

// refused holds that the page says so, and that nobody was let in.
func (v *vouching) refused(what, says string) {
	v.Helper()
	text := must(v.T, v.ctx, chromedp.Evaluate[string](`document.querySelector('main').innerText`))
	if !strings.Contains(text, says) || !strings.HasPrefix(v.where(), v.origin) {
		v.Errorf("%s: at %s the page says %.200q", what, v.where(), text)
	}
	if v.in() {
		v.Errorf("%s lets somebody in", what)
	}
}

const notConfirmed = "did not confirm who you are"

// TestACertifiedProviderVouches: people sign in with a browser through a provider that
// is not ours, in a process of its own, and the real engine takes them in, in their
// language and where they wanted to go; and what has been tampered with on the way, is
// late, is from elsewhere or is used twice lets nobody in.
func TestACertifiedProviderVouches(t *testing.T) {
	v := &vouching{T: t, ctx: browser(t, 5*time.Minute)}
	server := httptest.NewUnstartedServer(nil)
	_, port, _ := strings.Cut(server.Listener.Addr().String(), ":")
	v.origin = "http://localhost:" + port
	redirect := v.origin + "/oidc/callback"
	issuer, stop := startProvider(t, redirect)
	v.issuer = issuer
	v.watch(redirect)
	config := oidc.Config{Issuer: issuer, Client: "aiqyn", Secret: providerSecret, Redirect: redirect, Claim: "iin"}
	clock := func() time.Time { return time.Now().Add(time.Duration(v.ahead.Load())) }
	e := realEngine(t, v.origin, func(c *casework.Config) { c.Identity = oidc.New(config, clock) })
	site := newServer(t, e, nil)
	site.site.Clock = time.Now
	server.Config.Handler = site
	server.Start()
	defer server.Close()

	for lang, width := range map[aiqyn.Lang]int64{aiqyn.Kazakh: 320, aiqyn.Russian: 360, aiqyn.English: 1280} {
		v.step("a screen", chromedp.EmulateViewport(width, 800))
		v.step("go to the provider", v.begin(lang))
		v.login("900101300017")
		v.agree()
		if v.where() != v.origin+"/"+string(lang)+"/account" {
			t.Errorf("%s: after signing in at %s", lang, v.where())
		}
		if known := must(t, v.ctx, chromedp.Evaluate[string](`document.querySelector('main').innerText`)); !strings.Contains(known, site.site.Texts.Text(lang, "web.known.oidc", nil)) {
			t.Errorf("%s: the account does not say how its owner was known:\n%s", lang, known)
		}
	}
	v.tampered(redirect)

	v.ahead.Store(int64(time.Hour))
	v.step("late", v.begin(aiqyn.English))
	v.login("900101300017")
	v.agree()
	v.refused("a token that has expired", notConfirmed)
	v.ahead.Store(0)

	stop() // and begins again with another key, that nobody here has seen
	u, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	_, stop = startProvider(t, redirect, u.Port())
	v.step("another key", v.begin(aiqyn.English))
	v.login("900101300017")
	v.agree()
	if !v.in() {
		t.Error("a provider may not change its key")
	}
	stop()
	e.Identity = oidc.New(config, clock)
	v.step("away", v.begin(aiqyn.English), chromedp.WaitVisible(chromedp.CSS(`main`)))
	v.refused("a provider that is away", "does not answer")
}

// tampered is what may go amiss between the provider and us, on purpose or not.
func (v *vouching) tampered(redirect string) {
	v.Helper()
	const iin = "900101300017"
	v.step("somebody unknown", v.begin(aiqyn.English))
	v.login("850505300016")
	v.agree()
	v.refused("an IIN that the register does not know", notConfirmed)

	v.step("decline", v.begin(aiqyn.English), chromedp.WaitVisible(chromedp.CSS(`[name=login]`)), chromedp.Click(chromedp.CSS(`a[href*="/abort"]`)), chromedp.WaitVisible(chromedp.CSS(`html[lang] main`)))
	v.refused("who declines", notConfirmed)

	other, _ := startProvider(v.T, redirect)
	for what, change := range map[string]func(string) string{
		"another nonce":            func(a string) string { return with(a, "nonce", "x") },
		"another challenge":        func(a string) string { return with(a, "code_challenge", strings.Repeat("A", 43)) },
		"another state":            func(a string) string { return with(a, "state", "x") },
		"another provider answers": func(a string) string { return strings.Replace(a, v.issuer, other, 1) },
	} {
		v.step(what, v.begin(aiqyn.English), chromedp.WaitVisible(chromedp.CSS(`[name=login]`)))
		v.step(what, chromedp.Navigate(change(*v.asked.Load())))
		v.login(iin)
		v.agree()
		v.refused(what, notConfirmed)
	}

	v.step("once", v.begin(aiqyn.English))
	v.login(iin)
	v.agree()
	if !v.in() {
		v.Error("nothing is amiss, and nobody is let in")
	}
	callback := *v.came.Load()
	v.step("the same answer again, in another browser", as("", v.origin), chromedp.Navigate(callback), chromedp.WaitVisible(chromedp.CSS(`main`)))
	v.refused("an answer that was used", notConfirmed)
}
