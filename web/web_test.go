package web

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/locale"
	"aiqyn/packs"
	"aiqyn/service"
	"aiqyn/web/assets"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

func newServer(t testing.TB, engine visit.Engine, demo *Demo) *Server {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := parsedOnce()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Engine: engine, Catalogue: texts, Clock: func() time.Time { return now }, Demo: demo, pages: pages})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// parsedOnce are the pages that all servers of the tests have in common.
var parsedOnce = sync.OnceValues(func() (*ui.UI, error) {
	texts, err := locale.Load()
	if err != nil {
		return nil, err
	}
	files, err := assets.Load()
	if err != nil {
		return nil, err
	}
	return parsePages(texts, files)
})

// packOnce is the pack that all engines of the tests have in common.
var packOnce = sync.OnceValues(func() (*service.Pack, error) {
	return service.ParsePackWith(packs.Kazakhstan(), packOptions)
})

func someDemo() *Demo {
	return &Demo{
		Personas: []Persona{{Name: "Айгүл Сейітова", Title: aiqyn.Text{KK: "Ана", RU: "Мама", EN: "A mother"}, Role: aiqyn.RoleApplicant, Phone: "+77010000001",
			About: aiqyn.Text{KK: "Үйіне жарық қосады.", RU: "Подключает свет к дому.", EN: "Connects her house to the grid."}}},
		Now: func() time.Time { return now }, Advance: func(time.Duration) error { return nil },
		Bank: &fakeBank{}, Reply: func(context.Context, string, string) error { return nil },
	}
}

// ask sends one request as the one whose token it is; a form makes it a post.
func ask(s http.Handler, as, path string, form url.Values) *httptest.ResponseRecorder {
	if form != nil {
		return askAs(s, http.MethodPost, as, path, form)
	}
	return askAs(s, http.MethodGet, as, path, nil)
}

