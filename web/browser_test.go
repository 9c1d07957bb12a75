package web

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"aiqyn/web/chromium"
)

// browser starts a headless Chromium, or skips where there is none.
func browser(t *testing.T, limit time.Duration, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	return chromium.Start(t, limit, more...)
}

// as sets who the browser is signed in as.
func as(token, origin string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.ClearBrowserCookies, cdp.Empty{}); err != nil || token == "" {
			return err
		}
		name, value := cookieFor(token)
		_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: origin})
		return err
	})
}

func must[T any](t *testing.T, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A citizen applies with the script on: an empty answer is named and takes the
// cursor, the language switch keeps what was typed, Back keeps answers.
func TestApplyInTheBrowser(t *testing.T) {
	ctx := browser(t, 40*time.Second)
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	base := server.URL + "/ru/apply/energy.connection/questions/parcel"
	press := chromedp.Click(chromedp.CSS(`main .button`))
	err := chromedp.Do(ctx, as("applicant", server.URL), chromedp.Navigate(base), press, chromedp.WaitVisible(chromedp.CSS(`.govuk-error-summary`)))
	if err != nil {
		t.Fatal(err)
	}
	title := must(t, ctx, chromedp.Title())
	focused := must(t, ctx, chromedp.Evaluate[string](`document.activeElement.className`))
	err = chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS(`#parcel`), "99-999-001-001"), chromedp.Click(chromedp.CSS(`.languages button[value=kk]`)),
		chromedp.WaitVisible(chromedp.CSS(`html[lang=kk] #parcel`)))
	if err != nil {
		t.Fatal(err)
	}
	value := must(t, ctx, chromedp.Value(chromedp.CSS(`#parcel`)))
	lang := must(t, ctx, chromedp.Evaluate[string](`document.documentElement.lang`))
	if err := chromedp.Do(ctx, press, chromedp.WaitVisible(chromedp.CSS(`#load`))); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(`.govuk-back-link`)), chromedp.WaitVisible(chromedp.CSS(`#parcel`))); err != nil {
		t.Fatal(err)
	}
	if again := must(t, ctx, chromedp.Value(chromedp.CSS(`#parcel`))); again != "99-999-001-001" {
		t.Errorf("after Back: %q", again)
	}
	if !strings.HasPrefix(title, "Ошибка:") || !strings.Contains(focused, "govuk-error-summary") {
		t.Errorf("after an empty answer: title %q, focus on %q", title, focused)
	}
	if value != "99-999-001-001" || lang != "kk" {
		t.Errorf("after the switch: %q in %q", value, lang)
	}
}

// An officer walks through the list with j and k; the focus is on the case, so
// that Enter opens it.
func TestKeysOfTheDesk(t *testing.T) {
	ctx := browser(t, 40*time.Second)
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	const press = `(k => { document.body.dispatchEvent(new KeyboardEvent('keydown', {key: k, bubbles: true})); return document.activeElement.textContent })`
	if err := chromedp.Do(ctx, as("surveyor", server.URL), chromedp.Navigate(server.URL+"/kk/desk"), chromedp.WaitVisible(chromedp.CSS(`[data-rows]`))); err != nil {
		t.Fatal(err)
	}
	first := must(t, ctx, chromedp.Evaluate[string](press+`('j')`))
	second := must(t, ctx, chromedp.Evaluate[string](press+`('о')`))
	back := must(t, ctx, chromedp.Evaluate[string](press+`('k')`))
	if !strings.HasPrefix(first, "AQ-") || second == first || back != first {
		t.Errorf("j, j, k went to %q, %q, %q", first, second, back)
	}
}
