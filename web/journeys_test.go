package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"aiqyn"
	"aiqyn/casework"
)

// journey is what somebody comes for, from the first page to the last.
type journey struct {
	name, as string
	steps    []step
}

// withAndWithout is walked with a script and without, always.
const withAndWithout = "apply"

const goOn = "main form .button"

var journeys = []journey{
	{"find a service and read what it takes", "", []step{
		open("/"), enter("#q", "электр"), press(".search .button"), at("/services"), see(".card .facts"),
		press(".card a"), see(".facts", ".law", "a.button"), press("main a.button"), at("/sign-in"),
	}},
	{"sign in", "", []step{
		open("/cases"), at("/sign-in"), press(goOn), mistaken(), enter("#phone", "8 701 000 00 01"), press(goOn),
		at("/sign-in/code"), enter("#code", "000000"), press(goOn), mistaken(), enter("#code", "123456"), press(goOn), at("/cases"),
	}},
	{"apply", "applicant", []step{
		open("/services/energy.connection"), press("main a.button"), at("/apply/energy.connection"),
		see(".tag--todo"), holds("4: what cannot start yet is no link", `!document.querySelector('.govuk-task-list__item:last-child a')`),
		press("main a.button"), oneQuestion(), press(goOn), mistaken(), enter("#parcel", "99-999-001-001"), press(goOn),
		at("/apply/energy.connection/questions/load"), oneQuestion(), enter("#load", "много"), press(goOn), mistaken(),
		holds("13: what was typed is kept", `document.querySelector('#load').value === 'много'`),
		open("/apply/energy.connection"), see(".tag--good", ".tag--warn", ".tag--todo"),
		open("/apply/energy.connection/questions/load"), enter("#load", "15"), switched("#load", "15"), offline(), press(goOn),
		press(".govuk-back-link"), holds("3: Back keeps the answer", `document.querySelector('#load').value === '15'`), press(goOn),
		otherDevice(), rest(), at("/apply/energy.connection/check"), changes(),
		lost(), sendTwice(), at("/cases/AQ-OPEN-0001/filed"), see(".reference", ".clock h2", `a[href*="/receipts/"]`, "main h2"), sent[casework.File](1),
		reload(), sent[casework.File](1), press("main .actions .button"), at("/cases/AQ-OPEN-0001"),
	}},
	{"follow a case and prove it", "applicant", []step{
		open("/cases"), see(".list__files a"), press("th a[data-row]"), see(".tag"), open("/cases/AQ-OPEN-0001"),
		see(".clock h2", ".clock p", ".clock summary", ".timeline__next"), touch(".clock summary"), see(".clock li"),
		holds("7: every event has its time and who acted", `[...document.querySelectorAll('.timeline li:not(.timeline__next)')].every(e => e.querySelector('time[datetime]') && e.querySelector('p').textContent.includes('·'))`),
		press(".timeline a"), see(".document", "a[download], a[href$='/file']"),
		open("/cases/AQ-STIL-0001"), holds("8: a pause says why", `document.querySelector('.clock--still p').textContent.length > 20`),
		open("/verify"), press(goOn), mistaken(), enter("#receipt", "{}"), press(goOn), see("main > .columns .panel"),
	}},
	{"answer before a refusal", "applicant", []step{
		open("/cases/AQ-HEAR-0001"), see(".panel--warn .law"), press(".actions a[href$='/object']"), says[casework.Object](".button"), at("/cases/AQ-HEAR-0001"),
	}},
	{"appeal against a refusal", "applicant", []step{
		open("/cases/AQ-REFU-0001"), see(".panel--bad strong", ".panel--bad .law"), holds("9: reason, what to fix, law and until when", `document.querySelectorAll('.panel--bad p').length >= 4`),
		press(".actions a[href$='/appeal']"), says[casework.Appeal](".button"),
	}},
	{"let somebody act for one", "applicant", []step{
		open("/account/mandates"), press("main p > a.button"), at("/account/mandates/new"), press(goOn), mistaken(),
		enter("#to", "990731799995"), touch("main .govuk-radios__item:first-child label"), enter("#until-day", "3"), enter("#until-month", "2"), enter("#until-year", "2027"),
		press(goOn), at("/account/mandates"), sent[casework.GiveMandate](1),
	}},
	{"have an error corrected", "applicant", []step{
		open("/cases/AQ-CORR-0002"), press(".actions a[href$='/correct']"), touch("main .govuk-radios__item:first-child label"),
		enter("textarea", "Фотодан көрінеді."), press(goOn), sent[casework.AskCorrection](1),
	}},
	{"withdraw", "applicant", []step{open("/cases/AQ-OPEN-0001"), press(".actions a[href$='/withdraw']"), press(".button--danger"), sent[casework.Withdraw](1)}},
	{"see who has read, what was sent, and choose how", "applicant", []step{
		open("/account"), press("a[href$='/account/readings']"), see("tbody tr"), open("/account"), press("a[href$='/account/messages']"), see("tbody tr .tag"),
		open("/account"), press("main a[href$='/account/contact']"), touch("#channel ~ label, label[for=channel]"), press(goOn),
	}},
	{"an officer's inbox and survey", "surveyor", []step{
		open("/desk"), see("tbody tr .left"), press("tbody a[data-row]"), open("/desk/AQ-OPEN-0001"), found("measured-load"), press(".document button:not([type])"), mistaken(), found(""), enter("#measured-load", "20"), press(".document button:not([type])"), sent[casework.Perform](1), open("/desk/AQ-OPEN-0001"),
		touch("details:has([action$='/open']) summary"), see("[action$='/open'] .govuk-radios"), touch("[action$='/open'] .govuk-radios__item:first-child label"), press("[action$='/open'] .button"),
		sent[casework.OpenPersonal](1),
	}},
	{"grant, and refuse with a reason", "engineer", []step{
		open("/desk/AQ-DECI-0001"), see(".button[value=refuse][disabled]"), press(".button[value=grant]"), sent[casework.Decide](1),
		open("/desk/AQ-DECI-0002"), see(".button[value=grant][disabled]"), touch(".govuk-radios__item:has(input:not([disabled])) label"), press(".button--danger"), sent[casework.Decide](2),
	}},
	{"decide an appeal", "appeals", []step{open("/desk/AQ-APPE-0001"), found("ground"), press(".document .button"), mistaken(), found(""), touch(".document .govuk-radios__item:first-child label"),
		enter("#ground", "Құқығы тіркелген."), press(".document .button"), sent[casework.DecideAppeal](1)}},
	{"publish rules", "publisher", []step{open("/office"), press("main a[href$='/office/publish']"), press(goOn), mistaken()}},
	{"keep the rosters", "registrar", []step{open("/office"), press("main a[href$='/office/rosters']"), press("main a[href$='/office/rosters/surveyor/utility']"), press("main a[href*='/office/enrol?']"), press(goOn), mistaken()}},
	{"confirm what needs two", "custodian", []step{open("/office"), press("main .card .button, main a.button, main form .button")}},
	{"attest an audit", "auditor", []step{open("/office"), press("main a[href$='/office/attest']"), press(goOn), mistaken()}},
	{"watch", "overseer", []step{open("/office"), press("main a[href$='/office/hold']"), found("ref"), press(goOn), mistaken(), found(""), enter("#ref", "AQ-OPEN-0001"), press(goOn), sent[casework.Hold](1)}},
	{"operate", "operator", []step{open("/office"), open("/operate/letters"), press("tbody .button"), sent[casework.Resend](1), press("a[href$='/operate/jobs']"), see("tbody tr")}},
	{"read what is public", "", []step{
		open("/capacity"), openData(), enter("#name", "none"), press(".filter .button"), see(".empty"), press(".empty .button"), press("tbody a"), see("main .bar"),
		open("/ledger"), open("/ledger/entries"), see("a[href*='.csv']", "a[href*='.xlsx']"), press("tbody a"), see("main .govuk-summary-list"),
		open("/figures"), openData(), open("/releases"), see("tbody tr"), open("/certificates"), press("main a.button"), press(goOn), mistaken(), open("/policy"), see("tbody tr"),
	}},
}

