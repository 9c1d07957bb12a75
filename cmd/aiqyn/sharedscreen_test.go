package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"aiqyn"
)

// tooSmall are what a finger misses.
const tooSmall = `[...document.querySelectorAll('button, .button, summary, .site a, nav a, main a, footer a')]
	.filter(e => e.offsetParent && !e.closest('.govuk-visually-hidden, svg') && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90)).join('\n')`

// fingers holds that all that can be pressed at a shared screen is large enough.
func (v *townspeople) fingers() {
	v.Helper()
	v.do(becomes("the screen is a shared one", `document.querySelector('.kiosk-bar, .kiosk__doors')`))
	if small := v.said(tooSmall); small != "" {
		v.Errorf("%s: targets below 44 px: %s", v.said(`location.pathname`), small)
	}
}

// atASharedScreen: the screen becomes a shared one, somebody signs in there by a code and
// files an application that they sign with NCALayer; nobody touches the screen any more,
// and nothing of them is left.
func (v *townspeople) atASharedScreen() {
	v.Helper()
	v.do(v.wide(1280), v.open("/kk/kiosk"), press(`main form .button`))
	v.fingers()
	v.do(press(`.kiosk__doors li:nth-child(2) a`), enter(`#phone`, v.builder.Phone), press(`main form .button`))
	v.do(enter(`#code`, v.code(v.builder.Phone)), press(`main form .button`))
	for _, path := range []string{"/ru/account", "/en/places/education.kindergarten", "/ru/services/energy.connection", "/kk/apply/energy.connection/questions/parcel"} {
		v.do(v.wide(800), v.open(path))
		v.fingers()
	}
	v.do(v.wide(1280), enter(`#parcel`, v.parcel), press(`main form .button`), enter(`#load`, "15"), press(`main form .button`))
	for range 12 {
		if !strings.Contains(v.said(`location.pathname`), "/questions/") {
			break
		}
		if v.said(`document.querySelector('main .govuk-radios') ? 'a choice' : ''`) != "" {
			v.do(touch(`main .govuk-radios__item:first-child label`))
		}
		v.do(press(`main form .button`))
	}
	v.do(press(`button[name=sign][value=ask]`))
	v.prove(v.builder.Phone, `[data-ncalayer]`)
	v.withoutNCALayer()
	v.do(becomes("a ticket to take away", `document.querySelector('.ticket .qr')`))
	v.ref = strings.Split(v.said(`location.pathname`), "/")[3]
	v.fingers()
	v.do(press(`main .actions a[href*="/receipts/"]`), becomes("a receipt that may be kept", `document.querySelector('.document a[download][href$="/file"]')`))
	v.nothingLeft()
}

// withoutNCALayer presses the button where there is no such program, where it answers
// amiss, and where it signs: only then something is sent.
func (v *townspeople) withoutNCALayer() {
	v.Helper()
	goesOn := func(says string) func(context.Context) error {
		return becomes("the page goes on and says that NCALayer is "+says,
			`['absent', 'failed'].every(n => document.querySelector('[data-' + n + ']').hidden === (n !== '`+says+`')) && !document.querySelector('[data-ncalayer] button').disabled && !document.querySelector('#cms').disabled`)
	}
	v.do(becomes("the signature is asked for", `document.querySelector('[data-ncalayer]:not([hidden])')`), v.wide(320), touch(`[data-ncalayer] button`), goesOn("absent"), fits)
	startNCALayer(v.T, v.nca)
	for _, says := range []string{`{"status":false,"code":"500","message":"action.canceled"}`, `{"status":true,"body":{}}`, `{"status":true,"body":{"result":[]}}`, `<html>`, ""} {
		v.nca.says.Store(&says)
		v.do(touch(`[data-ncalayer] button`))
		v.asks(aiqyn.Kazakh)
		v.do(goesOn("failed"), fits)
	}
	v.nca.says.Store(nil)
	v.do(v.wide(1280))
	v.sign(aiqyn.Kazakh)
}

// later has the page's clock be so many seconds ahead.
func later(seconds string) func(context.Context) error {
	return becomes("the clock moves", `(s => { const now = Date.now.bind(Date); Date.now = () => now() + s * 1000; return true })(`+seconds+`)`)
}

// nothingLeft: the screen warns, a touch keeps what is there, and then it forgets. Back
// shows nothing, no cookie of the visitor is left, and their session is over.
func (v *townspeople) nothingLeft() {
	v.Helper()
	v.do(v.open("/kk/cases/" + v.ref))
	v.fingers()
	before := v.cookies()
	v.do(later("100"), becomes("it warns", `!document.querySelector('[data-kiosk-warning]').hidden`), touch(`[data-kiosk-stay]`),
		becomes("a touch keeps the page", `document.querySelector('[data-kiosk-warning]').hidden && location.pathname === '/kk/cases/`+v.ref+`'`),
		later("125"), func(ctx context.Context) error {
			return chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(`.kiosk__doors`)))
		})
	if after := v.cookies(); before["aiqyn-session"] == "" || len(after) != 1 || after["aiqyn-kiosk"] == "" {
		v.Errorf("cookies %v, and %v of before are left", before, after)
	}
	for _, script := range []string{`Object.keys(localStorage).length + Object.keys(sessionStorage).length`, `document.body.innerText.includes('` + v.ref + `') ? 1 : 0`} {
		if n, err := chromedp.Run(v.ctx, chromedp.Evaluate[int](script)); err != nil || n != 0 {
			v.Errorf("%s: %d, %v", script, n, err)
		}
	}
	r, err := http.NewRequestWithContext(v.Context(), http.MethodGet, v.origin+"/kk/cases/"+v.ref, nil)
	if err != nil {
		v.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: before["aiqyn-session"]})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		v.Fatal(err)
	}
	defer res.Body.Close()
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/kk/sign-in") {
		v.Errorf("the session goes on: %s to %q", res.Status, to)
	}
	if _, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](`(setTimeout(() => history.back(), 50), true)`)); err != nil {
		v.Fatal(err)
	}
	time.Sleep(time.Second) // for the page to come back, if it did
	if seen := v.said(`document.body.innerText`); strings.Contains(seen, v.ref) {
		v.Errorf("Back shows the case:\n%s", seen)
	}
	v.do(v.open("/kk/kiosk"), touch(`main summary`), press(`main details button`))
}

// cookies are what the browser holds for the site.
func (v *townspeople) cookies() map[string]string {
	v.Helper()
	held := map[string]string{}
	err := chromedp.Do(v.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		got, err := cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{URLs: []string{v.origin}})
		for _, c := range got.Cookies {
			held[c.Name] = c.Value
		}
		return err
	}))
	if err != nil {
		v.Fatal(err)
	}
	return held
}
