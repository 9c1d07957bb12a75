package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiqyn"
)

// putOn puts another page, as it comes from the server, in the place of the one that is
// open, under the same style sheet: what it takes to open a page is most of the time that
// it takes to look at one.
const putOn = `await (async () => {
	const come = new DOMParser().parseFromString(await (await fetch('/other-page')).text(), 'text/html')
	if (!come.querySelector('link[href="' + document.querySelector('link[rel=stylesheet]').getAttribute('href') + '"]')) return ['another style sheet']
	document.documentElement.lang = come.documentElement.lang
	document.body.replaceWith(come.body)
	document.body.getBoundingClientRect()
	await document.fonts.ready
	return document.querySelector('main table') ? columns() : ['no table has come']
})()`

// TestNothingStandsOutOfItsColumn: on a wide screen no table or list of any page is
// wider than the column that it stands in, in any language: headings are words, which
// are longer in one than in another. Once its script has run [TestCheckables] looks at
// each page too.
func TestNothingStandsOutOfItsColumn(t *testing.T) {
	b := newTab(t, browser(t, 10*time.Minute))
	handler := newServer(t, newFake(t), someDemo())
	var page atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/other-page" {
			handler.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page.Load())
	}))
	defer server.Close()
	if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/en/policy")); err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, lang := range aiqyn.Langs {
		for _, screen := range screens {
			text := ask(handler, screen.as, "/"+string(lang)+screen.path, nil).Body.String()
			if !strings.Contains(text, "<table") || strings.Contains(screen.path, "map") {
				continue // nothing in it that makes itself wide; a map is drawn, not laid out
			}
			page.Store(text)
			out, err := b.find(putOn)
			if err != nil {
				t.Fatalf("%s: %v", screen.path, err)
			}
			looked++
			for _, wrong := range out {
				t.Errorf("%s%s as %q: %s", lang, screen.path, screen.as, wrong)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d pages with tables were looked at", looked)
	}
}