// byKeyboard is checkable 14 on one page: Tab reaches all that can be pressed,
// in the order of the page, and leaves it again.
func (w *walk) byKeyboard() error {
	const order = `[...document.querySelectorAll('a[href]:not([tabindex="-1"]), button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter(e => e.checkVisibility() && !e.disabled && !(e.type === 'radio' && (e.form ?? document).querySelector('[type=radio][name="' + e.name + '"]') !== e))`
	if err := becomes("14: the map that moves has come", `[...document.querySelectorAll('[data-live]')].every(e => e.querySelector('canvas[role]') && !e.querySelector('[aria-busy]'))`)(w); err != nil {
		return err
	}
	want, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](`(window.order = `+order+`, document.activeElement.blur(), order.length)`))
	if err != nil {
		return err
	}
	for i, parts := 0, 0; i < want; i++ {
		if err := chromedp.Do(w.ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			return err
		}
		on, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](`order.findIndex(e => e === document.activeElement || e.type === 'radio' && e.form === document.activeElement.form && e.name === document.activeElement.name)`))
		if err != nil {
			return err
		}
		if parts++; on == i-1 && parts < 8 { // a date has a stop for day, month, year, hour, minute, half of the day and its calendar
			i--
			continue
		}
		parts = 0
		if on != i {
			return fmt.Errorf("14: Tab number %d reaches number %d of %d", i, on, want)
		}
	}
	return nil
}

