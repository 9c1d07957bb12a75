package web

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/web/api"
	"aiqyn/web/visit"
)

// The parts of an application in the order in which they are asked.
func fill(t *testing.T, s http.Handler, f *fake, answers map[string]string) {
	t.Helper()
	for {
		w := ask(s, "applicant", "/en/apply/energy.connection/check", nil)
		if w.Code == http.StatusOK {
			return
		}
		at := w.Header().Get("Location")
		name := at[strings.LastIndex(at, "/")+1:]
		svc, _ := f.pack.Service("energy.connection")
		q, _ := svc.Question(name)
		value := answers[name]
		if value == "" && len(q.Of) > 0 {
			value = q.Of[0].Value
		}
		if w := ask(s, "applicant", at, url.Values{name: {value}}); w.Code != http.StatusSeeOther {
			t.Fatalf("answer %s=%s: status %d", name, value, w.Code)
		}
	}
}

var commandField = regexp.MustCompile(`name="command" value="([0-9a-f]{32})"`)

var answerFields = regexp.MustCompile(`name="(answer-[a-z-]+)" value="([^"]*)"`)

func commandOf(t *testing.T, page string) string {
	t.Helper()
	m := commandField.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page carries no command id")
	}
	return m[1]
}

// From the first question to the confirmation without any script; sending the
// form twice files once.
func TestApply(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	fill(t, s, f, map[string]string{"parcel": "99-999-001-001", "load": "1 50"})
	check := ask(s, "applicant", "/en/apply/energy.connection/check", nil).Body.String()
	for _, want := range []string{"99-999-001-001", "150 kW", "?from=check", "Free"} {
		if !strings.Contains(strings.ReplaceAll(check, "\u00a0", " "), want) {
			t.Errorf("the check lacks %q", want)
		}
	}
	form := url.Values{"command": {commandOf(t, check)}}
	for _, m := range answerFields.FindAllStringSubmatch(check, -1) {
		form.Set(m[1], m[2])
	}
	for range 2 {
		w := ask(s, "applicant", "/en/apply/energy.connection/file", form)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/en/cases/AQ-OPEN-0001/filed" {
			t.Fatalf("filing: status %d to %s", w.Code, w.Header().Get("Location"))
		}
	}
	first, second := f.sent[0].(casework.File), f.sent[1].(casework.File)
	if first.ID != second.ID || second.Answers["load"] != "150" || first.Answers["load"] != "150" || first.Lang != aiqyn.English {
		t.Errorf("filed %+v, then %+v", first, second)
	}
	if w := ask(s, "applicant", "/en/apply/energy.connection/file", url.Values{}); w.Code != http.StatusBadRequest {
		t.Errorf("filing without a command id: status %d", w.Code)
	}
}

func TestWrongAnswerIsKeptAndNamed(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	path := "/ru/apply/energy.connection/questions/load"
	w := ask(s, "applicant", path, url.Values{"load": {"много"}})
	body := w.Body.String()
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "<title>Ошибка:") ||
		!strings.Contains(body, `href="#load"`) || !strings.Contains(body, `value="много"`) {
		t.Errorf("status %d, page without summary, link or value", w.Code)
	}
	if body := ask(s, "applicant", path, nil).Body.String(); !strings.Contains(body, `value="много"`) {
		t.Error("another device does not see what was typed")
	}
}

func TestLanguageSwitchKeepsTheAnswer(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	w := ask(s, "applicant", "/ru/apply/energy.connection/questions/load?from=check", url.Values{"load": {"15"}, "_lang": {"kk"}})
	to := w.Header().Get("Location")
	if to != "/kk/apply/energy.connection/questions/load?from=check" {
		t.Fatalf("the switch leads to %q", to)
	}
	if body := ask(s, "applicant", to, nil).Body.String(); !strings.Contains(body, `value="15"`) {
		t.Error("the switch lost the answer")
	}
}

func TestSignIn(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	if w := ask(s, "", "/en/cases/AQ-OPEN-0001", nil); w.Header().Get("Location") != "/en/sign-in?next=%2Fen%2Fcases%2FAQ-OPEN-0001" {
		t.Errorf("a stranger is led to %q", w.Header().Get("Location"))
	}
	w := ask(s, "", "/en/sign-in", url.Values{"phone": {"8 701 000 00 01"}, "next": {"/en/cases/AQ-OPEN-0001"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("sending a code: status %d", w.Code)
	}
	phone := w.Result().Cookies()[0]
	enter := func(code, next string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/en/sign-in/code", strings.NewReader(url.Values{"code": {code}, "next": {next}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(phone)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	if w := enter("000000", ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: status %d", w.Code)
	}
	for next, want := range map[string]string{"/en/cases/AQ-OPEN-0001": "/en/cases/AQ-OPEN-0001", "": "/en/cases", "//evil.example": "/en/cases", "https://evil.example": "/en/cases"} {
		w := enter("123 456", next)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("after signing in with next %q: %q", next, got)
		}
		cookies := w.Result().Cookies()
		i := slices.IndexFunc(cookies, func(c *http.Cookie) bool { return c.Name == "aiqyn-session" })
		if c := cookies[max(i, 0)]; !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Value != "applicant" {
			t.Errorf("session cookie %+v", c)
		}
	}
}

