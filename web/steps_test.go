package web

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/chromium"
)

// walk is one journey being walked: in one language, on a screen of one width,
// with the page's script or without.
type walk struct {
	*tab
	origin string
	lang   aiqyn.Lang
	script bool
	f      *fake
}

// step is one thing that a person does, or sees.
type step func(*walk) error

// open goes to a page. A file that has just begun to come, and is no page, may end the
// browser's next way before it has begun: it goes again.
func open(path string) step {
	return func(w *walk) (err error) {
		for range 3 {
			err = chromedp.Do(w.ctx, chromedp.Navigate(w.origin+"/"+string(w.lang)+path))
			if err == nil || !strings.Contains(err.Error(), "net::ERR_ABORTED") {
				return err
			}
		}
		return err
	}
}

// press clicks the first of what is selected, and waits for the page to which
// that leads.
func press(selector string) step {
	return func(w *walk) error { return chromium.Press(w.ctx, selector) }
}

// touch clicks what leads to no other page: a radio, a summary.
func touch(selector string) step {
	return func(w *walk) error { return chromedp.Do(w.ctx, chromedp.Click(chromedp.CSS(selector))) }
}

// enter replaces what a field holds, by the keyboard.
func enter(selector, text string) step {
	return func(w *walk) error { return chromium.Enter(w.ctx, selector, text) }
}

// see holds that each of what is selected is on the page, or comes to be while one looks.
func see(selectors ...string) step {
	return func(w *walk) error {
		for _, selector := range selectors {
			script := fmt.Sprintf(`[...document.querySelectorAll(%q)].filter(e => e.checkVisibility()).length`, selector)
			for looked := 0; ; looked++ {
				n, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](script))
				if err != nil {
					return err
				}
				if n > 0 {
					break
				}
				if looked == 100 {
					return fmt.Errorf("no %s on the page", selector)
				}
				time.Sleep(50 * time.Millisecond)
			}
		}
		return nil
	}
}

// holds is a condition in the page's own words.
func holds(what, script string) step {
	return func(w *walk) error {
		ok, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](script))
		if err == nil && !ok {
			err = errors.New("it does not hold that " + what)
		}
		return err
	}
}

// at holds where the journey has come to.
func at(path string) step {
	return func(w *walk) error {
		here, err := chromedp.Run(w.ctx, chromedp.Location())
		if err != nil {
			return err
		}
		u, err := url.Parse(here)
		if err == nil && u.Path != "/"+string(w.lang)+path {
			err = fmt.Errorf("at %s, not at %s", u.Path, path)
		}
		return err
	}
}

// mistaken is checkable 13: the summary on top has the focus where there is a
// script, each of its links leads to a field, the title says so first.
func mistaken() step {
	return func(w *walk) error {
		begin := map[aiqyn.Lang]string{aiqyn.Kazakh: "Қате:", aiqyn.Russian: "Ошибка:", aiqyn.English: "Error:"}[w.lang]
		err := all(see(".govuk-error-summary a"),
			holds("13: the title begins with the error", fmt.Sprintf(`document.title.startsWith(%q)`, begin)),
			holds("13: each error leads to a field", `[...document.querySelectorAll('.govuk-error-summary a')].every(a => document.getElementById(a.hash.slice(1)))`))(w)
		if err == nil && w.script {
			err = holds("13: the summary has the focus", `document.activeElement.classList.contains('govuk-error-summary')`)(w)
		}
		return err
	}
}

// all does steps in order.
func all(steps ...step) step {
	return func(w *walk) error {
		for _, s := range steps {
			if err := s(w); err != nil {
				return err
			}
		}
		return nil
	}
}

// scripted is what only a script gives.
func scripted(s step) step {
	return func(w *walk) error {
		if !w.script {
			return nil
		}
		return s(w)
	}
}

// sent holds how many commands of a kind the engine got so far.
func sent[C any](times int) step {
	return func(w *walk) error {
		w.f.mu.Lock()
		defer w.f.mu.Unlock()
		n := 0
		for _, c := range w.f.sent {
			if _, ok := c.(C); ok {
				n++
			}
		}
		if n != times {
			return fmt.Errorf("%d commands %T, not %d", n, *new(C), times)
		}
		return nil
	}
}

// found lets the engine find fault with a field of the next command, or not.
func found(field string) step {
	return func(w *walk) error {
		w.f.mu.Lock()
		defer w.f.mu.Unlock()
		w.f.fail = nil
		if field != "" {
			w.f.fail = aiqyn.E(aiqyn.Invalid, "error.answer-needed").On(field)
		}
		return nil
	}
}

// says types a text into the only field of a page that asks for one, after an
// empty one was refused.
func says[C any](button string) step {
	return all(press("#say "+button), mistaken(), enter("#say textarea", "Себебі бар."), press("#say "+button), sent[C](1))
}