// on walks a journey on a screen of a width, and within minutes.
func (w *walk) on(t *testing.T, j journey, width int64) {
	b := w.tab
	limited, stop := context.WithTimeout(b.ctx, 2*time.Minute)
	defer stop()
	w.tab = &tab{ctx: limited}
	err := chromedp.Do(limited, chromedp.EmulateViewport(width, 800),
		call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !w.script}))
	if err == nil {
		err = w.goes(j)
	}
	if err != nil {
		t.Error(err)
	}
	for _, wrong := range b.heard() {
		t.Error(wrong)
	}
}

// goes walks a journey on a fresh desk.
func (w *walk) goes(j journey) error {
	w.f.mu.Lock()
	w.f.fail, w.f.sent, w.f.drafts, w.f.done = nil, nil, map[string]map[string]string{}, map[aiqyn.CommandID]casework.Result{}
	w.f.mu.Unlock()
	if err := chromedp.Do(w.ctx, as(j.as, w.origin)); err != nil {
		return err
	}
	for i, s := range j.steps {
		if err := s(w); err != nil {
			here, _ := chromedp.Run(w.ctx, chromedp.Location())
			return fmt.Errorf("step %d at %s: %w", i+1, strings.TrimPrefix(here, w.origin), err)
		}
	}
	return nil
}

// TestJourneys walks every journey, with a script and without, in each language,
// on screens of 320, 360 and 1280 px. With AIQYN_SOAK it walks every combination.
// Else each journey is walked twice: in two languages, at two widths, with a script and
// without.
func TestJourneys(t *testing.T) {
	ctx := browser(t, 40*time.Minute)
	f := newFake(t)
	var site atomic.Pointer[Server] // a fresh one for each walk: how much one address may send is counted
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { site.Load().ServeHTTP(w, r) }))
	defer server.Close()
	every := os.Getenv("AIQYN_SOAK") != ""
	only := os.Getenv("AIQYN_PICTURES_OF")
	b := newTab(t, ctx)
	widths := []int64{320, 360, 1280}
	keepingFiles(t, f)
	f.pages, f.provider = server.URL, server.URL+"/oidc/callback?code=vouched&state=s"
	for n, j := range slices.Concat(journeys, moreJourneys) {
		if !strings.Contains(j.name, only) {
			continue
		}
		for l, lang := range aiqyn.Langs {
			for at, width := range widths {
				for _, script := range []bool{true, false} {
					if !every && (l == n%3 || at != (l+n)%3 || script != (l == (n+1)%3) && j.name != withAndWithout) {
						continue
					}
					site.Store(newServer(t, f, nil))
					w := &walk{tab: b, origin: server.URL, lang: lang, script: script, f: f}
					t.Run(fmt.Sprintf("%s, %s, %d px, script %v", j.name, lang, width, script), func(t *testing.T) { w.on(t, j, width) })
				}
			}
		}
	}
}

// TestKeyboard walks pages with the Tab key alone: some, each in another language and at
// another width, and with AIQYN_SOAK every page that there is, in each.
func TestKeyboard(t *testing.T) {
	ctx := browser(t, 40*time.Minute)
	server := httptest.NewServer(newServer(t, newFake(t), nil))
	defer server.Close()
	b := newTab(t, ctx)
	pages := []struct{ as, path string }{
		{"", "/"}, {"", "/services/energy.connection"}, {"", "/capacity"}, {"", "/verify"}, {"applicant", "/apply/energy.connection/questions/category"},
		{"applicant", "/cases/AQ-HEAR-0001"}, {"surveyor", "/desk"}, {"engineer", "/desk/AQ-DECI-0002"}, {"overseer", "/office/hold"}, {"reader", "/facts"},
	}
	every := os.Getenv("AIQYN_SOAK") != ""
	if every {
		pages = screens
	}
	for n, page := range pages {
		for l, lang := range aiqyn.Langs {
			if !every && l != n%3 || !strings.Contains(page.path, os.Getenv("AIQYN_PICTURES_OF")) {
				continue
			}
			w := &walk{tab: b, origin: server.URL, lang: lang, script: true}
			err := chromedp.Do(b.ctx, as(page.as, server.URL), chromedp.EmulateViewport([]int64{360, 1280, 320}[(n+l)%3], 800))
			if err == nil {
				err = open(page.path)(w)
			}
			if err == nil {
				err = w.byKeyboard()
			}
			if err != nil {
				t.Errorf("%s, %s: %v", page.path, lang, err)
			}
		}
	}
}