// askAs is ask by any method; a form goes along with POST.
func askAs(s http.Handler, method, as, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	if method == http.MethodPost {
		r = httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if as != "" {
		name, value := cookieFor(as)
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// beingSignedIn is whoever was just sent a code, and has no session yet.
const beingSignedIn = "being-signed-in"

// cookieFor is what somebody comes with.
func cookieFor(as string) (name, value string) {
	if as == beingSignedIn {
		return "aiqyn-attempt", "attempt." + base64.RawURLEncoding.EncodeToString([]byte("+77010000001"))
	}
	return "aiqyn-session", as
}

// screens are the pages that people see, and as whom.
var screens = []struct{ as, path string }{
	{"", "/"}, {"", "/services"}, {"", "/services?q=жарық"}, {"", "/services?q=xyzzy"},
	{"", "/services/energy.connection"}, {"", "/services/address.certificate"}, {"", "/services/water.connection"}, {"", "/services/land.boundary"}, {"", "/services/energy.connection/versions"}, {"", "/services/address.certificate/versions"}, {"", "/design/diff"},
	{"", "/capacity"}, {"", "/capacity?name=none"}, {"", "/capacity?after=13&district=71"}, {"", "/capacity/map"}, {"", "/capacity/map?at=71.42,51.11&zoom=17"}, {"", "/capacity/points"}, {"", "/capacity/secrecy"}, {"", "/capacity/scorecard"}, {"", "/capacity/owed"}, {"", "/capacity/withdrawn"}, {"secrecy", "/office"}, {"secrecy", "/office/classify"}, {"overseer", "/office/confirm-class?entry=17"}, {"", "/capacity/points?at=71.42,51.11&kw=60"}, {"", "/capacity/points/all?at=71.42,51.11&kw=60"}, {"", "/capacity/points/all?at=71.42,51.11&kw=60&because=dearer"}, {"", "/capacity/7"}, {"", "/capacity/7/history"}, {"", "/capacity/7/history?after=7"}, {"auditor", "/capacity/7/buses"}, {"engineer", "/capacity/7/buses?after=709"}, {"auditor", "/capacity/7"}, {"", "/capacity/changes"}, {"", "/capacity-tables"}, {"", "/capacity-tables/61"}, {"", "/capacity-tables/17"}, {"", "/capacity-tables/66"},
	{"", "/docs"}, {"", "/docs/citizen/apply"}, {"", "/docs/verify"}, {"", "/docs/a-service-in-an-hour"}, {"", "/docs/service-reference"}, {"", "/docs/postgres"}, {"", "/figures"}, {"", "/figures/road"}, {"", "/releases"}, {"", "/ledger"}, {"", "/ledger/100"}, {"", "/verify"}, {"", "/rules"}, {"", "/certificates"}, {"", "/certificates/report"},
	{"", "/services/education.kindergarten"}, {"", "/places/education.kindergarten"}, {"", "/places"}, {"", "/places/education.kindergarten/inversions"}, {"", "/places/health.specialist/inversions"}, {"", "/places/education.kindergarten/map"}, {"", "/places/health.specialist/map"}, {"", "/places/education.kindergarten/groups/kg-1/kk-2023"}, {"", "/places/education.kindergarten/rounds"}, {"", "/places/education.kindergarten/rounds/2026-11-20"}, {"", "/places/education.kindergarten/rounds/2026-11-23"},
	{"applicant", "/apply/education.kindergarten/questions/first"}, {"applicant", "/cases/AQ-QUEU-0001"}, {"applicant", "/cases/AQ-QUEU-0002"}, {"applicant", "/cases/AQ-QUEU-0003"}, {"applicant", "/cases/AQ-QUEU-0004"}, {"applicant", "/cases/AQ-QUEU-0005"}, {"applicant", "/cases/AQ-QUEU-0006"}, {"applicant", "/cases/AQ-QUEU-0001/transfer"}, {"", "/places/education.university-place"},
	{"applicant", "/cases/AQ-QUEU-0001/queue"}, {"applicant", "/cases/AQ-QUEU-0001/elsewhere"}, {"applicant", "/cases/AQ-QUEU-0001/queue?round=2026-11-20"}, {"applicant", "/cases/AQ-QUEU-0002/step"}, {"institution", "/institution"}, {"reader", "/facts"},
	{"", "/services/land.auction"}, {"", "/services/land.objection"}, {"", "/lots"}, {"", "/lots/lot-open"}, {"", "/lots/lot-opened"}, {"", "/lots/lot-sold"}, {"", "/lots/lot-contracted"}, {"", "/lots/lot-defaulted"}, {"", "/lots/lot-annulled"}, {"", "/lots/lot-unsold"}, {"", "/lots/lot-withdrawn"}, {"institution", "/institution/lots"}, {"applicant", "/cases/AQ-BIDS-0008"}, {"applicant", "/cases/AQ-BIDS-0008/pay"}, {"applicant", "/cases/AQ-BIDS-0009"}, {"applicant", "/cases/AQ-BIDS-0010"}, {"applicant", "/cases/AQ-BIDS-0011"},
	{"applicant", "/cases/AQ-BIDS-0001"}, {"applicant", "/cases/AQ-BIDS-0002"}, {"applicant", "/cases/AQ-BIDS-0003"}, {"applicant", "/cases/AQ-BIDS-0004"}, {"applicant", "/cases/AQ-BIDS-0005"}, {"applicant", "/cases/AQ-BIDS-0006"}, {"applicant", "/cases/AQ-BIDS-0007"},
	{"applicant", "/cases/AQ-SENT-0001"}, {"applicant", "/cases/AQ-SENT-0002"}, {"applicant", "/cases/AQ-SENT-0003"}, {"applicant", "/cases/AQ-CAME-0001"}, {"applicant", "/cases/AQ-SENT-0001/filed"}, {"surveyor", "/desk/AQ-CAME-0001"},
	{"applicant", "/cases/AQ-BIDS-0001/bid"}, {"applicant", "/cases/AQ-BIDS-0003/bid"},
	{"", "/services/health.specialist"}, {"", "/places/health.specialist"}, {"", "/places/health.specialist/groups/pol-1/cardiologist"}, {"applicant", "/apply/health.specialist/questions/hours"}, {"applicant", "/cases/AQ-SLOT-0001"}, {"applicant", "/cases/AQ-SLOT-0002"},
	{"applicant", "/cases/AQ-SLOT-0003"}, {"applicant", "/cases/AQ-SLOT-0004"}, {"surgery", "/institution"}, {"surgery", "/institution/day"},
	{beingSignedIn, "/sign-in/code"}, {"ready", "/apply/address.certificate/check"}, {"", "/feeders/4001/history"}, {"", "/ledger/entries"}, {"applicant", "/cases/AQ-OPEN-0001/files/sha256:" + strings.Repeat("ab", 32)},
	{"", "/sign-in"}, {"", "/demo"}, {"", "/demo/inbox"},
	{"", "/design"}, {"", "/design/question"}, {"", "/check/103/00112233445566778899"}, {"", "/check/102/00112233445566778899"}, {"", "/kiosk"}, {"", "/design/kiosk"}, {"", "/design/chart"}, {"", "/design/atlas"},
	{"applicant", "/apply/energy.connection"}, {"applicant", "/apply/energy.connection/questions/parcel"},
	{"applicant", "/apply/energy.connection/questions/load"}, {"applicant", "/cases"},
	{"applicant", "/cases/AQ-OPEN-0001"}, {"applicant", "/cases/AQ-ASKD-0001"}, {"applicant", "/cases/AQ-ASKD-0001/step"}, {"applicant", "/cases/AQ-STIL-0001"}, {"applicant", "/cases/AQ-HEAR-0001"},
	{"applicant", "/cases/AQ-REFU-0001"}, {"applicant", "/cases/AQ-GRAN-0001"}, {"applicant", "/cases/AQ-OPEN-0001/filed"},
	{"applicant", "/cases/AQ-GRAN-0001/conditions"}, {"applicant", "/cases/AQ-OPEN-0001/receipts/100"},
	{"applicant", "/cases/AQ-HEAR-0001/object"}, {"applicant", "/cases/AQ-REFU-0001/appeal"}, {"applicant", "/cases/AQ-OPEN-0001/withdraw"}, {"applicant", "/cases/AQ-OPEN-0001/contest"}, {"applicant", "/cases/AQ-OPEN-0001/point"},
	{"applicant", "/account/mandates"}, {"applicant", "/account/mandates/new"}, {"applicant-mandated", "/account/mandates"}, {"applicant-mandated", "/account"}, {"applicant-mandated", "/apply/energy.connection"},
	{"applicant-mandated", "/cases/AQ-OPEN-0001"}, {"applicant-heads", "/cases"}, {"over", "/cases"},
	{"applicant", "/account"}, {"applicant-unproven", "/confirm"}, {"applicant", "/account/contact"}, {"applicant", "/account/messages"}, {"operator", "/operate/letters"}, {"operator", "/operate/jobs"}, {"operator", "/operate/measurements"}, {"operator", "/operate/measurements/61"}, {"operator", "/operate/corrections"}, {"operator", "/operate/meters"}, {"", "/feeders"}, {"", "/feeders/4001"}, {"operator", "/operate/corrections/62"}, {"", "/capacity/8"}, {"engineer", "/account"},
	{"surveyor", "/desk"}, {"surveyor", "/desk/AQ-OPEN-0001"}, {"surveyor", "/desk/AQ-OPEN-0001/files/sha256:" + strings.Repeat("ab", 32)}, {"surveyor", "/desk/AQ-OPEN-0001/files/sha256:" + strings.Repeat("cd", 32)}, {"surveyor", "/desk/AQ-DRAW-0001"}, {"surveyor", "/desk/AQ-STIL-0001"},
	{"engineer", "/desk/AQ-DECI-0001"}, {"engineer", "/desk/AQ-DECI-0002"},
	{"appeals", "/desk/AQ-APPE-0001"}, {"applicant", "/cases/AQ-APPE-0001"}, {"applicant", "/cases/AQ-APPE-0002"},
	{"applicant", "/account/readings"}, {"applicant", "/account/looks"}, {"applicant", "/account/record"}, {"applicant", "/account/programs"}, {"applicant", "/account/passkeys/new"}, {"applicant-keyed-unproven", "/confirm"}, {"overseer", "/office/glass"}, {"custodian", "/office/confirm-glass?ref=AQ-OPEN-0001"},
	{"", "/policy"}, {"head", "/office"}, {"publisher", "/office"}, {"registrar", "/office"}, {"custodian", "/office"}, {"auditor", "/office"}, {"overseer", "/office"}, {"operator", "/office"},
	{"head", "/office/erase"}, {"publisher", "/office/publish"}, {"publisher", "/office/sign?pack=6b86b273&from=2026-12-01"}, {"registrar", "/office/rosters"}, {"registrar", "/office/rosters?find=xyzzy"}, {"registrar", "/office/rosters/surveyor/utility"}, {"registrar", "/office/enrol?roster=surveyor/utility"}, {"registrar", "/office/enrol?roster=institution"}, {"registrar", "/office/remove?roster=surveyor/utility&officer=surveyor-01"},
	{"custodian", "/office/confirm-erasure?ref=AQ-GRAN-0001"}, {"custodian", "/office/confirm-report?entry=17"}, {"auditor", "/office/attest"}, {"auditor", "/office/open"},
	{"overseer", "/office/hold"}, {"overseer", "/office/flips"}, {"head", "/office/reduce"}, {"overseer", "/office/confirm-reduce?trafo=7"}, {"overseer", "/office/confirm-peaks?entry=63"}, {"overseer", "/office/decline-peaks?entry=63"}, {"overseer", "/office/confirm-queue?entry=66"}, {"overseer", "/office/decline-queue?entry=66"}, {"overseer", "/office/confirm-tables?entry=66"}, {"overseer", "/office/decline-tables?entry=66"}, {"overseer", "/office/lift"}, {"overseer", "/office/report"}, {"auditor", "/office/cases/AQ-OPEN-0001"},
	{"applicant", "/cases/AQ-OWES-0001"}, {"applicant", "/cases/AQ-OWES-0001/pay"}, {"applicant", "/cases/AQ-PAID-0001"}, {"applicant", "/cases/AQ-BACK-0001"},
	{"applicant", "/cases/AQ-PAID-0001/receipts/105"}, {"surveyor", "/desk/AQ-PAID-0001"}, {"", "/demo/bank/open"}, {"", "/demo/bank/over"},
	{"head", "/desk/AQ-CORR-0001"}, {"applicant", "/cases/AQ-CORR-0001"}, {"applicant", "/cases/AQ-CORR-0002"}, {"applicant", "/cases/AQ-CORR-0002/correct"},
}

var (
	externalURL = regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//`)
	inlineCode  = regexp.MustCompile(`(?i)<script[^>]*>[^<]|\son[a-z]+="|\sstyle="|<style`)
	ids         = regexp.MustCompile(`\sid="([^"]+)"`)
	// followed is a link that a person may follow to another body's site: nothing is loaded from there.
	followed  = regexp.MustCompile(`<a [^>]*rel="external noreferrer"[^>]*>`)
	labelled  = regexp.MustCompile(`<label[^>]*\sfor="([^"]+)"`)
	inputs    = regexp.MustCompile(`<(?:input|textarea|select)\b[^>]*>`)
	attribute = regexp.MustCompile(`\s([a-z-]+)="([^"]*)"`)
)

func TestEveryPageInEveryLanguage(t *testing.T) {
	s := newServer(t, newFake(t), someDemo())
	for _, screen := range screens {
		for _, lang := range aiqyn.Langs {
			path := "/" + string(lang) + screen.path
			w := ask(s, screen.as, path, nil)
			body := w.Body.String()
			if w.Code != http.StatusOK {
				t.Errorf("%s as %q: status %d", path, screen.as, w.Code)
				continue
			}
			checkPage(t, path, lang, body)
			csp := w.Header().Get("Content-Security-Policy")
			if screen.path == "/verify" { // the one page that may compile the verifier
				csp = strings.Replace(csp, "script-src 'self' 'wasm-unsafe-eval';", "script-src 'self';", 1)
			}
			if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: policy %q", path, csp)
			}
		}
	}
}

// checkPage holds what every page must have.
func checkPage(t *testing.T, path string, lang aiqyn.Lang, body string) {
	t.Helper()
	if !strings.Contains(body, `<html lang="`+string(lang)+`">`) {
		t.Errorf("%s: wrong language of the page", path)
	}
	for _, landmark := range []string{"<header", "<main", "<footer", "<nav", "<h1", `class="govuk-skip-link"`} {
		if !strings.Contains(body, landmark) {
			t.Errorf("%s: no %s", path, landmark)
		}
	}
	if n := strings.Count(body, "<h1"); n != 1 {
		t.Errorf("%s: %d headings of the page", path, n)
	}
	for _, wrong := range []string{"⟦", "%!", "ZgotmplZ", "<no value>"} {
		if i := strings.Index(body, wrong); i >= 0 {
			t.Errorf("%s: %s", path, body[max(0, i-60):min(len(body), i+60)])
		}
	}
	// The expression is dear under the race detector, and few pages have what could be one.
	if strings.Contains(body, `="//`) || strings.Contains(body, `="http`) {
		if m := externalURL.FindString(followed.ReplaceAllString(body, "")); m != "" {
			t.Errorf("%s: refers to another host: %s", path, m)
		}
	}
	if m := inlineCode.FindString(body); m != "" {
		t.Errorf("%s: code or style inside the page: %s", path, m)
	}
	checkIDs(t, path, body)
}

// checkIDs holds that ids are unique and that every input has its label.
func checkIDs(t *testing.T, path, body string) {
	t.Helper()
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(body, -1) {
		if seen[m[1]] {
			t.Errorf("%s: id %s twice", path, m[1])
		}
		seen[m[1]] = true
	}
	has := map[string]bool{}
	for _, m := range labelled.FindAllStringSubmatch(body, -1) {
		has[m[1]] = true
	}
	for _, tag := range inputs.FindAllString(body, -1) {
		attrs := map[string]string{}
		for _, a := range attribute.FindAllStringSubmatch(tag, -1) {
			attrs[a[1]] = a[2]
		}
		if attrs["type"] != "hidden" && !has[attrs["id"]] {
			t.Errorf("%s: no label for %s", path, tag)
		}
	}
}

// A role gets to a route exactly when the policy gives it the route's action.
func TestRoleByRoute(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	fill := strings.NewReplacer("{$}", "", "{page...}", "verify", "{service}", "energy.connection", "{question}", "load", "{ref}", "AQ-OPEN-0001",
		"{index}", "100", "{id}", "7", "{institution}", "kg-1", "{group}", "kk-2023", "{day}", "2026-11-20", "{lot}", "lot-sold", "{step}", "survey", "{component}", "clock", "{code}", paperCode)
	tokens := []string{"", "applicant", "applicant-mandated", "applicant-heads", "surveyor", "engineer", "head", "appeals", "publisher", "registrar", "custodian", "auditor", "overseer", "operator", "secrecy", "institution", "reader"}
	for _, r := range s.pages() {
		for _, token := range tokens {
			who, _ := session(token)
			role := who.Actor.Role
			if token == "" {
				role = aiqyn.RoleAnonymous
			}
			relations := []access.Relation{access.Own, access.Drawn, access.Body, access.Consented, access.None}
			if who.Actor.For != "" {
				relations = []access.Relation{access.Standing(who.Actor), access.None}
			}
			allowed := false
			for _, relation := range relations {
				allowed = allowed || access.Allowed(role, r.may, relation).OK
			}
			w := askAs(s, r.method, token, "/en"+fill.Replace(r.path), url.Values{})
			denied := w.Code == http.StatusForbidden || w.Code == http.StatusUnauthorized ||
				w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/en/sign-in?next=")
			if denied == allowed {
				t.Errorf("%s %s as %q (%s): status %d, allowed %v", r.method, r.path, token, role, w.Code, allowed)
			}
			if w.Code >= 500 {
				t.Errorf("%s %s as %s: status %d", r.method, r.path, role, w.Code)
			}
		}
	}
}

func TestDemoIsAbsentFromServe(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, path := range []string{"/en/demo", "/en/demo/inbox", "/en/demo/bank/open"} {
		if w := ask(s, "", path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	if strings.Contains(ask(s, "", "/en/", nil).Body.String(), "demo") {
		t.Error("a page for real people speaks of the demonstration")
	}
}

// What a citizen's page weighs on the wire, fonts included, and in how many
// requests: UX.md, "Weight".
func TestWeight(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	heaviest := 0
	for _, screen := range screens {
		if strings.HasPrefix(screen.path, "/desk") || strings.HasPrefix(screen.path, "/demo") || strings.HasPrefix(screen.path, "/office") || screen.path == "/design" { // every component at once, for those who build pages
			continue
		}
		page := zipped(t, s, screen.as, "/kk"+screen.path)
		total, requests := page, 1
		for _, name := range []string{"app.css", "app.js", "golos-400-latin.woff2", "golos-400-cyrillic.woff2", "golos-600-latin.woff2", "golos-600-cyrillic.woff2"} {
			href, err := s.assets.URL(name)
			if err != nil {
				t.Fatal(err)
			}
			total += zipped(t, s, "", href)
			requests++
		}
		heaviest = max(heaviest, total)
		if total > 60<<10 || requests > 7 {
			t.Errorf("%s: %d bytes in %d requests", screen.path, total, requests)
		}
	}
	t.Logf("the heaviest citizen's page: %d bytes in 7 requests", heaviest)
}

func zipped(t *testing.T, s http.Handler, as, path string) int {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	if as != "" {
		name, value := cookieFor(as)
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d", path, w.Code)
	}
	size := w.Body.Len()
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, z); err != nil {
			t.Fatal(err)
		}
	}
	return size
}

// TestTheMenuIsOfWhoLooks: whatever a page has to say, its menu leads a stranger to no
// room of officers, and an applicant to none but their own.
func TestTheMenuIsOfWhoLooks(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, screen := range screens {
		if screen.as != "" && screen.as != "applicant" {
			continue
		}
		body := ask(s, screen.as, "/en"+screen.path, nil).Body.String()
		_, menu, _ := strings.Cut(body, `<nav class="menu"`)
		menu, _, _ = strings.Cut(menu, "</nav>")
		if !strings.Contains(menu, `"/en/services"`) {
			t.Errorf("%s has no menu", screen.path)
		}
		for _, room := range []string{"/en/desk", "/en/office", "/en/institution", "/en/facts", "/en/operate/letters"} {
			if strings.Contains(menu, `"`+room+`"`) {
				t.Errorf("%s: the menu leads %q to %s", screen.path, screen.as, room)
			}
		}
	}
}