// Forms that another site sends are refused, and so are bodies without end.
func TestForeignAndHugeForms(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	r := httptest.NewRequest("POST", "/en/sign-out", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("a form from elsewhere: status %d", w.Code)
	}
	if w := ask(s, "", "/en/verify", url.Values{"receipt": {strings.Repeat("x", maxBody+1)}}); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge form: status %d", w.Code)
	}
}

// What an error of each kind becomes, as a page and for programs; its cause is
// never shown.
func TestErrorsBecomePages(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	for kind, status := range api.Statuses {
		if kind == aiqyn.Unauthenticated {
			continue // leads to signing in
		}
		f.down = aiqyn.E(kind, "error.internal").Because(context.DeadlineExceeded)
		w := ask(s, "applicant", "/kk/cases/AQ-OPEN-0001", nil)
		if w.Code != status || !strings.Contains(w.Body.String(), `<html lang="kk">`) || strings.Contains(w.Body.String(), "deadline exceeded") {
			t.Errorf("%s: status %d, want %d", kind, w.Code, status)
		}
		w = ask(s, "applicant", "/api/v1/cases/AQ-OPEN-0001", nil)
		var p struct{ Key, Title string }
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != status || p.Key != "error.internal" ||
			w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s for programs: status %d, %s", kind, w.Code, w.Body)
		}
	}
}

type panicking struct{ visit.Engine }

func (panicking) Head(context.Context) (casework.Head, error) { panic("out of luck") }

func TestPanicIsAPage(t *testing.T) {
	w := ask(newServer(t, panicking{newFake(t)}, nil), "", "/ru/ledger", nil)
	if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), `<html lang="ru">`) || strings.Contains(w.Body.String(), "luck") {
		t.Errorf("status %d", w.Code)
	}
}

// A refusal for a reason that is not true comes back as a conflict, in words.
func TestFalseReasonIsAConflict(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	f.fail = aiqyn.E(aiqyn.Conflict, "error.reason-not-true", "reason", "no right")
	page := ask(s, "engineer", "/en/desk/AQ-DECI-0001", nil).Body.String()
	w := ask(s, "engineer", "/en/desk/AQ-DECI-0001/steps/conditions/decide", url.Values{"command": {commandOf(t, page)}, "decision": {"refuse"}, "reason": {"no-right"}})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "is not true on the recorded facts") {
		t.Errorf("page: status %d", w.Code)
	}
	r := httptest.NewRequest("POST", "/api/v1/cases/AQ-DECI-0001/steps/conditions/decide", strings.NewReader(`{"command":"c1","grant":false,"reason":"no-right"}`))
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "engineer"})
	out := httptest.NewRecorder()
	s.ServeHTTP(out, r)
	if out.Code != http.StatusConflict || !strings.Contains(out.Body.String(), `"key":"error.reason-not-true"`) {
		t.Errorf("program: status %d, %s", out.Code, out.Body)
	}
}

// A reason that is not true cannot be chosen, and before the draw the page
// says nothing of whoever applied.
func TestDesk(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	body := ask(s, "engineer", "/en/desk/AQ-DECI-0001", nil).Body.String()
	if n := strings.Count(body, `name="reason"`); n == 0 || strings.Count(body, " disabled") != n+2 { // and both buttons that refuse
		t.Errorf("%d reasons, %d disabled", n, strings.Count(body, " disabled"))
	}
	sealed := ask(s, "surveyor", "/en/desk/AQ-DRAW-0001", nil).Body.String()
	if strings.Contains(sealed, "Сейітова") || !strings.Contains(sealed, "sealed until the draw") {
		t.Error("the page before the draw tells who applied")
	}
}