// oneQuestion is checkable 3.
func oneQuestion() step {
	return holds("3: one question is asked", `new Set([...document.querySelectorAll('main form :is(input:not([type=hidden]), select, textarea)')].map(e => e.name)).size === 1`)
}

// switched is checkable 12: another language, then back, with the answer that
// was never sent.
func switched(field, value string) step {
	return func(w *walk) error {
		was := w.lang
		other := aiqyn.Langs[(slices.Index(aiqyn.Langs, was)+1)%len(aiqyn.Langs)]
		for _, lang := range []aiqyn.Lang{other, was} {
			w.lang = lang
			kept := holds("12: the switch keeps the answer", fmt.Sprintf(`document.documentElement.lang === %q && document.querySelector(%q).value === %q`, lang, field, value))
			if err := all(press(".languages button[value="+string(lang)+"]"), kept)(w); err != nil {
				return err
			}
		}
		return nil
	}
}

// offline is checkable 19: without a connection nothing is sent or lost.
func offline() step {
	state := func(off bool) step {
		return func(w *walk) error {
			return chromedp.Do(w.ctx, call(network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}))
		}
	}
	return scripted(all(state(true), touch(goOn), see("#offline"), holds("19: the answer stays", `document.querySelector('#load').value === '15'`), state(false),
		becomes("19: the warning goes", `document.querySelector('#offline').hidden`)))
}

// lost is the connection that breaks just when a form is sent: nothing goes out, the
// person is told, and what is sent after is sent once.
func lost() step {
	state := func(off bool) step {
		return func(w *walk) error {
			return chromedp.Do(w.ctx, call(network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}))
		}
	}
	return scripted(all(state(true), touch("main form .button"), touch("main form .button"), see("#offline"), sent[casework.File](0), state(false),
		becomes("19: the warning goes", `document.querySelector('#offline').hidden`)))
}

// becomes is a condition that comes to hold: the page is given time, and no more.
func becomes(what, script string) step {
	return func(w *walk) error { return chromium.Becomes(w.ctx, what, script) }
}

// otherDevice is checkable 1: the same answers at the same step elsewhere.
func otherDevice() step {
	return func(w *walk) error {
		own, cancel := chromedp.NewContext(w.ctx, chromedp.WithNewBrowserContext())
		defer cancel()
		there := *w
		there.tab = &tab{ctx: own}
		here, err := chromedp.Run(w.ctx, chromedp.Location())
		if err != nil {
			return err
		}
		u, err := url.Parse(here)
		if err != nil {
			return err
		}
		return all(func(w *walk) error { return chromedp.Do(w.ctx, as("applicant", w.origin)) }, open("/apply/energy.connection"),
			holds("1: two answers are there on another device", `document.querySelectorAll('.tag--good').length === 2`),
			press("main a.button"), at(strings.TrimPrefix(u.Path, "/"+string(w.lang))), // the same step
			open("/apply/energy.connection/questions/load"), holds("1: and what was answered", `document.querySelector('#load').value === '15'`))(&there)
	}
}

// rest answers whatever is still asked with its first choice.
func rest() step {
	return func(w *walk) error {
		for range 12 {
			here, err := chromedp.Run(w.ctx, chromedp.Location())
			if err != nil || !strings.Contains(here, "/questions/") {
				return err
			}
			var choice bool
			if err = oneQuestion()(w); err == nil {
				choice, err = chromedp.Run(w.ctx, chromedp.Evaluate[bool](`document.querySelector('main .govuk-radios') !== null`))
			}
			if err == nil && choice {
				err = touch("main .govuk-radios__item:first-child label")(w)
			}
			if err == nil {
				err = press(goOn)(w)
			}
			if err != nil {
				return err
			}
		}
		return errors.New("it never stops asking")
	}
}

// changes is checkable 5: every answer can be changed, and then one is back.
func changes() step {
	return all(holds("5: every answer can be changed", `document.querySelectorAll('main .govuk-summary-list__row').length === document.querySelectorAll('main .govuk-summary-list__actions a').length`),
		press("main .govuk-summary-list__actions a"), press(goOn), at("/apply/energy.connection/check"))
}

// sendTwice presses the button as an impatient person does.
func sendTwice() step {
	return func(w *walk) error {
		_, err := chromedp.RunResponse(w.ctx, chromedp.Evaluate[chromedp.Void](`(b => { b.click(); b.click() })(document.querySelector('main form .button'))`))
		return err
	}
}

func reload() step { return func(w *walk) error { return chromedp.Do(w.ctx, chromedp.Reload()) } }

// openData is checkable 20: files beside what is shown, and where it is from.
func openData() step {
	return func(w *walk) error {
		return source()(w)
	}
}
