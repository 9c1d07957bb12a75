package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"aiqyn"
)

// atKiosk asks for a page on a shared screen, as whoever is signed in there.
func atKiosk(s http.Handler, as, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	r.AddCookie(&http.Cookie{Name: "aiqyn-kiosk", Value: "1"})
	if as != "" {
		r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: as})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func cookieOf(w *httptest.ResponseRecorder, name string) *http.Cookie {
	for _, c := range w.Result().Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// A shared screen leads to where it forgets from every page by itself, also
// without a script; the way out drops the session, and what the browser holds.
func TestKioskForgets(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	on := ask(s, "applicant", "/kk/kiosk", url.Values{"kiosk": {"on"}})
	if c := cookieOf(on, "aiqyn-kiosk"); c == nil || c.Value != "1" || !c.HttpOnly {
		t.Fatalf("the screen does not become a shared one: %v", c)
	}
	if c := cookieOf(on, "aiqyn-session"); c == nil || c.MaxAge >= 0 {
		t.Error("who made it a shared one stays signed in")
	}
	for _, path := range []string{"/kk/cases", "/ru/cases/AQ-OPEN-0001", "/en/apply/energy.connection/questions/load", "/en/capacity"} {
		w := atKiosk(s, "applicant", path)
		want := "120; url=" + path[:3] + "/kiosk/over"
		if w.Code != http.StatusOK || w.Header().Get("Refresh") != want || w.Header().Get("Cache-Control") != "no-store" || !strings.Contains(w.Body.String(), "data-kiosk=") {
			t.Errorf("%s: status %d, Refresh %q, Cache-Control %q", path, w.Code, w.Header().Get("Refresh"), w.Header().Get("Cache-Control"))
		}
		if own := ask(s, "applicant", path, nil); own.Header().Get("Refresh") != "" || strings.Contains(own.Body.String(), "data-kiosk") {
			t.Errorf("%s on one's own screen forgets too", path)
		}
	}
	over := atKiosk(s, "applicant", "/kk/kiosk/over")
	if c := cookieOf(over, "aiqyn-session"); c == nil || c.MaxAge >= 0 || over.Header().Get("Location") != "/kk/kiosk" || !strings.Contains(over.Header().Get("Clear-Site-Data"), "cache") {
		t.Errorf("the end: %d to %q, session %v", over.Code, over.Header().Get("Location"), c)
	}
	if w := ask(s, "applicant", "/kk/kiosk/over", nil); cookieOf(w, "aiqyn-session") != nil {
		t.Error("a link signs people out of their own browser")
	}
}

// On a shared screen one takes a ticket away; elsewhere there is none.
func TestKioskTicket(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	page := atKiosk(s, "applicant", "/kk/cases/AQ-OPEN-0001/filed").Body.String()
	if !strings.Contains(page, `class="ticket"`) || !strings.Contains(page, `class="qr"`) || !strings.Contains(page, "/kk/cases/AQ-OPEN-0001</p>") {
		t.Error("no ticket, or without its code")
	}
	if strings.Contains(ask(s, "applicant", "/kk/cases/AQ-OPEN-0001/filed", nil).Body.String(), `class="ticket"`) {
		t.Error("a ticket on one's own screen")
	}
}

// Nobody touches the screen: it warns, a touch keeps what is there, and then it
// forgets; Back shows nothing of it.
func TestKioskInTheBrowser(t *testing.T) {
	ctx := browser(t, 2*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	kiosk := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "aiqyn-kiosk", Value: "1", URL: server.URL})
		return err
	})
	later := func(seconds string) chromedp.Action[bool] {
		return chromedp.Evaluate[bool](`(s => { const now = Date.now.bind(Date); Date.now = () => now() + s * 1000; return true })(` + seconds + `)`)
	}
	const tooSmall = `[...document.querySelectorAll('button, .button, summary, .site a, nav a, main a, footer a')]
		.filter(e => e.offsetParent && !e.closest('.govuk-visually-hidden, svg') && e.getBoundingClientRect().height < 44).map(e => e.outerHTML.slice(0, 90))`
	for i, path := range []string{"/", "/services/energy.connection", "/apply/energy.connection/questions/load", "/cases", "/places/education.kindergarten", "/account"} {
		path = "/" + string(aiqyn.Langs[i%3]) + path
		if err := chromedp.Do(ctx, as("applicant", server.URL), kiosk, chromedp.EmulateViewport([]int64{1280, 800}[i%2], 900), chromedp.Navigate(server.URL+path), chromedp.WaitVisible(chromedp.CSS(`.kiosk-bar`))); err != nil {
			t.Fatal(err)
		}
		if small := must(t, ctx, chromedp.Evaluate[[]string](tooSmall)); len(small) > 0 {
			t.Errorf("%s: targets below 44 px: %v", path, small)
		}
	}
	if err := chromedp.Do(ctx, as("applicant", server.URL), kiosk, chromedp.Navigate(server.URL+"/kk/cases/AQ-OPEN-0001"), chromedp.WaitVisible(chromedp.CSS(`.kiosk-bar`))); err != nil {
		t.Fatal(err)
	}
	small := must(t, ctx, chromedp.Evaluate[[]string](tooSmall))
	if len(small) > 0 {
		t.Errorf("targets below 44 px: %v", small)
	}
	must(t, ctx, later("100"))
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(`[data-kiosk-warning]`)), chromedp.Click(chromedp.CSS(`[data-kiosk-stay]`))); err != nil {
		t.Fatal(err)
	}
	if still := must(t, ctx, chromedp.Evaluate[bool](`document.querySelector('[data-kiosk-warning]').hidden && location.pathname === '/kk/cases/AQ-OPEN-0001'`)); !still {
		t.Error("a touch does not keep the page")
	}
	must(t, ctx, later("125"))
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(`.kiosk__doors`))); err != nil {
		t.Fatal(err)
	}
	must(t, ctx, chromedp.Evaluate[bool](`(setTimeout(() => history.back(), 50), true)`))
	time.Sleep(time.Second) // for the page to come back, if it did
	if seen := must(t, ctx, chromedp.Evaluate[bool](`document.body.innerText.includes('AQ-OPEN-0001')`)); seen {
		t.Error("Back shows the case")
	}
}
