package web

import (
	"context"
	_ "embed"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"aiqyn"
)

//go:embed testdata/checkables.js
var checkables string

// browserTools is where make test puts what looks at pages and is not ours.
const browserTools = "../.build/browser/node_modules"

// axeCore reads the engine of accessibility checks, or skips where it was not
// installed.
func axeCore(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(browserTools, "axe-core", "axe.min.js"))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no axe-core, and CI must have it: ", err)
		}
		t.Skip("axe-core is not installed: run .ci/tools")
	}
	return string(source)
}

// tab is one page of a browser of its own: cookies and storage are not shared.
type tab struct {
	ctx  context.Context
	mu   sync.Mutex
	said []string // what the browser complained about
}

func newTab(t *testing.T, ctx context.Context) *tab {
	t.Helper()
	own, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{ctx: own}
	if err := chromedp.Do(own, call(cdplog.Enable, cdp.Empty{})); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(own, b.hear); err != nil {
		t.Fatal(err)
	}
	return b
}

// hear keeps what breaks the page's policy or its script.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == "error" && !strings.Contains(e.Entry.Text, "the server responded with a status of") {
			b.said = append(b.said, "console: "+e.Entry.Text)
		}
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, "console: "+e.ExceptionDetails.Text)
	}
}

func (b *tab) heard() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.said
	b.said = nil
	return said
}

// call is one command of the browser's protocol.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}

// media shows the page as on paper, or to those who prefer something.
func media(kind string, features ...*emulation.MediaFeature) chromedp.Action[chromedp.Void] {
	return call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind, Features: features})
}

// find evaluates functions of checkables.js and collects what they find wrong.
func (b *tab) find(script string) ([]string, error) {
	wait := func(p *runtime.EvaluateParams) { yes := true; p.AwaitPromise = &yes }
	return chromedp.Run(b.ctx, chromedp.Evaluate[[]string]("(async () => {"+checkables+"; return ["+script+"].flat() })()", wait))
}

// citizens reports whether a page is one that a citizen sees, whose weight is bounded.
func citizens(path string) bool {
	for _, dense := range []string{"/desk", "/demo", "/office", "/operate", "/design"} {
		if strings.HasPrefix(path, dense) {
			return false
		}
	}
	return true
}

// onPaper are the pages that people print.
func onPaper(path string) bool {
	return strings.HasPrefix(path, "/cases/") || path == "/figures" || path == "/capacity/scorecard"
}

// inspect looks at one page at the three widths, at twice the size of text, on
// paper, and with axe by day and, if dark is set, in the dark where axe is given.
func (b *tab) inspect(url, lang, path, axe string, narrow, dark bool) (found []string, err error) {
	width := func(w int64) chromedp.Action[chromedp.Void] { return chromedp.EmulateViewport(w, 800) }
	look := func(script string, before ...chromedp.Action[chromedp.Void]) {
		if err != nil {
			return
		}
		if err = chromedp.Do(b.ctx, before...); err != nil {
			return
		}
		var wrong []string
		wrong, err = b.find(script)
		found = append(found, wrong...)
	}
	bytes := 180 << 10
	if citizens(path) {
		bytes = 60 << 10
	}
	look(fmt.Sprintf("structure(), language(%q), reflow('15'), weight(%d, 7), await shift(), columns()", lang, bytes), width(1280), chromedp.Navigate(url))
	look("reflow('15'), sizes(24)", width(360))
	look("reflow('15'), sizes(24), focus()", width(320))
	if axe != "" {
		if !narrow {
			look("", width(1280))
		}
		look("await axeRun()", chromedp.Evaluate[chromedp.Void](axe))
		if dark {
			look("await axeRun('color-contrast')", media("screen", &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"}))
			look("", media(""))
		}
	}
	look("(document.documentElement.style.fontSize = '200%', reflow('15 at twice the text'))", width(640))
	if onPaper(path) {
		look("(document.documentElement.style.fontSize = '', print())", width(760), media("print"))
		look("", media(""))
	}
	return append(found, b.heard()...), err
}

// TestCheckables looks at every page with the eyes of a browser: the checkables
// that a page can show by itself, its weight, what axe finds, and that nothing
// breaks the page's own policy. Widths are 1280, 360 and 320 px. Each page is looked at in one language in turn, and with
// AIQYN_SOAK in every one; by axe at the narrow or the wide page, and each second one in
// the dark too: what is dark is of one sheet for all.
func TestCheckables(t *testing.T) {
	axe := axeCore(t)
	ctx := browser(t, 40*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), someDemo()))
	defer server.Close()
	type job struct {
		lang   aiqyn.Lang
		screen int
	}
	jobs := make(chan job)
	only, soak := os.Getenv("AIQYN_PICTURES_OF"), os.Getenv("AIQYN_SOAK") != ""
	go func() {
		defer close(jobs)
		for i := range screens {
			for nth, lang := range aiqyn.Langs {
				if (soak || only != "" || nth == i%3) && strings.Contains(screens[i].path, only) {
					jobs <- job{lang, i}
				}
			}
		}
	}()
	var wg sync.WaitGroup
	for range 2 {
		b := newTab(t, ctx)
		wg.Go(func() {
			for j := range jobs {
				screen, nth := screens[j.screen], slices.Index(aiqyn.Langs, j.lang)
				path := "/" + string(j.lang) + screen.path
				err := chromedp.Do(b.ctx, as(screen.as, server.URL))
				var found []string
				if err == nil {
					found, err = b.inspect(server.URL+path, string(j.lang), screen.path, axe, (j.screen/3+nth)%2 == 0, soak || j.screen%2 == 0)
				}
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				slices.Sort(found)
				for _, wrong := range slices.Compact(found) {
					if screen.path == "/design" && strings.HasPrefix(wrong, "axe landmark-unique") {
						continue // it shows one component several times
					}
					t.Errorf("%s as %q: %s", path, screen.as, wrong)
				}
			}
		})
	}
	wg.Wait()
}