// What a surveyor brings back: photographs come as files, of which the
// fingerprint is recorded.
func TestPerform(t *testing.T) {
	f := newFake(t)
	s := newServer(t, f, nil)
	page := ask(s, "surveyor", "/en/desk/AQ-OPEN-0001", nil).Body.String()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range map[string]string{"command": commandOf(t, page), "measured-load": "3", "evidence-place": "43.24, 76.89",
		"evidence-time": "2026-11-23T10:00", "evidence-signature": "Бекзат Оспанов"} {
		_ = form.WriteField(name, value)
	}
	for _, name := range []string{"evidence-photo", "evidence-photo-2"} {
		file, err := form.CreateFormFile(name, name+".jpg")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = file.Write([]byte(name))
	}
	_ = form.Close()
	r := httptest.NewRequest("POST", "/en/desk/AQ-OPEN-0001/steps/survey/perform", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: "aiqyn-session", Value: "surveyor"})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther || len(f.sent) != 1 {
		t.Fatalf("status %d, %d commands", w.Code, len(f.sent))
	}
	sent := f.sent[0].(casework.Perform)
	photos := 0
	for _, e := range sent.Evidence {
		if e.Kind == "photo" && strings.HasPrefix(e.Hash, "sha256:") && e.Lat == "43.24" {
			photos++
		}
	}
	if photos != 2 || sent.Records["measured-load"] != "3" || sent.Occurred.UTC().Format("15:04") != "05:00" {
		t.Errorf("sent %+v", sent)
	}
}

func TestCapacityFileAndLog(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	csv := ask(s, "", "/en/capacity.csv", nil)
	if n := strings.Count(csv.Body.String(), "\n"); n != 37 || !strings.HasPrefix(csv.Body.String(), "id,name,district,rated_kva,free_kw") {
		t.Errorf("CSV of %d lines", n)
	}
	ofDay := ask(s, "", "/en/capacity.csv?day=2026-11-20", nil)
	if n := strings.Count(ofDay.Body.String(), "\n"); n != 37 || !strings.Contains(ofDay.Body.String(), ",2026-11-20,"+published.Hash) || !strings.Contains(ofDay.Header().Get("Content-Disposition"), "aiqyn-free-capacity-2026-11-20.csv") {
		t.Errorf("CSV of a day of %d lines, %v", n, ofDay.Header())
	}
	if w := ask(s, "", "/en/capacity.geojson?day=1999-01-01", nil); w.Code != 404 {
		t.Errorf("a day without a publication: status %d", w.Code)
	}
	if page := ask(s, "", "/en/capacity/changes", nil).Body.String(); !strings.Contains(page, "/en/capacity.csv?day=2026-11-23") || !strings.Contains(page, "/en/capacity.geojson?day=2026-11-23") {
		t.Error("nothing leads to the files of the day")
	}
	for path, status := range map[string]int{"/log/checkpoint": 200, "/log/tile/0/000": 200, "/log/tile/9/999": 404, "/healthz": 200, "/readyz": 200, "/nowhere": 404} {
		if w := ask(s, "", path, nil); w.Code != status {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	if to := ask(s, "", "/", nil).Header().Get("Location"); to != "/kk/" {
		t.Errorf("the bare address leads to %q", to)
	}
}

// Late witnesses and one who has seen another history are told to everybody, in
// each language, and do not take the server away.
func TestAlarmsAreSeen(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for lang, want := range map[string][]string{
		"kk": {"бері растамай отыр", "«newspaper» куәгері"}, "ru": {"не подтверждают записи с", "«newspaper» видел"},
		"en": {"have not confirmed entries since", "“newspaper” has seen", "At least 2 of 2"},
	} {
		body := ask(s, "", "/"+lang+"/ledger", nil).Body.String()
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s/ledger does not say %q", lang, w)
			}
		}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /readyz", ready(nil, func(context.Context) []string { return []string{"witnesses are late"} }))
	if w := ask(mux, "", "/readyz", nil); w.Code != 200 || w.Body.String() != "ready\nwitnesses are late\n" {
		t.Errorf("/readyz: %d %q", w.Code, w.Body)
	}
}

func TestSearchInAnyLanguage(t *testing.T) {
	s := newServer(t, newFake(t), nil)
	for _, word := range []string{"электр", "подключение", "connection", "электросетям", "желісіне", "свет", "жарық", "light"} {
		if body := ask(s, "", "/en/services?q="+url.QueryEscape(word), nil).Body.String(); !strings.Contains(body, "/en/services/energy.connection") {
			t.Errorf("%q does not find the connection", word)
		}
	}
	for _, lang := range []string{"kk", "ru", "en"} { // what the page itself gives as an example must find something
		m := regexp.MustCompile(`id="q-hint">[^,<]*, ([^<]+)<`).FindStringSubmatch(ask(s, "", "/"+lang+"/services", nil).Body.String())
		if m == nil || !strings.Contains(ask(s, "", "/"+lang+"/services?q="+url.QueryEscape(m[1]), nil).Body.String(), "/services/energy.connection") {
			t.Errorf("the example of %s finds nothing: %q", lang, m)
		}
	}
}
