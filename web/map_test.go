package web

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A map is moved and enlarged by its buttons, by keys and by the mouse, and no
// drag follows a link; a ticket of a shared screen prints alone.
func TestMapAndTicketInTheBrowser(t *testing.T) {
	ctx := browser(t, 4*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/ru/capacity"), chromedp.WaitVisible(chromedp.CSS(`[data-map-do=in]`))); err != nil {
		t.Fatal(err)
	}
	steps := must(t, ctx, chromedp.Evaluate[[]string](`(() => {
		const svg = document.querySelector('.map__svg'), seen = []
		const see = (what, does) => { const was = svg.getAttribute('viewBox'); does(); if ((svg.getAttribute('viewBox') !== was) !== !what.startsWith('not ')) seen.push(what) }
		const key = (k) => svg.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true }))
		const mouse = (on, type, x, y) => on.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, button: 0, bubbles: true }))
		const wheel = (ctrlKey) => svg.dispatchEvent(new WheelEvent('wheel', { deltaY: -1, ctrlKey, clientX: 300, clientY: 300, bubbles: true, cancelable: true }))
		see('not moved while all of it is seen', () => key('ArrowRight'))
		see('enlarged by +', () => key('+'))
		see('moved by an arrow', () => key('ArrowRight'))
		see('dragged', () => { mouse(svg, 'pointerdown', 200, 200); mouse(window, 'pointermove', 150, 180); mouse(window, 'pointerup', 150, 180) })
		see('not a link after a drag', () => { const a = svg.querySelector('a'); if (!a) seen.push('no link'); else if (a.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))) seen.push('a drag follows a link') })
		see('not enlarged by the wheel alone', () => wheel(false))
		see('enlarged by Ctrl and the wheel', () => wheel(true))
		see('diminished by a button', () => document.querySelector('[data-map-do=out]').click())
		see('whole by 0', () => key('0'))
		const box = svg.viewBox.baseVal
		if (box.x !== 0 || box.y !== 0) seen.push('not the whole')
		return seen
	})()`))
	if len(steps) > 0 {
		t.Errorf("the map: %v", steps)
	}

	kiosk := chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "aiqyn-kiosk", Value: "1", URL: server.URL})
		return err
	})
	if err := chromedp.Do(ctx, as("applicant", server.URL), kiosk, chromedp.Navigate(server.URL+"/ru/cases/AQ-OPEN-0001/filed"), chromedp.WaitVisible(chromedp.CSS(`.ticket .qr`)), media("print")); err != nil {
		t.Fatal(err)
	}
	printed := must(t, ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll('main > :not(.ticket), .ticket button, .kiosk-bar, nav, footer')]
		.filter(e => e.checkVisibility() && e.getBoundingClientRect().height > 0).map(e => e.outerHTML.slice(0, 90))`))
	if len(printed) > 0 {
		t.Errorf("printed beside the ticket: %v", printed)
	}
	if shown := must(t, ctx, chromedp.Evaluate[bool](`['.ticket .reference', '.ticket .qr'].every(s => document.querySelector(s)?.checkVisibility())`)); !shown {
		t.Error("the ticket is printed without its number or its code")
	}
}
