package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"aiqyn"
	"aiqyn/store"
	"aiqyn/web/chromium"
)

// townspeople are people before a demonstration that is served, one after another in the
// same browser.
type townspeople struct {
	*testing.T
	ctx     context.Context
	origin  string // of the site, by the way that may be cut
	dir     string // of the demonstration
	way     *cutting
	cast    cast
	clock   *movedClock
	nca     *ncalayer
	builder shownPersona
	parcel  string

	ref       string         // of the application that they are about
	applicant aiqyn.PersonID // who signed it
	drawn     string         // the officer who goes on with it, by telephone
	photo     []byte         // the first photograph of its survey
}

// walked has people go through a demonstration as it is served, with a real browser: an
// application is signed with NCALayer at a shared screen that then forgets who was there,
// a clerk is let read a fact by a one-time code, the officer whom chance drew sends
// photographs over a connection that breaks, and their owner reads them back. The stories
// that follow find the log sound: what they copy is this demonstration.
func walked(t *testing.T, dir, addr string) {
	v := &townspeople{T: t, ctx: chromium.Start(t, 5*time.Minute, chromedp.Flag("ignore-certificate-errors", true)), dir: dir, clock: new(movedClock)}
	v.meetDemo(addr)
	v.atASharedScreen()
	v.readingWithConsent()
	v.survey()
	v.decision()
	v.ownersCase()
}

// meetDemo reads whom the demonstration has, and lays the way to it.
func (v *townspeople) meetDemo(addr string) {
	v.Helper()
	db, err := store.Open(v.Context(), "sqlite:"+databaseFile(v.dir), store.Options{ReadOnly: true})
	if err != nil {
		v.Fatal(err)
	}
	defer db.Close()
	if v.cast, err = readCast(v.Context(), db); err != nil {
		v.Fatal(err)
	}
	if err := v.clock.load(v.Context(), db); err != nil {
		v.Fatal(err)
	}
	v.builder = v.persona("A builder with power nearby")
	v.parcel = regexp.MustCompile(`parcel ([0-9-]+)`).FindStringSubmatch(v.builder.Try.EN)[1]
	target, err := url.Parse("http://" + addr)
	if err != nil {
		v.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }
	v.way = &cutting{Handler: proxy}
	server := httptest.NewServer(v.way)
	v.Cleanup(server.Close)
	v.origin = server.URL
	v.nca = &ncalayer{authority: v.dir, at: v.clock.now, asked: make(chan ncaAsked, 10), person: func(doc signedDocument) (aiqyn.PersonID, bool) {
		if doc.Act == "file" {
			v.applicant = doc.Applicant
			return doc.Applicant, doc.Applicant != ""
		}
		who, ok := v.cast.Persons[doc.Officer]
		return who, ok
	}}
}

func (v *townspeople) persona(title string) shownPersona {
	v.Helper()
	i := slices.IndexFunc(v.cast.Personas, func(p shownPersona) bool { return p.Title.EN == title })
	if i < 0 {
		v.Fatalf("nobody is %s", title)
	}
	return v.cast.Personas[i]
}

// do does what a person does, in order; what does not come about is told with the page.
func (v *townspeople) do(steps ...func(context.Context) error) {
	v.Helper()
	for i, step := range steps {
		limited, stop := context.WithTimeout(v.ctx, time.Minute)
		err := step(limited)
		stop()
		if err != nil {
			at, _ := chromedp.Run(v.ctx, chromedp.Location())
			text, _ := chromedp.Run(v.ctx, chromedp.Evaluate[string](`document.body.innerText`))
			v.Fatalf("step %d: %v at %s\n%.600s", i+1, err, at, text)
		}
	}
}

func press(selector string) func(context.Context) error {
	return func(ctx context.Context) error { return chromium.Press(ctx, selector) }
}

func enter(selector, text string) func(context.Context) error {
	return func(ctx context.Context) error { return chromium.Enter(ctx, selector, text) }
}

func touch(selector string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
			return fmt.Errorf("touch %s: %w", selector, err)
		}
		return nil
	}
}

// becomes is a condition, in the page's own words, that comes to hold.
func becomes(what, script string) func(context.Context) error {
	return func(ctx context.Context) error { return chromium.Becomes(ctx, what, script) }
}

func (v *townspeople) open(path string) func(context.Context) error {
	return func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(v.origin+path)) }
}

