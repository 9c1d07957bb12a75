package web

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"aiqyn"
)

// columns names what stands out of its column, beyond what may be scrolled in it.
const columns = `(() => {
	const main = document.querySelector('main'), right = main ? main.getBoundingClientRect().right : document.documentElement.clientWidth
	return [...document.querySelectorAll('main table')]
		.filter((e) => e.checkVisibility() && !e.closest('.table-scroll, .govuk-visually-hidden') && e.getBoundingClientRect().right > right + 1)
		.slice(0, 2).map((e) => e.tagName + '.' + e.className + ' ' + e.innerText.slice(0, 60)).join('; ')
})()`

// TestNothingStandsOutOfItsColumn: on a wide screen no table or list of any page is
// wider than the column that it stands in, in any language: headings are words, which
// are longer in one than in another.
func TestNothingStandsOutOfItsColumn(t *testing.T) {
	ctx := browser(t, 10*time.Minute)
	handler := newServer(t, newFake(t), someDemo())
	server := httptest.NewServer(handler)
	defer server.Close()
	looked := 0
	for _, lang := range aiqyn.Langs {
		for _, screen := range screens {
			if page := ask(handler, screen.as, "/"+string(lang)+screen.path, nil).Body.String(); !strings.Contains(page, "<table") || strings.Contains(screen.path, "map") {
				continue // nothing in it that makes itself wide; a map is drawn, not laid out
			}
			if err := chromedp.Do(ctx, as(screen.as, server.URL), chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/"+string(lang)+screen.path)); err != nil {
				t.Fatalf("%s: %v", screen.path, err)
			}
			looked++
			if out := must(t, ctx, chromedp.Evaluate[string](columns)); out != "" {
				t.Errorf("%s%s as %q: %s", lang, screen.path, screen.as, out)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d pages with tables were looked at", looked)
	}
}
