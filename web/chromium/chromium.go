// Package chromium is a headless Chromium for tests: it is found and started, and does
// what a person does in front of a page. Tests of any room walk with it.
package chromium

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// TB is what [Start] needs of a test.
type TB interface {
	Helper()
	Cleanup(func())
	Fatal(...any)
	Skip(...any)
}

// Start starts a browser that lives until the test ends, and that may be used within
// limit. Where there is none the test is skipped; where CI=true it fails.
func Start(t TB, limit time.Duration, more ...chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no chromium, and CI must have one")
		}
		t.Skip("no chromium on this machine: pages are not looked at")
	}
	// Without allow-pre-commit-input a browser drops what is clicked and typed on a
	// page before it has first been painted, which on a loaded machine is late. A page
	// that scrolls smoothly is not where it was when a click was aimed at it.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("allow-pre-commit-input", true), chromedp.Flag("force-prefers-reduced-motion", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(options, more...)...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as this context
		t.Fatal(err)
	}
	ctx, timeout := context.WithTimeout(ctx, limit)
	t.Cleanup(timeout)
	return ctx
}

// Press clicks the first of what is selected, and waits for the page to which that
// leads.
func Press(ctx context.Context, selector string) error {
	for range 3 { // the browser may lose a click on a page that it is still laying out; people press again
		limited, stop := context.WithTimeout(ctx, 20*time.Second)
		_, err := chromedp.RunResponse(limited, chromedp.Click(chromedp.CSS(selector)))
		stop()
		if err == nil {
			return nil
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("press %s: %w", selector, err)
		}
	}
	return fmt.Errorf("press %s: nothing came of it", selector)
}

// Enter replaces what a field holds, by the keyboard.
func Enter(ctx context.Context, selector, text string) error {
	holds := ""
	for range 3 { // people see what they have typed, and type again
		err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).select()`, selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
		if err != nil {
			return fmt.Errorf("enter %s: %w", selector, err)
		}
		if holds, err = chromedp.Run(ctx, chromedp.Value(chromedp.CSS(selector))); err != nil || holds == text {
			return err
		}
	}
	return fmt.Errorf("%s holds %q, and %q was typed", selector, holds, text)
}

// Becomes waits for a condition to hold on the page that is open: it is given ten
// seconds, and no more.
func Becomes(ctx context.Context, what, script string) error {
	wait := func(p *runtime.EvaluateParams) { yes := true; p.AwaitPromise = &yes }
	ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise(done => { let n = 0; const look = () => `+script+` ? done(true) : n++ > 200 ? done(false) : setTimeout(look, 50); look() })`, wait))
	if err == nil && !ok {
		err = errors.New("it does not come to hold that " + what)
	}
	return err
}