func (v *townspeople) wide(width int64) func(context.Context) error {
	return func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)) }
}

// fits is a page that is no wider than its screen.
var fits = becomes("the page fits its screen", `document.documentElement.scrollWidth <= innerWidth`)

// be goes on as somebody whom the demonstration introduces.
func (v *townspeople) be(lang aiqyn.Lang, phone string) {
	v.Helper()
	v.do(v.open("/"+string(lang)+"/demo"), press(`form:has(input[value="`+phone+`"]) button`))
}

// said is what the page says to a script, now or when it has come.
func (v *townspeople) said(script string) string {
	v.Helper()
	wait := func(p *runtime.EvaluateParams) { yes := true; p.AwaitPromise = &yes }
	limited, stop := context.WithTimeout(v.ctx, time.Minute)
	defer stop()
	text, err := chromedp.Run(limited, chromedp.Evaluate[string](script, wait))
	if err != nil {
		v.Fatalf("%s: %v", script, err)
	}
	return text
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// code is the last that came to a telephone.
func (v *townspeople) code(phone string) string {
	v.Helper()
	return sixDigits.FindString(html.UnescapeString(v.got(v.origin + "/en/demo/inbox?" + url.Values{"phone": {phone}}.Encode())))
}

// got is what an address says to whom nobody has signed in as.
func (v *townspeople) got(address string) string {
	v.Helper()
	res, err := http.Get(address)
	if err != nil {
		v.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		v.Fatalf("%s: %s, %v", address, res.Status, err)
	}
	return string(text)
}

// cutting breaks the connection of the first part of an upload on its way.
type cutting struct {
	http.Handler
	after   atomic.Int64 // bytes; 0: nothing is cut
	resumed atomic.Value // the offset at which the last part began
}

func (c *cutting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch {
		if after := c.after.Swap(0); after > 0 {
			r.Body = io.NopCloser(io.MultiReader(io.LimitReader(r.Body, after), iotest.ErrReader(io.ErrUnexpectedEOF)))
			c.Handler.ServeHTTP(httptest.NewRecorder(), r)
			c.arrived(r)
			panic(http.ErrAbortHandler) // closes the connection
		}
		c.resumed.Store(r.Header.Get("Upload-Offset"))
	}
	c.Handler.ServeHTTP(w, r)
}

// arrived waits until the server has what was let through: a browser that finds its
// connection gone tries the same at once.
func (c *cutting) arrived(part *http.Request) {
	where := part.Clone(part.Context())
	where.Method, where.Body, where.ContentLength = http.MethodHead, nil, 0
	where.Header.Del("Content-Length")
	for range 200 {
		said := httptest.NewRecorder()
		c.Handler.ServeHTTP(said, where)
		if at := said.Header().Get("Upload-Offset"); at != "" && at != "0" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// prove is the second proof, where it is asked for before what follows: the code that has
// just come.
func (v *townspeople) prove(phone, follows string) {
	v.Helper()
	v.do(becomes("the page has come", `document.querySelector('#prove, `+follows+`')`))
	if v.said(`document.querySelector('#prove #code') ? 'asked' : ''`) != "" {
		v.do(enter(`#code`, v.code(phone)), press(`#prove .button`))
	}
}

// sign signs with NCALayer what the page shows.
func (v *townspeople) sign(lang aiqyn.Lang) {
	v.Helper()
	// The page is gone as soon as the program has answered: a click of the mouse may wait
	// for its end there for ever.
	v.do(fits, becomes("it is asked", `(setTimeout(() => document.querySelector('[data-ncalayer] button').click()), true)`))
	v.asks(lang)
	v.do(func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.WaitNotPresent(chromedp.CSS(`[data-ncalayer]`)))
	})
}

// asks holds that the page asked for a signature as the program wants to be asked.
func (v *townspeople) asks(lang aiqyn.Lang) {
	v.Helper()
	var asked ncaAsked
	select {
	case asked = <-v.nca.asked:
	case <-time.After(time.Minute):
		v.Fatalf("NCALayer is asked nothing at %s", v.said(`location.href`))
	}
	if asked.Module != "kz.gov.pki.knca.basics" || asked.Method != "sign" || asked.Args.Format != "cms" || asked.Args.Locale != string(lang) {
		v.Errorf("asked %+v", asked)
	}
}
